"""What the Track menu does beside adding and choosing: duplicate, merge, split, instrument, colour."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QWidget

from app.document import Document
from app.form import Form
from app.tracks.instrument_picker import InstrumentPicker
from app.tracks.instruments import DRUMS, instrument_facts, instrument_names, instrument_row
from app.tracks.pitch_box import PitchBox
from app.tracks.track_list import MOST_TRACKS, TrackList
from app.translation import tr
from core.music.edits import change_track
from core.music.song import Track
from core.music.theory import note_name
from core.music.track_edits import NotMergeable, duplicate_track, merge_tracks, split_track

MIDDLE_C, SNARE = 60, 38
"""What is heard of an instrument that is looked at."""


class TrackActions(QObject):
    """They work on the current track, and on the marked ones where there are several."""

    said = Signal(str)
    """A sentence for the status bar."""
    instrumentTried = Signal(Track, int)
    """A track with the instrument to be heard, and the pitch."""

    def __init__(self, document: Document, tracks: TrackList) -> None:
        super().__init__(tracks)
        self.document, self.tracks, self.selection = document, tracks, document.selection
        tracks.instrumentAsked.connect(self.choose_instrument)

    def duplicate(self) -> None:
        """A copy of the current track right below it, which is current from then on."""
        song, here = self.document.song, self.selection.current
        if here < len(song.tracks) < MOST_TRACKS:
            self.document.replace_song(duplicate_track(song, here), tr("Duplicate track"))
            self.tracks.choose(here + 1)

    def merge(self) -> None:
        """The marked tracks become one; with fewer than two marked, the current one and the one below it."""
        song, here, marked = self.document.song, self.selection.current, self.selection.tracks
        indices = marked if len(marked) > 1 else (here, here + 1)
        if indices[-1] >= len(song.tracks):
            self.said.emit(tr("There is no track below to merge with; Ctrl+click marks the tracks to be merged"))
            return
        try:
            merged = merge_tracks(song, indices)
        except NotMergeable as problem:
            self.said.emit(tr("Nothing was merged: {problem}", problem=problem))
            return
        names = [song.tracks[index].name or tr("track {index}", index=index + 1) for index in indices]
        self.document.replace_song(merged, tr("Merge tracks"))
        self.tracks.choose(indices[0])
        self.said.emit(tr("Merged {join} into {names}", join=', '.join(names[1:]), names=names[0]))

    def split(self) -> None:
        """Ask for a pitch; what lies below goes to a new track. The lowest selected note is offered, or the middle."""
        track, song = self.document.current_track, self.document.song
        if track is None or len(song.tracks) >= MOST_TRACKS:
            return
        chosen, pitches = self.selection.notes, track.notes["pitch"]
        middle = round(float(pitches.mean())) if len(pitches) else MIDDLE_C
        offered = int(chosen["pitch"].min()) if len(chosen) else middle
        dialog = SplitDialog(track, offered, self.tracks.window())
        if dialog.exec():
            try:
                after = split_track(song, self.selection.current, dialog.pitch)
            except ValueError:
                self.said.emit(tr("Nothing was split: all notes lie on one side of {note_name}",
                                  note_name=note_name(dialog.pitch)))
            else:
                self.document.replace_song(after, tr("Split track"))

    def choose_instrument(self) -> None:
        """Ask for an instrument, heard while the list is walked through."""
        track, here = self.document.current_track, self.selection.current
        if track is None:
            return
        picker = InstrumentPicker(instrument_row(track), self.tracks.window())
        picker.tried.connect(self._let_hear)
        if picker.exec() and picker.row is not None and picker.row != instrument_row(track):
            after = change_track(self.document.song, here, **instrument_facts(picker.row))
            self.document.replace_song(after, tr("Change instrument"))
            self.said.emit(f"{track.name or f'Track {here + 1}'}: {instrument_names()[picker.row]}")

    def _let_hear(self, row: int) -> None:
        track = self.document.current_track
        facts = {"is_drum": True} if row == DRUMS else {"program": row}
        sounding = Track(volume=track.volume, pan=track.pan, **facts)
        self.instrumentTried.emit(sounding, SNARE if row == DRUMS else MIDDLE_C)

    def colour(self) -> None:
        """Ask for a colour, in a menu at the track."""
        if self.selection.current < len(self.tracks.rows):
            self.tracks.rows[self.selection.current].ask_colour()


class SplitDialog(QDialog):
    """Which notes stay and which go."""

    def __init__(self, track: Track, pitch: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Split Track by Pitch"))
        self._track = track
        self.box = PitchBox(minimum=1, maximum=127, value=pitch, accessibleName=tr("Split below this pitch"))
        self.says = QLabel()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.setMinimumWidth(340)
        form = Form(self)
        form.addRow(tr("Lowest note that stays"), self.box)
        form.addRow(self.says)
        form.addRow(buttons)
        self.box.valueChanged.connect(self._count)
        self._count()
        self.box.selectAll()

    @property
    def pitch(self) -> int:
        return self.box.value()

    def _count(self) -> None:
        below = int((self._track.notes["pitch"] < self.pitch).sum())
        self.says.setText(tr("{below} notes go to a new track, {notes} stay.",
                             below=below, notes=len(self._track.notes) - below))
