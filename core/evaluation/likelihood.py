"""Bits per note: how well a model foresees what composers wrote, by task and by collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.corpus.examples import TASKS, draw_example, stack
from core.evaluation.held_out import HeldOutSong
from core.model.transformer import Transformer
from core.training.loss import bits_per_note


@dataclass(frozen=True)
class Likelihood:
    """What the cells asked for cost in one window of a song: ``bits`` in all, for ``notes`` notes."""

    song: str
    collection: str
    task: str
    bits: float
    notes: int


def evaluate_likelihood(model: Transformer, songs: Sequence[HeldOutSong], seed: int = 0,
                        on_song: Callable[[], None] = lambda: None) -> list[Likelihood]:
    """One window of each task from each song, not transposed, as training draws them; silent answers are left out."""
    found = []
    for number, song in enumerate(songs):
        for task_number, task in enumerate(TASKS):
            rng = np.random.default_rng([seed, number, task_number])
            window = draw_example(song.encoded, model.config.context, rng, task=task, transpose=False,
                                  merges=model.merges)
            if window.note_count:
                bits = bits_per_note(model, [stack([window], [task], len(window.features))])[task]
                found.append(Likelihood(song.name, song.collection, task, bits * window.note_count, window.note_count))
        on_song()
    return found
