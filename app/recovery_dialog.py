"""The question at the start after a crash: which of the songs that were being edited shall come back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.recovery import Left
from app.translation import tr


class RecoveryDialog(QDialog):
    """Lists what was left, all of it checked. Closed without an answer, it leaves everything for the next start.

    ``restore`` and ``discard`` hold what the person chose, once the dialog is finished.
    """

    def __init__(self, left: Sequence[Left], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Restore unsaved songs"))
        self.left = list(left)
        self.restore: list[Left] = []
        self.discard: list[Left] = []
        one = len(self.left) == 1
        heading = QLabel(tr("Ritornello did not end as it should. ") + (
            tr("This song was being edited; a copy of it was kept:") if one
            else tr("These songs were being edited; copies of them were kept:")), wordWrap=True)
        self.list = QListWidget(accessibleName=tr("Songs that can be restored"))
        for each in self.left:
            item = QListWidgetItem(str(each), self.list)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setToolTip(tr("Its file: {path}", path=each.path) if each.path else
                            tr("Its file has been changed meanwhile") if each.replaced else tr("It has no file yet"))
        self.list.setCurrentRow(0)
        self.list.itemChanged.connect(self._show_possible)
        hint = QLabel(tr("A restored song opens as it was, unsaved; its file is not touched. What is "
                         "neither restored nor discarded is offered again at the next start."),
                      wordWrap=True, objectName="Hint")
        buttons = QDialogButtonBox()
        self.restore_button = buttons.addButton(tr("Restore"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.discard_button = buttons.addButton(tr("Discard"), QDialogButtonBox.ButtonRole.DestructiveRole)
        buttons.addButton(tr("Not Now"), QDialogButtonBox.ButtonRole.RejectRole)
        self.restore_button.setDefault(True)
        self.restore_button.setMinimumWidth(96)  # bold as the default button, it is wider than Qt reckons
        buttons.accepted.connect(self._restore)
        buttons.rejected.connect(self.reject)
        self.discard_button.clicked.connect(self._discard)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        for widget in (heading, self.list, hint, buttons):
            column.addWidget(widget)
        self.resize(620, 280)

    def _checked(self) -> list[Left]:
        return [each for row, each in enumerate(self.left)
                if self.list.item(row).checkState() == Qt.CheckState.Checked]

    def _show_possible(self) -> None:
        for button in (self.restore_button, self.discard_button):
            button.setEnabled(bool(self._checked()))

    def _restore(self) -> None:
        self.restore = self._checked()
        self.accept()

    def _discard(self) -> None:
        self.discard = self._checked()
        self.accept()
