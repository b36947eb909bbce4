"""The whole vocabulary: which number stands for what.

Tokens are laid out kind after kind; ``token(kind, value)`` and ``describe(token)`` go both ways. ``COMPONENTS``
tells the model what tokens have in common (a pitch is a pitch class and an octave, a position a place in its beat).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.tokens.grid import MAX_BEATS, MAX_SLOTS, SLOTS_PER_BEAT, UNITS_PER_BEAT

METERS = tuple((n, d) for d in (2, 4, 8, 16) for n in range(1, 17) if 4 * n <= MAX_BEATS * d)
"""Meters with a token of their own; any other is written as the one nearest in length."""

TEMPO_EDGES = np.geomspace(30.0, 240.0, 16)[1:]
"""Beats a minute at which a tempo class ends and the next begins: 16 classes, each 15 % wide."""
TEMPO_CLASSES = len(TEMPO_EDGES) + 1

TRACKS = 128
DRUMS = 128
"""The program number that stands for a drum kit; 0..127 are General MIDI's."""
NO_TRACK = 128
NO_PROGRAM = 129

VELOCITY_CLASSES = 8
VELOCITY_WIDTH = 128 // VELOCITY_CLASSES

DURATIONS = np.array(
    list(range(1, UNITS_PER_BEAT + 1))
    + [beat * UNITS_PER_BEAT + within for beat in (1, 2, 3) for within in (3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21, 24)]
    + [108, 120, 132, 144, 156, 168, 180, 192, 216, 240, 264, 288, 336, 384, 576, 768], dtype=np.int64)
"""Durations with a token of their own, in units, ascending. Others are written as a sum, largest first."""

DRUM_DURATION = 6
"""Units a drum stroke lasts unless a DURATION says otherwise: a sixteenth note."""

DENSITY_EDGES = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"""Notes a quarter-note beat at which a class of density ends and the next begins; see ``core.tokens.attributes``."""
DENSITY_CLASSES = len(DENSITY_EDGES) + 1
POLYPHONY_CLASSES = 4
"""The most notes struck at one slot: 1, 2, 3, and 4 or more."""
REGISTER_CLASSES = 12
REGISTER_START, REGISTER_WIDTH = 24, 8
"""Class c of register begins at a mean pitch of ``REGISTER_START + c * REGISTER_WIDTH``; the first and the last hold
what lies beyond as well."""


class Kind(IntEnum):
    """What a token is, in the order the vocabulary is laid out. New kinds come last: see ``FORMER_SIZES``."""

    CONTROL = 0
    BAR = 1
    TEMPO = 2
    TRACK = 3
    PROGRAM = 4
    POSITION = 5
    VELOCITY = 6
    PITCH = 7
    DRUM = 8
    DURATION = 9
    DENSITY = 10
    POLYPHONY = 11
    REGISTER = 12


class Control(IntEnum):
    """The tokens that frame a window. ``PAD`` fills up a batch and means nothing."""

    PAD = 0
    SONG = 1
    EXCERPT = 2
    FILL = 3
    GENERATE = 4
    END = 5


PAD, SONG, EXCERPT, FILL, GENERATE, END = (int(control) for control in Control)

SIZES = {
    Kind.CONTROL: len(Control), Kind.BAR: len(METERS), Kind.TEMPO: TEMPO_CLASSES, Kind.TRACK: TRACKS,
    Kind.PROGRAM: DRUMS + 1, Kind.POSITION: MAX_SLOTS, Kind.VELOCITY: VELOCITY_CLASSES, Kind.PITCH: 128,
    Kind.DRUM: 128, Kind.DURATION: len(DURATIONS), Kind.DENSITY: DENSITY_CLASSES, Kind.POLYPHONY: POLYPHONY_CLASSES,
    Kind.REGISTER: REGISTER_CLASSES,
}
START = dict(zip(SIZES, np.cumsum([0, *SIZES.values()]).tolist()))
"""The first token of each kind."""
SIZE = sum(SIZES.values())
"""Tokens in the vocabulary."""

(BAR, TEMPO, TRACK, PROGRAM, POSITION, VELOCITY, PITCH, DRUM, DURATION, DENSITY, POLYPHONY,
 REGISTER) = (START[kind] for kind in list(Kind)[1:])

FORMER_SIZES = (DENSITY,)
"""Tokens that earlier vocabularies had. Each was the beginning of this one, so a model of it can be given the rest."""

KIND_OF = np.repeat(np.array([int(kind) for kind in SIZES], dtype=np.uint8), list(SIZES.values()))
"""The kind of every token, uint8 (SIZE,)."""


@dataclass(frozen=True)
class Token:
    kind: Kind
    value: int


def token(kind: Kind, value: int) -> int:
    """The number of the token of ``kind`` and ``value``. Raises ValueError when there is none."""
    if not 0 <= value < SIZES[kind]:
        raise ValueError(f"{kind.name} has values 0 to {SIZES[kind] - 1}, not {value}")
    return START[kind] + int(value)


def parse(number: int) -> Token:
    """What a token number stands for."""
    kind = Kind(int(KIND_OF[number]))
    return Token(kind, int(number) - START[kind])


def describe(number: int) -> str:
    """A token as a person reads it: ``POSITION 12``, ``BAR 3/4``, ``DURATION 24``, ``FILL``."""
    found = parse(number)
    if found.kind == Kind.CONTROL:
        return Control(found.value).name
    if found.kind == Kind.BAR:
        return "BAR {}/{}".format(*METERS[found.value])
    if found.kind == Kind.DURATION:
        return f"DURATION {DURATIONS[found.value]}"
    return f"{found.kind.name} {found.value}"


def meter_class(numerator: int, denominator: int) -> int:
    """Index into METERS of a meter, or of the one nearest in length when it has no token (same unit preferred)."""
    if (numerator, denominator) in METERS:
        return METERS.index((numerator, denominator))
    beats = 4 * numerator / denominator
    return min(range(len(METERS)), key=lambda i: (abs(4 * METERS[i][0] / METERS[i][1] - beats),
                                                  METERS[i][1] != denominator, METERS[i][1] != 4))


def tempo_class(beats_per_minute: float) -> int:
    """The tempo's class, 0 (slow) to 15."""
    return int(np.searchsorted(TEMPO_EDGES, beats_per_minute, side="right"))


_FIRST_KINDS = int(Kind.DENSITY)
"""Kinds that every vocabulary had: their rows come first among the shared ones."""


def _components() -> np.ndarray:
    """(SIZE, 3) int64: kind, and two parts shared by related tokens; 0 stands for none."""
    shared = np.zeros((SIZE, 3), dtype=np.int64)
    shared[:, 0] = 1 + KIND_OF
    free = 1 + _FIRST_KINDS
    for kind, divisor in ((Kind.PITCH, 12), (Kind.POSITION, SLOTS_PER_BEAT)):
        values = np.arange(SIZES[kind])
        rows = slice(START[kind], START[kind] + SIZES[kind])
        shared[rows, 1] = free + values % divisor
        free += divisor
        shared[rows, 2] = free + values // divisor
        free += int(values[-1]) // divisor + 1
    programs = np.arange(DRUMS)
    shared[PROGRAM:PROGRAM + DRUMS, 1] = free + programs // 8
    free += (DRUMS - 1) // 8 + 1
    shared[KIND_OF >= _FIRST_KINDS, 0] += free - 1 - _FIRST_KINDS  # behind all that earlier models have
    return shared


COMPONENTS = _components()
"""For each token up to three shared embedding rows (0 = none): its kind; pitch class and octave; place in the beat
and beat; General MIDI family."""
COMPONENT_COUNT = int(COMPONENTS.max()) + 1
