"""What a request costs in a long song: bars before the window that are read for a model that remembers.

A song of a corpus, its first bars over and over: 30 bars and 300 of the same music. Each is asked for bars at its end
from a model that has read nothing yet, and again. Processor time; the weights are the shipped ones, whatever memory
they were trained with, since that changes no cost.
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
REQUESTS = 2
"""Requests of each kind, with different seeds; all of the same bars."""
TOKENS_A_BAR = (40, 120)
"""Of the song that is repeated: one of usual density."""
KINDS = {"none": (0, 0), "segments": (1024, 0), "retrieval": (0, 3), "both": (1024, 3)}


@dataclass(frozen=True)
class Cost:
    """``first``, ``second``: seconds of processor time from a request to its first cell, when nothing was read yet and
    when the same bars are asked for again. ``a_bar``: of the first request in all, for each bar and take. ``read``:
    tokens that the first request read. ``kept``: bytes that stay."""

    first: float
    second: float
    a_bar: float
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
            rows.append([kind, bars, f"{one.first:.2f}", f"{one.second:.2f}", f"{one.a_bar:.3f}", f"{one.read:,}",
                         f"{one.kept / 1e6:.1f}"])
        rows.append([f"{kind}, long : short", "", f"{costs[1].first / costs[0].first:.2f}",
                     f"{costs[1].second / costs[0].second:.2f}", f"{costs[1].a_bar / costs[0].a_bar:.2f}", "", ""])
    lines = [
        "# A request in a long song\n",
        f"{NEW_BARS} bars of every track, {TAKES} takes, before the last bar of a song of {SHORT} and of {LONG} bars "
        f"with the same {PATTERN_BARS} bars over and over; {REQUESTS} requests each. Seconds of processor time on one "
        "thread: from a request to its first cell, the first time and again; and of the first request in all, for a "
        "bar of a take.\n",
        *table(["memory", "bars", "first cell, first time", "first cell, again", "a new bar", "tokens read",
                "MB kept"], rows)]
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
    """What bars before the last of a song cost; the mean of some requests."""
    tracks = [number for number, track in enumerate(song.tracks) if len(track.notes)]
    cells = infill_cells(song.bar_count - NEW_BARS - 1, song.bar_count - 2, tracks)
    firsts, seconds, whole = [], [], []
    for seed in range(requests):
        reader = Reader(model) if model.config.remembers else None
        for times in (firsts, seconds):
            first_cell, in_all = _timed(model, Request(song, cells, TAKES, seed), reader, to_the_end=times is firsts)
            times.append(first_cell)
            if times is firsts:
                whole.append(in_all)
    return Cost(float(np.mean(firsts)), float(np.mean(seconds)), float(np.mean(whole)) / NEW_BARS / TAKES,
                reader.tokens_read if reader else 0, reader.size if reader else 0)


def _timed(model: Transformer, request: Request, reader: Reader | None, to_the_end: bool) -> tuple[float, float]:
    """Processor seconds to the first cell, and to the end."""
    began, first = time.process_time(), 0.0
    for event in generate(model, request, reader=reader):
        if isinstance(event, CellWritten) and not first:
            first = time.process_time() - began
            if not to_the_end:
                break
    return first, time.process_time() - began


