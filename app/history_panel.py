"""The history: every step since the song was opened, oldest first. A click goes back or forth to after that step."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.document import Document
from app.translation import later, tr

START = later("The song as it was opened")


class HistoryModel(QAbstractListModel):
    """A row for the start and one for each step; steps that were undone are faint, the saved state says so."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stack = document.undo_stack
        self._count = self._stack.count()
        document.historyChanged.connect(self.refresh)

    def refresh(self, *_: object) -> None:
        """Follow the stack. Steps are added and taken away at its end; their number tells how many."""
        count = self._stack.count()
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count + 1, count)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count + 1, self._count)
            self._count = count
            self.endRemoveRows()
        self.dataChanged.emit(self.index(0), self.index(self._count))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self._count + 1

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = index.row()
        saved = row == self._stack.cleanIndex()
        if role == Qt.ItemDataRole.DisplayRole:
            text = self._stack.text(row - 1) if row else tr(START)
            return tr("{step} – saved", step=text) if saved and row else text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("Undone: Redo or a click does it again") if self._is_undone(row) else None
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setItalic(self._is_undone(row))
            font.setBold(row == self._stack.index())
            return font
        return None

    def _is_undone(self, row: int) -> bool:
        return row > self._stack.index()


class HistoryPanel(QTableView):
    """Arrow keys and clicks choose a step; the song follows at once, as one change.

    A table of one column: unlike a list view it does not ask for every row again when one is added.
    """

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="History")
        self.setAccessibleName(tr("History: choose a step to go back or forth to"))
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setStyleSheet("QTableView::item { padding-left: 8px; }")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 10)
        self._document = document
        self._showing = False
        self.setModel(HistoryModel(document, self))
        document.historyChanged.connect(self._show_step)
        self._show_step(document.undo_stack.index())

    def _show_step(self, index: int) -> None:
        if not self._showing:
            self._showing = True
            self.setCurrentIndex(self.model().index(index))
            self._showing = False

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        super().currentChanged(current, previous)
        if not self._showing and current.isValid():
            self._showing = True
            self._document.go_to_step(current.row())
            self._showing = False
