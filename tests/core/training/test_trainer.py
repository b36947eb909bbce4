"""The training loop on a toy task: it learns, stops, resumes exactly, keeps the best and tells what it does."""

import json
import logging
import math
import os
import signal
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from rich.console import Console

from core.model.checkpoint import CheckpointError, load_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens.vocabulary import EXCERPT, PITCH, VELOCITY
from core.training.loss import TrainingLoss, bits_per_note, flat_velocities
from core.training.progress_bar import progress_bar
from core.training.trainer import TrainerConfig, train

ROWS, LENGTH, VOCABULARY = 4, 16, 12


@dataclass(frozen=True)
class ToyBatch:
    features: np.ndarray
    answer: np.ndarray
    note_count: np.ndarray
    task: tuple[str, ...]


class CountingUp:
    """Each row counts up from a random token; the last third of a row is padding."""

    def batch(self, step: int) -> ToyBatch:
        rng = np.random.default_rng(step)
        features = np.zeros((ROWS, LENGTH, 6), dtype=np.int32)
        features[:, :12, 0] = (rng.integers(0, 11, (ROWS, 1)) + np.arange(12)) % 11 + 1
        features[..., 5] = np.arange(LENGTH)
        answer = np.zeros((ROWS, LENGTH), dtype=bool)
        answer[:, 6:12] = True
        return ToyBatch(features, answer, np.full(ROWS, 3, dtype=np.int32), ("continue", "infill") * (ROWS // 2))


VALIDATION = [CountingUp().batch(10_000)]
QUICK = {"compile": False, "warm_up_steps": 2, "validate_every": 10, "report_every_seconds": 0.0, "threads": 1}


def make_model() -> Transformer:
    torch.manual_seed(1)
    config = ModelConfig(VOCABULARY, 2, width=16, layers=1, heads=2, context=LENGTH)
    return Transformer(config, torch.zeros(VOCABULARY, 1, dtype=torch.int64))


def log_of(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def losses_of(folder) -> list[tuple[int, float]]:
    return [(line["step"], line["loss"]) for line in log_of(folder) if "loss" in line]


def test_it_learns_and_says_so(tmp_path):
    seen = []
    result = train(make_model(), CountingUp(), VALIDATION, TrainerConfig(steps=60, **QUICK), tmp_path, seen.append)
    assert [p.step for p in seen] == list(range(1, 61))
    assert seen[-1].loss < 0.5 * seen[0].loss
    assert seen[-1].fraction == 1.0 and seen[-1].eta_seconds == 0.0 and seen[-1].tokens_per_second > 0
    assert [p.step for p in seen if p.validation] == [10, 20, 30, 40, 50, 60]
    assert set(seen[-1].validation) == {"all", "continue", "infill"}
    assert (result.step, result.stopped, result.compiled) == (60, False, False)
    assert result.last_validation == seen[-1].validation
    assert losses_of(tmp_path) == [(p.step, p.loss) for p in seen]
    for folder in (result.last, result.best):
        model, card = load_model(folder)
        assert bits_per_note(model, VALIDATION) == pytest.approx(card["bits_per_note"])
    assert bits_per_note(load_model(result.best)[0], VALIDATION)["all"] == pytest.approx(result.best_validation)


@pytest.mark.parametrize("optimizer", ["muon", "adamw"])
def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path, optimizer):
    config = TrainerConfig(steps=20, optimizer=optimizer, **QUICK)
    whole, parts = make_model(), make_model()
    train(whole, CountingUp(), VALIDATION, config, tmp_path / "whole")
    steps = iter(range(100))
    stopped = train(parts, CountingUp(), VALIDATION, config, tmp_path / "parts",
                    should_stop=lambda: next(steps) == 7)
    assert (stopped.step, stopped.stopped) == (7, True)
    fresh = make_model()
    ended = train(fresh, CountingUp(), VALIDATION, config, tmp_path / "parts", resume=True)
    assert (ended.step, ended.stopped) == (20, False)
    assert losses_of(tmp_path / "parts") == losses_of(tmp_path / "whole")
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), fresh.state_dict().values()))


def test_minutes_are_wall_clock_and_outlive_a_resume(tmp_path):
    now = [0.0]

    def tick(progress):
        now[0] += 6.0

    config = TrainerConfig(minutes=1.0, decay=0.5, **(QUICK | {"warm_up_steps": 0}))
    first, second = [], []
    train(make_model(), CountingUp(), [], config, tmp_path, lambda p: (first.append(p), tick(p)),
          should_stop=lambda: len(first) == 4, clock=lambda: now[0])
    result = train(make_model(), CountingUp(), [], config, tmp_path, lambda p: (second.append(p), tick(p)), resume=True,
                   clock=lambda: now[0])
    assert [p.learning_rate_multiplier for p in first] == [1.0, 1.0, 1.0, 1.0]
    assert [p.learning_rate_multiplier for p in second] == pytest.approx([1.0, 1.0, 0.8, 0.6, 0.4, 0.2])
    assert [p.eta_seconds for p in second] == pytest.approx([36, 30, 24, 18, 12, 6])
    assert (result.step, result.seconds, result.stopped, result.best) == (10, 60.0, False, None)


def test_what_the_compiler_takes_is_no_part_of_the_budget(tmp_path, monkeypatch):
    now = [0.0]

    def slowly(module, dynamic):
        now[0] += 300.0
        return module

    def tick(_progress):
        now[0] += 6.0

    monkeypatch.setattr(torch, "compile", slowly)
    config = TrainerConfig(minutes=1.0, **(QUICK | {"compile": True}))
    result = train(make_model(), CountingUp(), [], config, tmp_path, tick, clock=lambda: now[0])
    assert (result.step, result.seconds) == (10, 60.0)


def test_ctrl_c_saves_and_returns(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    result = train(make_model(), CountingUp(), [], TrainerConfig(steps=50, **QUICK), tmp_path,
                   lambda p: p.step == 3 and os.kill(os.getpid(), signal.SIGINT))
    assert (result.step, result.stopped) == (3, True)
    assert load_model(result.last)[1]["step"] == 3
    assert signal.getsignal(signal.SIGINT) is before


def test_a_folder_is_not_trained_over(tmp_path):
    config = TrainerConfig(steps=1, **QUICK)
    train(make_model(), CountingUp(), [], config, tmp_path)
    with pytest.raises(FileExistsError, match="holds a training run"):
        train(make_model(), CountingUp(), [], config, tmp_path)


def test_a_damaged_state_is_named(tmp_path):
    config = TrainerConfig(steps=1, **QUICK)
    result = train(make_model(), CountingUp(), [], config, tmp_path)
    state = result.last / "training.safetensors"
    state.write_bytes(state.read_bytes()[:-10])
    with pytest.raises(CheckpointError, match="training.safetensors"):
        train(make_model(), CountingUp(), [], config, tmp_path, resume=True)


def test_without_a_compiler_it_trains_eagerly_and_says_so(tmp_path, monkeypatch, caplog):
    class Failing(torch.nn.Module):
        def forward(self, *_):
            raise RuntimeError("no g++ here")

    monkeypatch.setattr(torch, "compile", lambda module, dynamic: Failing())

    with caplog.at_level(logging.WARNING):
        result = train(make_model(), CountingUp(), [], TrainerConfig(steps=2, **(QUICK | {"compile": True})), tmp_path)
    assert (result.step, result.compiled) == (2, False)
    assert "no g++ here" in caplog.text
    assert {"compile_failed": "no g++ here"} in log_of(tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_compiled_training_agrees_with_eager(tmp_path):
    for name, compiled in (("eager", False), ("compiled", True)):
        config = TrainerConfig(steps=5, **(QUICK | {"compile": compiled}))
        assert train(make_model(), CountingUp(), [], config, tmp_path / name).compiled == compiled
    eager, compiled = losses_of(tmp_path / "eager"), losses_of(tmp_path / "compiled")
    assert [loss for _, loss in compiled] == pytest.approx([loss for _, loss in eager], rel=2e-2)


class Uniform(torch.nn.Module):
    """Thinks every one of eight tokens equally likely: 3 bits each."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.zeros(()))

    def forward(self, features):
        return torch.zeros(*features.shape[:2], 8) * self.scale


def test_bits_per_note_counts_the_answer_alone():
    features = np.ones((2, 6, 6), dtype=np.int32)
    features[1, 4:] = 0
    answer = np.zeros((2, 6), dtype=bool)
    answer[0, 2:] = True  # four tokens, two notes: 12 bits / 2
    answer[1, 3:] = True  # one token (the rest is padding), one note: 3 bits
    batch = ToyBatch(features, answer, np.array([2, 1], dtype=np.int32), ("continue", "infill"))
    assert bits_per_note(Uniform(), [batch]) == pytest.approx({"all": 5.0, "continue": 6.0, "infill": 3.0})


@torch.no_grad()
def test_prompt_weight_silences_the_prompt():
    class Partial(Uniform):
        def forward(self, features):
            logits = torch.zeros(*features.shape[:2], 8)
            logits[:, 2:, 1] = 100.0  # certain, and right, from the third position on
            return logits * (1 + self.scale)

    features = torch.ones(1, 6, 6, dtype=torch.int32)
    answer = torch.tensor([[False, False, False, True, True, True]])
    assert float(TrainingLoss(Partial(), 0.0)(features, answer)) == pytest.approx(0.0, abs=1e-6)
    assert float(TrainingLoss(Partial(), 1.0)(features, answer)) == pytest.approx(2 * math.log(8) / 5)
    assert float(TrainingLoss(Partial(), 0.5)(features, answer)) == pytest.approx(math.log(8) / 4)


def test_the_budget_is_one_thing():
    for budget in ({}, {"minutes": 1.0, "steps": 3}):
        with pytest.raises(ValueError, match="minutes or in steps"):
            TrainerConfig(**budget)


def test_the_progress_bar_shows_where_a_run_stands(tmp_path):
    console = Console(record=True, width=120, force_terminal=True)
    with progress_bar(console) as show:
        train(make_model(), CountingUp(), VALIDATION, TrainerConfig(steps=10, **QUICK), tmp_path, show)
    text = console.export_text()
    assert "step 10: bits per note: all" in text
    assert "100%" in text and "tokens/s" in text


def test_each_window_of_a_row_has_dynamics_or_none():
    flat = [EXCERPT] + [token for _ in range(8) for token in (VELOCITY + 5, PITCH + 60)]
    played = [EXCERPT, *flat[1:-2], VELOCITY + 3, PITCH + 60]
    features = torch.zeros(1, 51, 6, dtype=torch.int64)
    features[0, :, 0] = torch.tensor([*flat, *played, *flat])
    unlearned = flat_velocities(features)[0].view(3, 17)
    assert unlearned[0].tolist() == unlearned[2].tolist() == [True, False] * 8 + [False]
    assert not unlearned[1].any()


def test_velocities_are_learned_from_rows_with_dynamics_alone():
    flat = [token for _ in range(8) for token in (VELOCITY + 5, PITCH + 60)]
    played = [*flat[:-2], VELOCITY + 3, PITCH + 60]
    few = [VELOCITY + 5, PITCH + 60] + [PITCH + 64] * 14
    features = torch.zeros(3, 16, 6, dtype=torch.int64)
    features[..., 0] = torch.tensor([flat, played, few])
    unlearned = flat_velocities(features)
    assert unlearned[0].tolist() == [False, True] * 7 + [False, False]
    assert not unlearned[1:].any()
