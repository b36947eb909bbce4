"""Learning merges from encoded songs.

Songs are drawn at random, each transposed at random as in training, and only some cells of each, so that long works
do not crowd out the others. The same songs and seed give the same merges.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.merges.merges import ACTION, BPE, MAX_PARTS, MAX_SIZE, Merges, cell_words, tokens_of_word, word_of
from core.tokens.rows import transpose_tokens

SAMPLED_TOKENS = 6_000_000
"""Plain tokens that merges are learned from at most."""
CELLS_OF_A_SONG = 400
REACH = 6
"""Semitones that songs are transposed by at most."""
LONGEST_PAIR = 32
"""Plain tokens that a byte-pair token stands for at most."""


def learn_bpe(songs: Iterable[EncodedSong], size: int, seed: int = 0, sampled_tokens: int = SAMPLED_TOKENS) -> Merges:
    """Byte-pair merges of plain songs, ``size`` tokens in all with the plain ones, fewer where no pair is met twice.

    Raises ValueError for a size that leaves no room for a merge or is too large.
    """
    from tokenizers import Tokenizer
    from tokenizers.models import BPE as PairModel
    from tokenizers.trainers import BpeTrainer

    _check_size(size)
    tokenizer = Tokenizer(PairModel())
    trainer = BpeTrainer(vocab_size=size, min_frequency=2, show_progress=False, max_token_length=LONGEST_PAIR,
                         initial_alphabet=[word_of((token,)) for token in range(v.SIZE)])
    words = (word for song in sample_cells(songs, seed, sampled_tokens) for word in cell_words(song))
    tokenizer.train_from_iterator(words, trainer)
    number_of = {(token,): token for token in range(v.SIZE)}
    rules = []
    for left, right in _pairs(tokenizer):
        rules.append((number_of[left], number_of[right]))
        number_of.setdefault(left + right, len(number_of))
    return Merges(BPE, tuple(parts for parts in number_of if len(parts) > 1), tuple(rules))


def learn_actions(songs: Iterable[EncodedSong], size: int, seed: int = 0,
                  sampled_tokens: int = SAMPLED_TOKENS) -> Merges:
    """A token for everything that starts on one slot of a cell, for the most frequent: ``size`` tokens in all with the
    plain ones, fewer where no more is met twice. Raises ValueError as ``learn_bpe``."""
    _check_size(size)
    counts: Counter[bytes] = Counter()
    for song in sample_cells(songs, seed, sampled_tokens):
        starts = 2 * np.flatnonzero(v.KIND_OF[song.tokens] == v.Kind.POSITION)
        data = song.tokens.tobytes()
        bounds = [*starts.tolist(), len(data)]
        counts.update(data[start:end] for start, end in zip(bounds, bounds[1:]))
    # Most frequent first; among equals by their tokens, so that nothing depends on the order of counting.
    ranked = sorted((pair for pair in counts.items() if pair[1] > 1 and len(pair[0]) <= 2 * MAX_PARTS),
                    key=lambda pair: (-pair[1], pair[0]))
    chosen = (tuple(np.frombuffer(data, dtype=np.uint16).tolist()) for data, _ in ranked[:size - v.SIZE])
    return Merges(ACTION, tuple(chosen))


def transposed(song: EncodedSong, semitones: int) -> EncodedSong:
    """The plain song with every pitch but drums' moved; the caller sees to it that none leaves 0..127."""
    if not semitones:
        return song
    tokens = np.array(song.tokens, dtype=np.int64)
    transpose_tokens(tokens, semitones)
    return replace(song, tokens=tokens.astype(np.uint16))


def sample_cells(songs: Iterable[EncodedSong], seed: int, tokens: int) -> Iterator[EncodedSong]:
    """Songs in random order, each transposed and cut down to some of its cells, until they have ``tokens`` tokens."""
    rng = np.random.default_rng(seed)
    pool = songs if hasattr(songs, "__getitem__") else list(songs)  # of a store, only those that are drawn
    taken = 0
    for index in rng.permutation(len(pool)).tolist():
        song = _some_cells(pool[index], rng)
        pitches = song.tokens[v.KIND_OF[song.tokens] == v.Kind.PITCH].astype(np.int64) - v.PITCH
        low, high = (-int(pitches.min()), 127 - int(pitches.max())) if len(pitches) else (0, 0)
        yield transposed(song, int(rng.integers(max(-REACH, low), min(REACH, high) + 1)))
        taken += len(song.tokens)
        if taken >= tokens:
            return


def _some_cells(song: EncodedSong, rng: np.random.Generator) -> EncodedSong:
    """The song with at most ``CELLS_OF_A_SONG`` of its cells, chosen at random, in order."""
    count = song.cell_count
    chosen = np.arange(count)
    if count > CELLS_OF_A_SONG:
        chosen = np.sort(rng.choice(count, size=CELLS_OF_A_SONG, replace=False))
    kept = np.zeros(count, dtype=bool)
    kept[chosen] = True
    lengths = np.diff(song.cell_start)
    inside = np.repeat(kept, lengths)
    return replace(song, tokens=np.asarray(song.tokens)[inside].astype(np.uint16), slots=np.asarray(song.slots)[inside],
                   cell_start=np.concatenate([[0], np.cumsum(lengths[kept])]).astype(np.int64),
                   cell_bar=song.cell_bar[kept], cell_track=song.cell_track[kept], cell_notes=song.cell_notes[kept])


def _check_size(size: int) -> None:
    if not v.SIZE < size <= MAX_SIZE:
        raise ValueError(f"with merges a vocabulary has {v.SIZE + 1:,} to {MAX_SIZE:,} tokens, not {size:,}")


def _pairs(tokenizer) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The pairs a trained tokenizer joins, in order, as plain tokens."""
    for pair in json.loads(tokenizer.to_str())["model"]["merges"]:
        left, right = pair.split(" ") if isinstance(pair, str) else pair
        yield tokens_of_word(left), tokens_of_word(right)
