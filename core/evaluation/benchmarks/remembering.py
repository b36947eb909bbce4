"""What a request costs in a long song, with a model that remembers and has read the song ahead, as in the window.

A song of a corpus, its first bars over and over: 30 bars and 300 of the same music. Each is read ahead, then for bars
near its end, which are asked for; asked for again; and bars a little before are asked for with no time to read for
them. The two songs take turns. Processor time; the weights are the shipped ones, whatever memory they were trained
with, since that changes no cost but by how much is written, so costs are given for a note too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import numpy as np
import torch

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.evaluation.tables import table
from core.evaluation.windows import cut_out
from core.files.bulk import read_notes
from core.folders import BASE_MODEL
from core.generation.remembering import Reader
from core.generation.request import Request, continue_cells, infill_cells
from core.generation.sampler import CellWritten, generate, read_ahead
from core.model.checkpoint import load_model
from core.model.transformer import Transformer
from core.music.song import Song
from core.training.start import with_memories

PATTERN_BARS = 15
SHORT, LONG = 30, 300
"""Bars."""
NEW_BARS, TAKES = 4, 4
REQUESTS = 3
"""How often all is asked, with different seeds; always the same bars."""
TOKENS_A_BAR = (40, 120)
"""Of the song that is repeated: one of usual density."""
KINDS = {"none": (0, 0), "segments": (1024, 0), "retrieval": (0, 3), "both": (1024, 3)}


@dataclass(frozen=True)
class Cost:
    """Seconds of processor time. ``opened``: reading ahead after the song was opened; ``marked``: after bars were
    marked. ``first``, ``again``, ``at_once``: from a request to its first cell when it was read for, when the same is
    asked for again, and when the song was read but not for these bars. ``a_bar``, ``a_note``: of the request that was
    read for, for each bar of a take and each note written; ``a_bar_at_once``: of the one that was not. ``read``:
    tokens when the song was opened. ``kept``: bytes that stay."""

    opened: float
    marked: float
    first: float
    again: float
    at_once: float
    a_bar: float
    a_note: float
    a_bar_at_once: float
    read: float
    kept: float


COMPARED = ("first", "again", "at_once", "a_bar", "a_note", "a_bar_at_once")
"""Costs of which the long song's are given as times the short song's."""


def run(corpus: Path, say: Callable[[str], None], memory: Collection[str] = (), requests: int = REQUESTS) -> str:
    """The report on songs made of one of a folder's. ``memory``: which kinds, all if none is named."""
    torch.set_num_threads(1)
    base = load_model(BASE_MODEL)[0]
    pattern = usual_song(corpus)
    songs = [repeated(pattern, bars) for bars in (SHORT, LONG)]
    rows = []
    for kind in memory or KINDS:
        model = with_memories(base, *KINDS[kind]).eval()
        cost(model, songs[0], 0)  # what torch and the compiler do once
        taken = [[], []]
        for seed in range(requests):
            for costs, song in zip(taken, songs):
                costs.append(astuple(cost(model, song, seed)))
            say(f"{kind}: {seed + 1} of {requests}")
        medians = [Cost(*np.median(costs, axis=0).tolist()) for costs in taken]
        for bars, one in zip((SHORT, LONG), medians):
            seconds = (one.opened, one.marked, one.first, one.again, one.at_once, one.a_bar)
            rows.append([kind, bars, f"{one.read:,.0f}", *(f"{value:.3f}" for value in seconds),
                         f"{1000 * one.a_note:.1f}", f"{one.a_bar_at_once:.3f}", f"{one.kept / 1e6:.1f}"])
        ratios = [f"{getattr(medians[1], name) / getattr(medians[0], name):.2f}" for name in COMPARED]
        rows.append([f"{kind}, long : short", "", "", "", "", *ratios, ""])
    lines = [
        "# A request in a long song\n",
        f"{NEW_BARS} bars of every track, {TAKES} takes, before the last bar of a song of {SHORT} and of {LONG} bars "
        f"with the same {PATTERN_BARS} bars over and over; {requests} times with different seeds, the songs in turns. "
        "Seconds of processor time on one thread, medians. *Read ahead*, while nothing is asked: when the song is "
        "opened, and when the bars are marked. *First cell*: from a request to its first cell after that, when the "
        f"same is asked again, and at once for the {NEW_BARS} bars before, which were not read for. *A new bar*: of "
        "the whole request, for a bar of a take, and in milliseconds for a note, where it was read for; and for a bar "
        "where it was not.\n",
        *table(["memory", "bars", "tokens read ahead", "opened", "marked", "first cell", "again", "at once",
                "a new bar", "a note (ms)", "a new bar, at once", "MB kept"], rows)]
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


def cost(model: Transformer, song: Song, seed: int) -> Cost:
    """What bars before the last of a song cost."""
    tracks = [number for number, track in enumerate(song.tracks) if len(track.notes)]
    last = song.bar_count - 2
    there, earlier = (Request(song, infill_cells(last - NEW_BARS + 1 - back, last - back, tracks), TAKES, seed)
                      for back in (0, NEW_BARS))
    reader = Reader(model) if model.config.remembers else None
    opened = _read_ahead(model, Request(song, continue_cells(song, NEW_BARS), TAKES), reader)
    read = reader.tokens_read if reader else 0
    marked = _read_ahead(model, there, reader)
    first, in_all, notes = _asked(model, there, reader)
    again, _, _ = _asked(model, replace(there, seed=seed + 1000), reader, to_the_end=False)
    at_once, at_once_in_all, _ = _asked(model, earlier, reader)
    written = NEW_BARS * TAKES
    return Cost(opened, marked, first, again, at_once, in_all / written, in_all / max(1, notes),
                at_once_in_all / written, read, reader.size if reader else 0)


def _read_ahead(model: Transformer, request: Request, reader: Reader | None) -> float:
    """Processor seconds."""
    began = time.process_time()
    if reader is not None:
        read_ahead(model, request, reader, lambda: False)
    return time.process_time() - began


def _asked(model: Transformer, request: Request, reader: Reader | None, to_the_end: bool = True
           ) -> tuple[float, float, int]:
    """Processor seconds to the first cell and to the end, and how many notes were written."""
    began, first, notes = time.process_time(), 0.0, 0
    for event in generate(model, request, reader=reader):
        if isinstance(event, CellWritten):
            first = first or time.process_time() - began
            notes += len(event.notes)
            if not to_the_end:
                break
    return first, time.process_time() - began, notes
