"""The longest passage of some music that stands, perhaps transposed, in the songs a model was trained on.

The index is a suffix array (Manber and Myers 1993) of the songs' steps, on disk: every place of the training music, in
the order of what follows there, so that the places that begin like a passage are found by halving.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.evaluation.passages import BREAK, split, steps_of
from core.tokens.encoder import EncodedSong

DEPTH = 64
"""Steps by which places are ordered, a power of two; so no match is told to be longer."""
PART_NOTES = 1 << 24
"""Notes in one part of an index. Making a part takes about 40 bytes of memory for each."""

_FIRST = 4  # symbols of 16 bits that fit into one number to sort by
_FACTS = "originality.json"


@dataclass(frozen=True)
class Match:
    """``notes`` in a row whose steps stand in the training music too (0: none do), the first of them note ``start`` of
    passage ``passage``; ``song``: the name of a song where they stand."""

    notes: int
    song: str = ""
    passage: int = 0
    start: int = 0


class OriginalityIndex:
    """An index that ``build_index`` made in ``folder``. Raises OSError or ValueError when there is none."""

    def __init__(self, folder: Path) -> None:
        folder = Path(folder)
        facts = json.loads((folder / _FACTS).read_text("utf-8"))
        try:
            self.notes = int(facts["notes"])
            self._songs = [str(name) for name in facts["songs"]]
            self._parts = [(_load(folder / f"steps{part}.npy", np.uint16),
                            _load(folder / f"order{part}.npy", np.uint32)) for part in range(int(facts["parts"]))]
        except (KeyError, TypeError, EOFError) as error:
            raise ValueError(f"{folder} holds no index ({error})") from None
        self._song_start = _load(folder / "song_start.npy", np.int64)
        if any(len(steps) != len(order) + DEPTH or (len(order) and order.max() >= len(order))
               for steps, order in self._parts) or len(self._song_start) != len(self._songs):
            raise ValueError(f"{folder} holds a damaged index")

    def longest_match(self, song: EncodedSong) -> Match:
        """The longest match of a song's passages; of equally long ones the first. At most ``DEPTH`` + 1 notes."""
        best = Match(0)
        passages = split(steps_of(song))
        if not passages:
            return best
        lengths = np.array([len(passage) for passage in passages])
        text = np.concatenate([np.append(passage, np.full(DEPTH, BREAK)) for passage in passages]).astype(np.uint16)
        first = np.concatenate([[0], np.cumsum(lengths + DEPTH)[:-1]])
        places = np.concatenate([start + np.arange(length) for start, length in zip(first, lengths)])
        wanted = np.lib.stride_tricks.sliding_window_view(text, DEPTH)[places]
        left = np.concatenate([length - np.arange(length) for length in lengths])
        before = 0
        for steps, order in self._parts:
            matched, where = _longest(steps, order, wanted, left)
            at = int(matched.argmax())
            if matched[at] and matched[at] + 1 > best.notes:
                number = int(np.searchsorted(first, places[at], side="right")) - 1
                name = self._songs[int(np.searchsorted(self._song_start, before + where[at], side="right")) - 1]
                best = Match(int(matched[at]) + 1, name, number, int(places[at] - first[number]))
            before += len(order)
        return best


def build_index(folder: Path, songs: Iterable[tuple[str, EncodedSong]], part_notes: int = PART_NOTES) -> None:
    """Index the songs (name, cells) in ``folder``, which exists. Holds one part in memory at a time."""
    folder = Path(folder)
    names: list[str] = []
    starts: list[int] = []
    parts = notes = 0
    for steps in _parts(songs, names, starts, part_notes):
        np.save(folder / f"steps{parts}.npy", np.concatenate([steps, np.zeros(DEPTH, dtype=np.uint16)]))
        np.save(folder / f"order{parts}.npy", sort_suffixes(steps))
        parts, notes = parts + 1, notes + len(steps)
    np.save(folder / "song_start.npy", np.array(starts, dtype=np.int64))
    (folder / _FACTS).write_text(json.dumps({"parts": parts, "notes": notes, "songs": names}), "utf-8")


def sort_suffixes(steps: np.ndarray) -> np.ndarray:
    """The places of ``steps`` in the order of the ``DEPTH`` symbols that begin there, uint32.

    By doubling: when places are ranked by h symbols, a place's own rank and the rank h farther on rank it by 2h. What
    lies beyond the end counts as BREAK.
    """
    padded = np.concatenate([steps, np.zeros(_FIRST, dtype=np.uint16)]).astype(np.uint64)
    count = len(steps)
    key = sum(padded[place:place + count] << np.uint64(16 * (_FIRST - 1 - place)) for place in range(_FIRST))
    reached = _FIRST
    while True:
        order = np.argsort(key)
        if reached == DEPTH:
            return order.astype(np.uint32)
        ordered = key[order]
        new = np.ones(count, dtype=np.uint64)
        new[1:] = ordered[1:] != ordered[:-1]
        rank = np.empty(count, dtype=np.uint64)
        rank[order] = np.cumsum(new)
        key = rank << np.uint64(32)
        key[:-reached] |= rank[reached:]  # ranks begin with 1; 0 is what lies beyond the end
        reached *= 2


def _parts(songs: Iterable[tuple[str, EncodedSong]], names: list[str], starts: list[int], size: int
           ) -> Iterator[np.ndarray]:
    """Steps of about ``size`` notes at a time; fills in the names and where in all the steps each song begins."""
    waiting: list[np.ndarray] = []
    begun = done = 0
    for name, song in songs:
        steps = steps_of(song)
        if waiting and begun - done + len(steps) > size:
            yield np.concatenate(waiting)
            waiting, done = [], begun
        names.append(name)
        starts.append(begun)
        waiting.append(steps)
        begun += len(steps)
    if begun > done:
        yield np.concatenate(waiting)


def _longest(steps: np.ndarray, order: np.ndarray, wanted: np.ndarray, left: np.ndarray
             ) -> tuple[np.ndarray, np.ndarray]:
    """For each row of ``wanted`` (places, DEPTH) how many of its symbols, at most ``left``, some place of a part begins
    with, and that place; both int64. The longest agreement lies on one side of where the row would be put."""
    low, high = np.zeros(len(wanted), dtype=np.int64), np.full(len(wanted), len(order), dtype=np.int64)
    reach = np.arange(DEPTH)
    rows = np.arange(len(wanted))
    for _ in range(len(order).bit_length()):
        middle = np.minimum((low + high) // 2, len(order) - 1)
        found = steps[order[middle].astype(np.int64)[:, None] + reach]
        differs = found != wanted
        place = differs.argmax(axis=1)
        is_less = differs[rows, place] & (found[rows, place] < wanted[rows, place])
        open_rows = low < high
        low = np.where(open_rows & is_less, middle + 1, low)
        high = np.where(open_rows & ~is_less, middle, high)
    best, where = np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=np.int64)
    for neighbour in (low - 1, low):
        source = order[np.clip(neighbour, 0, len(order) - 1)].astype(np.int64)
        differs = steps[source[:, None] + reach] != wanted
        agreed = np.minimum(np.where(differs.any(axis=1), differs.argmax(axis=1), DEPTH), left)
        where = np.where(agreed > best, source, where)
        best = np.maximum(best, agreed)
    return best, where


def _load(path: Path, dtype: type) -> np.ndarray:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    if array.dtype != dtype or array.ndim != 1:
        raise ValueError(f"{path} has the wrong type")
    return np.asarray(array)
