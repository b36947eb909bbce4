"""What eyes, hands and screen readers need: names on everything, tracks told apart by any eyes, crisp icons."""

import itertools

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from app.theme import DARK, THEMES, icon

INTERACTIVE = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit)


def nameless(root: QWidget) -> list[str]:
    """The widgets of ``root`` that can be worked with and that a screen reader has no name for."""
    found = []
    for widget in root.findChildren(QWidget):
        inner = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit) or isinstance(widget, QScrollBar)
        of_qt = widget.objectName().startswith("qt_") or "QComboBoxPrivate" in type(widget.parent()).__name__
        ours = type(widget).__module__.startswith("app.") and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        if inner or of_qt or not (isinstance(widget, INTERACTIVE) or ours) or _in_a_box(widget):
            continue
        told = QAccessible.queryAccessibleInterface(widget)
        if told is None or not told.text(QAccessible.Text.Name):
            found.append(f"{type(widget).__name__} {widget.objectName()!r} in {type(widget.parent()).__name__}")
    return found


def _in_a_box(widget: QWidget) -> bool:
    """Part of a combo box's list or of a table's frame."""
    while (widget := widget.parent()) is not None:
        if type(widget).__name__ in ("QComboBoxPrivateContainer",) or isinstance(widget, QComboBox | QAbstractItemView):
            return True
    return False


def test_every_widget_of_the_window_has_a_name(window):
    window.history_dock.show()
    assert nameless(window) == []


DIALOGS = ["palette", "help", "sound", "studio", "timing", "export_audio", "quantise_notes", "instrument"]


@pytest.mark.parametrize("name", DIALOGS)
def test_every_widget_of_a_dialog_has_a_name(window, song, monkeypatch, name):
    monkeypatch.setattr("app.sound_settings.SoundSettings.look_again", lambda dialog: None)
    window.selection.select_notes(song.tracks[0].notes[:4])
    found: list = []

    def look() -> None:
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                found.append(nameless(dialog))
                dialog.reject()

    QTimer.singleShot(50, look)
    window.qactions[name].trigger()
    QTest.qWait(100)
    assert found == [[]]


# -- colours -----------------------------------------------------------------------------------------

DEFICIENCIES = {
    # Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "none": np.eye(3),
}
LINEAR_TO_XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                          [0.0193339, 0.1191920, 0.9503041]])
WHITE = LINEAR_TO_XYZ.sum(axis=1)
TOLD_APART = 10.0
"""ΔE (CIE 1976) from which two patches side by side are plainly two colours; 2.3 is just noticeable."""


def linear(colour: str) -> np.ndarray:
    value = np.array(QColor(colour).getRgbF()[:3])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(colour: str, deficiency: str) -> np.ndarray:
    """CIE L*a*b* of a colour as such eyes see it."""
    seen = np.clip(np.array(DEFICIENCIES[deficiency]) @ linear(colour), 0, 1)
    part = LINEAR_TO_XYZ @ seen / WHITE
    f = np.where(part > 0.008856, np.cbrt(part), 7.787 * part + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_tracks_are_told_apart_by_any_eyes(theme, deficiency):
    apart = {pair: float(np.linalg.norm(lab(pair[0], deficiency) - lab(pair[1], deficiency)))
             for pair in itertools.combinations(theme.tracks, 2)}
    pair = min(apart, key=apart.get)
    assert apart[pair] >= TOLD_APART, (pair, apart[pair])


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio."""
    lights = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_words_can_be_read_on_what_they_stand_on(theme):
    for ink, ground in ((theme.text, theme.window), (theme.text, theme.panel), (theme.text, theme.raised),
                        (theme.muted, theme.panel), (theme.muted, theme.window), (theme.on_accent, theme.accent),
                        (theme.warning, theme.panel)):
        assert contrast(ink, ground) >= 4.5, (ink, ground, contrast(ink, ground))
    for colour in theme.tracks:
        assert contrast(colour, theme.roll) >= 3.0, (colour, contrast(colour, theme.roll))


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 3.0])
def test_icons_are_drawn_for_the_pixels_of_the_screen(qapp, ratio):
    pixmap = icon("play", DARK).pixmap(QSize(20, 20), ratio)
    assert pixmap.size() == QSize(20, 20) * ratio and pixmap.devicePixelRatio() == ratio


def test_the_window_follows_the_system_while_it_is_open(window):
    window.qactions["theme_system"].trigger()
    for scheme, name in ((Qt.ColorScheme.Light, "light"), (Qt.ColorScheme.Dark, "dark")):
        QApplication.styleHints().colorSchemeChanged.emit(scheme)
        assert window.themes.theme.name == name and window.roll.canvas.theme.name == name


def test_every_part_of_the_window_is_reached_with_tab(window):
    """Tab goes through tool bar, tracks, roll and assistant, and comes back to where it began."""
    window.roll.canvas.setFocus()
    reached = []
    for _ in range(150):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if QApplication.focusWidget() is window.roll.canvas:
            break
        reached.append(QApplication.focusWidget())
    assert QApplication.focusWidget() is window.roll.canvas
    for part in (window.tool_bar, window.tracks, window.assistant):
        assert any(part.isAncestorOf(widget) for widget in reached if widget is not None), part


def test_every_menu_has_a_letter_of_its_own(window):
    letters = [action.text()[action.text().index("&") + 1].lower() for action in window.menuBar().actions()]
    assert len(set(letters)) == len(letters), letters
