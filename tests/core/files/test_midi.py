"""Reading and writing MIDI: nothing is lost, nothing is made up, and every refusal says why."""

from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.bulk import read_notes
from core.files.midi import MidiError, midi_bytes, parse_midi, read_midi, read_midi_lenient, write_midi
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, midi_files, mido_tracks, note, number

# -- what is not edited comes back as it was -------------------------------------------------------------


@given(midi_files())
def test_any_file_opened_and_saved_is_the_same_file(data: bytes) -> None:
    assert midi_bytes(parse_midi(data)) == data


def test_a_file_with_everything_in_it_has_the_same_messages_for_mido() -> None:
    conductor = chunk([
        (0, meta(0x00, b"\0\7")), (0, meta(0x03, b"Sonata")), (0, meta(0x02, b"(c) nobody")),
        (0, meta(0x54, bytes([0x61, 2, 3, 4, 5]))), (0, meta(0x58, bytes([6, 3, 36, 8]))), (0, meta(0x59, b"\xfd\1")),
        (0, meta(0x51, b"\x07\xa1\x20")), (0, meta(0x7F, b"\0\1own")), (480, meta(0x06, b"Coda")),
        (960, meta(0x51, b"\x06\0\0")), (960, meta(0x51, b"\x06\0\1"))], end=7777)
    voice = chunk([
        (0, meta(0x21, b"\1")), (0, meta(0x03, "Flöte".encode("latin-1"))), (0, b"\xf0\x05\x43\x10\x4c\x00\xf7"),
        (0, b"\xc3\x49"), (0, b"\xb3\x07\x50"), (0, b"\xb3\x0a\x20"), (0, b"\xb3\x40\x7f"),
        (10, b"\x93\x3c\x40"), (10, b"\x93\x3c\x41"), (10, meta(0x05, b"la")), (10, b"\xe3\x00\x41"),
        (20, b"\xa3\x3c\x07"),
        (20, b"\xd3\x11"), (30, b"\x93\x3c\x00"), (40, b"\x83\x3c\x7b"),  # overlapping, ended in two ways
        (50, b"\x93\x3e\x40"), (50, b"\x83\x3e\x40"),  # no length
        (60, b"\x83\x3f\x40"),  # ends nothing
        (70, b"\x93\x40\x40"),  # nothing ends it
        (80, b"\xc3\x4a"), (90, b"\x93\x41\x40"), (99, b"\x83\x41\x00"), (99, b"\xb3\x7b\x00")], end=500)
    data = midi_file(conductor, voice, ticks_per_beat=384)
    saved = midi_bytes(parse_midi(data))
    assert mido_tracks(saved) == mido_tracks(data)
    assert [message.type for message in mido_tracks(saved)[1]].count("note_on") == 6


def test_events_keep_their_time_behind_an_event_nobody_knows() -> None:
    data = midi_file(chunk([(96, meta(0x0A, b"new")), *note(100, 200)]))
    assert parse_midi(data).tracks[0].notes["onset"].tolist() == [100]
    assert midi_bytes(parse_midi(data)) == data


def test_chunks_of_other_kinds_and_what_follows_the_last_track_are_kept() -> None:
    music = chunk(note(0, 10))
    data = midi_file(b"XFIH\0\0\0\3abc", music, promised=1) + b"XFKM\0\0\0\1x"
    assert midi_bytes(parse_midi(data)) == data
    longer_header = b"MThd\0\0\0\x08\0\0\0\1\1\xe0\xab\xcd" + music
    assert midi_bytes(parse_midi(longer_header)) == longer_header


# -- what a song shows of a file -----------------------------------------------------------------------


def test_format_0_becomes_a_track_for_each_channel_with_notes() -> None:
    data = midi_file(chunk(in_order(
        [(0, meta(0x03, b"Title")), (0, b"\xc0\x05"), (0, b"\xc4\x20"), (0, b"\xc7\x30"), (0, b"\xb4\x07\x33")],
        note(0, 480, 60), note(0, 240, 36, channel=9), note(480, 960, 40, channel=4))), file_format=0)
    song = parse_midi(data)
    assert [(t.channel, t.program, t.is_drum, t.volume, t.name) for t in song.tracks] == [
        (0, 5, False, 100, ""), (4, 0x20, False, 0x33, ""), (9, 0, True, 100, "")]


def test_a_conductor_chunk_is_no_track_and_gives_the_maps() -> None:
    song = parse_midi(midi_file(
        chunk([(0, meta(0x51, b"\x0f\x42\x40")), (0, meta(0x51, b"\0\0\0")), (0, meta(0x58, b"\x03\x02\x18\x08")),
               (0, meta(0x58, b"\0\1\1\1")), (1440, meta(0x58, b"\x07\x03\x18\x08"))]),
        chunk([(0, meta(0x03, "Vögel".encode())), *note(0, 10)])))
    assert [track.name for track in song.tracks] == ["Vögel"]
    assert song.tempos == (Tempo(0, 1_000_000),)
    assert song.meters == (Meter(0, 3, 4), Meter(1440, 7, 8))


def test_settings_made_in_another_chunk_hold_and_later_ones_stay_events() -> None:
    song = parse_midi(midi_file(
        chunk([(0, b"\xc0\x18"), (0, b"\xb0\x0a\x01")]),
        chunk([(0, b"\xb0\x07\x00"), (5, b"\xb0\x07\x46"), *note(10, 20), (30, b"\xc0\x19"), (30, b"\xb0\x07\x10")])))
    (track,) = song.tracks
    assert (track.program, track.volume, track.pan) == (0x18, 0x46, 1)
    assert [event.data for event in track.events] == [b"\xc0\x19", b"\xb0\x07\x10"]


def test_notes_pair_first_in_first_out_and_one_without_an_end_is_shown() -> None:
    song = parse_midi(midi_file(chunk([
        (0, b"\x90\x3c\x40"), (10, b"\x90\x3c\x41"), (20, b"\x90\x3c\x00"), (40, b"\x80\x3c\x00"),
        (50, b"\x90\x30\x40"), (100, b"\x90\x30\x40")], end=9000)))
    assert song.tracks[0].notes.tolist() == [(0, 20, 60, 64), (10, 30, 60, 65), (50, 50, 48, 64), (100, 480, 48, 64)]


def test_running_status_holds_across_a_meta_event_and_bytes_above_127_count_as_127() -> None:
    body = b"\0\x90\x3c\x40\0" + meta(0x01, b"hi") + b"\x0a\x3c\x00\0\x90\x3d\xff\x0a\x80\x3d\x00\0" + meta(0x2F)
    song = parse_midi(midi_file(b"MTrk" + len(body).to_bytes(4, "big") + body))
    assert song.tracks[0].notes.tolist() == [(0, 10, 60, 64), (10, 10, 61, 127)]


def test_a_missing_end_of_track_is_added() -> None:
    body = b"\0\x90\x3c\x40\x0a\x3c\x00"
    saved = midi_bytes(parse_midi(midi_file(b"MTrk\0\0\0\x07" + body)))
    assert mido_tracks(saved)[0][-1] == mido.MetaMessage("end_of_track")


# -- songs made here -----------------------------------------------------------------------------------

_names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@st.composite
def songs(draw: st.DrawFn) -> Song:
    """Songs as an editor makes them; notes of one pitch on one track follow each other."""
    beat = draw(st.sampled_from([24, 96, 480, 960]))
    tracks = []
    for _ in range(draw(st.integers(0, 5))):
        columns: list[tuple[int, int, int, int]] = []
        for pitch in draw(st.sets(st.integers(0, 127), max_size=4)):
            tick = 0
            for gap, length, velocity in draw(st.lists(
                    st.tuples(st.integers(0, 2000), st.integers(1, 3000), st.integers(1, 127)), max_size=5)):
                columns.append((tick + gap, length, pitch, velocity))
                tick += gap + length
        tracks.append(Track(make_notes(*zip(*columns)) if columns else make_notes([], [], [], []),
                            program=draw(st.integers(0, 127)), is_drum=draw(st.sampled_from([False, False, True])),
                            name=draw(_names), volume=draw(st.integers(0, 127)), pan=draw(st.integers(0, 127))))
    tempos = {0: 500_000} | draw(st.dictionaries(st.integers(0, 9999), st.integers(1, 2**24 - 1), max_size=4))
    meters = {0: (4, 4)} | draw(st.dictionaries(
        st.integers(0, 9999), st.tuples(st.integers(1, 16), st.sampled_from([1, 2, 4, 8, 16, 32])), max_size=4))
    return Song(beat, tuple(tracks), tuple(Tempo(t, tempos[t]) for t in sorted(tempos)),
                tuple(Meter(t, *meters[t]) for t in sorted(meters)))


def _spoken(track: Track) -> tuple:
    return track.notes.tolist(), track.is_drum, track.name, *(
        (track.program, track.volume, track.pan) if not track.is_drum else ())


@given(songs())
def test_a_new_song_comes_back(song: Song) -> None:
    back = parse_midi(midi_bytes(song))
    # Tracks without notes are not shown again; drums share one channel and so one volume.
    assert [_spoken(t) for t in back.tracks] == [_spoken(t) for t in song.tracks if len(t.notes)]
    assert (back.ticks_per_beat, back.tempos, back.meters) == (song.ticks_per_beat, song.tempos, song.meters)
    assert midi_bytes(back) == midi_bytes(song)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_independent_readers_agree_on_the_notes(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    onset = np.arange(0, 40_000, 120)
    tracks = tuple(Track(make_notes(onset, rng.integers(1, 120, len(onset)), rng.integers(20, 100, len(onset)),
                                    rng.integers(1, 128, len(onset))), program=7 * i, is_drum=i == 2) for i in range(4))
    song = Song(480, tracks, (Tempo(0, 600_000), Tempo(9000, 300_000)), (Meter(0, 3, 4),))
    write_midi(song, tmp_path / "song.mid")
    pretty = pretty_midi.PrettyMIDI(str(tmp_path / "song.mid"))
    for track, instrument in zip(song.tracks, pretty.instruments, strict=True):
        assert (track.program, track.is_drum) == (instrument.program, instrument.is_drum)
        seen = sorted((pretty.time_to_tick(n.start), n.pitch, pretty.time_to_tick(n.end), n.velocity)
                      for n in instrument.notes)
        assert seen == [(o, p, o + d, v) for o, d, p, v in track.notes.tolist()]
    bulk = read_notes(tmp_path / "song.mid")
    assert [t.notes.tolist() for t in bulk.tracks] == [t.notes.tolist() for t in song.tracks]
    assert (bulk.tempos, bulk.meters) == (song.tempos, song.meters)


# -- refusals --------------------------------------------------------------------------------------------

GOOD = midi_file(chunk(note(0, 480)))


@pytest.mark.parametrize(("data", "reason"), [
    (b"", "the file is empty"),
    (b"Dear diary, today", "is not a MIDI file: it starts with “Dear dia”"),
    (bytes(20), "is not a MIDI file"),
    (GOOD[:10], "the MIDI header is cut off"),
    (b"MThd\xff\xff\xff\xff" + GOOD[8:], "the MIDI header is cut off"),
    (b"MThd\0\0\0\2" + GOOD[8:], "the MIDI header is 2 bytes long, at least 6 are needed"),
    (midi_file(chunk([]), file_format=2), "MIDI format 2"),
    (midi_file(chunk([]), file_format=7), "MIDI format 7 does not exist"),
    (midi_file(chunk([]), ticks_per_beat=0xE728), "counts time in SMPTE frames"),
    (midi_file(chunk([]), ticks_per_beat=0), "has 0 ticks to a beat"),
    (GOOD[:-7], "is cut off inside track 1: 7 bytes are missing"),
    (midi_file(chunk([]), promised=3), "is cut off: 3 tracks are promised, 1 found"),
    (midi_file(b"MTrk\0\0\0\2\0\x3c"), "a data byte stands where an event must start"),
    (midi_file(b"MTrk\0\0\0\2\0\xf4"), "status byte 0xF4 does not belong in a file"),
    (midi_file(b"MTrk\0\0\0\3\0\x90\x3c"), "an event is cut off"),
    (midi_file(b"MTrk\0\0\0\x05\xff\xff\xff\xff\x00"), "a number is longer than four bytes"),
    (midi_file(b"MTrk\0\0\0\6\0\xff\x01\xff\xff\x7f"), "an event of 2097151 bytes runs past the end of its track"),
    (midi_file(chunk([(k * (2**28 - 1), b"\xc0\0") for k in range(10)])), "time runs away"),
])
def test_a_bad_file_is_named_with_the_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(data)
    with pytest.raises(MidiError) as caught:
        read_midi(path)
    assert reason in str(caught.value)
    assert "bad.mid" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for read in (read_midi, read_notes, read_midi_lenient):
        with pytest.raises(MidiError, match="is a folder, not a MIDI file"):
            read(tmp_path)
        with pytest.raises(MidiError, match="nowhere.mid: there is no such file"):
            read(tmp_path / "nowhere.mid")


def test_a_file_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    with open(tmp_path / "huge.mid", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(MidiError, match="too large"):
        read_midi(tmp_path / "huge.mid")


# -- damaged files -----------------------------------------------------------------------------------------


def test_a_truncated_file_opens_as_far_as_it_goes(tmp_path: Path) -> None:
    first = chunk([(0, meta(0x51, b"\x06\0\0")), *note(0, 480)])
    second = chunk([event for k in range(50) for event in note(100 * k, 100 * k + 90, channel=1)])
    path = tmp_path / "cut.mid"
    path.write_bytes(midi_file(first, second, second)[:-len(second) - len(second) // 2])
    with pytest.raises(MidiError, match="cut off inside track 2"):
        read_midi(path)
    song, losses = read_midi_lenient(path)
    assert song.tempos == (Tempo(0, 0x060000),)
    assert song.tracks[0].notes.tolist() == [(0, 480, 60, 80)]
    onsets = song.tracks[1].notes["onset"].tolist()
    assert onsets == [100 * k for k in range(len(onsets))]
    assert 20 <= len(onsets) <= 30
    assert len(losses) == 2
    assert "track 2 is damaged" in losses[0]
    assert losses[1] == "3 tracks are promised, 2 found"
    assert parse_midi(midi_bytes(song)) == song


def test_damage_in_one_track_leaves_the_others_and_ends_what_sounds(tmp_path: Path) -> None:
    events = [(0, b"\x90\x3c\x40"), (0, b"\x90\x40\x40"), (240, b"\x80\x40\x40")]
    body = b"".join(number(t) + d for t, d in [events[0], events[1], (240, events[2][1])]) + b"\0\xf4\1\2\3"
    path = tmp_path / "hurt.mid"
    path.write_bytes(midi_file(b"MTrk" + len(body).to_bytes(4, "big") + body, chunk(note(7, 8, channel=2))))
    song, losses = read_midi_lenient(path)
    assert [t.notes.tolist() for t in song.tracks] == [[(0, 240, 60, 64), (0, 240, 64, 64)], [(7, 1, 60, 80)]]
    assert len(losses) == 1
    assert "0xF4" in losses[0]


def test_a_wrong_chunk_length_costs_nothing_but_a_warning(tmp_path: Path) -> None:
    first, second = chunk(note(0, 480)), chunk(note(5, 10, channel=1))
    path = tmp_path / "length.mid"
    for length in (5, len(first), 2**31):
        path.write_bytes(midi_file(first[:4] + length.to_bytes(4, "big") + first[8:], second))
        song, losses = read_midi_lenient(path)
        assert [t.notes.tolist() for t in song.tracks] == [[(0, 480, 60, 80)], [(5, 5, 60, 80)]]
        assert losses == ["track 1 is not as long as the file says: the 2 events that are there were kept"]


def test_a_good_file_opens_leniently_without_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "good.mid"
    path.write_bytes(GOOD)
    assert read_midi_lenient(path) == (read_midi(path), [])


# -- writing -----------------------------------------------------------------------------------------------


def test_writing_replaces_the_file_in_one_step_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_midi(parse_midi(GOOD), path)
    assert path.read_bytes() == GOOD
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("song", [
    Song(480, tempos=(Tempo(0, 2**24),)), Song(480, meters=(Meter(0, 4, 3),)), Song(40_000),
    Song(480, (Track(make_notes([2**28], [1], [60], [1])),)), Song(480, (Track(program=128),))])
def test_what_midi_cannot_say_is_refused_and_the_old_file_stays(tmp_path: Path, song: Song) -> None:
    path = tmp_path / "song.mid"
    path.write_bytes(GOOD)
    with pytest.raises(MidiError, match=r"song\.mid: cannot be written"):
        write_midi(song, path)
    assert path.read_bytes() == GOOD
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="cannot be written"):
        write_midi(Song(), tmp_path / "no folder" / "song.mid")
