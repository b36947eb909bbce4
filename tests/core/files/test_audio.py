"""Songs become audio files: complete, in the right format, or not at all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.files.audio import AudioError, render, render_array, render_stems, stem_path
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
    with pytest.raises(AudioError, match="there is no folder .*nowhere"):
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


# -- stems ---------------------------------------------------------------------------------------


def with_facts(song: Song, index: int, **facts) -> Song:
    return song.with_track(index, replace(song.tracks[index], **facts))


BAND = with_facts(with_facts(Song(BEAT, (*SONG.tracks, Track(name="Empty"))), 0, name="Piano"), 1, name="Drums")


def test_each_stem_is_what_is_heard_when_its_track_is_soloed(tmp_path: Path) -> None:
    files = render_stems(BAND, tmp_path / "band.wav")
    assert [p.name for p in files] == ["band - 01 Piano.wav", "band - 02 Drums.wav"]
    assert sorted(tmp_path.iterdir()) == files
    stems = [soundfile.read(path, dtype="float32")[0] for path in files]
    assert len({len(samples) for samples in stems}) == 1, "stems line up from their start to their end"
    for index, samples in enumerate(stems):
        soloed = render_array(with_facts(BAND, index, solo=True))
        assert np.array_equal(samples[:len(soloed)], soloed)
        assert not samples[len(soloed):].any()
    mix = render_array(BAND)
    together = sum(samples[:len(mix)].astype(float) for samples in stems)
    assert np.abs(together[:len(mix)] - mix[:len(together)]).max() < 0.01


def test_stems_leave_out_what_is_not_heard_and_keep_to_the_range(tmp_path: Path) -> None:
    muted = with_facts(BAND, 0, mute=True)
    assert [p.name for p in render_stems(muted, tmp_path / "a.flac")] == ["a - 02 Drums.flac"]
    late = render_stems(BAND, tmp_path / "b.wav", start_tick=1300, end_tick=1920)
    assert [p.name for p in late] == ["b - 01 Piano.wav"]
    with pytest.raises(AudioError, match="nothing to render"):
        render_stems(BAND, tmp_path / "c.wav", start_tick=5000, end_tick=9000)


def test_cancelling_stems_leaves_the_old_ones_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "band - 01 Piano.wav").write_bytes(b"old")
    told: list[float] = []
    assert render_stems(BAND, tmp_path / "band.wav", on_progress=told.append, should_stop=lambda: told[-1] > 0.6) == []
    assert told[-1] > 0.6
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize(("name", "expected"), [
    ("../../etc/passwd", "s - 01 .. .. etc passwd.wav"), ("", "s - 01.wav"), ("a:b*\x00", "s - 01 a b.wav"),
    ("x" * 300, f"s - 01 {'x' * 60}.wav"), ("Dr. No.", "s - 01 Dr. No.wav")])
def test_a_track_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str, expected: str) -> None:
    path = stem_path(tmp_path / "s.wav", with_facts(BAND, 0, name=name), 0)
    assert path == tmp_path / expected
    path.write_bytes(b"")


def test_a_folder_in_the_place_of_the_file_is_named_before_anything_is_rendered(tmp_path: Path) -> None:
    (tmp_path / "song.wav").mkdir()
    with pytest.raises(AudioError, match=r"song\.wav: cannot be written: it is a folder"):
        render(SONG, tmp_path / "song.wav", on_progress=lambda part: pytest.fail("it began"))
    assert (tmp_path / "song.wav").is_dir()


def test_what_no_wav_can_hold_is_refused_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.files.audio.LARGEST_WAV", 300_000)
    with pytest.raises(AudioError, match="longer than a WAV file can be.*FLAC"):
        render(SONG, tmp_path / "song.wav")
    assert not list(tmp_path.iterdir())
    assert render(SONG, tmp_path / "song.flac")


def test_two_processors_give_the_samples_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    together = render_array(BAND)
    monkeypatch.setattr("core.sound.synth.PARALLEL_FRAMES", 1 << 30)
    assert np.array_equal(together, render_array(BAND))
