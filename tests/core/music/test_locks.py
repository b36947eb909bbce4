"""Locked notes go with their notes and tracks, and nowhere else."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.music.bars import delete_bars, insert_bars
from core.music.edits import add_track, exchange_notes, move_track, remove_track, shifted
from core.music.locks import carried, locked_notes, locks_of
from core.music.song import EMPTY_NOTES, Song, Track, make_notes
from core.music.track_edits import duplicate_track, merge_tracks, split_track

TUNE = make_notes([0, 480, 960, 1440], [480] * 4, [60, 64, 67, 72], [80] * 4)
BASS = make_notes([0, 960], [960] * 2, [40, 43], [80] * 2)
SONG = Song(tracks=(Track(notes=TUNE, name="Tune"), Track(notes=BASS, name="Bass")))
NOTHING = EMPTY_NOTES, EMPTY_NOTES


def test_they_are_found_again_in_the_song():
    locks = locks_of(0, TUNE[1:3]) | locks_of(1, BASS[:1]) | {(0, 480, 65), (7, 0, 60)}
    found = locked_notes(SONG, locks)
    assert np.array_equal(found[0], TUNE[1:3]) and np.array_equal(found[1], BASS[:1]) and set(found) == {0, 1}


def test_a_note_that_is_moved_takes_its_lock_along():
    old, new = TUNE[:2], shifted(TUNE[:2], 240, 4)
    after = exchange_notes(SONG, 0, old, new)
    assert carried(locks_of(0, TUNE), SONG, after, 0, (old, new)) == locks_of(0, after.tracks[0].notes)


def test_a_copy_is_not_locked_and_a_note_that_is_deleted_is_no_more():
    copies = shifted(TUNE[:1], 1920)
    after = exchange_notes(SONG, 0, EMPTY_NOTES, copies)
    assert carried(locks_of(0, TUNE[:1]), SONG, after, 0, (TUNE[:1], copies)) == locks_of(0, TUNE[:1])
    without = exchange_notes(SONG, 0, TUNE[:1], EMPTY_NOTES)
    assert carried(locks_of(0, TUNE[:2]), SONG, without, 0, (TUNE[:1], EMPTY_NOTES)) == locks_of(0, TUNE[1:2])


@given(st.integers(0, 2), st.sampled_from(["move", "add", "remove"]))
def test_locks_follow_their_track(place, edit):
    song = replace(SONG, tracks=(*SONG.tracks, Track(notes=shifted(TUNE, 0, 1), name="Third")))
    locks = locks_of(0, song.tracks[0].notes) | locks_of(2, song.tracks[2].notes)
    after = {"move": lambda: move_track(song, 0, place), "add": lambda: add_track(song, Track(), place),
             "remove": lambda: remove_track(song, place)}[edit]()
    now = carried(locks, song, after, 0, NOTHING)
    there = {track.name: index for index, track in enumerate(after.tracks)}
    wanted = frozenset().union(*(locks_of(there[name], after.tracks[there[name]].notes)
                                 for name in ("Tune", "Third") if name in there))
    assert now == wanted


def test_locks_stay_where_other_notes_of_the_track_change():
    after = exchange_notes(SONG, 0, TUNE[3:], shifted(TUNE[3:], 0, 2))
    assert carried(locks_of(0, TUNE[:2]), SONG, after, 0, (TUNE[3:], shifted(TUNE[3:], 0, 2))) == locks_of(0, TUNE[:2])


@given(st.integers(0, 3), st.integers(0, 2), st.booleans())
def test_locks_go_along_where_bars_are_put_in_or_taken_out(bar, more, deleting):
    """As if the locked notes were alone on their track: then those that are left are the locked ones."""
    pitches = [60, 60, 62, 60, 60, 62, 60, 60]
    notes = make_notes(np.arange(8) * 960, [480] * 8, pitches, [80] * 8)
    song = Song(tracks=(Track(notes=notes),))

    def edited(one: Song) -> Song:
        return delete_bars(one, bar, bar + more) if deleting else insert_bars(one, bar, more)

    after, alone = edited(song), edited(Song(tracks=(Track(notes=notes[::2]),)))
    assert carried(locks_of(0, notes[::2]), song, after, 0, NOTHING) == locks_of(0, alone.tracks[0].notes)


def test_a_copy_of_a_track_is_not_locked():
    locks = locks_of(0, TUNE)
    assert carried(locks, SONG, duplicate_track(SONG, 0), 0, NOTHING) == locks


def test_locks_go_along_when_tracks_become_one_or_a_track_becomes_two():
    song = add_track(SONG, Track(notes=shifted(BASS, 480, -5), name="Low"))
    locks = locks_of(0, TUNE[:1]) | locks_of(1, BASS) | locks_of(2, song.tracks[2].notes[:1])
    one = merge_tracks(song, (0, 1))
    merged = carried(locks, song, one, 0, NOTHING)
    assert merged == locks_of(0, TUNE[:1]) | locks_of(0, BASS) | locks_of(1, song.tracks[2].notes[:1])
    assert carried(merged, one, split_track(one, 0, 50), 0, NOTHING) == locks
