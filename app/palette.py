"""Help → Command Palette: every action of the table, found by a few letters and run by Return."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.actions import ACTIONS, Action, plain_text
from app.facts import NEEDS
from app.fuzzy import ranked
from app.settings import Settings
from app.theme import Theme
from app.translation import tr

SHOWN_ROWS, WIDTH = 9, 640
HELP, KEYS, WHY_NOT, CHECKED = (Qt.ItemDataRole.UserRole + number for number in range(4))


class Commands(QAbstractListModel):
    """The actions that answer to what is typed, the best first. ``recent``: ids of those used last, newest first."""

    def __init__(self, qactions: Mapping[str, QAction], recent: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._qactions = qactions
        self._all = [action for action in ACTIONS if action.id != "palette"]
        places = {action.id: index for index, action in enumerate(self._all)}
        self._recent = [places[name] for name in recent if name in places]
        self._names = [(_name(action), f"{tr(action.menu)} {tr(action.help)} {_keys(action)}") for action in self._all]
        self._found: list[int] = []
        self.search("")

    def search(self, typed: str) -> None:
        self.beginResetModel()
        self._found = ranked(typed, self._names, self._recent)
        self.endResetModel()

    def action_at(self, row: int) -> Action:
        return self._all[self._found[row]]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._found)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        action = self.action_at(index.row())
        made = self._qactions[action.id]
        why_not = "" if made.isEnabled() or action.enabled not in NEEDS else tr(NEEDS[action.enabled])
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{tr(action.menu)}: {_name(action)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ". ".join(part for part in (_name(action), _keys(action), why_not or tr(action.help)) if part)
        return {HELP: tr(action.help), KEYS: _keys(action), WHY_NOT: why_not,
                CHECKED: made.isCheckable() and made.isChecked()}.get(role)

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """What cannot be done now can be looked at all the same, and then says why."""
        return Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled


class CommandPalette(QDialog):
    """Type, choose with the arrow keys, run with Return. ``chosen`` is the id of the action to run, if any."""

    def __init__(self, qactions: Mapping[str, QAction], settings: Settings, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint, objectName="Palette")
        self.setWindowTitle(tr("Command Palette"))
        self.settings, self.chosen = settings, ""
        self.search = QLineEdit(placeholderText=tr("Find an action by name, key or what it does"),
                                accessibleName=tr("Find an action"), objectName="PaletteSearch")
        self.commands = Commands(qactions, settings.recent_actions, self)
        self.list = QListView(accessibleName=tr("Actions found"), objectName="PaletteList", uniformItemSizes=True)
        self.list.setModel(self.commands)
        self.list.setItemDelegate(_Row(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the arrow keys reach it through the search field
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        self.list.clicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self._search("")

    def pop_up(self) -> None:
        """Show it over the upper middle of its window."""
        window = self.parentWidget().window()
        width = min(WIDTH, window.width() - 32)
        self.resize(width, self.search.sizeHint().height() + SHOWN_ROWS * self.list.sizeHintForRow(0) + 30)
        self.move(window.mapToGlobal(window.rect().topLeft()).x() + (window.width() - width) // 2,
                  window.mapToGlobal(window.rect().topLeft()).y() + 64)
        self.open()
        self.search.setFocus()

    def _search(self, typed: str) -> None:
        self.commands.search(typed)
        self.list.setCurrentIndex(self.commands.index(0))

    def eventFilter(self, watched, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress:
            return False
        here, last = self.list.currentIndex().row(), self.commands.rowCount() - 1
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -SHOWN_ROWS, Qt.Key.Key_PageDown: SHOWN_ROWS}
        if event.key() in steps:
            step = steps[event.key()]
            wraps = abs(step) == 1 and not 0 <= here + step <= last
            row = (here + step) % (last + 1 or 1) if wraps else min(max(0, here + step), last)
            self.list.setCurrentIndex(self.commands.index(row))
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentIndex())
            return True
        return False

    def _run(self, index: QModelIndex) -> None:
        """What cannot be done now leaves the palette open, with the reason in sight."""
        if index.isValid() and not index.data(WHY_NOT):
            self.chosen = self.commands.action_at(index.row()).id
            self.settings.remember_action(self.chosen)
            self.accept()


class _Row(QStyledItemDelegate):
    """Two lines: the menu and the name with its keys at the right; below, what it does or why it cannot be done."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, 2 * option.fontMetrics.height() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        theme, lit = self._theme, bool(option.state & QStyle.StateFlag.State_Selected)
        why_not = index.data(WHY_NOT)
        painter.save()
        if lit:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.raised if why_not else theme.accent))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -1, -1), 5, 5)
        plain = theme.on_accent if lit and not why_not else theme.muted if why_not else theme.text
        faint = theme.on_accent if lit and not why_not else theme.muted
        line = option.fontMetrics.height()
        box = option.rect.adjusted(10, 6, -10, 0)
        top = QRect(box.left(), box.top(), box.width(), line)
        below = QRect(box.left(), box.top() + line + 2, box.width(), line)
        keys = index.data(KEYS)
        self._write(painter, top, faint, keys, Qt.AlignmentFlag.AlignRight)
        top.setRight(top.right() - option.fontMetrics.horizontalAdvance(keys) - 12)
        bold = QFont(option.font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        tick = "✓ " if index.data(CHECKED) else ""
        self._write(painter, top, plain, tick + index.data(Qt.ItemDataRole.DisplayRole))
        painter.setFont(option.font)
        self._write(painter, below, theme.warning if why_not else faint, why_not or index.data(HELP))
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, box: QRect, colour: str, words: str,
               side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft) -> None:
        painter.setPen(QColor(colour))
        words = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, words)


def _name(action: Action) -> str:
    return plain_text(action)


def _keys(action: Action) -> str:
    return "  ".join(QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in action.shortcuts)
