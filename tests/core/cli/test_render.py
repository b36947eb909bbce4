"""``render``: the whole song, some bars, or a file a track, as a person at a terminal asks for it."""

import signal
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.cli import main
from core.files.audio import render_array
from core.files.midi import read_midi, write_midi
from core.files.project import Project, write_project
from core.music.song import Song, Track, make_notes

BAR = 4 * 480
SONG = Song(480, (Track(make_notes([0, BAR, 2 * BAR], [BAR] * 3, [60, 62, 64], [90] * 3), name="Piano"),
                  Track(make_notes([BAR], [480], [40], [90]), 33, name="Bass")))


@pytest.fixture
def song_file(tmp_path: Path) -> Path:
    path = tmp_path / "song.mid"
    write_midi(SONG, path)
    return path


def run(*words: object) -> int:
    return main([str(word) for word in words])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".mid")


def test_bars_are_rendered_as_they_sound_there(song_file: Path, tmp_path: Path) -> None:
    assert run("render", song_file, "--bars", "2-3", "-o", tmp_path / "part.wav") == 0
    samples, _ = soundfile.read(tmp_path / "part.wav", dtype="float32")
    assert np.array_equal(samples, render_array(read_midi(song_file), start_tick=BAR, end_tick=3 * BAR))


def test_stems_are_named_by_track_and_told(song_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    assert run("render", song_file, "--stems", "-o", tmp_path / "out.flac") == 0
    assert names(tmp_path) == ["out - 01 Piano.flac", "out - 02 Bass.flac"]
    told = capsys.readouterr().err
    assert all(name in told for name in names(tmp_path))


def test_stems_of_a_bar_are_of_the_tracks_that_sound_there(song_file: Path, tmp_path: Path) -> None:
    assert run("render", song_file, "--stems", "--bars", "3") == 0
    assert names(tmp_path) == ["song - 01 Piano.wav"]


def test_a_project_is_rendered_as_it_is_heard_in_the_window(tmp_path: Path) -> None:
    song = replace(SONG, tracks=(SONG.tracks[0], replace(SONG.tracks[1], mute=True)))
    write_project(Project(song), tmp_path / "song.ritornello")
    assert run("render", tmp_path / "song.ritornello") == 0
    samples, _ = soundfile.read(tmp_path / "song.wav", dtype="float32")
    assert np.array_equal(samples, render_array(song)) and not np.array_equal(samples, render_array(SONG))


def test_control_c_leaves_no_file_and_says_so(song_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfile.SoundFile, "write", lambda *_: signal.raise_signal(signal.SIGINT))
    assert run("render", song_file) == 130
    assert names(tmp_path) == [] and "cancelled: no file was written" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "reason"), [
    (["-o", "x" * 250 + ".wav"], "cannot be written"),
    (["--bars", "9"], "it has bars 1-3"), (["--bars", "x"], "write the bars as 9-12"),
    (["--soundfont", "{song}"], "not a SoundFont but a MIDI file")])
def test_mistakes_are_one_line_and_leave_no_file(song_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture,
                                                 words: list[str], reason: str) -> None:
    assert run("render", song_file, *(word.replace("{song}", str(song_file)) for word in words)) == 1
    assert reason in capsys.readouterr().err
    assert names(tmp_path) == []


def test_a_score_is_written_beside_the_song_or_it_is_said_which_package_is_missing(song_file, monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "music21", None)
    assert run("score", song_file) == 1
    assert "requirements-notation.txt" in " ".join(capfd.readouterr().err.split())
    monkeypatch.undo()
    pytest.importorskip("music21")
    assert run("score", song_file) == 0
    score = song_file.with_suffix(".musicxml").read_text(encoding="utf-8")
    assert "<part-name>Piano</part-name>" in score and "<part-name>Bass</part-name>" in score
