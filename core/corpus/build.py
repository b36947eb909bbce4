"""From a folder of MIDI files to a store of encoded songs: on every core or a cluster, in little memory, and so that it
may be killed at any moment.

While it runs, everything lies in a *journal* in a folder beside the store (its name with ``.partial``). When every
file has been read, the store is written from it in the order of the paths and renamed into place. So a store depends on
the files alone, not on who read them in which order or how often the work was interrupted.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Executor
from pathlib import Path

import numpy as np

from core.corpus.columns import song_from_bytes
from core.corpus.duplicates import find_repeats
from core.corpus.journal import PENDING, REFUSED, STORED, FileFacts, Journal, Outcome, RecordWriter
from core.corpus.report import RecordedRejections, ScanReport, recorded_snapping
from core.corpus.scan import ENCODING, Reason, collection_of, walk_midi_files
from core.corpus.store import (
    FILES,
    INDEX,
    SongEntry,
    Store,
    StoreError,
    StoreWriter,
    bring_back,
    check_place,
    put_in_place,
)
from core.corpus.work import GivenExecutor, OwnProcesses, encode_all
from core.tokens.encoder import EncodedSong

LEFT_OUT = "left-out.txt"
"""In a store: the files that were left out, and why, for a person."""


def build_store(folder: Path, store_folder: Path, *, executor: Executor | None = None, in_flight: int | None = None,
                processes: int | None = None, keep_duplicates: bool = False,
                on_progress: Callable[[int, int], None] | None = None,
                should_stop: Callable[[], bool] = lambda: False) -> ScanReport:
    """Encode every MIDI file under ``folder`` into a store at ``store_folder``.

    A song's collection is the first folder below ``folder`` on its path. Music that was there before, transposed
    perhaps, is left out unless ``keep_duplicates``. Files that have not changed since they were last encoded, in the
    store that is there or in a build that was stopped or killed, are not read again.

    ``executor``: where files are read (default: ``processes`` of this machine, as many as it has cores), and
    ``in_flight``: how many portions of files it is given at once. ``on_progress(done, total)``: in files.
    ``should_stop`` is asked five times a second; then BuildStopped is raised, and the same call goes on later.

    Raises NotADirectoryError for a missing folder, ValueError when no file can be used, FileExistsError when
    ``store_folder`` is something else, JournalBusy while another build writes it, WorkersGone, and OSError.
    """
    folder, store_folder = Path(folder), Path(store_folder)
    partial = store_folder.with_name(store_folder.name + ".partial")
    check_place(store_folder)
    if partial.exists() and any(partial.iterdir()) and not (partial / "journal.sqlite").is_file():
        raise FileExistsError(f"{partial} is there already and is not a build that was interrupted: move it away")
    if next(walk_midi_files(folder), None) is None:
        raise ValueError(f"{folder} holds no MIDI file")
    bring_back(store_folder)
    workers = OwnProcesses(processes) if executor is None else GivenExecutor(executor, in_flight)
    journal = Journal(partial)
    try:
        old = _store_with_record(store_folder)
        journal.note_files(walk_midi_files(folder), old and old.folder / FILES, len(old) if old else 0)
        encoded = _read_all(folder, journal, workers, on_progress, should_stop)
        while _mark_repeats(journal, None if keep_duplicates else partial / "signatures"):
            encoded += _read_all(folder, journal, workers, on_progress, should_stop)
        looked_at, refused = journal.count(), journal.count(REFUSED)
        if refused < looked_at and (encoded or not old or not journal.says_the_same_as(len(old))):
            _write(journal, old, partial / "store")
            put_in_place(partial / "store", store_folder)
    except sqlite3.Error as error:
        raise OSError(f"{partial} cannot be written ({error})") from None
    finally:
        workers.close()
        journal.close()
    shutil.rmtree(partial)
    if refused == looked_at:
        raise ValueError(f"{folder} holds no MIDI file that can be used ({looked_at:,} looked at)")
    return report_of(store_folder, folder, encoded)


def store_of(folder: Path, place: Path) -> Store:
    """The store that ``folder`` is, or one made in ``place`` of the songs in it."""
    if (folder / INDEX).is_file():
        return Store(folder)
    build_store(folder, place)
    return Store(place)


def report_of(store_folder: Path, folder: Path, encoded: int = 0) -> ScanReport:
    """The report of a store that was made of ``folder``. It reads the store as it is asked, and goes with it."""
    record = store_folder / FILES
    return ScanReport(folder, _Paths(Store(store_folder)), RecordedRejections(record, folder),
                      recorded_snapping(record), encoded)


def _read_all(folder: Path, journal: Journal, workers: OwnProcesses | GivenExecutor,
              on_progress: Callable[[int, int], None] | None, should_stop: Callable[[], bool]) -> int:
    """Have all files read that wait for it; returns how many that were."""
    total, left = journal.count(), journal.count(PENDING)
    read = 0

    def take_down(outcomes: list[tuple[int, Outcome]]) -> None:
        nonlocal read
        journal.take_down(outcomes)
        read += len(outcomes)
        if on_progress:
            on_progress(total - left + read, total)

    if on_progress:
        on_progress(total - left, total)
    workers.prepare(left)
    jobs = ((number, str(folder.joinpath(*path.split("/")))) for number, path in journal.waiting())
    encode_all(jobs, workers, take_down, should_stop)
    return read


def _mark_repeats(journal: Journal, place: Path | None) -> int:
    """Find which songs repeat which, by way of a file at ``place``; without one, none does. Returns how many songs
    are wanted now that an older store left out."""
    pairs: Iterable[tuple[int, int]] = ()
    if place is not None:
        numbers, signatures = journal.signatures(place)
        kept = find_repeats(signatures)
        late = np.flatnonzero(kept >= 0)
        pairs = zip(numbers[late].tolist(), numbers[kept[late]].tolist())
    journal.mark_repeats(pairs)
    return journal.want_again()


def _store_with_record(folder: Path) -> Store | None:
    """The store that is there, if it can tell what it was made of."""
    try:
        store = Store(folder)
    except StoreError:
        return None
    return store if store.encoding == ENCODING and (folder / FILES).is_file() else None


def _write(journal: Journal, old: Store | None, place: Path) -> None:
    """The finished store, from the journal and the older store."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    with StoreWriter(place) as writer:
        record = RecordWriter(place / FILES)
        with open(place / LEFT_OUT, "wb") as left_out:
            for file in journal.files():
                kind, reason = _why_left_out(file)
                record.add(file, kind, reason, None if kind else writer.songs)
                if kind:
                    left_out.write(os.fsencode(f"{file.path}: {reason}\n"))
                    continue
                if old and writer.songs % _SONGS_A_MAP == 0:
                    old = Store(old.folder)
                writer.add(SongEntry(file.path, collection_of(file.path)), _song(file, old))
        record.close()


_SONGS_A_MAP = 4096
"""An older store is opened anew after so many songs: what was read through a map stays in memory with it."""


def _why_left_out(file: FileFacts) -> tuple[str | None, str | None]:
    if file.repeats is not None:
        return Reason.REPEATED.name, f"the same music as {file.repeats}"
    return file.kind, file.reason


def _song(file: FileFacts, old: Store | None) -> EncodedSong:
    if file.state != STORED or old is None:
        return song_from_bytes(file.columns)
    if old.entries[file.song].path != file.path:
        raise StoreError(f"{old.folder} is damaged ({file.path} is not where it should be): delete it and encode the "
                         "corpus again")
    return old[file.song]


class _Paths(Collection[str]):
    """The paths of a store's songs, made as they are asked for."""

    def __init__(self, store: Store) -> None:
        self._entries = store.entries

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[str]:
        return (entry.path for entry in self._entries)

    def __contains__(self, path: object) -> bool:
        return any(one == path for one in self)
