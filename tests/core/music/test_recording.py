"""Keys pressed become the notes that were played, free or on the grid."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.recording import KeyEvent, quantised, recorded_notes
from core.music.song import NOTE_DTYPE, make_notes


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
