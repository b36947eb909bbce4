"""Choose an instrument: General MIDI by family, found by a few letters, heard while the list is walked through."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.tracks.instruments import instrument_families, instrument_names
from app.translation import tr

ROW = Qt.ItemDataRole.UserRole
WALKING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class InstrumentPicker(QDialog):
    """``row`` is the instrument that is chosen: a program, or ``DRUMS``. ``tried`` says what is to be heard."""

    tried = Signal(int)

    def __init__(self, row: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Instrument"))
        self.search = QLineEdit(placeholderText=tr("Find by name or family: strings, bass, flute…"),
                                accessibleName=tr("Find an instrument"), clearButtonEnabled=True)
        self.tree = QTreeWidget(headerHidden=True, accessibleName=tr("Instruments by family"), rootIsDecorated=False)
        self.tree.setIndentation(14)
        self._items: dict[int, QTreeWidgetItem] = {}
        self._fill()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        column = QVBoxLayout(self)
        for widget in (self.search, self.tree, buttons):
            column.addWidget(widget)
        self.resize(360, 520)
        self.tree.setCurrentItem(self._items[row])
        self.tree.scrollToItem(self._items[row], QTreeWidget.ScrollHint.PositionAtCenter)
        self.search.installEventFilter(self)
        self.search.textChanged.connect(self._filter)
        self.tree.currentItemChanged.connect(self._walked)
        self.tree.itemDoubleClicked.connect(self._double_clicked)
        self.search.setFocus()

    def _fill(self) -> None:
        names = instrument_names()
        for family, rows in instrument_families().items():
            head = QTreeWidgetItem(self.tree, [family])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = head.font(0)
            font.setBold(True)
            head.setFont(0, font)
            for row in rows:
                item = QTreeWidgetItem(head, [names[row]])
                item.setData(0, ROW, row)
                self._items[row] = item
        self.tree.expandAll()

    @property
    def row(self) -> int | None:
        item = self.tree.currentItem()
        return None if item is None or item.isHidden() else item.data(0, ROW)

    def _filter(self, typed: str) -> None:
        """Show what has every typed word in its name or its family's, and go to the first of them."""
        words = typed.lower().split()
        found = []
        for row, item in self._items.items():
            text = f"{item.text(0)} {item.parent().text(0)}".lower()
            item.setHidden(not all(word in text for word in words))
            if not item.isHidden():
                found.append(row)
        for index in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(index)
            head.setHidden(all(head.child(place).isHidden() for place in range(head.childCount())))
        if found and self.row not in found:
            self.tree.setCurrentItem(self._items[found[0]])
        if self.row is not None:
            self.tree.scrollToItem(self.tree.currentItem())
        self.ok.setEnabled(self.row is not None)

    def _walked(self, item: QTreeWidgetItem | None, _before: QTreeWidgetItem | None) -> None:
        row = None if item is None else item.data(0, ROW)
        self.ok.setEnabled(row is not None)
        if row is not None:
            self.tried.emit(row)

    def _double_clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, ROW) is not None:
            self.accept()

    def eventFilter(self, watched, event: QEvent) -> bool:
        """The arrow keys walk through the list while letters go into the search field."""
        if event.type() == QEvent.Type.KeyPress and event.key() in WALKING:
            self._walk(event.key())
            return True
        return False

    def _walk(self, key: Qt.Key) -> None:
        """Families are passed over, and so is what is not shown."""
        shown = [item for item in self._items.values() if not item.isHidden()]
        if not shown:
            return
        here = shown.index(self.tree.currentItem()) if self.tree.currentItem() in shown else -1
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}[key]
        self.tree.setCurrentItem(shown[min(max(0, here + by), len(shown) - 1)])
