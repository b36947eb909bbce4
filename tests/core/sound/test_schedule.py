"""A song becomes the right messages in the right order, and a jump finds the state that playing would have made."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.music.song import RawEvent, Song, Track, make_notes
from core.music.timebase import Tempo
from core.sound.channel_state import wanted_state
from core.sound.schedule import CONTROL, NOTE_OFF, NOTE_ON, PROGRAM, audible_tracks, compile_song

RATE = 48000


def events_of(song: Song, *statuses: int) -> list[tuple[int, int, int, int, int]]:
    return [e for e in compile_song(song, RATE).events.tolist() if e[2] in statuses]


def test_notes_stand_at_the_samples_of_the_tempo_map() -> None:
    song = Song(480, (Track(make_notes([0, 480, 960], [240] * 3, [60, 62, 64], [90] * 3)),),
                tempos=(Tempo(0, 500_000), Tempo(480, 250_000)))
    assert [e[0] for e in events_of(song, NOTE_ON)] == [0, 24000, 36000]
    assert [e[0] for e in events_of(song, NOTE_OFF)] == [12000, 30000, 42000]


def test_at_one_sample_a_note_ends_before_its_pitch_begins_again() -> None:
    song = Song(480, (Track(make_notes([0, 480], [480, 480], [60, 60], [90, 90])),))
    assert [e[2] for e in events_of(song, NOTE_ON, NOTE_OFF)] == [NOTE_ON, NOTE_OFF, NOTE_ON, NOTE_OFF]


def test_a_long_note_does_not_cut_the_next_of_its_pitch_short() -> None:
    song = Song(480, (Track(make_notes([0, 480], [600, 960], [60, 60], [90, 90])),))
    assert [(e[0], e[2]) for e in events_of(song, NOTE_ON, NOTE_OFF)] == [
        (0, NOTE_ON), (24000, NOTE_OFF), (24000, NOTE_ON), (72000, NOTE_OFF)]


def test_a_note_without_length_still_begins_before_it_ends() -> None:
    song = Song(480, (Track(make_notes([480], [0], [60], [90])),))
    assert [(e[0], e[2]) for e in events_of(song, NOTE_ON, NOTE_OFF)] == [(24000, NOTE_ON), (24001, NOTE_OFF)]


def test_each_track_has_a_channel_to_itself() -> None:
    note = make_notes([0], [480], [60], [90])
    song = Song(480, tuple(Track(note, program=i) for i in range(40)))
    assert {(e[1], e[3]) for e in events_of(song, PROGRAM)} == {(i, i) for i in range(40)}
    assert sorted(e[1] for e in events_of(song, NOTE_ON)) == list(range(40))


@pytest.mark.parametrize(("mutes", "solos", "heard"), [
    ([False, True], [False, False], [True, False]),
    ([False, False], [False, True], [False, True]),
    ([True, False], [True, False], [True, False]),
])
def test_solo_wins_over_mute(mutes: list[bool], solos: list[bool], heard: list[bool]) -> None:
    song = Song(480, tuple(Track(mute=m, solo=s) for m, s in zip(mutes, solos, strict=True)))
    assert audible_tracks(song) == heard


def test_texts_and_sysex_are_not_sent() -> None:
    events = (RawEvent(0, b"\xff\x05\x02la"), RawEvent(0, b"\xf0\x05\x7e\x7f\x09\x01\xf7"),
              RawEvent(240, b"\xb3\x40\x7f"))
    controls = events_of(Song(480, (Track(events=events),)), CONTROL)
    assert (12000, 0, CONTROL, 64, 127) in controls
    assert {e[3] for e in controls} == {64, 7, 10}


def test_drums_stay_in_the_drum_bank() -> None:
    drums = Track(is_drum=True, events=(RawEvent(0, b"\xb9\x00\x00"),))
    assert not [e for e in events_of(Song(480, (drums,)), CONTROL) if e[3] == 0]


def test_a_bank_chosen_by_the_file_counts_for_the_tracks_own_program() -> None:
    notes = make_notes([480], [480], [60], [90])
    track = Track(notes, program=16, events=(RawEvent(0, b"\xb0\x00\x08"), RawEvent(960, b"\xc0\x05")))
    state = wanted_state((False,), compile_song(Song(480, (track,)), RATE).controls_before(24000))
    assert state[0, PROGRAM, 0] == (8, 0, 16)
    assert [e[3] for e in events_of(Song(480, (track,)), PROGRAM)] == [16, 16, 5]


messages = st.lists(
    st.tuples(st.integers(0, 60), st.one_of(
        st.tuples(st.just(0xB0), st.sampled_from([0, 1, 6, 7, 11, 32, 38, 64, 98, 99, 100, 101, 121]),
                  st.integers(0, 3)),
        st.tuples(st.just(0xB0), st.sampled_from([100, 101]), st.sampled_from([0, 127])),
        st.tuples(st.just(0xC0), st.integers(0, 3), st.just(0)),
        st.tuples(st.sampled_from([0xD0, 0xE0, 0xA0]), st.integers(0, 3), st.integers(0, 3)))),
    max_size=30)


@given(messages, st.integers(0, 70))
@example([(0, (0xB0, 100, 0)), (0, (0xB0, 121, 0)), (0, (0xB0, 6, 0)), (0, (0xB0, 121, 0))], 1)
def test_a_jump_finds_the_state_that_playing_would_have_made(rows: list, tick: int) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    events = tuple(RawEvent(at, bytes(data if data[0] not in (0xC0, 0xD0) else data[:2])) for at, data in rows)
    schedule = compile_song(Song(480, (Track(events=events),)), RATE)
    sample = int(schedule.clock.sample_of(tick))
    played = [e[1:] for e in schedule.events.tolist() if e[0] < sample]
    assert wanted_state((False,), schedule.controls_before(sample)) == wanted_state((False,), played)


def test_an_edit_of_one_track_compiles_to_the_same_as_the_whole_song() -> None:
    notes = make_notes(np.arange(0, 4800, 480), [240] * 10, [60] * 10, [90] * 10)
    song = Song(480, (Track(notes, program=1), Track(notes, program=2, mute=True)))
    edited = song.with_track(1, replace(song.tracks[1], mute=False))
    assert len(compile_song(song, RATE).spans) == 10
    assert len(compile_song(edited, RATE).spans) == 20
