"""Controls on the command line: asked in a musician's words, and found in the files that are written."""

import numpy as np
import pytest

from core.cli import main
from core.cli.asking import Keep, parse_controls, parse_new_track
from core.cli.errors import UserError
from core.files.midi import read_midi, write_midi
from core.generation import sampler
from core.generation.controls import Controls
from tests.core.evaluation.songs import tune


@pytest.fixture
def infill(tmp_path, model_folder, monkeypatch):
    """Runs infill on a song of six bars: the exit status, the song before, and the take."""
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", 40)
    path, out = tmp_path / "song.mid", tmp_path / "out"
    write_midi(tune(bars=6), path)

    def run(*words):
        status = main(["infill", str(path), "--takes", "1", "--model", str(model_folder), "-o", str(out),
                       *map(str, words)])
        take = out / "song-take1.mid"
        return status, read_midi(path), read_midi(take) if take.exists() else None

    return run


def notes_of(song, track, bars):
    notes = song.tracks[track].notes
    return notes[np.isin(song.timebase.bar_at(notes["onset"]), bars)]


def test_words_become_controls():
    assert parse_controls(None, "1.2", 1, "C4", "D minor") == Controls(
        density=2, polyphony=0, register=4, pitch_classes=frozenset({2, 4, 5, 7, 9, 10, 0}))
    assert parse_controls(None, "dense", 4, "127", None) == Controls(density=5, polyphony=3, register=11)
    assert parse_controls(Keep.rhythm, None, None, "0", "C E G") == Controls(
        "rhythm", register=0, pitch_classes=frozenset({0, 4, 7}))
    assert parse_controls(None, None, None, None, None) == Controls()


@pytest.mark.parametrize(("words", "said"), [
    ((None, "much", None, None, None), "--density"), ((None, "-1", None, None, None), "--density"),
    ((None, "nan", None, None, None), "--density"), ((None, None, None, "H4", None), "--register"),
    ((None, None, None, None, "H minor"), "--scale"), ((Keep.tune, None, None, "C4", None), "the tune is to be kept")])
def test_what_cannot_be_understood_is_said(words, said):
    with pytest.raises(UserError, match=said):
        parse_controls(*words)


def test_instruments_are_named_or_numbered():
    assert (parse_new_track("74").program, parse_new_track("Flute").program) == (73, 73)
    assert parse_new_track("harpsi").name == "Harpsichord"
    assert parse_new_track("drums").is_drum
    for text, said in (("piano", r"could be Acoustic Grand Piano \(1\)"), ("kazoo", "no instrument"), ("0", "no ")):
        with pytest.raises(UserError, match=said):
            parse_new_track(text)


def test_the_rhythm_stays_and_the_scale_holds(infill):
    status, before, take = infill("--bars", "2-3", "--tracks", "1", "--keep", "rhythm", "--scale", "E major")
    assert status == 0
    old, new = notes_of(before, 0, [1, 2]), notes_of(take, 0, [1, 2])
    assert old[["onset", "duration"]].tolist() == new[["onset", "duration"]].tolist()
    assert set((new["pitch"] % 12).tolist()) <= {4, 6, 8, 9, 11, 1, 3}


def test_a_melody_is_written_on_a_new_track(infill):
    status, before, take = infill("--bars", "1-2", "--new-track", "flute", "--polyphony", 1, "--register", "C5",
                                  "--density", "medium")
    assert status == 0
    assert take.tracks[:3] == before.tracks
    flute = take.tracks[3]
    assert (flute.program, flute.name, flute.is_drum) == (73, "Flute", False)
    for bar in (0, 1):
        notes = notes_of(take, 3, [bar])
        assert 6 <= len(notes) < 8
        assert len(np.unique(notes["onset"])) == len(notes)
        assert 72 <= notes["pitch"].mean() < 80


def test_a_new_track_of_drums_beside_tracks_that_are_written_too(infill):
    status, before, take = infill("--bars", "4", "--tracks", "Bass", "--new-track", "drums")
    assert status == 0
    assert len(take.tracks) == 4 and take.tracks[3].is_drum and len(notes_of(take, 3, [3]))
    assert take.tracks[0] == before.tracks[0] and take.tracks[2] == before.tracks[2]


def test_what_contradicts_itself_ends_with_a_line(infill, capsys):
    status, _, _ = infill("--bars", "2", "--tracks", "3", "--density", "0.3", "--polyphony", "3")
    assert status == 1
    assert "bar 2 of track 3: 3 notes cannot be struck together" in capsys.readouterr().err
