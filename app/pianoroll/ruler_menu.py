"""The ruler's menu, for what is under the mouse: markers, tempo and meter, whole bars."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.pianoroll.marker_actions import MarkerActions
from app.pianoroll.ruler_marks import Change
from app.timing import TimingActions
from app.translation import tr
from core.music.song import Marker

OF_BARS = ("insert_bars", "delete_bars", "repeat_bars", "gradual_tempo", "loop_selection")


class RulerMenu(QObject):
    """``actions``: the table's, by id."""

    def __init__(self, markers: MarkerActions, timing: TimingActions, actions: Mapping[str, QAction]) -> None:
        super().__init__(markers)
        self._markers, self._timing, self._actions = markers, timing, actions
        self._document = markers.document
        markers.roll.ruler.menuAsked.connect(self._show)

    def _show(self, thing: Marker | Change | None, tick: int, at: QPoint) -> None:
        menu = self.make(thing, tick)
        menu.exec(at)
        menu.deleteLater()

    def make(self, thing: Marker | Change | None, tick: int) -> QMenu:
        """A click outside of the selected bars selects the bar there, so that it is clear what is meant."""
        timebase, selection = self._document.song.timebase, self._document.selection
        bar = int(timebase.bar_at(tick))
        if selection.bars is None or not selection.bars[0] <= bar <= selection.bars[1]:
            selection.select_bars(bar, bar)
        menu = QMenu(self._markers.roll)
        if isinstance(thing, Marker):
            menu.addAction(tr("Rename “{name}”…", name=thing.name), lambda: self._markers.ask_name(thing))
            menu.addAction(tr("Remove “{name}”", name=thing.name), lambda: self._markers.take_away(thing))
        elif isinstance(thing, Change):
            menu.addAction(tr("Change {word}…", word=thing.word), lambda: self._timing.edit(thing))
            if thing.tick > 0 or thing.end > thing.tick:
                menu.addAction(tr("Remove {word}", word=thing.word), lambda: self._timing.remove(thing))
        menu.addSeparator()
        start = int(timebase.bar_start(bar))
        menu.addAction(tr("Add a Marker at Bar {bar}…", bar=bar + 1), lambda: self._markers.add_at(tick))
        menu.addAction(tr("Tempo and Meter from Bar {bar}…", bar=bar + 1), lambda: self._timing.change_at(start))
        menu.addSeparator()
        menu.addActions([self._actions[name] for name in OF_BARS])
        return menu
