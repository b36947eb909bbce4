"""What the keys do to bars: move the playhead from bar to bar, and select bars from it on."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.pianoroll.roll import PianoRoll


class BarActions(QObject):
    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.selection = roll, roll.document.selection

    def next(self) -> None:
        self._locate(self._here() + 1)

    def previous(self) -> None:
        """The start of this bar, or of the one before where the playhead stands there already."""
        bar = self._here()
        stands_there = self._start(bar) == self.roll.canvas.playhead
        self._locate(max(0, bar - 1) if stands_there else bar)

    def select_more(self) -> None:
        """Select the playhead's bar, or one more than are selected."""
        first, last = self.selection.bars or (self._here(), self._here() - 1)
        self.selection.select_bars(first, last + 1)
        self._reveal(last + 1)

    def select_less(self) -> None:
        """Let go of the last of the selected bars."""
        if self.selection.bars is None:
            return
        first, last = self.selection.bars
        if first == last:
            self.selection.clear_bars()
        else:
            self.selection.select_bars(first, last - 1)
            self._reveal(last - 1)

    def _here(self) -> int:
        return int(self.roll.document.song.timebase.bar_at(self.roll.canvas.playhead))

    def _start(self, bar: int) -> int:
        return int(self.roll.document.song.timebase.bar_start(bar))

    def _locate(self, bar: int) -> None:
        self.roll.located.emit(self._start(bar))
        self._reveal(bar)

    def _reveal(self, bar: int) -> None:
        self.roll.reveal_time(self._start(bar), self._start(bar + 1))
