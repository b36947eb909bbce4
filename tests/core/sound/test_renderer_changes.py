"""What changes while the song plays, in the samples: tempo, takes, the mixer, programs."""

from dataclasses import replace

import numpy as np
import pytest

from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from core.sound.fade import FADE
from core.sound.renderer import Renderer
from core.sound.schedule import compile_song
from core.sound.synth import BLOCK
from tests.core.sound.listening import (
    BEAT,
    ORGAN,
    RATE,
    SECOND,
    STRINGS,
    clicks,
    loudness,
    notes,
    onsets,
    pitch_strength,
    played,
    renderer_of,
)

BAR = 4 * BEAT
BAR_SAMPLES = 2 * RATE
"""A bar of four crotchets at 120 a minute."""


def playing(song: Song, blocks: int = 0) -> tuple[Renderer, np.ndarray]:
    renderer = renderer_of(song)
    renderer.play()
    return renderer, renderer.render(blocks)


def roughness(samples: np.ndarray) -> float:
    """The largest step from one sample to the next: a click stands out."""
    return float(np.abs(np.diff(samples, axis=0)).max())


# -- tempo scale -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.25, 0.8, 2.0])
def test_the_tempo_scale_moves_the_onsets_and_keeps_the_pitch(scale: float) -> None:
    song = Song(BEAT, (clicks(*range(9)),), tempos=(Tempo(0, 500_000), Tempo(4 * BEAT, 400_000)))
    expected = song.timebase.seconds_at(np.arange(9) * BEAT) / scale
    renderer = renderer_of(song, scale)
    renderer.play()
    found = onsets(renderer.render(round((expected[-1] + 0.5) * SECOND)))
    assert np.abs(found - expected).max() < 0.003
    organ = Song(BEAT, (Track(notes((0, 40, 69)), program=ORGAN),))
    scaled = renderer_of(organ, scale)
    scaled.play()
    assert np.array_equal(scaled.render(SECOND), played(organ))  # not a sample of a held note is changed


def test_another_tempo_scale_while_playing_keeps_the_place() -> None:
    song = Song(BEAT, (clicks(*range(20)),))
    renderer, before = playing(song, 2 * SECOND + 100)
    renderer.load(compile_song(song, RATE, 2.0))
    after = renderer.render(2 * SECOND)
    found = onsets(np.concatenate([before, after]))
    change = len(before) / RATE
    written = np.arange(20) * 0.5
    expected = np.where(written < change, written, change + (written - change) / 2)
    assert len(found) == np.count_nonzero(expected < change + 2)
    assert np.abs(found - expected[:len(found)]).max() < 0.004


def test_tempo_scales_at_every_moment_lose_and_double_no_hit() -> None:
    fine = 1920  # ticks shorter than a block
    hits = Track(make_notes(np.arange(60) * fine // 4, [10] * 60, [37] * 60, [100] * 60), is_drum=True)
    song = Song(fine, (hits,))
    renderer, first = playing(song, 1)
    scales = np.random.default_rng(2).uniform(0.7, 1.4, 2000)
    parts = [first]
    for scale in scales:
        renderer.load(compile_song(song, RATE, float(scale)))
        parts.append(renderer.render(3))
    ticks = renderer.clock.tick_of(renderer.transport.position)
    assert len(onsets(np.concatenate(parts), gap=0.05)) == min(60, -(-ticks // (fine // 4)))


# -- takes -----------------------------------------------------------------------------------------


def takes() -> tuple[Track, Track, Track]:
    """A pad that holds through, and two takes of four bars, both with notes over the bar lines."""
    pad = Track(notes((0, 16, 48), (0, 16, 55)), program=STRINGS)
    first = Track(notes(*((0.5 * i, 0.4, 60 + i % 5) for i in range(32)), (2.5, 3.5, 76), (7, 4, 79)), program=ORGAN)
    second = Track(notes(*((i, 0.9, 65 + i % 3) for i in range(16)), (7, 2, 79), (3, 4, 84)), program=ORGAN)
    return pad, first, second


def spliced(first: Track, second: Track, tick: int) -> Track:
    """The first take up to a tick, where its notes end, and from there on the second, with what it holds over."""
    early = first.notes[first.notes["onset"] < tick].copy()
    held_in_both = {79}
    for note in early:
        if note["onset"] + note["duration"] > tick and note["pitch"] not in held_in_both:
            note["duration"] = tick - note["onset"]
    late = second.notes[second.notes["onset"] + second.notes["duration"] > tick].copy()
    late = late[(late["onset"] >= tick) | ~np.isin(late["pitch"], list(held_in_both))]
    gone = np.maximum(tick - late["onset"], 0)
    late["onset"] += gone
    late["duration"] -= gone
    return replace(first, notes=np.sort(np.concatenate([early, late]), order=["onset", "pitch"]))


@pytest.mark.parametrize("bar", [1, 3])
def test_another_take_comes_in_on_the_bar_exactly_as_if_it_were_written_so(bar: int) -> None:
    pad, first, second = takes()
    renderer, before = playing(Song(BEAT, (pad, first)), bar * SECOND * 2 - 300)
    renderer.load(compile_song(Song(BEAT, (pad, second)), RATE), at_bar=True)
    heard = np.concatenate([before, renderer.render(2 * SECOND)])
    expected = played(Song(BEAT, (pad, spliced(first, second, bar * BAR))), 12)
    line = bar * BAR_SAMPLES
    assert len(heard) > line + RATE
    assert np.abs(heard - expected[:len(heard)]).max() < 2e-3  # voices begin in another order
    quiet = [loudness(heard[at:at + 512]) for at in range(line - 2048, line + 4096, 512)]
    assert min(quiet) > 0.2 * max(quiet)  # no block of silence
    assert roughness(heard[line - 512:line + 2048]) <= 1.1 * roughness(expected[line - 512:line + 2048])


def test_of_takes_chosen_in_one_bar_the_last_comes_and_nothing_of_the_others() -> None:
    pad, first, second = takes()
    third = replace(second, notes=notes(*((4 + i, 0.9, 72) for i in range(12))))
    songs = [compile_song(Song(BEAT, (pad, take)), RATE) for take in (second, third)]
    renderer, before = playing(Song(BEAT, (pad, first)), SECOND)
    for schedule in songs:
        renderer.load(schedule, at_bar=True)
        renderer.render(50)
    one, early = playing(Song(BEAT, (pad, first)), SECOND + 100)
    one.load(songs[1], at_bar=True)
    renderer_rest, one_rest = renderer.render(2 * SECOND), one.render(2 * SECOND)
    assert np.array_equal(early[:len(before)], before)
    assert np.array_equal(renderer_rest, one_rest)


def test_a_take_chosen_near_the_end_of_a_loop_comes_with_its_next_round() -> None:
    _, first, second = takes()
    renderer = renderer_of(Song(BEAT, (replace(first, notes=notes((0, 1, 60), (1, 1, 60))),)))
    renderer.set_loop((0, RATE))  # half a bar
    renderer.play()
    renderer.render(SECOND // 2)
    renderer.load(compile_song(Song(BEAT, (replace(second, notes=notes((0, 1, 71), (1, 1, 71))),)), RATE), at_bar=True)
    rest = renderer.render(SECOND + SECOND // 2)
    before, after = rest[:RATE // 2 - BLOCK], rest[RATE // 2 + RATE // 10:RATE]
    assert pitch_strength(before, 60) > 20 * pitch_strength(before, 71)
    assert pitch_strength(after, 71) > 20 * pitch_strength(after, 60)


def test_a_take_that_goes_on_after_the_other_has_ended_is_still_heard() -> None:
    short, long = clicks(0, 1), clicks(0, 1, 8, 9)
    renderer, _ = playing(Song(BEAT, (short,)), SECOND)
    renderer.load(compile_song(Song(BEAT, (long,)), RATE), at_bar=True)
    found = onsets(renderer.render(6 * SECOND))
    assert found[-2:] == pytest.approx([3.0, 3.5], abs=0.003)
    assert not renderer.transport.playing


def test_stopping_before_the_bar_leaves_the_chosen_take_in_place() -> None:
    pad, first, second = takes()
    renderer, _ = playing(Song(BEAT, (pad, first)), SECOND)
    renderer.load(compile_song(Song(BEAT, (pad, second)), RATE), at_bar=True)
    renderer.stop()
    renderer.render(SECOND)
    renderer.locate(0)
    renderer.play()
    again, expected = renderer.render(SECOND), played(Song(BEAT, (pad, second)))
    assert np.array_equal(again[FADE:], expected[FADE:])


def test_bars_of_the_meter_map_are_what_a_take_waits_for() -> None:
    song = Song(BEAT, (clicks(*range(12)),), meters=(Meter(0, 3, 4), Meter(3 * BEAT, 5, 4)))
    silent = song.with_track(0, replace(song.tracks[0], mute=True))
    renderer, before = playing(song, 2 * SECOND)
    renderer.load(compile_song(silent, RATE), at_bar=True)
    found = onsets(np.concatenate([before, renderer.render(4 * SECOND)]))
    assert len(found) == 8


# -- the mixer and programs ------------------------------------------------------------------------


@pytest.mark.parametrize("edit", [{"volume": 30}, {"pan": 0}, {"mute": True}, {"volume": 127}])
def test_the_mixer_while_playing_is_heard_without_a_click(edit: dict) -> None:
    track = Track(notes((0, 40, 45), (0, 40, 52)), program=ORGAN)
    renderer, before = playing(Song(BEAT, (track,)), SECOND)
    renderer.load(compile_song(Song(BEAT, (replace(track, **edit),)), RATE))
    after = renderer.render(SECOND)
    expected = played(Song(BEAT, (replace(track, **edit),)))
    settled = after[RATE // 2:]
    for channel in (0, 1):
        assert loudness(settled[:, channel]) == pytest.approx(loudness(expected[RATE // 2:, channel]), rel=0.1,
                                                              abs=1e-3)
    steady = max(roughness(before[RATE // 2:]), roughness(settled))
    assert roughness(np.concatenate([before[-64:], after])) < 1.3 * steady


def test_solo_and_mute_while_playing() -> None:
    low, high = (Track(notes((0, 40, pitch)), program=ORGAN) for pitch in (48, 78))
    renderer, both = playing(Song(BEAT, (low, high)), SECOND)
    strengths = {}
    for name, pair in {"solo": (low, replace(high, solo=True)), "mute": (low, replace(high, mute=True)),
                       "both": (low, high)}.items():
        renderer.load(compile_song(Song(BEAT, pair), RATE))
        renderer.render(SECOND // 2)
        sound = renderer.render(SECOND // 2)
        strengths[name] = [pitch_strength(sound, p) / pitch_strength(both[-len(sound):], p) for p in (48, 78)]
    assert strengths["solo"] == [pytest.approx(0, abs=0.05), pytest.approx(1, rel=0.2)]
    assert strengths["mute"] == [pytest.approx(1, rel=0.2), pytest.approx(0, abs=0.05)]
    assert strengths["both"] == [pytest.approx(1, rel=0.2), pytest.approx(1, rel=0.2)]


def test_another_program_while_playing_changes_the_note_that_is_held() -> None:
    track = Track(notes((0, 40, 60)), program=ORGAN)
    renderer, _ = playing(Song(BEAT, (track,)), SECOND)
    flute = Song(BEAT, (replace(track, program=73),))
    renderer.load(compile_song(flute, RATE))
    renderer.render(SECOND)
    sound, expected = renderer.render(SECOND), played(flute, 2)[-SECOND * BLOCK:]

    def overtones(samples: np.ndarray) -> np.ndarray:
        partials = np.array([pitch_strength(samples, 60 + p) for p in (0, 12, 19, 24)])
        return partials / partials.sum()

    organ = played(Song(BEAT, (track,)))
    assert overtones(sound) == pytest.approx(overtones(expected), abs=0.08)
    assert np.abs(overtones(organ) - overtones(expected)).max() > 0.15
