"""What the Bars menu does to whole bars: put in, take out, repeat, on all tracks."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.pianoroll.roll import PianoRoll
from app.translation import counted, later, tr
from core.music.bars import delete_bars, insert_bars, moved_place, repeat_bars
from core.music.song import Song


class BarEdits(QObject):
    """They work on the selected bars; where none are, on the one of the playhead."""

    said = Signal(str)
    """What has been done, for the status bar."""
    located = Signal(int)
    """Where the playhead belongs now."""

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.document, self.selection = roll, roll.document, roll.document.selection

    def insert(self) -> None:
        """As many empty bars as are selected, before them."""
        first, last = self.selection.bars or (self._here(), self._here())
        count = last - first + 1
        after = insert_bars(self.document.song, first, count)
        if self._change(after, counted(count, later("Insert bar"), later("Insert bars"))):
            self.selection.select_bars(first, last)
            self.said.emit(tr("Inserted {bars} before bar {first}, on all tracks",
                              bars=_bars(count), first=first + 1))

    def delete(self) -> None:
        """The selected bars, with their time."""
        if self.selection.bars is None:
            return
        first, last = self.selection.bars
        before, count = self.document.song, last - first + 1
        after = delete_bars(before, first, last)
        if self._change(after, counted(count, later("Delete bar"), later("Delete bars"))):
            self.selection.clear_bars()
            self.located.emit(moved_place(self.roll.canvas.playhead, before, after))
            self.said.emit(tr("Deleted {bars} from bar {first} on, on all tracks",
                              bars=_bars(count), first=first + 1))

    def repeat(self) -> None:
        """The selected bars once more, right after themselves; what came after comes later."""
        if self.selection.bars is None:
            return
        first, last = self.selection.bars
        count = last - first + 1
        after = repeat_bars(self.document.song, first, last)
        if self._change(after, counted(count, later("Repeat bar"), later("Repeat bars"))):
            self.selection.select_bars(last + 1, last + count)
            self.said.emit(tr("Repeated {bars} after bar {last}, on all tracks", bars=_bars(count), last=last + 1))

    def _here(self) -> int:
        return int(self.document.song.timebase.bar_at(self.roll.canvas.playhead))

    def _change(self, after: Song, label: str) -> bool:
        """Says whether that made a difference: past the song's end there is nothing to move."""
        if after == self.document.song:
            self.said.emit(tr("There is nothing in those bars or after them"))
            return False
        self.document.replace_song(after, label)
        return True


def _bars(count: int) -> str:
    return counted(count, later("{count} bar"), later("{count} bars"))
