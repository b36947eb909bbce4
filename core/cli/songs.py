"""Songs, bars and tracks as a command line names them: bars and tracks are counted from 1."""

from __future__ import annotations

import re
from pathlib import Path

from rich.console import Console

from core.cli.errors import UserError, user_mistakes
from core.music.song import Song

console = Console(stderr=True, highlight=False, soft_wrap=True)
"""For progress and remarks; what was asked for goes to standard output."""


def open_song(path: Path) -> Song:
    """The song in a MIDI or project file; of a damaged one what can be read, with a remark about each loss."""
    from core.files.errors import FileError
    from core.files.midi import read_midi_lenient
    from core.files.project import is_project, read_project_lenient

    read = read_project_lenient if is_project(path) else read_midi_lenient
    with user_mistakes(FileError):
        song, losses = read(path)
    for loss in losses:
        console.print(f"warning: {loss}", markup=False)
    return song


def parse_bars(text: str, song: Song, name: str) -> tuple[int, int]:
    """First and last bar, from 0, of ``9-12`` or ``9``. Raises UserError when they are not in the song."""
    found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", text)
    if not found:
        raise UserError(f"--bars: write the bars as 9-12, or as 9 for one bar, not as {text!r}")
    first, last = int(found[1]), int(found[2] or found[1])
    if last < first:
        raise UserError(f"--bars: the last bar ({last}) lies before the first ({first})")
    if not song.bar_count:
        raise UserError(f"{name}: has no bars: it is empty")
    if first < 1 or last > song.bar_count:
        raise UserError(f"{name}: bars {text.strip()} are not in it, it has bars 1-{song.bar_count}")
    return first - 1, last - 1


def parse_tracks(text: str, song: Song, name: str) -> list[int]:
    """Track indices, from 0, of ``2,3`` or ``Bass,Piano`` (in any case). Raises UserError for one not in the song."""
    names = [track.name.strip().casefold() for track in song.tracks]
    chosen: list[int] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        if word.isdecimal():
            if not 1 <= int(word) <= len(song.tracks):
                raise UserError(f"{name}: there is no track {word}, it has tracks 1-{len(song.tracks)}")
            chosen.append(int(word) - 1)
            continue
        matches = [index for index, known in enumerate(names) if known == word.casefold()]
        if len(matches) != 1:
            numbers = ", ".join(str(index + 1) for index in matches)
            raise UserError(f"{name}: tracks {numbers} are all called {word!r}, choose by number" if matches else
                            f"{name}: no track is called {word!r}; `inspect` lists them")
        chosen.append(matches[0])
    if not chosen:
        raise UserError("--tracks: name at least one track, for example 2,3")
    return list(dict.fromkeys(chosen))
