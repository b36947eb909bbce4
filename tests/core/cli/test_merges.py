"""merges, train --merges, continue and infill, one after another, on three little songs."""

from dataclasses import replace
from functools import partial

import pytest
import torch

from core.cli import main
from core.corpus.store import SongEntry, write_store
from core.files.midi import read_midi, write_midi
from core.model.checkpoint import MERGES, load_model, save_model
from core.tokens import vocabulary as v
from core.tokens.merges import Merges
from core.training import start
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import little_songs, small_merges
from tests.core.tokens.songs import dense_song


def run(*words):
    return main([str(word) for word in words])


@pytest.fixture
def store(tmp_path):
    write_store(tmp_path / "store", ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(little_songs() * 4)))
    return tmp_path / "store"


@pytest.fixture
def little_models(monkeypatch):
    """What train makes is tiny and not compiled."""
    monkeypatch.setattr(torch, "compile", lambda module, **options: module)
    monkeypatch.setattr(start, "ModelConfig", partial(start.ModelConfig, width=16, layers=1, heads=2, context=128))


@pytest.mark.parametrize("kind", ["bpe", "action"])
def test_merges_are_learned_and_said_to_be_shorter(store, tmp_path, kind, capsys):
    assert run("merges", store, "-o", tmp_path / "new" / "merges.json", "--kind", kind, "--size", 900) == 0
    said = capsys.readouterr()
    assert "900 tokens" in said.err
    plain, merged = (float(line.split()[1]) for line in said.out.splitlines())
    assert merged < plain
    assert Merges.load(tmp_path / "new" / "merges.json").kind == kind


@pytest.mark.parametrize(("size", "says"), [(v.SIZE, f"{v.SIZE + 1} to"), (70_000, "65,536")])
def test_an_impossible_size_is_said(store, tmp_path, size, says, capsys):
    assert run("merges", store, "-o", tmp_path / "merges.json", "--size", size) == 1
    assert says in capsys.readouterr().err
    assert not (tmp_path / "merges.json").exists()


def test_a_run_keeps_its_merges(store, tmp_path, little_models, capsys):
    merges, others = tmp_path / "merges.json", tmp_path / "others.json"
    small_merges("bpe").save(merges)
    small_merges("action").save(others)
    training = ("train", store, "-o", tmp_path / "run", "--precision", "32-true", "--threads", 1, "--validation", store)
    assert run(*training, "--steps", 1, "--merges", merges) == 0
    for name in ("last", "best"):
        assert load_model(tmp_path / "run" / name)[0].merges == small_merges("bpe")
    assert run(*training, "--steps", 2, "--resume", "--merges", others) == 1
    assert "resume it without --merges" in capsys.readouterr().err
    assert run(*training, "--steps", 2, "--resume") == 0
    assert "done after 2 steps" in capsys.readouterr().err
    assert load_model(tmp_path / "run" / "last")[0].merges == small_merges("bpe")


def test_a_run_goes_on_from_a_trained_model_in_its_own_tokens(store, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(torch, "compile", lambda module, **options: module)
    trained = tiny_model(merges=small_merges("bpe"))
    save_model(tmp_path / "model", trained, {})
    training = ("train", store, "-o", tmp_path / "run", "--from", tmp_path / "model", "--precision", "32-true",
                "--threads", 1, "--learning-rate", 0.001)
    assert run(*training, "--steps", 1) == 0
    tuned = load_model(tmp_path / "run" / "last")[0]
    assert (tuned.config, tuned.merges) == (replace(trained.config, hints=True), trained.merges)
    moved = [float((a - b).detach().abs().max()) for a, b in zip(tuned.parameters(), trained.parameters())]
    assert 0 < max(moved) < 0.01
    assert run(*training, "--steps", 2, "--resume") == 0
    assert "done after 2 steps" in capsys.readouterr().err
    assert run("train", store, "-o", tmp_path / "other", "--from", tmp_path / "none", "--steps", 1) == 1
    assert f"{tmp_path / 'none'}: is not the folder of a model" in capsys.readouterr().err


def test_merges_for_whole_songs_and_a_file_that_is_none_are_refused(store, tmp_path, capsys):
    small_merges("bpe").save(tmp_path / "merges.json")
    training = ("train", store, "-o", tmp_path / "run", "--steps", 1, "--merges")
    assert run(*training, tmp_path / "merges.json", "--examples", "long") == 1
    assert "--merges is for windows" in capsys.readouterr().err
    assert run(*training, store / "store.json") == 1
    assert "is not a ritornello-merges file" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["bpe", "action"])
def test_takes_from_a_model_with_merges(tmp_path, kind, capsys):
    save_model(tmp_path / "model", tiny_model(merges=small_merges(kind)), {})
    song = tmp_path / "song.mid"
    write_midi(dense_song(bars=8, tracks=2, notes_a_bar=4), song)
    usual = (song, "--model", tmp_path / "model", "--takes", 2, "-o", tmp_path / "takes")
    assert run("continue", *usual, "--bars", 2) == 0
    assert {read_midi(path).bar_count >= 10 for path in (tmp_path / "takes").glob("*.mid")} == {True}
    assert run("infill", *usual, "--bars", "3-4") == 0
    (tmp_path / "model" / MERGES).unlink()
    assert run("continue", *usual, "--bars", 2) == 1
    assert "copy merges.json" in capsys.readouterr().err
