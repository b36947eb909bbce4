"""Edits are pure: what they do can be undone by the song before, and what they do not touch is shared."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.edits import (
    OutOfRange,
    add_track,
    change_track,
    changed_region,
    clamped_shift,
    exchange_notes,
    find_notes,
    move_track,
    notes_between,
    remove_track,
    replace_cells,
    shifted,
    stretched,
    with_velocity,
)
from core.music.song import EMPTY_NOTES, SORT_ORDER, Song, Track, make_notes

NOTE = st.tuples(st.integers(0, 40), st.integers(0, 9), st.integers(0, 127), st.integers(1, 127))
NOTES = st.lists(NOTE, max_size=24).map(lambda rows: make_notes(*(zip(*rows, strict=True) if rows else ([],) * 4)))
SOME_NOTES = NOTES.filter(len)


@st.composite
def chosen(draw):
    """A track's notes and some of them."""
    notes = draw(SOME_NOTES)
    index = draw(st.lists(st.integers(0, len(notes) - 1), unique=True))
    return notes, notes[sorted(index)]


def song_of(*tracks) -> Song:
    return Song(4, tuple(Track(notes, name=f"track {i}") for i, notes in enumerate(tracks)))


def is_sorted(notes) -> bool:
    return [tuple(n) for n in notes[list(SORT_ORDER)]] == sorted(tuple(n) for n in notes[list(SORT_ORDER)])


@given(chosen())
def test_notes_are_found_by_value_as_often_as_they_are_wanted(given_notes):
    notes, some = given_notes
    found = find_notes(notes, some)
    assert np.array_equal(notes[found], some)
    assert len(set(found.tolist())) == len(some)


def test_of_two_equal_notes_one_is_found_for_one_and_strangers_are_left_out():
    twice = make_notes([0, 0], [4, 4], [60, 60], [80, 80])
    assert find_notes(twice, twice[:1]).tolist() == [0]
    assert find_notes(twice, make_notes([0, 9], [4, 4], [60, 60], [80, 80])).tolist() == [0]


@given(chosen(), st.integers(-20, 20), st.integers(-60, 60))
def test_a_shift_keeps_intervals_or_refuses_and_its_opposite_undoes_it(given_notes, ticks, semitones):
    notes, some = given_notes
    song = song_of(EMPTY_NOTES, notes)
    try:
        moved = shifted(some, ticks, semitones)
    except OutOfRange:
        pitch, onset = some["pitch"].astype(int) + semitones, some["onset"] + ticks
        assert pitch.min() < 0 or pitch.max() > 127 or onset.min() < 0
        return
    after = exchange_notes(song, 1, some, moved)
    assert is_sorted(after.tracks[1].notes) and len(after.tracks[1].notes) == len(notes)
    assert after.tracks[0] is song.tracks[0]
    assert np.array_equal(np.diff(moved["pitch"].astype(int)), np.diff(some["pitch"].astype(int)))
    assert exchange_notes(after, 1, moved, shifted(moved, -ticks, -semitones)) == song


@given(SOME_NOTES, st.integers(-200, 200), st.integers(-200, 200))
def test_a_clamped_shift_is_never_refused(notes, ticks, semitones):
    assert len(shifted(notes, *clamped_shift(notes, ticks, semitones))) == len(notes)


def test_a_chord_at_the_edge_is_refused_and_not_crushed():
    chord = make_notes([0, 0, 0], [4, 4, 4], [120, 124, 127], [80] * 3)
    with pytest.raises(OutOfRange, match="above"):
        shifted(chord, semitones=1)
    with pytest.raises(OutOfRange, match="before the song"):
        shifted(chord, ticks=-1)


@given(SOME_NOTES, st.integers(-50, 50), st.integers(-50, 50), st.integers(1, 6))
def test_stretched_notes_never_vanish_nor_start_before_the_song(notes, start, end, shortest):
    result = stretched(notes, start, end, shortest)
    assert len(result) == len(notes) and is_sorted(result)
    assert (result["duration"] >= min(shortest, int(notes["duration"].min()))).all()
    if start == 0:
        assert np.array_equal(np.sort(result["onset"]), np.sort(notes["onset"]))


def test_dragging_the_start_keeps_the_end():
    note = make_notes([8], [8], [60], [80])
    assert [int(stretched(note, start=by)["onset"][0]) for by in (-4, 4, 40)] == [4, 12, 15]
    assert all(int(r["onset"][0] + r["duration"][0]) == 16 for r in (stretched(note, start=by) for by in (-4, 4, 40)))


@given(chosen(), SOME_NOTES)
def test_exchange_and_back_is_the_same_song(given_notes, new):
    notes, some = given_notes
    song = song_of(notes)
    assert exchange_notes(exchange_notes(song, 0, some, new), 0, new, some) == song


def test_notes_that_are_gone_cannot_be_exchanged():
    with pytest.raises(ValueError, match="no longer on track 1"):
        exchange_notes(song_of(EMPTY_NOTES), 0, make_notes([0], [1], [60], [80]), EMPTY_NOTES)


@given(SOME_NOTES, st.integers(1, 127))
def test_velocity_changes_nothing_else(notes, velocity):
    louder = with_velocity(notes, velocity)
    assert set(louder["velocity"].tolist()) == {velocity}
    assert sorted(louder[["onset", "duration", "pitch"]].tolist()) == sorted(
        notes[["onset", "duration", "pitch"]].tolist()
    )


def test_a_box_holds_what_sounds_in_it():
    notes = make_notes([0, 4, 8], [6, 2, 4], [60, 62, 70], [80] * 3)
    assert notes_between(notes, 5, 8)["onset"].tolist() == [0, 4]
    assert notes_between(notes, 0, 12, 61, 65)["onset"].tolist() == [4]
    assert notes_between(make_notes([4], [0], [60], [80]), 4, 5)["onset"].tolist() == [4]


@given(st.lists(NOTES, min_size=1, max_size=4), st.data())
def test_track_edits_share_what_they_do_not_touch_and_can_be_undone(parts, data):
    song = song_of(*parts)
    index = data.draw(st.integers(0, len(parts) - 1))
    to = data.draw(st.integers(0, len(parts) - 1))
    moved = move_track(song, index, to)
    assert moved.tracks[to] is song.tracks[index]
    assert move_track(moved, to, index) == song
    assert add_track(remove_track(song, index), song.tracks[index], index) == song
    renamed = change_track(song, index, name="Oboe", program=68)
    assert renamed.tracks[index].notes is song.tracks[index].notes
    assert all(renamed.tracks[i] is song.tracks[i] for i in range(len(parts)) if i != index)


@given(NOTES, st.data())
def test_the_changed_region_holds_every_note_that_differs(notes, data):
    kept = notes[sorted(data.draw(st.lists(st.integers(0, len(notes) - 1), unique=True)))] if len(notes) else notes
    before, after = song_of(EMPTY_NOTES, notes), song_of(EMPTY_NOTES, kept)
    gone = np.delete(notes, find_notes(notes, kept))
    region = changed_region(before, after)
    if not len(gone):
        assert region is None
        return
    assert region.tracks == (1,)
    assert region.start <= gone["onset"].min() and region.end >= (gone["onset"] + gone["duration"]).max()
    assert region.low <= gone["pitch"].min() and region.high >= gone["pitch"].max()


def test_the_changed_region_of_one_note_is_that_note():
    notes = make_notes([0, 4, 8], [2, 2, 2], [60, 70, 80], [80] * 3)
    region = changed_region(song_of(notes), song_of(notes[[0, 2]]))
    assert (region.start, region.end, region.low, region.high) == (4, 6, 70, 70)


def test_cells_are_replaced_and_nothing_beside_them():
    song = song_of(make_notes([0, 16, 32], [20, 4, 4], [60, 62, 64], [80] * 3), make_notes([16], [4], [40], [80]))
    after = replace_cells(song, [(1, 0)], {0: make_notes([20], [4], [72], [90])})
    assert after.tracks[0].notes["onset"].tolist() == [0, 20, 32]
    assert after.tracks[1] is song.tracks[1]
    with pytest.raises(ValueError, match="outside the marked bars"):
        replace_cells(song, [(1, 0)], {0: make_notes([0], [4], [72], [90])})
    with pytest.raises(ValueError, match="not marked"):
        replace_cells(song, [(1, 0)], {1: EMPTY_NOTES})


def test_an_edit_leaves_the_song_before_as_it_was():
    song = song_of(make_notes([0], [4], [60], [80]))
    twin = replace(song)
    exchange_notes(song, 0, song.tracks[0].notes, shifted(song.tracks[0].notes, 4, 1))
    assert song == twin
    with pytest.raises(ValueError):
        song.tracks[0].notes["pitch"][0] = 61
