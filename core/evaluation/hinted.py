"""Bits per note when a request says more of its cells: how much a model makes of what it is told.

The same cells are measured with nothing said of them, with their attributes, and with some of what they hold kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.corpus.examples import TASKS, choose_layout, mark_cells, stack
from core.corpus.hinting import HintPlan, hints_of
from core.evaluation.held_out import HeldOutSong
from core.evaluation.likelihood import Likelihood
from core.model.transformer import Transformer
from core.tokens.encoder import EncodedSong
from core.tokens.merges import Merges
from core.tokens.window import Window, build_window, with_hints
from core.training.loss import bits_per_note

NOTHING_SAID = "nothing"
_NONE, _ALL = (False, False, False), (True, True, True)
PLANS: Mapping[str, HintPlan] = {
    "density, polyphony and register": HintPlan(_ALL), "the rhythm": HintPlan(_NONE, "rhythm"),
    "the tune": HintPlan(_NONE, "tune"), "half of the notes": HintPlan(_NONE, "notes")}
"""What is said of every marked cell that sounds."""
SAID = (NOTHING_SAID, *PLANS)
_ROOM = 0.75
"""Share of the context that a window is laid out for, so that the longest hints fit."""


def evaluate_hints(model: Transformer, songs: Sequence[HeldOutSong], seed: int = 0,
                   on_song: Callable[[], None] = lambda: None) -> list[Likelihood]:
    """One window from each song, the tasks in turn, with each of SAID as the method; silent answers are left out."""
    found = []
    for number, song in enumerate(songs):
        rng, task = np.random.default_rng([seed, number, len(TASKS)]), TASKS[(seed + number) % len(TASKS)]
        for said, window in draw_hinted(song.encoded, model.config.context, task, rng, model.merges).items():
            bits = bits_per_note(model, [stack([[window]], [task], len(window.features))])[task] * window.note_count
            found.append(Likelihood(song.name, song.collection, task, bits, window.note_count, said, seed))
        on_song()
    return found


def draw_hinted(song: EncodedSong, context: int, task: str, rng: np.random.Generator, merges: Merges | None = None
                ) -> dict[str, Window]:
    """A window of at most ``context`` tokens with each of SAID, of the same marked cells; none where they do not fit
    or are silent."""
    shown = song if merges is None else merges.apply(song)
    for attempt in range(12):
        layout = choose_layout(shown, round(_ROOM * context * 0.9 ** attempt), rng)
        marked = mark_cells(shown, layout, task, rng)
        plain = build_window(shown, layout, marked)
        windows = {NOTHING_SAID: plain} | {
            said: with_hints(plain, hints_of(song, layout, marked, plan, rng, everywhere=True))
            for said, plan in PLANS.items()}
        if max(len(window.features) for window in windows.values()) <= context:
            return windows if plain.note_count else {}
    return {}
