"""A model that counts: which token followed the four before it; modified Kneser-Ney (Chen and Goodman 1999).

It reads the plain tokens of one cell at a time, after the PROGRAM of its track; END closes a cell, an empty one too.
Vocabulary and order are small enough for a whole n-gram to fit into one number, so a table of n-grams is a sorted array
and all n-grams that begin alike lie side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong

ORDER = 5
MOST_GRAMS = 8_000_000
"""Different n-grams of ``ORDER`` tokens that are kept. Training holds about 60 bytes for each."""
CHUNK_TOKENS = 4_000_000
"""Tokens that are counted at a time."""

_BITS = 10
_LAST = np.uint64((1 << _BITS) - 1)
assert v.SIZE <= 1 << _BITS and ORDER * _BITS <= 64


class Table:
    """The n-grams of one length. ``keys`` uint64 (grams,), ascending: n tokens of 10 bits, the latest lowest;
    ``counts`` uint32 (grams,): how often each was seen, or for n < ``ORDER`` after how many different tokens.

    A count of 1, 2, 3 or more is worth ``discounts`` less (none for 0), which goes to what was not seen.
    """

    def __init__(self, keys: np.ndarray, counts: np.ndarray) -> None:
        self.keys, self.counts = keys, counts
        self.discounts = _discounts(counts)
        self._sums = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        self._freed = np.concatenate([[0], np.cumsum(self.discounts[np.minimum(counts, 3)])])

    def chances(self, grams: np.ndarray, shorter: np.ndarray) -> np.ndarray:
        """The probability of the last token of each n-gram, given that after a context one shorter; float64."""
        start = grams & ~_LAST
        low, high = np.searchsorted(self.keys, start), np.searchsorted(self.keys, start | _LAST, side="right")
        at = np.minimum(np.searchsorted(self.keys, grams), len(self.keys) - 1)
        count = np.where(self.keys[at] == grams, self.counts[at], 0)
        total = self._sums[high] - self._sums[low]
        seen = count - self.discounts[np.minimum(count, 3)]
        return np.where(total > 0, (seen + (self._freed[high] - self._freed[low]) * shorter) / np.maximum(total, 1),
                        shorter)

    def following(self, prefix: int, shorter: np.ndarray) -> np.ndarray | None:
        """The probability of every token after a context (``prefix``: its key, with a 0 for the token), given that
        after a context one shorter; None where the context was never seen."""
        low, high = np.searchsorted(self.keys, np.array([prefix, prefix + (1 << _BITS)], dtype=np.uint64)).tolist()
        if low == high:
            return None
        counts = self.counts[low:high]
        chances = shorter * (self._freed[high] - self._freed[low])
        chances[(self.keys[low:high] & _LAST).astype(np.int64)] += counts - self.discounts[np.minimum(counts, 3)]
        return chances / (self._sums[high] - self._sums[low])


class NgramModel:
    """``tables[n - 1]`` holds the n-grams. ``tokens``: how many it was trained on. Before any token was seen, and mixed
    with single tokens, all are equally likely."""

    def __init__(self, tables: list[Table], tokens: int) -> None:
        self.tables, self.tokens = tables, tokens

    def bits(self, keys: np.ndarray) -> np.ndarray:
        """−log2 of the probability of the last token of each key (see ``cell_keys``), float64 (keys,)."""
        chances = np.full(len(keys), 1.0 / v.SIZE)
        for length, table in enumerate(self.tables, start=1):
            chances = table.chances(_suffix(keys, length), chances)
        return -np.log2(chances)

    def distribution(self, context: list[int]) -> np.ndarray:
        """The probability of every token after the last ``ORDER`` - 1 of ``context``, float64 (vocabulary,)."""
        chances = np.full(v.SIZE, 1.0 / v.SIZE)
        prefix = 0
        for length, table in enumerate(self.tables, start=1):
            if length > 1:
                prefix |= context[1 - length] << _BITS * (length - 1)
            found = table.following(prefix, chances)
            if found is None:
                break  # then no longer context was seen either
            chances = found
        return chances

    def save(self, path: Path) -> None:
        """Write what was counted as one .npz file; the rest follows from it."""
        np.savez(path, tokens=self.tokens, keys=self.tables[-1].keys, counts=self.tables[-1].counts)

    @staticmethod
    def load(path: Path) -> NgramModel:
        """What ``save`` wrote. Raises OSError or ValueError for anything else."""
        try:
            with np.load(path, allow_pickle=False) as file:
                keys, counts, tokens = file["keys"], file["counts"], int(file["tokens"])
        except (KeyError, TypeError, AttributeError, BadZipFile) as error:
            raise ValueError(f"{path} holds no n-grams ({error})") from None
        if keys.dtype != np.uint64 or counts.dtype != np.uint32 or keys.ndim != 1 or keys.shape != counts.shape:
            raise ValueError(f"{path} holds no n-grams")
        return NgramModel(_tables(keys, counts), tokens)


def opening(program: int) -> list[int]:
    """What stands before the first token of a cell: PADs, and the PROGRAM (128: drums) of its track."""
    return [v.PAD] * (ORDER - 2) + [v.PROGRAM + program]


def cell_keys(tokens: np.ndarray, cell_start: np.ndarray, programs: np.ndarray, closed: bool = True) -> np.ndarray:
    """The n-gram that ends with each token of some cells, and with their ENDs; uint64.

    ``tokens``: plain ones, cell after cell; ``cell_start`` (cells + 1,); ``programs`` (cells,). ``closed=False``: the
    last cell was cut off, so it has no END.
    """
    cells, lead = len(programs), ORDER - 1
    start = cell_start[:-1] + (lead + 1) * np.arange(cells)
    lengths = np.diff(cell_start)
    stream = np.full(len(tokens) + (lead + 1) * cells, v.PAD, dtype=np.uint64)
    stream[np.arange(len(tokens)) + np.repeat((lead + 1) * np.arange(cells) + lead, lengths)] = tokens
    stream[start + lead - 1] = v.PROGRAM + np.asarray(programs, dtype=np.int64)
    stream[start + lead + lengths] = v.END
    is_lead = np.zeros(len(stream), dtype=bool)
    for place in range(lead):
        is_lead[start + place] = True
    keys = stream.copy()
    for back in range(1, ORDER):
        keys[back:] |= stream[:-back] << np.uint64(back * _BITS)
    keys = keys[~is_lead]  # the tokens that are foreseen: all have their whole context inside the cell
    return keys if closed else keys[:-1]


def train_ngrams(songs: Iterable[EncodedSong], most_grams: int = MOST_GRAMS,
                 chunk_tokens: int = CHUNK_TOKENS) -> NgramModel:
    """Count the songs' cells; bars in which a track is silent are empty cells.

    When there are more than ``most_grams`` different ones the rarest are dropped (lossy counting, Manku and Motwani
    2002). Raises ValueError when there is nothing to count.
    """
    found = np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    total = 0
    for keys, silent in _chunks(songs, chunk_tokens):
        total += len(keys) + int(silent.sum())
        programs = np.flatnonzero(silent)
        empty_cells = (programs + v.PROGRAM).astype(np.uint64) << np.uint64(_BITS) | np.uint64(v.END)
        grams, counts = np.unique(keys, return_counts=True)
        found = _added(*found, np.concatenate([grams, empty_cells]), np.concatenate([counts, silent[programs]]))
        found = _rarest_dropped(*found, most_grams)
    if not total:
        raise ValueError("there is no music to count")
    return NgramModel(_tables(found[0], np.minimum(found[1], 2**32 - 1).astype(np.uint32)), total)


def _tables(keys: np.ndarray, counts: np.ndarray) -> list[Table]:
    """From the longest n-grams those of every length, the shortest first."""
    tables = [Table(keys, counts)]
    for length in range(ORDER - 1, 0, -1):
        keys, kinds = np.unique(_suffix(keys, length), return_counts=True)
        tables.insert(0, Table(keys, kinds.astype(np.uint32)))
    return tables


def _suffix(keys: np.ndarray, length: int) -> np.ndarray:
    return keys & np.uint64((1 << length * _BITS) - 1)


def _discounts(counts: np.ndarray) -> np.ndarray:
    """What counts of 0, 1, 2 and of 3 or more are worth less, float64 (4,): Chen and Goodman's estimate where there
    are n-grams of each count from 1 to 4."""
    one, two, three, four = (int(np.count_nonzero(counts == count)) for count in (1, 2, 3, 4))
    if not one * two * three * four:
        return np.array([0.0, 0.5, 1.0, 1.0])
    share = one / (one + 2 * two)
    found = [0.0, 1 - 2 * share * two / one, 2 - 3 * share * three / two, 3 - 4 * share * four / three]
    return np.clip(found, [0.0, 0.05, 0.05, 0.05], [0.0, 0.99, 1.99, 2.99])  # or what is new would have no chance


def _chunks(songs: Iterable[EncodedSong], size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The keys of about ``size`` tokens at a time, and how many cells of each program are silent, int64 (129,)."""
    keys, silent = [], np.zeros(v.DRUMS + 1, dtype=np.int64)
    for song in songs:
        programs = song.programs[song.cell_track]
        keys.append(cell_keys(song.tokens, song.cell_start, programs))
        silent += np.bincount(song.programs, minlength=len(silent)) * song.bar_count
        silent -= np.bincount(programs, minlength=len(silent))
        if sum(map(len, keys)) >= size:
            yield np.concatenate(keys), silent
            keys, silent = [], np.zeros_like(silent)
    if keys:
        yield np.concatenate(keys), silent


def _added(keys: np.ndarray, counts: np.ndarray, more_keys: np.ndarray, more_counts: np.ndarray
           ) -> tuple[np.ndarray, np.ndarray]:
    """Both together, equal keys made one; keys ascending."""
    keys, counts = np.concatenate([keys, more_keys]), np.concatenate([counts, more_counts])
    order = np.argsort(keys, kind="stable")  # which is quick where sorted runs are merged
    keys, counts = keys[order], counts[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    return keys[first], np.add.reduceat(counts, first)


def _rarest_dropped(keys: np.ndarray, counts: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """At most ``most`` of the n-grams: of each count all or none, except that single ones may go in part."""
    if len(keys) <= most:
        return keys, counts
    least = np.partition(counts, len(counts) - most)[len(counts) - most]
    kept = counts > least
    ties = np.flatnonzero(counts == least)
    kept[ties[:most - int(kept.sum())]] = True
    return keys[kept], counts[kept]
