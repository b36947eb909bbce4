"""Bits per note: how well a model foresees what composers wrote, by task and by collection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.corpus.examples import TASKS, draw_example, stack
from core.evaluation.answers import MODEL, NGRAM
from core.evaluation.held_out import HeldOutSong
from core.evaluation.ngrams import NgramModel, cell_keys
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.merges import Merges
from core.tokens.window import Window
from core.training.loss import bits_per_note


@dataclass(frozen=True)
class Likelihood:
    """What the cells asked for cost a method in one window of a song: ``bits`` in all, for ``notes`` notes.
    ``seed``: of the run that drew the window."""

    song: str
    collection: str
    task: str
    bits: float
    notes: int
    method: str = MODEL
    seed: int = 0


def evaluate_likelihood(model: Transformer, songs: Sequence[HeldOutSong], seed: int = 0,
                        on_song: Callable[[], None] = lambda: None,
                        ngrams: NgramModel | None = None) -> list[Likelihood]:
    """One window of each task from each song, not transposed, as training draws them; silent answers are left out.

    ``ngrams`` are measured on the same cells.
    """
    found = []
    for number, song in enumerate(songs):
        for task_number, task in enumerate(TASKS):
            rng = np.random.default_rng([seed, number, task_number])
            window = draw_example(song.encoded, model.config.context, rng, task=task, transpose=False,
                                  merges=model.merges)
            if not window.note_count:
                continue
            bits = bits_per_note(model, [stack([[window]], [task], len(window.features))])[task] * window.note_count
            facts = (song.name, song.collection, task)
            found.append(Likelihood(*facts, bits, window.note_count, MODEL, seed))
            if ngrams is not None:
                keys = answer_keys(window, model.merges)
                found.append(Likelihood(*facts, float(ngrams.bits(keys).sum()), window.note_count, NGRAM, seed))
        on_song()
    return found


def answer_keys(window: Window, merges: Merges | None) -> np.ndarray:
    """The n-grams of a window's answer in plain tokens, as ``core.evaluation.ngrams.cell_keys`` gives them.
    ``merges``: those the window is written with.

    An END stands for the TRACK that opens the next cell. A window that was cut off may lack the last.
    """
    rows = window.features[window.answer_start:]
    tokens = rows[:, 0]
    is_end = tokens == v.END
    is_track = (tokens >= v.TRACK) & (tokens < v.TRACK + v.TRACKS)
    opens = np.flatnonzero(is_track)
    lengths = np.ones(len(tokens), dtype=np.int64) if merges is None else merges.lengths[tokens]
    lengths = np.where(is_track | is_end, 0, lengths)
    before = np.concatenate([[0], np.cumsum(lengths)])
    content = tokens[~(is_track | is_end)]
    plain = content if merges is None else merges.expand_tokens(content)
    return cell_keys(plain, np.append(before[opens], before[-1]), rows[opens, 4], closed=bool(is_end.any()))
