"""Training beside peers: the plain GPT sees no future, and the reports hold every trainer and say what was found."""

from dataclasses import replace

import pytest
import torch

pytest.importorskip("miditok")

from core.evaluation.benchmarks import learning, training
from core.evaluation.benchmarks.learning import Learned, budget_section
from core.evaluation.benchmarks.peers import HF, NANOGPT, OWN, PLAIN, SMALL, Size, build_gpt2, build_own, build_peer
from core.evaluation.benchmarks.plain_gpt import PlainGPT
from core.evaluation.benchmarks.training import Timed, Way, comparisons, size_section
from tests.core.evaluation.songs import write_corpus

TINY = Size("tiny", 16, 2, 1, 32, 2)


def test_the_plain_gpt_foresees_only_from_what_came_before():
    torch.manual_seed(0)
    model = PlainGPT(20, 16, 8, 2, 2)
    tokens = torch.randint(0, 20, (1, 10))
    logits, loss = model(tokens, tokens)
    changed = tokens.clone()
    changed[0, 7:] = 0
    assert torch.allclose(model(changed, tokens)[0][:, :7], logits[:, :7], atol=1e-5)
    assert loss.item() == pytest.approx(3.0, abs=0.3)  # as even as a die of 20 sides


def test_the_peers_are_as_large_as_ours():
    pytest.importorskip("transformers")
    own, plain, gpt2 = (sum(p.numel() for p in model.parameters())
                        for model in (build_own(SMALL), build_peer(None, SMALL), build_gpt2(SMALL)))
    assert own == pytest.approx(plain, rel=0.1) and own == pytest.approx(gpt2, rel=0.1)


def one_after_another(jobs, done=lambda place, result: None):
    """In this process: others would take long to start."""
    results = [job(lambda: False) for job in jobs]
    for place, result in enumerate(results):
        done(place, result)
    return results


@pytest.fixture
def small_and_soon(monkeypatch):
    for module in (training, learning):
        monkeypatch.setattr(module, "in_turns", one_after_another)
        monkeypatch.setattr(module, "SMALL", TINY)
    monkeypatch.setattr(training, "SHIPPED", replace(TINY, name="other"))
    monkeypatch.setattr(training, "SECONDS", 0.01)
    monkeypatch.setattr(learning, "COMPILE", False)
    monkeypatch.setattr(learning, "SEEDS", (0, 1))
    monkeypatch.setattr(learning, "LOOKS", 2)


def test_every_trainer_is_timed(tmp_path, monkeypatch, small_and_soon):
    pytest.importorskip("transformers")
    everyone = [Way(name, "32-true", False) for name in (OWN, NANOGPT, HF)]
    monkeypatch.setattr(training, "comparisons", lambda precision: {"as they come": everyone})
    report = training.run(write_corpus(tmp_path / "corpus"), lambda line: None)
    rows = [line for line in report.splitlines() if line.startswith("| as they come")]
    assert all(f"{name}, 0.0" in report for name in (OWN, HF, PLAIN))
    assert len(rows) == 2 and rows[0].count("–") == 3


def test_what_is_compared_differs_in_the_trainer_alone():
    as_they_come, *alike = comparisons("bf16-mixed").values()
    assert [(way.precision, way.compiled) for way in as_they_come] == [
        ("bf16-mixed", True), ("32-true", True), ("32-true", False)]
    assert all(len({(way.precision, way.compiled) for way in some}) == 1 for some in alike)


def test_the_table_says_how_many_times_as_fast_ours_is():
    compared = {"as they come": [Way(name, "32-true", True) for name in (OWN, NANOGPT, HF)]}
    found = dict(zip(compared["as they come"], (Timed(1_000_000, [90.0, 100.0, 110.0]), Timed(1, [80.0]),
                                                Timed(1, [400.0]))))
    section = "\n".join(size_section(SMALL, compared, found, NANOGPT))
    assert "| as they come | 100 (95–105) | 80 (80–80) | 400 (400–400) | 1.25 | 0.25 |" in section


def test_both_learn_and_are_measured_on_the_same_songs(tmp_path, small_and_soon):
    corpus = write_corpus(tmp_path / "corpus")
    report = learning.run(corpus, lambda line: None, corpus, minutes=[0.004])
    assert f"## 0.004 minutes of {PLAIN}" in report
    assert "| ours | 0.002 |" in report and f"| {PLAIN} | 0.004 |" in report


def learned(*looks: tuple[float, float]) -> Learned:
    return Learned(10, [(minutes, [bits, bits]) for minutes, bits in looks])


def test_half_of_the_time_is_enough_when_ours_is_better_by_then():
    own = [learned((0.25, 60.0), (0.5, 40.0))] * 2
    better = "\n".join(budget_section(1.0, own, [learned((1.0, 50.0))] * 2, [10, 10], NANOGPT))
    assert "holds: -1.000 ± 0.000" in better and "after 0.38, 0.38 minutes, 38% of its time" in better
    worse = "\n".join(budget_section(1.0, own, [learned((1.0, 30.0))] * 2, [10, 10], NANOGPT))
    assert "does **not** hold: 1.000 ± 0.000" in worse and "after never, never minutes." in worse


def test_a_folder_without_nanogpt_is_refused(tmp_path):
    with pytest.raises(ValueError, match="checkout of nanoGPT"):
        build_peer(tmp_path, SMALL)
