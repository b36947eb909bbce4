"""Keys pressed become the notes that were played, free or on the grid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.recording import (
    ControlEvent,
    KeyEvent,
    quantised,
    recorded_controls,
    recorded_notes,
    with_recording,
)
from core.music.song import EMPTY_NOTES, NOTE_DTYPE, RawEvent, Song, Track, make_notes

CONTROL, PRESSURE, BEND = 0xB0, 0xD0, 0xE0


def rows(notes: np.ndarray) -> list[tuple]:
    return [tuple(note) for note in notes.tolist()]


def to_grid(step: int):
    return {"snap": lambda tick: round(tick / step) * step, "step": lambda tick: step}


def test_a_key_is_a_note_from_down_to_up() -> None:
    played = [KeyEvent(100, 60, 90), KeyEvent(150, 64, 70), KeyEvent(200, 60, 0), KeyEvent(400, 64, 0)]
    assert rows(recorded_notes(played, 999)) == [(100, 100, 60, 90), (150, 250, 64, 70)]


def test_a_key_still_down_ends_with_the_recording_and_one_struck_again_ends_there() -> None:
    played = [KeyEvent(0, 60, 90), KeyEvent(50, 60, 80)]
    assert rows(recorded_notes(played, 300)) == [(0, 50, 60, 90), (50, 250, 60, 80)]


def test_a_key_let_go_without_having_been_pressed_is_nothing() -> None:
    assert not len(recorded_notes([KeyEvent(10, 60, 0)], 100))


def test_a_key_held_over_the_jump_of_a_loop_lasts_to_its_end() -> None:
    played = [KeyEvent(1800, 60, 90), KeyEvent(30, 60, 0)]
    assert rows(recorded_notes(played, 100, loop=(0, 1920))) == [(1800, 120, 60, 90)]


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 127), st.integers(0, 127)), max_size=60))
def test_whatever_is_played_the_notes_are_notes_and_none_is_lost(played: list[tuple[int, int, int]]) -> None:
    events = [KeyEvent(*one) for one in sorted(played, key=lambda e: e[0])]
    notes = recorded_notes(events, 5000)
    assert notes.dtype == NOTE_DTYPE and (notes["duration"] >= 1).all()
    assert len(notes) == sum(event.velocity > 0 for event in events)


def controls(*played: tuple[int, int, int, int], end: int = 1000, **how) -> list[tuple[int, bytes]]:
    return [(event.tick, event.data) for event in recorded_controls([ControlEvent(*one) for one in played], end, **how)]


def test_the_pedal_is_recorded_and_comes_up_at_the_end() -> None:
    assert controls((10, CONTROL, 64, 127), (200, CONTROL, 64, 0), (300, CONTROL, 64, 100), channel=3) == [
        (10, b"\xb3\x40\x7f"), (200, b"\xb3\x40\x00"), (300, b"\xb3\x40\x64"), (1000, b"\xb3\x40\x00")]


def test_bend_and_pressure_go_to_rest_and_what_belongs_to_the_track_is_left_out() -> None:
    played = [(5, BEND, 0, 80), (6, PRESSURE, 70, 0), (7, CONTROL, 7, 20), (8, CONTROL, 10, 0), (9, CONTROL, 123, 0),
              (9, CONTROL, 11, 90)]
    assert controls(*played) == [(5, b"\xe0\x00\x50"), (6, b"\xd0\x46"), (9, b"\xb0\x0b\x5a"),
                                 (1000, b"\xe0\x00\x40"), (1000, b"\xd0\x00")]


def test_a_pedal_held_over_the_jump_of_a_loop_comes_up_at_its_end() -> None:
    assert controls((900, CONTROL, 64, 127), (20, CONTROL, 64, 0), loop=(0, 960)) == [
        (20, b"\xb0\x40\x00"), (900, b"\xb0\x40\x7f"), (960, b"\xb0\x40\x00")]


@given(st.lists(st.tuples(st.integers(0, 5000), st.sampled_from([CONTROL, PRESSURE, BEND]), st.integers(0, 127),
                          st.integers(0, 127)), max_size=30))
def test_whatever_is_moved_it_is_at_rest_in_the_end(played: list[tuple[int, int, int, int]]) -> None:
    last: dict[bytes, bytes] = {}
    for _, data in controls(*sorted(played, key=lambda one: one[0]), end=5000):
        assert all(byte < 128 for byte in data[1:])
        last[data[:2] if data[0] == CONTROL else data[:1]] = data
    assert last.get(b"\xe0", b"\xe0\x00\x40") == b"\xe0\x00\x40"
    assert last.get(b"\xb0\x40", b"\xb0\x40\x00") == b"\xb0\x40\x00"


def test_a_recording_goes_among_what_is_there() -> None:
    there, played = RawEvent(500, b"\xb0\x01\x20"), RawEvent(100, b"\xb0\x40\x7f")
    song = Song(tracks=(Track(make_notes([0], [10], [60], [90]), events=(there,)),))
    after = with_recording(song, 0, make_notes([5], [10], [62], [90]), (played,))
    assert after.tracks[0].events == (played, there) and rows(after.tracks[0].notes)[1] == (5, 10, 62, 90)
    assert with_recording(song, 0, EMPTY_NOTES, ()) == song


def test_quantising_moves_starts_and_ends_to_the_grid() -> None:
    played = make_notes([13, 118, 250], [95, 130, 3], [60, 62, 64], [90] * 3)
    assert rows(quantised(played, **to_grid(120))) == [(0, 120, 60, 90), (120, 120, 62, 90), (240, 120, 64, 90)]


def test_two_of_one_pitch_on_one_point_are_one() -> None:
    played = make_notes([5, 20], [10, 300], [60, 60], [90, 80])
    assert rows(quantised(played, **to_grid(120))) == [(0, 360, 60, 80)]


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 900), st.integers(0, 127)), max_size=40),
       st.sampled_from([1, 60, 120, 480]))
def test_no_start_moves_further_than_half_a_step_and_twice_is_once(played, step: int) -> None:
    notes = make_notes(*zip(*((on, dur, pitch, 90) for on, dur, pitch in played))) if played else make_notes(
        [], [], [], [])
    on_grid = quantised(notes, **to_grid(step))
    assert set(on_grid["pitch"]) == set(notes["pitch"])
    assert all(np.abs(notes["onset"][notes["pitch"] == p] - on).min() <= step / 2
               for on, _, p, _ in on_grid.tolist())
    assert rows(quantised(on_grid, **to_grid(step))) == rows(on_grid)
