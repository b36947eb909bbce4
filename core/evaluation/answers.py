"""Who writes what into the windows of a test. Every figure is taken of the same answers, since models write slowly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.evaluation.baselines import copy_bars, previous_bar, random_bar
from core.evaluation.held_out import HeldOutSong
from core.evaluation.ngram_writer import write_by_ngrams
from core.evaluation.ngrams import NgramModel
from core.evaluation.windows import CONTINUE, PROTOCOLS, InfillWindow, draw_continuation, draw_window, notes_in
from core.generation.request import Request, Take
from core.generation.sampler import generate
from core.music.edits import replace_cells
from core.music.song import Song

if TYPE_CHECKING:
    from core.model.transformer import Transformer

MODEL, WHOLE_SONG = "model", "model, shown the whole song"
NGRAM, PREVIOUS, RANDOM = "5-gram", "copy of the previous bar", "copy of a random bar"
COMPOSER = "the composer"
METHODS = (MODEL, WHOLE_SONG, NGRAM, PREVIOUS, RANDOM, COMPOSER)
"""In the order of the tables. The baselines come after the model, what was taken out last."""
BASELINES = (NGRAM, PREVIOUS, RANDOM)

Notes = Mapping[int, np.ndarray]
"""By track, in ticks of the window's song."""
Writer = Callable[[InfillWindow, int, int], Sequence[Notes]]
"""From a window, how many takes, and a seed to the takes; one alone where all would be the same."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The takes of one method for one window. ``seed``: of the run that drew the window."""

    window: InfillWindow
    song: str
    collection: str
    protocol: str
    seed: int
    method: str
    takes: Sequence[Notes]

    @cached_property
    def wanted(self) -> Notes:
        """What the composer wrote there."""
        return notes_in(self.window.song, self.window.cells)

    @cached_property
    def songs(self) -> list[Song]:
        """The window's song with each take in the place of the composer's notes."""
        return [replace_cells(self.window.song, self.window.cells, take) for take in self.takes]


def writers_of(model: Transformer | None, ngrams: NgramModel | None, adventurousness: float,
               whole_song: bool = False) -> dict[str, Writer]:
    """Every method there is, by name. The model is shown the window's bars alone, as the protocols want it;
    with ``whole_song`` it also writes a version for which it is shown the song around them."""
    found: dict[str, Writer] = {}
    if model is not None:
        found[MODEL] = lambda window, takes, seed: [
            later(notes, window.start) for notes in
            _write(model, Request(window.excerpt, window.excerpt_cells, takes, seed, adventurousness))]
        if whole_song:
            found[WHOLE_SONG] = lambda window, takes, seed: _write(
                model, Request(window.song, window.cells, takes, seed, adventurousness))
    if ngrams is not None:
        found[NGRAM] = lambda window, takes, seed: [
            write_by_ngrams(ngrams, window, adventurousness, np.random.default_rng([seed, take]))
            for take in range(takes)]
    found[PREVIOUS] = lambda window, takes, seed: [copy_bars(window, previous_bar, np.random.default_rng(seed))]
    found[RANDOM] = lambda window, takes, seed: [
        copy_bars(window, random_bar, np.random.default_rng([seed, take])) for take in range(takes)]
    return found


def write_answers(writers: Mapping[str, Writer], songs: Sequence[HeldOutSong], *, protocols: Sequence[str],
                  takes: int, seeds: Sequence[int], on_song: Callable[[], None] = lambda: None) -> Iterator[Answer]:
    """For each seed one window of each song for each protocol, where it has one, written by every method.

    ``protocols``: of ``PROTOCOLS``, and ``CONTINUE``. What the composer wrote comes first. ``on_song`` is called for
    each song and seed.
    """
    for seed in seeds:
        for number, held_out in enumerate(songs):
            for protocol in protocols:
                place = [*PROTOCOLS, CONTINUE].index(protocol)
                rng = np.random.default_rng([seed, number, place])
                window = draw_continuation(held_out, rng) if protocol == CONTINUE else \
                    draw_window(held_out, PROTOCOLS[protocol], rng)
                if window is None:
                    continue
                facts = (window, held_out.name, held_out.collection, protocol, seed)
                yield Answer(*facts, COMPOSER, [notes_in(window.song, window.cells)])
                for method, write in writers.items():
                    yield Answer(*facts, method, write(window, takes, seed))
            on_song()


def _write(model: Transformer, request: Request) -> list[Notes]:
    return [event.notes for event in generate(model, request) if isinstance(event, Take)]


def later(notes: Notes, ticks: int) -> Notes:
    """The notes, as many ticks later."""
    moved = {}
    for track, part in notes.items():
        part = part.copy()
        part["onset"] += ticks
        moved[track] = part
    return moved
