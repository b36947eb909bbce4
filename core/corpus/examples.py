"""Training examples: windows of stored songs with some cells marked to be written.

Everything is drawn from a seed and the number of the step, so a run that is resumed goes on with the same batches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.corpus.batching.batch import Batch
from core.corpus.batching.songs import song_weights, songs_of_rank
from core.corpus.hinting import ROOM, draw_plan, hinted_window
from core.corpus.store import Store
from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import MAX_BEATS, UNITS_PER_BEAT
from core.tokens.merges import Merges, transposed
from core.tokens.rows import blank_rows, transpose_tokens
from core.tokens.window import FEATURES, MAX_BARS, Layout, Window, build_window

TASKS = ("continue", "block", "cells", "track")
"""Continue: the last bars. Block: bars × tracks in the middle. Cells: each with a chance of one half. Track: one
track throughout."""

TASK_SHARES = (0.3, 0.3, 0.2, 0.2)
"""How often each of TASKS is drawn."""

CORPUS_SHARES: Mapping[str, float] = {
    "polish-scores": 0.218, "lieder": 0.055, "string-quartets": 0.066, "orchestra": 0.033,
    "chopin-first-editions": 0.04, "hymns": 0.015,
    "band-charts": 0.186, "band-lieder": 0.076, "band-hymns": 0.04,
    "freedoom-history": 0.089, "freedoom": 0.08, "simutrans": 0.047, "lmms": 0.008,
    "easyrpg": 0.0022, "blasphemer": 0.003, "freedink": 0.0012, "groove-drums": 0.04, "pianobooster": 0.0001,
}
"""How often each collection of the corpus is drawn from: human music for bands is rare, so it is drawn more often
than its size says; arrangements made by rule are capped. Collections not named here share what their size gives."""


WORTH_PACKING = 256
"""Tokens that must be free in a row before another window is put there."""
APART = MAX_BARS * MAX_BEATS * UNITS_PER_BEAT
"""Units of musical time between the windows of a row: no bar of one is near a bar of the other."""


def stack(rows: Sequence[Sequence[Window]], tasks: Sequence[str], length: int) -> Batch:
    """Rows of windows, one after another, of at most ``length`` tokens in all, as one batch padded to ``length``.

    ``tasks``: one a row. The windows of a row see each other as music that is far away (``APART``).
    """
    features = blank_rows(len(rows) * length).reshape(len(rows), length, len(FEATURES))
    answer = np.zeros((len(rows), length), dtype=bool)
    for row, windows in enumerate(rows):
        start = 0
        for number, window in enumerate(windows):
            end = start + len(window.features)
            features[row, start:end] = window.features
            features[row, start:end, FEATURES.index("time")] += number * APART
            answer[row, start + window.answer_start:end] = True
            start = end
    notes = [sum(window.note_count for window in windows) for windows in rows]
    return Batch(features, answer, np.array(notes, dtype=np.int32), tuple(tasks), np.ones(len(rows), dtype=bool))


def choose_layout(song: EncodedSong, context: int, rng: np.random.Generator, first_bar: int | None = None) -> Layout:
    """A stretch of a song, and tracks of it, whose window takes about ``context`` tokens with some cells marked.

    Mostly as many bars as fit; sometimes fewer, so that short prompts are met too. Tracks are dropped at random
    until at least four bars fit, and sometimes for the sake of variety. With ``first_bar`` it begins there and numbers
    tracks as the song does, as is needed beside a memory of the bars before; music begins within 16 bars of it.
    """
    limit = MAX_BARS if rng.random() < 0.9 else int(rng.integers(4, 17))
    if first_bar is None:
        first = int(rng.integers(0, max(1, song.bar_count - 3))) if rng.random() < 0.85 else 0
    else:
        first = first_bar
    cells = song.cells_in(first, min(first + MAX_BARS, song.bar_count) - 1)
    silent = not len(cells) or song.cell_bar[cells.start] >= first + 16
    if first_bar is None and silent:  # begin where music is
        first = int(song.cell_bar[min(cells.start, song.cell_count - 1)])
        cells = song.cells_in(first, min(first + MAX_BARS, song.bar_count) - 1)
    bars, owners = song.cell_bar[cells.start:cells.stop], song.cell_track[cells.start:cells.stop]
    lengths = np.diff(song.cell_start[cells.start:cells.stop + 1])
    tracks = list(np.unique(owners[bars < first + 16]))
    rng.shuffle(tracks)
    if len(tracks) > 1 and rng.random() < 0.25:
        tracks = tracks[:int(rng.integers(1, len(tracks) + 1))]
    while True:
        # Every cell is written once, after a TRACK; a marked one has TRACK and FILL besides. Some are marked.
        chosen = np.isin(owners, tracks)
        notes = np.bincount(bars[chosen] - first, weights=lengths[chosen], minlength=1)
        cost = 2 * len(tracks) + 3 + np.cumsum(notes + 1.6 * len(tracks) + 1)
        fitting = int(np.searchsorted(cost, context, side="right"))
        if fitting >= min(4, len(notes)) or len(tracks) <= 1:
            break
        tracks.pop()
    count = max(1, min(fitting, limit, song.bar_count - first, MAX_BARS))
    tracks = sorted(int(t) for t in tracks) if rng.random() < 0.7 else [int(t) for t in tracks]
    if first_bar is not None:
        return Layout(first, first + count - 1, tuple(tracks), tuple(t % v.TRACKS for t in tracks))
    usual = rng.random() < 0.9
    numbers = range(len(tracks)) if usual else rng.choice(v.TRACKS, size=len(tracks), replace=False)
    return Layout(first, first + count - 1, tuple(tracks), tuple(int(n) for n in numbers))


def mark_cells(song: EncodedSong, layout: Layout, task: str, rng: np.random.Generator) -> np.ndarray:
    """Cells for a task as a mask over the layout, bool (bars, tracks as the layout lists them).

    Drawn up to four times, until one of them has notes.
    """
    count, width = layout.last_bar - layout.first_bar + 1, len(layout.tracks)
    column = np.full(len(song.programs), -1)
    column[list(layout.tracks)] = np.arange(width)
    cells = song.cells_in(layout.first_bar, layout.last_bar)
    bar = song.cell_bar[cells.start:cells.stop] - layout.first_bar
    place = column[song.cell_track[cells.start:cells.stop]]
    bar, place = bar[place >= 0], place[place >= 0]
    mask = np.zeros((count, width), dtype=bool)
    for _ in range(4):
        mask[:] = False
        some = rng.random(width) < 0.5
        if not some.any():
            some[int(rng.integers(width))] = True
        if task == "continue":
            length = int(rng.integers(1, max(2, min(8, count // 2) + 1)))
            mask[count - length:] = some | (rng.random((length, 1)) < 0.7)
        elif task == "block":
            length = int(rng.integers(1, max(2, min(8, count - 1) + 1)))
            start = int(rng.integers(0, count - length + 1))
            mask[start:start + length] = some
        elif task == "cells":
            chosen = rng.random(len(bar)) < 0.5
            mask[bar[chosen], place[chosen]] = True
        elif task == "track":
            mask[:, int(rng.integers(width))] = True
        else:
            raise ValueError(f"unknown task {task!r}; there are {', '.join(TASKS)}")
        if mask[bar, place].any():
            return mask
    if not mask.any():
        mask[-1, -1] = True
    return mask


def transposition(song: EncodedSong, rng: np.random.Generator, reach: int = 6) -> int:
    """A random transposition of up to ``reach`` semitones that keeps every pitch of the song within 0..127."""
    pitches = song.tokens[(song.tokens >= v.PITCH) & (song.tokens < v.PITCH + 128)]
    if not len(pitches):
        return 0
    lowest, highest = int(pitches.min()) - v.PITCH, int(pitches.max()) - v.PITCH
    return int(rng.integers(max(-reach, -lowest), min(reach, 127 - highest) + 1))


def draw_example(song: EncodedSong, context: int, rng: np.random.Generator, *, task: str,
                 transpose: bool = True, merges: Merges | None = None, hints: bool = False) -> Window:
    """One window of at most ``context`` tokens, its cells marked for ``task``; with merged tokens by ``merges``.

    ``hints``: half of the windows say more of their marked cells; see ``core.corpus.hinting``.
    """
    plan = draw_plan(rng) if hints else None
    plain = song
    if merges is not None:
        plain = transposed(song, transposition(song, rng) if transpose else 0)
        song = merges.apply(plain)
        transpose = False
    room = context if plan is None else context * ROOM[plan.kept]
    for attempt in range(8):
        layout = choose_layout(song, round(room * 0.92 ** attempt), rng)
        marked = mark_cells(song, layout, task, rng)
        shift = transposition(song, rng) if transpose else 0
        window = build_window(song, layout, marked)
        fits = len(window.features) <= context
        if fits and plan is not None:
            window = hinted_window(window, plain, layout, marked, plan, context, rng, shift)
        if shift:
            transpose_tokens(window.features[:, 0], shift)
        if fits:
            return window
    kept = window.features[:context]
    answer = kept[window.answer_start:, 0]
    notes = merges.notes[answer] if merges else np.isin(v.KIND_OF[answer], (v.Kind.PITCH, v.Kind.DRUM))
    return Window(kept, min(window.answer_start, context), int(notes.sum()))


@dataclass(frozen=True)
class ExampleSource:
    """Endless random batches from a store; ``batch(step)`` depends on nothing but the fields and ``step``.

    ``context``: tokens a row. ``shares``: how often each collection is drawn (relative). Inside a collection a
    song is drawn in proportion to the square root of its length, so that long works do not crowd out the others.
    Where a window leaves much of its row free, another song's follows it.
    ``rank`` of ``ranks`` processes: each sees songs of its own. ``merges``: those of the model that is trained.
    ``hints``: half of the windows say more of their marked cells; see ``core.corpus.hinting``.
    """

    store: Store
    context: int
    batch_size: int
    seed: int = 0
    shares: Mapping[str, float] | None = None
    transpose: bool = True
    rank: int = 0
    ranks: int = 1
    merges: Merges | None = None
    hints: bool = False

    def __post_init__(self) -> None:
        collections = [entry.collection for entry in self.store.entries]
        songs = songs_of_rank(collections, self.rank, self.ranks, self.seed)
        size = np.sqrt(self.store.token_counts()[songs].astype(np.float64))
        weights = song_weights(size, [collections[song] for song in songs], self.shares)
        object.__setattr__(self, "_songs", songs)
        object.__setattr__(self, "_cumulative", np.cumsum(weights))

    def batch(self, step: int) -> Batch:
        """Batch number ``step``."""
        rng = np.random.default_rng([self.seed, step] if self.ranks == 1 else [self.seed, step, self.rank])
        rows, tasks = [], []
        for _ in range(self.batch_size):
            windows, free, drawn = [], self.context, []
            while not windows or free >= WORTH_PACKING:
                place = np.searchsorted(self._cumulative, rng.random(), side="right")
                song = self.store[int(self._songs[min(place, len(self._songs) - 1)])]
                drawn.append(TASKS[int(rng.choice(len(TASKS), p=TASK_SHARES))])
                windows.append(draw_example(song, free, rng, task=drawn[-1], transpose=self.transpose,
                                            merges=self.merges, hints=self.hints))
                free -= len(windows[-1].features)
            rows.append(windows)
            tasks.append(drawn[0])
        return stack(rows, tasks, self.context)


def validation_batches(store: Store, context: int, batch_size: int, per_task: int, seed: int = 0,
                       merges: Merges | None = None) -> list[Batch]:
    """The same batches every time: ``per_task`` windows of each task, songs spread evenly over the store."""
    batches = []
    for number, task in enumerate(TASKS):
        rng = np.random.default_rng([seed, number])
        picks = rng.permutation(len(store))[np.arange(per_task) % len(store)]
        windows = [draw_example(store[int(i)], context, rng, task=task, transpose=False, merges=merges)
                   for i in picks]
        rows = [[window] for window in windows]
        batches += [stack(rows[at:at + batch_size], [task] * len(rows[at:at + batch_size]), context)
                    for at in range(0, per_task, batch_size)]
    return batches
