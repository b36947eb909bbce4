"""What the controls of a request mean for each of its cells, settled before anything is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil

import numpy as np

from core.generation.controls import Controls
from core.generation.frames import CellFrame, cell_frames
from core.generation.pitch_space import PitchSpace, around_register
from core.generation.request import Cell, Request
from core.tokens import vocabulary as v
from core.tokens.attributes import CellHints
from core.tokens.grid import UNITS_PER_BEAT

MOST_STRUCK = 12
"""Notes that are struck together at most where nothing is said of it."""
UNLIMITED = 1 << 30
"""More notes than any cell has."""
NEVER = 1 << 40
"""More notes than may be written where there is no limit."""


class ControlsError(ValueError):
    """The controls contradict each other, or what is there; the message is a sentence for a person."""


@dataclass(frozen=True, eq=False)
class Stroke:
    """What is struck at one slot: indices of the given notes that are ``locked`` and of the ``free``, which keep
    their rhythm, both in the order of their pitches."""

    slot: int
    locked: tuple[int, ...]
    free: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class RhythmPlan:
    """Every note of the cell starts and lasts as it did; the pitches are new, but for the locked.

    ``spaces``: for each stroke, the pitches that its free notes may have.
    """

    frame: CellFrame
    strokes: tuple[Stroke, ...]
    spaces: tuple[PitchSpace, ...]
    hints: CellHints

    @property
    def token_bound(self) -> int:
        return sum(note.tokens for note in self.frame.given)

    @property
    def expected_tokens(self) -> float | None:
        return 0.8 * self.token_bound


@dataclass(frozen=True, eq=False)
class TunePlan:
    """The given notes' pitches, in their order. ``most`` notes are struck together at most; ``quota`` must be struck
    together somewhere, or 0.

    ``places[j]``: the slots, bool (slots,), at which note j may be struck. ``fresh[j, q]``: those at which it can open
    a stroke so that all that follow have room, where q says whether the quota is still to be met; ``later[j, q]``:
    those after which there is such a slot.
    """

    frame: CellFrame
    most: int
    quota: int
    places: np.ndarray
    fresh: np.ndarray
    later: np.ndarray
    hints: CellHints

    @property
    def token_bound(self) -> int:
        return sum(note.tokens if note.locked else 4 for note in self.frame.given)

    @property
    def expected_tokens(self) -> float | None:
        return 0.8 * self.token_bound


@dataclass(frozen=True, eq=False)
class FreePlan:
    """New notes round the locked ones: ``fewest`` to ``most_notes`` of them, ``quota`` notes struck together
    somewhere (0: it is met by the locked ones, or not asked for).

    Of each slot: ``spaces``, the pitches that are free; ``room``, how many can be struck there, int (slots,);
    ``here``, how many locked notes it has; ``missing``, how many new ones meet the quota there (NEVER where none can).
    ``room_from`` and ``missing_from`` (slots + 1,): the sum of the rooms and the least that is missing from there on.
    """

    frame: CellFrame
    fewest: int
    most_notes: int
    quota: int
    spaces: tuple[PitchSpace, ...]
    room: np.ndarray
    here: np.ndarray
    missing: np.ndarray
    room_from: np.ndarray
    missing_from: np.ndarray
    hints: CellHints

    @property
    def token_bound(self) -> int:
        locked = sum(self.frame.given[index].tokens for index in self.frame.locked)
        return locked + 4 * (self.fewest + 2 * max(1, self.quota)) + 8

    @property
    def expected_tokens(self) -> float | None:
        if self.hints.density is None:
            return None
        fewest, most = note_bounds(self.hints.density, self.frame.units)
        return 3.0 * (fewest + min(most, 2 * fewest)) / 2


CellPlan = RhythmPlan | TunePlan | FreePlan


def plan_request(request: Request) -> dict[Cell, CellPlan]:
    """A plan for every marked cell; none where the controls ask nothing.

    Raises ControlsError where they cannot be met: cheap enough to ask before the request is sent.
    """
    controls = request.controls
    if controls.ask_nothing:
        return {}
    return {(frame.bar, frame.track): plan_cell(frame, controls)
            for frame in cell_frames(request.song, request.cells, controls)}


def plan_cell(frame: CellFrame, controls: Controls) -> CellPlan:
    """What the controls mean for a cell. Raises ControlsError where they cannot be met there."""
    try:
        if controls.keep == "rhythm" and frame.given:
            return _plan_rhythm(frame, controls)
        if controls.keep == "tune" and frame.given and not frame.drums:
            return _plan_tune(frame, controls)
        return _plan_free(frame, controls)
    except ControlsError as error:
        raise ControlsError(f"bar {frame.bar + 1} of track {frame.track + 1}: {error}") from None


def _hints(frame: CellFrame, controls: Controls, kept: Sequence[int]) -> CellHints:
    return CellHints(controls.density, controls.polyphony, None if frame.drums else controls.register, tuple(kept))


def _allowed_pitches(frame: CellFrame, controls: Controls) -> np.ndarray:
    """The pitches that controls leave, bool (128,)."""
    allowed = np.ones(128, dtype=bool)
    if frame.drums:
        return allowed
    if controls.pitch_classes:
        allowed &= np.isin(np.arange(128) % 12, list(controls.pitch_classes))
    if controls.register is not None:
        allowed &= around_register(controls.register)
        if PitchSpace(allowed, controls.register).largest(1) == 0:
            raise ControlsError("no note of the scale lies in that register")
    return allowed


def _register(frame: CellFrame, controls: Controls) -> int | None:
    return None if frame.drums else controls.register


def _most_struck(controls: Controls) -> tuple[int, int]:
    """The most notes that may be struck together, and how many must be somewhere (0: nothing is asked)."""
    if controls.polyphony is None:
        return MOST_STRUCK, 0
    quota = controls.polyphony + 1
    return (quota if quota < v.POLYPHONY_CLASSES else MOST_STRUCK), quota


def _plan_rhythm(frame: CellFrame, controls: Controls) -> RhythmPlan:
    allowed, register = _allowed_pitches(frame, controls), _register(frame, controls)
    strokes, spaces, kept = [], [], []
    for slot, group in groupby(range(len(frame.given)), key=lambda index: frame.given[index].slot):
        members = list(group)
        locked = tuple(index for index in members if frame.given[index].locked)
        stroke = Stroke(slot, locked, tuple(index for index in members if index not in locked))
        free = allowed.copy()
        free[[frame.given[index].pitch for index in locked]] = False
        space = PitchSpace(free, register)
        if space.largest(len(stroke.free)) < len(stroke.free):
            raise ControlsError(f"{len(members)} notes are struck together, more than that scale and register have")
        strokes.append(stroke)
        spaces.append(space)
        for index in members:
            kept += [v.POSITION + slot, *(v.DURATION + part for part in frame.given[index].parts)]
    return RhythmPlan(frame, tuple(strokes), tuple(spaces), _hints(frame, controls, kept))


def _plan_tune(frame: CellFrame, controls: Controls) -> TunePlan:
    most, quota = _most_struck(controls)
    kept = [v.PITCH + note.pitch for note in frame.given]
    apart = frame.free_of_locked(np.ones(128, dtype=bool))
    anywhere = frame.usable
    for places in (np.array([anywhere & [pitches[note.pitch] for pitches in apart] for note in frame.given]),
                   np.array([anywhere for _ in frame.given])):  # if there is no room else, over locked notes
        for index in frame.locked:
            places[index] = np.arange(frame.slots) == frame.given[index].slot
        fresh, later = _room_for_tune(frame, places, most, quota)
        if fresh[0, int(quota > 0)].any():
            return TunePlan(frame, most, quota, places, fresh, later, _hints(frame, controls, kept))
    raise ControlsError("the tune does not fit" + (f" with {quota} notes struck together" if quota else ""))


def _room_for_tune(frame: CellFrame, places: np.ndarray, most: int, quota: int) -> tuple[np.ndarray, np.ndarray]:
    """``fresh`` and ``later`` of a tune plan."""
    count, slots = len(frame.given), frame.slots
    fresh, later = np.zeros((2, count + 1, 2, slots), dtype=bool)
    later[count, 0] = True
    for first in range(count - 1, -1, -1):
        here = np.ones(slots, dtype=bool)
        for size in range(1, min(most, count - first) + 1):
            note = first + size - 1
            if size > 1 and frame.given[note].pitch <= frame.given[note - 1].pitch:
                break
            here &= places[note]
            for unmet in (0, 1):
                fresh[first, unmet] |= here & later[first + size, int(unmet and size < quota)]
        later[first, :, :-1] = np.logical_or.accumulate(fresh[first, :, :0:-1], axis=1)[:, ::-1]
    return fresh, later


def note_bounds(density: int | None, units: int) -> tuple[int, int]:
    """The fewest and the most notes of a cell in a bar of ``units``; those nearest to the class where it has none."""
    if density is None:
        return 1, UNLIMITED
    beats = units / UNITS_PER_BEAT
    fewest = ceil(v.DENSITY_EDGES[density - 1] * beats) if density else 1
    most = ceil(v.DENSITY_EDGES[density] * beats) - 1 if density < v.DENSITY_CLASSES - 1 else UNLIMITED
    fewest = max(1, fewest)
    return fewest, max(fewest, most)


def _plan_free(frame: CellFrame, controls: Controls) -> FreePlan:
    allowed, register = _allowed_pitches(frame, controls), _register(frame, controls)
    most, quota = _most_struck(controls)
    fewest, most_notes = note_bounds(controls.density, frame.units)
    locked = frame.locked
    here = np.bincount([frame.given[index].slot for index in locked], minlength=frame.slots)
    if quota == most and here.max(initial=0) > most:
        raise ControlsError(f"{here.max()} locked notes are struck together, more than was asked for")
    if len(locked) > most_notes:
        raise ControlsError(f"{len(locked)} notes are locked, more than that density has")
    known: dict[bytes, PitchSpace] = {}
    spaces = []
    for pitches in frame.free_of_locked(allowed):
        key = pitches.tobytes()
        if key not in known:
            known[key] = PitchSpace(pitches, register)
        spaces.append(known[key])
    largest = {space: space.largest(most) for space in known.values()}
    room = np.array([largest[space] for space in spaces], dtype=np.int64)
    room = np.where(frame.usable, np.minimum(room, np.maximum(0, most - here)), 0)
    quota = 0 if here.max(initial=0) >= quota else quota
    missing = np.where(quota - here <= room, quota - here, NEVER)
    room_from = np.append(np.cumsum(room[::-1])[::-1], 0)
    missing_from = np.append(np.minimum.accumulate(missing[::-1])[::-1], NEVER)
    fewest, most_notes = max(0, fewest - len(locked)), most_notes - len(locked)
    if room_from[0] < fewest:
        raise ControlsError("so many notes have no room in the bar")
    if quota and missing_from[0] > most_notes:
        raise ControlsError(f"{quota} notes cannot be struck together with that density, scale and register")
    return FreePlan(frame, fewest, most_notes, quota, tuple(spaces), room, here, missing, room_from, missing_from,
                    _hints(frame, controls, _locked_tokens(frame)))


def _locked_tokens(frame: CellFrame) -> list[int]:
    """The locked notes as a cell of their own."""
    tokens: list[int] = []
    slot = velocity = -1
    for note in (frame.given[index] for index in frame.locked):
        if note.slot != slot:
            tokens.append(v.POSITION + note.slot)
        if note.velocity != velocity:
            tokens.append(v.VELOCITY + note.velocity)
        tokens += [(v.DRUM if frame.drums else v.PITCH) + note.pitch, *(v.DURATION + part for part in note.parts)]
        slot, velocity = note.slot, note.velocity
    return tokens
