"""What a listener would send back at once. The composer's own bars are measured alike: they say what is usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations, groupby

import numpy as np

from core.evaluation.answers import Answer, Notes
from core.evaluation.infill import note_f1
from core.evaluation.metrics import in_key_rate
from core.evaluation.ranges import out_of_range
from core.evaluation.scores import Figure
from core.evaluation.together import share_of_clashes, share_of_lost_bars
from core.evaluation.windows import CONTINUE, InfillWindow
from core.generation.loops import LOOP_BARS, NEAR_BARS
from core.generation.request import Cell
from core.music.song import EMPTY_NOTES, Song

LONG_BEATS = 8
"""Quarter notes beyond which a note may be endless."""

EMPTY = Figure("empty cells", "Share of the cells asked for that hold no note.", human=True, target="< 2 %")
ENDLESS = Figure("endless notes", f"Share of notes longer than {LONG_BEATS} quarter notes, and than any that the track "
                 "has in the bars given.", human=True)
LOOPS = Figure("loops", f"Share of tracks with {LOOP_BARS} or more identical bars in a row, a written one among them, "
               f"where the track has none in the bars given, nor in the song within {NEAR_BARS} bars of them.",
               human=True, target="< 3 %")
COPIES = Figure("copies", "Share of cells that repeat the bar before, on the same track, note for note.", human=True)
ALIKE = Figure("takes differ", "Share of notes that are not shared by two takes of one request; higher is better.",
               target="≥ 30 %")
IN_KEY = Figure("in key", "Share of notes in the key of the bars given, where these are in a key; continuing only; "
                "higher is better.", human=True, target="≥ 90 %")
BEAT = Figure("beat lost", "Share of drum bars most of whose strokes stand where no bar given of that track has one.",
              human=True)
CLASHES = Figure("clashes", "Share of pitched notes that sound for half a quarter note or longer beside a note of "
                 "another track that is a semitone, or that and octaves, away.", human=True)
RANGE = Figure("out of range", "Share of notes that the instrument cannot play.", human=True)
FAULTS = (EMPTY, ENDLESS, LOOPS, COPIES, ALIKE, IN_KEY, BEAT, CLASHES, RANGE)


def fault_figures(answer: Answer) -> dict[Figure, float]:
    """Each figure of an answer, the mean of its takes; NaN where it cannot be told."""
    found = {figure: float(np.mean([measure(answer, take, song) for take, song in zip(answer.takes, answer.songs)]))
             for figure, measure in _MEASURES.items()}
    return found | {ALIKE: takes_differ(answer.takes)}


def takes_differ(takes: list[Notes]) -> float:
    """1 − the note F1 of two takes with each other, the mean of all pairs; NaN for a single one."""
    pairs = [1.0 - note_f1(one, other) for one, other in combinations(takes, 2)]
    return float(np.mean(pairs)) if pairs else np.nan


def longest_loop(bars: list[bytes], written: list[bool]) -> tuple[int, int]:
    """The longest run of equal bars that has a written one in it, and the longest of given bars alone; silent bars
    (empty) end a run."""
    with_written = given = 0
    place = 0
    for content, run in groupby(bars):
        length = len(list(run))
        marks = written[place:place + length]
        place += length
        if not content:
            continue
        if any(marks):
            with_written = max(with_written, length)
        given = max([given, *(len(list(same)) for mark, same in groupby(marks) if not mark)])
    return with_written, given


def _empty(answer: Answer, take: Notes, song: Song) -> float:
    content = bar_contents(song, answer.window.cells)
    return sum(not content[cell] for cell in answer.window.cells) / len(answer.window.cells)


def _endless(answer: Answer, take: Notes, song: Song) -> float:
    window = answer.window
    endless = total = 0
    for track, notes in take.items():
        given = window.song.tracks[track].notes
        bars = [bar for bar, owner in window.cells if owner == track]
        bar = window.song.timebase.bar_at(given["onset"])
        given = given[(bar >= window.first_bar) & (bar <= window.last_bar) & ~np.isin(bar, bars)]
        limit = max(LONG_BEATS * song.ticks_per_beat, int(given["duration"].max(initial=0)))
        endless += int(np.count_nonzero(notes["duration"] > limit))
        total += len(notes)
    return endless / total if total else np.nan


def _loops(answer: Answer, take: Notes, song: Song) -> float:
    """Among the tracks that have no loop near by: what they go on with is no fault."""
    window = answer.window
    bars = range(max(0, window.first_bar - NEAR_BARS), min(song.bar_count, window.last_bar + NEAR_BARS + 1))
    tracks = {track for _, track in window.cells}
    content = bar_contents(song, [(bar, track) for bar in bars for track in tracks])
    found = []
    for track in tracks:
        loop, before = longest_loop([content[bar, track] for bar in bars],
                                    [(bar, track) in window.cells for bar in bars])
        if before < LOOP_BARS:
            found.append(loop >= LOOP_BARS)
    return float(np.mean(found)) if found else np.nan


def share_of_copies(window: InfillWindow, song: Song) -> float:
    """Among the cells with a sounding bar before them in the window; NaN where there are none."""
    before = {(bar, track): (bar - 1, track) for bar, track in window.cells if bar > window.first_bar}
    content = bar_contents(song, {*before, *before.values()})
    told = [content[cell] == content[earlier] for cell, earlier in before.items() if content[earlier]]
    return float(np.mean(told)) if told else np.nan


def _in_key(answer: Answer, take: Notes, song: Song) -> float:
    if answer.protocol != CONTINUE:
        return np.nan
    window = answer.window
    pitched = [index for index, track in enumerate(song.tracks) if not track.is_drum]
    first_written = min(bar for bar, _ in window.cells)
    given = np.concatenate([EMPTY_NOTES, *(song.tracks[index].notes for index in pitched)])
    bar = song.timebase.bar_at(given["onset"])
    written = np.concatenate([EMPTY_NOTES, *(notes for track, notes in take.items() if track in pitched)])
    return in_key_rate(written, given[(bar >= window.first_bar) & (bar < first_written)])


def _out_of_range(answer: Answer, take: Notes, song: Song) -> float:
    total = sum(map(len, take.values()))
    outside = sum(out_of_range(notes["pitch"], song.tracks[track].program, song.tracks[track].is_drum)
                  for track, notes in take.items())
    return outside / total if total else np.nan


_MEASURES: Mapping[Figure, Callable[[Answer, Notes, Song], float]] = {
    EMPTY: _empty, ENDLESS: _endless, LOOPS: _loops,
    COPIES: lambda answer, take, song: share_of_copies(answer.window, song), IN_KEY: _in_key,
    BEAT: lambda answer, take, song: share_of_lost_bars(answer.window, song),
    CLASHES: lambda answer, take, song: share_of_clashes(take, song), RANGE: _out_of_range}


def bar_contents(song: Song, cells) -> dict[Cell, bytes]:
    """The onsets (from the bar's start) and pitches of each cell, as bytes that are equal when these are; empty for a
    silent one."""
    found: dict[Cell, bytes] = {}
    for track in {track for _, track in cells}:
        notes = song.tracks[track].notes
        bar = song.timebase.bar_at(notes["onset"])
        for wanted in {bar for bar, owner in cells if owner == track}:
            low, high = np.searchsorted(bar, [wanted, wanted + 1])
            start = int(song.timebase.bar_start(wanted))
            pairs = np.stack([notes["onset"][low:high] - start, notes["pitch"][low:high].astype(np.int64)])
            found[wanted, track] = pairs.tobytes()
    return found
