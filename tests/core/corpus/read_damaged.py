"""Reads damaged files in a process of its own, in little memory: ``FOLDER CASES SEED`` → a summary as JSON.

The file being read lies in the folder while it is read, for whoever finds this process dead.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import Counter
from pathlib import Path

from core.corpus.scan import Rejected, encode_file
from core.files.errors import MidiError
from core.files.midi import read_midi, read_midi_lenient
from core.tokens import vocabulary as v
from tests.core.corpus.damage import damaged_file

HANGING_SECONDS = 10
"""Of processor time; a file that takes longer ends the process."""
SPARE_BYTES = 512 * 2**20
"""Beyond what the process takes before it has read anything."""


def main(folder: Path, cases: int, seed: int) -> dict:
    path = folder / "damaged.mid"
    rng = random.Random(seed)
    limit_memory()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcomes: dict[str, Counter] = {"bulk": Counter(), "lossless": Counter(), "lenient": Counter()}
    slowest = dict.fromkeys(outcomes, 0.0)
    reasons: Counter = Counter()
    for _ in range(cases):
        path.write_bytes(damaged_file(rng))
        end = int(time.process_time()) + HANGING_SECONDS
        resource.setrlimit(resource.RLIMIT_CPU, (end, resource.RLIM_INFINITY))
        for name, read in (("bulk", _encode), ("lossless", read_midi), ("lenient", lambda p: read_midi_lenient(p)[0])):
            start = time.process_time()
            try:
                read(path)
                outcome = "read"
            except MidiError as error:
                assert error.reason and "\n" not in error.reason, repr(error.reason)
                reasons[f"{name}: {error.reason}"] += 1
                outcome = "refused"
            slowest[name] = max(slowest[name], time.process_time() - start)
            outcomes[name][outcome] += 1
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"outcomes": outcomes, "slowest": slowest, "megabytes": (after - before) / 1024, "reasons": len(reasons)}


def limit_memory() -> None:
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + SPARE_BYTES, resource.RLIM_INFINITY))


def _encode(path: Path) -> None:
    """As a build does it; what comes out must hang together."""
    result = encode_file(path)
    if isinstance(result, Rejected):
        raise MidiError(path, result.reason)
    assert result.cell_start[-1] == len(result.tokens) == len(result.slots)
    assert result.tokens.max() < v.SIZE
    assert 0 <= result.cell_bar.min() <= result.cell_bar.max() < result.bar_count == len(result.bar_units) - 1
    assert result.cell_track.max() < len(result.programs)
    notes = (v.KIND_OF[result.tokens] == v.Kind.PITCH) | (v.KIND_OF[result.tokens] == v.Kind.DRUM)
    assert notes.sum() == result.cell_notes.sum()


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
