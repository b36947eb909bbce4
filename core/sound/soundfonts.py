"""Where the SoundFonts are: the one that comes with our dependencies, and the usual places of each system."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

ENDINGS = (".sf2", ".sf3")


def bundled_soundfont() -> Path | None:
    """The General MIDI SoundFont that pretty_midi brings with it. Does not import pretty_midi, which is slow."""
    spec = importlib.util.find_spec("pretty_midi")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("TimGM6mb.sf2")
    return path if path.is_file() else None


def _usual_places() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        shared = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"))
        return [shared / "soundfonts", home / "Documents" / "SoundFonts"]
    if sys.platform == "darwin":
        return [home / "Library/Audio/Sounds/Banks", Path("/Library/Audio/Sounds/Banks")]
    return [home / ".local/share/soundfonts", home / ".local/share/sounds/sf2", Path("/usr/share/soundfonts"),
            Path("/usr/share/sounds/sf2"), Path("/usr/share/sounds/sf3")]


def find_soundfonts() -> list[Path]:
    """Every SoundFont found, the bundled one first, each file once."""
    found = [bundled_soundfont()]
    for folder in _usual_places():
        if folder.is_dir():
            found += sorted(path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and path.is_file())
    return list({path.resolve(): path for path in found if path is not None}.values())


def default_soundfont() -> Path | None:
    """The SoundFont to play with when nobody chose one; None when the machine has none."""
    return next(iter(find_soundfonts()), None)
