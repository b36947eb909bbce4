"""What is selected, in words, as a song of its own, and as something that can be dragged to another program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QTemporaryDir, QUrl
from PySide6.QtGui import QDrag
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.assistant.drafts import notes_in
from app.document import Document
from app.translation import counted, later, tr
from core.files.midi import MidiError, write_midi
from core.music.excerpt import excerpt
from core.music.song import Song

GRIP = "⠿  "
NAMED_TRACKS = 3


def describe_selected(document: Document) -> str:
    """``3 notes selected   ·   bars 3–5 on Piano, Bass``; empty when nothing is."""
    selection, parts = document.selection, []
    if count := len(selection.notes):
        parts.append(counted(count, later("{count} note selected"), later("{count} notes selected")))
    if count := len(selection.muted):
        parts.append(counted(count, later("{count} muted note selected"), later("{count} muted notes selected")))
    if selection.bars:
        bars = _bars_in_words(*selection.bars)
        names = [document.song.tracks[t].name or tr("track {t}", t=t + 1) for t in selection.tracks
                 if t < len(document.song.tracks)]  # while another song is taken up it is still the old one's
        more = "…" if names[NAMED_TRACKS:] else ""
        parts.append(tr("{bars} on {tracks}", bars=bars, tracks=", ".join(names[:NAMED_TRACKS]) + more)
                     if names else bars)
    return "   ·   ".join(parts)


def _bars_in_words(first: int, last: int) -> str:
    return (tr("bar {first}", first=first + 1) if first == last
            else tr("bars {first}–{last}", first=first + 1, last=last + 1))


def selected_song(document: Document) -> Song | None:
    """The selected notes of the current track, else the notes in the marked bars of the marked tracks; None if none."""
    selection, song = document.selection, document.song
    notes = {selection.current: selection.notes} if len(selection.notes) else notes_in(song, selection.cells)
    return excerpt(song, notes) if any(map(len, notes.values())) else None


def selected_name(document: Document) -> str:
    """A file name for it, without ending."""
    selection = document.selection
    what = (tr("selected notes") if len(selection.notes)
            else _bars_in_words(*selection.bars) if selection.bars else tr("song"))
    return "".join(c if c.isalnum() or c in " -_–." else "_" for c in f"{document.title} {what}")[:80].lstrip(".")


class SelectedLabel(QLabel):
    """Says what is selected. Dragged to a folder or to another program, it is the selection as a MIDI file."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._pressed: QPoint | None = None
        self._folder: QTemporaryDir | None = None

    def refresh(self) -> None:
        words = describe_selected(self._document)
        self.setText(f"{GRIP}{words}" if words else "")
        self.setCursor(Qt.CursorShape.OpenHandCursor if words else Qt.CursorShape.ArrowCursor)
        self.setToolTip(tr("Drag this to a folder or another program: what is selected, as a MIDI file")
                        if words else "")

    def write_file(self) -> Path | None:
        """The selection in a file that lasts as long as the window: programs read it when they will. None if empty.

        Raises MidiError.
        """
        song = selected_song(self._document)
        if song is None:
            return None
        if self._folder is None:
            self._folder = QTemporaryDir()
        path = Path(self._folder.path()) / f"{selected_name(self._document)}.mid"
        write_midi(song, path)
        return path

    def mousePressEvent(self, event) -> None:
        self._pressed = event.position().toPoint() if event.button() == Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event) -> None:
        if self._pressed is None:
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_out()

    def mouseReleaseEvent(self, _event) -> None:
        self._pressed = None

    def drag_out(self) -> None:
        """Begin a drag of the selection, if there are notes in it."""
        try:
            path = self.write_file()
        except MidiError as problem:
            self.setToolTip(tr("This cannot be dragged: {reason}", reason=problem.reason))
            return
        if path is not None:
            data = QMimeData()
            data.setUrls([QUrl.fromLocalFile(str(path))])
            drag = QDrag(self)
            drag.setMimeData(data)
            drag.setPixmap(self.grab().scaled(QSize(240, 40), Qt.AspectRatioMode.KeepAspectRatio,
                                              Qt.TransformationMode.SmoothTransformation))
            drag.exec(Qt.DropAction.CopyAction)
