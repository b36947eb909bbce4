"""Which songs of a folder can be used, which cannot, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from app.theme import ThemeKeeper
from app.translation import later, tr
from core.corpus.report import ScanReport

USABLE = later("Can be used")


class FolderTable(QTableWidget):
    """One row a file, those that cannot be used first."""

    def __init__(self, themes: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(0, 2, parent)
        self._themes = themes
        self.setHorizontalHeaderLabels([tr("File"), tr("Verdict")])
        self.setAccessibleName(tr("The songs of the folder"))
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        themes.changed.connect(self._colour)

    def show_report(self, report: ScanReport) -> None:
        rows = [*((rejected.path, rejected.reason) for rejected in report.rejected),
                *((report.folder / path, tr(USABLE)) for path in report.usable)]
        self.setRowCount(len(rows))
        for row, (file, verdict) in enumerate(rows):
            name = QTableWidgetItem(str(file.relative_to(report.folder)))
            name.setToolTip(str(file))
            words = QTableWidgetItem(verdict)
            words.setToolTip(verdict)
            self.setItem(row, 0, name)
            self.setItem(row, 1, words)
        self._colour()

    def _colour(self) -> None:
        theme = self._themes.theme
        for row in range(self.rowCount()):
            item = self.item(row, 1)
            item.setForeground(QColor(theme.muted if item.text() == tr(USABLE) else theme.warning))
