"""Tracks of a file added to the song, from the File menu or by dropping the file on the list of tracks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.document import Document
from app.files import kinds_to_open
from app.pianoroll.roll import PianoRoll
from app.settings import Settings
from app.tracks.track_list import MOST_TRACKS, TrackList
from app.translation import counted, later, tr
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
        name, _ = QFileDialog.getOpenFileName(self.roll.window(), tr("Add Tracks of"), self.settings.folder,
                                              kinds_to_open())
        if name:
            self.add(Path(name))

    def add(self, path: Path) -> None:
        """Add the tracks of a MIDI or project file, as one step."""
        try:
            other = read_project(path).song if is_project(path) else read_midi(path)
        except FileError as problem:
            QMessageBox.warning(self.roll.window(), tr("{name} cannot be added", name=path.name), str(problem))
            return
        song = self.document.song
        count, before = len(other.tracks), len(song.tracks)
        if not count or before + count > MOST_TRACKS:
            self.said.emit(tr("Nothing was added: {name} has no notes", name=path.name) if not count else
                           tr("Nothing was added: {before} and {count} tracks are more than {most}",
                              before=before, count=count, most=MOST_TRACKS))
            return
        bar = int(song.timebase.bar_at(self.roll.canvas.playhead))
        self.document.replace_song(add_song(song, other, bar), tr("Add tracks of {name}", name=path.name))
        self.tracks.choose(before)
        self.document.selection.select_tracks(range(before, before + count))
        self.said.emit(tr("Added {tracks} of {name} from bar {bar} on", name=path.name, bar=bar + 1,
                          tracks=counted(count, later("{count} track"), later("{count} tracks"))))
