"""What a request can ask of its cells besides writing them. Imports no torch: the window speaks in these words.

What is kept and locked is read from the notes that the request's song has in the marked cells; a cell without notes
has nothing to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from core.music.locks import Locks
from core.tokens.attributes import ATTRIBUTES, CLASSES

Keep = Literal["nothing", "rhythm", "tune"]
SETTLED_BY: Mapping[str, tuple[str, ...]] = {
    "rhythm": ("density", "polyphony"), "tune": ("density", "register", "pitch_classes")}
"""What cannot be asked for beside what is kept, which settles it."""
_WORDS = {"density": "how many notes there are", "polyphony": "how many are struck together",
          "register": "where the notes lie", "pitch_classes": "the scale"}


@dataclass(frozen=True)
class Controls:
    """What must hold in every marked cell.

    ``keep``: ``rhythm`` keeps when each note starts and how long it lasts, and gives it a pitch; ``tune`` keeps the
    pitches in their order, and gives them a rhythm (drums have no tune: it asks nothing of them). ``locked``: notes
    that stay exactly as they are. ``density`` (notes a beat), ``polyphony`` (most notes struck together) and
    ``register`` (mean pitch; not of drums) are classes of ``core.tokens.attributes``; None leaves them open.
    ``pitch_classes``, 0..11 with 0 for C: those that may be written (not of drums); empty leaves them all.

    Raises ValueError, in words for a person, for what is no such thing or contradicts itself whatever the song.
    """

    keep: Keep = "nothing"
    locked: Locks = frozenset()
    density: int | None = None
    polyphony: int | None = None
    register: int | None = None
    pitch_classes: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        if self.keep not in get_args(Keep):
            raise ValueError(f"what can be kept is {', '.join(get_args(Keep))}, not {self.keep!r}")
        for name in ATTRIBUTES:
            value = getattr(self, name)
            if value is not None and (type(value) is not int or not 0 <= value < CLASSES[name]):
                raise ValueError(f"{name} has classes 0 to {CLASSES[name] - 1}, not {value}")
        if not all(type(value) is int and 0 <= value < 12 for value in self.pitch_classes):
            raise ValueError("pitch classes are numbers from 0 (C) to 11 (B)")
        for name in SETTLED_BY.get(self.keep, ()):
            if getattr(self, name) not in (None, frozenset()):
                raise ValueError(f"the {self.keep} is to be kept, and that settles {_WORDS[name]}: ask for one of both")

    @property
    def ask_nothing(self) -> bool:
        return self == NO_CONTROLS

    def as_facts(self) -> dict[str, object]:
        """What is asked, as JSON can hold it; nothing for what is left open."""
        facts: dict[str, object] = {} if self.keep == "nothing" else {"keep": self.keep}
        facts |= {name: value for name in ATTRIBUTES if (value := getattr(self, name)) is not None}
        if self.pitch_classes:
            facts["pitch_classes"] = sorted(self.pitch_classes)
        if self.locked:
            facts["locked"] = [list(note) for note in sorted(self.locked)]
        return facts

    @staticmethod
    def from_facts(facts: object) -> Controls:
        """What ``as_facts`` gave. Raises ValueError for anything else."""
        if not isinstance(facts, Mapping) or not set(facts) <= {"keep", "locked", "pitch_classes", *ATTRIBUTES}:
            raise ValueError("these are no controls")
        locked, classes = facts.get("locked", []), facts.get("pitch_classes", [])
        if not isinstance(locked, list) or not isinstance(classes, list) or not all(map(_is_note, locked)):
            raise ValueError("these are no controls")
        plain = {name: facts[name] for name in ("keep", *ATTRIBUTES) if name in facts}
        try:
            return Controls(locked=frozenset(map(tuple, locked)), pitch_classes=frozenset(classes), **plain)
        except TypeError:
            raise ValueError("these are no controls") from None


def _is_note(value: object) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(type(part) is int for part in value)


NO_CONTROLS = Controls()
