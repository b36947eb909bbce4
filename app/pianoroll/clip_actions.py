"""Cut, copy, paste and duplicate: of the selected notes, or where none are, of the marked bars of the marked tracks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from app.pianoroll import clipboard
from app.pianoroll.note_actions import NoteActions
from app.translation import counted, later, tr
from core.music.cells import CellClip, copy_cells, paste_cells
from core.music.edits import replace_cells

NAMED_TRACKS = 3


class ClipActions(QObject):
    said = Signal(str)
    """What has been done, for the status bar."""

    def __init__(self, notes: NoteActions) -> None:
        super().__init__(notes)
        self.notes, self.document, self.roll = notes, notes.document, notes.roll
        self.selection = notes.selection

    def cut(self) -> None:
        if len(self.selection.notes):
            self.notes.cut()
        elif (clip := self._marked()) is not None:
            self._keep(clip, later("Cut {clip}"))
            self.document.replace_song(replace_cells(self.document.song, self.selection.cells, {}), tr("Cut bars"))

    def copy(self) -> None:
        if len(self.selection.notes):
            self.notes.copy()
        elif (clip := self._marked()) is not None:
            self._keep(clip, later("Copied {clip}"))

    def paste(self) -> None:
        """Bars go to the playhead's bar, from the current track down; notes to the playhead."""
        clip = clipboard.cells_from_mime(QGuiApplication.clipboard().mimeData())
        if clip is None:
            self.notes.paste()
        else:
            bar = int(self.document.song.timebase.bar_at(self.roll.canvas.playhead))
            self._put(clip, bar, self.selection.current, tr("Paste bars"),
                      later("Pasted {clip} to bar {bar} on {tracks}"))

    def duplicate(self) -> None:
        """Marked bars are copied over the bars that follow them."""
        if len(self.selection.notes):
            self.notes.duplicate()
        elif (clip := self._marked()) is not None:
            self._put(clip, self.selection.bars[1] + 1, self.selection.tracks[0], tr("Duplicate bars"),
                      later("Copied {clip} to bar {bar} on {tracks}"))

    def _marked(self) -> CellClip | None:
        bars, tracks = self.selection.bars, self.selection.tracks
        return copy_cells(self.document.song, *bars, tracks) if bars and tracks else None

    def _keep(self, clip: CellClip, what: str) -> None:
        QGuiApplication.clipboard().setMimeData(clipboard.cells_to_mime(clip))
        self.said.emit(tr(what, clip=_size(clip)))

    def _put(self, clip: CellClip, bar: int, track: int, label: str, what: str) -> None:
        song = self.document.song
        after, tracks = paste_cells(song, clip, bar, track)
        self.document.replace_song(after, label)
        self.selection.select_bars(bar, bar + clip.bars - 1)
        self.selection.select_tracks(tracks)
        names = [after.tracks[index].name or tr("track {number}", number=index + 1) for index in tracks]
        where = ", ".join(names[:NAMED_TRACKS]) + ("…" if names[NAMED_TRACKS:] else "")
        added = len(after.tracks) - len(song.tracks)
        more = "; " + counted(added, later("{count} track added"), later("{count} tracks added")) if added else ""
        self.said.emit(tr(what, clip=_size(clip), bar=bar + 1, tracks=where) + more)


def _size(clip: CellClip) -> str:
    return tr("{bars} of {tracks} ({notes})", bars=counted(clip.bars, later("{count} bar"), later("{count} bars")),
              tracks=counted(len(clip.parts), later("{count} track"), later("{count} tracks")),
              notes=counted(clip.note_count, later("{count} note"), later("{count} notes")))
