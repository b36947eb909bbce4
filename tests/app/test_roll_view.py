"""How the roll shows the song: ghosts to click, the scale, folded rows, names, following, the wheel."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from app.pianoroll import chord_strip
from core.music.chords import chords_of
from core.music.song import Song, Track, make_notes
from core.music.theory import Key
from tests.app.test_pianoroll_gestures import CTRL, LEFT, NONE, SHIFT, Mouse
from tests.app.test_pianoroll_view import colour_at, wheel

C_MAJOR = make_notes([480 * i for i in range(9)], [480] * 9, [60, 62, 64, 65, 67, 65, 64, 62, 60], [90] * 9)


def trigger(window, *names) -> None:
    for name in names:
        window.qactions[name].trigger()


def in_c(window, *more) -> None:
    window.document.load(Song(tracks=(Track(C_MAJOR, name="Piano"), *more)))


def test_a_click_on_a_ghost_goes_to_its_track_but_a_drag_selects_and_drawing_draws(window):
    roll, mouse = window.roll, Mouse(window)
    roll.set_view(roll.view.with_pitches(40, 60))
    window.selection.select_notes(window.document.song.tracks[0].notes[:1])
    mouse.drag(mouse.at(1000, 40), mouse.at(2000, 42))
    assert window.selection.current == 0
    mouse.click(mouse.at(1000, 40), held=SHIFT)
    assert window.selection.current == 0
    mouse.click(mouse.at(1000, 40))
    assert window.selection.current == 1
    mouse.click(mouse.at(200, 60))
    assert window.selection.current == 0
    roll.use_draw()
    mouse.click(mouse.at(1000, 40))
    assert window.selection.current == 0 and 40 in window.document.song.tracks[0].notes["pitch"]


def test_the_scale_is_told_by_the_notes_or_chosen_and_lights_its_rows(window):
    in_c(window)
    assert window.roll.scale_head.text() == "C\nmajor"
    trigger(window, "scale_lit")
    assert window.qactions["scale_lit"].isChecked() and window.settings.shows("scale", False)
    theme = window.themes.theme
    inside, outside, tonic = (colour_at(window, 8000, pitch) for pitch in (64, 66, 60))
    assert outside.lightness() < inside.lightness() and tonic.blue() > inside.blue()
    window.roll.scale.choose("F♯ major")
    assert window.roll.canvas.key == Key(6) and window.roll.scale_head.text() == "F♯\nmajor"
    assert colour_at(window, 8000, 64).lightness() <= QColor(theme.roll).lightness()
    menu = window.roll.scale_head.menu()
    dorian = next(action.menu() for action in menu.actions() if action.text() == "Dorian")
    dorian.actions()[2].trigger()
    assert window.roll.scale.key == Key(2, "dorian")
    menu.actions()[0].trigger()
    assert window.roll.scale.key == Key(0)


def test_folded_rows_show_the_scale_and_never_hide_the_tracks_own_notes(window):
    in_c(window, Track(make_notes([0], [480], [61], [90])))
    trigger(window, "fold_scale")
    view = window.roll.view
    assert view.rows == 75 and 61 not in view.shown and window.qactions["fold_scale"].isChecked()
    window.grab()
    window.selection.set_current(1)
    assert 61 in window.roll.view.shown
    trigger(window, "fold_used")
    assert window.roll.view.shown == (61,) and not window.qactions["fold_scale"].isChecked()
    window.selection.set_current(0)
    assert window.roll.view.shown == (60, 62, 64, 65, 67)
    window.grab()
    trigger(window, "fold_used")
    assert window.roll.view.shown == ()


def test_a_drag_in_rows_of_a_scale_moves_along_it_in_one_step(window):
    in_c(window)
    before = window.document.song
    trigger(window, "fold_scale")
    window.selection.select_notes(before.tracks[0].notes[[0, 2]])
    mouse = Mouse(window)
    mouse.drag(mouse.at(200, 60), mouse.at(200, 62))
    assert window.selection.notes["pitch"].tolist() == [62, 65] and window.document.undo_stack.count() == 1
    window.undo()
    assert window.document.song == before


def test_scale_and_fold_come_back_with_a_project_and_go_with_another_song(window, tmp_path):
    in_c(window)
    window.roll.scale.choose("A minor")
    trigger(window, "fold_scale")
    window.document.save(tmp_path / "song.ritornello")
    window.document.new()
    assert window.look.fold == "" and window.roll.scale.key is None and window.roll.scale_head.text() == "no key"
    window.document.open(tmp_path / "song.ritornello")
    assert window.look.fold == "scale" and window.roll.scale.key == Key(9, "minor")


def test_notes_bear_their_names_where_there_is_room(window):
    window.roll.set_view(window.roll.view.zoomed_rows(2, 200).zoomed(3, 0).with_pitches(60, 64))
    named = window.roll.canvas.grab().toImage()
    trigger(window, "note_names")
    assert window.roll.canvas.grab().toImage() != named and not window.settings.shows("names")
    trigger(window, "note_names")
    assert window.roll.canvas.grab().toImage() == named


def test_following_by_pages_or_continuously_or_not_at_all(window):
    window.roll.zoom.nearer()
    window.playback.play()
    trigger(window, "follow_continuous")
    assert window.qactions["follow"].isChecked() and window.qactions["follow_continuous"].isChecked()
    view = window.roll.view
    for tick in (9_000, 9_100):
        window.playback.positionChanged.emit(tick)
        assert window.roll.view.x(tick) == pytest.approx(view.width * 0.4, abs=1)
    trigger(window, "follow")
    window.playback.positionChanged.emit(100)
    assert window.roll.view.left > 100 and window.settings.follow == ""
    trigger(window, "follow")
    assert window.settings.follow == "continuous"
    trigger(window, "follow_page")
    window.playback.positionChanged.emit(9_000)
    left = window.roll.view.left
    window.playback.positionChanged.emit(9_050)
    assert window.roll.view.left == left


def test_the_wheel_does_what_was_chosen(window):
    roll, at = window.roll, QPoint(300, 200)
    trigger(window, "wheel_time", "zoom_turned")
    before = roll.view
    wheel(window, NONE, at, -2)
    assert roll.view.left > before.left and roll.view.top == before.top
    before = roll.view
    wheel(window, SHIFT, at, -1)
    assert roll.view.top > before.top and roll.view.left == before.left
    before = roll.view
    wheel(window, CTRL, at, -1)
    assert roll.view.scale > before.scale
    assert window.settings.shows("wheel_time", False) and window.settings.shows("zoom_turned", False)


def test_the_mouse_finds_folded_rows(window):
    in_c(window)
    trigger(window, "fold_used")
    view, mouse = window.roll.view, Mouse(window)
    window.roll.use_draw()
    QTest.mouseClick(window.roll.canvas, LEFT, NONE, mouse.at(6000, 65))
    assert np.count_nonzero(window.document.song.tracks[0].notes["pitch"] == 65) == 3
    assert view.pitch(float(view.y(67)) + 1) == 67


def test_the_chords_above_the_roll_follow_the_song_and_are_found_once(window, monkeypatch):
    asked = []
    monkeypatch.setattr(chord_strip, "chords_of", lambda *span: asked.append(span) or chords_of(*span))
    chord = make_notes([0, 0, 0, 1920, 1920, 1920], [1920] * 6, [60, 64, 67, 57, 60, 64], [80] * 6)
    window.document.load(Song(tracks=(Track(chord, name="Piano"), Track(chord, is_drum=True))))
    strip = window.roll.chords
    strip.grab()
    assert [one.name for one in strip.chords_between(0, 2)] == ["C", "Am"] and len(asked) == 1
    window.roll.zoom.nearer()
    strip.grab()
    window.tracks.toggle_mute()
    strip.grab()
    assert len(asked) == 1
    window.selection.select_notes(chord[1:2])
    window.notes.semitone_down()
    assert [one.name for one in strip.chords_between(0, 2)] == ["Cm", "Am"] and len(asked) == 2
    QTest.mouseClick(strip, LEFT, NONE, QPoint(round(window.roll.view.x(1000)), 10))
    assert abs(window.playback.tick - 1000) < 20
    trigger(window, "chords")
    assert strip.isHidden() and not window.settings.shows("chords")


def test_the_minimap_shows_where_the_window_stands_and_goes_elsewhere(window, qtbot):
    notes = make_notes([0, 200 * 1920], [1920] * 2, [60, 72], [90] * 2)
    window.document.load(Song(tracks=(Track(notes),)))
    roll, minimap = window.roll, window.roll.minimap
    assert minimap.frame().left() == 0 and minimap.frame().width() < minimap.width() / 10
    far = QPoint(minimap.width() * 3 // 4, 15)
    QTest.mousePress(minimap, LEFT, NONE, far)
    assert roll.view.left < 0.75 * roll.view.end < roll.view.right
    QTest.mouseMove(minimap, QPoint(minimap.width() // 2, 15))
    QTest.mouseRelease(minimap, LEFT, NONE, QPoint(minimap.width() // 2, 15))
    assert roll.view.left < 0.5 * roll.view.end < roll.view.right and window.document.undo_stack.count() == 0
    empty = minimap.grab().toImage()
    window.roll.use_draw()
    mouse = Mouse(window)
    mouse.drag(mouse.at(roll.view.left + 1000, 66), mouse.at(roll.view.left + 9000, 66))
    qtbot.waitUntil(lambda: minimap.grab().toImage() != empty, timeout=3000)
    trigger(window, "minimap")
    assert minimap.isHidden()
