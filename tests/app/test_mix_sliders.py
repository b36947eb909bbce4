"""Volume and pan of a track: by mouse and by key, each gesture a step of undo."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.music.edits import change_track

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def pan(window):
    return window.tracks.rows[0].pan


def track(window):
    return window.document.song.tracks[0]


def press(slider, x: int) -> None:
    QTest.mousePress(slider, LEFT, NONE, QPoint(x, slider.height() // 2))


def drag(slider, *across: int) -> None:
    press(slider, across[0])
    for x in across[1:]:
        QTest.mouseMove(slider, QPoint(x, slider.height() // 2))
    QTest.mouseRelease(slider, LEFT, NONE, QPoint(across[-1], slider.height() // 2))


def test_a_drag_of_the_pan_is_one_step_and_is_heard_at_each_point(window, song):
    slider = pan(window)
    assert slider.value() == 64 and slider.toolTip().startswith("Pan the middle")
    drag(slider, 24, 18, 6)
    assert track(window).pan == 0 and window.playback.song is window.document.song
    assert slider.toolTip().startswith("Pan 64 left") and slider.accessibleName() == "Pan"
    drag(slider, 6, 30, 47)
    assert track(window).pan == 127 and slider.accessibleDescription() == "Pan 63 right"
    assert window.document.undo_stack.count() == 2
    window.undo()
    assert track(window).pan == 0 == slider.value()
    window.undo()
    assert window.document.song == song and slider.value() == 64


def test_a_click_goes_there_and_a_double_click_back_to_the_middle(window, song):
    slider = pan(window)
    QTest.mouseClick(slider, LEFT, NONE, QPoint(40, slider.height() // 2))
    assert 100 < track(window).pan < 127
    before = window.document.undo_stack.count()
    at = QPoint(10, slider.height() // 2)
    QTest.mouseClick(slider, LEFT, NONE, at)
    QTest.mouseDClick(slider, LEFT, NONE, at)
    assert track(window).pan == 64
    assert window.document.undo_stack.count() == before + 1, "both clicks together are one step"
    window.undo()
    assert 100 < track(window).pan < 127


def test_near_the_middle_the_mouse_finds_it_and_the_keys_reach_every_value(window):
    slider = pan(window)
    for x in (23, 24, 25):
        drag(slider, 40, x)
        assert track(window).pan == 64
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert track(window).pan == 65
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert track(window).pan == 65 - slider.pageStep()
    QTest.keyClick(slider, Qt.Key.Key_0)
    assert track(window).pan == 64
    assert slider.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_a_key_that_is_held_is_one_step(window, song):
    slider = window.tracks.rows[0].volume
    QTest.keyPress(slider, Qt.Key.Key_Left)
    for _ in range(5):
        slider.triggerAction(slider.SliderAction.SliderSingleStepSub)  # what the key's repeats do
    QTest.keyRelease(slider, Qt.Key.Key_Left)
    assert track(window).volume == 94 and window.document.undo_stack.count() == 1
    QTest.keyClick(slider, Qt.Key.Key_0)
    assert track(window).volume == 100 and window.document.undo_stack.count() == 2


def test_what_follows_a_key_that_was_never_let_go_is_a_step_of_its_own(window):
    slider = pan(window)
    slider.setFocus()
    QTest.keyPress(slider, Qt.Key.Key_Left)
    window.roll.canvas.setFocus()
    window.tracks.toggle_mute()
    assert window.document.undo_stack.count() == 2


@pytest.mark.parametrize("value", [0, 64, 127])
def test_it_shows_what_the_song_says_and_changes_nothing_by_that(window, song, value):
    window.document.load(change_track(song, 0, pan=value))
    window.grab()
    assert pan(window).value() == value and window.document.undo_stack.count() == 0
