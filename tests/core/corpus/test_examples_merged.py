"""Training examples in merged tokens: the same music as in plain ones, transposed before it is merged."""

import numpy as np
import pytest

from core.corpus.examples import TASKS, ExampleSource, draw_example, validation_batches
from core.corpus.store import SongEntry, Store, write_store
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from tests.core.tokens.merged import little_songs, small_merges
from tests.core.tokens.songs import dense_song

CONTEXT = 128
KINDS = ("bpe", "action")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("merged") / "store"
    write_store(folder, ((SongEntry(f"{i}.mid", "little"), song) for i, song in enumerate(little_songs())))
    return Store(folder)


@pytest.mark.parametrize("kind", KINDS)
def test_batches_are_the_same_for_the_same_step_fit_and_count_their_notes(store, kind):
    merges = small_merges(kind)
    source = ExampleSource(store, CONTEXT, 8, seed=2, merges=merges)
    used = 0
    for step in range(10):
        batch, again = source.batch(step), ExampleSource(store, CONTEXT, 8, seed=2, merges=merges).batch(step)
        assert np.array_equal(batch.features, again.features)
        assert batch.features.shape == (8, CONTEXT, 6)
        assert batch.features[..., 0].max() < merges.size
        assert np.array_equal((merges.notes[batch.features[..., 0]] * batch.answer).sum(axis=1), batch.note_count)
        used += int((batch.features[..., 0] >= v.SIZE).sum())
    assert used > 100


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_holds_more_music_than_in_plain_tokens(store, kind):
    def bars(merges):
        batches = [ExampleSource(store, CONTEXT, 8, merges=merges).batch(step) for step in range(10)]
        return np.mean([(b.features[..., 0] >= v.BAR) & (b.features[..., 0] < v.TEMPO) for b in batches])

    assert bars(small_merges(kind)) > bars(None)


@pytest.mark.parametrize("kind", KINDS)
def test_songs_are_transposed_before_they_are_merged(store, kind):
    """In whatever key a song comes, its pitches keep their distances."""
    merges, plain = small_merges(kind), store[1]
    wanted = set()
    for shift in range(-6, 7):
        tokens = plain.tokens.astype(int)
        wanted.add(tuple(np.where(v.KIND_OF[tokens] == v.Kind.PITCH, tokens + shift, tokens)[:12].tolist()))
    seen = set()
    for seed in range(60):
        window = draw_example(plain, 1024, np.random.default_rng(seed), task="track", merges=merges)
        tokens = merges.expand_tokens(window.features[:, 0])
        if tokens[0] == v.SONG:
            starts = np.flatnonzero(v.KIND_OF[tokens] == v.Kind.POSITION)
            if len(starts):
                seen.add(tuple(tokens[starts[0]:starts[0] + 12].tolist()))
    assert len(seen & wanted) > 4


def test_validation_is_not_transposed(store):
    merges = small_merges("bpe")
    batches = validation_batches(store, CONTEXT, 4, per_task=4, merges=merges)
    assert [batch.task for batch in batches] == [(task,) * 4 for task in TASKS]
    sung = {int(token) for song in little_songs() for token in song.tokens if v.PITCH <= token < v.DRUM}
    shown = {int(token) for batch in batches for token in merges.expand_tokens(batch.features[..., 0].ravel())
             if v.PITCH <= token < v.DRUM}
    assert shown and shown <= sung


def test_a_window_that_is_cut_off_counts_the_notes_that_are_left():
    thick = encode(dense_song(bars=2, tracks=1, notes_a_bar=48, seed=3))
    merges = small_merges("bpe")
    window = draw_example(thick, 64, np.random.default_rng(0), task="track", merges=merges)
    assert len(window.features) == 64
    assert window.note_count == merges.notes[window.features[window.answer_start:, 0]].sum()
