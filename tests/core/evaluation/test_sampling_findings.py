"""The page on sampling: every setting writes the same windows, and what is measured is kept."""

import pytest

from core.evaluation.borrowing import LONGEST
from core.evaluation.faults import LOOPS
from core.evaluation.findings import sampling
from core.evaluation.findings.sampling_page import SettingPage, best_setting
from core.evaluation.infill import NOTE_F1
from core.evaluation.scores import Score, choose
from core.generation import sampler
from core.generation.sampling import SamplingConfig
from core.model.checkpoint import save_model
from tests.core.evaluation.songs import write_corpus
from tests.core.generation.tiny_model import tiny_model


def test_the_best_setting_meets_the_targets_and_has_most_right_or_least_in_common_with_the_training_music():
    page = SettingPage(None, 0, 0, ["loops", "poor", "good"], "poor", ["cells"])
    figures = {"loops": (0.9, 0.1, 5.0), "poor": (0.2, 0.0, 6.0), "good": (0.3, 0.02, 7.0)}
    scores = [Score("song", "", "cells", 0, method, figure.name, value) for method, values in figures.items()
              for figure, value in zip((NOTE_F1, LOOPS, LONGEST), values)]
    assert best_setting(page, scores, free=False) == "good"
    assert best_setting(page, scores, free=True) == "poor"
    assert best_setting(page, choose(scores, figure=NOTE_F1.name), free=True) == "loops"  # nothing else is known
    assert best_setting(page, choose(scores, method="loops"), free=False) is None


@pytest.fixture
def few_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", 12)
    monkeypatch.setattr(sampling, "SETTINGS", (sampling.BEFORE, SamplingConfig(0.5, 1.0, 0.2)))


def test_a_page_is_made_and_what_was_measured_is_not_measured_again(few_settings, tmp_path):
    valid = write_corpus(tmp_path / "corpus")
    save_model(tmp_path / "model", tiny_model(), {"step": 7})
    said = []
    arguments = (valid, valid, tmp_path / "out", tmp_path / "model", 5.0, 0)
    page = sampling.run(*arguments, said.append)
    text = page.read_text(encoding="utf-8")
    said = [line for line in said if "minutes" in line]
    assert len(said) == 3 * 4  # three songs and four tasks, though songs of 12 bars cannot be continued by 8 after 8
    for heading in ("## All tasks", "## Block", "## Cells", "## Track",
                    "temperature 0.975, top-p 0.935, loops as they come", "temperature 0.5, min-p 0.2",
                    "copy of the previous bar", "the composer", "longest match"):
        assert heading in text
    assert sampling.run(*arguments, said.append).read_text("utf-8") == text
    assert len(said) == 3 * 4


def test_no_minutes_are_too_few(few_settings, tmp_path):
    save_model(tmp_path / "model", tiny_model(), {})
    with pytest.raises(ValueError, match="more minutes"):
        sampling.run(write_corpus(tmp_path / "corpus"), None, tmp_path / "out", tmp_path / "model", -1.0, 0, print)
