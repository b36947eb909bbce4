"""The style sheet of the assistant and the studio, kept in step with the theme and with each widget's properties."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

import shiboken6
from PySide6.QtWidgets import QWidget

from app.theme import STYLE, ThemeKeeper


def dress(widget: QWidget, themes: ThemeKeeper) -> None:
    """Give ``widget`` the look of the theme in force, and of every theme that follows."""
    sheet = Template((STYLE / "assistant.qss").read_text(encoding="utf-8"))

    def apply() -> None:
        if shiboken6.isValid(widget):  # a widget that is gone leaves its themes behind
            widget.setStyleSheet(sheet.substitute(asdict(themes.theme), icons=(STYLE / "icons").as_posix()))

    themes.changed.connect(apply)
    apply()


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet asks for, and draw the widget accordingly."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
