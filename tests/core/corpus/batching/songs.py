"""Stores and streams for the tests of batching."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.corpus.store import SongEntry, Store, write_store
from core.music.song import Song, Track
from core.tokens.encoder import encode
from tests.core.tokens.songs import dense_song


@dataclass
class BareStreams:
    """Lengths and collections: all that planning needs."""

    lengths: np.ndarray
    collections: tuple[str, ...]


def bare(*lengths: int, collections: str | None = None) -> BareStreams:
    """Songs of these lengths; a letter of ``collections`` each."""
    return BareStreams(np.array(lengths, dtype=np.int64), tuple(collections or "a" * len(lengths)))


def small_store(folder: Path) -> Store:
    """Songs of one to four tracks, from a few tokens to a few thousand; two collections; one of drums alone."""
    songs = [("band", dense_song(bars, tracks, notes, seed=bars))
             for bars, tracks, notes in ((2, 1, 1), (9, 4, 6), (20, 3, 8), (140, 2, 2), (4, 1, 16))]
    songs += [("solo", dense_song(bars, 1, 4, seed=bars)) for bars in (1, 12, 30)]
    songs.append(("solo", Song(tracks=(Track(dense_song(6, 1).tracks[0].notes, is_drum=True),))))
    write_store(folder, ((SongEntry(f"{name}/{i}.mid", name), encode(song, drum_durations=False))
                         for i, (name, song) in enumerate(songs)))
    return Store(folder)
