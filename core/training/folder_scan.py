"""What a folder offers to fine-tuning, before anything is trained. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.corpus.duplicates import SIGNATURE_BINS, find_repeats
from core.corpus.report import ScanReport, together
from core.corpus.scan import Reason, Rejected, collection_of, walk_midi_files
from core.corpus.work import encode_path
from core.tokens.encoder import SnapReport


def scan_folder(folder: Path, on_progress: Callable[[int, int], None] = lambda done, total: None) -> ScanReport:
    """Which files of a folder can be learned from, as a build of it would find. ``on_progress(done, total)``: in files.
    Raises NotADirectoryError if it is not a folder."""
    folder = Path(folder)
    usable: list[str] = []
    signatures: list[bytes] = []
    rejected: dict[str, Rejected] = {}
    snapping: dict[str, SnapReport] = {}
    files = list(walk_midi_files(folder))
    for done, found in enumerate(files):
        on_progress(done, len(files))
        path = folder / found.path
        if found.problem:
            rejected[found.path] = Rejected(path, found.problem, Reason.UNREADABLE)
            continue
        outcome = encode_path(str(path))
        if outcome.kind is not None:
            rejected[found.path] = Rejected(path, outcome.reason, outcome.kind)
            continue
        usable.append(found.path)
        signatures.append(outcome.signature)
        name = collection_of(found.path)
        snapping[name] = together(snapping[name], outcome.snapping) if name in snapping else outcome.snapping
    kept = find_repeats(np.frombuffer(b"".join(signatures), dtype="<u2").reshape(-1, SIGNATURE_BINS))
    for late in np.flatnonzero(kept >= 0).tolist():
        rejected[usable[late]] = Rejected(folder / usable[late], f"the same music as {usable[kept[late]]}",
                                          Reason.REPEATED)
    return ScanReport(folder, tuple(path for path in usable if path not in rejected),
                      tuple(rejected[path] for path in sorted(rejected)), snapping, len(usable) + len(rejected))
