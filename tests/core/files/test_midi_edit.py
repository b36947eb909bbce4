"""Edited songs: what was edited is in the file, and everything else is still there as it was."""

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.files.midi_reader import song_of
from core.files.smf import MidiFile, parse_file
from core.music.edits import replace_cells
from core.music.song import RawEvent, Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, midi_files, mido_tracks, note


def saved(song: Song) -> tuple[MidiFile, Song]:
    file = parse_file(midi_bytes(song), "saved")
    return file, song_of(file)


def events(file: MidiFile) -> list[list[tuple[int, bytes]]]:
    return [list(c.events) for c in file.chunks]


def channel_events(file: MidiFile, channel: int) -> list[bytes]:
    return [d for c in file.chunks for _, d in c.events if d[0] < 0xF0 and d[0] & 15 == channel]


BAR = 4 * 480
PIANO = chunk(in_order(
    [(0, meta(3, b"Piano")), (0, b"\xc0\x04"), (0, b"\xb0\x07\x50"), (0, b"\xb0\x40\x7f")],
    *(note(k * 480, k * 480 + 470, 60 + k % 12) for k in range(64)),
    [(20 * 480, meta(5, b"la")), (20 * 480, b"\xe0\0\x41")]))
BASS = chunk(in_order(
    [(0, meta(3, b"Bass")), (0, b"\xc1\x20")],
    *(note(k * BAR, k * BAR + BAR, 36, 90, 1) for k in range(16))))
DRUMS = chunk(in_order([(0, meta(3, b"Drums"))], *(note(k * 240, k * 240 + 1, 38, 99, 9) for k in range(128))))
CONDUCTOR = chunk([(0, meta(0x51, b"\x07\xa1\x20")), (0, meta(0x58, b"\x04\x02\x18\x08")), (0, meta(0x59, b"\2\0"))])
BAND = midi_file(CONDUCTOR, PIANO, BASS, DRUMS)

# -- notes ---------------------------------------------------------------------------------------------


def test_new_notes_in_bars_9_to_12_leave_every_other_event_where_it_was() -> None:
    song = parse_midi(BAND)
    new = make_notes(np.arange(8 * BAR, 12 * BAR, 160), np.full(48, 150), np.full(48, 72), np.full(48, 33))
    edited = replace_cells(song, [(bar, 0) for bar in range(8, 12)], {0: new})
    before, after = mido_tracks(BAND), mido_tracks(midi_bytes(edited))
    assert [after[i] == before[i] for i in range(4)] == [True, False, True, True]
    file, back = saved(edited)
    assert back == edited
    outside = [event for event in events(parse_file(BAND, ""))[1] if not 8 * BAR <= event[0] < 12 * BAR]
    assert [event for event in events(file)[1] if not 8 * BAR <= event[0] < 12 * BAR] == outside
    assert (20 * 480, meta(5, b"la")) in events(file)[1]


@given(midi_files(), st.data())
def test_editing_any_file_changes_only_the_notes_edited(data: bytes, draw: st.DataObject) -> None:
    """Also in files with stray, hanging, doubled and empty notes, the notes nobody touched come back."""
    song = parse_midi(data)
    if not song.tracks:
        return
    index = draw.draw(st.integers(0, len(song.tracks) - 1))
    track = song.tracks[index]
    count = len(track.notes)
    keep = np.array(draw.draw(st.lists(st.booleans(), min_size=count, max_size=count)), dtype=bool)
    added = draw.draw(st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 900), st.integers(58, 63),
                                         st.integers(1, 127)), max_size=6))
    edited = song.with_track(index, track.with_notes(np.concatenate(
        [track.notes[keep], np.array(added, dtype=track.notes.dtype)])))
    file, back = saved(edited)

    home = next(i for i, c in enumerate(song.origin.file.chunks) if c is track.origin.chunk)
    before, after = events(song.origin.file), events(file)
    assert before[:home] + before[home + 1:] == after[:home] + after[home + 1:]
    channel = track.channel
    others = [event for event in before[home] if event[1][0] not in (0x80 | channel, 0x90 | channel)]
    rest = Counter(others) - Counter(after[home])
    assert not rest
    settings = {0xB0 | channel, 0xC0 | channel}
    assert all(d[0] in settings for _, d in Counter(after[home]) - Counter(before[home]) if d[0] & 0xE0 != 0x80)

    seen = [t for t in back.tracks if t.origin.chunk is file.chunks[home] and t.channel == channel]
    found = Counter(seen[0].notes.tolist()) if seen else Counter()
    assert not Counter(track.notes[keep].tolist()) - found
    starts = Counter((o, p, v) for o, _, p, v in edited.tracks[index].notes.tolist())
    assert Counter((o, p, v) for o, _, p, v in found.elements()) == starts


def test_a_new_note_inside_another_of_its_pitch_never_changes_that_one() -> None:
    song = parse_midi(midi_file(chunk(note(0, 1000, 60))))
    edited = song.with_track(0, song.tracks[0].with_notes(make_notes([0, 200], [1000, 100], [60, 60], [80, 50])))
    assert saved(edited)[1].tracks[0].notes.tolist() == [(0, 1000, 60, 80), (200, 800, 60, 50)]


def test_a_note_put_where_a_stray_note_off_lay_is_not_cut() -> None:
    song = parse_midi(midi_file(chunk([*note(0, 100), (300, b"\x80\x3c\x40")])))
    edited = song.with_track(0, song.tracks[0].with_notes(make_notes([0, 200], [100, 400], [60, 60], [80, 80])))
    assert saved(edited)[1].tracks[0].notes.tolist() == [(0, 100, 60, 80), (200, 400, 60, 80)]


def test_notes_that_touch_stay_apart() -> None:
    song = parse_midi(midi_file(chunk(note(480, 960))))
    notes = make_notes([0, 480, 960], [480, 480, 480], [60, 60, 60], [80, 80, 80])
    assert np.array_equal(saved(song.with_track(0, song.tracks[0].with_notes(notes)))[1].tracks[0].notes, notes)


def test_notes_past_the_end_move_the_end_of_track_and_nothing_else_does() -> None:
    song = parse_midi(midi_file(chunk(note(0, 480), end=5000)))
    track = song.tracks[0]
    assert saved(song.with_track(0, track.with_notes(make_notes([100], [10], [60], [80]))))[0].chunks[0].end == 5000
    assert saved(song.with_track(0, track.with_notes(make_notes([6000], [10], [60], [80]))))[0].chunks[0].end == 6010


# -- settings ------------------------------------------------------------------------------------------


def test_changed_settings_change_their_events_in_place() -> None:
    song = parse_midi(BAND)
    track = replace(song.tracks[0], program=11, volume=99, name="Vibes")
    file, back = saved(song.with_track(0, track))
    swap = {b"\xc0\x04": b"\xc0\x0b", b"\xb0\x07\x50": b"\xb0\x07\x63", meta(3, b"Piano"): meta(3, b"Vibes")}
    expected = events(parse_file(BAND, ""))
    expected[1] = [(tick, swap.get(data, data)) for tick, data in expected[1]]
    assert events(file) == expected
    assert back.tracks[0] == track


def test_settings_a_file_never_made_are_inserted_before_the_first_note() -> None:
    song = parse_midi(BAND)
    track = replace(song.tracks[2], program=25, volume=1, pan=127)
    file, back = saved(song.with_track(2, track))
    assert events(file)[3][:5] == [(0, meta(3, b"Drums")), (0, b"\xc9\x19"), (0, b"\xb9\x07\x01"), (0, b"\xb9\x0a\x7f"),
                                   (0, b"\x99\x26\x63")]
    assert back.tracks[2] == track


def test_a_new_first_note_has_its_instrument() -> None:
    song = parse_midi(midi_file(chunk([(900, b"\xc0\x07"), *note(960, 1000)])))
    track = song.tracks[0].with_notes(make_notes([100, 960], [10, 40], [60, 60], [80, 80]))
    assert saved(song.with_track(0, track))[1].tracks[0].program == 7


def test_one_of_two_tracks_on_a_channel_moves_away_when_its_instrument_changes() -> None:
    """Two staves of a piano share a channel; making one of them a cello must not make a cello of the other."""
    song = parse_midi(midi_file(
        CONDUCTOR, chunk([(0, b"\xc0\x00"), (0, b"\xb0\x40\x01"), *note(0, 480)]), chunk(note(0, 480, 40))))
    assert [t.channel for t in song.tracks] == [0, 0]
    file, back = saved(song.with_track(1, replace(song.tracks[1], program=42)))
    assert [t.program for t in back.tracks] == [0, 42]
    assert channel_events(file, 0) == channel_events(parse_file(midi_bytes(song), ""), 0)[:4]
    both = replace(song, tracks=tuple(replace(t, program=42) for t in song.tracks))
    assert [(t.program, t.channel) for t in saved(both)[1].tracks] == [(42, 0), (42, 0)]


def test_becoming_drums_moves_to_channel_10_and_back() -> None:
    song = parse_midi(BAND)
    back = saved(song.with_track(1, replace(song.tracks[1], is_drum=True)))[1]
    assert [t.channel for t in back.tracks] == [0, 9, 9]
    again = saved(song.with_track(2, replace(song.tracks[2], is_drum=False)))[1]
    assert [(t.is_drum, t.channel) for t in again.tracks] == [(False, 0), (False, 1), (False, 2)]


def test_a_track_among_several_in_a_chunk_can_be_named() -> None:
    both = in_order([(0, meta(3, b"Title"))], note(0, 9), note(0, 9, channel=5))
    song = parse_midi(midi_file(chunk(both), file_format=0))
    file, back = saved(song.with_track(1, replace(song.tracks[1], name="Oboe")))
    assert [t.name for t in back.tracks] == ["", "Oboe"]
    assert (0, meta(3, b"Title")) in file.chunks[0].events
    renamed = saved(back.with_track(1, replace(back.tracks[1], name="Horn")))[1]
    assert [t.name for t in renamed.tracks] == ["", "Horn"]


def test_edited_raw_events_are_written() -> None:
    song = parse_midi(BAND)
    pedal, *rest = song.tracks[0].events
    assert pedal.data == b"\xb0\x40\x7f"
    track = replace(song.tracks[0], events=(*rest, RawEvent(960, b"\xb0\x01\x22")))
    file, back = saved(song.with_track(0, track))
    assert (0, pedal.data) not in file.chunks[1].events
    assert sorted(e.data for e in back.tracks[0].events) == sorted(e.data for e in track.events)


# -- tracks --------------------------------------------------------------------------------------------


def test_a_deleted_track_vanishes_and_the_maps_stay() -> None:
    song = parse_midi(BAND)
    file, back = saved(replace(song, tracks=song.tracks[:1] + song.tracks[2:]))
    assert [t.name for t in back.tracks] == ["Piano", "Drums"]
    assert events(file) == [e for i, e in enumerate(events(parse_file(BAND, ""))) if i != 2]
    single = parse_midi(midi_file(chunk(in_order(
        [(0, meta(0x51, b"\x0f\x42\x40"))], note(0, 9), note(0, 9, channel=3))), file_format=0))
    file, back = saved(replace(single, tracks=single.tracks[1:]))
    assert [t.channel for t in back.tracks] == [3]
    assert (file.format, back.tempos) == (0, (Tempo(0, 1_000_000),))
    file, back = saved(replace(single, tracks=()))
    assert events(file) == [[(0, meta(0x51, b"\x0f\x42\x40"))]]


def test_reordered_tracks_are_reordered_chunks() -> None:
    song = parse_midi(BAND)
    file, back = saved(replace(song, tracks=song.tracks[::-1]))
    assert [t.name for t in back.tracks] == ["Drums", "Bass", "Piano"]
    original = events(parse_file(BAND, ""))
    assert events(file) == [original[0], original[3], original[2], original[1]]


def test_a_copy_of_a_track_gets_a_chunk_and_a_channel_of_its_own() -> None:
    song = parse_midi(BAND)
    copy = replace(song.tracks[0], name="Piano 2", program=5)
    file, back = saved(replace(song, tracks=(song.tracks[0], copy, *song.tracks[1:])))
    assert [(t.name, t.program, t.channel) for t in back.tracks] == [
        ("Piano", 4, 0), ("Piano 2", 5, 2), ("Bass", 32, 1), ("Drums", 0, 9)]
    assert np.array_equal(back.tracks[1].notes, copy.notes)
    assert [(e.tick, e.data[-1]) for e in back.tracks[1].events] == [(e.tick, e.data[-1]) for e in copy.events]
    original = events(parse_file(BAND, ""))
    assert [e for i, e in enumerate(events(file)) if i != 2] == original


def test_a_track_from_another_file_can_be_pasted() -> None:
    song = parse_midi(BAND)
    other = parse_midi(midi_file(chunk(in_order([(0, b"\xc0\x33"), (9, b"\xb0\x01\x05")], note(0, 77)))))
    back = saved(replace(song, tracks=song.tracks + other.tracks))[1]
    assert (back.tracks[3].program, back.tracks[3].channel, back.tracks[3].notes.tolist()) == (51, 2, [(0, 77, 60, 80)])
    assert [e.data for e in back.tracks[3].events] == [b"\xb2\x01\x05"]


def test_a_track_added_to_format_0_makes_it_format_1() -> None:
    song = parse_midi(midi_file(chunk(note(0, 9)), file_format=0))
    file, back = saved(replace(song, tracks=(*song.tracks, Track(make_notes([0], [9], [50], [9]), name="New"))))
    assert file.format == 1
    assert [t.channel for t in back.tracks] == [0, 1]


def test_more_tracks_than_channels_share_with_their_like_or_take_another_port() -> None:
    one = make_notes([0], [9], [50], [9])
    tracks = (*(Track(one, program=i) for i in range(17)), Track(one, program=3), Track(one, is_drum=True))
    _, back = saved(Song(480, tracks))
    assert [t.program for t in back.tracks][:18] == [*range(17), 3]
    assert [t.channel for t in back.tracks] == [*range(9), *range(10, 16), 0, 1, 3, 9]
    assert [t.origin.port for t in back.tracks] == [0] * 15 + [1, 1] + [0, 0]
    assert back.tracks[18].is_drum


# -- maps ----------------------------------------------------------------------------------------------


def test_changed_tempos_and_meters_rewrite_those_events_only() -> None:
    song = parse_midi(BAND)
    edited = replace(song, tempos=(*song.tempos, Tempo(BAR, 400_000)), meters=(Meter(0, 3, 4), Meter(1440, 5, 8)))
    file, back = saved(edited)
    assert (back.tempos, back.meters) == (edited.tempos, edited.meters)
    assert events(file)[1:] == events(parse_file(BAND, ""))[1:]
    assert set(events(file)[0]) == {(0, meta(0x51, b"\x07\xa1\x20")), (0, meta(0x59, b"\2\0")),
                                    (0, meta(0x58, b"\x03\x02\x18\x08")), (1440, meta(0x58, b"\x05\x03\x18\x08")),
                                    (BAR, meta(0x51, b"\x06\x1a\x80"))}


def test_a_tempo_that_stands_in_a_music_chunk_is_changed_there() -> None:
    song = parse_midi(midi_file(chunk(note(0, 9)), chunk([(0, meta(0x51, b"\x07\0\0")), *note(0, 9, channel=1)])))
    file, back = saved(replace(song, tempos=(Tempo(0, 123_456),)))
    assert back.tempos == (Tempo(0, 123_456),)
    assert [sum(d[:2] == b"\xff\x51" for _, d in c) for c in events(file)] == [0, 1]
