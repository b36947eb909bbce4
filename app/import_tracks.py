"""Tracks of a file added to the song, from the File menu or by dropping the file on the list of tracks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.document import Document
from app.files import KINDS_TO_OPEN
from app.pianoroll.roll import PianoRoll
from app.settings import Settings
from app.tracks.track_list import MOST_TRACKS, TrackList
from core.files.errors import FileError
from core.files.midi import read_midi
from core.files.project import is_project, read_project
from core.music.joining import add_song


class ImportActions(QObject):
    """They begin at the playhead's bar; the song keeps its tempo and meter."""

    said = Signal(str)
    """A sentence for the status bar."""

    def __init__(self, document: Document, settings: Settings, roll: PianoRoll, tracks: TrackList) -> None:
        super().__init__(roll)
        self.document, self.settings, self.roll, self.tracks = document, settings, roll, tracks
        tracks.fileDropped.connect(self.add)

    def ask(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.roll.window(), "Add Tracks of", self.settings.folder, KINDS_TO_OPEN)
        if name:
            self.add(Path(name))

    def add(self, path: Path) -> None:
        """Add the tracks of a MIDI or project file, as one step."""
        try:
            other = read_project(path).song if is_project(path) else read_midi(path)
        except FileError as problem:
            QMessageBox.warning(self.roll.window(), f"{path.name} cannot be added", str(problem))
            return
        song = self.document.song
        count, before = len(other.tracks), len(song.tracks)
        if not count or before + count > MOST_TRACKS:
            self.said.emit(f"Nothing was added: {path.name} has no notes" if not count else
                           f"Nothing was added: {before} and {count} tracks are more than {MOST_TRACKS}")
            return
        bar = int(song.timebase.bar_at(self.roll.canvas.playhead))
        self.document.replace_song(add_song(song, other, bar), f"Add tracks of {path.name}")
        self.tracks.choose(before)
        self.document.selection.select_tracks(range(before, before + count))
        self.said.emit(f"Added {count} track{'s' if count > 1 else ''} of {path.name} from bar {bar + 1} on")
