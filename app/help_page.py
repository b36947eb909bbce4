"""Help → Keyboard & Actions: the table of actions as a page that can be searched."""

from __future__ import annotations

from html import escape

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QTextBrowser, QVBoxLayout, QWidget

from app.actions import ACTIONS, MENUS, MOUSE_HELP, plain_text
from app.translation import tr


class HelpPage(QDialog):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard & Actions"))
        self.resize(720, 680)
        self.search = QLineEdit(placeholderText=tr("Search"), clearButtonEnabled=True, accessibleName=tr("Search"))
        self.page = QTextBrowser(accessibleName=tr("Actions"))
        self.search.textChanged.connect(lambda words: self.page.setHtml(help_html(words)))
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.page)
        self.page.setHtml(help_html())


def help_html(words: str = "") -> str:
    """The table's rows that contain every one of ``words``, menu by menu, and then what the mouse does."""
    sections = {tr(menu): [(_keys(action.shortcuts), plain_text(action), tr(action.help))
                           for action in ACTIONS if action.menu == menu] for menu in MENUS}
    sections[tr("Mouse")] = [("", tr(what), tr(does)) for what, does in MOUSE_HELP]
    wanted = words.lower().split()
    html = []
    for title, rows in sections.items():
        rows = [row for row in rows if all(word in " ".join((title, *row)).lower() for word in wanted)]
        if rows:
            html.append(f"<h3>{title}</h3><table width='100%' cellpadding='4'>")
            html += [f"<tr><td width='30%'><b>{escape(text)}</b></td><td width='22%'>{escape(keys)}</td>"
                     f"<td>{escape(help_text)}</td></tr>" for keys, text, help_text in rows]
            html.append("</table>")
    nothing = tr("No action has these words.")
    return "".join(html) or f"<p>{nothing}</p>"


def _keys(shortcuts: tuple[str, ...]) -> str:
    return ", ".join(QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) for keys in shortcuts)
