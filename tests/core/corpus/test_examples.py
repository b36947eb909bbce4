"""Training examples: the same for the same step, never too long, of every task, and worth learning from."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corpus.examples import (
    APART,
    TASKS,
    WORTH_PACKING,
    Batch,
    ExampleSource,
    choose_layout,
    draw_example,
    mark_cells,
    transposition,
    validation_batches,
)
from core.corpus.store import SongEntry, Store, write_store
from core.music.song import Song, Track, make_notes
from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong, encode
from tests.core.tokens.songs import dense_song

CONTEXT = 256


def encoded(song: Song) -> EncodedSong:
    return encode(song, drum_durations=False)


def with_silence(bars: int) -> EncodedSong:
    """Eight bars of music, silence, eight bars of music, and a last note that rings on for long."""
    notes = dense_song(bars=8, tracks=1).tracks[0].notes
    later = notes.copy()
    later["onset"] += (8 + bars) * 1920
    later["duration"][-1] = bars * 1920
    return encoded(Song(tracks=(Track(np.concatenate([notes, later])),)))


SONGS = {
    "band": [encoded(dense_song(bars=40, tracks=6, seed=i)) for i in range(3)],
    "solo": [encoded(dense_song(bars=60, tracks=1, notes_a_bar=4, seed=9)), with_silence(40)],
    "thick": [encoded(dense_song(bars=8, tracks=2, notes_a_bar=48, seed=3))],
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("examples") / "store"
    write_store(folder, ((SongEntry(f"{name}/{i}.mid", name), song)
                         for name, songs in SONGS.items() for i, song in enumerate(songs)))
    return Store(folder)


def assert_equal(one: Batch, other: Batch) -> None:
    assert np.array_equal(one.features, other.features)
    assert np.array_equal(one.answer, other.answer)
    assert np.array_equal(one.note_count, other.note_count)
    assert one.task == other.task


def notes_in(batch: Batch) -> np.ndarray:
    kinds = v.KIND_OF[batch.features[:, :, 0]]
    return (np.isin(kinds, [v.Kind.PITCH, v.Kind.DRUM]) & batch.answer).sum(axis=1)


def test_a_batch_depends_on_the_seed_and_the_step_alone(store):
    source = ExampleSource(store, CONTEXT, 4, seed=3)
    source.batch(1)
    assert_equal(source.batch(7), ExampleSource(store, CONTEXT, 4, seed=3).batch(7))
    for other in (source.batch(8), ExampleSource(store, CONTEXT, 4, seed=4).batch(7)):
        assert not np.array_equal(source.batch(7).features, other.features)


def test_examples_fit_ask_for_notes_and_are_of_every_task(store):
    source = ExampleSource(store, CONTEXT, 8)
    tasks = []
    for step in range(25):
        batch = source.batch(step)
        tasks += batch.task
        assert batch.features.shape == (8, CONTEXT, 6)
        assert batch.features.dtype == np.int32
        assert np.array_equal(notes_in(batch), batch.note_count)
        sounding = np.isin(v.KIND_OF[batch.features[:, :, 0]], [v.Kind.PITCH, v.Kind.DRUM]).any(axis=1)
        assert (batch.note_count[sounding] > 0).all()
        assert not (batch.answer & (batch.features[:, :, 0] == v.PAD)).any()
        for tokens, answer in zip(batch.features[:, :, 0], batch.answer):
            assert tokens[np.argmax(answer) - 1] == v.GENERATE
    assert set(tasks) == set(TASKS)


def test_a_row_that_a_window_leaves_free_is_filled_with_others_far_away(store):
    batches = [ExampleSource(store, 1024, 8, seed=1).batch(step) for step in range(6)]
    tokens = np.concatenate([batch.features[:, :, 0] for batch in batches])
    times = np.concatenate([batch.features[:, :, 5] for batch in batches])
    starts = np.isin(tokens, [v.SONG, v.EXCERPT])
    assert (starts.sum(axis=1) >= 1).all() and (starts.sum(axis=1) > 1).any()
    assert ((tokens == v.PAD).sum(axis=1) < WORTH_PACKING).all()
    for row, begins in zip(times, starts):
        assert (row[begins] == APART * np.arange(begins.sum())).all()


def test_padding_is_plain(store):
    features = ExampleSource(store, 1024, 2).batch(0).features
    padding = features[features[:, :, 0] == v.PAD]
    assert len(padding)
    assert (padding == [v.PAD, 0, 0, v.NO_TRACK, v.NO_PROGRAM, 0]).all()


def test_shares_are_respected(store):
    names = np.array([entry.collection for entry in store.entries])
    source = ExampleSource(store, CONTEXT, 8, shares={"band": 0.1, "solo": 0.6, "thick": 0.3})
    weights = np.diff(source._cumulative, prepend=0.0)
    for name, share in (("band", 0.1), ("solo", 0.6), ("thick", 0.3)):
        assert weights[names == name].sum() == pytest.approx(share)
    only = ExampleSource(store, CONTEXT, 8, shares={"band": 0.0, "solo": 1.0, "thick": 0.0})
    for step in range(5):
        assert set(only.batch(step).features[:, :, 4].ravel().tolist()) <= {0, v.NO_PROGRAM}


def test_a_collection_that_is_not_named_shares_what_its_size_gives(store):
    names = np.array([entry.collection for entry in store.entries])
    plain = np.diff(ExampleSource(store, CONTEXT, 8)._cumulative, prepend=0.0)
    size = np.sqrt(store.token_counts())
    for name in SONGS:
        assert plain[names == name].sum() == pytest.approx(size[names == name].sum() / size.sum())


def test_validation_is_the_same_each_time_and_not_transposed(store):
    batches = validation_batches(store, CONTEXT, 4, per_task=6)
    again = validation_batches(store, CONTEXT, 4, per_task=6)
    assert [batch.task for batch in batches] == [(task,) * rows for task in TASKS for rows in (4, 2)]
    for one, other in zip(batches, again):
        assert_equal(one, other)
    sung = {int(token) for songs in SONGS.values() for song in songs for token in song.tokens
            if v.PITCH <= token < v.DRUM}
    shown = {int(token) for batch in batches for token in np.unique(batch.features[:, :, 0])
             if v.PITCH <= token < v.DRUM}
    assert shown <= sung


@settings(max_examples=40)
@given(st.sampled_from(TASKS), st.integers(0, 10_000), st.sampled_from([128, 256, 1024]),
       st.sampled_from([*SONGS["band"], SONGS["solo"][0], *SONGS["thick"]]))
def test_an_example_fits_and_has_something_to_write(task, seed, context, song):
    window = draw_example(song, context, np.random.default_rng(seed), task=task)
    assert len(window.features) <= context
    if window.features[-1, 0] == v.END:
        assert window.note_count > 0
        assert window.features[window.answer_start - 1, 0] == v.GENERATE
    else:  # a single bar that is too much for the window is cut off
        assert len(window.features) == context


@pytest.mark.parametrize("silence", [1, 15, 16, 17, 100, 140])
def test_a_long_silence_is_stepped_over(silence):
    song = with_silence(silence)
    for seed in range(120):
        rng = np.random.default_rng(seed)
        layout = choose_layout(song, CONTEXT, rng)
        assert layout.tracks == (0,)
        cells = song.cells_in(layout.first_bar, layout.last_bar)
        if len(cells):
            marked = mark_cells(song, layout, "track", rng)
            assert marked[song.cell_bar[cells.start:cells.stop] - layout.first_bar, 0].any()


@pytest.mark.parametrize("task", TASKS)
def test_marked_cells_lie_in_the_window(task):
    song = SONGS["band"][0]
    for seed in range(40):
        rng = np.random.default_rng(seed)
        layout = choose_layout(song, 1024, rng)
        marked = mark_cells(song, layout, task, rng)
        assert marked.shape == (layout.last_bar - layout.first_bar + 1, len(layout.tracks))
        bars, columns = np.nonzero(marked)
        assert len(bars)
        if task == "continue":
            assert bars.max() == len(marked) - 1
            assert np.array_equal(np.unique(bars), np.arange(bars.min(), len(marked)))
        if task == "block":
            assert len(bars) == len(np.unique(bars)) * len(np.unique(columns))
        if task == "cells":
            sounding = {(int(bar), int(track)) for bar, track in zip(song.cell_bar, song.cell_track)}
            assert {(bar + layout.first_bar, layout.tracks[column]) for bar, column in zip(bars, columns)} <= sounding
        if task == "track":
            assert len(np.unique(columns)) == 1
            assert marked[:, columns[0]].all()


def test_ranks_see_songs_of_their_own_and_together_all(store):
    ranks = [ExampleSource(store, CONTEXT, 4, rank=rank, ranks=3) for rank in range(3)]
    seen = [set(source._songs.tolist()) for source in ranks]
    assert sorted(song for songs in seen for song in songs) == list(range(len(store)))
    assert_equal(ranks[1].batch(5), ExampleSource(store, CONTEXT, 4, rank=1, ranks=3).batch(5))
    shown = [{bar.tobytes() for step in range(10) for bar in source.batch(step).features} for source in ranks]
    assert not shown[0] & shown[1] and not shown[1] & shown[2]


def test_more_ranks_than_songs_are_refused(store):
    with pytest.raises(ValueError, match="too few"):
        ExampleSource(store, CONTEXT, 4, rank=9, ranks=10)
    with pytest.raises(ValueError, match="numbered from 0"):
        ExampleSource(store, CONTEXT, 4, rank=2, ranks=2)


def test_an_unknown_task_is_an_error():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"juggle.*continue"):
        mark_cells(SONGS["solo"][0], choose_layout(SONGS["solo"][0], CONTEXT, rng), "juggle", rng)


@pytest.mark.parametrize("pitches", [(0, 60), (60, 127), (0, 127), (60, 60)])
def test_transposition_keeps_every_pitch_on_the_keyboard(pitches):
    song = encoded(Song(tracks=(Track(make_notes([0, 480], [480, 480], pitches, [80, 80])),)))
    steps = {transposition(song, np.random.default_rng(seed)) for seed in range(200)}
    assert all(0 <= pitch + step <= 127 for pitch in pitches for step in steps)
    assert steps == set(range(max(-6, -min(pitches)), min(6, 127 - max(pitches)) + 1))


def test_a_song_of_drums_alone_is_not_transposed():
    song = encoded(Song(tracks=(Track(dense_song(4, 1).tracks[0].notes, is_drum=True),)))
    assert transposition(song, np.random.default_rng(0)) == 0
