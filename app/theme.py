"""Colours, the style sheet and the icons: one dark and one light theme, following the system unless told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from app.translation import later

TRACK_COLOURS = (later("Blue"), later("Orange"), later("Green"), later("Pink"), later("Yellow"), later("Indigo"),
                 later("Red"), later("Grey"))
"""What the ``tracks`` of every theme are called, in their order."""
STYLE = Path(__file__).parent.parent / "resources" / "style"


@dataclass(frozen=True)
class Theme:
    """Every colour of the window as ``#rrggbb``, by what it is for."""

    name: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    playhead: str
    warning: str
    roll: str
    roll_black: str
    roll_octave: str
    roll_step: str
    roll_beat: str
    roll_bar: str
    white_key: str
    black_key: str
    key_text: str
    note_edge: str
    selected: str
    tracks: tuple[str, ...]

    def track_colour(self, index: int, own: str = "") -> QColor:
        """The colour of track ``index``: its own, or the palette's, which tells eight tracks apart for any eyes."""
        colour = QColor(own) if own else QColor()
        return colour if colour.isValid() else QColor(self.tracks[index % len(self.tracks)])


DARK = Theme(
    name="dark", window="#16181d", panel="#1d2026", raised="#292d36", line="#343945", text="#e6e8ee", muted="#9aa1b1",
    accent="#7aa2f7", on_accent="#0f1420", playhead="#ffd866", warning="#f0a35e",
    roll="#20232b", roll_black="#1b1e25", roll_octave="#333845", roll_step="#252933", roll_beat="#2f3440",
    roll_bar="#4b5264", white_key="#d9dce4", black_key="#2a2e38", key_text="#4d5464",
    note_edge="#12141a", selected="#ffffff",
    tracks=("#62a6c5", "#d08715", "#1baf85", "#a45e8b", "#eae835", "#5e7afe", "#df8450", "#cfcfcf"))

LIGHT = Theme(
    name="light", window="#e6e8ed", panel="#f1f3f6", raised="#ffffff", line="#d0d4dd", text="#20242e", muted="#5a6272",
    accent="#2f62d9", on_accent="#ffffff", playhead="#c2410c", warning="#b45309",
    roll="#ffffff", roll_black="#f1f3f7", roll_octave="#d5d9e2", roll_step="#eff1f5", roll_beat="#e1e4eb",
    roll_bar="#aab1c0", white_key="#ffffff", black_key="#3b404c", key_text="#6b7282",
    note_edge="#ffffff", selected="#10131a",
    tracks=("#128bec", "#a05f00", "#2a7a68", "#c276ac", "#a39013", "#2c2496", "#7c2a10", "#363944"))

THEMES = {"dark": DARK, "light": LIGHT}


class ThemeKeeper(QObject):
    """The theme in force, and word of its changing. ``choice`` is "system", "dark" or "light"."""

    changed = Signal()

    def __init__(self, choice: str = "system", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.choice = choice
        self.theme = DARK
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.apply()

    def choose(self, choice: str) -> None:
        self.choice = choice
        self.apply()

    def _system_changed(self, scheme: Qt.ColorScheme) -> None:
        if self.choice == "system":
            self.apply(scheme)

    def apply(self, scheme: Qt.ColorScheme | None = None) -> None:
        """Dress the whole application. A system that does not say light or dark gets dark."""
        light = (scheme or QGuiApplication.styleHints().colorScheme()) == Qt.ColorScheme.Light
        self.theme = THEMES.get(self.choice, LIGHT if light else DARK)
        application = QApplication.instance()
        application.setStyle("Fusion")
        application.setPalette(_palette(self.theme))
        application.setStyleSheet(style_sheet(self.theme))
        self.changed.emit()


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, colour in {
        role.Window: theme.window, role.WindowText: theme.text, role.Base: theme.panel,
        role.AlternateBase: theme.raised, role.Text: theme.text, role.Button: theme.raised,
        role.ButtonText: theme.text, role.ToolTipBase: theme.raised, role.ToolTipText: theme.text,
        role.Highlight: theme.accent, role.HighlightedText: theme.on_accent, role.PlaceholderText: theme.muted,
        role.Mid: theme.line, role.Dark: theme.line, role.Light: theme.raised, role.Link: theme.accent,
    }.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, mixed(theme.muted, theme.panel, 0.5))
    return palette


@cache
def style_sheet(theme: Theme) -> str:
    values = {key: value for key, value in asdict(theme).items() if isinstance(value, str)}
    return Template((STYLE / "window.qss").read_text(encoding="utf-8")).substitute(
        values, icons=(STYLE / "icons").as_posix())


def icon(name: str, theme: Theme) -> QIcon:
    """The icon ``resources/style/icons/<name>.svg`` in the theme's colours: for on, off and disabled."""
    made = QIcon()
    faint = mixed(theme.muted, theme.panel, 0.55).name()
    for colour, mode, state in ((theme.text, QIcon.Mode.Normal, QIcon.State.Off),
                                (theme.accent, QIcon.Mode.Normal, QIcon.State.On),
                                (faint, QIcon.Mode.Disabled, QIcon.State.Off)):
        for size in (20, 30, 40, 60):  # screens of 1, 1.5, 2 and 3 pixels a pixel
            made.addPixmap(_drawn(name, colour, size), mode, state)
    return made


@cache
def _drawn(name: str, colour: str, size: int) -> QPixmap:
    svg = (STYLE / "icons" / f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    return pixmap


def mixed(colour: QColor | str, other: QColor | str, part: float) -> QColor:
    """``colour`` with ``part`` (0..1) of it replaced by ``other``."""
    a, b = QColor(colour), QColor(other)
    return QColor(*(round(x + (y - x) * part) for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)))
