"""Playing in: what the MIDI keyboard sends becomes notes on the track, at once or step by step, and one undo takes
them back."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from core.sound.setup import KeyHeard, SoundSetup

BEAT = 480
ON, OFF, CONTROL = 0x90, 0x80, 0xB0
KEYBOARD = SoundSetup(midi_input="Keys:port")


@pytest.fixture
def keys(window):
    """Sends what a MIDI keyboard would, and the transport would add."""
    window.playback.setup = KEYBOARD

    def press(status: int, a: int, b: int = 90, tick: int = 0, ahead: float = 0.0) -> None:
        window.playback.keyHeard.emit(KeyHeard(tick, ahead, window.playback.playing, status, a, b))

    return press


def trigger(window, name: str) -> None:
    assert window.qactions[name].isEnabled(), name
    window.qactions[name].trigger()


def added(window, song, track: int = 0) -> list[tuple]:
    """The notes that are on the track and were not."""
    before = [tuple(note) for note in song.tracks[track].notes.tolist()]
    return [tuple(n) for n in window.document.song.tracks[track].notes.tolist() if tuple(n) not in before]


def record(window, keys, *played: tuple) -> None:
    trigger(window, "record")
    for one in played:
        keys(*one)
    window.playback.tick = played[-1][3] if played else 0
    trigger(window, "record")


def test_a_recording_is_counted_in_goes_on_after_the_song_and_is_one_step(window, song, keys):
    trigger(window, "record")
    assert window.playback.played == {"count_in_bars": 1, "endless": True}
    assert window.qactions["record"].isChecked()
    for i, pitch in enumerate((72, 74, 76)):
        keys(ON, pitch, 80 + i, 13 + i * BEAT)
        keys(OFF, pitch, 0, 250 + i * BEAT)
    trigger(window, "record")
    assert not window.qactions["record"].isChecked() and not window.playback.playing
    assert [n[0] for n in added(window, song)] == [0, BEAT, 2 * BEAT]
    assert [n[3] for n in added(window, song)] == [80, 81, 82]
    assert "Recorded 3 notes" in window.statusBar().currentMessage()
    assert len(window.selection.notes) == 3 and window.document.undo_stack.count() == 1
    trigger(window, "undo")
    assert window.document.song == song


def test_free_is_as_it_was_played_and_that_is_remembered(window, song, keys):
    assert window.qactions["quantise"].isChecked()
    trigger(window, "quantise")
    assert not window.settings.quantise_recording
    record(window, keys, (ON, 72, 80, 13), (OFF, 72, 0, 257))
    assert added(window, song) == [(13, 244, 72, 80)]


def test_the_pedal_is_recorded_with_the_notes_as_one_step(window, song, keys):
    trigger(window, "record")
    keys(CONTROL, 64, 127, 0, 0.5)
    keys(ON, 72, 80, 0)
    keys(OFF, 72, 0, 240)
    window.playback.tick = 960
    trigger(window, "record")
    track = window.document.song.tracks[0]
    assert [(event.tick, event.data) for event in track.events] == [(0, b"\xb0\x40\x7f"), (960, b"\xb0\x40\x00")]
    assert "Recorded 1 note, and 2 moves of pedals" in window.statusBar().currentMessage()
    assert window.document.undo_stack.count() == 1
    trigger(window, "undo")
    assert window.document.song == song


def test_space_stops_a_recording_too_and_keys_still_down_end_there(window, song, keys):
    trigger(window, "record")
    keys(ON, 72, 80, 0)
    window.playback.tick = 960
    trigger(window, "play")
    assert added(window, song) == [(0, 960, 72, 80)]


def test_what_is_played_while_counting_in_is_left_out_but_for_a_first_note_that_comes_early(window, song, keys):
    trigger(window, "record")
    keys(ON, 40, 80, 0, 1.5)
    keys(OFF, 40, 0, 0, 1.2)
    keys(ON, 72, 80, 0, 0.05)
    keys(OFF, 72, 0, 240)
    trigger(window, "record")
    assert added(window, song) == [(0, 240, 72, 80)]


def test_it_goes_to_the_track_that_was_current_when_it_began(window, song, keys):
    trigger(window, "record")
    keys(ON, 72, 80, 0)
    trigger(window, "next_track")
    keys(OFF, 72, 0, 240)
    trigger(window, "record")
    assert added(window, song, 0) == [(0, 240, 72, 80)] and added(window, song, 1) == []


def test_it_stays_with_its_track_when_that_is_moved(window, song, keys):
    trigger(window, "record")
    keys(ON, 72, 80, 0)
    trigger(window, "track_down")
    keys(OFF, 72, 0, 240)
    trigger(window, "record")
    names = [track.name for track in window.document.song.tracks]
    moved = names.index(song.tracks[0].name)
    assert moved == 1
    assert len(window.document.song.tracks[moved].notes) == len(song.tracks[0].notes) + 1
    assert len(window.document.song.tracks[0].notes) == len(song.tracks[1].notes)


def test_what_is_recorded_is_seen_while_it_is_played(window, keys):
    trigger(window, "record")
    keys(ON, 55, 80, 0)
    keys(OFF, 55, 0, 480)
    before = window.roll.grab().toImage()
    keys(ON, 57, 80, 480)
    keys(OFF, 57, 0, 960)
    assert window.roll.grab().toImage() != before


def test_a_loop_is_overdubbed_and_a_key_held_over_its_end_ends_there(window, song, keys):
    window.selection.select_bars(0, 0)
    trigger(window, "loop_selection")
    record(window, keys, (ON, 72, 80, 1680), (OFF, 72, 0, 100), (ON, 74, 70, 480), (OFF, 74, 0, 720))
    assert added(window, song) == [(480, 240, 74, 70), (1680, 240, 72, 80)]


def test_nothing_played_is_no_step(window, song, keys):
    record(window, keys)
    assert window.document.song is song and "Nothing was recorded" in window.statusBar().currentMessage()


def test_opening_another_song_gives_the_recording_up(window, song, keys):
    trigger(window, "record")
    keys(ON, 72, 80, 0)
    window.document.load(song, title="Another")
    assert not window.recorder.recording and window.document.song is song


def test_without_a_keyboard_the_settings_are_opened(window):
    trigger(window, "record")
    assert not window.playback.playing and window.sound.dialog.isVisible()
    assert "Choose the MIDI keyboard" in window.statusBar().currentMessage()
    window.sound.dialog.close()


def test_the_keyboard_sounds_like_the_current_track(window):
    assert window.playback.keys == "Piano"
    trigger(window, "next_track")
    assert window.playback.keys == "Bass"


# -- step input ----------------------------------------------------------------------------------


def test_each_key_writes_a_note_of_a_step_and_moves_on(window, song, keys):
    window.tool_bar.choose_grid("1/8")
    window.locate(2 * BEAT)
    trigger(window, "step_input")
    assert window.qactions["step_input"].isChecked() and window.playback.started
    for pitch in (72, 74):
        keys(ON, pitch)
        keys(OFF, pitch, 0)
    assert added(window, song) == [(2 * BEAT, 240, 72, 90), (2 * BEAT + 240, 240, 74, 90)]
    assert window.roll.canvas.playhead == 3 * BEAT == window.playback.tick
    trigger(window, "undo")
    assert added(window, song) == [(2 * BEAT, 240, 72, 90)]


def test_keys_held_together_are_a_chord_and_the_pedal_is_a_rest(window, song, keys):
    window.tool_bar.choose_grid("1/4")
    trigger(window, "step_input")
    for pitch in (70, 73, 75):
        keys(ON, pitch)
    for pitch in (73, 70, 75):
        keys(OFF, pitch, 0)
    keys(CONTROL, 64, 127)
    keys(CONTROL, 64, 0)
    keys(ON, 72)
    keys(OFF, 72, 0)
    assert [(n[0], n[2]) for n in added(window, song)] == [(0, 70), (0, 73), (0, 75), (2 * BEAT, 72)]


def test_the_keyboard_at_the_left_steps_too_but_only_when_asked(window, song, qtbot):
    keyboard = window.roll.keyboard
    at = QPoint(20, round(window.roll.view.y(72) + 3))
    qtbot.mouseClick(keyboard, Qt.MouseButton.LeftButton, pos=at)
    assert window.document.song is song
    trigger(window, "step_input")
    qtbot.mouseClick(keyboard, Qt.MouseButton.LeftButton, pos=at)
    assert [(n[0], n[2]) for n in added(window, song)] == [(0, 72)]
    trigger(window, "step_input")
    qtbot.mouseClick(keyboard, Qt.MouseButton.LeftButton, pos=at)
    assert len(added(window, song)) == 1


def test_while_playing_keys_write_nothing(window, song, keys):
    trigger(window, "step_input")
    trigger(window, "play")
    keys(ON, 72)
    assert window.document.song is song
    assert np.array_equal(window.document.song.tracks[0].notes, song.tracks[0].notes)
