"""What the menus and keys do to notes: cut, copy, paste, delete, move and transpose."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.pianoroll import clipboard
from app.pianoroll.roll import PianoRoll
from app.translation import tr
from core.music.edits import OutOfRange, exchange_notes, replace_cells, shifted, with_velocity
from core.music.muting import delete_muted
from core.music.song import EMPTY_NOTES
from core.music.theory import scale_shifted

VELOCITY_STEP = 8


class NoteActions(QObject):
    """They work on the notes selected on the roll's current track."""

    refused = Signal(str)
    """Why nothing was changed, for a person."""

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.document = roll, roll.document
        self.selection = roll.document.selection

    # -- clipboard -----------------------------------------------------------------------------

    def cut(self) -> None:
        self.copy()
        self.exchange(EMPTY_NOTES, tr("Cut notes"))

    def copy(self) -> None:
        if len(self.selection.notes):
            data = clipboard.to_mime(self.selection.notes, self.document.song.ticks_per_beat)
            QGuiApplication.clipboard().setMimeData(data)

    def paste(self) -> None:
        """Put the clipboard's notes on the current track, the first of them at the playhead."""
        notes = clipboard.from_mime(QGuiApplication.clipboard().mimeData(), self.document.song.ticks_per_beat)
        if not len(notes) or self.document.current_track is None:
            self.refused.emit(tr("There are no notes to paste: copy some first"))
            return
        at = self.roll.snapped(self.roll.canvas.playhead, free=False, down=True)
        self._add(shifted(notes, at - int(notes["onset"][0])), tr("Paste notes"))

    def duplicate(self) -> None:
        """Copy the selected notes to right after themselves, from the next grid line on."""
        notes = self.selection.notes
        start, end = int(notes["onset"].min()), int((notes["onset"] + notes["duration"]).max())
        step = self.roll.step(start)
        self._add(shifted(notes, -(-(end - start) // step) * step), tr("Duplicate notes"))

    def _add(self, notes: np.ndarray, label: str) -> None:
        after = exchange_notes(self.document.song, self.selection.current, EMPTY_NOTES, notes)
        self.document.replace_song(after, label, select=notes)

    def delete(self) -> None:
        """The selected notes; where none is, everything in the marked bars of the marked tracks."""
        notes, muted, track = self.selection.notes, self.selection.muted, self.selection.current
        if len(notes) or len(muted):
            song = delete_muted(self.document.song, track, muted) if len(muted) else self.document.song
            after = exchange_notes(song, track, notes, EMPTY_NOTES) if len(notes) else song
            self.document.replace_song(after, tr("Delete notes"), select=EMPTY_NOTES)
        elif cells := self._cells_with_notes():
            self.document.replace_song(replace_cells(self.document.song, cells, {}), tr("Clear bars"))

    def _cells_with_notes(self) -> list:
        return [cell for cell in self.selection.cells if cell[1] < len(self.document.song.tracks)]

    # -- moving --------------------------------------------------------------------------------

    def semitone_up(self) -> None:
        self._shift(0, 1, tr("Transpose up a semitone"))

    def semitone_down(self) -> None:
        self._shift(0, -1, tr("Transpose down a semitone"))

    def octave_up(self) -> None:
        self._shift(0, 12, tr("Transpose up an octave"))

    def octave_down(self) -> None:
        self._shift(0, -12, tr("Transpose down an octave"))

    def nudge_later(self) -> None:
        self._shift(self._grid_step(), 0, tr("Move notes later"))

    def nudge_earlier(self) -> None:
        self._shift(-self._grid_step(), 0, tr("Move notes earlier"))

    def tick_later(self) -> None:
        self._shift(1, 0, tr("Move notes a tick later"))

    def tick_earlier(self) -> None:
        self._shift(-1, 0, tr("Move notes a tick earlier"))

    def scale_step_up(self) -> None:
        self._scale_shift(1, tr("Transpose up a step of the scale"))

    def scale_step_down(self) -> None:
        self._scale_shift(-1, tr("Transpose down a step of the scale"))

    def louder(self) -> None:
        self._accent(VELOCITY_STEP, tr("Louder"))

    def softer(self) -> None:
        self._accent(-VELOCITY_STEP, tr("Softer"))

    def _accent(self, by: int, label: str) -> None:
        notes = self.selection.notes
        self.exchange(with_velocity(notes, np.clip(notes["velocity"].astype(int) + by, 1, 127)), label)

    def _grid_step(self) -> int:
        notes = self.selection.notes
        return self.roll.step(int(notes["onset"][0])) if len(notes) else 0

    def _shift(self, ticks: int, semitones: int, label: str) -> None:
        self._move(lambda: shifted(self.selection.notes, ticks, semitones), label, heard=semitones != 0)

    def _scale_shift(self, steps: int, label: str) -> None:
        key = self.roll.scale.key_for(self.document.current_track)
        if key is None:
            self.refused.emit(tr("Nothing was moved: the song's notes tell no key. Choose a scale (Shift+S)"))
            return
        self._move(lambda: scale_shifted(self.selection.notes, key, steps), f"{label} ({key.name})", heard=True)

    def _move(self, change: Callable[[], np.ndarray], label: str, heard: bool) -> None:
        try:
            moved = change()
        except OutOfRange as problem:
            self.refused.emit(tr("Nothing was moved: {problem}", problem=problem))
            return
        self.exchange(moved, label)
        if len(moved) and heard:
            self.roll.sound(int(moved["pitch"][0]), int(moved["velocity"][0]))

    def exchange(self, new: np.ndarray, label: str) -> None:
        """Put ``new`` in the place of the selected notes, as one step."""
        self.put(self.selection.notes, new, label)

    def put(self, old: np.ndarray, new: np.ndarray, label: str, select: bool = True) -> None:
        """Put ``new`` in the place of notes of the current track, as one step."""
        after = exchange_notes(self.document.song, self.selection.current, old, new)
        self.document.replace_song(after, label, select=new if select else None)
