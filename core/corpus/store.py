"""Encoded songs on disk: one flat, memory-mapped array a column, and where each song lies in it.

A store is a folder: ``store.json`` (the format, and every other file with its size); a ``.npy`` file for each column
of ``EncodedSong``, all songs one after another; ``bounds.npy`` (where each song's tokens, cells, bars and tracks
begin); paths and collections; and, where ``build`` made it, what is known of every file that was looked at.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.corpus.columns import COLUMNS, DTYPES, GrowingArray
from core.corpus.scan import ENCODING
from core.tokens.encoder import EncodedSong

VERSION = 2
INDEX = "store.json"
FILES = "files.sqlite"
"""What ``build`` knows of every file; see ``core.corpus.journal``."""

_GROUPS = {"tokens": 0, "slots": 0, "cell_start": 1, "cell_bar": 1, "cell_track": 1, "cell_notes": 1, "bar_units": 2,
           "bar_meter": 2, "bar_tempo": 2, "programs": 3}
"""Which column of ``bounds.npy`` (tokens, cells, bars, tracks) says where a song lies in a column."""
_ONE_MORE = ("cell_start", "bar_units")
"""Columns with one entry more than the song has cells, or bars: the end of the last."""


class StoreError(ValueError):
    """A store that cannot be opened; the message names the folder and what to do."""


@dataclass(frozen=True)
class SongEntry:
    """Where a song came from: its file, with ``/`` between the names, and its collection (the name of the folder that
    held it)."""

    path: str
    collection: str


class Entries(Sequence[SongEntry]):
    """The entries of a store, made when they are asked for."""

    def __init__(self, paths: np.ndarray, bounds: np.ndarray, collections: np.ndarray, names: list[str]) -> None:
        self._paths, self._bounds, self._collections, self._names = paths, bounds, collections, names

    def __len__(self) -> int:
        return len(self._collections)

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        path = self._paths[self._bounds[index]:self._bounds[index + 1]].tobytes()
        return SongEntry(os.fsdecode(path), self._names[self._collections[index]])


class Store:
    """The songs of one folder made by ``write_store``. ``store[i]`` is an EncodedSong of views into the map."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        try:
            facts = json.loads((self.folder / INDEX).read_text("utf-8"))
            version = facts["version"]
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{folder} is not a complete store of encoded songs ({_in_a_line(error)}): "
                             "encode the corpus again") from None
        if version != VERSION:
            age = "an older" if isinstance(version, int) and version < VERSION else "another, perhaps a newer"
            raise StoreError(f"{folder} was made by {age} version of Ritornello (format {version!r}, this one reads "
                             f"{VERSION}): encode the corpus again")
        try:
            self._check_sizes(facts["files"])
            self._open(list(facts["collections"]))
            self.encoding = facts["encoding"]
        except (OSError, EOFError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise StoreError(f"{folder} is damaged ({_in_a_line(error)}): encode the corpus again") from None

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> EncodedSong:
        return EncodedSong(**{name: self._columns[name][self._bounds[name][index]:self._bounds[name][index + 1]]
                              for name in COLUMNS})

    def token_counts(self) -> np.ndarray:
        """Tokens of each song, int64 (songs,)."""
        return np.diff(self._bounds["tokens"])

    def _check_sizes(self, sizes: dict) -> None:
        for name, size in sizes.items():
            if Path(name).name != name:
                raise ValueError(f"{name!r} is no file of it")
            there = (self.folder / name).stat().st_size
            if there != size:
                raise ValueError(f"{name} has {there} bytes, not {size}")

    def _open(self, collections: list[str]) -> None:
        # As plain arrays: slices of a memmap object cost many times as much.
        self._columns = {name: np.asarray(self._load(name, DTYPES[name], mmap_mode="r")) for name in COLUMNS}
        bounds = self._load("bounds", "<i8", dimensions=2)
        path_bounds, numbers = self._load("path_bounds", "<i8"), self._load("collections", "<i4")
        paths = np.asarray(self._load("paths", "|u1", mmap_mode="r"))
        songs = len(numbers)
        if bounds.shape != (songs + 1, 4) or path_bounds.shape != (songs + 1,):
            raise ValueError("the bounds have the wrong length")
        self._bounds = {}
        for name in COLUMNS:
            of_column = np.ascontiguousarray(bounds[:, _GROUPS[name]])
            self._bounds[name] = of_column + np.arange(songs + 1) if name in _ONE_MORE else of_column
        for name, of_column, size in [(n, self._bounds[n], len(self._columns[n])) for n in COLUMNS] + [
                ("paths", path_bounds, len(paths))]:
            if of_column[0] != 0 or of_column[-1] != size or (np.diff(of_column) < 0).any():
                raise ValueError(f"{name} has the wrong length")
        if songs and not 0 <= numbers.min() <= numbers.max() < len(collections):
            raise ValueError("the collections have the wrong length")
        self.entries: Sequence[SongEntry] = Entries(paths, path_bounds, numbers, [str(name) for name in collections])

    def _load(self, name: str, dtype: str, dimensions: int = 1, mmap_mode: str | None = None) -> np.ndarray:
        array = np.load(self.folder / f"{name}.npy", mmap_mode=mmap_mode, allow_pickle=False)
        if array.dtype != np.dtype(dtype) or array.ndim != dimensions:
            raise ValueError(f"{name} has the wrong type")
        return array


def write_store(folder: Path, songs: Iterable[tuple[SongEntry, EncodedSong]]) -> int:
    """Write a store, song after song, and return how many. It appears whole or not at all.

    A store that was there before is replaced. Raises FileExistsError when ``folder`` holds anything else.
    """
    folder = Path(folder)
    check_place(folder)
    partial = folder.with_name(folder.name + ".writing")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        with StoreWriter(partial) as writer:
            for entry, song in songs:
                writer.add(entry, song)
        put_in_place(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return writer.songs


def check_place(folder: Path) -> None:
    """Raise FileExistsError when ``folder`` is there and is neither a store nor an empty folder."""
    if folder.exists() and not (folder / INDEX).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already and is not a store of encoded songs: choose another name")


def put_in_place(made: Path, folder: Path) -> None:
    """Rename a finished store to ``folder``. The store that was there is gone only after that: see ``bring_back``."""
    old = _aside(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(made, folder)
    shutil.rmtree(old, ignore_errors=True)


def bring_back(folder: Path) -> None:
    """Undo the first half of a ``put_in_place`` that was killed between its halves."""
    old = _aside(folder)
    if not folder.exists() and (old / INDEX).is_file():
        os.rename(old, folder)


class StoreWriter:
    """Fills a folder with a store, song after song; the index is written last. Holds no song."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.songs = folder, 0
        self._columns = {name: GrowingArray(folder / f"{name}.npy", DTYPES[name]) for name in COLUMNS}
        self._bounds = GrowingArray(folder / "bounds.npy", "<i8", (4,))
        self._paths = GrowingArray(folder / "paths.npy", "|u1")
        self._path_bounds = GrowingArray(folder / "path_bounds.npy", "<i8")
        self._numbers = GrowingArray(folder / "collections.npy", "<i4")
        self._known: dict[str, int] = {}
        self._ends, self._path_end = np.zeros((1, 4), dtype=np.int64), 0
        self._bounds.add(self._ends)
        self._path_bounds.add(np.zeros(1))

    def add(self, entry: SongEntry, song: EncodedSong) -> None:
        """Add a song behind the others."""
        for name, column in self._columns.items():
            column.add(getattr(song, name))
        self._ends = self._ends + np.array([[len(song.tokens), song.cell_count, song.bar_count, len(song.programs)]])
        self._bounds.add(self._ends)
        path = np.frombuffer(os.fsencode(entry.path), dtype=np.uint8)
        self._paths.add(path)
        self._path_end += len(path)
        self._path_bounds.add(np.array([self._path_end]))
        self._numbers.add(np.array([self._known.setdefault(entry.collection, len(self._known))]))
        self.songs += 1

    def __enter__(self) -> StoreWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        arrays = [*self._columns.values(), self._bounds, self._paths, self._path_bounds, self._numbers]
        for array in arrays:
            if kind is None:
                array.close()
            else:
                array.abandon()
        if kind is None:
            sizes = {path.name: path.stat().st_size for path in sorted(self.folder.iterdir()) if path.name != INDEX}
            facts = {"version": VERSION, "encoding": ENCODING, "songs": self.songs, "collections": list(self._known),
                     "files": sizes}
            with open(self.folder / INDEX, "w", encoding="utf-8") as file:
                file.write(json.dumps(facts, indent=1))
                file.flush()
                os.fsync(file.fileno())


def _aside(folder: Path) -> Path:
    return folder.with_name(folder.name + ".old")


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
