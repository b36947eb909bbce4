"""Training a model that is not ours as ours is trained with AdamW: the same schedule, clipping and clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from core.training.schedule import learning_rate_multiplier

BETAS = (0.9, 0.98)
WEIGHT_DECAY = 0.01
DECAY = 0.4
CLIP_NORM = 1.0


@dataclass(frozen=True)
class Spent:
    steps: int
    seconds: float


def train_plainly(model: nn.Module, loss_of: Callable[[int], Tensor], rate: float, minutes: float, precision: str,
                  warm_up_steps: int, should_stop: Callable[[], bool] = lambda: False,
                  clock: Callable[[], float] = time.process_time, optimizer: Optimizer | None = None) -> Spent:
    """Steps until the minutes on the clock are spent. ``loss_of``: of the batch of a step, from 0. ``optimizer``: the
    model's own, if it has one."""
    if optimizer is None:
        matrices = [p for p in model.parameters() if p.ndim >= 2]
        others = [p for p in model.parameters() if p.ndim < 2]
        optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": WEIGHT_DECAY},
                                       {"params": others, "weight_decay": 0.0}], lr=rate, betas=BETAS)
    model.train()
    began, step = clock(), 0
    while (fraction := (clock() - began) / 60 / minutes) < 1.0 and not should_stop():
        for group in optimizer.param_groups:
            group["lr"] = rate * learning_rate_multiplier("wsd", step, fraction, warm_up_steps, DECAY)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            loss = loss_of(step)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)
        optimizer.step()
        optimizer.zero_grad()
        step += 1
    return Spent(step, clock() - began)
