"""Finding the MIDI files of a folder and telling which of them can be learned from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.files.bulk import read_notes
from core.tokens.encoder import EncodedSong, SnapReport, encode_and_report
from core.tokens.window import MAX_BARS

SUFFIXES = {".mid", ".midi", ".kar"}
MIN_BARS = 4
MIN_NOTES = 16
MAX_TRACKS = 128


@dataclass(frozen=True)
class Rejected:
    """A file that is left out, and why, in words for a person."""

    path: Path
    reason: str


def find_midi_files(folder: Path) -> list[Path]:
    """Every MIDI or karaoke file under ``folder``, sorted. Raises NotADirectoryError if it is not a folder."""
    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is not a folder")
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def encode_file(path: Path) -> EncodedSong | Rejected:
    """A file's cells as the model is trained on them, or the reason it is left out."""
    result = encode_file_and_report(path)
    return result if isinstance(result, Rejected) else result[0]


def encode_file_and_report(path: Path) -> tuple[EncodedSong, SnapReport] | Rejected:
    """Like ``encode_file``, with a report of how far notes moved to the grid."""
    try:
        song = read_notes(path)
    except (ValueError, OSError) as error:
        return Rejected(path, getattr(error, "reason", str(error)))
    if song.note_count < MIN_NOTES:
        return Rejected(path, f"only {song.note_count} notes; at least {MIN_NOTES} are needed")
    if song.bar_count < MIN_BARS:
        return Rejected(path, f"only {song.bar_count} bars; at least {MIN_BARS} are needed")
    if len(song.tracks) > MAX_TRACKS:
        return Rejected(path, f"{len(song.tracks)} tracks; at most {MAX_TRACKS} can be read")
    if len(song.meters) > song.bar_count / 2 and len(song.meters) > MAX_BARS:
        return Rejected(path, f"{len(song.meters)} meter changes in {song.bar_count} bars: not a usable bar map")
    encoded, snapping = encode_and_report(song, drum_durations=False)
    if encoded.cell_notes.sum() < MIN_NOTES:
        return Rejected(path, "its bars are too long to be read")
    return encoded, snapping
