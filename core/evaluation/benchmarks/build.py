"""How much memory building a store takes as the corpus grows, and how many files it reads a second.

A sample of the corpus is built once, four times and sixteen times over (copies, which the build is told to keep),
each time in a program of its own, whose resident memory and that of its workers is looked at while it runs.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from core.corpus.scan import find_midi_files

TIMES = (1, 4, 16)
SAMPLE_FILES = 500
PROCESSES = 2
SEED = 0
LOOK_SECONDS = 0.05

_PROGRAM = """
import sys
from pathlib import Path
from core.corpus.build import build_store
if __name__ == "__main__":
    build_store(Path(sys.argv[1]), Path(sys.argv[2]), processes=int(sys.argv[3]), keep_duplicates=True)
"""
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Measured:
    """One build: ``files``, its ``seconds``, the ``store`` it made in bytes, and the most resident memory that the
    program and any one of its workers had, in bytes."""

    files: int
    seconds: float
    store: int
    program: int
    worker: int


def run(corpus: Path, say: Callable[[str], None]) -> str:
    """Build a sample of ``corpus`` at each size of TIMES; a table in Markdown."""
    files = find_midi_files(corpus)
    rng = np.random.default_rng(SEED)
    sample = [files[i] for i in sorted(rng.permutation(len(files))[:SAMPLE_FILES].tolist())]
    rows = []
    with tempfile.TemporaryDirectory(prefix="ritornello-") as scratch:
        for times in TIMES:
            folder = _repeat(sample, times, Path(scratch) / f"music{times}")
            measured = measure(folder, Path(scratch) / f"store{times}")
            rows.append((times, measured))
            say(f"{times}×: {measured.files:,} files in {measured.seconds:.1f} s, {measured.program / 2**20:.0f} MB, "
                f"workers {measured.worker / 2**20:.0f} MB each")
    return _page(corpus, rows)


def measure(folder: Path, store: Path) -> Measured:
    """Build a store in a program of its own and watch it."""
    start = time.perf_counter()
    program = psutil.Popen([sys.executable, "-c", _PROGRAM, str(folder), str(store), str(PROCESSES)], cwd=_ROOT)
    most = {"program": 0, "worker": 0}
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(LOOK_SECONDS):
            try:
                most["program"] = max(most["program"], program.memory_info().rss)
                for worker in program.children(recursive=True):
                    most["worker"] = max(most["worker"], worker.memory_info().rss)
            except psutil.Error:
                continue  # one of them has just ended

    watcher = threading.Thread(target=watch)
    watcher.start()
    status = program.wait()
    ended.set()
    watcher.join()
    if status:
        raise ValueError(f"building a store of {folder} ended with status {status}")
    seconds = time.perf_counter() - start
    size = sum(path.stat().st_size for path in store.iterdir())
    return Measured(len(find_midi_files(folder)), seconds, size, most["program"], most["worker"])


def _repeat(sample: list[Path], times: int, folder: Path) -> Path:
    for repetition in range(times):
        place = folder / f"copy{repetition:02}"
        place.mkdir(parents=True)
        for number, path in enumerate(sample):
            shutil.copyfile(path, place / f"{number:05}{path.suffix}")
    return folder


def _page(corpus: Path, rows: list[tuple[int, Measured]]) -> str:
    base = rows[0][1]
    lines = [
        f"Building a store of {base.files} files drawn from {corpus.name} (seed {SEED}), repeated; {PROCESSES} worker "
        "processes; peaks of resident memory.", "",
        "| repeated | files | seconds | files/s | store | program | worker, each |",
        "|---|---|---|---|---|---|---|",
    ]
    for times, one in rows:
        lines.append(
            f"| {times}× | {one.files:,} | {one.seconds:.1f} | {one.files / one.seconds:,.0f} | "
            f"{one.store / 2**20:.1f} MB | {_beside(one.program, base.program)} | {_beside(one.worker, base.worker)} |")
    return "\n".join(lines) + "\n"


def _beside(size: int, first: int) -> str:
    return f"{size / 2**20:.1f} MB ({size / first - 1:+.0%})"
