"""Bars put in and taken out on all tracks: in and out again is nothing, and what stays is where it belongs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.music.bars import delete_bars, insert_bars, moved_place, repeat_bars
from core.music.song import EMPTY_NOTES, Marker, RawEvent, Song, Track, make_notes
from core.music.timebase import Meter, Tempo

BEAT = 4
BAR = 4 * BEAT
NOTE = st.tuples(st.integers(0, 90), st.integers(0, 60), st.integers(60, 66), st.integers(1, 127))
NOTES = st.lists(NOTE, max_size=12).map(lambda rows: make_notes(*(zip(*rows, strict=True) if rows else ([],) * 4)))
MESSAGES = st.sampled_from([b"\xb0\x40\x7f", b"\xb0\x40\x00", b"\xc0\x05", b"\xc0\x06", b"\xe0\x00\x50",
                            b"\xb0\x07\x20", b"\xff\x05\x01a", b"\xff\x01\x01t", b"\xff\x59\x02\x01\x00",
                            b"\xf0\x01\xf7"])
TICKS = st.integers(0, 100)


def sorted_by_tick(things):
    return tuple(sorted(things, key=lambda thing: thing.tick))


EVENTS = st.lists(st.builds(RawEvent, TICKS, MESSAGES), max_size=8).map(sorted_by_tick)
TEMPOS = st.lists(st.builds(Tempo, TICKS, st.sampled_from([400_000, 500_000])), max_size=4,
                  unique_by=lambda t: t.tick).map(sorted_by_tick)
METERS = st.lists(st.builds(Meter, TICKS, st.integers(2, 4), st.sampled_from([4, 8])), max_size=4,
                  unique_by=lambda m: m.tick).map(sorted_by_tick)
MARKERS = st.lists(st.builds(Marker, TICKS, st.sampled_from("AB")), max_size=4).map(sorted_by_tick)
SONGS = st.builds(lambda notes, events, tempos, meters, markers: Song(
    BEAT, (Track(notes[0], events=events), Track(notes[1], muted=notes[0])), tempos, meters, markers),
    st.tuples(NOTES, NOTES), EVENTS, TEMPOS, METERS, MARKERS)


@given(SONGS, st.integers(0, 8), st.integers(1, 3))
def test_bars_put_in_and_taken_out_again_leave_the_song_as_it_was(song, bar, count):
    there = insert_bars(song, bar, count)
    back = delete_bars(there, bar, bar + count - 1)
    assert back == song and back.shifts == ()


@settings(max_examples=40)
@given(SONGS, st.integers(0, 8), st.integers(1, 3))
def test_inserted_bars_are_empty_bars_and_the_music_after_them_is_as_many_bars_later(song, bar, count):
    there = insert_bars(song, bar, count)
    before, after = song.timebase, there.timebase
    start, end = int(after.bar_start(bar)), int(after.bar_end(bar + count - 1))
    assert start == before.bar_start(bar)
    for old, new in zip(song.tracks, there.tracks):
        assert not ((new.notes["onset"] >= start) & (new.notes["onset"] < end)).any()
        assert len(new.notes) == len(old.notes)
        onset = np.sort(old.notes["onset"])
        shown = np.where(before.bar_at(onset) >= bar, before.bar_at(onset) + count, before.bar_at(onset))
        assert np.array_equal(after.bar_at(np.sort(new.notes["onset"])), shown)
        assert sorted(event.data for event in new.events) == sorted(event.data for event in old.events)
    for tick in range(0, 100, 7):
        later = tick if tick < start else tick + end - start
        assert after.tempo_at(later).microseconds_per_beat == before.tempo_at(tick).microseconds_per_beat
        assert replace(after.meter_of(int(after.bar_at(later))), tick=0) == replace(
            before.meter_of(int(before.bar_at(tick))), tick=0)
        assert later - after.bar_start(after.bar_at(later)) == tick - before.bar_start(before.bar_at(tick))


@settings(max_examples=40)
@given(SONGS, st.integers(0, 6), st.integers(0, 3))
def test_deleted_bars_are_gone_and_the_rest_keeps_its_place_in_the_bar(song, first, more):
    last = first + more
    without = delete_bars(song, first, last)
    before, after = song.timebase, without.timebase
    start, end = int(before.bar_start(first)), int(before.bar_end(last))
    for old, new in zip(song.tracks, without.tracks):
        assert len(new.notes) == ((old.notes["onset"] < start) | (old.notes["onset"] >= end)).sum()
    for tick in [*range(0, start, 5), *range(end, end + 60, 5)]:
        now = tick if tick < start else tick - (end - start)
        gone = last - first + 1 if tick >= end else 0
        assert after.bar_at(now) == before.bar_at(tick) - gone
        assert now - after.bar_start(after.bar_at(now)) == tick - before.bar_start(before.bar_at(tick))
        assert after.tempo_at(now).microseconds_per_beat == before.tempo_at(tick).microseconds_per_beat


@settings(max_examples=40)
@given(SONGS, st.integers(0, 6), st.integers(0, 2))
def test_repeated_bars_sound_the_same_twice(song, first, more):
    last = first + more
    twice = repeat_bars(song, first, last)
    base = twice.timebase
    start, end = int(song.timebase.bar_start(first)), int(song.timebase.bar_end(last))
    length = end - start
    for old, new in zip(song.tracks, twice.tracks):
        for since in (start, end):
            part = new.notes[(new.notes["onset"] >= since) & (new.notes["onset"] < since + length)].copy()
            part["onset"] -= since - start
            assert np.array_equal(part, old.notes[(old.notes["onset"] >= start) & (old.notes["onset"] < end)])
        count = (old.notes["onset"] >= end).sum()
        assert (new.notes["onset"] >= end + length).sum() == count
    for tick in range(start, end):
        for place in (tick, tick + length):
            assert base.tempo_at(place).microseconds_per_beat == song.timebase.tempo_at(tick).microseconds_per_beat
            bar = int(base.bar_at(place))
            there = song.timebase.meter_of(int(song.timebase.bar_at(tick)))
            assert replace(base.meter_of(bar), tick=0) == replace(there, tick=0)
            assert place - base.bar_start(bar) == tick - song.timebase.bar_start(song.timebase.bar_at(tick))


def song_with(events=(), notes=EMPTY_NOTES, **facts) -> Song:
    return Song(BEAT, (Track(notes, events=tuple(RawEvent(*event) for event in events), **facts),))


def data_at(song: Song) -> list[tuple[int, bytes]]:
    return [(event.tick, event.data) for event in song.tracks[0].events]


def test_a_note_across_the_place_is_held_and_one_across_deleted_bars_is_shortened():
    song = song_with(notes=make_notes([0, BAR - 2, BAR], [4 * BAR, 4, BAR], [60, 62, 64], [80] * 3))
    there = insert_bars(song, 1, 1)
    assert there.tracks[0].notes[["onset", "duration"]].tolist() == [(0, 5 * BAR), (BAR - 2, 4 + BAR), (2 * BAR, BAR)]
    without = delete_bars(song, 1, 2)
    assert without.tracks[0].notes[["onset", "duration"]].tolist() == [(0, 2 * BAR), (BAR - 2, 2)]


def test_what_controllers_are_at_after_deleted_bars_is_what_they_were():
    song = song_with([(0, b"\xc0\x05"), (BAR, b"\xb0\x40\x7f"), (BAR + 2, b"\xb0\x40\x00"), (BAR + 3, b"\xc0\x09"),
                      (BAR + 4, b"\xb0\x40\x7f"), (BAR + 5, b"\xff\x05\x02la"), (2 * BAR, b"\xb0\x40\x00")],
                     make_notes([0, 2 * BAR], [4, 4], [60, 60], [80, 80]))
    assert data_at(delete_bars(song, 1, 1)) == [
        (0, b"\xc0\x05"), (BAR, b"\xc0\x09"), (BAR, b"\xb0\x40\x00")]
    assert data_at(delete_bars(replace(song, tracks=(replace(song.tracks[0], events=song.tracks[0].events[:-1]),)),
                               1, 1)) == [
        (0, b"\xc0\x05"), (BAR, b"\xb0\x40\x00"), (BAR, b"\xc0\x09"), (BAR, b"\xb0\x40\x7f")]


def test_a_pedal_that_is_up_at_the_end_of_deleted_bars_is_not_pressed():
    song = song_with([(4, b"\xb0\x40\x7f"), (BAR, b"\xb0\x40\x00"), (BAR + 2, b"\xb0\x40\x7f"),
                      (BAR + 5, b"\xb0\x40\x00")], make_notes([0], [9 * BAR], [60], [80]))
    assert data_at(delete_bars(song, 1, 1)) == [(4, b"\xb0\x40\x7f"), (BAR, b"\xb0\x40\x00")]


def test_where_the_first_bars_go_the_track_begins_with_the_instrument_it_had_got_to():
    song = song_with([(BAR, b"\xc0\x28"), (BAR, b"\xb0\x07\x32")], make_notes([0, BAR], [4, 4], [60, 62], [80, 80]))
    track = delete_bars(song, 0, 0).tracks[0]
    assert (track.program, track.volume, track.events) == (40, 50, ())


@pytest.mark.parametrize(("first", "last", "markers"), [
    (0, 1, [Marker(0, "Verse")]), (0, 0, [Marker(0, "Intro"), Marker(BAR, "Verse")]),
    (1, 2, [Marker(0, "Intro"), Marker(BAR, "Verse")]), (2, 5, [Marker(0, "Intro")])])
def test_a_section_keeps_its_name_as_long_as_a_bar_of_it_is_left(first, last, markers):
    song = replace(song_with(notes=make_notes([0], [6 * BAR], [60], [80])),
                   markers=(Marker(0, "Intro"), Marker(2 * BAR, "Verse")))
    assert list(delete_bars(song, first, last).markers) == markers


@settings(max_examples=40)
@given(SONGS, st.lists(st.tuples(st.integers(0, 5), st.integers(1, 2), st.booleans()), max_size=4), TICKS)
def test_a_place_outside_of_what_changed_is_found_again_both_ways(song, steps, tick):
    after = song
    for bar, count, puts_in in steps:
        after = insert_bars(after, bar, count) if puts_in else delete_bars(after, bar, bar + count - 1)
    there = moved_place(tick, song, after)
    assert there >= 0
    if all(puts_in for _, _, puts_in in steps):
        assert moved_place(there, after, song) == tick
    assert moved_place(tick, song, song) == tick
