"""Loop, clicks, tempo and following: by mouse, by key, by tool bar, and what is remembered."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.pianoroll.loop_lane import LANE
from app.theme import ThemeKeeper
from core.music.edits import set_meter
from core.music.song import Song
from core.music.timebase import Meter
from tests.app.conftest import BAR, BEAT, QuietPlayback

LEFT, NONE, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


def trigger(window: MainWindow, name: str) -> None:
    assert window.qactions[name].isEnabled(), name
    window.qactions[name].trigger()


def drag(window: MainWindow, start: float, end: float, held=NONE, release: bool = True) -> None:
    """Drag along the ruler's top edge from tick to tick."""
    ruler = window.roll.ruler
    points = [QPoint(round(ruler.view.x(tick)), LANE // 2) for tick in (start, (start + end) / 2, end)]
    QTest.mousePress(ruler, LEFT, held, points[0])
    for point in points[1:]:
        # QTest cannot hold a key while the mouse moves.
        ruler.lane.move(point.x(), bool(held & ALT))
    if release:
        QTest.mouseRelease(ruler, LEFT, held, points[-1])


def colour_of_loop(window: MainWindow, tick: float) -> str:
    shot = window.roll.ruler.grab().toImage()
    at = window.roll.ruler.view.x(tick) * shot.devicePixelRatio()
    return shot.pixelColor(round(at), round(LANE // 2 * shot.devicePixelRatio())).name()


# -- the loop --------------------------------------------------------------------------------------


def test_a_drag_along_the_top_draws_the_loop_in_bars_and_it_is_seen(window):
    plain = colour_of_loop(window, 3 * BAR)
    drag(window, 2 * BAR + 300, 3 * BAR + 100)
    assert window.playback.loop == (2 * BAR, 4 * BAR)
    assert window.qactions["loop"].isChecked()
    assert window.selection.bars is None and window.playback.tick == 0
    on = colour_of_loop(window, 3 * BAR)
    assert on == window.themes.theme.warning and colour_of_loop(window, 5 * BAR) == plain
    trigger(window, "loop")
    assert window.playback.loop is None
    assert colour_of_loop(window, 3 * BAR) not in (on, plain), "remembered, but off"
    trigger(window, "loop")
    assert window.playback.loop == (2 * BAR, 4 * BAR)


def test_its_ends_and_its_middle_can_be_dragged_and_alt_goes_by_beats(window):
    drag(window, 2 * BAR + 300, 3 * BAR + 100)
    drag(window, 4 * BAR, 6 * BAR - 50)
    assert window.playback.loop == (2 * BAR, 6 * BAR)
    drag(window, 2 * BAR, BAR + 30)
    assert window.playback.loop == (BAR, 6 * BAR)
    drag(window, 3 * BAR, 4 * BAR + 100)
    assert window.playback.loop == (2 * BAR, 7 * BAR)
    drag(window, 7 * BAR, 5 * BAR + 2 * BEAT + 30, ALT)
    assert window.playback.loop == (2 * BAR, 5 * BAR + 2 * BEAT)
    drag(window, 5 * BAR + 2 * BEAT, 0)
    assert window.playback.loop == (2 * BAR, 3 * BAR), "never shorter than a bar"
    drag(window, 3 * BAR - 500, -BAR)
    assert window.playback.loop == (0, BAR), "never before the song"


def test_a_click_on_the_loop_switches_it_and_esc_takes_a_drag_back(window):
    drag(window, 2 * BAR + 300, 3 * BAR + 100)
    at = QPoint(round(window.roll.ruler.view.x(3 * BAR)), LANE // 2)
    QTest.mouseClick(window.roll.ruler, LEFT, NONE, at)
    assert window.playback.loop is None
    drag(window, 3 * BAR, 5 * BAR, release=False)
    assert window.playback.loop == (4 * BAR, 6 * BAR)
    trigger(window, "select_none")
    assert window.playback.loop is None and window.transport.loop == (2 * BAR, 4 * BAR)
    empty = QPoint(round(window.roll.ruler.view.x(6 * BAR)), LANE // 2)
    QTest.mouseClick(window.roll.ruler, LEFT, NONE, empty)
    assert window.transport.loop == (2 * BAR, 4 * BAR) and window.playback.tick == 0


def test_the_mouse_shows_what_it_would_take_hold_of(window):
    drag(window, 2 * BAR + 300, 3 * BAR + 100)
    ruler, shapes = window.roll.ruler, Qt.CursorShape
    expected = {2 * BAR: shapes.SizeHorCursor, 3 * BAR: shapes.OpenHandCursor, 6 * BAR: shapes.ArrowCursor}
    for tick, shape in expected.items():
        QTest.mouseMove(ruler, QPoint(round(ruler.view.x(tick)), LANE // 2))
        assert ruler.cursor().shape() == shape
    QTest.mouseMove(ruler, QPoint(round(ruler.view.x(2 * BAR)), LANE + 20))
    assert ruler.cursor().shape() == shapes.ArrowCursor


def test_the_selected_bars_become_the_loop(window):
    assert not window.qactions["loop_selection"].isEnabled()
    window.selection.select_bars(2, 3)
    trigger(window, "loop_selection")
    assert window.playback.loop == (2 * BAR, 4 * BAR)
    window.selection.select_bars(5, 5)
    assert window.playback.loop == (2 * BAR, 4 * BAR), "the loop is its own"
    trigger(window, "loop")
    window.document.load(Song())
    window.selection.select_bars(1, 1)
    trigger(window, "loop")
    assert window.playback.loop == (BAR, 2 * BAR), "the first loop is what is selected"


def test_the_loop_belongs_to_the_song_and_keeps_its_bars_when_the_meter_changes(window, song):
    drag(window, 2 * BAR + 300, 3 * BAR + 100)
    window.document.replace_song(set_meter(window.document.song, Meter(0, 3, 4)), "Meter")
    assert window.playback.loop == (2 * 1440, 4 * 1440)
    window.undo()
    assert window.playback.loop == (2 * BAR, 4 * BAR)
    window.document.load(song)
    assert window.playback.loop is None and window.transport.loop is None
    window.document.load(Song())
    trigger(window, "loop")
    assert window.playback.loop == (0, 4 * BAR)


# -- clicks, tempo, following ------------------------------------------------------------------------


def test_the_clicks_are_switched_in_the_tool_bar_and_remembered(window, tmp_path: Path, qtbot):
    for name in ("metronome", "count_in"):
        assert not window.qactions[name].isChecked()
        window.tool_bar.widgetForAction(window.qactions[name]).click()
        assert window.qactions[name].isChecked() and getattr(window.playback, name)
    trigger(window, "follow")
    again = MainWindow(Document(), window.settings, ThemeKeeper("dark"), QuietPlayback(),
                       ModelClient(tmp_path / "model", tmp_path / "styles"), tmp_path / "model", tmp_path / "styles")
    qtbot.addWidget(again)
    assert again.playback.metronome and again.playback.count_in and again.qactions["metronome"].isChecked()
    assert not again.qactions["follow"].isChecked() and not again.roll.follow


def test_the_playing_tempo_is_set_by_number_and_by_key_and_is_no_change_of_the_song(window, song):
    window.tool_bar.tempo_scale.setValue(50)
    assert window.playback.tempo_scale == 0.5
    trigger(window, "play_faster")
    assert window.playback.tempo_scale == pytest.approx(0.55) and window.tool_bar.tempo_scale.value() == 55
    for _ in range(10):
        trigger(window, "play_slower")
    assert window.playback.tempo_scale == 0.25
    trigger(window, "play_as_written")
    assert window.playback.tempo_scale == 1 and window.tool_bar.tempo_scale.text() == "100 %"
    assert window.document.song == song and not window.document.dirty
    window.tool_bar.tempo_scale.setValue(150)
    window.document.load(song)
    assert window.playback.tempo_scale == 1, "another song begins as it is written"


def test_the_position_is_marked_while_it_is_counted_in(window):
    plain = window.tool_bar.position.grab().toImage()
    window.playback.countingChanged.emit(True)
    assert window.tool_bar.position.grab().toImage() != plain
    window.playback.countingChanged.emit(False)
    assert window.tool_bar.position.grab().toImage() == plain


def test_the_page_turns_with_the_playhead_unless_following_is_off(window):
    view = window.roll.view
    window.playback.toggle()
    window.playback.positionChanged.emit(int(view.tick(view.width * 0.5)))
    assert window.roll.view.left == view.left
    late = int(view.tick(view.width * 0.95))
    window.playback.positionChanged.emit(late)
    turned = window.roll.view
    assert turned.left > view.left and turned.left < late < turned.right
    trigger(window, "follow")
    window.playback.positionChanged.emit(int(turned.tick(turned.width * 0.95)))
    assert window.roll.view.left == turned.left
