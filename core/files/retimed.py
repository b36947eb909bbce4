"""The file a song was read from, as if time had been put into it or taken out of it: see ``core.music.retiming``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from core.files.midi_reader import KEY, MARKER, METER, TEMPO, paired_notes, song_of
from core.files.origin import SongOrigin, TrackOrigin
from core.files.smf import META, Chunk
from core.music.retiming import retimed_events
from core.music.song import Shift

SMPTE_OFFSET, COPYRIGHT, CUE = 0x54, 0x02, 0x07
WHOLE_SONG = {TEMPO, METER, SMPTE_OFFSET, KEY, COPYRIGHT, MARKER, CUE}
"""Meta events that outlive the tracks of their chunk."""


def retimed(origin: SongOrigin, shifts: Iterable[Shift]) -> tuple[SongOrigin, dict[int, TrackOrigin]]:
    """What reading the file would have given, and for each of the tracks read from it, by id, what is in its place.

    A track that has no notes left has nothing in its place, and what was its own is no longer in the file.
    """
    chunks = list(origin.file.chunks)
    for shift in shifts:
        chunks = [_shifted(chunk, shift, origin.file.ticks_per_beat) for chunk in chunks]
    places = {id(chunk): place for place, chunk in enumerate(origin.file.chunks)}
    channels: dict[int, set[int]] = {}
    for read in origin.tracks:
        channels.setdefault(places[id(read.chunk)], set()).add(read.channel)
    for place, own in channels.items():
        chunks[place] = _without_silent(chunks[place], own, origin.file.ticks_per_beat)
    # A chunk without events stands where one is not wanted any more, so that places stay the same.
    fresh = song_of(replace(origin.file, chunks=tuple(chunks))).origin
    where = {id(chunk): place for place, chunk in enumerate(fresh.file.chunks)}
    found = {(where[id(read.chunk)], read.channel): read for read in fresh.tracks}
    moved = {id(read): found[key] for read in origin.tracks if (key := (places[id(read.chunk)], read.channel)) in found}
    left = tuple(chunk for place, chunk in enumerate(fresh.file.chunks) if chunk.events or place not in channels)
    return replace(fresh, file=replace(fresh.file, chunks=left)), moved


def outlives_its_tracks(chunk: Chunk) -> bool:
    return any(map(_is_of_whole_song, (data for _, data in chunk.events)))


def _is_of_whole_song(data: bytes) -> bool:
    return data[0] == META and data[1] in WHOLE_SONG


def _shifted(chunk: Chunk, shift: Shift, ticks_per_beat: int) -> Chunk:
    if chunk.kind != b"MTrk":
        return chunk
    ticks: dict[int, int] = {}
    is_note = [data[0] & 0xF0 in (0x80, 0x90) for _, data in chunk.events]
    others = [index for index, note in enumerate(is_note) if not note]
    for place, tick in retimed_events([chunk.events[index] for index in others], shift):
        ticks[others[place]] = tick
    until = shift.tick - shift.ticks  # of time that is taken out
    paired = set()
    for notes in paired_notes(chunk, ticks_per_beat).values():
        for on, off, _ in notes:
            paired |= {on, off}
            start = chunk.events[on][0]
            if not shift.tick <= start < until:
                ticks[on] = shift.moved(start)
                if off >= 0:
                    ticks[off] = _moved_end(chunk.events[off][0], start, shift)
    for index, (tick, _) in enumerate(chunk.events):
        if is_note[index] and index not in paired and not shift.tick <= tick < until:
            ticks[index] = shift.moved(tick)
    events = [(ticks[index], data) for index, (_, data) in enumerate(chunk.events) if index in ticks]
    end = chunk.end if chunk.end < shift.tick else shift.moved(chunk.end)
    return replace(chunk, events=tuple(sorted(events, key=lambda event: event[0])), end=end)


def _moved_end(end: int, start: int, shift: Shift) -> int:
    """A note that ends where the shift begins ends there, unless it has no length and begins there too."""
    return end if end == shift.tick and start < end else shift.moved(end)


def _without_silent(chunk: Chunk, channels: set[int], ticks_per_beat: int) -> Chunk:
    """Without what was of channels that have no notes left; with none left, only what is of the whole song."""
    sounding = set(paired_notes(chunk, ticks_per_beat))
    if silent := channels - sounding:
        return replace(chunk, events=tuple(
            event for event in chunk.events
            if (_is_of_whole_song(event[1]) if not sounding else
                event[1][0] >= 0xF0 or event[1][0] & 0x0F not in silent)))
    return chunk
