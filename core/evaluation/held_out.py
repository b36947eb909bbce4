"""The songs a model is measured on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.files.bulk import read_notes
from core.music.song import Song
from core.tokens.decoder import decode
from core.tokens.encoder import EncodedSong, encode


@dataclass(frozen=True, eq=False)
class HeldOutSong:
    """A song and its cells. ``song`` is on the model's grid, so that its notes can be compared with written ones."""

    name: str
    collection: str
    song: Song
    encoded: EncodedSong


def on_grid(song: Song) -> Song:
    """The song with every note moved to the model's grid."""
    notes = decode(encode(song, drum_durations=False), song.timebase)
    return replace(song, tracks=tuple(track.with_notes(moved) for track, moved in zip(song.tracks, notes)))


def sounding_tracks(song: Song) -> list[int]:
    """The numbers of the tracks that have notes."""
    return [number for number, track in enumerate(song.tracks) if len(track.notes)]


def with_few_tracks(song: Song, count: int, rng: np.random.Generator) -> Song:
    """The song with ``count`` of its tracks that have notes, drawn at random, or all of them."""
    chosen = sorted(rng.permutation(sounding_tracks(song))[:count].tolist())
    return replace(song, tracks=tuple(song.tracks[number] for number in chosen))


def choose_songs(folder: Path, count: int, seed: int = 0) -> list[HeldOutSong]:
    """At most ``count`` songs of a folder of MIDI files, as many from one collection as from another while they last.

    A collection is the first folder below ``folder``. Files that cannot be learned from are passed over.
    Raises NotADirectoryError if it is not a folder.
    """
    rng = np.random.default_rng(seed)
    waiting: dict[str, list[Path]] = {}
    for path in find_midi_files(folder):
        parts = path.relative_to(folder).parts
        waiting.setdefault(parts[0] if len(parts) > 1 else "", []).append(path)
    for paths in waiting.values():
        rng.shuffle(paths)
    chosen: list[HeldOutSong] = []
    while waiting and len(chosen) < count:
        for collection in sorted(waiting):
            song = _next_song(waiting[collection], folder, collection)
            if song is None:
                del waiting[collection]
            elif len(chosen) < count:
                chosen.append(song)
    return chosen


def _next_song(paths: list[Path], folder: Path, collection: str) -> HeldOutSong | None:
    """The next usable song, taken off the list; None when it is used up."""
    while paths:
        path = paths.pop()
        encoded = encode_file(path)
        if not isinstance(encoded, Rejected):
            return HeldOutSong(str(path.relative_to(folder)), collection, on_grid(read_notes(path)), encoded)
    return None
