"""What the menus and keys do to where notes begin and end: split, join, stretch, quantise, humanise, mute..."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject

from app.pianoroll.note_actions import NoteActions
from app.pianoroll.quantise_dialog import QuantiseDialog
from app.settings import Settings
from app.translation import tr
from core.music.edits import exchange_notes, stretched
from core.music.muting import mute_notes, unmute_notes
from core.music.phrasing import joined, legato, reversed_in_time, split_at
from core.music.quantise import humanised, quantised
from core.music.song import EMPTY_NOTES

HUMAN_BEAT, HUMAN_VELOCITY = 48, 5.0
"""Humanised notes are off by this part of a beat, and by so much velocity: standard deviations."""


class ShapeActions(QObject):
    """They work on the selected notes, and refuse in the words of ``notes.refused``."""

    def __init__(self, notes: NoteActions, settings: Settings) -> None:
        super().__init__(notes)
        self.notes, self.roll, self.document = notes, notes.roll, notes.document
        self.selection, self.settings = notes.selection, settings

    # -- in two and in one ---------------------------------------------------------------------

    def split_at_playhead(self) -> None:
        """The selected notes that sound there, or of all notes of the track."""
        notes = self.selection.notes if len(self.selection.notes) else self.document.current_track.notes
        self._split(notes, self.roll.canvas.playhead, tr("at the playhead"))

    def split_at_pointer(self) -> None:
        """The note under the mouse, on the grid if a grid line lies inside it."""
        touch = self.roll.hands.pointer
        index = None if touch is None else self.roll.index_at(touch.x, touch.y)
        if index is None:
            self.notes.refused.emit(tr("Nothing was split: there is no note under the mouse"))
            return
        note = self.document.current_track.notes[index:index + 1]
        tick = self.roll.snapped(touch.tick, free=False)
        inside = note["onset"][0] < tick < note["onset"][0] + note["duration"][0]
        self._split(note, tick if inside else int(touch.tick), tr("under the mouse"))

    def _split(self, notes: np.ndarray, tick: int, where: str) -> None:
        across = notes[(notes["onset"] < tick) & (notes["onset"] + notes["duration"] > tick)]
        if not len(across):
            self.notes.refused.emit(tr("Nothing was split: no note sounds {where}", where=where))
            return
        parts = split_at(across, tick)
        after = exchange_notes(self.document.song, self.selection.current, across, parts)
        self.document.replace_song(after, tr("Split notes"), select=parts[parts["onset"] == tick])

    def join(self) -> None:
        new = joined(self.selection.notes)
        if len(new) == len(self.selection.notes):
            self.notes.refused.emit(tr("Nothing was joined: select two or more notes of one pitch"))
        else:
            self.notes.exchange(new, tr("Join notes"))

    # -- longer and shorter --------------------------------------------------------------------

    def longer(self) -> None:
        self._stretch(0, 1, tr("Lengthen notes"))

    def shorter(self) -> None:
        self._stretch(0, -1, tr("Shorten notes"))

    def start_earlier(self) -> None:
        self._stretch(-1, 0, tr("Start notes earlier"))

    def start_later(self) -> None:
        self._stretch(1, 0, tr("Start notes later"))

    def _stretch(self, start: int, end: int, label: str) -> None:
        """By steps of the grid."""
        notes = self.selection.notes
        step = self.roll.step(int(notes["onset"][0]))
        new = stretched(notes, start * step, end * step, shortest=step)
        if np.array_equal(new, notes):
            self.notes.refused.emit(tr("Nothing was changed: the notes are as short as the grid, "
                                       "or at the song's start"))
        else:
            self.notes.exchange(new, label)

    def legato(self) -> None:
        self.notes.exchange(legato(self.selection.notes), tr("Legato"))

    def reverse(self) -> None:
        self.notes.exchange(reversed_in_time(self.selection.notes), tr("Reverse notes"))

    # -- on the grid and off it ----------------------------------------------------------------

    def quantise(self) -> None:
        """Ask how, showing what it would do."""
        dialog = QuantiseDialog(self.roll, self.settings, self.roll.window())
        dialog.chosen.connect(lambda notes: self.notes.exchange(notes, tr("Quantise notes")))
        dialog.open()

    def quick_quantise(self) -> None:
        """As it was done last."""
        how = self.settings.quantise.how(self.roll.grid_now)
        new = quantised(self.selection.notes, how, self.document.song.timebase)
        self.notes.exchange(new, tr("Quantise notes"))

    def humanise(self) -> None:
        """Differently each time, but the same again after undo."""
        seed = self.document.undo_stack.index()
        ticks = self.document.song.ticks_per_beat / HUMAN_BEAT
        self.notes.exchange(humanised(self.selection.notes, seed, ticks, HUMAN_VELOCITY), tr("Humanise notes"))

    # -- silence -------------------------------------------------------------------------------

    def toggle_muted(self) -> None:
        """Mute the selected notes; where only muted ones are selected, let them sound again."""
        song, track = self.document.song, self.selection.current
        notes, muted = self.selection.notes, self.selection.muted
        if len(notes):
            self.document.replace_song(mute_notes(song, track, notes), tr("Mute notes"), select=EMPTY_NOTES,
                                       select_muted=notes)
        else:
            self.document.replace_song(unmute_notes(song, track, muted), tr("Unmute notes"), select=muted)
