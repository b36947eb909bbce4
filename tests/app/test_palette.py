"""The command palette: any action by a few letters, by keyboard alone, with the reason where it cannot be used."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.actions import ACTIONS, plain_text
from app.facts import NEEDS
from app.fuzzy import ranked, score
from app.palette import WHY_NOT


@pytest.fixture
def palette(window):
    window.qactions["palette"].trigger()
    return window.palette_dialog


def found(palette) -> list[str]:
    return [palette.commands.action_at(row).id for row in range(palette.commands.rowCount())]


def type_in(palette, words: str) -> None:
    palette.search.clear()
    QTest.keyClicks(palette.search, words)


def press(palette, key) -> None:
    QTest.keyClick(palette.search, key)


def test_every_action_but_itself_is_in_it_and_every_one_comes_first_under_its_name(palette):
    assert found(palette) == [action.id for action in ACTIONS if action.id != "palette"]
    for action in ACTIONS:
        if action.id != "palette":
            palette.search.setText(plain_text(action))
            first = palette.commands.action_at(0)
            assert plain_text(first) == plain_text(action), (action.id, first.id)


@pytest.mark.parametrize(("typed", "expected"), [
    ("undo", "undo"), ("zsel", "zoom_selection"), ("oct up", "octave_up"), ("exp aud", "export_audio"),
    ("ws", "whole_song"), ("metro", "metronome"), ("studio", "studio"), ("f12", "")])
def test_a_few_letters_are_enough(palette, typed, expected):
    type_in(palette, typed)
    ids = found(palette)
    if expected == "whole_song":
        assert "zoom_song" in ids[:2]
    else:
        assert ids[:1] == ([expected] if expected else [])


def test_letters_out_of_order_and_strangers_do_not_match():
    assert score("odnu", "Undo") is None and score("undo xyz", "Undo") is None
    assert score("", "Undo") == 0.0
    assert ranked("", [("a", ""), ("b", ""), ("c", "")], favoured=[2]) == [2, 0, 1]


def test_help_sentences_and_keys_are_searched_too_but_names_come_first(palette):
    type_in(palette, "ctrl+d")
    assert found(palette)[0] == "duplicate"
    type_in(palette, "transpose")
    assert {"semitone_up", "octave_up"} <= set(found(palette))


def test_return_runs_what_is_chosen_with_the_arrow_keys(window, palette, qtbot, song):
    window.selection.select_notes(song.tracks[0].notes[:2])
    type_in(palette, "octave")
    press(palette, Qt.Key.Key_Down)
    chosen = palette.commands.action_at(1).id
    press(palette, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.document.undo_stack.count() == 1)
    assert chosen in ("octave_up", "octave_down") and window.document.song != song


def test_the_arrow_keys_go_round(palette):
    last = palette.commands.rowCount() - 1
    press(palette, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == last
    press(palette, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 0
    press(palette, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() == 9


def test_what_cannot_be_used_says_why_and_is_not_run(window, palette, song):
    type_in(palette, "cut")
    index = palette.list.currentIndex()
    assert palette.commands.action_at(0).id == "cut" and index.data(WHY_NOT) == NEEDS["has selection"]
    assert NEEDS["has selection"] in index.data(Qt.ItemDataRole.AccessibleTextRole)
    press(palette, Qt.Key.Key_Return)
    assert palette.isVisible() and window.document.song is song


def test_what_was_used_last_comes_first_the_next_time(window, palette, qtbot):
    type_in(palette, "metronome")
    press(palette, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.transport.metronome)
    window.qactions["palette"].trigger()
    assert found(window.palette_dialog)[0] == "metronome"
    press(window.palette_dialog, Qt.Key.Key_Escape)
    assert not window.palette_dialog.isVisible() and window.transport.metronome
