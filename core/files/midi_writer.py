"""From a Song back to the events of a MIDI file: what was not edited stays, event by event, as it was read."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.files.channels import Slot, assign_slots
from core.files.chunk_edit import NOTE_OFF, NOTE_ON, SETUP, ChunkEdit, on_channel
from core.files.midi_reader import (
    CHANNEL_PREFIX,
    MARKER,
    METER,
    PORT,
    SETTINGS,
    TEMPO,
    TRACK_NAME,
    marker_name,
    meter_events,
    meter_value,
    setting_of,
    tempo_events,
    tempo_value,
)
from core.files.origin import SongOrigin, TrackOrigin
from core.files.retimed import outlives_its_tracks, retimed
from core.files.smf import META, Chunk, Event, MidiFile, meta_event
from core.music.settings import events_as_set
from core.music.song import Marker, RawEvent, Song, Track

RELEASE_VELOCITY = 64
"""How fast the key of a new note is let go: MIDI's middle."""

Note = tuple[int, int, int, int]
"""A row of a Track's notes: onset, duration, pitch, velocity."""


def file_of(song: Song) -> MidiFile:
    """The file that says what the song says. Raises ValueError for what MIDI cannot say."""
    if song.ticks_per_beat > 0x7FFF:
        raise ValueError(f"{song.ticks_per_beat} ticks to a beat are more than MIDI can say (32767)")
    origin = song.origin
    if not isinstance(origin, SongOrigin) or origin.file.ticks_per_beat != song.ticks_per_beat:
        origin = SongOrigin(MidiFile(1, song.ticks_per_beat, (Chunk((), 0),)), (), (), ())
    moved = None
    if song.shifts:
        origin, moved = retimed(origin, song.shifts)
    homes = _homes(song, origin, moved)
    slots = assign_slots(song, origin, homes)
    edits = {id(chunk): ChunkEdit(chunk) for chunk in origin.file.chunks}

    at_home = {id(read) for read in homes.values()}
    for read in origin.tracks:
        if id(read) not in at_home:
            _remove_track(edits[id(read.chunk)], read)
    in_chunk = Counter(id(read.chunk) for read in origin.tracks)
    on_slot = Counter(slots)
    placed: dict[int, ChunkEdit] = {}
    for index, (track, slot) in enumerate(zip(song.tracks, slots)):
        if (read := homes.get(index)) is not None:
            edit = edits[id(read.chunk)]
            _edit_track(edit, track, read, slot, alone=in_chunk[id(read.chunk)] == 1)
        else:
            edit = _new_track(track, slot, shared=on_slot[slot] > 1)
        placed[id(edit)] = edit

    ordered = _in_order(origin, edits, placed)
    _edit_maps(song, origin, ordered)
    chunks = tuple(edit.result() for edit in ordered)
    tracks = sum(chunk.kind == b"MTrk" for chunk in chunks)
    return replace(origin.file, format=origin.file.format if tracks == 1 else 1, chunks=chunks)


def _homes(song: Song, origin: SongOrigin, moved: Mapping[int, TrackOrigin] | None) -> dict[int, TrackOrigin]:
    """For the tracks that were read from this file, by index, where they came from. A copy of a track has no home.

    ``moved``: what has taken the place of each, by its id, where time was put in or taken out.
    """
    known = {id(read) for read in origin.tracks}
    homes: dict[int, TrackOrigin] = {}
    for index, track in enumerate(song.tracks):
        read = track.origin if moved is None else moved.get(id(track.origin))
        if id(read) in known:
            known.remove(id(read))
            homes[index] = read
    return homes


def _in_order(origin: SongOrigin, edits: dict[int, ChunkEdit], placed: dict[int, ChunkEdit]) -> list[ChunkEdit]:
    """The chunks of the song's tracks in the song's order; one without tracks stays behind the one it stood behind."""
    with_tracks = {id(read.chunk) for read in origin.tracks}
    ordered: list[ChunkEdit] = []
    behind: dict[int, list[ChunkEdit]] = {key: [] for key in placed}
    last = ordered
    for chunk in origin.file.chunks:
        edit = edits[id(chunk)]
        if id(edit) in placed:
            last = behind[id(edit)]
        elif id(chunk) not in with_tracks or outlives_its_tracks(edit.chunk):
            last.append(edit)
    for key, edit in placed.items():
        ordered += [edit, *behind[key]]
    if not any(edit.chunk.kind == b"MTrk" for edit in ordered):
        ordered.insert(0, ChunkEdit())
    return ordered


# -- tracks ------------------------------------------------------------------------------------------


def _remove_track(edit: ChunkEdit, read: TrackOrigin) -> None:
    edit.drop.update(i for i, (_, data) in enumerate(edit.chunk.events)
                     if data[0] < 0xF0 and data[0] & 0x0F == read.channel)
    if read.name is not None:
        edit.drop.add(read.name)


def _new_track(track: Track, slot: Slot, shared: bool) -> ChunkEdit:
    """``shared``: another track plays on the same channel, so nothing can be left to MIDI's defaults."""
    port, channel = slot
    edit = ChunkEdit()
    if track.name:
        edit.add(0, SETUP, _name_event(track.name))
    if port:
        edit.add(0, SETUP, meta_event(PORT, bytes((port,))))
    for setting, (_, _, default) in SETTINGS.items():
        value = getattr(track, setting)
        if shared or value != default or (setting == "program" and not track.is_drum):
            edit.add(0, SETUP, _setting_event(setting, value, channel))
    _add_events(edit, events_as_set(track), channel)
    _add_notes(edit, first_in_first_out(track.notes.tolist()), channel)
    return edit


def _edit_track(edit: ChunkEdit, track: Track, read: TrackOrigin, slot: Slot, alone: bool) -> None:
    """``alone``: no other track was read from the chunk."""
    channel = slot[1]
    moved = channel != read.channel
    if moved:
        edit.channels[read.channel] = channel
    first_note = min(int(read.note_on.min()), bisect_right(edit.ticks, 0))
    for setting, (_, _, default) in SETTINGS.items():
        value, index = getattr(track, setting), getattr(read, setting)
        changed = value != getattr(read.track, setting)
        if index is not None and changed:
            edit.replaced[index] = _setting_event(setting, value, read.channel)
        if index is None and (changed or (moved and (setting == "program" or value != default))):
            edit.add(0, SETUP, _setting_event(setting, value, channel), before=first_note)
        elif len(track.notes) and (start := int(track.notes["onset"][0])) < read.track.notes["onset"][0]:
            # A new first note may come before the event that made the setting.
            until = bisect_right(edit.ticks, start)
            if _said_before(edit, until, setting, read.channel, default) != value:
                edit.add(start, SETUP, _setting_event(setting, value, channel), before=until)
    if track.name != read.track.name:
        if read.name is not None:
            edit.replaced[read.name] = _name_event(track.name)
        elif alone:
            edit.add(0, SETUP, _name_event(track.name), before=0)
        else:
            edit.add(0, SETUP, meta_event(CHANNEL_PREFIX, bytes((channel,))), before=first_note)
            edit.add(0, SETUP, _name_event(track.name), before=first_note)
    if (events := events_as_set(track)) is not read.track.events:
        _edit_events(edit, events, read, channel)
    if track.notes is not read.track.notes:
        _edit_notes(edit, track, read, channel)


def _said_before(edit: ChunkEdit, until: int, setting: str, channel: int, default: int) -> int:
    """What the events before index ``until`` leave a setting at."""
    value = default
    for index in range(until):
        data = edit.replaced.get(index, edit.chunk.events[index][1])
        if data[0] < 0xF0 and data[0] & 0x0F == channel and (found := setting_of(data)) and found[0] == setting:
            value = found[1]
    return value


def _edit_events(edit: ChunkEdit, events: Sequence[RawEvent], read: TrackOrigin, channel: int) -> None:
    gone = Counter(read.track.events) - Counter(events)
    for index, event in zip(read.events, read.track.events):
        if gone[event] > 0:
            gone[event] -= 1
            edit.drop.add(index)
    left = Counter(read.track.events)
    fresh = []
    for event in events:
        if left[event] > 0:
            left[event] -= 1
        else:
            fresh.append(event)
    _add_events(edit, fresh, channel)


def _edit_notes(edit: ChunkEdit, track: Track, read: TrackOrigin, channel: int) -> None:
    """Leaves out the two events of each note that is gone and adds those of each new one."""
    old, new = read.track.notes.tolist(), track.notes.tolist()
    gone = Counter(old) - Counter(new)
    fresh = list((Counter(new) - Counter(old)).elements())
    pitches = {note[2] for note in fresh}
    kept: list[Note] = []
    for note, on, off in zip(old, read.note_on.tolist(), read.note_off.tolist()):
        if gone[note] > 0:
            gone[note] -= 1
            edit.drop.update({on, off} - {-1})
        elif note[2] in pitches:
            kept.append(note)
            if off < 0:
                # Left without an end, it would be ended by the end of a new note instead.
                edit.add(note[0] + note[1], NOTE_OFF, bytes((0x80 | channel, note[2], RELEASE_VELOCITY)))
    fresh = first_in_first_out(fresh, kept)
    if fresh:
        edit.drop.update(_stray_offs_inside(edit.chunk, read, fresh))
    _add_notes(edit, fresh, channel)


def first_in_first_out(fresh: Sequence[Note], kept: Sequence[Note] = ()) -> list[Note]:
    """The new notes, with their ends moved so that of all notes of one pitch the first to start is the first to end.

    MIDI ends a pitch, not a note: any other order would come back as other notes, kept ones among them.
    """
    lines: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for onset, duration, pitch, _ in sorted(kept):
        line = lines[pitch]
        line.append((onset, max(onset + duration, line[-1][1] if line else 0)))
    out = []
    for onset, duration, pitch, velocity in sorted(fresh, key=lambda note: note[:2]):
        line, end = lines[pitch], onset + duration
        at = bisect_right(line, onset, key=lambda span: span[0])
        if at and line[at - 1][1] > onset:
            end = max(end, line[at - 1][1])
        if at < len(line):
            end = min(end, line[at][1])
        line.insert(at, (onset, end))
        out.append((onset, end - onset, pitch, velocity))
    return out


def _stray_offs_inside(chunk: Chunk, read: TrackOrigin, fresh: Sequence[Note]) -> list[int]:
    """Note-offs that ended nothing in the file but would end a new note too early."""
    spans = defaultdict(list)
    for onset, duration, pitch, _ in fresh:
        spans[pitch].append((onset, onset + duration))
    paired = {*read.note_on.tolist(), *read.note_off.tolist()}
    return [index for index, (tick, data) in enumerate(chunk.events)
            if data[0] in (0x80 | read.channel, 0x90 | read.channel) and index not in paired
            and any(start < tick < end for start, end in spans.get(data[1], ()))]


def _add_notes(edit: ChunkEdit, notes: Sequence[Note], channel: int) -> None:
    for onset, duration, pitch, velocity in sorted(notes):
        # A note of no length goes in front as a pair, or its end would end another that starts with it.
        edit.add(onset, NOTE_ON if duration else NOTE_OFF, bytes((0x90 | channel, pitch, velocity)))
        edit.add(onset + duration, NOTE_OFF, bytes((0x80 | channel, pitch, RELEASE_VELOCITY)))


def _add_events(edit: ChunkEdit, events: Sequence[RawEvent], channel: int) -> None:
    for event in events:
        edit.add(event.tick, SETUP, on_channel(event.data, {event.data[0] & 0x0F: channel}))


def _name_event(name: str) -> bytes:
    return meta_event(TRACK_NAME, name.encode("utf-8", errors="replace"))


def _setting_event(setting: str, value: int, channel: int) -> bytes:
    status, controller, _ = SETTINGS[setting]
    if not 0 <= value <= 127:
        raise ValueError(f"a track's {setting} must be 0 to 127, not {value}")
    return bytes((status | channel, value) if controller is None else (status | channel, controller, value))


# -- the maps ----------------------------------------------------------------------------------------


def _edit_maps(song: Song, origin: SongOrigin, edits: list[ChunkEdit]) -> None:
    """Rewrites the tempos and meters that changed; new ones go where the file keeps such events."""
    conductor = next((edit for edit in edits if any(map(_is_map_event, edit.chunk.events))),
                     next(edit for edit in edits if edit.chunk.kind == b"MTrk"))
    if song.tempos != origin.tempos:
        old = tempo_events(origin.file.chunks)
        new = {tempo.tick: tempo.microseconds_per_beat for tempo in song.tempos}
        for tick in _replace_changed(edits, old, new, tempo_value):
            conductor.add(tick, SETUP, _tempo_event(new[tick]))
    if song.meters != origin.meters:
        old = meter_events(origin.file.chunks)
        new = {meter.tick: (meter.numerator, meter.denominator) for meter in song.meters}
        for tick in _replace_changed(edits, old, new, meter_value):
            conductor.add(tick, SETUP, _meter_event(*new[tick]))


    if song.markers != origin.markers:
        _edit_markers(song.markers, origin.markers, edits, conductor)


def _edit_markers(new: tuple[Marker, ...], old: tuple[Marker, ...], edits: list[ChunkEdit],
                  conductor: ChunkEdit) -> None:
    gone, fresh = Counter(old) - Counter(new), Counter(new) - Counter(old)
    for edit in edits:
        for index, (tick, data) in enumerate(edit.chunk.events):
            if (name := marker_name(data)) is not None and gone[Marker(tick, name)] > 0:
                gone[Marker(tick, name)] -= 1
                edit.drop.add(index)
    for marker in sorted(fresh.elements()):
        conductor.add(marker.tick, SETUP, meta_event(MARKER, marker.name.encode("utf-8", errors="replace")))


def _is_map_event(event: Event) -> bool:
    return event[1][0] == META and event[1][1] in (TEMPO, METER)


def _replace_changed(edits: list[ChunkEdit], old: dict, new: dict, value_of) -> list[int]:
    """Leaves out the events of every tick whose value changed; returns the ticks that need a new event."""
    changed = {tick for tick in old.keys() | new.keys() if old.get(tick) != new.get(tick)}
    for edit in edits:
        edit.drop.update(i for i, (tick, data) in enumerate(edit.chunk.events) if tick in changed and value_of(data))
    return sorted(changed & new.keys())


def _tempo_event(microseconds_per_beat: int) -> bytes:
    if not 1 <= microseconds_per_beat < 2**24:
        raise ValueError(f"a beat of {microseconds_per_beat} microseconds is not a tempo MIDI can say")
    return meta_event(TEMPO, microseconds_per_beat.to_bytes(3, "big"))


def _meter_event(numerator: int, denominator: int) -> bytes:
    if not 1 <= numerator <= 255 or denominator < 1 or denominator & (denominator - 1):
        raise ValueError(f"{numerator}/{denominator} is not a meter MIDI can say")
    return meta_event(METER, bytes((numerator, denominator.bit_length() - 1, 24, 8)))
