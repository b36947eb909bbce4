"""train --memory, resumed and gone on from, on a few little songs."""

from functools import partial

import pytest
import torch

from core.cli import main
from core.corpus.store import SongEntry, write_store
from core.model.checkpoint import load_model, save_model
from core.training import start
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import little_songs, small_merges


def run(*words):
    return main([str(word) for word in words])


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A store; what train makes is tiny and not compiled."""
    monkeypatch.setattr(torch, "compile", lambda module, **options: module)
    monkeypatch.setattr(start, "ModelConfig", partial(start.ModelConfig, width=16, layers=2, heads=2, context=128))
    write_store(tmp_path / "store", ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(little_songs() * 4)))
    return tmp_path / "store"


def test_a_model_learns_to_remember_and_goes_on_so(store, tmp_path, capsys):
    training = ("train", store, "-o", tmp_path / "run", "--precision", "32-true", "--threads", 1, "--validation", store)
    assert run(*training, "--steps", 1, "--memory", "both", "--memory-length", 32) == 0
    assert "bits per note on the held-out songs" in capsys.readouterr().err
    made = load_model(tmp_path / "run" / "last")[0].config
    assert (made.memory_length, made.retrieval_layer, made.remembers) == (32, 1, True)
    assert run(*training, "--steps", 2, "--resume") == 0
    assert load_model(tmp_path / "run" / "last")[0].config == made
    options = ("train", store, "--steps", 1, "--precision", "32-true", "--from", tmp_path / "run" / "last", "-o")
    assert run(*options, tmp_path / "second") == 0
    assert load_model(tmp_path / "second" / "last")[0].config == made
    assert run(*options, tmp_path / "third", "--memory", "none") == 0
    assert not load_model(tmp_path / "third" / "last")[0].config.remembers


def test_a_run_that_saved_nothing_begins_anew_and_says_so(store, tmp_path, capsys):
    (tmp_path / "run" / "last").mkdir(parents=True)  # as a run leaves it that is stopped before its first step
    assert run("train", store, "-o", tmp_path / "run", "--precision", "32-true", "--steps", 1, "--resume",
               "--memory", "segments", "--memory-length", 32) == 0
    assert "begins anew" in capsys.readouterr().err.replace("\n", " ")
    assert load_model(tmp_path / "run" / "last")[0].config.memory_length == 32


def test_a_model_of_merged_tokens_does_not_read_whole_songs(store, tmp_path, capsys):
    save_model(tmp_path / "model", tiny_model(merges=small_merges("bpe")), {})
    assert run("train", store, "--steps", 1, "--from", tmp_path / "model", "-o", tmp_path / "run",
               "--memory", "segments") == 1
    assert "plain tokens" in capsys.readouterr().err


def test_a_model_goes_on_with_longer_windows_and_a_resume_keeps_them(store, tmp_path):
    assert run("train", store, "--steps", 1, "--precision", "32-true", "-o", tmp_path / "short") == 0
    training = ("train", store, "--precision", "32-true", "-o", tmp_path / "long")
    assert run(*training, "--steps", 1, "--from", tmp_path / "short" / "last", "--context", 192) == 0
    assert run(*training, "--steps", 2, "--resume") == 0
    models = {name: load_model(tmp_path / name / "last")[0] for name in ("short", "long")}
    assert {name: model.config.context for name, model in models.items()} == {"short": 128, "long": 192}
