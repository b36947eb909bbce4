"""The window in a language that was made up: each text in brackets, so that what is not translated stands out."""

import html
import re

import mido
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)

from app.export import ExportOptions
from app.files import MIDI_FILTER, MIDI_SUFFIXES, PROJECT_FILTER, kinds_to_open
from app.help_page import HelpPage
from app.language_files import compile_file, main, say, write_english
from app.palette import HELP, WHY_NOT, Commands
from app.pianoroll.lane_actions import RampDialog
from app.pianoroll.quantise_dialog import QuantiseDialog
from app.settings import Settings
from app.timing_dialogs import GradualDialog
from app.translation import counted, install, later, tr
from core.files.project import SUFFIX
from core.folders import TRANSLATIONS
from core.music.theory import SCALES

LANGUAGE = "eo"
KEYS = r"\((?:(?:Ctrl|Shift|Alt|Meta|Num)\+)*[^()]{1,9}\)"
"""A shortcut in a tool tip."""
THEIR_OWN = {
    "Piano", "Bass", "Test song – Ritornello",  # what the song and the program are called
    "Acoustic Grand Piano", "Electric Bass",  # General MIDI's names of instruments
    "Close", "Float", "Closes the dock widget", "Undocks and re-attaches the dock widget",  # Qt translates its own
}
KEY_OR_SCALE = re.compile(rf"([A-G][♭♯]?\s)?({'|'.join(SCALES)})", re.IGNORECASE)
"""The core's names of keys and scales."""


@pytest.fixture(scope="module")
def brackets(tmp_path_factory):
    """A folder with the made-up language, compiled."""
    folder = tmp_path_factory.mktemp("brackets")
    ts = folder / f"ritornello_{LANGUAGE}.ts"
    say(ts, lambda text: re.sub(r"(\{[^}]*\})", r"]\1[", f"[{text}]"))
    compile_file(ts, ts.with_suffix(".qm"))
    return folder


@pytest.fixture
def made_up(qapp, brackets):
    """The program speaks it. Asked for before ``window``, which then is made in it."""
    installed = install(LANGUAGE, brackets)
    yield installed
    for translator in installed:
        QCoreApplication.removeTranslator(translator)


def left_over(text: str) -> str:
    """What of ``text`` is outside of brackets and has letters. A tool tip may end before its bracket does."""
    text = html.unescape(re.sub(r"<[^>]*>", "", text)).replace("[*]", "")
    text = re.sub(KEYS, "", text)
    text = re.sub(r"\[[^\[\]]*(\]|$)", "", text.rstrip()).replace("&", "")
    return text if re.search(r"[^\W\d]{2}", text) else ""


def texts_of(top: QWidget):
    """Everything that the widgets below ``top`` show, tell a screen reader, or would say under the mouse."""
    for widget in [top, *top.findChildren(QWidget)]:
        yield from ((widget, text) for text in (widget.toolTip(), widget.accessibleName(), widget.statusTip(),
                                                widget.accessibleDescription(), widget.windowTitle()))
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget, widget.text()
        elif isinstance(widget, QLineEdit):
            yield from ((widget, text) for text in (widget.placeholderText(), widget.displayText()))
        elif isinstance(widget, QComboBox):
            yield from ((widget, widget.itemText(index)) for index in range(widget.count()))
        elif isinstance(widget, QMenu):
            yield widget, widget.title()
        elif isinstance(widget, QTabBar):
            yield from ((widget, widget.tabText(index)) for index in range(widget.count()))
    for action in top.findChildren(QAction):
        yield from ((action, text) for text in (action.text(), action.toolTip(), action.statusTip()))


def untranslated(top: QWidget) -> set[str]:
    return {left for widget, text in texts_of(top) if (left := left_over(text).strip()) not in {"", *THEIR_OWN}
            and not KEY_OR_SCALE.fullmatch(left) and not isinstance(widget.parent(), QDialogButtonBox)}


def test_the_english_file_is_complete_and_says_what_the_sources_say(tmp_path):
    shipped, fresh = TRANSLATIONS / "ritornello_en.ts", tmp_path / "fresh.ts"
    write_english(fresh)
    assert shipped.read_text(encoding="utf-8") == fresh.read_text(encoding="utf-8"), \
        "run `python3 main.py translations` and keep what it writes"
    assert "unfinished" not in shipped.read_text(encoding="utf-8")


def test_nothing_in_the_window_is_left_in_english(made_up, window):
    assert window.menuBar().actions()[0].text().replace("&", "") == "[File]"
    assert window.qactions["save_as"].text() == "[Save As…]"
    assert window.qactions["undo"].text() == "[Undo ][]"
    assert not untranslated(window)


def test_steps_of_undo_and_sentences_are_translated(made_up, window):
    window.roll.canvas.setFocus()
    window.qactions["select_all"].trigger()
    window.qactions["octave_up"].trigger()
    assert window.document.undo_stack.undoText() == "[Transpose up an octave]"
    assert left_over(window.selected_label.text()) == "" and "[ notes selected]" in window.selected_label.text()
    assert not untranslated(window)


def test_palette_finds_actions_by_their_translated_words(made_up, window):
    commands = Commands(window.qactions, [])
    rows = [commands.index(row) for row in range(commands.rowCount())]
    for row in rows:
        for text in (row.data(), row.data(HELP), row.data(WHY_NOT)):
            assert not left_over(text), text
    commands.search("[Save As")
    assert commands.action_at(0).id == "save_as"


def test_dialogs_and_the_help_page_are_translated(made_up, window):
    window.qactions["select_all"].trigger()
    for dialog in (HelpPage(window), ExportOptions((0, 1), window), RampDialog("Sustain", 0, 127, window),
                   GradualDialog("[place]", 90, 100, True, window),
                   QuantiseDialog(window.roll, window.settings, window)):
        assert not untranslated(dialog), type(dialog)
        assert dialog.windowTitle().startswith("[")
        dialog.deleteLater()
    page = HelpPage(window).page.toPlainText()
    assert "[Undo]" in page and "[Mouse]" in page and "[Alt while dragging]" in page


def test_kinds_of_files_keep_their_meaning_in_another_language(made_up, window, tmp_path, monkeypatch):
    target = tmp_path / "song"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (str(target), args[-1].split(";;")[1]))
    window.files.export_midi()
    assert mido.MidiFile(target.with_suffix(".mid")).type == 0
    assert kinds_to_open().startswith("[Songs (")


def test_grids_keep_their_meaning_in_another_language(made_up, window):
    box = window.tool_bar.grid
    box.setCurrentIndex(box.findText("[1/8 triplet]"))
    assert window.settings.grid == "1/8 triplet"
    dialog = QuantiseDialog(window.roll, window.settings, window)
    dialog.grid.setCurrentIndex(dialog.grid.findText("[1/4 dotted]"))
    assert dialog.choice.grid == "1/4 dotted"


def test_a_slip_in_a_translation_costs_no_sentence(qapp, tmp_path):
    ts = tmp_path / f"ritornello_{LANGUAGE}.ts"
    say(ts, lambda text: text.replace("{count}", "{nombro}"))
    compile_file(ts, ts.with_suffix(".qm"))
    installed = install(LANGUAGE, tmp_path)
    try:
        assert counted(3, later("{count} note"), later("{count} notes")) == "3 notes"
        assert tr("Exported {count} stems of {name}", count=2, name="x") == "Exported 2 stems of x"
    finally:
        for translator in installed:
            QCoreApplication.removeTranslator(translator)


def test_without_a_file_for_the_language_all_stays_english(qapp, tmp_path):
    assert install(LANGUAGE, tmp_path) == []
    assert tr("Save As…") == "Save As…" and tr(later("Track {number}"), number=3) == "Track 3"


def test_the_settings_file_may_name_a_language(tmp_path):
    file = tmp_path / "settings.ini"
    assert Settings(file).language == ""
    file.write_text("[view]\nlanguage=pt_BR\n", encoding="utf-8")
    assert Settings(file).language == "pt_BR"


def test_endings_that_files_are_offered_with_are_the_core_s():
    assert SUFFIX in PROJECT_FILTER and all(suffix in MIDI_FILTER for suffix in MIDI_SUFFIXES)


def test_a_translator_gets_a_file_and_keeps_what_was_translated(tmp_path):
    assert main(["de", "-o", str(tmp_path)]) == 0
    ts = tmp_path / "ritornello_de.ts"
    text = ts.read_text(encoding="utf-8")
    assert 'language="de"' in text and (tmp_path / "ritornello_en.ts").is_file()
    asked = '<source>Undo</source>\n        <translation type="unfinished"></translation>'
    assert asked in text
    ts.write_text(text.replace(asked, "<source>Undo</source>\n<translation>Rückgängig</translation>"), encoding="utf-8")
    main(["de", "-o", str(tmp_path)])
    assert "<translation>Rückgängig</translation>" in ts.read_text(encoding="utf-8")
    assert ts.with_suffix(".qm").is_file()
