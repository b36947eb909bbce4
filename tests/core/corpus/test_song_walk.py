"""Rows that walk through songs: every token is read once in order, and windows stand where the row does."""

from dataclasses import replace

import numpy as np
import pytest

from core.corpus.batching import DiskStreams
from core.corpus.examples import TASKS
from core.corpus.song_walk import HeldOutWalk, SongWalk, draw_window_at
from core.corpus.store import SongEntry, Store, write_store
from core.music.timebase import Meter
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from core.tokens.segments import SongSegments
from core.tokens.stream import song_stream
from tests.core.tokens.songs import dense_song

CONTEXT, ROWS = 128, 3


def songs():
    some = [dense_song(bars=bars, tracks=2, notes_a_bar=4, seed=bars) for bars in (3, 12, 20, 7, 15)]
    some[1] = replace(some[1], meters=(Meter(0, 4, 4), Meter(4 * 1920, 3, 4)))
    return [encode(song, drum_durations=False) for song in some]


@pytest.fixture
def store(tmp_path):
    write_store(tmp_path / "store", ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(songs())))
    return Store(tmp_path / "store")


@pytest.mark.parametrize("context", [40, 128, 1000])
def test_segments_are_the_stream_in_whole_bars(context):
    for song in songs():
        segments = SongSegments(song, context)
        parts = [segments.read(number) for number in range(len(segments))]
        assert np.array_equal(np.concatenate(parts), song_stream(song))
        assert max(map(len, parts)) <= context
        if context >= 128:
            assert all((part[0, 0] >= v.BAR and part[0, 0] < v.TEMPO) for part in parts[1:])
        for number, part in enumerate(parts):
            bars = segments.bars(number)
            if segments.first_bar[number] >= 0:
                assert bars[0] == segments.first_bar[number]
            timed = part[:, 2] > 0
            assert np.array_equal(np.searchsorted(song.bar_units, part[timed, 5], side="right") - 1, bars[timed])


def test_each_row_reads_song_after_song_and_says_when_one_is_over(store):
    walk = SongWalk(DiskStreams(store), CONTEXT, ROWS, seed=3)
    read = [[] for _ in range(ROWS)]
    whole = [song_stream(store[number]) for number in range(len(store))]
    finished = []
    for step in range(14):
        batch = walk.batch(step)
        for row in range(ROWS):
            real = batch.features[row, :, 0] != v.PAD
            read[row].append(batch.features[row, real])
            assert len({*batch.places[row, real, 0]}) == 1
            if batch.song_ended[row]:
                song = int(batch.places[row, 0, 0])
                assert np.array_equal(np.concatenate(read[row]), whole[song])
                finished.append(song)
                read[row] = []
    assert sorted(set(finished)) == [0, 1, 2, 3, 4]


def test_windows_begin_with_the_bar_that_is_read_and_keep_the_songs_time_tracks_and_key(store):
    walk = SongWalk(DiskStreams(store), CONTEXT, ROWS, seed=1, transpose=True)
    compared = 0
    for step in range(10):
        batch = walk.batch(step)
        for row in range(ROWS):
            stream, window = batch.features[row], batch.features[ROWS + row]
            if not window[0, 0]:
                continue
            is_bar = (window[:, 0] >= v.BAR) & (window[:, 0] < v.TEMPO)
            first = stream[(stream[:, 0] >= v.BAR) & (stream[:, 0] < v.TEMPO)][0]
            assert window[is_bar][0, 5] == first[5] and batch.task[ROWS + row] in TASKS
            # A note of the window stands in the stream at the same time, on the same track, with the same pitch.
            note = (window[:, 0] >= v.PITCH) & (window[:, 0] < v.DURATION)
            reach = stream[stream[:, 0] != v.PAD][-1, 5]
            for token, _, _, track, _, time in window[note].tolist():
                if time < reach:
                    assert ((stream[:, 0] == token) & (stream[:, 3] == track) & (stream[:, 5] == time)).any()
                    compared += 1
    assert compared > 100


def test_a_batch_depends_on_its_step_alone_and_ranks_share_no_song(store):
    first, again = (SongWalk(DiskStreams(store), CONTEXT, ROWS, seed=5, transpose=True) for _ in range(2))
    for step in (9, 2):
        ours, theirs = first.batch(step), again.batch(step)
        assert np.array_equal(ours.features, theirs.features) and np.array_equal(ours.places, theirs.places)
    seen = [{int(song) for step in range(12) for song in SongWalk(
        DiskStreams(store), CONTEXT, 1, seed=5, rank=rank, ranks=2).batch(step).places[0, :1, 0]} for rank in (0, 1)]
    assert not seen[0] & seen[1] and seen[0] | seen[1] == {0, 1, 2, 3, 4}


def test_held_out_songs_are_read_from_their_start_and_nothing_of_them_is_asked(store):
    walk = HeldOutWalk(store, CONTEXT, 2, songs=4, longest=2)
    batches = [walk.batch(step) for step in range(len(walk))]
    assert {int(b.places[row, 0, 0]) for b in batches for row in range(2) if b.features[row, 0, 0]} <= set(range(5))
    assert all(not b.answer[:2].any() and not b.note_count[:2].any() for b in batches)
    assert sum(int(b.note_count.sum()) for b in batches) > 0
    assert batches[-1].song_ended.all()


def test_there_is_no_window_where_none_can_be():
    song, rng = songs()[1], np.random.default_rng(0)
    assert draw_window_at(song, -1, CONTEXT, rng, "cells") is None
    assert draw_window_at(song, 500, CONTEXT, rng, "cells") is None
    assert draw_window_at(song, 2, 20, rng, "cells") is None
