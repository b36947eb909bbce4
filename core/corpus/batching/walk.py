"""Rows that walk through songs: each takes the next song of a queue when its own is over."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from heapq import heapify, heappop, heapreplace

import numpy as np

from core.corpus.batching.batch import Pieces


class Walk:
    """Who shows which song when. A song takes a row for as many steps as it has segments of ``context`` tokens.

    ``queue``: songs in order, each with its transposition's draw; endless or not. It is read no farther than the
    steps that are asked for, and what was read stays known: 24 bytes a song.
    """

    def __init__(self, lengths: np.ndarray, context: int, rows: int, queue: Iterator[tuple[int, float]]) -> None:
        self.lengths, self.context, self.queue = lengths, context, queue
        self.songs = [array("q") for _ in range(rows)]
        self.begins = [array("q") for _ in range(rows)]
        self.draws = [array("d") for _ in range(rows)]
        self.free = [(0, row) for row in range(rows)]  # when each row will be free, a heap
        heapify(self.free)
        self.ends = 0

    def read_to(self, step: int) -> None:
        """Hands out songs until no row is free at ``step`` (or none is left)."""
        while self.free and self.free[0][0] <= step:
            begin, row = self.free[0]
            following = next(self.queue, None)
            if following is None:
                heappop(self.free)
                continue
            song, draw = following
            self.songs[row].append(song)
            self.begins[row].append(begin)
            self.draws[row].append(draw)
            end = begin + -(-int(self.lengths[song]) // self.context)
            heapreplace(self.free, (end, row))
            self.ends = max(self.ends, end)

    def step_count(self) -> int:
        """Steps until the last song is over; never comes back from an endless queue."""
        while self.free:
            self.read_to(self.free[0][0])
        return self.ends

    def plan(self, step: int, transpose: bool) -> Pieces:
        """The segments that the rows show at ``step``. A row for which no song was left shows nothing."""
        self.read_to(step)
        found, ended = [], np.ones(len(self.songs), dtype=bool)
        for row, (songs, begins, draws) in enumerate(zip(self.songs, self.begins, self.draws)):
            number = bisect_right(begins, step) - 1
            if number < 0:
                continue
            song, start = songs[number], (step - begins[number]) * self.context
            left = int(self.lengths[song]) - start
            if left > 0:
                found.append((row, 0, song, start, min(left, self.context), draws[number]))
                ended[row] = left <= self.context
        row, at, song, start, length, draw = np.array(found).reshape(-1, 6).T
        whole = (column.astype(np.int64) for column in (row, at, song, start, length))
        return Pieces(*whole, draw if transpose else None, ended)
