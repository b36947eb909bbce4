"""The project file ``.ritornello``: a zip file with the song as MIDI, and beside it what MIDI cannot say.

    song.mid      the song as any MIDI program reads it. Changed by another program, it is what counts
    project.json  tracks as they are (colour, mute, solo, empty ones), requests to the assistant, settings; the version
    notes.bin     notes that stand in none of the MIDI files, rows of ``NOTE_DTYPE`` (little-endian)
    events.mid    controllers and so on that stand in none of the others, a track of it for each list
    origin.mid    the MIDI file the song was first read from, if any: what was never edited is still taken from it

So a song comes back as it was, to the last event, and what it was read from still comes back when it is exported.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from os import PathLike
from pathlib import Path

from core.files.archive import ArchiveDamage, pack, unpack
from core.files.atomic import write_atomic
from core.files.checked import Unsound
from core.files.errors import MidiError, ProjectError
from core.files.midi import midi_bytes, parse_midi
from core.files.midi_reader import song_of
from core.files.origin import SongOrigin
from core.files.project_content import EVENTS, NOTES, Project, SavedRequest, SavedTake, read_content, write_content
from core.files.smf import MAX_FILE_BYTES, salvage_file
from core.music.song import Song

__all__ = ["SUFFIX", "Project", "ProjectError", "SavedRequest", "SavedTake", "is_project", "parse_project",
           "project_bytes", "read_project", "read_project_lenient", "write_project"]

SUFFIX = ".ritornello"
FORMAT, VERSION = "ritornello project", 1
MAX_PROJECT_BYTES = 256 * 2**20
SONG, CONTENT, ORIGIN = "song.mid", "project.json", "origin.mid"
LIMITS = {SONG: MAX_FILE_BYTES, CONTENT: 16 * 2**20, NOTES: 128 * 2**20, EVENTS: MAX_FILE_BYTES,
          ORIGIN: MAX_FILE_BYTES}
"""How large each member may be, unpacked."""

# -- writing -----------------------------------------------------------------------------------------


def write_project(project: Project, path: str | PathLike[str]) -> None:
    """Write the project, all or nothing. Raises ProjectError if that cannot be done."""
    try:
        write_atomic(path, project_bytes(project))
    except OSError as error:
        raise ProjectError(path, f"cannot be written: {error.strerror or error}") from None
    except ValueError as error:
        raise ProjectError(path, f"cannot be written: {error}") from None


def project_bytes(project: Project, rendition: bool = True, level: int = 6) -> bytes:
    """What ``write_project`` writes. Raises ValueError for what is too large to be read again.

    ``rendition``: with the song as MIDI for other programs, which costs most of the time. ``level``: see ``pack``.
    """
    song = _midi_of(project.song) if rendition else None
    members = {} if song is None else {SONG: song}
    if isinstance(project.song.origin, SongOrigin):
        members[ORIGIN] = project.song.origin.data
    content, others = write_content(project)
    head = {"format": FORMAT, "version": VERSION, "midi": hashlib.sha256(song).hexdigest() if song is not None else ""}
    members[CONTENT] = json.dumps(head | content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "surrogatepass")  # as a name read from a file may need, and json.loads expects
    members |= others
    for name, data in members.items():
        if len(data) > LIMITS[name]:
            raise ValueError(f"{name} in it would be larger than {LIMITS[name] // 2**20} MB; discarding takes helps")
    return pack(members, level)


def _midi_of(song: Song) -> bytes | None:
    """The song as MIDI, None where MIDI cannot say it: no reason not to keep it."""
    try:
        data = midi_bytes(song)
    except ValueError:
        return None
    return data if len(data) <= MAX_FILE_BYTES else None


# -- reading -----------------------------------------------------------------------------------------


def is_project(path: str | PathLike[str]) -> bool:
    """Whether a file is to be read as a project: by its name, or because it is a zip file whatever its name."""
    if Path(path).suffix.lower() == SUFFIX:
        return True
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\3\4"
    except OSError:
        return False


def read_project(path: str | PathLike[str]) -> Project:
    """The project in a file. Raises ProjectError, which names the file, the reason and what can be done."""
    return parse_project(_load(path), path)


def parse_project(data: bytes, name: str | PathLike[str] = "the project") -> Project:
    """The project in the bytes of a file; ``name`` is what a ProjectError calls it."""
    members = _members(data, name)
    try:
        head = json.loads(members[CONTENT])
        if not isinstance(head, dict) or head.get("format") != FORMAT:
            raise Unsound("it is of another program")
        version = head.get("version")
        if not isinstance(version, int) or version < 1:
            raise Unsound("it has no version")
        if version > VERSION:
            raise ProjectError(name, f"was written by a newer Ritornello (format {version}, this one reads up to "
                                     f"{VERSION}). Update the program, or unpack {SONG} from it with any unzip")
        origin = parse_midi(members[ORIGIN], ORIGIN).origin if ORIGIN in members else None
        project = read_content(head, members, origin)
    except ProjectError:
        raise
    except (ValueError, RecursionError) as problem:
        reason = f"{problem.path} {problem.reason}" if isinstance(problem, MidiError) else problem
        way_out = f"The song itself can still be unpacked from it: {SONG}" if SONG in members else "Open another copy"
        raise ProjectError(name, f"{CONTENT} in it is damaged ({reason}). {way_out}") from None
    return _as_changed_outside(project, head, members)


def read_project_lenient(path: str | PathLike[str]) -> tuple[Song, list[str]]:
    """The song of a damaged project as far as it goes, and one line for a person about each thing lost.

    Raises ProjectError when nothing can be read.
    """
    data = _load(path)
    try:
        return parse_project(data, path).song, []
    except ProjectError as problem:
        members = _members(data, path, wanted=(SONG,))
        if SONG not in members:
            raise
        try:
            file, losses = salvage_file(members[SONG], path)
        except MidiError:
            raise problem from None
        return song_of(file), ["takes, colours, mute and solo, and tracks without notes are lost", *losses]


def _load(path: str | PathLike[str]) -> bytes:
    try:
        if not Path(path).is_file():
            there = "is not a file" if os.path.lexists(path) else "there is no such file"
            raise ProjectError(path, "is a folder, not a project file" if Path(path).is_dir() else there)
        size = os.path.getsize(path)
        if size > MAX_PROJECT_BYTES:
            raise ProjectError(path, f"is too large for a project file ({size // 2**20} MB)")
        with open(path, "rb") as file:
            return file.read(size + 1)
    except OSError as error:
        raise ProjectError(path, f"cannot be read: {error.strerror or error}") from None


def _members(data: bytes, name: str | PathLike[str], wanted: tuple[str, ...] = tuple(LIMITS)) -> dict[str, bytes]:
    try:
        members = unpack(data, {member: LIMITS[member] for member in wanted})
    except ArchiveDamage as problem:
        raise ProjectError(name, f"{problem}. Open another copy of it, or the MIDI file it was made from") from None
    if CONTENT in wanted and CONTENT not in members:
        raise ProjectError(name, f"is a zip file but no Ritornello project: there is no {CONTENT} in it")
    return members


def _is_changed(head: dict, members: dict[str, bytes]) -> bool:
    return SONG in members and hashlib.sha256(members[SONG]).hexdigest() != head.get("midi")


def _as_changed_outside(project: Project, head: dict, members: dict[str, bytes]) -> Project:
    """If another program has changed the MIDI, that is the song. The colours stay where the tracks are as many."""
    if not _is_changed(head, members):
        return project
    try:
        song = parse_midi(members[SONG], SONG)
    except MidiError as problem:
        return replace(project, remark=f"{SONG} in it was changed by another program and cannot be read "
                                       f"({problem.reason}): this is the song as it was saved before.")
    before = [track for track in project.song.tracks if len(track.notes)]
    same_ticks = song.ticks_per_beat == project.song.ticks_per_beat
    if len(before) == len(song.tracks):
        song = replace(song, tracks=tuple(replace(track, colour=old.colour, mute=old.mute, solo=old.solo,
                                                  muted=old.muted if same_ticks else track.muted)
                                          for track, old in zip(song.tracks, before)))
    return replace(project, song=song, remark=f"{SONG} in it was changed by another program: that is what was opened.")
