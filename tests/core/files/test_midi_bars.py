"""Songs from MIDI files after bars were put in and taken out: what is written is the file, with its events moved."""

import io
import json
import zipfile
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.files.project import Project, parse_project, project_bytes
from core.files.smf import parse_file
from core.music.bars import delete_bars, insert_bars, repeat_bars
from core.music.edits import replace_cells
from core.music.song import Marker, Song
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, midi_files, note

BEAT = 480
BAR = 4 * BEAT
CONDUCTOR = chunk([(0, meta(0x51, b"\x07\xa1\x20")), (0, meta(0x58, b"\x04\x02\x18\x08")), (0, meta(0x59, b"\2\0")),
                   (2 * BAR, meta(6, b"Verse")), (2 * BAR, meta(0x59, b"\1\0")), (3 * BAR, meta(0x51, b"\x09\0\0"))])
WORDS = chunk([(0, meta(3, b"Words")), *((bar * BAR, meta(5, b"la%d" % bar)) for bar in range(6))])
PIANO = chunk(in_order([(0, meta(3, b"Piano")), (0, b"\xc0\x04"), (BAR, b"\xb0\x40\x7f"), (4 * BAR, b"\xb0\x40\0")],
                       *(note(k * BEAT, k * BEAT + BEAT, 60 + k % 3) for k in range(24))))
BASS = chunk(in_order([(0, meta(3, b"Bass")), (0, b"\xc1\x20")],
                      *(note(bar * BAR, bar * BAR + BAR, 36, 90, 1) for bar in range(2))))
BAND = midi_file(CONDUCTOR, WORDS, PIANO, BASS)


def events_of(data: bytes) -> list[list[tuple[int, bytes]]]:
    return [list(chunk.events) for chunk in parse_file(data, "").chunks]


def as_read(song: Song) -> Song:
    return parse_midi(midi_bytes(song))


def same_music(song: Song, other: Song) -> bool:
    with_notes = [[track for track in s.tracks if len(track.notes)] for s in (song, other)]
    return (song.tempos, song.meters, song.markers) == (other.tempos, other.meters, other.markers) and all(
        np.array_equal(a.notes, b.notes) and (a.program, a.name, Counter(a.events)) == (b.program, b.name,
                                                                                       Counter(b.events))
        for a, b in zip(*with_notes, strict=True))


def test_markers_are_read_and_an_untouched_file_is_written_as_it_was() -> None:
    song = parse_midi(BAND)
    assert song.markers == (Marker(2 * BAR, "Verse"),)
    assert midi_bytes(song) == BAND


def test_inserted_bars_move_every_event_behind_them_also_words_and_keys_and_let_go_velocities() -> None:
    written = midi_bytes(insert_bars(parse_midi(BAND), 2, 3))
    at, by = 2 * BAR, 3 * BAR

    def moved(tick: int, data: bytes) -> int:
        ends = data[0] & 0xF0 == 0x80
        return tick + by if tick > at or (tick == at and not ends) else tick

    assert events_of(written) == [sorted(((moved(*event), event[1]) for event in events), key=lambda event: event[0])
                                  for events in events_of(BAND)]


def test_bars_put_in_and_taken_out_again_give_the_same_file() -> None:
    song = insert_bars(insert_bars(parse_midi(BAND), 0, 2), 4, 1)
    assert midi_bytes(delete_bars(delete_bars(song, 4, 4), 0, 1)) == BAND


def test_deleted_bars_leave_the_rest_of_the_file_and_an_empty_track_keeps_its_name() -> None:
    song = delete_bars(parse_midi(BAND), 0, 2)
    conductor, words, piano, bass = events_of(midi_bytes(song))
    assert words == [(0, meta(3, b"Words")), *((bar * BAR - 3 * BAR, meta(5, b"la%d" % bar)) for bar in range(3, 6))]
    assert (0, meta(0x59, b"\1\0")) in conductor and (0, meta(0x51, b"\x09\0\0")) in conductor
    assert (0, meta(6, b"Verse")) in conductor and len(conductor) == 4
    assert (0, b"\xb0\x40\x7f") in piano and (BAR, b"\xb0\x40\0") in piano
    assert bass == [(0, meta(3, b"Bass")), (0, b"\xc1\x20")] and not len(song.tracks[1].notes)


def test_edits_before_and_after_are_in_the_file_too() -> None:
    song = replace_cells(parse_midi(BAND), [(4, 0)], {})
    song = delete_bars(song, 1, 1)
    song = replace_cells(song, [(0, 0)], {})
    onsets = as_read(song).tracks[0].notes["onset"] // BEAT
    assert onsets.tolist() == [4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19]
    assert same_music(as_read(song), song)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("idr"), st.integers(0, 6), st.integers(1, 2)), min_size=1, max_size=3))
def test_whatever_is_done_to_bars_the_file_says_what_the_song_says(steps) -> None:
    song = parse_midi(BAND)
    for kind, bar, count in steps:
        if kind == "i":
            song = insert_bars(song, bar, count)
        else:
            song = (delete_bars if kind == "d" else repeat_bars)(song, bar, bar + count - 1)
    read = as_read(song)
    assert same_music(read, song)
    again = parse_project(project_bytes(Project(song))).song
    assert again == song and midi_bytes(again) == midi_bytes(song)


@settings(max_examples=60)
@given(midi_files(), st.integers(0, 3), st.booleans())
def test_any_file_can_be_cut_and_written_and_read_again(data, bar, puts_in) -> None:
    song = parse_midi(data)
    cut = insert_bars(song, bar, 1) if puts_in else delete_bars(song, bar, bar)
    read = as_read(cut)
    assert (read.timebase.tempo_at(10**6), read.markers) == (cut.timebase.tempo_at(10**6), cut.markers)
    assert sum(len(track.notes) for track in read.tracks) == cut.note_count


def test_projects_of_before_there_were_markers_take_them_from_the_file() -> None:
    song = parse_midi(BAND)
    with zipfile.ZipFile(io.BytesIO(project_bytes(Project(song)))) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = json.loads(members["project.json"])
    for saved in content["songs"]:
        del saved["markers"], saved["shifts"]
    members["project.json"] = json.dumps(content).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    assert parse_project(out.getvalue()).song == song
