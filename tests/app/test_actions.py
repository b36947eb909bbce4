"""The one table of actions: each has a handler, keys of its own, a place in a menu, and does its thing."""

from collections import Counter

import numpy as np
import pytest
from PySide6.QtGui import QKeySequence

from app.actions import ACTIONS, MENUS, plain_text
from app.facts import NEEDS
from app.help_page import help_html
from app.theme import STYLE
from core.music.edits import shifted


def test_ids_and_shortcuts_are_unique():
    assert max(Counter(action.id for action in ACTIONS).values()) == 1
    keys = Counter(QKeySequence(keys).toString() for action in ACTIONS for keys in action.shortcuts)
    assert "" not in keys and keys.most_common(1)[0][1] == 1, keys.most_common(3)


def test_every_action_is_in_a_menu_with_words_of_help():
    for action in ACTIONS:
        assert action.menu in MENUS and action.help.endswith(".") and action.text, action.id
        assert not action.icon or (STYLE / "icons" / f"{action.icon}.svg").is_file(), action.id


def test_every_need_of_the_table_has_its_reason():
    missing = {action.enabled for action in ACTIONS} - {"", *NEEDS}
    assert not missing, f"app/facts.py: say in NEEDS why an action cannot be used without {missing}"


def test_the_conventions_of_other_editors_hold():
    keys = {shortcut: action.id for action in ACTIONS for shortcut in action.shortcuts}
    expected = {
        "Space": "play",
        "Ctrl+Z": "undo",
        "Ctrl+Shift+Z": "redo",
        "Ctrl+Y": "redo",
        "Ctrl+X": "cut",
        "Ctrl+C": "copy",
        "Ctrl+V": "paste",
        "Ctrl+A": "select_all",
        "Del": "delete",
        "Backspace": "delete",
        "Esc": "select_none",
        "Home": "home",
        "Up": "semitone_up",
        "Shift+Down": "octave_down",
        "1": "tool_draw",
        "D": "tool_draw",
        "2": "tool_select",
        "3": "tool_erase",
        "Ctrl+S": "save",
        "Ctrl+O": "open",
    }
    assert expected.items() <= keys.items()


def test_the_window_has_every_action_in_its_menus(window):
    shown = {made.objectName() for menu in window.menuBar().actions() for made in menu.menu().actions()}
    assert {action.id for action in ACTIONS} <= shown
    for action in ACTIONS:
        assert action.enabled in ("", *window.facts) and action.checked in ("", *window.facts), action.id
        made = window.qactions[action.id]
        assert [k.toString() for k in made.shortcuts()] == [QKeySequence(k).toString() for k in action.shortcuts]


def test_the_help_page_names_every_action_and_can_be_searched():
    page = help_html()
    assert all(plain_text(action).replace("&", "&amp;") in page for action in ACTIONS)
    assert "Duplicate After" in help_html("duplicate") and "Zoom In" not in help_html("duplicate")
    assert "No action" in help_html("xyzzy")


def trigger(window, name: str) -> None:
    made = window.qactions[name]
    assert made.isEnabled(), name
    made.trigger()


@pytest.mark.parametrize(("name", "ticks", "semitones"), [
    ("semitone_up", 0, 1), ("semitone_down", 0, -1), ("octave_up", 0, 12), ("octave_down", 0, -12),
    ("nudge_later", 120, 0), ("nudge_earlier", -120, 0)])
def test_moving_by_key_is_one_step_and_undo_and_redo_are_exact(window, song, name, ticks, semitones):
    chosen = song.tracks[0].notes[2:5]
    window.selection.select_notes(chosen)
    trigger(window, name)
    after = window.document.song
    assert window.document.undo_stack.count() == 1
    assert np.array_equal(window.selection.notes, shifted(chosen, ticks, semitones))
    trigger(window, "undo")
    assert window.document.song == song
    trigger(window, "redo")
    assert window.document.song == after


def test_louder_and_softer_change_velocity_alone(window, song):
    window.selection.select_notes(song.tracks[0].notes[:2])
    trigger(window, "louder")
    assert window.selection.notes["velocity"].tolist() == [88, 88]
    trigger(window, "softer")
    assert window.document.song == song and window.document.undo_stack.count() == 2


def test_transposing_at_the_edge_refuses_and_says_so(window, song):
    window.selection.select_notes(song.tracks[0].notes)
    for _ in range(5):
        trigger(window, "octave_up")
    before = window.document.song
    trigger(window, "octave_up")
    assert window.document.song is before and window.document.undo_stack.count() == 5
    assert "above the keyboard" in window.statusBar().currentMessage()


def test_cut_and_paste_at_the_playhead(window, song):
    chosen = song.tracks[0].notes[:2]
    window.selection.select_notes(chosen)
    trigger(window, "cut")
    assert len(window.document.song.tracks[0].notes) == 14
    window.locate(1930)
    trigger(window, "paste")
    assert np.array_equal(window.selection.notes, shifted(chosen, 1920))
    assert len(window.document.song.tracks[0].notes) == 16
    trigger(window, "undo")
    trigger(window, "undo")
    assert window.document.song == song


def test_copies_go_to_the_current_track(window, song):
    window.selection.select_notes(song.tracks[0].notes[:1])
    trigger(window, "copy")
    trigger(window, "next_track")
    assert window.selection.current == 1
    trigger(window, "paste")
    assert 60 in window.document.song.tracks[1].notes["pitch"]


def test_duplicate_stands_right_after(window, song):
    window.selection.select_notes(song.tracks[0].notes[:2])
    trigger(window, "duplicate")
    assert window.selection.notes["onset"].tolist() == [1440, 1440 + 960]


def test_delete_takes_notes_or_else_the_marked_bars(window, song):
    trigger(window, "select_all")
    trigger(window, "delete")
    assert not len(window.document.song.tracks[0].notes)
    trigger(window, "undo")
    window.roll.canvas.setFocus()
    trigger(window, "select_none")
    window.selection.select_tracks([0, 1])
    window.selection.select_bars(2, 3)
    trigger(window, "delete")
    assert [len(t.notes) for t in window.document.song.tracks] == [12, 6]
    trigger(window, "undo")
    assert window.document.song == song


def test_tracks_are_added_moved_and_removed(window, song):
    trigger(window, "add_track")
    assert len(window.document.song.tracks) == 3 and window.selection.current == 2
    trigger(window, "track_up")
    assert window.selection.current == 1 and window.document.song.tracks[1].name == "Track 3"
    trigger(window, "remove_track")
    assert window.document.song == song
    for name, fact in (("mute", "mute"), ("solo", "solo")):
        trigger(window, name)
        assert getattr(window.document.current_track, fact) and window.qactions[name].isChecked()
        trigger(window, "undo")
        assert not window.qactions[name].isChecked()
    assert window.document.song == song


def test_play_home_and_loop_reach_the_transport(window):
    trigger(window, "play")
    assert window.playback.playing and window.qactions["play"].isChecked()
    window.playback.positionChanged.emit(3000)
    assert window.roll.canvas.playhead == 3000 and window.tool_bar.position.text() == "2 . 3"
    trigger(window, "play")
    assert not window.playback.playing
    trigger(window, "home")
    assert window.playback.tick == 0
    trigger(window, "loop")
    assert window.playback.loop == (0, 8 * 1920)


def test_view_actions_change_what_is_seen(window):
    view = window.roll.view
    trigger(window, "zoom_in")
    assert window.roll.view.scale > view.scale
    trigger(window, "zoom_out")
    trigger(window, "taller_rows")
    assert window.roll.view.row > view.row
    trigger(window, "flatter_rows")
    trigger(window, "zoom_song")
    assert window.roll.view.left == 0 and window.roll.view.right > window.document.song.end
    window.selection.select_bars(1, 2)
    trigger(window, "zoom_selection")
    assert window.roll.view.left < 1920 < 3 * 1920 < window.roll.view.right
    trigger(window, "follow")
    assert not window.roll.follow
    trigger(window, "assistant")
    assert window.assistant_dock.isHidden()
    for name in ("light", "dark", "system"):
        trigger(window, f"theme_{name}")
        assert window.settings.theme == name and window.qactions[f"theme_{name}"].isChecked()


def test_tools_are_exclusive(window):
    for name in ("draw", "erase", "select"):
        trigger(window, f"tool_{name}")
        assert window.roll.tool == name
        assert [n for n in ("draw", "select", "erase") if window.qactions[f"tool_{n}"].isChecked()] == [name]


def test_continue_and_infill_ask_the_model(window, song, monkeypatch):
    asked = []
    monkeypatch.setattr(window.client, "request", lambda request: asked.append(request) or len(asked))
    trigger(window, "continue")
    assert {bar for bar, _ in asked[0].cells} == {8, 9, 10, 11} and asked[0].song is song
    window.assistant.request_panel.set_busy(False)
    window.selection.select_bars(2, 3)
    window.selection.select_tracks([1])
    trigger(window, "infill")
    assert asked[1].cells == {(2, 1), (3, 1)}
