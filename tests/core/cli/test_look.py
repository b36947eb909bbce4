"""``look`` draws what a model has learned, and says what is wrong with a note that is not there."""

import pytest
import torch

from core.cli import main
from core.files.midi import write_midi
from core.model.checkpoint import load_model, save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.music.song import Song, Track, make_notes
from core.tokens.vocabulary import COMPONENT_COUNT, COMPONENTS, SIZE
from core.training.start import with_memories
from tests.core.tokens.songs import dense_song


@pytest.fixture
def model(tmp_path):
    config = ModelConfig(SIZE, COMPONENT_COUNT, width=16, layers=2, heads=2, context=128)
    save_model(tmp_path / "model", Transformer(config, torch.from_numpy(COMPONENTS)), {})
    return tmp_path / "model"


@pytest.fixture
def song(tmp_path):
    notes = make_notes([0, 480, 960, 1920], [480] * 4, [60, 64, 67, 72], [80] * 4)
    write_midi(Song(480, (Track(notes=notes, name="Piano"),)), tmp_path / "song.mid")
    return tmp_path / "song.mid"


def test_it_draws_pitches_and_attention(model, song, tmp_path):
    pytest.importorskip("matplotlib")
    assert main(["look", str(model), str(song), "--track", "Piano", "--note", "2", "-o", str(tmp_path / "out")]) == 0
    for name in ("pitches.png", "attention.png"):
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")


def test_it_draws_what_was_looked_up_or_says_why_nothing_was(model, song, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    out = tmp_path / "out"
    assert main(["look", str(model), str(song), "-o", str(out)]) == 0
    assert "This model looks nothing up" in capsys.readouterr().out and not (out / "look-ups.png").exists()
    save_model(tmp_path / "looks", with_memories(load_model(model)[0], 0, 1), {})
    assert main(["look", str(tmp_path / "looks"), str(song), "-o", str(out)]) == 0
    assert "its window shows all of the song" in capsys.readouterr().out and not (out / "look-ups.png").exists()
    write_midi(dense_song(bars=20, tracks=2), tmp_path / "long.mid")
    assert main(["look", str(tmp_path / "looks"), str(tmp_path / "long.mid"), "--bar", "18", "-o", str(out)]) == 0
    assert (out / "look-ups.png").read_bytes().startswith(b"\x89PNG")
    assert main(["look", str(model), str(song), "--library", str(tmp_path), "-o", str(out)]) == 1


def test_a_note_that_is_not_there_is_named(model, song, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["look", str(model), str(song), "--bar", "2", "--note", "2", "-o", str(tmp_path / "out")]) == 1
    assert "track 1 has 1 notes in bar 2" in capsys.readouterr().err
