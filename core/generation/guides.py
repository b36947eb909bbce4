"""Holding a cell to its plan while it is written, token by token.

A guide narrows what the grammar allows to what keeps every promise within reach, so that there is always something that
may be written next: a token is allowed only if the rest of the cell can be written after it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from core.generation.pitch_space import PitchSpace
from core.generation.plans import CellPlan, FreePlan, RhythmPlan, TunePlan
from core.tokens import vocabulary as v
from core.tokens.grammar import CellWriter
from core.tokens.grid import MAX_SLOTS

NO_SLOTS = np.zeros(MAX_SLOTS, dtype=bool)
NO_PITCHES = np.zeros(128, dtype=bool)


class Guide(ABC):
    """The state of one cell: ``slot`` and ``pitch`` written last (-1: none), and for each note that was written the
    index of the given note it is (-1: a new one) in ``origins``.

    A kind of guide says what may come next: ``_slots`` (bool (192,)) and ``_may_close`` where a stroke could be over,
    ``_pitches`` (bool (128,)) inside one. ``hurry``: the cell has used up its tokens and should end as it can.
    """

    def __init__(self, plan: CellPlan) -> None:
        self.plan = plan
        self.slot = self.pitch = -1
        self.origins: list[int] = []
        self._owed: list[int] = []
        self._has_length = False

    def narrow(self, writer: CellWriter, mask: np.ndarray, hurry: bool) -> np.ndarray:
        """``mask``, bool (vocabulary,), which the grammar allows next, without what the plan forbids; in place."""
        last = writer.last
        if self._owed:
            mask[:] = False
            mask[v.DURATION + self._owed[0]] = True
            return mask
        if last == v.Kind.PITCH:
            return mask
        # A velocity that was said needs a note, however little room is left.
        pitches = self._pitches(hurry and last != v.Kind.VELOCITY) if self.slot >= 0 else NO_PITCHES
        base = v.DRUM if self.plan.frame.drums else v.PITCH
        mask[base:base + 128] &= pitches
        in_stroke = last in (v.Kind.POSITION, v.Kind.VELOCITY)
        if not in_stroke:
            mask[v.POSITION:v.POSITION + MAX_SLOTS] &= self._slots(hurry)
            mask[writer.closing_token] &= self._may_close()
            if hurry and mask[writer.closing_token]:
                mask[:] = False
                mask[writer.closing_token] = True
                return mask
            if hurry or self._has_length:
                mask[v.DURATION:v.DURATION + len(v.DURATIONS)] = False
        if not pitches.any() or (hurry and writer.velocity >= 0):
            mask[v.VELOCITY:v.VELOCITY + v.VELOCITY_CLASSES] = False
        return mask

    def take(self, token: int) -> None:
        """Take a token of the cell that was allowed."""
        kind, value = v.Kind(int(v.KIND_OF[token])), token - v.START[v.Kind(int(v.KIND_OF[token]))]
        if kind == v.Kind.POSITION:
            self.slot, self.pitch = value, -1
            self._open_stroke()
        elif kind in (v.Kind.PITCH, v.Kind.DRUM):
            self.pitch = value
            origin = self._strike(value)
            self.origins.append(origin)
            self._has_length = origin >= 0
            self._owed = list(self.plan.frame.given[origin].parts) if origin >= 0 else []
        elif kind == v.Kind.DURATION and self._owed:
            self._owed.pop(0)

    @abstractmethod
    def _open_stroke(self) -> None:
        """The slot of a new stroke was written."""

    @abstractmethod
    def _strike(self, pitch: int) -> int:
        """A pitch was written: the index of the given note it is, or -1."""

    @abstractmethod
    def _pitches(self, hurry: bool) -> np.ndarray:
        """What may be struck next at the present slot, bool (128,)."""

    @abstractmethod
    def _slots(self, hurry: bool) -> np.ndarray:
        """Where the next stroke may be, bool (192,)."""

    @abstractmethod
    def _may_close(self) -> bool:
        """Whether the cell may end here."""


class _StrokeGuide(Guide):
    """What guides with locked notes and spaces of pitches share. ``notes`` and ``total``: how many notes are new so
    far, and the sum of their pitches; ``struck``: those at the present slot; ``waiting``: the locked notes still to
    come at the present slot."""

    def __init__(self, plan: RhythmPlan | FreePlan) -> None:
        super().__init__(plan)
        self.notes = self.total = self.struck = 0
        self.waiting: list[int] = []
        self.space: PitchSpace | None = None

    @abstractmethod
    def _sizes(self, hurry: bool) -> list[int]:
        """How many more new notes the present stroke may have."""

    def _pitches(self, hurry: bool) -> np.ndarray:
        sizes = self._sizes(hurry)
        more = [size - 1 for size in sizes if size]
        mask = self.space.next_pitches(self.pitch, more, self.notes, self.total) if more else np.zeros(128, dtype=bool)
        if self.waiting:
            pitch = self.plan.frame.given[self.waiting[0]].pitch
            mask[pitch:] = False
            mask[pitch] = self.space.can_add(pitch, sizes, self.notes, self.total)
        return mask

    def _strike(self, pitch: int) -> int:
        if self.waiting and self.plan.frame.given[self.waiting[0]].pitch == pitch:
            return self.waiting.pop(0)
        self.notes += 1
        self.total += pitch
        self.struck += 1
        return self._new_note()

    @abstractmethod
    def _new_note(self) -> int:
        """The index of the given note that a new pitch was given to, or -1."""

    @property
    def _stroke_may_end(self) -> bool:
        return self.slot < 0 or (not self.waiting and 0 in self._sizes(False)
                                 and self.space.is_balanced(self.notes, self.total))


class RhythmGuide(_StrokeGuide):
    """Every stroke comes, in its turn, with as many notes as it had."""

    plan: RhythmPlan

    def __init__(self, plan: RhythmPlan) -> None:
        super().__init__(plan)
        self.stroke = -1
        self._sounding: list[tuple[int, int]] = []  # pitch and the tick at which it ends

    def _open_stroke(self) -> None:
        self.stroke += 1
        stroke = self.plan.strokes[self.stroke]
        self.struck, self.waiting = 0, list(stroke.locked)
        self.space = self._quiet_space(self.plan.spaces[self.stroke], stroke.free)

    def _quiet_space(self, space: PitchSpace, free: tuple[int, ...]) -> PitchSpace:
        """The space without pitches that sound already, or that are locked while the notes last, if it is enough."""
        frame = self.plan.frame
        if not free:
            return space
        originals = np.concatenate([frame.given[index].originals for index in free])
        start, end = originals["onset"].min(), (originals["onset"] + originals["duration"]).max()
        busy = {pitch for pitch, until in self._sounding if until > start}
        for index in frame.locked:
            locked = frame.given[index].originals
            if ((locked["onset"] < end) & (locked["onset"] + locked["duration"] > start)).any():
                busy.add(frame.given[index].pitch)
        busy = [pitch for pitch in busy if space.allowed[pitch]]
        if not busy:
            return space
        allowed = space.allowed.copy()
        allowed[busy] = False
        quiet = PitchSpace(allowed, space.register)
        return quiet if quiet.can_add(-1, [len(free)], self.notes, self.total) else space

    def _sizes(self, hurry: bool) -> list[int]:
        return [len(self.plan.strokes[self.stroke].free) - self.struck]

    def _new_note(self) -> int:
        index = self.plan.strokes[self.stroke].free[self.struck - 1]
        original = self.plan.frame.given[index].originals[0]
        self._sounding.append((self.pitch, int(original["onset"] + original["duration"])))
        return index

    def _slots(self, hurry: bool) -> np.ndarray:
        mask = NO_SLOTS.copy()
        if self._stroke_may_end and self.stroke + 1 < len(self.plan.strokes):
            mask[self.plan.strokes[self.stroke + 1].slot] = True
        return mask

    def _may_close(self) -> bool:
        return self._stroke_may_end and self.stroke + 1 == len(self.plan.strokes)


class FreeGuide(_StrokeGuide):
    """New notes round the locked ones. ``unmet``: the quota of notes struck together is still to be met."""

    plan: FreePlan

    def __init__(self, plan: FreePlan) -> None:
        super().__init__(plan)
        self.locked = plan.frame.locked
        self.unmet = plan.quota > 0

    def _open_stroke(self) -> None:
        given = self.plan.frame.given
        self.struck = 0
        self.waiting = [index for index in self.locked if given[index].slot == self.slot]
        self.locked = self.locked[len(self.waiting):]
        self.space = self.plan.spaces[self.slot]

    def _new_note(self) -> int:
        if self.struck >= self.plan.missing[self.slot]:
            self.unmet = False
        return -1

    def _sizes(self, hurry: bool) -> list[int]:
        plan, slot = self.plan, self.slot
        left = plan.most_notes - self.notes
        wanted = plan.fewest - self.notes - int(plan.room_from[slot + 1])
        elsewhere = left - int(plan.missing_from[slot + 1])
        meets = int(plan.missing[slot]) - self.struck
        first = max(0, wanted, 1 - self.struck - int(plan.here[slot]))
        sizes = [size for size in range(first, min(int(plan.room[slot]) - self.struck, left) + 1)
                 if not self.unmet or size >= meets or size <= elsewhere]
        if hurry:
            if self.unmet:
                least = [size for size in sizes if size >= meets][:1]
            else:
                least = [size for size in sizes if not size and self.notes >= plan.fewest]
            if self.space.can_add(self.pitch, least, self.notes, self.total):
                return least
        return sizes

    def _slots(self, hurry: bool) -> np.ndarray:
        mask = NO_SLOTS.copy()
        if not self._stroke_may_end:
            return mask
        plan, slots = self.plan, self.plan.frame.slots
        left = plan.most_notes - self.notes
        least = np.maximum(plan.here == 0, plan.fewest - self.notes - plan.room_from[1:])
        most = np.minimum(plan.room, left)
        fits = least <= most
        meets = most >= plan.missing
        if self.unmet:
            fits &= meets | (least <= left - plan.missing_from[1:])
        fits[:self.slot + 1] = False
        if self.locked:
            fits[plan.frame.given[self.locked[0]].slot + 1:] = False
        if hurry:
            preferred = fits & (meets if self.unmet else plan.here > 0)
            if preferred.any() and (self.unmet or self.notes >= plan.fewest):
                fits = preferred
        mask[:slots] = fits
        return mask

    def _may_close(self) -> bool:
        return not self.locked and not self.unmet and self.notes >= self.plan.fewest and self._stroke_may_end


class TuneGuide(Guide):
    """The tune's pitches one after another. ``next``: the note that comes next; ``struck``: notes at the present
    slot; ``unmet``: the quota of notes struck together is still to be met."""

    plan: TunePlan

    def __init__(self, plan: TunePlan) -> None:
        super().__init__(plan)
        self.next = self.struck = 0
        self.unmet = plan.quota > 0

    def _open_stroke(self) -> None:
        self.struck = 0

    def _strike(self, pitch: int) -> int:
        self.next += 1
        self.struck += 1
        self.unmet = self.unmet and self.struck < self.plan.quota
        return self.next - 1 if self.plan.frame.given[self.next - 1].locked else -1

    def _pitches(self, hurry: bool) -> np.ndarray:
        mask = np.zeros(128, dtype=bool)
        if self._can_strike(self.next, self.struck, self.unmet, self.pitch):
            mask[self.plan.frame.given[self.next].pitch] = True
        return mask

    def _can_strike(self, note: int, struck: int, unmet: bool, pitch: int) -> bool:
        """Whether a note can be struck at the present slot above ``pitch``, and the rest written after it."""
        plan, given = self.plan, self.plan.frame.given
        if note == len(given) or struck == plan.most or given[note].pitch <= pitch:
            return False
        if not plan.places[note, self.slot]:
            return False
        unmet = unmet and struck + 1 < plan.quota
        return bool(plan.later[note + 1, int(unmet), self.slot]) or self._can_strike(note + 1, struck + 1, unmet,
                                                                                     given[note].pitch)

    def _slots(self, hurry: bool) -> np.ndarray:
        mask = NO_SLOTS.copy()
        if self.next < len(self.plan.frame.given):
            mask[:self.plan.frame.slots] = self.plan.fresh[self.next, int(self.unmet)]
            mask[:self.slot + 1] = False
        return mask

    def _may_close(self) -> bool:
        return self.next == len(self.plan.frame.given) and not self.unmet


def guide_of(plan: CellPlan) -> Guide:
    """A guide for a cell that is about to be written."""
    kinds = {RhythmPlan: RhythmGuide, TunePlan: TuneGuide, FreePlan: FreeGuide}
    return kinds[type(plan)](plan)
