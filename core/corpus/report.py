"""What was found in a folder of music: one report that the command line and the window both show."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from core.corpus.scan import Reason, Rejected
from core.tokens.encoder import SnapReport


@dataclass(frozen=True)
class ScanReport:
    """The files of a folder: which can be learned from, which not and why, and what the grid did to the notes.

    ``usable``: paths from the folder. ``rejected``: in the order of their paths. ``snapping``: by collection, of usable
    files. ``encoded``: how many files were read this time, the others being known from before.
    """

    folder: Path
    usable: Collection[str]
    rejected: Collection[Rejected]
    snapping: Mapping[str, SnapReport]
    encoded: int = 0

    def in_memory(self) -> ScanReport:
        """The same report, independent of any store: to be sent to another process or kept."""
        return replace(self, usable=tuple(self.usable), rejected=tuple(self.rejected))

    @property
    def songs(self) -> int:
        return len(self.usable)

    def counts(self) -> dict[Reason, int]:
        """How many files were left out for each kind of reason, the most frequent first."""
        if isinstance(self.rejected, RecordedRejections):
            return self.rejected.counts()
        return dict(Counter(rejected.kind for rejected in self.rejected).most_common())

    def summary(self) -> str:
        """``12 files left out: 10 too few bars, 2 empty files``; empty if none was."""
        if not self.rejected:
            return ""
        kinds = ", ".join(f"{count:,} {kind}" for kind, count in self.counts().items())
        return f"{len(self.rejected):,} {'file' if len(self.rejected) == 1 else 'files'} left out: {kinds}"

    def snapping_lines(self) -> Iterator[str]:
        """How well the notes of each collection lay on the grid, a line each."""
        for name, snaps in sorted(self.snapping.items()):
            yield (f"{name or '(no folder)'}: {snaps.on_grid / max(1, snaps.notes):.1%} of {snaps.notes:,}; farthest "
                   f"{snaps.worst / 24:.3f} quarter notes, {snaps.dropped:,} notes left out")


class RecordedRejections(Collection[Rejected]):
    """The files that a store's record says were left out, read from it as they are asked for."""

    def __init__(self, record: Path, folder: Path) -> None:
        self._record, self._folder = record, folder
        with closing(sqlite3.connect(record)) as db:
            self._length = db.execute("SELECT count(*) FROM files WHERE kind IS NOT NULL").fetchone()[0]

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Rejected]:
        with closing(sqlite3.connect(self._record)) as db:
            for key, reason, kind in db.execute(
                    "SELECT key, reason, kind FROM files WHERE kind IS NOT NULL ORDER BY key"):
                yield Rejected(Path(self._folder, os.fsdecode(key.replace(b"\0", b"/"))), reason, Reason[kind])

    def __contains__(self, rejected: object) -> bool:
        return any(one == rejected for one in self)

    def counts(self) -> dict[Reason, int]:
        with closing(sqlite3.connect(self._record)) as db:
            return {Reason[kind]: count for kind, count in db.execute(
                "SELECT kind, count(*) AS many FROM files WHERE kind IS NOT NULL GROUP BY kind "
                "ORDER BY many DESC, kind")}


def recorded_snapping(record: Path) -> dict[str, SnapReport]:
    """By collection, what the grid did to the notes of the files that became songs of a store."""
    with closing(sqlite3.connect(record)) as db:
        return {os.fsdecode(name): SnapReport(*rest) for name, *rest in db.execute(
            "SELECT collection, sum(notes), sum(on_grid), max(worst), sum(dropped) FROM files "
            "WHERE song IS NOT NULL GROUP BY collection")}


def together(one: SnapReport, other: SnapReport) -> SnapReport:
    """Two reports as one."""
    return SnapReport(one.notes + other.notes, one.on_grid + other.on_grid, max(one.worst, other.worst),
                      one.dropped + other.dropped)
