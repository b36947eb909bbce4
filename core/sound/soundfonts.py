"""SoundFonts: the one that comes with our dependencies, those in the usual places, and what is wrong with a bad one."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

ENDINGS = (".sf2", ".sf3")
COMPRESSED_VERSION = 3
"""The major version of a SoundFont whose samples are Ogg Vorbis (.sf3)."""
MOST_FOUND = 200
"""No list gets longer than this, however full the folders are."""
MOST_CHUNKS = 100
"""A SoundFont has three; a file that claims more than this is not read to its end."""


class SoundFontError(ValueError):
    """The file cannot be played as a SoundFont. The message names the file and the reason."""


@dataclass(frozen=True)
class SoundFontFacts:
    """``name`` is what the SoundFont calls itself; ``compressed`` says that its samples are Vorbis (.sf3)."""

    name: str
    compressed: bool


def check_soundfont(path: str | PathLike[str]) -> SoundFontFacts:
    """Read the outline of a SoundFont: its chunks and their lengths, not its samples.

    Raises SoundFontError for what is no file, no SoundFont, or one that was cut short. What passes can still be refused
    by FluidSynth, which alone looks into every preset.
    """
    path = Path(path)
    if path.is_dir():
        raise SoundFontError(f"The SoundFont {path} is a folder, not a file.")
    if not path.is_file():
        raise SoundFontError(f"The SoundFont {path} does not exist.")
    try:
        with path.open("rb") as file:
            return _read_outline(file, path, path.stat().st_size)
    except OSError as error:
        raise SoundFontError(f"The SoundFont {path} cannot be read: {error.strerror or error}.") from error


def _read_outline(file, path: Path, size: int) -> SoundFontFacts:
    head = file.read(12)
    if not head:
        raise SoundFontError(f"The SoundFont {path} is empty.")
    if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise SoundFontError(f"{path} is not a SoundFont{_what_else(head)}.")
    if size < _number(head[4:8]) + 8:
        raise SoundFontError(f"The SoundFont {path} was cut short: it is {size:,} bytes long and should be "
                             f"{_number(head[4:8]) + 8:,}.")
    lists: dict[bytes, tuple[int, int]] = {}
    for kind, start, length in _chunks(file, 12, size):
        if kind == b"LIST":
            file.seek(start)
            lists[file.read(4)] = (start + 4, start + length)
    if missing := [kind.decode() for kind in (b"INFO", b"sdta", b"pdta") if kind not in lists]:
        raise SoundFontError(f"The SoundFont {path} is damaged: it has no {' and no '.join(missing)} chunk.")
    facts = _read_info(file, *lists[b"INFO"])
    return SoundFontFacts(facts.name or path.stem, facts.compressed)


def _read_info(file, start: int, end: int) -> SoundFontFacts:
    name, compressed = "", False
    for kind, at, length in _chunks(file, start, end):
        file.seek(at)
        if kind == b"INAM":
            text = file.read(min(length, 256)).split(b"\0")[0].decode("latin-1").strip()
            name = "".join(letter for letter in text if letter.isprintable())
        elif kind == b"ifil":
            compressed = _number(file.read(2)) >= COMPRESSED_VERSION
    return SoundFontFacts(name, compressed)


def _chunks(file, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, where its data start, their length) of the chunks that lie side by side between two places."""
    for _ in range(MOST_CHUNKS):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(8)
        length = _number(head[4:8])
        yield head[:4], at + 8, length
        at += 8 + length + length % 2


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _what_else(head: bytes) -> str:
    known = {b"RIFF": " but another kind of RIFF file", b"MThd": " but a MIDI file", b"OggS": " but an Ogg file",
             b"fLaC": " but a FLAC file", b"PK\x03\x04": " but a zip archive: unpack it first"}
    if head[:4] in known:
        return known[head[:4]]
    return " but a text" if all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head) else ""


# -- where they are ------------------------------------------------------------------------------


def bundled_soundfont() -> Path | None:
    """The General MIDI SoundFont that pretty_midi brings with it. Does not import pretty_midi, which is slow."""
    spec = importlib.util.find_spec("pretty_midi")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("TimGM6mb.sf2")
    return path if path.is_file() else None


def usual_places() -> list[Path]:
    """The folders in which this system's packages and people keep SoundFonts; not all of them need exist."""
    home = Path.home()
    scores = [home / "Documents" / name / "SoundFonts" for name in ("MuseScore4", "MuseScore3")]
    if sys.platform == "win32":
        shared = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"))
        return [shared / "soundfonts", Path(r"C:\soundfonts"), home / "Documents" / "SoundFonts", *scores]
    if sys.platform == "darwin":
        return [home / "Library/Audio/Sounds/Banks", Path("/Library/Audio/Sounds/Banks"),
                *(Path(root) / "share/soundfonts" for root in ("/opt/homebrew", "/usr/local")), *scores]
    own = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    shared = [Path(root) for root in ("/usr/share", "/usr/local/share")]
    return [own / "soundfonts", own / "sounds/sf2", *scores,
            *(root / name for root in shared for name in ("soundfonts", "sounds/sf2", "sounds/sf3"))]


def find_soundfonts() -> list[Path]:
    """Every SoundFont found, the bundled one first, each file once. Looks one folder deep."""
    found = [bundled_soundfont()]
    for place in usual_places():
        for folder in (place, *_folders_in(place)):
            found += _soundfonts_in(folder)
    return list({path.resolve(): path for path in found if path is not None}.values())[:MOST_FOUND]


def _folders_in(place: Path) -> list[Path]:
    try:
        return sorted(path for path in place.iterdir() if path.is_dir() and not path.name.startswith("."))
    except OSError:
        return []


def _soundfonts_in(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
    except OSError:  # not there, or not ours to read
        return []


def default_soundfont() -> Path | None:
    """The SoundFont to play with when nobody chose one; None when the machine has none."""
    return bundled_soundfont() or next(iter(find_soundfonts()), None)
