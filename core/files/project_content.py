"""What stands in a project beside its MIDI: tracks, songs, requests and takes as JSON, notes and events as tables.

A track that still has the notes or events it was read with says so instead of repeating them, and what several songs
share is written once: the songs that requests were asked for differ from the song by little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from core.files.checked import Checked, Unsound
from core.files.midi import MidiError
from core.files.origin import SongOrigin, TrackOrigin
from core.files.smf import MAX_TICK, MAX_TRACKS, Chunk, MidiFile, parse_file, serialise
from core.music.song import EMPTY_NOTES, NOTE_DTYPE, Marker, RawEvent, Shift, Song, Track, freeze_notes
from core.music.timebase import Meter, Tempo

NOTES, EVENTS = "notes.bin", "events.mid"

Cell = tuple[int, int]
"""(bar, track), both from 0."""

BYTE, CHANNEL, TICKS, COUNT = (0, 127), (0, 15), (0, MAX_TICK), (0, 2**31 - 1)
TEMPO = (TICKS, (1, 2**31 - 1))
METER = (TICKS, (1, 2**16), (1, 64))
"""The lowest and the highest of each number of a row."""


@dataclass(frozen=True, eq=False)
class SavedTake:
    """A finished take: for each track index its notes. ``facts``: its seed and so on, plain values by name."""

    cells: frozenset[Cell]
    notes: Mapping[int, np.ndarray]
    facts: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class SavedRequest:
    """What was asked of the assistant: the song at the time, the cells, plain values by name, and the takes."""

    song: Song
    cells: frozenset[Cell]
    facts: Mapping[str, object]
    takes: tuple[SavedTake, ...]


@dataclass(frozen=True, eq=False)
class Project:
    """``settings``: what the window shows of this song, plain JSON values by name; whoever reads them checks them.

    ``remark``: what a person should know of how it was read; empty when there is nothing.
    """

    song: Song
    requests: tuple[SavedRequest, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    remark: str = ""


# -- writing -----------------------------------------------------------------------------------------


def write_content(project: Project) -> tuple[dict, dict[str, bytes]]:
    """The JSON object, and the tables it points into. Raises ValueError for notes that could not be read again."""
    writer = _Writer(project.song.origin)
    content = {
        "song": writer.song(project.song),
        "requests": [writer.request(request) for request in project.requests],
        "settings": dict(project.settings),
    }
    # Last, when everything has been put into the tables.
    return content | {"songs": writer.songs, "tracks": writer.tracks}, writer.tables()


class _Writer:
    def __init__(self, origin: object) -> None:
        self.homes = {id(read): i for i, read in enumerate(origin.tracks)} if isinstance(origin, SongOrigin) else {}
        self.songs: list[dict] = []
        self.tracks: list[dict] = []
        self._notes: list[np.ndarray] = []
        self._note_count = 0
        self._events: list[tuple[RawEvent, ...]] = []
        self._places: dict[int, object] = {}
        self._held: list[object] = []

    def _once(self, thing: object, write) -> object:
        """What ``write`` returned when the thing was first met."""
        if id(thing) not in self._places:
            self._held.append(thing)  # or another could get its id
            self._places[id(thing)] = write(thing)
        return self._places[id(thing)]

    def song(self, song: Song) -> int:
        return self._once(song, self._song)

    def _song(self, song: Song) -> int:
        _within("the tempos", [(value, *span) for tempo in song.tempos for value, span in zip(_tempo(tempo), TEMPO)])
        _within("the markers", [(marker.tick, *TICKS) for marker in song.markers])
        _within("the meters", [(value, *span) for meter in song.meters for value, span in zip(_meter(meter), METER)])
        self.songs.append({
            "ticks_per_beat": song.ticks_per_beat,
            "tempos": [_tempo(tempo) for tempo in song.tempos],
            "meters": [_meter(meter) for meter in song.meters],
            "markers": [[marker.tick, marker.name] for marker in song.markers],
            "shifts": [[shift.tick, shift.ticks] for shift in song.shifts],
            "tracks": [self._once(track, self._track) for track in song.tracks]})
        return len(self.songs) - 1

    def _track(self, track: Track) -> int:
        _within(f"the settings of “{track.name}”", [(track.program, *BYTE), (track.volume, *BYTE), (track.pan, *BYTE),
                                                    (track.channel or 0, *CHANNEL)])
        home = self.homes.get(id(track.origin))
        read = track.origin.track if home is not None else None
        self.tracks.append({
            "name": track.name, "program": track.program, "drum": track.is_drum, "colour": track.colour,
            "volume": track.volume, "pan": track.pan, "mute": track.mute, "solo": track.solo,
            "channel": track.channel, "home": home,
            "notes": None if read is not None and _same(track.notes, read.notes) else self.notes(track.notes),
            "events": None if read is not None and track.events == read.events else self._event_list(track.events),
            **({"muted": self.notes(track.muted)} if len(track.muted) else {}),
            **({"basis": list(track.basis)} if track.basis is not None else {})})
        return len(self.tracks) - 1

    def notes(self, notes: np.ndarray) -> list[int]:
        """Where in the table they stand: first row and number."""
        return self._once(notes, self._note_rows)

    def _note_rows(self, notes: np.ndarray) -> list[int]:
        if len(notes) and max(int(notes["onset"].max()), int(notes["duration"].max())) > MAX_TICK:
            raise ValueError(f"a note lies beyond tick {MAX_TICK}")
        first = self._note_count
        self._notes.append(notes)
        self._note_count += len(notes)
        return [first, len(notes)]

    def _event_list(self, events: tuple[RawEvent, ...]) -> int:
        """The number of the list, from 1; 0 is the empty one."""
        return self._once(events, self._events_added) if events else 0

    def _events_added(self, events: tuple[RawEvent, ...]) -> int:
        self._events.append(events)
        return len(self._events)

    def request(self, request: SavedRequest) -> dict:
        return {"song": self.song(request.song), "cells": sorted(map(list, request.cells)),
                "facts": dict(request.facts), "takes": [self._take(take) for take in request.takes]}

    def _take(self, take: SavedTake) -> dict:
        return {"cells": sorted(map(list, take.cells)), "facts": dict(take.facts),
                "notes": [[track, *self.notes(notes)] for track, notes in sorted(take.notes.items())]}

    def tables(self) -> dict[str, bytes]:
        tables = {}
        if self._notes:
            tables[NOTES] = b"".join(notes.tobytes() for notes in self._notes)
        if self._events:
            chunks = tuple(Chunk(tuple((event.tick, event.data) for event in events), 0) for events in self._events)
            if len(chunks) > MAX_TRACKS:
                raise ValueError(f"the tracks have more than {MAX_TRACKS} lists of events")
            tables[EVENTS] = serialise(MidiFile(1, 480, chunks))
        return tables


def _tempo(tempo: Tempo) -> list[int]:
    return [tempo.tick, tempo.microseconds_per_beat]


def _meter(meter: Meter) -> list[int]:
    return [meter.tick, meter.numerator, meter.denominator]


def _within(what: str, values: list[tuple[int, int, int]]) -> None:
    """Raises ValueError for what ``read_content`` would refuse: better not to write it than not to read it."""
    if not all(low <= value <= high for value, low, high in values):
        raise ValueError(f"{what} are outside what can be saved")


def _same(notes: np.ndarray, others: np.ndarray) -> bool:
    return notes is others or np.array_equal(notes, others)


# -- reading -----------------------------------------------------------------------------------------


def read_content(content: dict, members: Mapping[str, bytes], origin: SongOrigin | None) -> Project:
    """The project of a JSON object and its tables. ``origin``: of the file that the song was read from.

    Raises Unsound for anything that does not hold together.
    """
    tables = _Tables(members)
    whole = Checked(content, "the project")
    tracks = [_track(Checked(item, "a track"), tables, origin) for item in whole.items("tracks")]
    songs = [_song(Checked(item, "a song"), tracks, origin) for item in whole.items("songs")]

    def song_at(place: Checked) -> Song:
        return songs[place.whole("song", 0, len(songs) - 1)]

    requests = tuple(_request(place, song_at(place), tables)
                     for place in (Checked(item, "a request") for item in whole.items("requests")))
    return Project(song_at(whole), requests, whole.plain("settings"))


class _Tables:
    def __init__(self, members: Mapping[str, bytes]) -> None:
        data = members.get(NOTES, b"")
        if len(data) % NOTE_DTYPE.itemsize:
            raise Unsound(f"{NOTES} is cut off")
        self._notes = np.frombuffer(data, dtype=NOTE_DTYPE)
        if len(data) and max(self._notes["onset"].max(), self._notes["duration"].max()) > MAX_TICK:
            raise Unsound(f"a note of {NOTES} lies beyond the end of time")
        try:
            chunks = parse_file(members[EVENTS], EVENTS).chunks if EVENTS in members else ()
        except MidiError as problem:
            raise Unsound(f"{EVENTS} {problem.reason}") from None
        self._lists = [(), *(tuple(RawEvent(*event) for event in chunk.events) for chunk in chunks)]
        self._arrays: dict[tuple[int, int], np.ndarray] = {}

    def notes(self, first: int, count: int) -> np.ndarray:
        if first + count > len(self._notes):
            raise Unsound(f"{NOTES} is shorter than the tracks say")
        if (first, count) not in self._arrays:
            try:
                self._arrays[first, count] = freeze_notes(self._notes[first:first + count])
            except ValueError as problem:
                raise Unsound(str(problem)) from None
        return self._arrays[first, count]

    def events(self, number: int) -> tuple[RawEvent, ...]:
        if number >= len(self._lists):
            raise Unsound(f"{EVENTS} is shorter than the tracks say")
        return self._lists[number]


def _track(item: Checked, tables: _Tables, origin: SongOrigin | None) -> Track:
    reads = origin.tracks if origin is not None else ()
    home = item.whole_or_none("home", 0, len(reads) - 1)
    read: TrackOrigin | None = None if home is None else reads[home]
    rows, events = item.row_or_none("notes", COUNT, COUNT), item.whole_or_none("events", *COUNT)
    muted = item.row_or_none("muted", COUNT, COUNT)
    if read is None and (rows is None or events is None):
        raise Unsound("a track has neither notes nor a place they were read from")
    return Track(
        read.track.notes if rows is None else tables.notes(*rows), item.whole("program", *BYTE), item.flag("drum"),
        item.text("name"), item.text("colour"), item.whole("volume", *BYTE), item.whole("pan", *BYTE),
        item.flag("mute"), item.flag("solo"), item.whole_or_none("channel", *CHANNEL),
        read.track.events if events is None else tables.events(events), read,
        EMPTY_NOTES if muted is None else tables.notes(*muted), item.row_or_none("basis", BYTE, BYTE, BYTE))


def _song(item: Checked, tracks: list[Track], origin: SongOrigin | None) -> Song:
    return Song(item.whole("ticks_per_beat", 1, 2**20),
                tuple(tracks[index] for index in _indices(item, "tracks", len(tracks))),
                tuple(Tempo(*row) for row in item.rows("tempos", *TEMPO)),
                tuple(Meter(*row) for row in item.rows("meters", *METER)), _markers(item, origin),
                tuple(Shift(*row) for row in item.rows("shifts", TICKS, (-MAX_TICK, MAX_TICK), absent=True)), origin)


def _markers(item: Checked, origin: SongOrigin | None) -> tuple[Marker, ...]:
    """Those of the file it was read from, for a project of before there were markers in projects."""
    rows = item.named_ticks("markers", *TICKS)
    if rows is None:
        return origin.markers if origin is not None else ()
    return tuple(Marker(*row) for row in rows)


def _indices(item: Checked, key: str, count: int) -> list[int]:
    indices = item.items(key)
    if len(indices) > MAX_TRACKS or not all(type(index) is int and 0 <= index < count for index in indices):
        raise Unsound(f"{key} of a song are not there")
    return indices


def _request(item: Checked, song: Song, tables: _Tables) -> SavedRequest:
    cells = _cells(item, song)
    takes = tuple(_take(Checked(take, "a take"), song, tables) for take in item.items("takes"))
    if not cells:
        raise Unsound("a request asks for nothing")
    return SavedRequest(song, cells, item.plain("facts"), takes)


def _take(item: Checked, song: Song, tables: _Tables) -> SavedTake:
    rows = item.rows("notes", (0, len(song.tracks) - 1), COUNT, COUNT)
    return SavedTake(_cells(item, song), {track: tables.notes(first, count) for track, first, count in rows},
                     item.plain("facts"))


def _cells(item: Checked, song: Song) -> frozenset[Cell]:
    return frozenset(item.rows("cells", COUNT, (0, len(song.tracks) - 1)))
