"""Merged tokens: nothing is lost, no cell is crossed, what the model reads beside them stays exact."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong, encode
from core.tokens.grid import units_of_slot
from core.tokens.merges import (
    Merges,
    component_count,
    components,
    learn_actions,
    learn_bpe,
    token_statistics,
    transposed,
)
from core.tokens.merges.learning import sample_cells
from core.tokens.stream import song_stream, stream_length
from core.tokens.window import Layout, build_window
from tests.core.tokens.merged import little_songs, merges_of, small_merges
from tests.core.tokens.songs import dense_song, grid_songs, played_songs

KINDS = ("bpe", "action")
FEW = settings(max_examples=40)


def merges_for(song: EncodedSong, kind: str) -> Merges:
    """Merges learned from the song itself, untransposed too, so that many of them are used."""
    tokens = song.tokens.tolist()
    if kind == "action":
        starts = [i for i, token in enumerate(tokens) if v.KIND_OF[token] == v.Kind.POSITION]
        actions = dict.fromkeys(tuple(tokens[a:b]) for a, b in zip(starts, [*starts[1:], len(tokens)]) if b - a <= 64)
        return Merges("action", tuple(actions)[::2])
    bounds = song.cell_start.tolist()
    return merges_of(tuple(tokens[a:min(a + 3 + a % 5, b)]) for start, b in zip(bounds, bounds[1:])
                     for a in range(start, b - 1, 3))


def assert_same(one: EncodedSong, other: EncodedSong) -> None:
    for field in fields(EncodedSong):
        left, right = getattr(one, field.name), getattr(other, field.name)
        assert left.dtype == right.dtype and np.array_equal(left, right), field.name


def expanded(features: np.ndarray, merges: Merges) -> np.ndarray:
    """Rows of a merged window as rows of plain tokens."""
    rows = []
    for row in features.tolist():
        start, slot = row[5] - int(units_of_slot(row[2])), None
        parts = merges.expand_token(row[0])
        if len(parts) > 1 and v.KIND_OF[parts[0]] != v.Kind.POSITION:
            slot = rows[-1][2]
        for part in parts:
            if v.KIND_OF[part] == v.Kind.POSITION:
                slot = part - v.POSITION
            at = row[2] if slot is None else slot
            rows.append([part, row[1], at, row[3], row[4], start + int(units_of_slot(at))])
    return np.array(rows, dtype=np.int32)


@FEW
@given(st.one_of(grid_songs(), played_songs()), st.sampled_from(KINDS), st.booleans())
def test_what_was_merged_comes_back_exactly(song, kind, drum_durations):
    plain = encode(song, bar_count=12, drum_durations=drum_durations)
    for merges in (merges_for(plain, kind), small_merges(kind)):
        merged = merges.apply(plain)
        assert_same(merges.expand(merged), plain)
        assert len(merged.tokens) == len(merged.slots) == merged.cell_start[-1] <= len(plain.tokens)


@FEW
@given(grid_songs(), st.sampled_from(KINDS))
def test_no_merged_token_reaches_beyond_its_cell(song, kind):
    plain = encode(song)
    merges = merges_for(plain, kind)
    merged = merges.apply(plain)
    for cell in range(plain.cell_count):
        inside = merged.tokens[merged.cell_start[cell]:merged.cell_start[cell + 1]]
        content = plain.tokens[plain.cell_start[cell]:plain.cell_start[cell + 1]]
        assert np.array_equal(merges.expand_tokens(inside), content)
        assert merges.notes[inside].sum() == plain.cell_notes[cell]


@FEW
@given(grid_songs(), st.sampled_from(KINDS), st.data())
def test_a_window_of_merged_tokens_says_of_each_part_what_the_plain_window_says(song, kind, data):
    plain = encode(song, bar_count=3)
    tracks = tuple(range(len(plain.programs)))
    layout = Layout(0, plain.bar_count - 1, tracks, tracks)
    cells = [(bar, track) for bar in range(plain.bar_count) for track in tracks]
    marked = data.draw(st.lists(st.sampled_from(cells), min_size=1, max_size=6, unique=True))
    merges = merges_for(plain, kind)
    merged = build_window(merges.apply(plain), layout, marked)
    wanted = build_window(plain, layout, marked)
    assert np.array_equal(expanded(merged.features, merges), wanted.features)
    assert merged.note_count == wanted.note_count
    assert np.array_equal(expanded(merged.features[:merged.answer_start], merges),
                          wanted.features[:wanted.answer_start])


def test_a_merged_token_stands_where_its_last_part_does():
    plain = encode(dense_song(bars=1, tracks=1, notes_a_bar=4))
    first, second = plain.tokens.tolist()[:4], plain.tokens.tolist()[4:8]
    merged = merges_of([(*first, second[0])]).apply(plain)
    assert merged.tokens[0] == v.SIZE + 3
    assert merged.slots[:2].tolist() == [12, 12]


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_song_as_a_stream(kind):
    plain = little_songs()[1]
    merges = small_merges(kind)
    merged = merges.apply(plain)
    assert len(song_stream(merged)) == stream_length(merged) < stream_length(plain)
    assert np.array_equal(expanded(song_stream(merged), merges), song_stream(plain))


@pytest.mark.parametrize("kind", KINDS)
def test_a_silent_song_stays_silent(kind):
    silent = encode(dense_song(0, 1), bar_count=4)
    assert_same(small_merges(kind).apply(silent), silent)
    assert_same(small_merges(kind).expand(silent), silent)


# -- learning --------------------------------------------------------------------------------------


@pytest.mark.parametrize("learn", [learn_bpe, learn_actions])
def test_the_same_songs_and_seed_give_the_same_merges(learn):
    songs = little_songs() * 10
    once = learn(songs, v.SIZE + 60, seed=4)
    assert learn(iter(songs), v.SIZE + 60, seed=4) == once
    assert once.size == v.SIZE + 60
    few = [learn(songs, v.SIZE + 60, seed=seed, sampled_tokens=300) for seed in (4, 5)]
    assert few[0] != few[1]


def test_the_most_frequent_actions_come_first_in_every_key():
    """A song in one key, learned from in others as well: as training transposes it."""
    song = encode(dense_song(bars=40, tracks=1, notes_a_bar=1))
    tokens = song.tokens.copy()
    tokens[v.KIND_OF[tokens] == v.Kind.PITCH] = v.PITCH + 60
    tokens[v.KIND_OF[tokens] == v.Kind.VELOCITY] = v.VELOCITY + 4
    song = type(song)(**{**{f.name: getattr(song, f.name) for f in fields(song)}, "tokens": tokens})
    learned = learn_actions([song] * 60, v.SIZE + 13, seed=0)
    assert {parts[2] - v.PITCH for parts in learned.expansions} == set(range(54, 67))


def test_byte_pairs_shorten_most_and_a_song_counts_its_bars_and_notes():
    songs = little_songs()
    plain = token_statistics(songs)
    assert plain.notes == sum(int(song.cell_notes.sum()) for song in songs)
    assert plain.bars == sum(song.bar_count for song in songs)
    assert plain.stream_tokens == sum(stream_length(song) for song in songs)
    for kind in KINDS:
        shorter = token_statistics(songs, small_merges(kind))
        assert (shorter.notes, shorter.bars) == (plain.notes, plain.bars)
        assert shorter.tokens_per_note < plain.tokens_per_note
        assert shorter.bars_per_1024_tokens > plain.bars_per_1024_tokens


def test_long_works_do_not_crowd_out_others():
    sampled = list(sample_cells([encode(dense_song(500, 1, 2)), encode(dense_song(5, 1, 2))], 0, 10**9))
    assert sorted(song.cell_count for song in sampled) == [5, 400]
    assert len(list(sample_cells([encode(dense_song(8, 1, 2))] * 9, 0, 70))) == 2


@pytest.mark.parametrize("learn", [learn_bpe, learn_actions])
@pytest.mark.parametrize("size", [0, v.SIZE, 70_000])
def test_an_impossible_size_is_refused(learn, size):
    with pytest.raises(ValueError, match=f"{size:,}"):
        learn(little_songs(), size)


def test_transposing_moves_pitches_alone():
    plain = little_songs()[0]
    moved = transposed(plain, -5)
    pitched = v.KIND_OF[plain.tokens] == v.Kind.PITCH
    assert np.array_equal(moved.tokens.astype(int) - plain.tokens, np.where(pitched, -5, 0))
    assert transposed(plain, 0) is plain


# -- what tokens share -----------------------------------------------------------------------------


def test_without_merges_tokens_share_what_they_always_did():
    assert components() is v.COMPONENTS and component_count() == v.COMPONENT_COUNT


@pytest.mark.parametrize("kind", KINDS)
def test_a_merged_token_shares_rows_with_what_it_is_made_of(kind):
    merges = small_merges(kind)
    table, count = components(merges), component_count(merges)
    assert len(table) == merges.size and table.min() == 0 and table.max() == count - 1
    assert np.array_equal(table[:v.SIZE, 0], v.COMPONENTS[:, 0])
    assert np.array_equal(table[v.PITCH:v.PITCH + 128, :3], v.COMPONENTS[v.PITCH:v.PITCH + 128])
    assert len(np.unique(table[v.DURATION:v.DENSITY, 1])) == v.DENSITY - v.DURATION
    for token, parts in enumerate(merges.expansions, start=v.SIZE):
        rows = [row for row in table[token].tolist() if row]
        assert len(set(rows)) == len(rows) <= 16
        assert set(rows) <= set(table[list(parts)].ravel().tolist())
        if len(rows) < 16:
            assert set(rows) == set(table[list(parts)].ravel().tolist()) - {0}
