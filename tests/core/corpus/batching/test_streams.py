"""Batches cut from real streams: right wherever the streams live, transposed as a whole, padded only at the end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corpus.batching import Batch, Contiguous, DiskStreams, LongSequence, MemoryStreams, PerSong, stream_validation
from core.corpus.batching.streams import transpositions
from core.corpus.store import Store
from core.tokens import vocabulary as v
from core.tokens.stream import song_stream
from tests.core.corpus.batching.songs import small_store

STRATEGIES = (LongSequence, PerSong, Contiguous)
CONTEXT = 48


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return small_store(tmp_path_factory.mktemp("batching") / "store")


@pytest.fixture(scope="module")
def memory(store: Store) -> MemoryStreams:
    return MemoryStreams(store)


def assert_equal(one: Batch, other: Batch) -> None:
    for name in ("features", "answer", "note_count", "song_ended"):
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.dtype == theirs.dtype
        assert np.array_equal(mine, theirs), name
    assert one.task == other.task


@pytest.mark.parametrize("kind", STRATEGIES)
@pytest.mark.parametrize("transpose", [False, True])
def test_it_is_the_same_from_disk_and_from_memory(store, memory, kind, transpose):
    disk, held = (kind(streams, CONTEXT, 4, seed=7, transpose=transpose)
                  for streams in (DiskStreams(store, kept=2), memory))
    for step in range(20):
        assert_equal(disk.batch(step), held.batch(step))


@pytest.mark.parametrize("kind", STRATEGIES)
def test_a_batch_shows_what_the_plan_says_and_pads_the_rest(store, memory, kind):
    strategy = kind(memory, CONTEXT, 4, seed=1)
    for step in range(15):
        plan, batch = strategy.plan(step), strategy.batch(step)
        assert batch.features.shape == (4, CONTEXT, 6) and batch.features.dtype == np.int32
        shown = np.zeros((4, CONTEXT), dtype=bool)
        for row, at, song, start, length in zip(plan.row, plan.at, plan.song, plan.start, plan.length):
            assert np.array_equal(batch.features[row, at:at + length], song_stream(store[song])[start:start + length])
            shown[row, at:at + length] = True
        assert not (np.diff(shown.astype(int), axis=1) > 0).any()  # padding only at the end
        assert (batch.features[~shown] == [v.PAD, 0, 0, v.NO_TRACK, v.NO_PROGRAM, 0]).all()
        assert np.array_equal(batch.answer[:, 1:], shown[:, 1:]) and not batch.answer[:, 0].any()
        notes = np.isin(v.KIND_OF[batch.features[:, :, 0]], [v.Kind.PITCH, v.Kind.DRUM]) & batch.answer
        assert np.array_equal(batch.note_count, notes.sum(axis=1))
        assert batch.task == ("stream",) * 4
        assert strategy.padding_share(1) == 1 - shown.mean() or step


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(5, 200))
def test_a_song_is_transposed_as_a_whole_and_stays_on_the_keyboard(memory, seed, context):
    strategy = Contiguous(memory, context, 2, seed, transpose=True)
    plain = Contiguous(memory, context, 2, seed)
    moved: dict[int, int] = {}
    for step in range(30):
        batch, was, plan = strategy.batch(step), plain.batch(step).features, plain.plan(step)
        pitched = v.KIND_OF[was[:, :, 0]] == v.Kind.PITCH
        difference = batch.features - was
        assert not difference[~pitched].any() and not difference[:, :, 1:].any()
        assert (v.KIND_OF[batch.features[:, :, 0]] == v.KIND_OF[was[:, :, 0]]).all()
        for row, start in zip(plan.row.tolist(), plan.start.tolist()):
            steps = np.unique(difference[row][pitched[row], 0]).tolist()
            assert len(steps) <= 1
            if start == 0:
                moved.pop(row, None)
            for semitones in steps:
                assert moved.setdefault(row, semitones) == semitones and abs(semitones) <= 6


@given(st.floats(0, 1, exclude_max=True), st.integers(0, 127), st.integers(0, 127))
def test_a_transposition_keeps_the_range_of_a_song(draw, lowest, highest):
    lowest, highest = sorted((lowest, highest))
    semitones = int(transpositions(np.array(draw), np.array(lowest), np.array(highest)))
    assert -6 <= semitones <= 6 and lowest + semitones >= 0 and highest + semitones <= 127


def test_every_transposition_comes_up():
    draws = np.linspace(0, 1, 1000, endpoint=False)
    assert np.unique(transpositions(draws, np.array(40), np.array(80))).tolist() == list(range(-6, 7))
    assert np.unique(transpositions(draws, np.array(2), np.array(123))).tolist() == list(range(-2, 5))
    assert np.unique(transpositions(draws, np.array(0), np.array(127))).tolist() == [0]


def test_validation_reads_songs_in_order_from_their_start(store):
    batches = stream_validation(store, CONTEXT, 3, songs=6, seed=2, segments=5)
    for one, other in zip(batches, stream_validation(store, CONTEXT, 3, songs=6, seed=2, segments=5)):
        assert_equal(one, other)
    read, reading = [], [[] for _ in range(3)]
    for batch in batches:
        for row in range(3):
            reading[row].append(batch.features[row][batch.features[row, :, 0] != v.PAD])
            if batch.song_ended[row]:
                read.append(np.concatenate(reading[row]))
                reading[row] = []
    read = [song for song in read if len(song)]
    assert not any(reading) and len(read) == 6
    streams = [song_stream(store[i])[:5 * CONTEXT] for i in range(len(store))]
    found = [next(i for i, stream in enumerate(streams) if np.array_equal(song, stream)) for song in read]
    assert len(set(found)) == 6
    assert {batch.features.shape for batch in batches} == {(3, CONTEXT, 6)}


def test_validation_takes_what_is_there(store):
    assert len(stream_validation(store, 10_000, 100, songs=500)) == 1
