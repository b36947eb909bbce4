"""What a build knows of every file, in SQLite: survives ``kill -9``, and holds a million files in little memory.

Two such files exist. The *journal* of a build that is going on holds encoded songs as well. The *record* that a
finished store keeps (``store.FILES``) says of every file what became of it, so that the next build need not look again.
Keys are paths with a zero byte for each ``/``: their order is the order of ``scan.walk_midi_files``.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np

from core.corpus.duplicates import SIGNATURE_BINS
from core.corpus.scan import ENCODING, Found, Reason, collection_of
from core.tokens.encoder import SnapReport

VERSION = 1

PENDING, ENCODED, STORED, KNOWN, REFUSED = range(5)
"""A file waits to be read; its song lies in the journal; its song lies in the older store; its song is known by its
fingerprint only, because it was left out as a repetition; it was refused."""

_PASSING = Reason.FAILED, Reason.UNREADABLE
"""Kinds of refusal that lie in the circumstances: such files are tried again every time."""
_RECORD = """
    CREATE TABLE files(key BLOB PRIMARY KEY, size INTEGER, mtime INTEGER, kind TEXT, reason TEXT, collection BLOB,
                       notes INTEGER, on_grid INTEGER, worst REAL, dropped INTEGER, signature BLOB, song INTEGER
                       ) WITHOUT ROWID"""
_JOURNAL = """
    CREATE TABLE facts(name TEXT PRIMARY KEY, value);
    CREATE TABLE files(id INTEGER PRIMARY KEY, key BLOB UNIQUE, state INTEGER, seen INTEGER, size INTEGER,
                       mtime INTEGER, kind TEXT, reason TEXT, collection BLOB, notes INTEGER, on_grid INTEGER,
                       worst REAL, dropped INTEGER, signature BLOB, song INTEGER, repeats INTEGER);
    CREATE INDEX by_state ON files(state, key);
    CREATE TABLE songs(id INTEGER PRIMARY KEY, columns BLOB);"""
_ROWS_AT_ONCE = 1000


class JournalBusy(ValueError):
    """Another build is writing the same store."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of reading a file: a song's columns as bytes, its signature, and what the grid did to its notes; or,
    where ``kind`` is given, why it is left out."""

    columns: bytes = b""
    signature: bytes = b""
    snapping: SnapReport | None = None
    kind: Reason | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file in a build that has read them all. ``columns``: its song, if the journal holds it; ``song``: where in the
    older store it lies, if there; ``repeats``: the path of the file whose music it repeats."""

    path: str
    size: int
    mtime: int
    state: int
    columns: bytes | None
    song: int | None
    repeats: str | None
    kind: str | None
    reason: str | None
    snapping: SnapReport
    signature: bytes | None


class Journal:
    """The journal in a folder; goes on with what is there. Raises JournalBusy when it is being written already."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "journal.sqlite"
        self._known_files = -1
        try:
            self._open(path)
            if not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._create()
            if self._db.execute("SELECT value FROM facts WHERE name = 'version'").fetchone() != (_version(),):
                raise sqlite3.DatabaseError("of another version")
        except sqlite3.DatabaseError as error:
            self._db.close()
            if "locked" in str(error):
                raise JournalBusy(f"{folder} is being written by another build: wait until it is done") from None
            for stale in folder.glob(path.name + "*"):
                stale.unlink()
            self._open(path)
            self._create()

    def close(self) -> None:
        self._db.close()

    def note_files(self, found: Iterable[Found], record: Path | None = None, songs: int = 0) -> None:
        """Take down which files there are now. What is known of a file stays true while its size and time do.

        ``record``: that of the older store, if there is one, and ``songs``: how many it holds.
        """
        self._db.execute("UPDATE files SET seen = 0")
        # What lay in an older store is looked up anew: the store may be another by now.
        self._db.execute("UPDATE files SET state = ?, song = NULL WHERE state IN (?, ?) OR kind IN (?, ?)",
                         (PENDING, STORED, KNOWN, *(reason.name for reason in _PASSING)))
        self._db.executemany(
            "INSERT INTO files(key, size, mtime, collection, kind, reason, state, seen) VALUES(?, ?, ?, ?, ?, ?, ?, 1) "
            "ON CONFLICT(key) DO UPDATE SET seen = 1, kind = iif(excluded.state = 0, kind, excluded.kind), "
            "reason = iif(excluded.state = 0, reason, excluded.reason), "
            "state = iif(excluded.state = 0 AND size = excluded.size AND mtime = excluded.mtime, state, "
            "excluded.state), size = excluded.size, mtime = excluded.mtime", map(_row_of, found))
        self._db.execute("DELETE FROM files WHERE seen = 0")
        self._db.execute("UPDATE files SET repeats = NULL")
        self._db.execute("DELETE FROM songs WHERE id NOT IN (SELECT id FROM files WHERE state = ?)", (ENCODED,))
        self._db.commit()
        if record is not None:
            self._learn_from(record, songs)

    def waiting(self) -> Iterator[tuple[int, str]]:
        """Number and path of every file that is still to be read, in order; files taken down meanwhile are left out."""
        key = b""
        while rows := self._db.execute("SELECT id, key FROM files WHERE state = ? AND key > ? ORDER BY key LIMIT ?",
                                       (PENDING, key, _ROWS_AT_ONCE)).fetchall():
            yield from ((number, _path(key)) for number, key in rows)
            key = rows[-1][1]

    def count(self, *states: int) -> int:
        """How many files are in one of these states; without any, how many there are."""
        chosen = f"WHERE state IN ({', '.join('?' * len(states))})" if states else ""
        return self._db.execute(f"SELECT count(*) FROM files {chosen}", states).fetchone()[0]

    def take_down(self, outcomes: Iterable[tuple[int, Outcome]]) -> None:
        """Write what came of files, for good."""
        for number, outcome in outcomes:
            state, kind = (REFUSED, outcome.kind.name) if outcome.kind else (ENCODED, None)
            snaps = _plain(outcome.snapping) if outcome.snapping else (None,) * 4
            self._db.execute(
                "UPDATE files SET state = ?, kind = ?, reason = ?, notes = ?, on_grid = ?, worst = ?, dropped = ?, "
                "signature = ? WHERE id = ?",
                (state, kind, outcome.reason or None, *snaps, outcome.signature or None, number))
            if not outcome.kind:
                self._db.execute("INSERT OR REPLACE INTO songs VALUES(?, ?)", (number, outcome.columns))
        self._db.commit()

    def signatures(self, path: Path) -> tuple[np.ndarray, np.ndarray]:
        """Numbers (n,) of all files that are songs, in order, and their signatures (n, SIGNATURE_BINS), mapped into
        memory from a file written at ``path``."""
        numbers = np.empty(self.count(ENCODED, STORED, KNOWN), dtype=np.int64)
        with open(path, "wb") as file:
            rows = self._db.execute("SELECT id, signature FROM files WHERE +state IN (?, ?, ?) ORDER BY key",
                                    (ENCODED, STORED, KNOWN))
            for at, (number, signature) in enumerate(rows):
                numbers[at] = number
                file.write(signature)
        if not len(numbers):
            return numbers, np.empty((0, SIGNATURE_BINS), dtype=np.uint16)
        return numbers, np.memmap(path, dtype="<u2", mode="r", shape=(len(numbers), SIGNATURE_BINS))

    def mark_repeats(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Say which files repeat which: pairs of numbers (the one left out, the one kept)."""
        self._db.execute("UPDATE files SET repeats = NULL WHERE repeats IS NOT NULL")
        self._db.executemany("UPDATE files SET repeats = ? WHERE id = ?", ((kept, left) for left, kept in pairs))
        self._db.commit()

    def want_again(self) -> int:
        """Put files whose song is needed, but lies nowhere, among those that wait; returns how many."""
        changed = self._db.execute("UPDATE files SET state = ? WHERE state = ? AND repeats IS NULL", (PENDING, KNOWN))
        self._db.commit()
        return changed.rowcount

    def says_the_same_as(self, songs: int) -> bool:
        """Whether the older store, of so many songs, would come out again."""
        stored = self._db.execute("SELECT count(*) FROM files WHERE +state = ? AND repeats IS NULL",
                                  (STORED,)).fetchone()[0]
        return stored == songs and not self.count(ENCODED) and self._known_files == self.count()

    def files(self) -> Iterator[FileFacts]:
        """Every file, in order."""
        rows = self._db.execute(
            "SELECT f.key, f.size, f.mtime, f.state, s.columns, f.song, k.key, f.kind, f.reason, f.notes, f.on_grid, "
            "f.worst, f.dropped, f.signature FROM files f LEFT JOIN songs s ON s.id = f.id AND f.repeats IS NULL "
            "LEFT JOIN files k ON k.id = f.repeats ORDER BY f.key")
        for (key, size, mtime, state, columns, song, repeats, kind, reason, notes, on_grid, worst, dropped,
             signature) in rows:
            yield FileFacts(_path(key), size, mtime, state, columns, song, repeats and _path(repeats), kind, reason,
                            SnapReport(notes or 0, on_grid or 0, worst or 0.0, dropped or 0), signature)

    def _open(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=0, check_same_thread=False)
        self._db.execute("PRAGMA locking_mode = EXCLUSIVE")  # for as long as the process lives, however it ends
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA trusted_schema = OFF")
        self._db.execute("BEGIN IMMEDIATE")
        self._db.commit()

    def _create(self) -> None:
        self._db.executescript(_JOURNAL)
        self._db.execute("INSERT INTO facts VALUES('version', ?)", (_version(),))
        self._db.commit()

    def _learn_from(self, record: Path, songs: int) -> None:
        """Take what an older store knows of files that are the same. It came from a disk, so it is not trusted."""
        try:
            self._db.execute("ATTACH ? AS old", (str(record),))
            self._known_files = self._db.execute("SELECT count(*) FROM old.files").fetchone()[0]
            self._db.execute(
                "UPDATE files SET song = o.song, notes = o.notes, on_grid = o.on_grid, worst = o.worst, "
                "dropped = o.dropped, signature = o.signature, kind = NULL, reason = NULL, "
                "state = iif(o.song IS NULL, :known, :stored) FROM old.files o "
                "WHERE files.state = :pending AND o.key = files.key AND o.size = files.size AND o.mtime = files.mtime "
                "AND length(o.signature) = :length AND (o.kind = :repeated AND o.song IS NULL "
                "OR o.kind IS NULL AND o.song >= 0 AND o.song < :songs)",
                {"known": KNOWN, "stored": STORED, "pending": PENDING, "repeated": Reason.REPEATED.name,
                 "length": 2 * SIGNATURE_BINS, "songs": songs})
            lasting = [reason.name for reason in Reason if reason not in (Reason.REPEATED, *_PASSING)]
            self._db.execute(
                "UPDATE files SET kind = o.kind, reason = o.reason, state = :refused FROM old.files o "
                "WHERE files.state = :pending AND o.key = files.key AND o.size = files.size AND o.mtime = files.mtime "
                "AND o.song IS NULL AND o.kind IN (SELECT value FROM json_each(:kinds))",
                {"refused": REFUSED, "pending": PENDING, "kinds": json.dumps(lasting)})
            self._db.commit()
            self._db.execute("DETACH old")
        except sqlite3.DatabaseError:  # a damaged record is no help, and no harm
            self._db.rollback()


class RecordWriter:
    """Writes the record of a finished store. Files are to come in order: then equal records are equal bytes."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA page_size = 4096")
        self._db.execute(_RECORD)
        self._db.execute("BEGIN")

    def add(self, facts: FileFacts, kind: str | None, reason: str | None, song: int | None) -> None:
        """Add a file: ``song``, where its song lies in the store; or ``kind`` and ``reason``, why it is left out."""
        self._db.execute("INSERT INTO files VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (
            _key(facts.path), facts.size, facts.mtime, kind, reason, os.fsencode(collection_of(facts.path)),
            *astuple(facts.snapping), facts.signature, song))

    def close(self) -> None:
        self._db.execute("COMMIT")
        self._db.close()


def _version() -> str:
    return f"{VERSION}/{ENCODING}"


def _row_of(found: Found) -> tuple:
    kind, reason = (Reason.UNREADABLE.name, found.problem) if found.problem else (None, None)
    return (_key(found.path), found.size, found.mtime_ns, os.fsencode(collection_of(found.path)), kind, reason,
            REFUSED if found.problem else PENDING)


def _plain(snaps: SnapReport) -> tuple[int, int, float, int]:
    """In Python's own numbers: numpy's would be written as bytes."""
    return int(snaps.notes), int(snaps.on_grid), float(snaps.worst), int(snaps.dropped)


def _key(path: str) -> bytes:
    return os.fsencode(path).replace(b"/", b"\0")


def _path(key: bytes) -> str:
    return os.fsdecode(key.replace(b"\0", b"/"))
