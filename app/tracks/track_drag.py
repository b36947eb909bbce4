"""A row of the track list being dragged to another place: a line shows where it would go, Esc lets it be."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QWidget

from app.tracks.track_row import TrackRow

LINE = 3
EDGE, SCROLL_STEP = 24, 12
"""So near an edge of the list, in pixels, a drag scrolls it, by so much."""


class TrackDrag(QObject):
    """``inside`` holds the ``rows``, ``scroll`` shows part of it. ``moved`` gets the row's place before and after."""

    def __init__(self, rows: list[TrackRow], inside: QWidget, scroll: QScrollArea,
                 moved: Callable[[int, int], None]) -> None:
        super().__init__(scroll)
        self._rows, self._inside, self._scroll, self._moved = rows, inside, scroll, moved
        self._line = QFrame(inside, objectName="DropLine")
        self._line.hide()
        self._held: TrackRow | None = None
        self._gap = 0

    @property
    def held(self) -> bool:
        return self._held is not None

    def drag(self, row: TrackRow, at: QPoint) -> None:
        """The mouse holds ``row`` over the point ``at`` of the screen."""
        if self._held is None:
            self._held = row
            QApplication.instance().installEventFilter(self)
            row.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._scroll_towards(self._scroll.viewport().mapFromGlobal(at).y())
        y = self._inside.mapFromGlobal(at).y()
        self._gap = sum(y > other.y() + other.height() / 2 for other in self._rows)
        top = self._rows[self._gap].y() if self._gap < len(self._rows) else self._rows[-1].geometry().bottom() + 1
        top = max(0, min(top - LINE // 2, self._inside.height() - LINE))
        self._line.setGeometry(0, top, self._inside.width(), LINE)
        self._line.show()
        self._line.raise_()

    def drop(self) -> None:
        row, gap = self._held, self._gap
        if row is not None:
            self.cancel()
            to = gap - (gap > row.index)
            if to != row.index:
                self._moved(row.index, to)

    def cancel(self) -> bool:
        """Let the row be where it was; says whether one was held."""
        row, self._held = self._held, None
        if row is None:
            return False
        QApplication.instance().removeEventFilter(self)
        row.unsetCursor()
        row.let_go()
        self._line.hide()
        return True

    def _scroll_towards(self, y: int) -> None:
        bar = self._scroll.verticalScrollBar()
        if y < EDGE:
            bar.setValue(bar.value() - SCROLL_STEP)
        elif y > self._scroll.viewport().height() - EDGE:
            bar.setValue(bar.value() + SCROLL_STEP)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc, before it means anything else."""
        kinds = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() in kinds and event.key() == Qt.Key.Key_Escape:
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.cancel()
            return True
        return False
