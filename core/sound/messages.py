"""What the window's process and the engine's say to each other, and how a song crosses without slow pickles.

A song goes over as arrays, and only those that the engine does not hold yet: an edit of one track sends that
track's notes and a line for each of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from core.music.settings import Settings
from core.music.song import Song
from core.music.timebase import Timebase
from core.sound.schedule import Part, audible_tracks, pack_controls
from core.sound.setup import SoundFacts


@dataclass(frozen=True)
class Play:
    """Play from ``tick``, or from where the transport stands, after ``count_in_bars`` bars of clicks. ``endless``
    goes on after the last note, for who records there."""

    serial: int
    tick: int | None
    count_in_bars: int = 0
    endless: bool = False


@dataclass(frozen=True)
class Stop:
    serial: int


@dataclass(frozen=True)
class Locate:
    serial: int
    tick: int


@dataclass(frozen=True)
class SetLoop:
    """Repeat ``ticks`` (start, end); None ends the repeating."""

    ticks: tuple[int, int] | None


@dataclass(frozen=True)
class SetMetronome:
    on: bool


@dataclass(frozen=True)
class SetTempoScale:
    """Play ``scale`` times as fast as written."""

    scale: float


@dataclass(frozen=True)
class KeyDown:
    """Sound a key now, until ``KeyUp`` or for so many ``seconds``."""

    program: int
    is_drum: bool
    pitch: int
    velocity: int
    volume: int
    pan: int
    seconds: float | None


@dataclass(frozen=True)
class KeyUp:
    """Let go of ``pitch`` once it has sounded for ``least`` seconds, or of every key at once where it is None."""

    pitch: int | None
    least: float = 0.0


@dataclass(frozen=True)
class KeyControl:
    """A message of a keyboard that is no note: ``status`` 0xB0 (pedals, wheel), 0xD0 or 0xE0, and its two bytes."""

    status: int
    a: int
    b: int


@dataclass(frozen=True)
class PartWords:
    """A part whose arrays are named by the keys under which they were sent."""

    notes: int
    controls: int
    program: int
    is_drum: bool
    volume: int
    pan: int
    audible: bool
    basis: Settings | None


@dataclass(frozen=True, eq=False)
class SetSong:
    """``things`` are the arrays and maps that are new, by key; ``parts``, ``tempos`` and ``meters`` refer to keys.

    ``at_bar``: while playing not before the next bar line.
    """

    ticks_per_beat: int
    tempos: int
    meters: int
    parts: tuple[PartWords, ...]
    things: dict[int, Any]
    at_bar: bool = False


@dataclass(frozen=True)
class Close:
    """End the engine's process."""


@dataclass(frozen=True)
class Opened:
    """The engine answers: it plays on ``device``. ``message`` says in plain words what is missing, if anything."""

    device: str
    message: str
    facts: SoundFacts = field(default_factory=SoundFacts)


def as_it_is(thing: Any) -> Any:
    return thing


class SongSender:
    """Turns songs into messages for one engine and remembers what that engine holds."""

    def __init__(self) -> None:
        self._held: dict[Any, tuple[Any, int]] = {}
        self._keys = count()

    def message(self, song: Song, at_bar: bool = False) -> SetSong:
        things: dict[int, Any] = {}
        held: dict[Any, tuple[Any, int]] = {}

        def key_of(thing: Any, pack: Callable[[Any], Any] = as_it_is) -> int:
            name = (id(thing), pack)
            known = self._held.get(name) or held.get(name)
            if known is None:
                known = (thing, next(self._keys))
                things[known[1]] = pack(thing)
            held[name] = known  # keeping the thing keeps its id from being given to another
            return known[1]

        audible = audible_tracks(song)
        parts = tuple(
            PartWords(key_of(track.notes), key_of(track.events, pack_controls), track.program, track.is_drum,
                      track.volume, track.pan, audible[i], track.basis)
            for i, track in enumerate(song.tracks))
        tempos, meters = key_of(song.tempos), key_of(song.meters)
        self._held = held
        return SetSong(song.ticks_per_beat, tempos, meters, parts, things, at_bar)


class SongReceiver:
    """The other end of ``SongSender``: gives back the same arrays for the same keys."""

    def __init__(self) -> None:
        self._things: dict[int, Any] = {}
        self._timebase = Timebase(1)

    def parts(self, message: SetSong) -> tuple[list[Part], Timebase]:
        self._things |= message.things
        parts = [Part(self._things[w.notes], self._things[w.controls], w.program, w.is_drum, w.volume, w.pan, w.audible,
                      w.basis) for w in message.parts]
        timebase = Timebase(message.ticks_per_beat, self._things[message.tempos], self._things[message.meters])
        if timebase != self._timebase:
            self._timebase = timebase
        used = {message.tempos, message.meters} | {key for w in message.parts for key in (w.notes, w.controls)}
        self._things = {key: self._things[key] for key in used}
        return parts, self._timebase

