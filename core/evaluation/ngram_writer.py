"""Cells written by the counting model: token by token under the grammar, as the transformer writes them."""

from __future__ import annotations

import numpy as np

from core.evaluation.ngrams import NgramModel, opening
from core.evaluation.windows import InfillWindow
from core.generation.constraints import MAX_CELL_TOKENS, allowed_tokens
from core.generation.request import task_of
from core.generation.sampling import SamplingConfig, sample
from core.music.song import freeze_notes
from core.tokens import vocabulary as v
from core.tokens.decoder import decode_cells
from core.tokens.encoder import encode
from core.tokens.grammar import CellPlace, CellWriter, cell_places
from core.tokens.window import Layout


def write_by_ngrams(ngrams: NgramModel, window: InfillWindow, adventurousness: float,
                    rng: np.random.Generator) -> dict[int, np.ndarray]:
    """One take of a window: notes by track, in ticks of its song. It knows the program of a track and nothing else."""
    excerpt = window.excerpt
    encoded = encode(excerpt, bar_count=window.bars, drum_durations=False)
    tracks = tuple(sorted({track for _, track in window.cells}))
    layout = Layout(0, window.bars - 1, tracks, tuple(range(len(tracks))))
    sampling = SamplingConfig.of_adventurousness(adventurousness, task_of(excerpt, window.excerpt_cells))
    written: dict[int, list[np.ndarray]] = {}
    end = int(excerpt.timebase.bar_end(window.bars - 1))
    for place in cell_places(encoded, layout, window.excerpt_cells):
        tokens = _write_cell(ngrams, place, sampling, rng)
        notes, _ = decode_cells(np.array(tokens), np.full(len(tokens), place.bar), excerpt.timebase)
        notes["duration"] = np.minimum(notes["duration"], end - notes["onset"])
        notes["onset"] += window.start
        written.setdefault(place.track, []).append(notes)
    return {track: freeze_notes(np.concatenate(parts)) for track, parts in written.items()}


def _write_cell(ngrams: NgramModel, place: CellPlace, sampling: SamplingConfig, rng: np.random.Generator) -> list[int]:
    """The tokens of a cell, at least one note."""
    writer = CellWriter([place])
    writer.take(writer.closing_token)  # the TRACK that opens the cell
    tokens = opening(place.program)
    before = len(tokens)
    while True:
        allowed = allowed_tokens(writer, len(tokens) - before, MAX_CELL_TOKENS)
        # What is allowed was perhaps never seen here: then all that is allowed is as likely.
        logits = np.log(np.maximum(ngrams.distribution(tokens), 1e-30))
        token = int(sample(logits[None].astype(np.float32), allowed[None], sampling, [rng])[0])
        writer.take(token)
        if token == v.END:
            return tokens[before:]
        tokens.append(token)
