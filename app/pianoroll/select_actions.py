"""What the menus and keys do to the selection of notes."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from app.pianoroll.gestures import added, toggled
from app.pianoroll.roll import PianoRoll
from core.music.edits import find_notes
from core.music.song import EMPTY_NOTES, freeze_notes


class SelectActions(QObject):
    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.document, self.selection = roll, roll.document, roll.document.selection
        roll.keyboard.pitchChosen.connect(self.select_pitch)
        roll.keyboard.choiceBegan.connect(self._remember)
        roll.keyboard.choiceCancelled.connect(self._reselect)

    def all(self) -> None:
        if (track := self.document.current_track) is not None:
            self.selection.select_notes(track.notes)
            self.roll.canvas.setFocus()  # where the keys for notes work

    def none(self) -> None:
        """Cancel the gesture under way; without one, let go of the notes; without any, of the bars."""
        if self.roll.cancel_gesture():
            return
        if len(self.selection.notes) or len(self.selection.muted):
            self.selection.select_notes(EMPTY_NOTES)
        else:
            self.selection.clear_bars()

    def invert(self) -> None:
        if (track := self.document.current_track) is not None:
            self.selection.select_notes(toggled(self.selection.notes, track.notes))

    def select_pitch(self, pitch: int, adding: bool = False) -> None:
        """All notes of a pitch, besides those that are selected or instead of them."""
        if (track := self.document.current_track) is not None:
            notes = track.notes[track.notes["pitch"] == pitch]
            notes = added(self.selection.notes, notes) if adding else notes
            self.selection.select_notes(freeze_notes(notes))
            self.roll.canvas.setFocus()

    def _remember(self) -> None:
        self._before = (self.document.song, self.selection.current, self.selection.notes, self.selection.muted)

    def _reselect(self) -> None:
        """As before the first key was pressed, unless the song or the track is another by now."""
        song, track, notes, muted = self._before
        if song is self.document.song and track == self.selection.current:
            self.selection.select_notes(notes, muted)

    def same_pitches(self) -> None:
        """All notes that have the pitch of a selected one."""
        notes = self.document.current_track.notes
        self.selection.select_notes(freeze_notes(notes[np.isin(notes["pitch"], self.selection.notes["pitch"])]))

    def next(self) -> None:
        self._step(1, adding=False)

    def previous(self) -> None:
        self._step(-1, adding=False)

    def next_too(self) -> None:
        self._step(1, adding=True)

    def previous_too(self) -> None:
        self._step(-1, adding=True)

    def _step(self, by: int, adding: bool) -> None:
        """The note after the last selected one, or before the first; without any, the first from the playhead on."""
        notes, selected = self.document.current_track.notes, self.selection.notes
        if len(selected):
            found = find_notes(notes, selected)
            index = int(found[-1] if by > 0 else found[0]) + by
        else:
            index = int(np.searchsorted(notes["onset"], self.roll.canvas.playhead)) + min(by, 0)
        if 0 <= index < len(notes):
            note = notes[index:index + 1]
            self.selection.select_notes(added(selected, note) if adding else note)
            onset, pitch = int(note["onset"][0]), int(note["pitch"][0])
            self.roll.set_view(self.roll.view.revealing(onset, onset + int(note["duration"][0]), pitch, pitch))
            self.roll.sound(pitch, int(note["velocity"][0]))
