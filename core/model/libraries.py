"""Libraries as they lie on disk: which folders are some, and where one of a folder of songs goes. Imports no torch."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

FACTS, ENTRIES = "library.json", "entries.safetensors"
MARK = 6
"""Letters at the end of a library's folder that tell apart those of folders of the same name."""


def is_library(folder: str | Path) -> bool:
    """Whether a library lies in a folder."""
    return (Path(folder) / FACTS).is_file()


def list_libraries(home: str | Path) -> list[Path]:
    """The libraries among the folders of ``home``, by name."""
    home = Path(home)
    return sorted(path for path in home.iterdir() if is_library(path)) if home.is_dir() else []


def place_for(home: str | Path, songs: str | Path) -> Path:
    """Where the library of a folder of songs goes: always the same place, and no other folder's."""
    songs = Path(songs).resolve()
    mark = hashlib.blake2b(str(songs).encode("utf-8", "surrogateescape"), digest_size=MARK // 2).hexdigest()
    name = re.sub(r"[^\w .-]", "_", songs.name).strip(". ")[:40]
    return Path(home) / f"{name or 'songs'}-{mark}"


def library_name(folder: str | Path, home: str | Path) -> str:
    """What a person calls it: the name of the folder of songs, or of its own where it was made elsewhere."""
    folder = Path(folder)
    is_marked = folder.parent == Path(home) and folder.name[-MARK - 1:-MARK] == "-"
    return folder.name[:-MARK - 1] if is_marked else folder.name
