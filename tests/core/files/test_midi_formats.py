"""A song in format 0 and in format 1: the same notes, names and instruments, for us and for another reader."""

import io

import mido
import numpy as np
import pytest
from hypothesis import given, settings

from core.files.errors import MidiError
from core.files.midi import midi_bytes, parse_midi, write_midi
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, midi_files, note


@pytest.fixture
def song() -> Song:
    onset = np.arange(0, 4800, 480)
    tracks = tuple(Track(make_notes(onset, onset * 0 + 240, onset * 0 + 60 + k, onset * 0 + 80), program=k, name=name,
                         is_drum=name == "Drums", volume=90 + k)
                   for k, name in enumerate(["Piano", "Bass", "Drums", "Flöte"]))
    return Song(480, tracks, (Tempo(0, 600_000), Tempo(960, 400_000)), (Meter(0, 3, 4),))


def spoken(song: Song) -> list[tuple]:
    return sorted((track.name, track.program if not track.is_drum else 0, track.is_drum, track.volume,
                   tuple(track.notes.tolist())) for track in song.tracks)


def test_a_song_is_the_same_in_both_formats(song) -> None:
    one = midi_bytes(song, 0)
    assert mido.MidiFile(file=io.BytesIO(one)).type == 0 and len(mido.MidiFile(file=io.BytesIO(one)).tracks) == 1
    back = parse_midi(one)
    assert spoken(back) == spoken(song) and (back.tempos, back.meters) == (song.tempos, song.meters)
    many = midi_bytes(back, 1)
    read = mido.MidiFile(file=io.BytesIO(many))
    assert read.type == 1 and len(read.tracks) == 5
    assert [track.name for track in read.tracks] == ["", "Piano", "Bass", "Flöte".encode().decode("latin-1"), "Drums"]
    assert spoken(parse_midi(many)) == spoken(song)
    assert midi_bytes(song, 1) == midi_bytes(song)


def played(data: bytes) -> list[tuple]:
    """Every channel event with its tick, in order of time and then of value."""
    return sorted((tick, event) for part in parse_midi(data).origin.file.chunks
                  for tick, event in part.events if event[0] < 0xF0)


@settings(max_examples=40)
@given(midi_files())
def test_no_event_of_any_file_is_lost(data: bytes) -> None:
    song = parse_midi(data)
    try:
        assert played(midi_bytes(song, 0)) == played(data)
    except ValueError as problem:
        assert "16 channels" in str(problem)
    assert played(midi_bytes(song, 1)) == played(data)


def test_a_file_in_its_own_format_is_left_as_it_is() -> None:
    data = midi_file(chunk(in_order([(0, meta(3, b"all"))], note(0, 10), note(5, 9, channel=3))), file_format=0)
    assert midi_bytes(parse_midi(data), 0) == data == midi_bytes(parse_midi(data))


def test_more_channels_than_there_are_is_refused(song, tmp_path) -> None:
    tracks = tuple(Track(make_notes([0], [10], [60], [80]), program=k) for k in range(20))
    with pytest.raises(MidiError, match="needs more; format 1 can hold it"):
        write_midi(Song(480, tracks), tmp_path / "many.mid", 0)
    write_midi(Song(480, tracks), tmp_path / "many.mid", 1)
    with pytest.raises(MidiError, match="format 2 cannot be written"):
        write_midi(song, tmp_path / "two.mid", 2)
