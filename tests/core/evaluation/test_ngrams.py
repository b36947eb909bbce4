import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.held_out import HeldOutSong
from core.evaluation.ngram_writer import write_by_ngrams
from core.evaluation.ngrams import ORDER, NgramModel, cell_keys, opening, train_ngrams
from core.evaluation.windows import PROTOCOLS, draw_window
from core.music.edits import replace_cells
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from tests.core.evaluation.songs import tune


@pytest.fixture(scope="module")
def songs():
    return [encode(tune(shift=shift), drum_durations=False) for shift in range(4)]


@pytest.fixture(scope="module")
def model(songs):
    return train_ngrams(songs)


def keys_of(song):
    return cell_keys(song.tokens, song.cell_start, song.programs[song.cell_track])


@given(st.lists(st.integers(0, v.SIZE - 1), min_size=ORDER - 1, max_size=8))
@settings(max_examples=50)
def test_the_chances_of_all_tokens_sum_to_one_in_any_context(model, context):
    chances = model.distribution(context)
    assert chances.min() > 0
    assert chances.sum() == pytest.approx(1.0)


def test_what_it_samples_from_is_what_it_is_measured_by(model, songs):
    song = songs[1]
    keys = keys_of(song)
    bits = iter(model.bits(keys))
    for cell in range(6):
        context = opening(int(song.programs[song.cell_track[cell]]))
        for token in [*song.tokens[song.cell_start[cell]:song.cell_start[cell + 1]].tolist(), v.END]:
            assert next(bits) == pytest.approx(-np.log2(model.distribution(context)[token]))
            context.append(token)


def test_music_it_was_trained_on_costs_little_and_other_music_more(model, songs):
    known, unknown = keys_of(songs[0]), keys_of(encode(tune(shift=11), drum_durations=False))
    assert model.bits(known).mean() < 2.0 < model.bits(unknown).mean()


def test_every_token_of_a_cell_and_its_end_are_foreseen_after_the_four_before():
    cells = [[v.POSITION, v.VELOCITY, v.PITCH + 60, v.DURATION], [], [v.POSITION + 3]]  # one is empty
    start = np.cumsum([0, *map(len, cells)])
    keys = cell_keys(np.concatenate(cells).astype(np.uint16), start, np.array([5, 6, v.DRUMS]))
    unpacked = [[int(key) >> 10 * back & 1023 for back in range(ORDER - 1, -1, -1)] for key in keys]
    wanted = []
    for cell, program in zip(cells, (5, 6, v.DRUMS)):
        line = [*opening(program), *cell, v.END]
        wanted += [line[at - ORDER + 1:at + 1] for at in range(ORDER - 1, len(line))]
    assert unpacked == wanted


def test_silent_bars_of_a_track_are_counted_as_empty_cells(songs):
    longer = encode(tune(), bar_count=100, drum_durations=False)
    short, long = train_ngrams(songs[:1]), train_ngrams([longer])
    assert long.tokens - short.tokens == 88 * 3
    piano = opening(0)
    assert long.distribution(piano)[v.END] > 0.8 > 0.2 > short.distribution(piano)[v.END]


def test_counting_in_pieces_is_counting_at_once(songs, model):
    pieces = train_ngrams(songs, chunk_tokens=1)
    for one, other in zip(pieces.tables, model.tables):
        assert np.array_equal(one.keys, other.keys) and np.array_equal(one.counts, other.counts)


def test_a_limit_keeps_the_commonest(songs, model):
    small = train_ngrams(songs, most_grams=40)
    assert len(small.tables[-1].keys) == 40
    assert small.tables[-1].counts.min() >= np.sort(model.tables[-1].counts)[-40]
    assert small.distribution(opening(0)).sum() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="no music"):
        train_ngrams([])


def test_it_comes_back_from_disk_as_it_was(model, songs, tmp_path):
    model.save(tmp_path / "ngrams.npz")
    back = NgramModel.load(tmp_path / "ngrams.npz")
    keys = keys_of(songs[2])
    assert back.tokens == model.tokens and np.array_equal(back.bits(keys), model.bits(keys))
    np.savez(tmp_path / "other.npz", keys=np.zeros(3), counts=np.zeros(3), tokens=0)
    with pytest.raises(ValueError, match="holds no n-grams"):
        NgramModel.load(tmp_path / "other.npz")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_it_writes_notes_into_every_cell_asked_for_and_nowhere_else(model, protocol):
    song = tune()
    held_out = HeldOutSong("tune", "", song, encode(song, drum_durations=False))
    window = draw_window(held_out, PROTOCOLS[protocol], np.random.default_rng(1))
    take = write_by_ngrams(model, window, 0.5, np.random.default_rng(0))
    filled = replace_cells(window.song, window.cells, take)  # which refuses notes outside of the cells
    for bar, track in window.cells:
        assert bar in filled.timebase.bar_at(filled.tracks[track].notes["onset"])
    again = write_by_ngrams(model, window, 0.5, np.random.default_rng(0))
    assert all(np.array_equal(take[track], again[track]) for track in take)
