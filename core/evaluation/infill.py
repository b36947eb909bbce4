"""The infilling test: cells are taken out and written again; how many notes come back as they were?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.evaluation.baselines import copy_bars, previous_bar, random_bar
from core.evaluation.held_out import HeldOutSong
from core.evaluation.windows import PROTOCOLS, InfillWindow, draw_window
from core.generation.request import Cell, Request, Take
from core.generation.sampler import generate
from core.model.transformer import Transformer
from core.music.song import Song

MODEL, MODEL_WHOLE_SONG = "model, 8 bars", "model, whole song"
PREVIOUS, RANDOM = "copy of the previous bar", "copy of a random bar"
METHODS = (MODEL, MODEL_WHOLE_SONG, PREVIOUS, RANDOM)


@dataclass(frozen=True)
class InfillScore:
    """The note F1, 0 to 1, of a method in one window, the mean of its takes; ``notes`` were taken out."""

    song: str
    collection: str
    protocol: str
    method: str
    f1: float
    notes: int


def note_f1(written: Mapping[int, np.ndarray], wanted: Mapping[int, np.ndarray]) -> float:
    """Harmonic mean of precision and recall of the notes by track; 1 when there is nothing on either side.

    Notes match one to one, when track, onset (hence bar) and pitch are exactly the same.
    """
    ours, theirs = _keys(written), _keys(wanted)
    total = ours.total() + theirs.total()
    return 2 * (ours & theirs).total() / total if total else 1.0


def _keys(notes: Mapping[int, np.ndarray]) -> Counter:
    return Counter((track, onset, pitch) for track, part in notes.items()
                   for onset, pitch in zip(part["onset"].tolist(), part["pitch"].tolist()))


def notes_in(song: Song, cells: frozenset[Cell]) -> dict[int, np.ndarray]:
    """The notes that start in the cells, by track."""
    found = {}
    for track in {track for _, track in cells}:
        notes = song.tracks[track].notes
        bars = [bar for bar, owner in cells if owner == track]
        found[track] = notes[np.isin(song.timebase.bar_at(notes["onset"]), bars)]
    return found


def evaluate_infill(model: Transformer, songs: Sequence[HeldOutSong], *, takes: int = 3, seed: int = 0,
                    adventurousness: float = 0.5, on_song: Callable[[], None] = lambda: None) -> list[InfillScore]:
    """One window of each song for each protocol, where it has one, written by the model and by the baselines.

    The model is measured twice: shown the 8 bars alone, as the protocol wants it, and shown the song around them.
    """
    scores = []
    for number, held_out in enumerate(songs):
        for protocol_number, (protocol, choose) in enumerate(PROTOCOLS.items()):
            rng = np.random.default_rng([seed, number, protocol_number])
            if (window := draw_window(held_out, choose, rng)) is None:
                continue
            wanted = notes_in(window.song, window.cells)
            count = sum(len(notes) for notes in wanted.values())
            for method, versions in _versions(model, window, takes, seed, adventurousness, rng):
                f1 = float(np.mean([note_f1(written, wanted) for written in versions]))
                scores.append(InfillScore(held_out.name, held_out.collection, protocol, method, f1, count))
        on_song()
    return scores


def _versions(model: Transformer, window: InfillWindow, takes: int, seed: int, adventurousness: float,
              rng: np.random.Generator) -> Iterator[tuple[str, list[Mapping[int, np.ndarray]]]]:
    """Every method and what it writes, in ticks of the whole song."""
    def write(song: Song, cells: frozenset[Cell]) -> list[Mapping[int, np.ndarray]]:
        request = Request(song, cells, takes, seed, adventurousness)
        return [event.notes for event in generate(model, request) if isinstance(event, Take)]

    yield MODEL, [_later(notes, window.start) for notes in write(window.excerpt, window.excerpt_cells)]
    yield MODEL_WHOLE_SONG, write(window.song, window.cells)
    yield PREVIOUS, [copy_bars(window, previous_bar, rng)]
    yield RANDOM, [copy_bars(window, random_bar, rng) for _ in range(takes)]


def _later(notes: Mapping[int, np.ndarray], ticks: int) -> dict[int, np.ndarray]:
    moved = {}
    for track, part in notes.items():
        moved[track] = part.copy()
        moved[track]["onset"] += ticks
    return moved
