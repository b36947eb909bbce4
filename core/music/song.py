"""The song: frozen tracks of notes over one timebase.

Nothing here changes in place. An edit builds a new ``Song`` that shares every track it did not touch, so a
step of undo costs only what changed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from core.music.timebase import Meter, Tempo, Timebase

NOTE_DTYPE = np.dtype([("onset", "<i8"), ("duration", "<i8"), ("pitch", "u1"), ("velocity", "u1")])
"""One note: onset and duration in ticks, pitch 0..127 (60 is middle C), velocity 1..127."""

OUT_OF_RANGE = "a note's pitch must be 0 to 127 and its velocity 1 to 127"

SORT_ORDER = ("onset", "pitch", "duration", "velocity")


def make_notes(onset, duration, pitch, velocity) -> np.ndarray:
    """Notes from four sequences of equal length: a sorted, read-only array of ``NOTE_DTYPE``.

    Raises ValueError as ``freeze_notes`` does.
    """
    for values in (pitch, velocity):
        if np.size(values) and not 0 <= np.min(values) <= np.max(values) <= 127:
            raise ValueError(OUT_OF_RANGE)
    notes = np.empty(len(onset), dtype=NOTE_DTYPE)
    notes["onset"], notes["duration"], notes["pitch"], notes["velocity"] = onset, duration, pitch, velocity
    return freeze_notes(notes)


def freeze_notes(notes: np.ndarray) -> np.ndarray:
    """A sorted, read-only copy of an array of ``NOTE_DTYPE``. The only way into a Track.

    Raises ValueError if a note starts before tick 0, lasts less than 0 ticks or lies outside MIDI's ranges.
    """
    notes = np.array(notes, dtype=NOTE_DTYPE, copy=True)
    if len(notes):
        if notes["onset"].min() < 0 or notes["duration"].min() < 0:
            raise ValueError("a note starts before the song or ends before it starts")
        if notes["pitch"].max() > 127 or notes["velocity"].max() > 127 or notes["velocity"].min() < 1:
            raise ValueError(OUT_OF_RANGE)
        notes = notes[np.lexsort([notes[name] for name in reversed(SORT_ORDER)])]
    notes.setflags(write=False)
    return notes


EMPTY_NOTES = make_notes([], [], [], [])


@dataclass(frozen=True, slots=True)
class RawEvent:
    """A MIDI event we carry but do not edit: ``data`` is the message as it stands in a file, status byte first."""

    tick: int
    data: bytes


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """A name for what begins at ``tick``: a section, a place to go to."""

    tick: int
    name: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Time that was put in or taken out: from ``tick`` on everything came ``ticks`` later.

    Where ``ticks`` is negative, what stood in the time that was taken out, ``tick`` to ``tick - ticks``, is gone.
    """

    tick: int
    ticks: int

    def moved(self, tick: int) -> int:
        """Where a place in the song is now. What lay in time that was taken out is where that was."""
        if self.ticks >= 0:
            return tick + self.ticks if tick >= self.tick else tick
        return max(self.tick, tick + self.ticks) if tick >= self.tick else tick

    def moved_back(self, tick: int) -> int:
        """The opposite way: a place in time that was put in becomes where it was put in."""
        return Shift(self.tick, -self.ticks).moved(tick)


@dataclass(frozen=True, eq=False)
class Track:
    """One instrument's part. Equal when everything a listener or a file could tell apart is equal.

    ``volume`` and ``pan`` are MIDI's 0..127 (pan 64 is the middle); ``colour`` is ``#rrggbb`` or empty for the
    palette's own; ``channel`` is the MIDI channel 0..15 or None for the writer to choose; ``events`` holds the
    controllers, bends, lyrics and so on that are kept and written back; ``origin`` belongs to ``core.files.midi``.
    ``muted`` holds notes that are kept where they are but do not sound: only the roll and the project file know them.
    ``basis`` is the program, volume and pan that ``events`` were written for, None while they are the track's own
    (see ``core.music.settings``).
    """

    notes: np.ndarray = field(default_factory=lambda: EMPTY_NOTES)
    program: int = 0
    is_drum: bool = False
    name: str = ""
    colour: str = ""
    volume: int = 100
    pan: int = 64
    mute: bool = False
    solo: bool = False
    channel: int | None = None
    events: tuple[RawEvent, ...] = ()
    origin: object | None = field(default=None, repr=False)
    muted: np.ndarray = field(default_factory=lambda: EMPTY_NOTES)
    basis: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        for name in ("notes", "muted"):
            notes = getattr(self, name)
            if notes.dtype != NOTE_DTYPE or notes.flags.writeable:
                object.__setattr__(self, name, freeze_notes(notes))

    def _facts(self) -> tuple:
        return (self.program, self.is_drum, self.name, self.colour, self.volume, self.pan, self.mute, self.solo,
                self.channel, self.events, self.basis)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        return self is other or (self._facts() == other._facts() and np.array_equal(self.notes, other.notes)
                                 and np.array_equal(self.muted, other.muted))

    __hash__ = None

    def __setstate__(self, state: dict) -> None:
        """Pickling forgets that an array is read-only."""
        self.__dict__.update(state)
        self.notes.setflags(write=False)
        self.muted.setflags(write=False)

    @cached_property
    def end(self) -> int:
        """The tick at which the last sounding note ends; 0 when there is none."""
        return int((self.notes["onset"] + self.notes["duration"]).max()) if len(self.notes) else 0

    def with_notes(self, notes: np.ndarray) -> Track:
        return replace(self, notes=freeze_notes(notes))


@dataclass(frozen=True)
class Song:
    """Tracks over one tempo map and one meter map. ``ticks_per_beat`` ticks to a quarter note.

    ``markers`` are in order of time. ``shifts``: what time was put in or taken out since the song was read, so that
    what belongs to no track (``origin`` keeps it) can be written where it belongs.
    """

    ticks_per_beat: int = 480
    tracks: tuple[Track, ...] = ()
    tempos: tuple[Tempo, ...] = (Tempo(0),)
    meters: tuple[Meter, ...] = (Meter(0),)
    markers: tuple[Marker, ...] = ()
    shifts: tuple[Shift, ...] = field(default=(), repr=False, compare=False)
    origin: object | None = field(default=None, repr=False, compare=False)

    @cached_property
    def timebase(self) -> Timebase:
        return Timebase(self.ticks_per_beat, self.tempos, self.meters)

    @cached_property
    def end(self) -> int:
        """The tick at which the last note ends."""
        return max((track.end for track in self.tracks), default=0)

    @property
    def bar_count(self) -> int:
        """Bars needed to hold every note's onset and end."""
        return self.timebase.bars_until(self.end)

    @property
    def note_count(self) -> int:
        return sum(len(track.notes) for track in self.tracks)

    def with_track(self, index: int, track: Track) -> Song:
        """The song with track ``index`` replaced; every other track is shared."""
        return replace(self, tracks=(*self.tracks[:index], track, *self.tracks[index + 1:]))
