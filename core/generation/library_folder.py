"""A library of a folder of MIDI files, with progress, and given up when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.model.library import build_library
from core.model.transformer import Transformer
from core.tokens.encoder import EncodedSong


class Stopped(Exception):
    """It was told to stop; nothing has been written."""


def library_of_folder(out: Path, model: Transformer, songs: Path, *,
                      on_progress: Callable[[int, int], None] = lambda done, total: None,
                      on_left_out: Callable[[Rejected], None] = lambda rejected: None,
                      should_stop: Callable[[], bool] = lambda: False) -> tuple[int, int]:
    """Reads every MIDI file under ``songs`` and writes the library to ``out``; returns how many songs and entries.

    ``on_progress``: files read, of all. Raises ``Stopped``, and what ``build_library`` raises.
    """
    paths = find_midi_files(songs)
    read = 0

    def encoded() -> Iterator[tuple[str, EncodedSong]]:
        nonlocal read
        for number, path in enumerate(paths):
            on_progress(number, len(paths))
            if should_stop():
                raise Stopped
            song = encode_file(path)
            if isinstance(song, Rejected):
                on_left_out(song)
            else:
                read += 1
                yield str(path.relative_to(songs)), song
        on_progress(len(paths), len(paths))

    entries = build_library(out, model, encoded())
    return read, entries
