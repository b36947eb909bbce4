"""Batches for a model that remembers: each row walks through songs bar by bar, and writes in them where it stands.

A batch has two parties of rows. Row i of the first reads a segment of a song as a stream, whole bars of it, and its
memories take it in. Row i of the second, a guest of the same memories, is shown a window that begins with the same
bar, some cells of it to be filled. So what is to be written is looked for in the window and in all bars before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.corpus.batching.batch import Batch
from core.corpus.batching.strategies import Contiguous
from core.corpus.batching.streams import TASK, DiskStreams, pitch_range, transpositions
from core.corpus.batching.walk import Walk
from core.corpus.examples import TASKS, choose_layout, mark_cells
from core.corpus.hinting import ROOM, draw_plan, hinted_window
from core.corpus.store import Store
from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.rows import blank_rows, transpose_tokens
from core.tokens.segments import SongSegments
from core.tokens.window import FEATURES, Layout, Window, build_window

TASK_CHANCES = (0.3, 0.3, 0.2, 0.2)
"""Of each of TASKS."""
LONGEST_SILENCE = 16
"""Bars without a note at a segment's start after which no window is drawn there."""
KEPT_SONGS = 256
"""Songs whose segments are kept at hand."""


@dataclass(frozen=True, eq=False)
class WalkBatch(Batch):
    """A batch of two parties of rows; see the module. ``song_ended`` is of the first party.

    ``places``: int32 (rows of the first party, length, 3), the song (its number in the store), bar and track at which
    each of its tokens stands.
    """

    places: np.ndarray


@dataclass(frozen=True, eq=False)
class MarkedWindow:
    """A window, its layout and its marked cells as a mask over it; times are those of the song."""

    layout: Layout
    marked: np.ndarray
    window: Window


def draw_window_at(song: EncodedSong, bar: int, context: int, rng: np.random.Generator, task: str, *,
                   hints: bool = False, shift: int = 0) -> MarkedWindow | None:
    """A window of at most ``context`` tokens that begins with ``bar``, its cells marked for ``task``.

    ``hints``: half of them say more of their marked cells, as it will be when ``shift`` semitones are added.
    None where there is none: a long silence, a bar that takes more tokens, more tracks than have numbers.
    """
    near = song.cells_in(bar, bar + LONGEST_SILENCE - 1)
    if bar < 0 or not len(near) or len(song.programs) > v.TRACKS:
        return None
    plan = draw_plan(rng) if hints else None
    room = context if plan is None else context * ROOM[plan.kept]
    for attempt in range(8):
        layout = choose_layout(song, round(room * 0.92 ** attempt), rng, bar)
        marked = mark_cells(song, layout, task, rng)
        window = build_window(song, layout, marked)
        if len(window.features) <= context:
            if plan is not None:
                window = hinted_window(window, song, layout, marked, plan, context, rng, shift)
            window.features[:, 5] += int(song.bar_units[bar])
            return MarkedWindow(layout, marked, window)
    return None


@dataclass(frozen=True, eq=False)
class SongWalk(Contiguous):
    """Endless batches (``WalkBatch``) of ``batch_size`` rows a party, in the order of ``Contiguous``.

    ``hints``: half of the windows say more of their marked cells; see ``core.corpus.hinting``.
    """

    hints: bool = False

    def _keep(self, songs: np.ndarray, lengths: np.ndarray, collections: list[str]) -> None:
        store: Store = self.streams.store
        segments = lru_cache(maxsize=KEPT_SONGS)(lambda song: SongSegments(store[song], self.context))
        ranges = lru_cache(maxsize=KEPT_SONGS)(lambda song: pitch_range(store[song].tokens))
        self._set(_segments=segments, _range=ranges, _store=store,
                  _walk=Walk(_SegmentCounts(segments), 1, self.batch_size, self._queue(songs, lengths, collections)))

    def batch(self, step: int) -> WalkBatch:
        """Batch number ``step``, from 0."""
        plan = self._walk.plan(step, self.transpose)
        rows = self.batch_size
        features = blank_rows(2 * rows * self.context).reshape(2 * rows, self.context, len(FEATURES))
        answer = np.zeros(features.shape[:2], dtype=bool)
        places = np.zeros((rows, self.context, 3), dtype=np.int32)
        tasks, notes = [TASK] * rows + [""] * rows, np.zeros(2 * rows, dtype=np.int32)
        for number, (row, song, segment) in enumerate(zip(*(a.tolist() for a in (plan.row, plan.song, plan.start)))):
            rng = np.random.default_rng([self.seed, step, self.rank, row])
            segments = self._segments(song)
            read = segments.read(segment)
            features[row, :len(read)] = read
            answer[row, 1:len(read)] = True
            notes[row] = _notes_in(read[1:, 0])
            places[row, :len(read)] = np.stack([np.full(len(read), song), segments.bars(segment), read[:, 3]], axis=1)
            task = TASKS[int(rng.choice(len(TASKS), p=TASK_CHANCES))]
            tasks[rows + row] = task
            shift = int(transpositions(plan.draw[number], *self._range(song))) if plan.draw is not None else 0
            drawn = draw_window_at(segments.song, int(segments.first_bar[segment]), self.context, rng, task,
                                   hints=self.hints, shift=shift)
            if drawn is not None:
                window = drawn.window
                features[rows + row, :len(window.features)] = window.features
                answer[rows + row, window.answer_start:len(window.features)] = True
                notes[rows + row] = window.note_count
            if shift:
                for party in (row, rows + row):
                    transpose_tokens(features[party, :, 0], shift)
        return WalkBatch(features, answer, notes, tuple(tasks), plan.song_ended, places)


class HeldOutWalk(SongWalk):
    """The same batches every time: ``songs`` songs of a store, from their start, ``longest`` segments of each at most;
    not transposed. ``len`` of them."""

    def __init__(self, store: Store, context: int, batch_size: int, songs: int, longest: int, seed: int = 0) -> None:
        super().__init__(DiskStreams(store), context, batch_size, seed)
        picked = np.random.default_rng(seed).permutation(len(store))[:songs].tolist()
        counts = {song: min(longest, len(self._segments(song))) for song in picked}
        ordered: Iterator[tuple[int, float]] = ((song, 0.0) for song in sorted(picked, key=lambda s: -counts[s]))
        self._set(_walk=Walk(counts, 1, batch_size, ordered))

    def __len__(self) -> int:
        return self._walk.step_count()

    def batch(self, step: int) -> WalkBatch:
        """Batch number ``step``; what the first party reads is not asked for."""
        batch = super().batch(step)
        batch.answer[:self.batch_size] = False
        batch.note_count[:self.batch_size] = 0
        return batch


class _SegmentCounts:
    """How many segments a song has, told when it is asked for: to ask for all would take minutes."""

    def __init__(self, segments) -> None:
        self.segments = segments

    def __getitem__(self, song: int) -> int:
        return len(self.segments(song))


def _notes_in(tokens: np.ndarray) -> int:
    return int(np.count_nonzero((tokens >= v.PITCH) & (tokens < v.DURATION)))
