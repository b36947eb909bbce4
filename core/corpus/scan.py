"""Finding the MIDI files of a folder and telling which of them can be learned from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.files.bulk import read_columns
from core.music.columns import SongColumns
from core.tokens.encoder import EncodedSong, SnapReport, encode_and_report
from core.tokens.window import MAX_BARS

ENCODING = 1
"""To be raised when files are encoded or refused differently: what was encoded before is then encoded again."""

SUFFIXES = {".mid", ".midi", ".kar"}
MIN_BARS = 4
MIN_NOTES = 16
MAX_TRACKS = 128
MAX_SONG_BARS = 20_000
"""The longest symphonies have about 2,000; a damaged time stamp can make a billion."""
MIN_PULSE = 0.15
"""Files whose ``pulse`` is below were played without a metronome. Of the corpus, human drummers to a click have 0.2
to 0.9, scores 0.4 to 1; recordings without a click mostly 0.01 to 0.05."""
PULSE_NOTES = 64
"""With fewer notes chance alone makes a pulse."""


class Reason(StrEnum):
    """Kinds of reasons to leave a file out; the values are words for a list of counts."""

    EMPTY = "empty files"
    UNREADABLE = "cannot be opened"
    BROKEN = "broken, or not MIDI"
    NO_NOTES = "no notes"
    FEW_NOTES = "too few notes"
    FEW_BARS = "too few bars"
    MANY_BARS = "too many bars"
    MANY_TRACKS = "too many tracks"
    METERS = "not a usable bar map"
    OFF_GRID = "played without a metronome"
    REPEATED = "the same music as another file"
    FAILED = "stopped or held up the program that read them"


@dataclass(frozen=True)
class Rejected:
    """A file that is left out, why, in words for a person, and which kind of reason that is."""

    path: Path
    reason: str
    kind: Reason = Reason.BROKEN


@dataclass(frozen=True, slots=True)
class Found:
    """A MIDI file below a folder: its path from there with ``/`` between the names, its bytes, and when it was last
    changed in nanoseconds. ``problem``: why a folder at that path cannot be looked into; empty for a file."""

    path: str
    size: int
    mtime_ns: int
    problem: str = ""


def walk_midi_files(folder: Path) -> Iterator[Found]:
    """Every MIDI or karaoke file under ``folder``, in the order of the bytes of its names, folder by folder.

    Holds the names of one chain of folders at a time, however many there are. Links to files are followed, links to
    folders are not. Raises NotADirectoryError if ``folder`` is none.
    """
    if not Path(folder).is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    waiting = [_names_in(os.fspath(folder))]
    above = [""]
    while waiting:
        name, is_folder = next(waiting[-1], (None, False))
        if name is None:
            waiting.pop()
            above.pop()
            continue
        path = above[-1] + name
        whole = os.path.join(folder, *path.split("/"))
        try:
            if is_folder:
                waiting.append(_names_in(whole))
                above.append(path + "/")
            else:
                facts = os.stat(whole)
                yield Found(path, facts.st_size, facts.st_mtime_ns)
        except FileNotFoundError:  # it went while we looked
            continue
        except OSError as error:
            yield Found(path, 0, 0, error.strerror or str(error))


def _names_in(folder: str) -> Iterator[tuple[str, bool]]:
    """The names in a folder that are of interest, sorted, and whether each is a folder."""
    with os.scandir(folder) as entries:
        found = [(entry.name, is_folder) for entry in entries
                 if (is_folder := entry.is_dir(follow_symlinks=False))
                 or (os.path.splitext(entry.name)[1].lower() in SUFFIXES and entry.is_file())]
    return iter(sorted(found, key=lambda one: os.fsencode(one[0])))


def find_midi_files(folder: Path) -> list[Path]:
    """Every MIDI or karaoke file under ``folder``, sorted. Raises NotADirectoryError if it is not a folder."""
    return [Path(folder, found.path) for found in walk_midi_files(folder) if not found.problem]


def collection_of(path: str) -> str:
    """The first folder on a path as ``walk_midi_files`` gives it; empty for a file at the top."""
    return path.partition("/")[0] if "/" in path else ""


def pulse(song: SongColumns) -> float:
    """How much a song keeps to its beats, from 0 to 1.

    The onsets are laid round a circle whose turn is one beat, or a half, third, quarter, sixth or eighth of one; their
    mean lies the farther from the middle the more they gather. The farthest of the six counts.
    """
    places = np.bincount(song.onset % song.ticks_per_beat, minlength=song.ticks_per_beat)
    # Not a matrix product: numpy's library shares even so small a one out among threads, which other processes need.
    return float(np.abs(np.einsum("t,tk->k", places, _turns(song.ticks_per_beat))).max()) / song.note_count


@lru_cache(maxsize=16)
def _turns(ticks_per_beat: int) -> np.ndarray:
    """Where each tick of a beat lies on the six circles, complex (ticks, 6)."""
    return np.exp(2j * np.pi / ticks_per_beat * np.outer(np.arange(ticks_per_beat), [1, 2, 3, 4, 6, 8]))


def encode_file(path: Path) -> EncodedSong | Rejected:
    """A file's cells as the model is trained on them, or the reason it is left out."""
    result = encode_file_and_report(path)
    return result if isinstance(result, Rejected) else result[0]


def encode_file_and_report(path: Path) -> tuple[EncodedSong, SnapReport] | Rejected:
    """Like ``encode_file``, with a report of how far notes moved to the grid."""
    try:
        song = read_columns(path)
    except (ValueError, OSError) as error:
        return Rejected(path, getattr(error, "reason", str(error)), _kind_of_failure(path))
    unusable = _unusable(song)
    if unusable is not None:
        return Rejected(path, *unusable)
    encoded, snapping = encode_and_report(song, drum_durations=False)
    if encoded.cell_notes.sum() < MIN_NOTES:
        return Rejected(path, "its bars are too long to be read", Reason.METERS)
    if snapping.notes >= PULSE_NOTES and 2 * snapping.on_grid < snapping.notes and (kept := pulse(song)) < MIN_PULSE:
        return Rejected(path, "its notes do not keep to its beats, as if played without a metronome "
                              f"(pulse {kept:.2f}; at least {MIN_PULSE} is needed)", Reason.OFF_GRID)
    return encoded, snapping


def _unusable(song: SongColumns) -> tuple[str, Reason] | None:
    """Why a song cannot be learned from, as far as that shows before it is encoded."""
    if not song.note_count:
        return "has no notes", Reason.NO_NOTES
    if song.note_count < MIN_NOTES:
        return f"only {song.note_count} notes; at least {MIN_NOTES} are needed", Reason.FEW_NOTES
    if song.bar_count < MIN_BARS:
        return f"only {song.bar_count} bars; at least {MIN_BARS} are needed", Reason.FEW_BARS
    if song.bar_count > MAX_SONG_BARS:
        return (f"{song.bar_count:,} bars for {song.note_count:,} notes; at most {MAX_SONG_BARS:,} can be read",
                Reason.MANY_BARS)
    if song.track_count > MAX_TRACKS:
        return f"{song.track_count} tracks; at most {MAX_TRACKS} can be read", Reason.MANY_TRACKS
    if len(song.meters) > song.bar_count / 2 and len(song.meters) > MAX_BARS:
        return f"{len(song.meters)} meter changes in {song.bar_count} bars: not a usable bar map", Reason.METERS
    return None


def _kind_of_failure(path: Path) -> Reason:
    try:
        with open(path, "rb") as file:
            return Reason.BROKEN if file.read(1) else Reason.EMPTY
    except OSError:
        return Reason.UNREADABLE
