"""A song as timed synthesizer messages. Pure: the same song gives the same schedule.

Every track plays on the channel of its own index. Shapes: ``events`` (n,) of ``EVENT_DTYPE``, sorted by sample;
``spans`` (m,) of ``SPAN_DTYPE``, one a sounding note, in no order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from core.music.settings import Settings, moved
from core.music.song import RawEvent, Song, Track
from core.sound.transport import SampleClock

NOTE_OFF, NOTE_ON, KEY_PRESSURE, CONTROL, PROGRAM, PRESSURE, BEND = range(0x80, 0xF0, 0x10)
BANK_MSB, VOLUME, PAN, BANK_LSB, RESET_CONTROLLERS = 0, 7, 10, 32, 121
RPN_NUMBERS = (6, 38, 98, 99, 100, 101)
"""Data entry and parameter selection: these controllers only make sense together and in order."""

EVENT_DTYPE = np.dtype([("sample", "<i8"), ("channel", "u1"), ("status", "u1"), ("a", "u1"), ("b", "u1")])
SPAN_DTYPE = np.dtype([("on", "<i8"), ("off", "<i8"), ("channel", "u1"), ("pitch", "u1"), ("velocity", "u1")])
CONTROL_DTYPE = np.dtype([("tick", "<i8"), ("status", "u1"), ("a", "u1"), ("b", "u1")])

METRONOME_CHANNEL = 255
LAST_CHANNEL = 254
"""Tracks beyond this share the last channel."""

BEFORE_ALL = -(1 << 36)
"""The sample of what holds before a song starts."""


@dataclass(frozen=True, eq=False)
class Part:
    """What sounding needs to know of a track; ``controls`` (n,) of ``CONTROL_DTYPE`` are its events in file order."""

    notes: np.ndarray
    controls: np.ndarray
    program: int
    is_drum: bool
    volume: int
    pan: int
    audible: bool
    basis: Settings | None = None
    """What ``controls`` were written for, None for what the part has."""

    def same(self, other: Part) -> bool:
        """Sounds alike. Arrays are compared by identity: edits share what they do not touch."""
        mine, theirs = vars(self), vars(other)
        return all(mine[name] is theirs[name] or (name not in ("notes", "controls") and mine[name] == theirs[name])
                   for name in mine)


@dataclass(frozen=True, eq=False)
class PartEvents:
    """One part on its channel, on one sample clock."""

    events: np.ndarray
    keys: np.ndarray
    """What the events are sorted by."""
    spans: np.ndarray
    is_drum: bool


def audible_tracks(song: Song) -> list[bool]:
    """Which tracks sound: with any solo only the soloed ones (muted or not), else those that are not muted."""
    any_solo = any(track.solo for track in song.tracks)
    return [track.solo if any_solo else not track.mute for track in song.tracks]


def pack_controls(events: tuple[RawEvent, ...]) -> np.ndarray:
    """The channel messages among the events (no notes, sysex or meta) as an array of ``CONTROL_DTYPE``."""
    rows = [(e.tick, e.data[0] & 0xF0, e.data[1] & 0x7F, e.data[2] & 0x7F if len(e.data) > 2 else 0)
            for e in events if len(e.data) > 1 and KEY_PRESSURE <= e.data[0] < 0xF0]
    return np.array(rows, dtype=CONTROL_DTYPE)


def part_of(track: Track, audible: bool) -> Part:
    return Part(track.notes, pack_controls(track.events), track.program, track.is_drum, track.volume, track.pan,
                audible, track.basis)


def compile_part(part: Part, channel: int, clock: SampleClock) -> PartEvents:
    """The events of one part: its program, volume and pan hold from before the song on, until its controllers say
    otherwise. A muted part keeps its controllers, so that it is right when it comes back."""
    spans = _spans(part.notes, channel, clock) if part.audible else np.empty(0, SPAN_DTYPE)
    controls = _controls_of(part)
    base = [(BEFORE_ALL, channel, PROGRAM, part.program, 0), (BEFORE_ALL, channel, CONTROL, VOLUME, part.volume),
            (BEFORE_ALL, channel, CONTROL, PAN, part.pan)]
    events = np.empty(len(base) + len(controls) + 2 * len(spans), EVENT_DTYPE)
    head, rest = events[:len(base)], events[len(base):]
    head[:] = base
    moved, offs, ons = np.split(rest, [len(controls), len(controls) + len(spans)])
    moved["sample"], moved["channel"] = clock.sample_of(controls["tick"]), channel
    for name in ("status", "a", "b"):
        moved[name] = controls[name]
    for some, name, status in ((offs, "off", NOTE_OFF), (ons, "on", NOTE_ON)):
        some["sample"], some["channel"], some["status"] = spans[name], channel, status
        some["a"], some["b"] = spans["pitch"], spans["velocity"]
    keys = _sort_keys(events)
    order = np.argsort(keys, kind="stable")
    return PartEvents(events[order], keys[order], spans, part.is_drum)


def _spans(notes: np.ndarray, channel: int, clock: SampleClock) -> np.ndarray:
    """Notes in samples, at least one long. A note ends where the next of its pitch begins, so that its own end does
    not cut the next one short; of two that begin together the longer one stays."""
    spans = np.empty(len(notes), SPAN_DTYPE)
    spans["on"] = clock.sample_of(notes["onset"])
    spans["off"] = np.maximum(clock.sample_of(notes["onset"] + notes["duration"]), spans["on"] + 1)
    spans["channel"], spans["pitch"], spans["velocity"] = channel, notes["pitch"], notes["velocity"]
    spans = spans[np.lexsort((spans["off"], spans["on"], spans["pitch"]))]
    same_pitch = spans["pitch"][1:] == spans["pitch"][:-1]
    spans["off"][:-1][same_pitch] = np.minimum(spans["off"][:-1], spans["on"][1:])[same_pitch]
    return spans[spans["off"] > spans["on"]]


def _as_set(part: Part) -> np.ndarray:
    """The part's controllers, moved along with its own settings."""
    controls, now = part.controls.copy(), (part.program, part.volume, part.pan)
    is_control = controls["status"] == CONTROL
    rows = (controls["status"] == PROGRAM, is_control & (controls["a"] == VOLUME), is_control & (controls["a"] == PAN))
    for setting, (which, name) in enumerate(zip(rows, ("a", "b", "b"))):
        controls[name][which] = moved(setting, controls[name][which], part.basis, now)
    return controls


def _controls_of(part: Part) -> np.ndarray:
    """The part's controllers. Drums stay in the drum bank whatever the file asks for; where a file chose another
    bank before its first note, the part's program is called again, because a bank counts from the next program on."""
    controls = part.controls if part.basis is None else _as_set(part)
    is_bank = (controls["status"] == CONTROL) & np.isin(controls["a"], (BANK_MSB, BANK_LSB))
    if part.is_drum:
        return controls[~is_bank]
    start = part.notes["onset"][0] if len(part.notes) else 0
    banks = np.flatnonzero(is_bank & (controls["tick"] <= start))
    if not len(banks):
        return controls
    again = np.array([(controls["tick"][banks[-1]], PROGRAM, part.program, 0)], CONTROL_DTYPE)
    return np.insert(controls, banks[-1] + 1, again)


def _sort_keys(events: np.ndarray) -> np.ndarray:
    """By sample; at one sample ends come first, then controllers in their order, then beginnings."""
    rank = np.ones(len(events), np.int64)
    rank[events["status"] == NOTE_OFF] = 0
    rank[events["status"] == NOTE_ON] = 2
    return events["sample"] * 4 + rank


@dataclass(frozen=True, eq=False)
class Schedule:
    """The whole song on one sample clock."""

    clock: SampleClock
    events: np.ndarray
    spans: np.ndarray
    channels: tuple[bool, ...]
    """For each channel in use whether it plays drums."""
    end: int = field(init=False)
    """The sample at which the last note that sounds is let go."""
    samples: np.ndarray = field(init=False)
    """The events' samples, contiguous, to search in."""
    controls: np.ndarray = field(init=False)
    """The events that are not notes."""

    def __post_init__(self) -> None:
        # Not computed when first asked for: that would be in the thread that must not be late.
        ends = int(self.spans["off"].max()) if len(self.spans) else 0
        status = self.events["status"]
        for name, value in (("end", ends), ("samples", np.ascontiguousarray(self.events["sample"])),
                            ("controls", self.events[(status != NOTE_ON) & (status != NOTE_OFF)])):
            object.__setattr__(self, name, value)

    def controls_before(self, sample: int) -> list[tuple[int, int, int, int]]:
        """What has to be sent for everything before ``sample`` to be in force: (channel, status, a, b) in order.

        Only the last message of each kind is kept, except where the messages build on each other.
        """
        past = self.controls[:np.searchsorted(self.controls["sample"], sample)]
        numbered = np.isin(past["status"], (CONTROL, KEY_PRESSURE))
        key = (past["channel"].astype(np.int64) << 16) | (past["status"].astype(np.int64) << 8)
        key |= np.where(numbered, past["a"], 0)
        programs = np.flatnonzero(past["status"] == PROGRAM)
        last_program = np.full(256, -1)
        np.maximum.at(last_program, past["channel"][programs], programs)
        banks = (past["status"] == CONTROL) & np.isin(past["a"], (BANK_MSB, BANK_LSB))
        # A bank that was chosen before the last program holds for it, also where another one was chosen since.
        key[banks & (np.arange(len(past)) < last_program[past["channel"]])] |= 1 << 32
        # A reset between them takes back which parameter was chosen, so resets keep their places too.
        linked = (past["status"] == CONTROL) & np.isin(past["a"], (*RPN_NUMBERS, RESET_CONTROLLERS))
        key[linked] = -1 - np.arange(np.count_nonzero(linked))
        _, last = np.unique(key[::-1], return_index=True)
        kept = past[np.sort(len(past) - 1 - last)]
        return list(zip(*(kept[name].tolist() for name in ("channel", "status", "a", "b")), strict=True))

    def notes_at(self, sample: int) -> list[tuple[int, int, int, int]]:
        """The notes that began before ``sample`` and go on: (channel, pitch, velocity, samples left)."""
        ringing = self.spans[(self.spans["on"] < sample) & (sample < self.spans["off"])]
        return [(channel, pitch, velocity, off - sample) for _, off, channel, pitch, velocity in ringing.tolist()]


def merge(parts: list[PartEvents], clock: SampleClock) -> Schedule:
    """One schedule of many parts; the part at index i must have been compiled for ``channel_of(i)``."""
    keys = np.concatenate([p.keys for p in parts] or [np.empty(0, np.int64)])
    # Sorting the place into the low bits along with the key is a stable argsort, and several times faster.
    bits = len(keys).bit_length()
    order = np.sort(keys << bits | np.arange(len(keys))) & ((1 << bits) - 1)
    events = np.concatenate([p.events for p in parts] or [np.empty(0, EVENT_DTYPE)]).take(order)
    spans = np.concatenate([p.spans for p in parts] or [np.empty(0, SPAN_DTYPE)])
    return Schedule(clock, events, spans, tuple(p.is_drum for p in parts[:LAST_CHANNEL + 1]))


def channel_of(track: int) -> int:
    return min(track, LAST_CHANNEL)


def compile_song(song: Song, rate: int, scale: float = 1.0) -> Schedule:
    """The schedule of a song at ``rate`` samples a second, played ``scale`` times as fast as written."""
    clock = SampleClock(song.timebase, rate, scale)
    audible = audible_tracks(song)
    return merge([compile_part(part_of(track, audible[i]), channel_of(i), clock)
                  for i, track in enumerate(song.tracks)], clock)
