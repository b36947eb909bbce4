"""From a folder of MIDI files to a store of encoded songs, on every core."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from core.corpus.scan import Rejected, encode_file_and_report, find_midi_files
from core.corpus.store import SongEntry, write_store
from core.tokens.encoder import EncodedSong, SnapReport


@dataclass(frozen=True)
class BuildReport:
    """What became of a folder's files. ``snapping``: what the grid did to the notes of each collection."""

    songs: int
    rejected: tuple[Rejected, ...]
    snapping: Mapping[str, SnapReport]


def build_store(folder: Path, store_folder: Path, *, executor: Executor | None = None,
                on_progress: Callable[[int, int], None] | None = None) -> BuildReport:
    """Encode every MIDI file under ``folder`` into a store at ``store_folder``.

    A song's collection is the first folder below ``folder`` on its path. Exact repetitions are left out.
    ``executor``: where files are encoded (default: a process a core). ``on_progress(done, total)``: in files.
    Raises NotADirectoryError for a missing folder and ValueError when no file can be used.
    """
    folder = Path(folder)
    files = find_midi_files(folder)
    rejected: list[Rejected] = []
    snapping: dict[str, SnapReport] = {}

    def songs(pool: Executor) -> Iterator[tuple[SongEntry, EncodedSong]]:
        seen: dict[bytes, Path] = {}
        results = pool.map(encode_file_and_report, files, chunksize=16)
        for done, (path, result) in enumerate(zip(files, results), start=1):
            if on_progress:
                on_progress(done, len(files))
            if isinstance(result, Rejected):
                rejected.append(result)
                continue
            encoded, snaps = result
            fingerprint = hashlib.sha256(encoded.tokens.tobytes() + encoded.cell_bar.tobytes()).digest()
            if fingerprint in seen:
                rejected.append(Rejected(path, f"the same music as {seen[fingerprint].relative_to(folder)}"))
                continue
            seen[fingerprint] = path
            relative = path.relative_to(folder)
            collection = relative.parts[0] if len(relative.parts) > 1 else ""
            snapping[collection] = _together(snapping.get(collection, SnapReport(0, 0, 0.0, 0)), snaps)
            yield SongEntry(str(relative), collection), encoded
        if not seen:  # said before the store is finished, so that an older one in its place stays
            raise ValueError(f"{folder} holds no MIDI file that can be used ({len(files)} looked at)")

    if executor is None:
        with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
            count = write_store(store_folder, songs(pool))
    else:
        count = write_store(store_folder, songs(executor))
    return BuildReport(count, tuple(rejected), snapping)


def _together(one: SnapReport, other: SnapReport) -> SnapReport:
    return SnapReport(one.notes + other.notes, one.on_grid + other.on_grid, max(one.worst, other.worst),
                      one.dropped + other.dropped)
