"""One class a gesture of the mouse on the roll: started, moved, then finished or cancelled.

A gesture shows what it would do while it is under way and changes the song once, when it finishes: one gesture,
one step of undo. Cancelled, it leaves everything as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt

from app.translation import later, tr
from core.music.edits import OutOfRange, clamped_shift, exchange_notes, find_notes, notes_between, shifted, stretched
from core.music.muting import delete_muted
from core.music.song import EMPTY_NOTES, freeze_notes, make_notes
from core.music.theory import scale_shifted

if TYPE_CHECKING:
    from app.pianoroll.roll import PianoRoll


@dataclass(frozen=True)
class Touch:
    """Where the mouse is: pixels, the tick and pitch there, and the keys held."""

    x: float
    y: float
    tick: float
    pitch: int
    modifiers: Qt.KeyboardModifier

    def holds(self, key: Qt.KeyboardModifier) -> bool:
        return bool(self.modifiers & key)

    @property
    def free(self) -> bool:
        """Alt bypasses the grid."""
        return self.holds(Qt.KeyboardModifier.AltModifier)


class Gesture:
    """Started by its constructor."""

    def __init__(self, roll: PianoRoll, start: Touch) -> None:
        self.roll, self.start = roll, start
        self.document = roll.document
        self.song, self.track = self.document.song, self.document.selection.current
        self.selected_before, self.muted_before = self.document.selection.notes, self.document.selection.muted

    def reselect(self) -> None:
        """Select what was selected before the gesture, unless the song or the track is another by now."""
        if self.document.song is not self.song or self.document.selection.current != self.track:
            return
        self.document.selection.select_notes(self.selected_before, self.muted_before)

    def moved(self, touch: Touch) -> None:
        """Show what the gesture would do if it ended here."""

    def finished(self) -> None:
        """Make the change."""

    def cancelled(self) -> None:
        """Put back what the gesture showed but did not change."""


class NoteGesture(Gesture):
    """Replaces the notes ``old`` of the current track by ``new``."""

    label = ""

    def __init__(self, roll: PianoRoll, start: Touch) -> None:
        super().__init__(roll, start)
        self.old, self.new = EMPTY_NOTES, EMPTY_NOTES

    def hold(self, old: np.ndarray, new: np.ndarray) -> None:
        """Show the track without ``old`` and with ``new``."""
        if len(old) != len(self.old):
            self.roll.canvas.show_song(exchange_notes(self.song, self.track, old, EMPTY_NOTES))
        self.old, self.new = old, new
        self.roll.canvas.show_selected(EMPTY_NOTES)
        self.roll.canvas.show_floating(new)

    def finished(self) -> None:
        after = exchange_notes(self.song, self.track, self.old, self.new)
        self.document.replace_song(after, tr(self.label), select=self.new)


class Draw(NoteGesture):
    """A new note from the grid point before the mouse; dragging on makes it longer."""

    label = later("Draw note")

    def __init__(self, roll: PianoRoll, start: Touch) -> None:
        super().__init__(roll, start)
        self.onset = roll.snapped(start.tick, start.free, down=True)
        self.length = roll.draw_length(self.onset)
        self.hold(EMPTY_NOTES, self._note(self.length))
        roll.sound(start.pitch)

    def _note(self, length: int) -> np.ndarray:
        return make_notes([self.onset], [length], [self.start.pitch], [self.roll.draw_velocity])

    def moved(self, touch: Touch) -> None:
        end = self.roll.snapped(touch.tick, touch.free)
        self.hold(EMPTY_NOTES, self._note(end - self.onset if end > self.onset else self.length))


class Move(NoteGesture):
    """Drags the selected notes; with Ctrl held at its start, a copy of them."""

    def __init__(self, roll: PianoRoll, start: Touch, grabbed: np.ndarray) -> None:
        super().__init__(roll, start)
        self.copy = start.holds(Qt.KeyboardModifier.ControlModifier)
        self.label = later("Copy notes") if self.copy else later("Move notes")
        self.grabbed = grabbed
        selected = self.document.selection.notes
        self.was_selected = bool(len(find_notes(selected, grabbed)))
        self.held = selected if self.was_selected else grabbed
        if not self.was_selected and not self.copy:
            self.document.selection.select_notes(grabbed)
        self.sounding = int(grabbed["pitch"][0])
        roll.sound(self.sounding, int(grabbed["velocity"][0]))

    def moved(self, touch: Touch) -> None:
        onset, pitch = int(self.grabbed["onset"][0]), int(self.grabbed["pitch"][0])
        by = touch.tick - self.start.tick
        # A note off the grid stays where it is while it is only dragged up or down.
        stays = not touch.free and abs(by) < self.roll.step(onset) / 2
        target = onset if stays else self.roll.snapped(onset + by, touch.free)
        ticks, semitones = clamped_shift(self.held, target - onset, touch.pitch - self.start.pitch)
        try:
            moved = self._moved(ticks, semitones, touch.pitch)
        except OutOfRange:  # of the scale: what was shown before stays
            return
        self.hold(EMPTY_NOTES if self.copy else self.held, moved)
        if pitch + semitones != self.sounding:
            self.sounding = pitch + semitones
            self.roll.sound(self.sounding, int(self.grabbed["velocity"][0]))

    def _moved(self, ticks: int, semitones: int, pitch: int) -> np.ndarray:
        """Where the rows are those of a scale, notes move along it, and stay in it."""
        if (key := self.roll.row_key) is None:
            return shifted(self.held, ticks, semitones)
        rows = np.searchsorted(key.pitches, (self.start.pitch, pitch), side="right")
        return scale_shifted(shifted(self.held, ticks), key, int(rows[1] - rows[0]))

    def finished(self) -> None:
        if len(self.new):
            super().finished()
        elif self.copy:
            self._toggle()
        else:
            self.document.selection.select_notes(self.grabbed)

    def _toggle(self) -> None:
        selection = self.document.selection
        selection.select_notes(toggled(selection.notes, self.grabbed), selection.muted)

    def cancelled(self) -> None:
        self.reselect()


class Resize(NoteGesture):
    """Drags the end, or with ``at_start`` the beginning, of the selected notes."""

    label = later("Resize notes")

    def __init__(self, roll: PianoRoll, start: Touch, grabbed: np.ndarray, at_start: bool) -> None:
        super().__init__(roll, start)
        self.grabbed, self.at_start = grabbed, at_start
        if not len(find_notes(self.document.selection.notes, grabbed)):
            self.document.selection.select_notes(grabbed)
        self.held = self.document.selection.notes

    def moved(self, touch: Touch) -> None:
        edge = int(self.grabbed["onset"][0]) + (0 if self.at_start else int(self.grabbed["duration"][0]))
        by = self.roll.snapped(edge + touch.tick - self.start.tick, touch.free) - edge
        shortest = 1 if touch.free else min(self.roll.step(edge), self.roll.draw_length(edge))
        start, end = (by, 0) if self.at_start else (0, by)
        self.hold(self.held, stretched(self.held, start, end, shortest))

    def finished(self) -> None:
        if len(self.new):
            super().finished()

    def cancelled(self) -> None:
        self.reselect()


class Erase(NoteGesture):
    """Erases every note the mouse passes over, muted ones too."""

    label = later("Erase notes")

    def __init__(self, roll: PianoRoll, start: Touch) -> None:
        super().__init__(roll, start)
        self.last = start
        self.muted = EMPTY_NOTES
        self.moved(start)

    def moved(self, touch: Touch) -> None:
        steps = max(2, int(abs(touch.x - self.last.x) // 4), int(abs(touch.y - self.last.y) // 4))
        track = self.song.tracks[self.track].notes
        hit = {int(i) for i in find_notes(track, self.old)}
        for part in np.linspace(0.0, 1.0, steps):
            x = self.last.x + part * (touch.x - self.last.x)
            y = self.last.y + part * (touch.y - self.last.y)
            if (index := self.roll.index_at(x, y)) is not None:
                hit.add(index)
            elif len(muted := self.roll.muted_at(x, y)) and not len(find_notes(self.muted, muted)):
                self.muted = freeze_notes(np.concatenate([self.muted, muted]))
        self.last = touch
        self.hold(track[sorted(hit)], EMPTY_NOTES)

    def finished(self) -> None:
        if len(self.old) or len(self.muted):
            after = exchange_notes(delete_muted(self.song, self.track, self.muted), self.track, self.old, EMPTY_NOTES)
            self.document.replace_song(after, tr(self.label), select=EMPTY_NOTES)


class PickMuted(Gesture):
    """Selects a muted note; with Ctrl or Shift, adds it or takes it away."""

    def __init__(self, roll: PianoRoll, start: Touch, grabbed: np.ndarray) -> None:
        super().__init__(roll, start)
        self.grabbed = grabbed

    def finished(self) -> None:
        selection = self.document.selection
        if self.start.holds(Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier):
            selection.select_notes(selection.notes, toggled(selection.muted, self.grabbed))
        else:
            selection.select_notes(EMPTY_NOTES, self.grabbed)


class Band(Gesture):
    """Selects the notes inside a box, or where there are none, the muted ones: both at once would not move together.
    Shift adds them to what was selected; Ctrl takes away those that were selected and adds the others. Changes no song.
    """

    def moved(self, touch: Touch) -> None:
        view = self.roll.view
        x, y = view.x(self.start.tick), self.start.y
        self.roll.canvas.band = QRectF(min(x, touch.x), min(y, touch.y), abs(touch.x - x), abs(touch.y - y))
        low, high = sorted((self.start.pitch, touch.pitch))
        start, end = sorted((self.start.tick, touch.tick))
        track = self.document.current_track
        sounding, muted = (notes_between(notes, int(start), int(end) + 1, low, high)
                           for notes in (track.notes, track.muted))
        chosen = []
        for inside, before in ((sounding, self.selected_before),
                               (EMPTY_NOTES if len(sounding) else muted, self.muted_before)):
            if self.start.holds(Qt.KeyboardModifier.ShiftModifier):
                inside = added(before, inside)
            elif self.start.holds(Qt.KeyboardModifier.ControlModifier):
                inside = toggled(before, inside)
            chosen.append(freeze_notes(inside))
        self.document.selection.select_notes(*chosen)
        self.roll.canvas.update()

    def finished(self) -> None:
        """A click on another track's note goes to that track; one on the ground lets go of the notes."""
        keeps = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        if self.roll.canvas.band is not None or self.start.holds(keeps):
            return
        ghost = self.roll.ghost_at(self.start.x, self.start.y)
        if ghost is None:
            self.document.selection.select_notes(EMPTY_NOTES)
        else:
            self.document.selection.set_current(ghost)

    def cancelled(self) -> None:
        self.reselect()


def added(notes: np.ndarray, more: np.ndarray) -> np.ndarray:
    """The notes and those of ``more`` that are not among them."""
    return freeze_notes(np.concatenate([notes, np.delete(more, find_notes(more, notes))]))


def toggled(notes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The notes without those of ``others`` that are among them, and with those that are not."""
    return added(np.delete(notes, find_notes(notes, others)), np.delete(others, find_notes(others, notes)))
