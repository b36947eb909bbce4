"""Every file of a corpus there and back through its tokens.

    RITORNELLO_CORPUS=FOLDER python3 main.py test tests/core/tokens/test_on_a_corpus.py --slow -s

A collection is a folder in the corpus; a line is printed for each.
"""

import os
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import pytest

from core.corpus.scan import collection_of, find_midi_files
from core.files.bulk import read_notes
from core.files.errors import MidiError
from tests.core.tokens.round_trip import round_trip_faults

CORPUS = os.environ.get("RITORNELLO_CORPUS")
PROCESSES = int(os.environ.get("RITORNELLO_PROCESSES", "2"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7_200),
              pytest.mark.skipif(not CORPUS, reason="RITORNELLO_CORPUS names no folder")]


@dataclass
class Tally:
    """What a collection's files brought; ``worst`` in units."""

    files: int = 0
    unreadable: list[str] = field(default_factory=list)
    notes: int = 0
    on_grid: int = 0
    dropped: int = 0
    worst: float = 0.0

    def __str__(self) -> str:
        return (f"{self.files:,} files, {self.notes:,} notes, {self.on_grid / max(1, self.notes):.1%} on the grid, "
                f"{self.dropped:,} dropped, farthest {self.worst:.2f} units, {len(self.unreadable)} unreadable")


def there_and_back(path: str) -> tuple[list[str], str, tuple[int, int, int, float]]:
    """Faults of a file, why it cannot be read, and notes, notes on the grid, notes dropped and how far they moved."""
    try:
        song = read_notes(path)
    except MidiError as error:
        return [], error.reason, (0, 0, 0, 0.0)
    if not song.note_count:
        return [], "", (0, 0, 0, 0.0)
    faults, report = round_trip_faults(song)
    faults += [f"{fault} (drums of one length)" for fault in round_trip_faults(song, drum_durations=False)[0]]
    return faults, "", (report.notes, report.on_grid, report.dropped, report.worst)


def test_every_file_comes_back():
    files = find_midi_files(Path(CORPUS))
    assert files
    tallies: dict[str, Tally] = defaultdict(Tally)
    faulty = {}
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        for path, (faults, unreadable, (notes, on_grid, dropped, worst)) in zip(
                files, pool.map(there_and_back, map(str, files), chunksize=16)):
            tally = tallies[collection_of(path.relative_to(CORPUS).as_posix())]
            tally.files += 1
            tally.notes += notes
            tally.on_grid += on_grid
            tally.dropped += dropped
            tally.worst = max(tally.worst, worst)
            if unreadable:
                tally.unreadable.append(unreadable)
            if faults:
                faulty[str(path)] = faults
    for name, tally in sorted(tallies.items()):
        print(f"{name or 'the folder itself'}: {tally}")
    assert not faulty
