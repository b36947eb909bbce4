"""What the roll shows: notes where they belong, takes as they are written, bars on the ruler, zoom and scroll."""

import os
import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.pianoroll import painting
from app.pianoroll.grid_lines import bar_stride
from core.music.song import Song, Track, make_notes
from core.music.theory import note_name
from core.music.timebase import Meter, Tempo

LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def colour_at(window, tick: float, pitch: int) -> QColor:
    view = window.roll.view
    picture = window.roll.canvas.grab().toImage()
    return picture.pixelColor(round(view.x(tick)), round(view.y(pitch) + view.row / 2))


def likeness(colour: QColor, other: str) -> float:
    """Cosine of two colours' differences from the ground, 1 for the same hue."""
    ground = np.array(QColor("#20232b").getRgb()[:3], dtype=float)
    a, b = (np.array(QColor(c).getRgb()[:3]) - ground for c in (colour, other))
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-9))


@pytest.mark.parametrize("raster", [False, True])
def test_the_current_track_is_in_full_colour_and_others_are_ghosts(window, song, monkeypatch, raster):
    if raster:
        monkeypatch.setattr(painting, "RASTER_ABOVE", 0)
    theme = window.themes.theme
    window.roll.set_view(window.roll.view.with_pitches(40, 64))
    mine, ghost = colour_at(window, 200, 60), colour_at(window, 700, 40)
    assert likeness(mine, theme.tracks[0]) > 0.98 and likeness(ghost, theme.tracks[1]) > 0.98
    assert mine.lightness() > ghost.lightness() + 30
    assert colour_at(window, 700, 62).lightness() < ghost.lightness()
    window.selection.set_current(1)
    assert colour_at(window, 700, 40).lightness() > ghost.lightness() + 30


def test_louder_notes_are_brighter(window):
    notes = make_notes([0, 480, 960, 1440], [400] * 4, [60] * 4, [10, 50, 90, 120])
    window.document.load(Song(tracks=(Track(notes),)))
    shades = [colour_at(window, tick + 200, 60).lightness() for tick in (0, 480, 960, 1440)]
    assert shades == sorted(shades) and len(set(shades)) == 4


def test_a_take_is_shown_in_place_of_what_it_replaces_and_goes_again(window, song):
    ground, note = colour_at(window, 2100, 66), colour_at(window, 2100, 60)
    cells = frozenset({(1, 0)})
    window.roll.set_preview({0: make_notes([1920], [480], [66], [100])}, cells)
    assert colour_at(window, 2100, 66) != ground and colour_at(window, 2100, 60) == colour_at(window, 1500, 60)
    assert window.document.song is song
    window.roll.clear_preview()
    assert colour_at(window, 2100, 66) == ground and colour_at(window, 2100, 60) == note


def test_a_take_of_bars_after_the_end_is_drawn(window, song):
    window.roll.set_preview({0: make_notes([8 * 1920 + 100], [900], [66], [100])}, frozenset({(8, 0)}))
    window.roll.zoom.to_song()
    assert colour_at(window, 8 * 1920 + 500, 66) != colour_at(window, 8 * 1920 + 500, 61)


def test_a_take_out_of_sight_is_scrolled_to_once(window):
    cells = frozenset((bar, 0) for bar in range(40, 44))
    window.roll.set_preview({}, cells)
    start, end = 40 * 1920, 44 * 1920
    assert window.roll.view.left < start and end < window.roll.view.right
    window.roll.zoom.to_start()
    window.roll.set_preview({0: make_notes([start], [480], [60], [80])}, cells)
    assert window.roll.view.left == 0


def test_selected_bars_are_shaded(window):
    before = colour_at(window, 2 * 1920 + 1000, 62)
    window.selection.select_bars(2, 3)
    assert colour_at(window, 2 * 1920 + 1000, 62) != before
    assert colour_at(window, 4 * 1920 + 1000, 62) == before


def test_a_drag_on_the_ruler_selects_bars_and_a_click_locates(window):
    ruler, view = window.roll.ruler, window.roll.view

    def at(tick):
        return QPoint(round(view.x(tick)), 30)

    QTest.mousePress(ruler, LEFT, NONE, at(2 * 1920 + 500))
    QTest.mouseMove(ruler, at(3 * 1920))
    QTest.mouseMove(ruler, at(4 * 1920 + 100))
    QTest.mouseRelease(ruler, LEFT, NONE, at(4 * 1920 + 100))
    assert window.selection.bars == (2, 4)
    assert window.playback.tick == 0
    QTest.mouseClick(ruler, LEFT, NONE, at(960))
    assert abs(window.playback.tick - 960) < 20 and window.selection.bars == (2, 4)
    QTest.mouseClick(ruler, LEFT, Qt.KeyboardModifier.ShiftModifier, at(6 * 1920 + 100))
    assert window.selection.bars == (2, 6)


def test_esc_cancels_a_drag_on_the_ruler(window):
    window.selection.select_bars(0, 0)
    ruler, view = window.roll.ruler, window.roll.view
    QTest.mousePress(ruler, LEFT, NONE, QPoint(round(view.x(4000)), 30))
    QTest.mouseMove(ruler, QPoint(round(view.x(9000)), 30))
    assert window.selection.bars == (2, 4)
    window.qactions["select_none"].trigger()
    assert window.selection.bars == (0, 0)


def test_bars_follow_the_meter_map(window):
    meters, tempos = (Meter(0, 3, 4), Meter(2 * 1440, 7, 8)), (Tempo(0), Tempo(1440, 400_000))
    notes = make_notes([0, 9000], [480, 480], [60, 62], [80, 80])
    window.document.load(Song(tracks=(Track(notes),), meters=meters, tempos=tempos))
    view = window.roll.view
    QTest.mouseDClick(window.roll.ruler, LEFT, NONE, QPoint(round(view.x(2 * 1440 + 1680 + 50)), 30))
    assert window.selection.bars == (3, 3)
    window.locate(2 * 1440 + 500)
    assert window.tool_bar.position.text() == "3 . 3" and window.tool_bar.tempo.text() == "♩ = 150    7/8"
    window.grab()


def test_the_keyboard_sounds_the_note_that_is_clicked(window):
    view = window.roll.view
    QTest.mouseClick(window.roll.keyboard, LEFT, NONE, QPoint(40, round(view.y(67) + view.row / 2)))
    assert window.playback.sounded == [("Piano", 67)] and not window.playback.held
    assert [note_name(pitch) for pitch in (60, 61, 70, 0, 127)] == ["C4", "C♯4", "B♭4", "C-1", "G9"]


def test_a_key_of_the_keyboard_is_held_and_a_drag_plays_one_after_the_other(window):
    view, keyboard, playback = window.roll.view, window.roll.keyboard, window.playback
    above, below = (QPoint(40, round(view.y(pitch) + view.row / 2)) for pitch in (67, 66))
    QTest.mousePress(keyboard, LEFT, NONE, above)
    assert playback.held == {67}
    QTest.mouseMove(keyboard, below)
    assert playback.held == {66} and playback.sounded == [("Piano", 67), ("Piano", 66)]
    QTest.mouseRelease(keyboard, LEFT, NONE, below)
    assert not playback.held


def wheel(window, held, at: QPoint, notches: int = 1) -> None:
    canvas, roll = window.roll.canvas, window.roll
    # Qt passes a wheel event on from the canvas to the roll only when it comes from a real wheel.
    event = QWheelEvent(QPointF(canvas.mapTo(roll, at)), QPointF(canvas.mapToGlobal(at)), QPoint(),
                        QPoint(0, 120 * notches), Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False)
    QApplication.sendEvent(roll, event)


def test_the_wheel_scrolls_pitch_and_with_shift_time_and_zooms_with_ctrl(window):
    roll, at = window.roll, QPoint(300, 200)
    before = roll.view
    wheel(window, NONE, at, -1)
    assert roll.view.top > before.top and roll.view.left == before.left
    before = roll.view
    wheel(window, Qt.KeyboardModifier.ShiftModifier, at, -2)
    assert roll.view.left > before.left and roll.view.top == before.top
    tick, before = roll.view.tick(300), roll.view
    wheel(window, CTRL, at)
    assert roll.view.scale > before.scale and roll.view.tick(300) == pytest.approx(tick, abs=1)
    assert roll.across.value() == int(roll.view.left * roll.view.scale)


def test_the_scroll_bars_move_the_view(window):
    window.roll.zoom.nearer()
    window.roll.across.setValue(400)
    window.roll.down.setValue(300)
    assert window.roll.view.x(0) == pytest.approx(-400) and window.roll.view.top == 300


def test_the_view_follows_the_playhead_only_while_playing(window):
    window.roll.zoom.nearer()
    window.roll.zoom.nearer()
    window.playback.positionChanged.emit(15_000)
    assert window.roll.view.left == 0
    window.playback.play()
    window.playback.positionChanged.emit(15_010)
    assert window.roll.view.left < 15_010 < window.roll.view.right
    window.roll.follow = False
    window.playback.positionChanged.emit(100)
    assert window.roll.view.left > 100


def test_undo_scrolls_to_what_it_changed(window, song):
    window.selection.select_notes(song.tracks[0].notes[-1:])
    window.notes.octave_up()
    window.roll.set_view(window.roll.view.showing(0, 1920).with_pitches(0, 12))
    window.selection.set_current(1)
    window.undo()
    view, note = window.roll.view, song.tracks[0].notes[-1]
    assert view.left < note["onset"] < view.right and 0 <= view.y(int(note["pitch"])) < view.height
    assert window.selection.current == 0


def test_bar_numbers_thin_out_by_twos():
    assert [bar_stride(pixels, 40) for pixels in (50, 30, 11, 3)] == [1, 2, 4, 16]


def big_song(bars: int, tracks: int, notes_a_bar: int) -> Song:
    random = np.random.default_rng(1)
    count = bars * notes_a_bar
    return Song(tracks=tuple(
        Track(make_notes(np.sort(random.integers(0, bars * 1920, count)), random.integers(60, 960, count),
                         np.clip(random.normal(64, 12, count), 0, 127).astype(int), random.integers(30, 127, count)))
        for _ in range(tracks)))


@pytest.mark.slow
def test_two_thousand_bars_of_thirty_tracks_scroll_within_33_ms_a_frame(window):
    """Prints frame times, near, far, over the whole song and in a zoom sweep. Wall-clock: want a quiet machine."""
    window.resize(1600, 900)
    window.document.load(big_song(2000, 30, 4))
    QApplication.processEvents()  # what opening paints, the map of the whole song too, is no part of scrolling
    roll, frames = window.roll, {}

    def frame(name: str, view) -> None:
        roll.set_view(view)
        start, cpu = time.perf_counter(), time.thread_time()
        roll.canvas.repaint()
        roll.ruler.repaint()
        frames.setdefault(name, []).append((time.perf_counter() - start, time.thread_time() - cpu))

    for name, beats in (("near", 16), ("far", 400), ("whole song", 8000)):
        for step in range(75):
            start = step * 480 * beats / 8
            frame(name, roll.view.showing(start, start + beats * 480))
    for _ in range(75):
        frame("zoom", roll.view.zoomed(1.15, 700))
    for name, times in frames.items():
        wall, cpu = 1000 * np.array(times).T
        print(f"{name:12} median {np.median(wall):6.2f}   longest {wall.max():6.2f}   longest CPU {cpu.max():6.2f} ms")
    print(f"load average {os.getloadavg()[0]:.1f}")
    assert max(wall for times in frames.values() for wall, _ in times) < 0.033
