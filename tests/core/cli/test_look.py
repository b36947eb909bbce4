"""``look`` draws what a model has learned, and says what is wrong with a note that is not there."""

import pytest
import torch

from core.cli import main
from core.files.midi import write_midi
from core.model.checkpoint import save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.music.song import Song, Track, make_notes
from core.tokens.vocabulary import COMPONENT_COUNT, COMPONENTS, SIZE


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


def test_a_note_that_is_not_there_is_named(model, song, tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["look", str(model), str(song), "--bar", "2", "--note", "2", "-o", str(tmp_path / "out")]) == 1
    assert "track 1 has 1 notes in bar 2" in capsys.readouterr().err
