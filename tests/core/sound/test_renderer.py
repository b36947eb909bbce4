"""What the renderer gives is right in the samples: when things sound, how loud, where, and that they end."""

from dataclasses import replace

import numpy as np
import pytest

from core.music.edits import change_track
from core.music.song import RawEvent, Song, Track
from core.music.timebase import Tempo
from core.sound.schedule import compile_song
from core.sound.synth import BLOCK
from tests.core.sound.listening import (
    BEAT,
    ORGAN,
    PIANO,
    RATE,
    SECOND,
    SILENCE,
    STRINGS,
    clicks,
    loudness,
    notes,
    onsets,
    pitch_strength,
    played,
    renderer_of,
)


def test_onsets_lie_within_3_ms_also_after_a_change_of_tempo() -> None:
    beats = [0.5 + 0.7 * i for i in range(12)]
    song = Song(BEAT, (clicks(*beats),), tempos=(Tempo(0, 500_000), Tempo(4 * BEAT, 731_000)))
    expected = song.timebase.seconds_at(np.rint(np.array(beats) * BEAT))
    found = onsets(played(song, 7))
    assert len(found) == len(expected)
    assert np.abs(found - expected).max() < 0.003


def test_a_muted_track_is_silent_and_solo_silences_the_others() -> None:
    low, high = Track(notes((0, 4, 48)), program=ORGAN), Track(notes((0, 4, 78)), program=ORGAN)
    both = played(Song(BEAT, (low, high)))
    muted = played(Song(BEAT, (low, replace(high, mute=True))))
    solo = played(Song(BEAT, (low, replace(high, solo=True))))
    assert loudness(played(Song(BEAT, (replace(low, mute=True), replace(high, mute=True))))) < SILENCE
    assert pitch_strength(muted, 78) < 0.02 * pitch_strength(both, 78)
    assert pitch_strength(solo, 48) < 0.02 * pitch_strength(both, 48)
    assert pitch_strength(muted, 48) == pytest.approx(pitch_strength(both, 48), rel=0.1)


def test_volume_and_pan_are_heard() -> None:
    track = Track(notes((0, 4, 60)), program=ORGAN)
    full, half = (loudness(played(Song(BEAT, (replace(track, volume=v),)))) for v in (100, 50))
    assert half == pytest.approx(full / 4, rel=0.2)  # MIDI's volume is quadratic
    left, right = played(Song(BEAT, (replace(track, pan=0),))).T
    assert loudness(left) > 5 * loudness(right)
    left, right = played(Song(BEAT, (replace(track, pan=127),))).T
    assert loudness(right) > 5 * loudness(left)


def test_programs_differ_and_drums_are_drums_on_every_channel() -> None:
    melodic = [Track(notes((0, 2, 38)), program=p) for p in (PIANO, STRINGS)]
    piano, strings = (played(Song(BEAT, (t,))) for t in melodic)
    assert loudness(piano - strings) > 0.5 * loudness(piano)
    drum = replace(melodic[0], is_drum=True)
    silent = Track()
    alone = played(Song(BEAT, (drum,)))
    tenth = played(Song(BEAT, (*[silent] * 9, melodic[0])))
    assert np.array_equal(alone, played(Song(BEAT, (*[silent] * 20, drum))))
    assert np.allclose(tenth, piano, atol=1e-6)  # the channel that is for drums by custom
    assert loudness(alone - piano) > 0.5 * loudness(piano)


def test_controllers_of_the_file_are_played() -> None:
    track = Track(notes((0, 4, 60)), program=ORGAN)
    bent = replace(track, events=(RawEvent(0, b"\xb0\x65\x00"), RawEvent(0, b"\xb0\x64\x00"),
                                  RawEvent(0, b"\xb0\x06\x0c"),
                                  RawEvent(0, b"\xe0\x00\x60")))
    sound = played(Song(BEAT, (bent,)))
    straight = played(Song(BEAT, (track,)))
    assert pitch_strength(straight, 60) > 20 * pitch_strength(straight, 66)
    assert pitch_strength(sound, 66) > 20 * pitch_strength(sound, 60)
    faded = replace(track, events=(RawEvent(BEAT, b"\xb0\x0b\x00"),))
    sound = played(Song(BEAT, (faded,)), 2)
    assert loudness(sound[RATE:]) < 0.05 * loudness(sound[:RATE // 2])


def test_the_tracks_volume_and_pan_hold_against_those_that_its_file_says_anew() -> None:
    """Many files repeat them after the first note."""
    events = tuple(RawEvent(tick, bytes((0xB0, number, value))) for tick in (0, BEAT)
                   for number, value in ((7, 100), (10, 64)))
    song = Song(BEAT, (Track(notes((0, 4, 60)), program=ORGAN, events=events),))
    later = slice(RATE, 2 * RATE)
    plain, left = (played(one, 2)[later] for one in (song, change_track(song, 0, pan=0)))
    assert loudness(left[:, 1]) < 0.2 * loudness(plain[:, 1]) and loudness(left[:, 0]) > loudness(plain[:, 0])
    assert loudness(played(change_track(song, 0, volume=0), 2)[later]) < 1e-3 * loudness(plain)


def test_a_jump_restores_program_and_bend_and_takes_up_held_notes() -> None:
    events = (RawEvent(0, b"\xc0\x13"), RawEvent(0, b"\xb0\x65\x00"), RawEvent(0, b"\xb0\x64\x00"),
              RawEvent(0, b"\xb0\x06\x0c"), RawEvent(10, b"\xe0\x00\x60"), RawEvent(10, b"\xb0\x65\x7f"),
              RawEvent(10, b"\xb0\x64\x7f"))
    song = Song(BEAT, (Track(notes((0, 8, 60)), events=events),))
    jumped = played(song, 1, start=2 * RATE)
    assert loudness(jumped) == pytest.approx(loudness(played(song, 1)), rel=0.3)
    assert pitch_strength(jumped, 66) > 20 * pitch_strength(jumped, 60)


def test_a_jump_does_not_strike_drums_again() -> None:
    song = Song(BEAT, (Track(notes((0, 8, 49)), is_drum=True),))
    assert loudness(played(song, 1, start=RATE)) < SILENCE


def test_a_loop_returns_again_and_again_without_drift() -> None:
    renderer = renderer_of(Song(BEAT, (clicks(0, 0.5, 2, 3),)))
    renderer.set_loop((0, int(renderer.clock.sample_of(BEAT))))
    renderer.play()
    found = onsets(renderer.render(5 * SECOND))
    assert np.abs(found - 0.25 * np.arange(len(found))).max() < 0.003
    assert len(found) == 21 or len(found) == 20


def test_a_note_held_over_the_loops_end_is_let_go() -> None:
    renderer = renderer_of(Song(BEAT, (Track(notes((0.5, 8, 60)), program=ORGAN),)))
    renderer.set_loop((0, RATE // 2))
    renderer.play()
    sound = renderer.render(3 * SECOND)
    second_round = sound[RATE // 2 + RATE // 8:RATE // 2 + RATE // 4]
    assert loudness(second_round) < 0.2 * loudness(sound[RATE // 4 + RATE // 8:RATE // 2])


def test_stop_leaves_no_note_and_keeps_the_place() -> None:
    pedal = Track(notes((0, 40, 60), (0, 0.1, 67)), program=ORGAN, events=(RawEvent(0, b"\xb0\x40\x7f"),))
    renderer = renderer_of(Song(BEAT, (pedal,)))
    renderer.play()
    renderer.render(SECOND)
    renderer.stop()
    place = renderer.transport.position
    tail = renderer.render(4 * SECOND)
    assert loudness(tail[-RATE:]) < 1e-4
    assert renderer.transport.position == place == SECOND * BLOCK


def test_the_end_of_the_song_stops_and_goes_back_to_where_playing_began() -> None:
    renderer = renderer_of(Song(BEAT, (clicks(0, 1, 2),)))
    start = int(renderer.clock.sample_of(BEAT))
    renderer.locate(start)
    renderer.play()
    renderer.render(4 * SECOND)
    assert not renderer.transport.playing
    assert renderer.transport.position == start


def test_an_edit_while_playing_is_heard_and_leaves_no_stuck_note() -> None:
    organ = Track(notes((0, 40, 60)), program=ORGAN)
    other = replace(organ, notes=notes((0, 40, 66)))
    renderer = renderer_of(Song(BEAT, (organ,)))
    renderer.play()
    before = renderer.render(SECOND)
    renderer.load(compile_song(Song(BEAT, (other,)), RATE))
    renderer.render(SECOND // 2)
    after = renderer.render(SECOND)
    assert pitch_strength(before, 60) > 20 * pitch_strength(before, 66)
    assert pitch_strength(after, 66) > 20 * pitch_strength(after, 60)
    renderer.load(compile_song(Song(BEAT, (replace(other, mute=True),)), RATE))
    renderer.render(2 * SECOND)
    assert loudness(renderer.render(SECOND)) < 1e-4


def test_an_edit_elsewhere_does_not_touch_what_sounds() -> None:
    song = Song(BEAT, (Track(notes((0, 8, 60)), program=STRINGS), clicks(0.5, 1, 1.5)))
    edited = song.with_track(1, clicks(0.5, 1, 1.5, 6))
    assert edited.tracks[0] is song.tracks[0]
    renderer = renderer_of(song)
    renderer.play()
    parts = [renderer.render(37)]
    renderer.load(compile_song(edited, RATE))
    parts.append(renderer.render(SECOND))
    assert np.array_equal(np.concatenate(parts), played(song, 5)[:(37 + SECOND) * BLOCK])


def test_edits_at_every_moment_lose_and_double_no_hit() -> None:
    song = Song(BEAT, (clicks(*(0.25 * i for i in range(1, 24))),))
    renderer = renderer_of(song)
    renderer.play()
    parts = []
    for _ in range(300):
        parts.append(renderer.render(3))
        renderer.load(compile_song(song, RATE))
    sound = np.concatenate(parts)
    assert np.array_equal(sound, played(song, 5)[:len(sound)])


def test_a_faster_tempo_while_playing_keeps_the_place() -> None:
    song = Song(BEAT, (clicks(*range(0, 12)),))
    renderer = renderer_of(song)
    renderer.play()
    renderer.render(2 * SECOND)
    renderer.load(compile_song(replace(song, tempos=(Tempo(0, 250_000),)), RATE))
    found = onsets(renderer.render(SECOND))
    assert np.diff(found) == pytest.approx(np.full(len(found) - 1, 0.25), abs=0.003)


def test_the_size_of_the_chunks_does_not_matter() -> None:
    song = Song(BEAT, (Track(notes((0, 1, 60), (0.3, 2, 64)), program=STRINGS), clicks(0.2, 0.9)))
    renderer = renderer_of(song)
    renderer.play()
    pieces = np.concatenate([renderer.render(n) for n in (1, 2, 3, 5, 8, 13, 200)])
    assert np.array_equal(pieces, played(song, 4)[:len(pieces)])


def test_what_was_heard_before_does_not_matter() -> None:
    song = Song(BEAT, (Track(notes((0, 1, 60), (0.3, 2, 64)), program=STRINGS), clicks(0.2, 0.9)))
    renderer = renderer_of(song)
    renderer.play()
    first = renderer.render(SECOND)
    renderer.stop()
    renderer.render(8 * SECOND)
    renderer.locate(0)
    renderer.play()
    assert np.array_equal(renderer.render(SECOND), first)


def test_a_jump_does_not_click() -> None:
    renderer = renderer_of(Song(BEAT, (Track(notes((0, 40, 45)), program=ORGAN),)))
    renderer.play()
    heard = renderer.render(SECOND)
    discarded = renderer.render(56)
    renderer.rewind(SECOND * BLOCK, discarded)
    renderer.stop()
    sound = np.concatenate([heard, renderer.render(SECOND)])
    steps = np.abs(np.diff(sound[:, 0]))
    around = steps[SECOND * BLOCK - 8:SECOND * BLOCK + 400]
    assert around.max() < 1.5 * steps[RATE // 2:SECOND * BLOCK - 8].max()
    assert renderer.transport.position == SECOND * BLOCK
