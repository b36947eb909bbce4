"""Control adherence: what was asked of a cell beside what was measured in it, held to it, only told of it, or neither.

One cell of an 8-bar window is taken out. It is asked for with the class of each attribute that the composer's own
notes have there, and with a class next to it; and with the composer's rhythm, or tune, kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from core.evaluation.answers import Notes
from core.evaluation.held_out import HeldOutSong
from core.evaluation.infill import note_f1
from core.evaluation.scores import Score, choose, compare, mean
from core.evaluation.tables import NOTHING, share, shown, table
from core.evaluation.windows import ATTEMPTS, WINDOW_BARS, InfillWindow, notes_in, sounding_cells
from core.generation.controls import Controls
from core.generation.plans import ControlsError, note_bounds
from core.generation.request import Request, Take
from core.generation.sampler import generate
from core.model.transformer import Transformer
from core.music.edits import replace_cells
from core.tokens.attributes import ATTRIBUTES, CLASSES, UNSAID, cell_classes, density_class, is_note
from core.tokens.encoder import EncodedSong, encode
from core.tokens.vocabulary import DRUM, DRUMS, PITCH

HELD, TOLD, NEITHER = "held to it", "only told of it", "neither"
WAYS = (HELD, TOLD, NEITHER)
"""How a request's controls were treated: enforced (and told, where the model knows hints), told alone, left out."""
OWN, NEXT = "the composer's class", "the class next to it"
EXACT, NEAR, F1 = "exact", "within one class", "note F1"
KEPT = ("rhythm", "tune")
FEWEST_NOTES = 2
"""Of a cell that is taken out: with one note there is little to keep."""

Write = Callable[[Controls, str], list[Notes] | None]
"""From controls and one of WAYS to takes; None where they cannot be met there."""


@dataclass(frozen=True)
class _Cell:
    window: InfillWindow
    bar: int
    track: int


def measure_adherence(model: Transformer, songs: Sequence[HeldOutSong], *, takes: int, seeds: Sequence[int],
                      adventurousness: float, on_song: Callable[[], None] = lambda: None) -> list[Score]:
    """The scores: ``protocol`` says what was asked (an attribute and OWN or NEXT, or what was kept), ``method`` is one
    of WAYS. ``on_song`` is called for each song and seed."""
    found: list[Score] = []
    for seed in seeds:
        for number, held_out in enumerate(songs):
            rng = np.random.default_rng([seed, number])
            cell = _draw_cell(held_out, rng)
            if cell is not None:
                write = partial(_write, model, cell, takes, seed, adventurousness)
                for protocol, way, figure, value in _figures(cell, write, rng, model.config.hints):
                    found.append(Score(held_out.name, held_out.collection, protocol, seed, way, figure, value))
            on_song()
    return found


def adherence_section(scores: Sequence[Score]) -> list[str]:
    """What was asked beside what was measured: controls down, ways across; then what keeping does to note F1."""
    ways = [way for way in WAYS if choose(scores, method=way)]
    windows = len({(one.song, one.seed) for one in scores})
    lines = [
        "## Control adherence\n",
        f"One cell of {WINDOW_BARS} bars is written again ({windows} windows). Each control is asked for alone: the "
        "class is exactly the one asked for / at most one class away. A request that contradicts the bar or the song "
        f"is refused and not counted. {HELD.capitalize()}: enforced while sampling, and told where the model knows "
        "hints.\n"]
    rows = []
    for asked in (OWN, NEXT):
        for attribute in ATTRIBUTES:
            some = choose(scores, protocol=f"{attribute}, {asked}")
            cells = [" / ".join(share(mean(choose(some, method=way, figure=figure))) for figure in (EXACT, NEAR))
                     if choose(some, method=way) else NOTHING for way in ways]
            rows.append([f"{attribute}, {asked}", *cells])
    lines += table(["asked", *ways], rows)
    kept = choose(scores, figure=F1)
    rows = [[f"{what} kept", *(shown(mean(choose(kept, protocol=f"{what} kept", method=way))) for way in ways),
             shown(compare(choose(kept, protocol=f"{what} kept"), HELD, NEITHER))] for what in KEPT]
    return [*lines, "\nNote F1 with the composer's rhythm or tune kept, beside plain infilling of the same cells "
            f"({NEITHER}):\n", *table(["", *ways, f"{HELD} less {NEITHER}"], rows), ""]


def _draw_cell(held_out: HeldOutSong, rng: np.random.Generator) -> _Cell | None:
    """A random cell with notes in a random window of a song; None when there is none beside others."""
    song = held_out.song
    sounding = sorted(sounding_cells(song))
    for _ in range(ATTEMPTS if song.bar_count >= WINDOW_BARS else 0):
        first = int(rng.integers(0, song.bar_count - WINDOW_BARS + 1))
        inside = [cell for cell in sounding if first <= cell[0] < first + WINDOW_BARS]
        if len(inside) < 2:
            continue
        bar, track = inside[int(rng.integers(len(inside)))]
        if len(notes_in(song, [(bar, track)])[track]) >= FEWEST_NOTES:
            return _Cell(InfillWindow(song, first, frozenset({(bar, track)})), bar - first, track)
    return None


def _figures(cell: _Cell, write: Write, rng: np.random.Generator, hints: bool) -> Iterator[tuple[str, str, str, float]]:
    """What was asked, how, which figure, and its value."""
    ways = (HELD, TOLD) if hints else (HELD,)
    plain = write(Controls(), NEITHER)
    encoded = encode(cell.window.excerpt, bar_count=WINDOW_BARS, drum_durations=False)
    units = int(encoded.bar_units[cell.bar + 1] - encoded.bar_units[cell.bar])
    for attribute, own in zip(ATTRIBUTES, _classes(encoded, cell)):
        for asked, value in ((OWN, own), (NEXT, _next_class(attribute, own, units, rng))):
            if own == UNSAID or value is None:
                continue
            taken = {way: write(Controls(**{attribute: value}), way) for way in ways}
            if taken[HELD] is None:
                continue
            for way, some in (taken | {NEITHER: plain}).items():
                apart = np.array([abs(_classes_of_take(cell, take)[ATTRIBUTES.index(attribute)] - value)
                                  for take in some])
                yield f"{attribute}, {asked}", way, EXACT, float((apart == 0).mean())
                yield f"{attribute}, {asked}", way, NEAR, float((apart <= 1).mean())
    wanted = notes_in(cell.window.excerpt, [(cell.bar, cell.track)])
    for keep in KEPT:
        if keep == "tune" and cell.window.song.tracks[cell.track].is_drum:
            continue
        taken = {way: write(Controls(keep), way) for way in ways}
        if taken[HELD] is None:
            continue
        for way, some in (taken | {NEITHER: plain}).items():
            yield f"{keep} kept", way, F1, float(np.mean([note_f1(take, wanted) for take in some]))


def _next_class(attribute: str, own: int, units: int, rng: np.random.Generator) -> int | None:
    """A class one from ``own``, above or below; for density one that a bar of so many units can have."""
    near = [value for value in (own - 1, own + 1) if 0 <= value < CLASSES[attribute]]
    if attribute == "density":
        near = [value for value in near if int(density_class(note_bounds(value, units)[0], units)) == value]
    return near[int(rng.integers(len(near)))] if near else None


def _write(model: Transformer, cell: _Cell, takes: int, seed: int, adventurousness: float, controls: Controls, way: str
           ) -> list[Notes] | None:
    request = Request(cell.window.excerpt, cell.window.excerpt_cells, takes, seed, adventurousness, controls=controls)
    try:
        return [event.notes for event in generate(model, request, enforced=way == HELD) if isinstance(event, Take)]
    except ControlsError:
        return None


def _classes_of_take(cell: _Cell, take: Notes) -> list[int]:
    window = cell.window
    song = replace_cells(window.excerpt, window.excerpt_cells, take)
    return _classes(encode(song, bar_count=WINDOW_BARS, drum_durations=False), cell)


def _classes(encoded: EncodedSong, cell: _Cell) -> list[int]:
    """The classes of density, polyphony and register of the notes in the cell."""
    found = np.flatnonzero((encoded.cell_bar == cell.bar) & (encoded.cell_track == cell.track))
    if not len(found):
        return [UNSAID] * len(ATTRIBUTES)
    inside = slice(int(encoded.cell_start[found[0]]), int(encoded.cell_start[found[0] + 1]))
    tokens, slots = np.asarray(encoded.tokens[inside], dtype=np.int64), np.asarray(encoded.slots[inside])
    notes = is_note(tokens)
    drums = encoded.programs[cell.track] == DRUMS
    pitch = tokens[notes] - (DRUM if drums else PITCH)
    units = np.diff(encoded.bar_units)[[cell.bar]]
    return cell_classes(np.zeros(len(pitch), dtype=np.int64), slots[notes].astype(np.int64), pitch, units,
                        np.array([drums]))[:, 0].tolist()
