"""Training beside peers: the plain GPT sees no future, and the report holds every trainer."""

import pytest
import torch

pytest.importorskip("miditok")

from core.evaluation.benchmarks import training
from core.evaluation.benchmarks.plain_gpt import PlainGPT
from tests.core.evaluation.songs import write_corpus


def test_the_plain_gpt_foresees_only_from_what_came_before():
    torch.manual_seed(0)
    model = PlainGPT(20, 16, 8, 2, 2)
    tokens = torch.randint(0, 20, (1, 10))
    logits, loss = model(tokens, tokens)
    changed = tokens.clone()
    changed[0, 7:] = 0
    assert torch.allclose(model(changed, tokens)[0][:, :7], logits[:, :7], atol=1e-5)
    assert loss.item() == pytest.approx(3.0, abs=0.3)  # as even as a die of 20 sides


def one_after_another(jobs, done):
    """In this process: others would take long to start."""
    return [job(lambda: False) for job in jobs]


@pytest.mark.slow
def test_the_report_names_every_trainer(tmp_path, monkeypatch):
    pytest.importorskip("transformers")
    less = {"ROUNDS": 1, "STEPS": 2, "RATES": (1e-3,), "WAYS": ("",), "in_turns": one_after_another}
    for name, value in less.items():
        monkeypatch.setattr(training, name, value)
    corpus = write_corpus(tmp_path / "corpus")
    report = training.run(corpus, lambda line: None, corpus, None, 0.005)
    assert all(f"| {name} |" in report for name in (training.OWN, training.HF, "plain GPT (standing in for nanoGPT)"))


def test_a_folder_without_nanogpt_is_refused(tmp_path):
    with pytest.raises(ValueError, match="checkout of nanoGPT"):
        training.build_peer(tmp_path)
