"""Models along one training put together, by the function and by the command."""

import pytest
import torch

from core.cli import main
from core.corpus.store import SongEntry, write_store
from core.model.checkpoint import load_model, save_model
from core.training.averaging import average_models
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import little_songs, small_merges


def moved(by):
    """The tiny model with every weight moved by the same amount."""
    model = tiny_model()
    with torch.no_grad():
        for weight in model.parameters():
            weight += by
    return model


def test_each_weight_is_the_mean_and_the_models_stay_as_they_are():
    models = [moved(0.0), moved(0.25), moved(0.5)]
    before = [{name: tensor.clone() for name, tensor in model.state_dict().items()} for model in models]
    averaged = average_models(models)
    for name, tensor in averaged.state_dict().items():
        torch.testing.assert_close(tensor, before[1][name])
    for model, weights in zip(models, before):
        assert all(torch.equal(tensor, weights[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(average_models(models[:1]).state_dict()["embeddings.components"],
                       models[0].state_dict()["embeddings.components"])


def test_models_of_different_vocabularies_are_refused():
    with pytest.raises(ValueError, match="model 1 has another shape"):
        average_models([tiny_model(), tiny_model(merges=small_merges("bpe"))])


def test_the_command_measures_all_of_them_and_writes_the_mean(tmp_path, capsys):
    write_store(tmp_path / "store", ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(little_songs())))
    for name, by, step in (("one", 0.0, 5), ("two", 0.01, 9)):
        save_model(tmp_path / name, moved(by), {"step": step, "seconds": 1.0})
    words = ["average", tmp_path / "one", tmp_path / "two", "--validation", tmp_path / "store", "-o", tmp_path / "mean"]
    assert main([str(word) for word in words]) == 0
    assert capsys.readouterr().err.count("bits per note") == 3
    model, card = load_model(tmp_path / "mean")
    assert card["step"] == 9 and card["bits_per_note"]["all"] > 0
    torch.testing.assert_close(model.state_dict(), moved(0.005).state_dict())


def test_one_model_is_nothing_to_average(tmp_path, capsys):
    save_model(tmp_path / "one", tiny_model(), {})
    assert main(["average", str(tmp_path / "one"), "-o", str(tmp_path / "mean")]) == 1
    assert "two models" in capsys.readouterr().err
    save_model(tmp_path / "merged", tiny_model(merges=small_merges("bpe")), {})
    assert main(["average", str(tmp_path / "one"), str(tmp_path / "merged"), "-o", str(tmp_path / "mean")]) == 1
    assert "model 1 has another shape" in capsys.readouterr().err and not (tmp_path / "mean").exists()
