"""Everything can be done by keyboard: where the focus is, and what the keys do to bars, tracks, takes and timing."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.timing_dialogs import TimingDialog
from core.files.midi import read_midi
from core.music.song import Song
from core.music.timebase import Meter, Tempo
from tests.app.conftest import BAR

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_the_keys_for_notes_work_from_the_start(window, song, qtbot):
    assert window.focusWidget() is window.roll.canvas
    window.qactions["select_all"].trigger()
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Up)
    assert window.document.song.tracks[0].notes["pitch"][0] == 61


def test_the_space_bar_plays_from_a_number_field_and_esc_leads_back_to_the_notes(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    for field in (window.assistant.request_panel.takes, window.assistant.request_panel.seed):
        field.setFocus()
        before = window.playback.playing
        qtbot.keyClick(field, Qt.Key.Key_Space)
        assert window.playback.playing is not before and field.text().strip().isdigit()
        qtbot.keyClick(field, Qt.Key.Key_Escape)
        assert window.focusWidget() is window.roll.canvas


def test_bars_are_walked_and_selected(window):
    for name, bar in (("next_bar", 1), ("next_bar", 2), ("previous_bar", 1)):
        window.qactions[name].trigger()
        assert window.playback.tick == bar * BAR
    window.locate(BAR + 7)
    window.qactions["previous_bar"].trigger()
    assert window.playback.tick == BAR
    for name, bars in (("select_bar", (1, 1)), ("select_bar", (1, 2)), ("unselect_bar", (1, 1)),
                       ("unselect_bar", None)):
        window.qactions[name].trigger()
        assert window.selection.bars == bars


def test_tracks_are_marked(window):
    window.qactions["mark_below"].trigger()
    window.qactions["mark_below"].trigger()
    assert window.selection.tracks == (0, 1) and window.selection.current == 0
    window.selection.select_tracks([1])
    window.qactions["mark_above"].trigger()
    assert window.selection.tracks == (0, 1)
    window.selection.select_tracks([])
    window.qactions["mark_below"].trigger()
    assert window.selection.tracks == (0,)


@pytest.fixture
def fill_in(monkeypatch):
    """Fills in the dialog for tempo and meter, or only looks at it, and presses OK."""

    def prepare(tempo=None, beats=None, note_value=None):
        def run(dialog):
            if tempo:
                dialog.tempo.setValue(tempo)
            if beats:
                dialog.beats.setValue(beats)
                dialog.note_value.setCurrentText(str(note_value))
            return True

        monkeypatch.setattr(TimingDialog, "exec", run)

    return prepare


def test_tempo_and_meter_are_set_from_the_playheads_bar_on(window, song, fill_in, tmp_path):
    window.locate(2 * BAR + 100)
    fill_in(tempo=90, beats=3, note_value=4)
    window.qactions["timing"].trigger()
    timebase = window.document.song.timebase
    assert (timebase.tempo_at(0), timebase.tempo_at(2 * BAR)) == (Tempo(0), Tempo(2 * BAR, 666_667))
    assert (timebase.meter_of(1), timebase.meter_of(2)) == (Meter(0), Meter(2 * BAR, 3, 4))
    assert window.tool_bar.tempo.text() == "♩ = 90    3/4" and window.document.undo_stack.count() == 1
    window.document.export_midi(tmp_path / "slow.mid")
    assert read_midi(tmp_path / "slow.mid").timebase == timebase
    window.document.undo_stack.undo()
    assert window.document.song == song


def test_looking_at_a_tempo_does_not_round_it(window, song, fill_in):
    odd = Song(tracks=song.tracks, tempos=(Tempo(0, 461_539),), meters=(Meter(0, 6, 8),))
    window.document.load(odd)
    fill_in()
    window.qactions["timing"].trigger()
    assert window.document.song is odd
    fill_in(beats=9, note_value=8)
    window.qactions["timing"].trigger()
    assert window.document.song.tempos == odd.tempos and window.document.song.meters == (Meter(0, 9, 8),)
