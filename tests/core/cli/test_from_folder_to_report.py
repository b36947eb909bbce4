"""encode, train, continue, evaluate and finetune one after another, on a corpus of three songs."""

import json
import shutil

import pytest
import torch

from core.cli import main
from core.training import sources
from tests.core.evaluation.songs import write_corpus


def run(*words):
    return main([str(word) for word in words])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_model_from_a_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(torch, "compile", lambda module, **options: module)  # which takes longer than all the rest
    monkeypatch.setattr(sources, "VALIDATION_WINDOWS", 2)
    corpus = write_corpus(tmp_path / "corpus")
    store, style_folder = tmp_path / "store", tmp_path / "styles"

    assert run("encode", corpus, "-o", store) == 0
    said = capsys.readouterr()
    assert "3 songs" in said.out and "1 file left out: 1 broken" in said.out and "hymns: 100.0% of" in said.out
    assert "broken.mid" in said.err

    assert run("inspect", store) == 0
    assert "songs: 3" in capsys.readouterr().out

    training = ("train", store, "--validation", corpus, "-o", tmp_path / "run", "--precision", "32-true",
                "--threads", 1)
    assert run(*training, "--steps", 1) == 0
    said = capsys.readouterr().err
    assert "done after 1 steps" in said and "bits per note on the held-out songs" in said
    assert run(*training, "--steps", 2) == 1
    assert "resume" in capsys.readouterr().err
    assert run(*training, "--steps", 2, "--resume") == 0
    assert "done after 2 steps" in capsys.readouterr().err

    songs = ("train", store, "-o", tmp_path / "songs", "--precision", "32-true", "--steps", 1)
    assert run(*songs, "--location", "memory") == 1
    assert "windows are read from disk" in capsys.readouterr().err
    assert run(*songs, "--validation", corpus, "--examples", "contiguous", "--location", "device") == 0
    assert "bits per note on the held-out songs" in capsys.readouterr().err

    growing, quick = tmp_path / "growing", ("--precision", "32-true", "--steps", 1, "-o", tmp_path / "grown")
    shutil.copytree(corpus / "hymns", growing)
    assert run("train", growing, *quick, "--location", "memory", "--examples", "song") == 0
    assert run("train", corpus, *quick) == 1
    (tmp_path / "grown" / "last" / "training.safetensors").unlink()  # as if the run had died before it was saved
    capsys.readouterr()
    assert run("train", corpus, *quick) == 0
    assert "3 songs" in capsys.readouterr().err, "what is in the folder now is trained on"

    model = tmp_path / "run" / "best"
    assert run("evaluate", model, "--valid", corpus, "--suite", "likelihood", "--songs", 2,
               "-o", tmp_path / "report.md") == 0
    assert "| hymns | 1 |" in (tmp_path / "report.md").read_text(encoding="utf-8")

    assert run("finetune", corpus, "--name", "mine", "--minutes", 0.1, "--model", model, "-o", style_folder) == 0
    assert "style 'mine'" in capsys.readouterr().out
    facts = json.loads((style_folder / "mine" / "style.json").read_text())
    assert facts["train_songs"] == 1 and facts["held_out_songs"] == 1 and facts["after"] <= facts["before"]
