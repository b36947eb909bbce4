"""What a request costs in a long song: bars before the window that are read for a model that remembers.

A song of a corpus, its first bars over and over: 30 bars and 300 of the same music. Each is asked for bars at its end
from a model that has read nothing yet, for the same again, and for bars a little before. Processor time; the weights
are the shipped ones, whatever memory they were trained with, since that changes no cost.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.evaluation.tables import table
from core.evaluation.windows import cut_out
from core.files.bulk import read_notes
from core.folders import BASE_MODEL
from core.generation.remembering import Reader
from core.generation.request import Request, infill_cells
from core.generation.sampler import CellWritten, generate
from core.model.checkpoint import load_model
from core.model.transformer import Transformer
from core.music.song import Song
from core.training.start import with_memories

PATTERN_BARS = 15
SHORT, LONG = 30, 300
"""Bars."""
NEW_BARS, TAKES = 4, 4
REQUESTS = 3
"""Requests of each kind, with different seeds; all of the same bars."""
TOKENS_A_BAR = (40, 120)
"""Of the song that is repeated: one of usual density."""
KINDS = {"none": (0, 0), "segments": (1024, 0), "retrieval": (0, 3), "both": (1024, 3)}


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time. ``first``, ``again``, ``elsewhere``: from a request to its first cell, when nothing
    was read yet, when the same bars are asked for again, and for other bars then. ``reading``: of the first for the
    bars before the window. ``a_bar``, ``a_bar_again``: of the whole request, for each bar and take. ``read``: tokens
    that the first request read. ``kept``: bytes that stay."""

    first: float
    again: float
    elsewhere: float
    reading: float
    a_bar: float
    a_bar_again: float
    read: int
    kept: int


def run(corpus: Path, say: Callable[[str], None]) -> str:
    """The report on songs made of one of a folder's."""
    torch.set_num_threads(1)
    base = load_model(BASE_MODEL)[0]
    pattern = usual_song(corpus)
    rows = []
    for kind, (length, layer) in KINDS.items():
        model = with_memories(base, length, layer).eval()
        costs = [cost(model, repeated(pattern, bars)) for bars in (SHORT, LONG)]
        say(f"{kind}: done")
        for bars, one in zip((SHORT, LONG), costs):
            rows.append([kind, bars, f"{one.first:.2f}", f"{one.reading:.2f}", f"{one.again:.2f}",
                         f"{one.elsewhere:.2f}", f"{one.a_bar:.3f}", f"{one.a_bar_again:.3f}", f"{one.read:,}",
                         f"{one.kept / 1e6:.1f}"])
        ratio = {name: f"{getattr(costs[1], name) / getattr(costs[0], name):.2f}"
                 for name in ("first", "again", "elsewhere", "a_bar", "a_bar_again")}
        rows.append([f"{kind}, long : short", "", ratio["first"], "", ratio["again"], ratio["elsewhere"],
                     ratio["a_bar"], ratio["a_bar_again"], "", ""])
    lines = [
        "# A request in a long song\n",
        f"{NEW_BARS} bars of every track, {TAKES} takes, before the last bar of a song of {SHORT} and of {LONG} bars "
        f"with the same {PATTERN_BARS} bars over and over; {REQUESTS} requests each. Seconds of processor time on one "
        "thread, medians: from a request to its first cell, the first time (and what of that is for reading what is "
        f"before the window), again, and for bars {NEW_BARS} bars earlier; and of the whole request, for a bar of a "
        "take, the first time and again.\n",
        *table(["memory", "bars", "first cell, first time", "of it reading", "again", "other bars", "a new bar",
                "again", "tokens read", "MB kept"], rows)]
    return "\n".join(lines) + "\n"


def usual_song(corpus: Path) -> Song:
    """The first ``PATTERN_BARS`` bars of the first song of usual density in a folder. Raises ValueError if none is."""
    for path in find_midi_files(corpus):
        encoded = encode_file(path)
        if isinstance(encoded, Rejected) or encoded.bar_count < PATTERN_BARS or len(encoded.programs) < 2:
            continue
        low, high = TOKENS_A_BAR
        if low <= len(encoded.tokens) / encoded.bar_count <= high:
            return cut_out(read_notes(path), 0, PATTERN_BARS - 1)
    raise ValueError(f"{corpus} has no song of usual density with {PATTERN_BARS} bars and two tracks")


def repeated(pattern: Song, bars: int) -> Song:
    """The first bars of a song over and over, ``bars`` bars in all."""
    period = int(pattern.timebase.bar_end(PATTERN_BARS - 1))
    tracks = []
    for track in pattern.tracks:
        parts = []
        for time_ in range(-(-bars // PATTERN_BARS)):
            part = track.notes.copy()
            part["onset"] += time_ * period
            parts.append(part)
        tracks.append(track.with_notes(np.concatenate(parts)))
    meters, tempos = ([replace(change, tick=change.tick + time_ * period) for time_ in range(-(-bars // PATTERN_BARS))
                       for change in changes] for changes in (pattern.meters, pattern.tempos))
    return cut_out(Song(pattern.ticks_per_beat, tuple(tracks), tuple(tempos), tuple(meters)), 0, bars - 1)


def cost(model: Transformer, song: Song, requests: int = REQUESTS) -> Cost:
    """What bars before the last of a song cost; the medians of some requests."""
    tracks = [number for number, track in enumerate(song.tracks) if len(track.notes)]
    cells, others = (infill_cells(song.bar_count - NEW_BARS - 1 - back, song.bar_count - 2 - back, tracks)
                     for back in (0, NEW_BARS))
    taken = []
    for seed in range(requests):
        reader, request = _Timed(model) if model.config.remembers else None, Request(song, cells, TAKES, seed)
        first, in_all = _timed(model, request, reader)
        reading, read = (reader.seconds, reader.tokens_read) if reader else (0.0, 0)
        again, again_in_all = _timed(model, request, reader)
        elsewhere, _ = _timed(model, Request(song, others, TAKES, seed), reader, to_the_end=False)
        taken.append((first, again, elsewhere, reading, in_all / NEW_BARS / TAKES, again_in_all / NEW_BARS / TAKES))
    return Cost(*np.median(taken, axis=0).tolist(), read, reader.size if reader else 0)


class _Timed(Reader):
    """Knows how many ``seconds`` of processor time it has read for."""

    seconds = 0.0

    def _read(self, *args):
        began = time.process_time()
        try:
            return super()._read(*args)
        finally:
            self.seconds += time.process_time() - began


def _timed(model: Transformer, request: Request, reader: Reader | None, to_the_end: bool = True
           ) -> tuple[float, float]:
    """Processor seconds to the first cell, and to the end."""
    began, first = time.process_time(), 0.0
    for event in generate(model, request, reader=reader):
        if isinstance(event, CellWritten) and not first:
            first = time.process_time() - began
            if not to_the_end:
                break
    return first, time.process_time() - began


