"""The fast reader sees the same music as the careful one."""

from pathlib import Path

import pytest

from core.files.bulk import read_columns, read_notes
from core.files.midi import MidiError, parse_midi
from core.music.columns import columns_of
from core.music.timebase import Meter, Tempo
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, note

DATA = midi_file(
    chunk([(0, meta(0x51, b"\0\0\0")), (0, meta(0x51, b"\x0f\x42\x40")), (0, meta(0x58, b"\x03\x02\x18\x08")),
           (960, meta(0x51, b"\x07\xa1\x20")), (1440, meta(0x58, b"\x06\x03\x18\x08"))]),
    chunk(in_order([(0, meta(3, b"Lead")), (0, b"\xc2\x50")], note(0, 480, 60, 80, 2), note(10, 700, 60, 81, 2),
                   note(720, 720, 64, 82, 2))),
    chunk(in_order([(0, meta(3, "Schläge".encode("latin-1")))], note(0, 1, 36, 127, 9))), ticks_per_beat=96)


def read(tmp_path: Path, data: bytes):
    (tmp_path / "a.mid").write_bytes(data)
    return read_notes(tmp_path / "a.mid")


def test_notes_programs_drums_and_maps_are_those_of_the_careful_reader(tmp_path: Path) -> None:
    bulk, careful = read(tmp_path, DATA), parse_midi(DATA)
    assert bulk.ticks_per_beat == 96
    assert bulk.tempos == careful.tempos == (Tempo(0, 1_000_000), Tempo(960, 500_000))
    assert bulk.meters == careful.meters == (Meter(0, 3, 4), Meter(1440, 6, 8))
    assert bulk.tracks[0].name == "Lead"
    for fast, slow in zip(bulk.tracks, careful.tracks, strict=True):
        assert fast.notes.tolist() == slow.notes.tolist()
        assert (fast.program, fast.is_drum) == (slow.program, slow.is_drum)


def test_columns_hold_what_the_song_holds(tmp_path: Path) -> None:
    wanted = columns_of(read(tmp_path, DATA))
    found = read_columns(tmp_path / "a.mid")
    assert (found.ticks_per_beat, found.tempos, found.meters) == (wanted.ticks_per_beat, wanted.tempos, wanted.meters)
    assert (found.programs.tolist(), found.is_drum.tolist()) == (wanted.programs.tolist(), wanted.is_drum.tolist())
    assert (found.note_count, found.end, found.bar_count) == (4, 720, wanted.bar_count)
    for name in ("track", "onset", "duration", "pitch", "velocity"):
        assert sorted(getattr(found, name).tolist()) == sorted(getattr(wanted, name).tolist())


def test_a_file_that_says_nothing_of_tempo_and_meter_has_midis_defaults(tmp_path: Path) -> None:
    song = read(tmp_path, midi_file(chunk(note(0, 9))))
    assert (song.tempos, song.meters) == ((Tempo(0, 500_000),), (Meter(0, 4, 4),))


@pytest.mark.parametrize("data", [
    b"", b"not music", DATA[:-9], DATA[:12], midi_file(chunk(note(0, 9)), ticks_per_beat=0),
    midi_file(chunk([]), ticks_per_beat=0xE728), midi_file(chunk([]), file_format=2),
    midi_file(b"MTrk\0\0\0\2\0\x3c")])
def test_what_cannot_be_read_is_one_clear_error(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(MidiError, match=r"a\.mid: \S") as caught:
        read(tmp_path, data)
    assert "\n" not in str(caught.value)


def test_one_byte_above_127_does_not_cost_the_file(tmp_path: Path) -> None:
    song = read(tmp_path, midi_file(chunk([(0, b"\xb0\x07\xff"), *note(0, 9)])))
    assert song.note_count == 1
