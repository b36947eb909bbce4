"""What a memory gains: bits per note of held-out songs that are read from their start, cell by cell of what is to be
written, apart by whether the nearest repeat of a cell can be seen in the window or lies outside.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from core.corpus.examples import TASKS
from core.corpus.song_walk import TASK_CHANCES, draw_window_at
from core.corpus.store import Store
from core.evaluation.repeats import Repeats
from core.model.memories import Memories
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.rows import blank_rows
from core.tokens.segments import SongSegments
from core.training.loss import token_losses

ALIKE = 0.7
"""From this likeness on a cell repeats another."""
FEWEST_NOTES = 3
"""A cell with fewer notes repeats nothing: they would be alike by chance."""
NEW, INSIDE, OUTSIDE = "new", "inside", "outside"
"""What a cell is: alike to none that was read or is shown; nearest to one that its window shows; to one outside."""
KINDS = (NEW, INSIDE, OUTSIDE)


@dataclass(frozen=True, eq=False)
class Step:
    """One segment of a held-out song and the window that begins with it: ``read`` and ``window``, int32 (tokens, 6);
    ``answer_start`` as of ``Window``; of each marked cell, in order, its ``notes`` and its kind."""

    read: np.ndarray
    places: np.ndarray
    window: np.ndarray
    answer_start: int
    notes: np.ndarray
    kinds: np.ndarray


@dataclass(frozen=True)
class SongBits:
    """Of one song: bits and notes of the cells of each kind."""

    bits: dict[str, float]
    notes: dict[str, int]


def held_out_steps(song: EncodedSong, number: int, context: int, longest: int, seed: int = 0) -> list[Step]:
    """The steps through a song: ``longest`` at most, evenly drawn tasks; a segment without a window ends nothing."""
    segments, repeats = SongSegments(song, context), Repeats(song)
    steps = []
    for segment in range(min(longest, len(segments))):
        rng = np.random.default_rng([seed, number, segment])
        task = TASKS[int(rng.choice(len(TASKS), p=TASK_CHANCES))]
        read = segments.read(segment)
        places = np.stack([np.full(len(read), number), segments.bars(segment), read[:, 3]], axis=1).astype(np.int32)
        drawn = draw_window_at(song, int(segments.first_bar[segment]), context, rng, task)
        if drawn is None:
            steps.append(Step(read, places, blank_rows(0), 0, np.zeros(0, dtype=np.int64), np.zeros(0, dtype="<U7")))
            continue
        notes, kinds = _cells(song, repeats, drawn.layout, drawn.marked)
        steps.append(Step(read, places, drawn.window.features, drawn.window.answer_start, notes, kinds))
    return steps


def _cells(song: EncodedSong, repeats: Repeats, layout, marked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Notes and kind of each marked cell in the order they are written."""
    column = np.full(len(song.programs), -1)
    column[list(layout.tracks)] = np.arange(len(layout.tracks))
    bar, place = np.asarray(song.cell_bar) - layout.first_bar, column[np.asarray(song.cell_track)]
    shown = (bar >= 0) & (bar < len(marked)) & (place >= 0)
    is_marked = shown.copy()
    is_marked[shown] = marked[bar[shown], place[shown]]
    order = bar * len(layout.tracks) + place
    number_of = {(int(bar[i]), int(place[i])): int(i) for i in np.flatnonzero(is_marked)}
    notes, kinds = [], []
    for at in zip(*(a.tolist() for a in np.nonzero(marked))):
        cell = number_of.get(at)
        if cell is None or repeats.notes(cell) < FEWEST_NOTES:
            notes.append(0 if cell is None else repeats.notes(cell))
            kinds.append(NEW)
            continue
        alike = repeats.likeness(cell)
        visible = shown & (~is_marked | (order < order[cell]))
        inside, outside = alike[visible].max(initial=0.0), alike[bar < 0].max(initial=0.0)
        notes.append(repeats.notes(cell))
        kinds.append(OUTSIDE if outside >= ALIKE and outside > inside else INSIDE if inside >= ALIKE else NEW)
    return np.array(notes, dtype=np.int64), np.array(kinds, dtype="<U7")


@torch.inference_mode()
def bits_by_kind(model: Transformer, songs: Sequence[Sequence[Step]], memories: Memories | None, rows: int = 8
                 ) -> list[SongBits]:
    """What each song costs. ``memories``: of one row, to take the kind and size from; None reads windows alone.

    Songs are read side by side, ``rows`` at a time, the longest first.
    """
    found: dict[int, SongBits] = {}
    order = sorted(range(len(songs)), key=lambda song: -len(songs[song]))
    length = max(len(rows) for steps in songs for step in steps for rows in (step.read, step.window))
    model.eval()
    for at in range(0, len(order), rows):
        group = order[at:at + rows]
        bits = {song: dict.fromkeys(KINDS, 0.0) for song in group}
        remembered = memories.empty(model.embeddings.token.device, len(group)) if memories is not None else None
        for number in range(len(songs[group[0]])):
            steps = [songs[song][number] if number < len(songs[song]) else None for song in group]
            losses = _read(model, steps, remembered, length)
            for song, step, row in zip(group, steps, losses):
                for kind, cost in _by_cell(step, row):
                    bits[song][kind] += cost
        for song in group:
            notes = {kind: int(sum(step.notes[step.kinds == kind].sum() for step in songs[song])) for kind in KINDS}
            found[song] = SongBits(bits[song], notes)
    return [found[song] for song in range(len(songs))]


def _read(model: Transformer, steps: Sequence[Step | None], memories: Memories | None, length: int) -> np.ndarray:
    """Bits of each next token of the windows, (rows, tokens); the segments are taken in, padded to ``length``."""
    windows = [step.window if step is not None else blank_rows(0) for step in steps]
    reads = [step.read if step is not None else blank_rows(0) for step in steps]
    if memories is None:
        return _bits(model, _stack(windows), None)
    losses = _bits(model, _stack(reads + windows, length), memories)
    places = np.zeros((len(steps), length, 3), dtype=np.int32)
    for row, step in zip(places, steps):
        if step is not None:
            row[:len(step.places)] = step.places
    present = np.arange(length) < np.array([len(rows) for rows in reads])[:, None]
    memories.remember(torch.from_numpy(present), torch.from_numpy(places))
    return losses[len(steps):]


def _bits(model: Transformer, features: np.ndarray, memories: Memories | None) -> np.ndarray:
    losses, real = token_losses(model, torch.from_numpy(features), memories)
    return (losses * real).double().numpy() / math.log(2)


def _stack(parts: Sequence[np.ndarray], length: int | None = None) -> np.ndarray:
    length = max(1, length or max(len(part) for part in parts))
    stacked = blank_rows(len(parts) * length).reshape(len(parts), length, 6)
    for row, part in zip(stacked, parts):
        row[:len(part)] = part
    return stacked


def _by_cell(step: Step | None, bits: np.ndarray) -> Iterator[tuple[str, float]]:
    """Kind and bits of each cell of a window's answer, its TRACK counted; END belongs to the last."""
    if step is None or not len(step.kinds):
        return
    answer = step.window[step.answer_start:, 0]
    cell = np.cumsum((answer >= v.TRACK) & (answer < v.TRACK + v.TRACKS)) - 1
    costs = np.bincount(cell, weights=bits[step.answer_start - 1:len(step.window) - 1], minlength=len(step.kinds))
    yield from zip(step.kinds.tolist(), costs.tolist(), strict=True)


def read_held_out(store: Store, songs: int, context: int, longest: int, seed: int = 0) -> list[list[Step]]:
    """The steps of ``songs`` songs of a store that have more than one."""
    found = []
    for number in np.random.default_rng(seed).permutation(len(store)).tolist():
        if len(found) == songs:
            break
        steps = held_out_steps(store[number], number, context, longest, seed)
        if len(steps) > 1:
            found.append(steps)
    return found
