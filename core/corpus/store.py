"""Encoded songs on disk: one flat, memory-mapped array a column, and where each song lies in it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from core.tokens.encoder import EncodedSong

VERSION = 1
INDEX = "store.json"
COLUMNS = tuple(field.name for field in fields(EncodedSong))


class StoreError(ValueError):
    """A store that cannot be opened; the message names the folder and what to do."""


@dataclass(frozen=True)
class SongEntry:
    """Where a song came from: its file and its collection (the name of the folder that held it)."""

    path: str
    collection: str


class Store:
    """The songs of one folder made by ``write_store``. ``store[i]`` is an EncodedSong of views into the map."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        try:
            facts = json.loads((self.folder / INDEX).read_text("utf-8"))
            if facts["version"] != VERSION:
                raise ValueError("it was made by another version of Ritornello")
            self.entries = [SongEntry(**entry) for entry in facts["songs"]]
            # As plain arrays: slices of a memmap object cost many times as much.
            self._columns = {name: np.asarray(np.load(self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
                             for name in COLUMNS}
            self._bounds = {name: np.load(self.folder / f"{name}.bounds.npy", allow_pickle=False)
                            for name in COLUMNS}
        except (OSError, EOFError, KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{folder} is not a complete store of encoded songs ({error}): "
                             "encode the corpus again") from None
        for name in COLUMNS:
            if len(self._bounds[name]) != len(self) + 1 or self._bounds[name][-1] != len(self._columns[name]):
                raise StoreError(f"{folder} is damaged ({name} has the wrong length): encode the corpus again")

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, index: int) -> EncodedSong:
        return EncodedSong(**{name: self._columns[name][self._bounds[name][index]:self._bounds[name][index + 1]]
                              for name in COLUMNS})

    def token_counts(self) -> np.ndarray:
        """Tokens of each song, int64 (songs,)."""
        return np.diff(self._bounds["tokens"])


def write_store(folder: Path, songs: Iterable[tuple[SongEntry, EncodedSong]]) -> int:
    """Write a store, song after song, and return how many. It appears whole or not at all.

    A store that was there before is replaced. Raises FileExistsError when ``folder`` holds anything else.
    """
    folder = Path(folder)
    if folder.exists() and not (folder / INDEX).is_file() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} is there already and is not a store of encoded songs: choose another name")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        count = _write_columns(partial, songs)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(partial, folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return count


def _write_columns(folder: Path, songs: Iterable[tuple[SongEntry, EncodedSong]]) -> int:
    entries: list[dict] = []
    bounds = {name: [0] for name in COLUMNS}
    dtypes: dict[str, np.dtype] = {}
    with ExitStack() as files:
        raw = {name: files.enter_context(open(folder / f"{name}.raw", "wb")) for name in COLUMNS}
        for entry, song in songs:
            entries.append({"path": entry.path, "collection": entry.collection})
            for name in COLUMNS:
                column = np.ascontiguousarray(getattr(song, name), dtype=dtypes.get(name))
                dtypes[name] = column.dtype
                raw[name].write(column.tobytes())
                bounds[name].append(bounds[name][-1] + len(column))
    for name in COLUMNS:
        np.save(folder / f"{name}.npy", np.fromfile(folder / f"{name}.raw", dtype=dtypes.get(name, np.uint8)))
        np.save(folder / f"{name}.bounds.npy", np.array(bounds[name], dtype=np.int64))
        (folder / f"{name}.raw").unlink()
    (folder / INDEX).write_text(json.dumps({"version": VERSION, "songs": entries}), "utf-8")
    return len(entries)
