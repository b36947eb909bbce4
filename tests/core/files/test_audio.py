"""Songs become audio files: complete, in the right format, or not at all."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.files.audio import AudioError, render, render_array
from core.music.song import Song, Track, make_notes
from core.sound.synth import SynthUnavailable

RATE = 44100
BEAT = 480
SONG = Song(BEAT, (Track(make_notes([0, 480, 960, 1440], [240] * 4, [60, 64, 67, 72], [90] * 4)),
                   Track(make_notes([0, 960], [60, 60], [36, 38], [110] * 2), is_drum=True)))


def test_a_wav_holds_every_sample(tmp_path: Path) -> None:
    assert render(SONG, tmp_path / "song.wav")
    samples, rate = soundfile.read(tmp_path / "song.wav", dtype="float32")
    assert rate == RATE
    assert np.array_equal(samples, render_array(SONG))
    assert [p.name for p in tmp_path.iterdir()] == ["song.wav"]


def test_a_flac_is_the_same_to_24_bits(tmp_path: Path) -> None:
    assert render(SONG, tmp_path / "song.FLAC", sample_rate=48000)
    samples, rate = soundfile.read(tmp_path / "song.FLAC", dtype="float32")
    assert rate == 48000
    assert np.abs(samples - render_array(SONG, sample_rate=48000)).max() < 2 ** -22


def test_the_last_note_rings_out_and_then_it_ends() -> None:
    samples = render_array(SONG)
    assert np.abs(samples[-RATE // 20:]).max() < 1e-3
    assert 1.75 * RATE < len(samples) < 9 * RATE


def test_a_part_is_rendered_as_it_sounds_there() -> None:
    part = render_array(SONG, start_tick=960, end_tick=1440)
    whole = render_array(SONG)
    assert len(part) < len(whole)
    begins = int(np.argmax(np.abs(part).max(axis=1) > 0.1 * np.abs(part).max()))
    assert begins < 0.003 * RATE  # the hit at tick 960
    without_the_next = SONG.with_track(0, SONG.tracks[0].with_notes(SONG.tracks[0].notes[:-1]))
    assert np.array_equal(part, render_array(without_the_next, start_tick=960, end_tick=1440))


def test_progress_rises_to_one(tmp_path: Path) -> None:
    told: list[float] = []
    render(SONG, tmp_path / "song.wav", on_progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 3


def test_stopping_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "song.wav").write_bytes(b"old")
    assert not render(SONG, tmp_path / "song.wav", should_stop=lambda: True)
    assert (tmp_path / "song.wav").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["song.mp3", "song", "song.mid"])
def test_other_endings_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(AudioError, match=rf"{name}: only \.wav and \.flac"):
        render(SONG, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="nowhere"):
        render(SONG, tmp_path / "nowhere" / "song.wav")


def test_nothing_to_render_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="nothing to render"):
        render(Song(), tmp_path / "song.wav")
    with pytest.raises(AudioError, match="nothing to render"):
        render_array(SONG, start_tick=99_999)
    assert not list(tmp_path.iterdir())


def test_a_missing_soundfont_is_named(tmp_path: Path) -> None:
    with pytest.raises(SynthUnavailable, match="no.sf2"):
        render(SONG, tmp_path / "song.wav", soundfont=tmp_path / "no.sf2")
    assert not list(tmp_path.iterdir())
