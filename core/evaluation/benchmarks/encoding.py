"""From files to token ids: files a second of processor time beside MidiTok's REMI, and what a second process brings.

Both read the same files with the same parser (symusic), one file after the other, in the same process and by turns.
The files' bytes lie in the system's cache; garbage is collected before every turn, and the collector stays on for both.
"""

from __future__ import annotations

import gc
import platform
import random
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
from miditok import REMI, TokenizerConfig

from core.corpus.journal import Outcome
from core.corpus.scan import Rejected, collection_of, encode_file, find_midi_files
from core.corpus.work import FILES_AT_ONCE, OwnProcesses, encode_all

SEED = 0
FILES = 200
ROUNDS = 5
OWN_TURNS = 3
"""Turns of ours in a round, for one of MidiTok's, which takes so much longer."""
PARALLEL_FILES = 6_000
"""Enough for several seconds. A smaller corpus is read several times over."""

PEER_SETTINGS = {"use_programs": True, "use_tempos": True, "use_time_signatures": True}
"""What our tokens say too. All else is MidiTok's default; programs make it one stream of all tracks, as ours is."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Timings:
    """Seconds of processor time: a row for each turn, a column for each collection."""

    seconds: np.ndarray

    @property
    def fastest(self) -> float:
        return float(self.seconds.sum(axis=1).min())

    @property
    def median(self) -> float:
        return float(np.median(self.seconds.sum(axis=1)))

    @property
    def by_collection(self) -> np.ndarray:
        """Of each collection's own fastest turn."""
        return self.seconds.min(axis=0)


def run(corpus: Path, say: Say) -> str:
    """Time both on files of ``corpus``; returns the report in Markdown. Raises ValueError for too few files."""
    tokenizer = REMI(TokenizerConfig(**PEER_SETTINGS))
    say(f"Choosing {FILES} files that both can encode")
    files = choose_files(corpus, FILES, lambda path: _both_encode(path, tokenizer))
    collections = sorted(files)
    groups = [files[name] for name in collections]
    ours, peer = [], []
    for number in range(ROUNDS):
        peer.append(_turn(groups, tokenizer))
        ours += [_turn(groups, encode_file) for _ in range(OWN_TURNS)]
        say(f"Round {number + 1} of {ROUNDS}: {sum(peer[-1]) / min(map(sum, ours[-OWN_TURNS:])):.1f} times as fast")
    one, two = time_processes(corpus, say)
    return _report(collections, [len(group) for group in groups], Timings(np.array(ours)), Timings(np.array(peer)),
                   one, two)


def choose_files(corpus: Path, count: int, usable: Callable[[Path], bool]) -> dict[str, list[Path]]:
    """``count`` files, as evenly spread over the collections as these allow, seeded; by collection."""
    chosen: dict[str, list[Path]] = {}
    for path in islice(filter(usable, _one_of_each_in_turn(corpus)), count):
        chosen.setdefault(_collection(path, corpus), []).append(path)
    found = sum(map(len, chosen.values()))
    if found < count:
        raise ValueError(f"{corpus} holds {found} files that can be used; {count} are needed")
    return chosen


def time_processes(corpus: Path, say: Say) -> tuple[list[float], list[float]]:
    """Files a second of wall-clock time in each round, read by one process and by two, as a build has them read."""
    found = _one_of_each_in_turn(corpus)
    files = (found * -(-PARALLEL_FILES // len(found)))[:PARALLEL_FILES]
    jobs = [(number, str(path)) for number, path in enumerate(files)]
    rates: dict[int, list[float]] = {1: [], 2: []}
    with closing(OwnProcesses(1)) as one, closing(OwnProcesses(2)) as two:
        for number in range(ROUNDS + 1):  # the first starts the processes and does not count
            for count, workers in ((1, one), (2, two)):
                outcomes: list[tuple[int, Outcome]] = []
                start = time.perf_counter()
                encode_all(jobs[:len(jobs) if number else 8 * FILES_AT_ONCE], workers, outcomes.extend, lambda: False)
                if number:
                    rates[count].append(len(outcomes) / (time.perf_counter() - start))
            if number:
                say(f"Processes, round {number} of {ROUNDS}: two are {rates[2][-1] / rates[1][-1]:.2f} times one")
    return rates[1], rates[2]


def _one_of_each_in_turn(corpus: Path) -> list[Path]:
    groups: dict[str, list[Path]] = {}
    for path in find_midi_files(corpus):
        groups.setdefault(_collection(path, corpus), []).append(path)
    if not groups:
        raise ValueError(f"{corpus} holds no MIDI file")
    for group in groups.values():
        random.Random(SEED).shuffle(group)
    return [path for row in zip_longest(*groups.values()) for path in row if path]


def _collection(path: Path, corpus: Path) -> str:
    return collection_of(path.relative_to(corpus).as_posix())


def _both_encode(path: Path, tokenizer: REMI) -> bool:
    try:
        return not isinstance(encode_file(path), Rejected) and bool(_ids(tokenizer(path)))
    except Exception:  # MidiTok raises whatever its parts do
        return False


def _ids(sequences) -> Sequence[int]:
    return sequences.ids if hasattr(sequences, "ids") else [token for one in sequences for token in one.ids]


def _turn(groups: Sequence[Sequence[Path]], encode: Callable[[Path], object]) -> list[float]:
    """Seconds of processor time for each group."""
    gc.collect()
    seconds = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for group in groups:
            start = time.process_time()
            for path in group:
                encode(path)
            seconds.append(time.process_time() - start)
    return seconds


def _report(collections: Sequence[str], counts: Sequence[int], ours: Timings, peer: Timings, one: Sequence[float],
            two: Sequence[float]) -> str:
    files = sum(counts)
    lines = [
        "# From files to token ids", "",
        f"{files} files, seed {SEED}, spread over {len(counts)} collections; {ROUNDS} rounds of one turn of MidiTok "
        f"and {OWN_TURNS} of ours. MidiTok {version('miditok')}: `REMI` with {', '.join(PEER_SETTINGS)}, else its "
        f"defaults. Python {platform.python_version()}, numpy {np.__version__}, symusic {version('symusic')}.", "",
        "## One process, files a second of processor time", "",
        "| | MidiTok | Ritornello | times as fast |", "|---|---|---|---|",
        _row("fastest turn", files, peer.fastest, ours.fastest),
        _row("median turn", files, peer.median, ours.median), "",
        "| collection | files | MidiTok | Ritornello | times as fast |", "|---|---|---|---|---|",
        *(_row(f"{name or '(no folder)'} | {count}", count, theirs, own)
          for name, count, theirs, own in zip(collections, counts, peer.by_collection, ours.by_collection)), "",
        "## Two processes, files a second of wall-clock time", "",
        f"{PARALLEL_FILES:,} files in portions of {FILES_AT_ONCE}, read as a build has them read; {ROUNDS} rounds, the "
        "processes started before.", "",
        "| | one process | two processes | times as fast |", "|---|---|---|---|",
        *(f"| {what} | {pick(one):,.0f} | {pick(two):,.0f} | {pick(two) / pick(one):.2f} |"
          for what, pick in (("fastest round", max), ("median round", np.median))), "",
    ]
    return "\n".join(lines)


def _row(name: str, files: int, theirs: float, own: float) -> str:
    return f"| {name} | {files / theirs:,.1f} | {files / own:,.0f} | {theirs / own:.1f} |"
