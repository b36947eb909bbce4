"""``main.py evaluate`` from its options to its report."""

import pytest

from core.cli import main
from core.generation import sampler
from tests.core.evaluation.songs import write_corpus


def run(*words):
    return main(["evaluate", *map(str, words)])


def test_the_report_and_its_pictures_lie_side_by_side(model_folder, tmp_path, monkeypatch, capsys):
    pytest.importorskip("matplotlib", reason="matplotlib is installed only for research")
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", 24)
    corpus, report = write_corpus(tmp_path / "corpus"), tmp_path / "out" / "report.md"
    assert run(model_folder, "--valid", corpus, "--train", corpus, "--reference", tmp_path / "kept",
               "--suite", "infill", "--suite", "originality", "--suite", "likelihood", "--songs", 1, "--seeds", 2,
               "--takes", 1, "-o", report) == 0
    text = report.read_text(encoding="utf-8")
    for words in ("## Bits per note", "## Note F1", "## Originality", "5-gram", "- seeds: 0, 1"):
        assert words in text
    assert "listener" not in text and "Seconds" not in text
    pictures = [line.split("(")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert len(pictures) == 3 and all((report.parent / name).is_file() for name in pictures)
    assert "counting" in capsys.readouterr().err


def test_without_pictures_the_report_is_whole(model_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("core.evaluation.plots.can_draw", lambda: False)
    corpus = write_corpus(tmp_path / "corpus")
    assert run(model_folder, "--valid", corpus, "--suite", "likelihood", "--songs", 1,
               "-o", tmp_path / "report.md") == 0
    assert "matplotlib is not installed" in capsys.readouterr().err
    assert "![" not in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_mistakes_are_named(model_folder, tmp_path, capsys):
    corpus = write_corpus(tmp_path / "corpus")
    assert run(model_folder, "--valid", corpus, "--suite", "originality") == 1
    assert "--train" in capsys.readouterr().err
    assert run(model_folder, "--valid", corpus, "--train", tmp_path / "nowhere") == 1
    assert "nowhere" in capsys.readouterr().err
    assert run(model_folder, "--valid", corpus, "--suite", "beauty") == 2
    assert "beauty" in capsys.readouterr().err
