"""The three strategies as plans: what each row shows, nothing twice, nothing left out, the same for the same step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corpus.batching import Contiguous, LongSequence, PerSong, Pieces, Strategy
from core.corpus.batching.songs import draw_pass, songs_of_rank
from tests.core.corpus.batching.songs import BareStreams, bare

STRATEGIES = (LongSequence, PerSong, Contiguous)
FEW = settings(max_examples=60)
lengths = st.lists(st.integers(2, 70), min_size=1, max_size=25)
contexts = st.integers(1, 32)
rows = st.integers(1, 6)
seeds = st.integers(0, 1000)


def same(one: Pieces, other: Pieces) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)


@FEW
@given(lengths, contexts, rows, seeds, st.booleans())
def test_contiguous_shows_every_token_once_a_pass_in_order(sizes, context, batch_size, seed, transpose):
    strategy = Contiguous(bare(*sizes), context, batch_size, seed, transpose=transpose)
    current, finished, begun, step = [None] * batch_size, [], [], 0
    while len(finished) < len(sizes) or any(song in current for song in begun[:len(sizes)]):
        plan = strategy.plan(step)
        assert plan.row.tolist() == list(range(batch_size)) and not plan.at.any()
        for row, song, start, length in zip(*(a.tolist() for a in (plan.row, plan.song, plan.start, plan.length))):
            draw = plan.draw[row] if transpose else None
            if current[row] is None:
                current[row] = {"song": song, "next": 0, "draw": draw}
                begun.append(current[row])
            reading = current[row]
            assert (song, start, draw) == (reading["song"], reading["next"], reading["draw"])
            reading["next"] += length
            ended = reading["next"] == sizes[song]
            assert ended or length == context
            assert ended == plan.song_ended[row]
            if ended:
                finished.append(reading)
                current[row] = None
        step += 1
    assert sorted(reading["song"] for reading in begun[:len(sizes)]) == list(range(len(sizes)))
    assert all(reading["next"] == sizes[reading["song"]] for reading in begun[:len(sizes)])


@FEW
@given(lengths, contexts, rows, seeds)
def test_per_song_shows_each_song_once_a_pass_and_pads_only_what_is_short(sizes, context, batch_size, seed):
    strategy = PerSong(bare(*sizes), context, batch_size, seed)
    plans = [strategy.plan(step) for step in range(-(-2 * len(sizes) // batch_size))]
    songs = np.concatenate([plan.song for plan in plans])
    for number in range(2):
        assert sorted(songs[number * len(sizes):(number + 1) * len(sizes)]) == list(range(len(sizes)))
    for plan in plans:
        size = np.array(sizes)[plan.song]
        assert np.array_equal(plan.length, np.minimum(size, context))
        assert (plan.start >= 0).all() and (plan.start + plan.length <= size).all()
        assert plan.song_ended.all() and plan.row.tolist() == list(range(batch_size))


@FEW
@given(lengths, contexts, rows, seeds)
def test_a_row_of_the_long_sequence_is_full_and_runs_on_where_a_song_ends(sizes, context, batch_size, seed):
    strategy = LongSequence(bare(*sizes), context, batch_size, seed)
    follows: dict[int, int] = {}
    for step in range(5):
        plan = strategy.plan(step)
        assert plan.song_ended.all()
        for row in range(batch_size):
            mine = plan.row == row
            song, start, length = plan.song[mine], plan.start[mine], plan.length[mine]
            assert length.sum() == context and (length > 0).all()
            assert np.array_equal(plan.at[mine], np.cumsum(length) - length)
            assert not start[1:].any()
            assert np.array_equal((start + length)[:-1], np.array(sizes)[song[:-1]])
            for one, following in zip(song.tolist(), song[1:].tolist()):
                assert follows.setdefault(one, following) == following
    assert strategy.padding_share(5) == 0.0


def test_windows_of_the_long_sequence_start_anywhere():
    strategy = LongSequence(bare(30, 10, 60), context=8, batch_size=50)
    starts = np.concatenate([plan.song[plan.at == 0] * 100 + plan.start[plan.at == 0]
                             for plan in map(strategy.plan, range(60))])
    assert len(np.unique(starts)) == 100
    assert np.bincount(starts // 100) / len(starts) == pytest.approx([0.3, 0.1, 0.6], abs=0.05)


@FEW
@given(st.sampled_from(STRATEGIES), lengths, contexts, rows, seeds, st.lists(st.integers(0, 60), max_size=5))
def test_a_plan_depends_on_the_seed_and_the_step_alone(kind, sizes, context, batch_size, seed, steps):
    def make(number: int = seed) -> Strategy:
        return kind(bare(*sizes), context, batch_size, number, transpose=True)

    running = make()
    whole = [running.plan(step) for step in range(61)]
    resumed = make()
    for step in steps:  # in any order, as a resume at that step would ask first
        assert same(resumed.plan(step), whole[step])
        assert same(make().plan(step), whole[step])
    assert not all(same(make(seed + 1).plan(step), plan) for step, plan in enumerate(whole))


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(2, 40), st.sampled_from("abc")), min_size=6, max_size=30), st.integers(1, 6),
       seeds)
def test_ranks_see_songs_of_their_own_and_together_all(songs, ranks, seed):
    streams = BareStreams(np.array([length for length, _ in songs]), tuple(name for _, name in songs))
    parts = [songs_of_rank(streams.collections, rank, ranks, seed) for rank in range(ranks)]
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(songs)))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    for kind in STRATEGIES:
        for rank, part in enumerate(parts):
            strategy = kind(streams, 8, 3, seed, rank=rank, ranks=ranks)
            shown = {song for step in range(60) for song in strategy.plan(step).song.tolist()}
            assert shown <= set(part.tolist())
            assert kind is LongSequence or shown == set(part.tolist())


def test_each_collection_is_dealt_out_to_all_ranks():
    names = "a" * 40 + "b" * 8
    for rank in range(4):
        dealt = "".join(names[song] for song in songs_of_rank(list(names), rank, 4, seed=5))
        assert (dealt.count("a"), dealt.count("b")) == (10, 2)


@pytest.mark.parametrize("kind", STRATEGIES)
def test_shares_are_respected(kind):
    streams = bare(*[40] * 30, *[10] * 60, *[25] * 10, collections="a" * 30 + "b" * 60 + "c" * 10)
    shares = {"a": 0.2, "b": 0.5, "c": 0.3}
    strategy = kind(streams, context=10, batch_size=20, seed=3, shares=shares)
    tokens, rows = dict.fromkeys("abc", 0), dict.fromkeys("abc", 0)
    for step in range(400):
        plan = strategy.plan(step)
        for song, at, length in zip(plan.song, plan.at, plan.length):
            tokens[streams.collections[song]] += int(length)
            rows[streams.collections[song]] += int(at == 0)
    counted = tokens if kind is Contiguous else rows
    for name, share in shares.items():
        assert counted[name] / sum(counted.values()) == pytest.approx(share, abs=0.03)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=50).filter(lambda w: sum(w) > 0), seeds)
def test_a_pass_draws_each_song_as_often_as_expected(weights, seed):
    expected = len(weights) * np.array(weights) / sum(weights)
    drawn = np.bincount(draw_pass(expected, np.random.default_rng(seed)), minlength=len(weights))
    assert drawn.sum() == len(weights)
    assert (np.abs(drawn - expected) < 1 + 1e-6).all()
    assert sorted(draw_pass(np.ones(len(weights)), np.random.default_rng(seed))) == list(range(len(weights)))


def test_padding_is_what_is_left_of_the_last_segments():
    assert Contiguous(bare(15, 15), context=10, batch_size=2).padding_share(4) == pytest.approx(0.25)
    assert PerSong(bare(5, 15), context=10, batch_size=2).padding_share(4) == pytest.approx(0.25)


@pytest.mark.parametrize("kind", STRATEGIES)
@pytest.mark.parametrize(("wrong", "message"), [
    ({"rank": 2, "ranks": 2}, "numbered from 0"), ({"rank": 3, "ranks": 4}, "too few"), ({"context": 0}, "at least"),
    ({"batch_size": 0}, "at least"), ({"shares": {"a": 0.0}}, "no song to draw")])
def test_what_makes_no_sense_is_refused(kind, wrong, message):
    with pytest.raises(ValueError, match=message):
        kind(bare(5, 6, 7), **{"context": 4, "batch_size": 2, **wrong})


def test_an_empty_store_is_refused():
    with pytest.raises(ValueError, match="no song"):
        PerSong(bare(), context=4, batch_size=2)
