"""The peer is trained on the same songs as ours and measured on the same notes: nothing gets lost on the way."""

import numpy as np
import pytest
import torch

miditok = pytest.importorskip("miditok")
pytest.importorskip("x_transformers")

from core.corpus.batching import LongSequence  # noqa: E402
from core.corpus.build import build_store  # noqa: E402
from core.corpus.store import Store  # noqa: E402
from core.evaluation.findings import excerpts  # noqa: E402
from core.evaluation.findings.excerpts import bits_in_windows, choose_excerpts, spans  # noqa: E402
from core.evaluation.findings.peer import build_peer, peer_bits  # noqa: E402
from core.evaluation.findings.remi import comparable, make_tokenizer, score_of  # noqa: E402
from core.evaluation.findings.remi_corpus import (  # noqa: E402
    TRANSPOSITIONS,
    ChosenStreams,
    encode_excerpt,
    encode_songs,
    learn_tokenizer,
)
from tests.core.evaluation.songs import write_corpus  # noqa: E402


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    folder = tmp_path_factory.mktemp("work")
    build_store(write_corpus(folder / "corpus"), folder / "train")
    return folder


@pytest.fixture(scope="module")
def store(work):
    return Store(work / "train")


@pytest.fixture(scope="module")
def tokenizer(work, store):
    return learn_tokenizer(work / "remi.json", store, np.arange(len(store)))


def notes_in(score, ticks_per_beat=24):
    scale = ticks_per_beat / score.ticks_per_quarter
    return sorted((round(note.time * scale), note.pitch, round(note.duration * scale), note.velocity,
                   -1 if track.is_drum else track.program) for track in score.tracks for note in track.notes)


def test_remi_writes_the_notes_that_our_tokens_hold(store):
    tokenizer = make_tokenizer()
    for number in range(len(store)):
        assert comparable(store[number])
        score = score_of(store[number])
        assert score.note_num() == store[number].cell_notes.sum()
        back = notes_in(tokenizer.decode(tokenizer.encode(score)))
        assert [note[:2] for note in back] == [note[:2] for note in notes_in(score)]
        pitched = [note for note in notes_in(score) if note[-1] >= 0]
        assert [note for note in back if note[-1] >= 0] == pitched


def test_its_streams_are_what_miditok_itself_encodes_and_are_transposed(work, store, tokenizer):
    streams = encode_songs(work / "remi.npz", tokenizer, store, np.arange(len(store)))
    assert len(streams.lengths) == TRANSPOSITIONS * len(store)
    for number in range(len(store)):
        first = streams.bounds[number * TRANSPOSITIONS]
        own = streams.tokens[first:first + streams.lengths[number * TRANSPOSITIONS]]
        assert own[1:-1].tolist() == tokenizer.encode(score_of(store[number])).ids
        assert (own[0], own[-1]) == (tokenizer["BOS_None"], tokenizer["EOS_None"])
    batch = LongSequence(streams, 33, 2, 0).batch(0)
    assert batch.shape == (2, 33) and batch.max() < len(tokenizer)


def test_chosen_streams_are_those_of_the_whole_store(store):
    chosen = ChosenStreams(store, np.array([len(store) - 1]))
    batch = LongSequence(chosen, 64, 1, 0).batch(0)
    assert chosen.lengths[0] > 0 and batch.features.shape == (1, 64, 6)


@pytest.mark.parametrize("length, context", [(2, 8), (8, 8), (9, 8), (50, 8), (1, 8)])
def test_every_token_but_the_first_counts_once_and_is_foreseen_from_half_a_context(length, context):
    counted = []
    for start, stop, first in spans(length, context):
        assert stop - start <= context and first > start
        assert start == 0 or first - start >= context // 2
        counted += range(first, stop)
    assert counted == list(range(1, length))


def test_bits_of_a_model_that_knows_nothing_are_those_of_the_dice():
    stream, counts = np.zeros(100, dtype=np.int64), np.arange(100) % 2 == 0
    bits = bits_in_windows(lambda part: np.full(len(part) - 1, np.log(8)), stream, counts, 16)
    assert bits == pytest.approx(3 * 49)  # the 50 that count without the first, which is given


def test_the_peer_s_memory_is_that_of_one_long_context(store, tokenizer, monkeypatch):
    """With a stream that one context holds, windows and memory must say the same."""
    torch.manual_seed(0)
    model = build_peer(len(tokenizer)).eval()
    stream = encode_excerpt(tokenizer, store, 0, 2)[:60]
    whole = peer_bits(model, [stream], lambda: None)[0]
    monkeypatch.setattr("core.evaluation.findings.peer.CONTEXT", 32)
    assert peer_bits(model, [stream], lambda: None)[0] <= whole + 1e-2


def test_excerpts_have_notes(store, monkeypatch):
    monkeypatch.setattr(excerpts, "SONGS", 2)
    chosen = choose_excerpts(store)
    assert len(chosen) == 2 and all(excerpts.notes_of(store, number) > 0 for number in chosen)
