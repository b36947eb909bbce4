"""What each merged token asks of the place where it is written, as arrays: all of them are decided at once.

An expansion is walked once, by the rules of ``core.tokens.grammar`` and ``core.generation.constraints``. What
follows from the expansion alone is settled then; what depends on the cell written so far is kept as one number each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.grammar import CellWriter

NONE = 255
"""No first pitch or position: larger than any, so that "it must lie above" holds."""
UNSAID = 254
"""No velocity is said: no velocity equals it."""

_AFTER_A_NOTE = (v.Kind.DURATION, v.Kind.DRUM)
_MAY_FOLLOW = {
    v.Kind.POSITION: _AFTER_A_NOTE,
    v.Kind.VELOCITY: (v.Kind.POSITION, *_AFTER_A_NOTE),
    v.Kind.PITCH: (v.Kind.POSITION, v.Kind.VELOCITY, v.Kind.DURATION),
    v.Kind.DRUM: (v.Kind.POSITION, v.Kind.VELOCITY, *_AFTER_A_NOTE),
    v.Kind.DURATION: (v.Kind.PITCH, *_AFTER_A_NOTE),
}
"""What may stand before each kind of token inside a cell; what may stand in a cell at all."""
_GAP = np.diff(v.DURATIONS, append=v.DURATIONS[-1] * 2 + 1).tolist()
_DURATIONS = v.DURATIONS.tolist()


@dataclass(frozen=True)
class Facts:
    """One expansion. ``possible``: no rule that looks at nothing else forbids it while sampling (a song that was read
    may strike one pitch twice at once; a take may not).

    ``first_position``, ``last_position``: the first must lie behind the slot where the writing stands, the last
    (-1: none) inside the bar. ``first_velocity`` must differ from the one in force. ``first_pitch``, where it comes
    before any POSITION, must lie above the last one written. ``needs_velocity``: one must have been said before.
    ``velocity_first``: says a velocity for more notes at the same place, of which there must be room for one.
    ``pitched``, ``drums``: what it writes. ``passes_close``: the cell could end at a point inside it.
    """

    possible: bool
    first_position: int
    last_position: int
    first_velocity: int
    first_pitch: int
    needs_velocity: bool
    velocity_first: bool
    pitched: bool
    drums: bool
    passes_close: bool


def facts_of(parts: Sequence[int]) -> Facts | None:
    """The facts of an expansion, or None when the grammar lets it stand in no cell."""
    kinds = [v.Kind(int(v.KIND_OF[part])) for part in parts]
    values = [part - v.START[kind] for part, kind in zip(parts, kinds)]
    pitched, drums = v.Kind.PITCH in kinds, v.Kind.DRUM in kinds
    if any(kind not in _MAY_FOLLOW for kind in kinds) or (pitched and drums):
        return None
    possible, velocity_first = True, False
    first_position, slot, first_velocity, velocity, first_pitch = NONE, -1, UNSAID, -1, NONE
    pitch: int | None = None  # None: not known, it depends on what was written before
    for i, (kind, value) in enumerate(zip(kinds, values)):
        before = kinds[i - 1] if i else None
        if before is not None and before not in _MAY_FOLLOW[kind]:
            return None
        if kind == v.Kind.POSITION:
            if value <= slot:
                return None
            first_position = min(first_position, value)
            slot, pitch = value, -1
        elif kind == v.Kind.VELOCITY:
            if value == velocity:
                return None
            first_velocity = value if first_velocity == UNSAID else first_velocity
            velocity = value
            velocity_first |= pitch is None
            possible &= pitch != 127
        elif kind == v.Kind.DURATION:
            if before == v.Kind.DRUM and _DURATIONS[value] == v.DRUM_DURATION:
                return None
            if before == v.Kind.DURATION and _DURATIONS[value] >= _GAP[values[i - 1]]:
                return None
        else:
            if pitch is None:
                first_pitch = value
            elif value < pitch:
                return None
            possible &= value != pitch
            pitch = value
    needs_velocity = kinds[0] == v.Kind.POSITION and len(kinds) > 1 and kinds[1] in (v.Kind.PITCH, v.Kind.DRUM)
    return Facts(possible, first_position, slot, first_velocity, first_pitch, needs_velocity, velocity_first,
                 pitched, drums, any(kind in _AFTER_A_NOTE for kind in kinds[:-1]))


class FactTable:
    """The facts of many expansions as arrays, and which of them may be written now."""

    def __init__(self, expansions: Sequence[Sequence[int]]) -> None:
        facts = [facts_of(parts) for parts in expansions]
        self.first = np.array([parts[0] for parts in expansions], dtype=np.int64)

        def column(name: str, dtype: type) -> np.ndarray:
            return np.array([getattr(one, name) for one in facts], dtype=dtype)

        self.possible, self.passes_close = column("possible", bool), column("passes_close", bool)
        self.needs_velocity, self.velocity_first = column("needs_velocity", bool), column("velocity_first", bool)
        self.without_pitch, self.without_drums = ~column("pitched", bool), ~column("drums", bool)
        self.first_position = column("first_position", np.int16)
        self.last_position = column("last_position", np.int16)
        self.first_velocity = column("first_velocity", np.int16)
        self.first_pitch = column("first_pitch", np.int16)

    def allowed(self, writer: CellWriter, plain: np.ndarray, at_limit: bool) -> np.ndarray:
        """Whether each may be written next, bool. ``plain``: which plain tokens may, with all constraints;
        ``at_limit``: the cell has used up its tokens and must end where it can."""
        mask = plain[self.first] & self.possible
        mask &= self.without_pitch if writer.place.program == v.DRUMS else self.without_drums
        mask &= self.first_position > writer.slot
        mask &= self.last_position < writer.place.slots
        mask &= self.first_velocity != writer.velocity
        mask &= self.first_pitch > writer.pitch
        if writer.velocity < 0:
            mask &= ~self.needs_velocity
        if writer.pitch == 127:
            mask &= ~self.velocity_first
        if at_limit:
            mask &= ~self.passes_close
        return mask
