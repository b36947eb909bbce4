"""Markers, tempo and meter on the ruler: added, changed and taken away by menu, mouse and key; each is one step."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog

from app.pianoroll.ruler_marks import CHANGES, MARKERS, changes_of
from app.timing_dialogs import GradualDialog, TimingDialog
from core.files.midi import read_midi
from core.music.edits import set_meter, set_tempo
from core.music.song import Marker
from core.music.timebase import Meter, Tempo
from tests.app.conftest import BAR, BEAT

LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


def trigger(window, name: str) -> None:
    made = window.qactions[name]
    assert made.isEnabled(), name
    made.trigger()


def at(window, tick: int, strip: int) -> QPoint:
    return QPoint(round(window.roll.ruler.view.x(tick)) + 6, strip + 8)


def said(window) -> str:
    return window.statusBar().currentMessage()


def markers(window) -> list[tuple[int, str]]:
    return [(marker.tick, marker.name) for marker in window.document.song.markers]


@pytest.fixture
def name(monkeypatch):
    """What is answered when a name is asked for; the names that were offered are kept."""
    offered = []

    def answer(text: str | None) -> list:
        monkeypatch.setattr(QInputDialog, "getItem", lambda *asked: (
            offered.append(list(asked[3])), (text if text is not None else asked[3][0], text != ""))[1])
        return offered

    return answer


@pytest.fixture
def sections(window, name):
    """Markers on bars 1, 3 and 6; nothing undone yet."""
    for bar, text in ((0, "Intro"), (2, "Verse"), (5, "Chorus")):
        name(text)
        window.locate(bar * BAR + 100)
        trigger(window, "add_marker")
    window.roll.ruler.grab()
    return window


def test_markers_are_added_at_the_playheads_bar_and_offered_a_letter(window, song, name, tmp_path):
    offered = name(None)
    window.locate(2 * BAR + 700)
    trigger(window, "add_marker")
    assert markers(window) == [(2 * BAR, "A")] and "Chorus" in offered[0]
    name("Bridge")
    trigger(window, "add_marker")
    assert markers(window) == [(2 * BAR, "Bridge")]
    assert [window.document.undo_stack.text(i) for i in range(2)] == ["Add marker", "Rename marker"]
    window.document.export_midi(tmp_path / "song.mid")
    assert read_midi(tmp_path / "song.mid").markers == window.document.song.markers
    name("")
    trigger(window, "rename_marker")
    assert window.document.undo_stack.count() == 2
    for _ in range(2):
        trigger(window, "undo")
    assert window.document.song == song


def test_the_keys_go_from_marker_to_marker(sections):
    sections.locate(0)
    for tick, text in ((2 * BAR, "Verse"), (5 * BAR, "Chorus")):
        trigger(sections, "next_marker")
        assert sections.playback.tick == tick and said(sections) == text
    trigger(sections, "next_marker")
    assert sections.playback.tick == 5 * BAR and "no marker that way" in said(sections)
    trigger(sections, "previous_marker")
    assert sections.playback.tick == 2 * BAR


def test_the_playheads_marker_is_renamed_and_removed(sections, name):
    name("Strophe")
    sections.locate(4 * BAR)
    trigger(sections, "rename_marker")
    assert markers(sections)[1] == (2 * BAR, "Strophe")
    trigger(sections, "remove_marker")
    assert [text for _, text in markers(sections)] == ["Intro", "Chorus"]
    assert sections.document.undo_stack.count() == 5


def test_a_marker_is_dragged_from_bar_to_bar_and_esc_cancels(sections):
    ruler, before = sections.roll.ruler, sections.document.song
    QTest.mousePress(ruler, LEFT, NONE, at(sections, 2 * BAR, MARKERS))
    for tick in (2.5 * BAR, 4 * BAR - 100):
        QTest.mouseMove(ruler, at(sections, tick, MARKERS))
    assert sections.document.song is before
    QTest.mouseRelease(ruler, LEFT, NONE, at(sections, 4 * BAR - 100, MARKERS))
    assert markers(sections)[1] == (4 * BAR, "Verse") and sections.document.undo_stack.count() == 4
    trigger(sections, "undo")
    assert sections.document.song == before
    ruler.grab()
    QTest.mousePress(ruler, LEFT, NONE, at(sections, 2 * BAR, MARKERS))
    QTest.mouseMove(ruler, at(sections, 5 * BAR, MARKERS))
    sections.roll.canvas.setFocus()
    trigger(sections, "select_none")
    QTest.mouseRelease(ruler, LEFT, NONE, at(sections, 5 * BAR, MARKERS))
    assert sections.document.song == before


def test_a_click_on_a_marker_goes_there_and_a_double_click_renames(sections, name):
    name("Refrain")
    ruler = sections.roll.ruler
    QTest.mouseClick(ruler, LEFT, NONE, at(sections, 5 * BAR, MARKERS))
    assert sections.playback.tick == 5 * BAR and sections.selection.bars is None
    QTest.mouseDClick(ruler, LEFT, NONE, at(sections, 5 * BAR, MARKERS))
    assert markers(sections)[2] == (5 * BAR, "Refrain")


def test_markers_come_back_from_a_project(sections, tmp_path):
    sections.document.save(tmp_path / "song.ritornello")
    before = sections.document.song
    sections.document.new()
    sections.document.open(tmp_path / "song.ritornello")
    assert sections.document.song.markers == before.markers


def answer(monkeypatch, dialog, act) -> list:
    """Let ``act`` fill the dialog in; it agrees unless ``act`` has removed the change. What it said is kept."""
    seen = []

    def use(shown) -> bool:
        seen.append(shown)
        act(shown)
        return True

    monkeypatch.setattr(dialog, "exec", use)
    return seen


def test_a_double_click_on_a_tempo_or_meter_changes_it_or_takes_it_away(window, song, monkeypatch):
    window.document.load(set_meter(set_tempo(song, Tempo(2 * BAR, 400_000)), Meter(4 * BAR, 3)), title="Changing")
    before = window.document.song
    window.roll.ruler.grab()
    answer(monkeypatch, TimingDialog, lambda dialog: dialog.tempo.setValue(100))
    QTest.mouseDClick(window.roll.ruler, LEFT, NONE, at(window, 2 * BAR, CHANGES))
    assert window.document.song.tempos == (Tempo(0), Tempo(2 * BAR, 600_000)) and window.selection.bars is None
    window.roll.ruler.grab()
    answer(monkeypatch, TimingDialog, lambda dialog: dialog.remove())
    QTest.mouseDClick(window.roll.ruler, LEFT, NONE, at(window, 4 * BAR, CHANGES))
    assert window.document.song.meters == (Meter(0),)
    assert window.document.undo_stack.count() == 2
    for _ in range(2):
        trigger(window, "undo")
    assert window.document.song == before


def test_a_change_inside_a_bar_has_no_meter_to_set(window, song, monkeypatch):
    window.document.load(set_tempo(song, Tempo(2 * BAR + BEAT, 400_000)), title="Changing")
    window.roll.ruler.grab()
    seen = answer(monkeypatch, TimingDialog, lambda dialog: dialog.tempo.setValue(90))
    QTest.mouseDClick(window.roll.ruler, LEFT, NONE, at(window, 2 * BAR + BEAT, CHANGES))
    assert window.document.song.tempos[1].tick == 2 * BAR + BEAT and len(window.document.song.meters) == 1
    assert seen[0].form.labelForField(seen[0].tempo) is not None and seen[0].beats.parent() is None


def test_the_tempo_falls_gradually_over_the_selected_bars_and_can_be_made_steady_again(window, song, monkeypatch,
                                                                                      tmp_path):
    window.selection.select_bars(2, 3)
    answer(monkeypatch, GradualDialog, lambda dialog: dialog.set_change(120, 60, "late"))
    trigger(window, "gradual_tempo")
    after, base = window.document.song, window.document.song.timebase
    assert base.tempo_at(2 * BAR).beats_per_minute == 120 and base.tempo_at(4 * BAR).beats_per_minute == 60
    assert 100 < base.tempo_at(3 * BAR).beats_per_minute < 110
    assert [change.word for change in changes_of(after)] == ["4/4   ♩ = 120", "♩ = 120 → 60"]
    assert window.document.undo_stack.count() == 1 and "from bar 3 to bar 5" in said(window)
    window.document.export_midi(tmp_path / "slower.mid")
    assert read_midi(tmp_path / "slower.mid").tempos == after.tempos
    window.roll.ruler.grab()
    answer(monkeypatch, GradualDialog, lambda dialog: dialog.remove())
    QTest.mouseDClick(window.roll.ruler, LEFT, NONE, at(window, 2 * BAR, CHANGES))
    assert window.document.song == song
    trigger(window, "undo")
    assert window.document.song == after


def test_the_rulers_menu_is_about_what_is_under_the_mouse(sections, name):
    ruler = sections.roll.ruler
    thing = ruler.marks.at(QPointF(at(sections, 2 * BAR, MARKERS)))
    assert thing == Marker(2 * BAR, "Verse")
    menu = sections.ruler_menu.make(thing, 2 * BAR)
    words = [action.text() for action in menu.actions() if action.text()]
    assert words[:4] == ["Rename “Verse”…", "Remove “Verse”", "Add a Marker at Bar 3…", "Tempo and Meter from Bar 3…"]
    assert "Insert Bars" in words and sections.selection.bars == (2, 2)
    menu.actions()[1].trigger()
    assert [text for _, text in markers(sections)] == ["Intro", "Chorus"]
    change = ruler.marks.at(QPointF(at(sections, 0, CHANGES)))
    assert change.word == "4/4   ♩ = 120"
    sections.selection.select_bars(0, 3)
    menu = sections.ruler_menu.make(change, BAR)
    assert menu.actions()[0].text() == "Change 4/4   ♩ = 120…" and sections.selection.bars == (0, 3)


def test_inserted_bars_move_the_markers_on_the_ruler(sections):
    sections.selection.select_bars(1, 2)
    trigger(sections, "insert_bars")
    assert markers(sections) == [(0, "Intro"), (4 * BAR, "Verse"), (7 * BAR, "Chorus")]
