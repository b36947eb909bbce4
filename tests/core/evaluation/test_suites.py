import numpy as np
import pytest
import torch

from core.corpus.examples import TASKS
from core.evaluation.held_out import choose_songs
from core.evaluation.infill import METHODS, MODEL, evaluate_infill
from core.evaluation.likelihood import evaluate_likelihood
from core.evaluation.report import write_report
from core.evaluation.speed import time_requests
from core.model.checkpoint import save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from tests.core.evaluation.songs import write_corpus
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import small_merges


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    return choose_songs(write_corpus(tmp_path_factory.mktemp("corpus")), 10)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = ModelConfig(v.SIZE, v.COMPONENT_COUNT, width=16, layers=1, heads=2, context=256)
    return Transformer(config, torch.from_numpy(v.COMPONENTS)).eval()


def test_usable_songs_are_taken_from_the_collections_in_turn(songs, tmp_path):
    assert [song.collection for song in songs] == ["dances", "hymns", "hymns"]
    folder = write_corpus(tmp_path)
    assert [song.collection for song in choose_songs(folder, 2)] == ["dances", "hymns"]
    assert [song.name for song in choose_songs(folder, 9, seed=3)] == [s.name for s in choose_songs(folder, 9, seed=3)]
    with pytest.raises(NotADirectoryError):
        choose_songs(folder / "none", 2)


@pytest.mark.parametrize("merges", [None, small_merges("bpe")], ids=["plain", "merged"])
def test_a_model_that_knows_nothing_pays_the_log_of_the_vocabulary_a_token(songs, merges):
    uniform = tiny_model(merges=merges)
    for parameter in uniform.parameters():
        torch.nn.init.zeros_(parameter)
    found = evaluate_likelihood(uniform, songs)
    assert {one.task for one in found} == set(TASKS)
    for one in found:
        tokens = one.bits / np.log2(uniform.config.vocabulary_size)
        assert tokens == pytest.approx(round(tokens), abs=1e-3)
        assert merges or tokens > one.notes


def test_the_whole_report(songs, model):
    likelihoods = evaluate_likelihood(model, songs, seed=1)
    scores = evaluate_infill(model, songs[:2], takes=1, seed=1)
    assert scores[:12] == evaluate_infill(model, songs[:1], takes=1, seed=1)
    assert {one.method for one in scores} == set(METHODS)
    assert all(0.0 <= one.f1 <= 1.0 and one.notes for one in scores)
    page = write_report({"model": "tiny", "seed": 1}, likelihoods, scores)
    for words in ("- model: tiny", *TASKS, *METHODS, "hymns", "dances", "0half (2 windows)"):
        assert words in page
    mean = np.mean([one.f1 for one in scores if one.method == MODEL])
    assert f"{mean:.3f} ±" in next(line for line in page.splitlines() if line.startswith(f"| {MODEL} "))
    widths = {len(line.split("|")) for line in page.split("## Note F1")[0].splitlines() if line.startswith("|")}
    assert len(widths) == 1


def test_a_suite_that_was_not_run_is_not_in_the_report(songs, model):
    page = write_report({}, evaluate_likelihood(model, songs[:1]), None)
    assert "Bits per note" in page and "Note F1" not in page


def test_requests_are_timed_from_outside(songs, model, tmp_path):
    save_model(tmp_path / "model", model, {})
    asked = []
    timings = time_requests(tmp_path / "model", songs, requests=2, on_request=lambda: asked.append(1))
    assert len(timings) == len(asked) == 2
    for one in timings:
        assert 0.0 < one.first_cell <= one.first_bar <= one.all_takes
        assert one.notes >= 4 * 4  # no take leaves a bar empty
    page = write_report({}, None, None, timings)
    assert "2 requests for 4 bars" in page and "first whole bar of a take" in page
