"""From logits to tokens: temperature and nucleus sampling over what is allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class SamplingConfig:
    """``temperature``: logits are divided by it (1 leaves them). ``top_p``: the smallest set of tokens whose
    probability reaches it is sampled from (Holtzman et al. 2020). ``min_p``: no token is that is less likely than this
    times the likeliest (Nguyen et al. 2024). ``breaks_loops``: see ``core.generation.loops``; without
    merged tokens only."""

    temperature: float = 1.0
    top_p: float = 0.95
    min_p: float = 0.0
    breaks_loops: bool = True

    @classmethod
    def of_adventurousness(cls, adventurousness: float, task: str) -> SamplingConfig:
        """From 0 (keeps to what is likely) to 1 (dares most) around what is best for a task of ``MIDDLE``."""
        middle, more = MIDDLE[task], adventurousness - 0.5
        return cls(middle.temperature * (1.0 + 0.5 * more), 1.0 - (1.0 - middle.top_p) * (1.0 - more),
                   middle.min_p * (1.0 - more), middle.breaks_loops)


_INFILL = SamplingConfig(0.8, 0.95)
MIDDLE: Mapping[str, SamplingConfig] = {
    "continue": SamplingConfig(1.0, 0.95), "block": _INFILL, "cells": _INFILL, "track": _INFILL}
"""What the middle of adventurousness means for each task that ``core.generation.request.task_of`` tells, chosen by
what was measured: docs/findings/sampling.md, and for filling in ARCHITECTURE.md."""


def sample(logits: np.ndarray, allowed: np.ndarray, config: SamplingConfig,
           generators: Sequence[np.random.Generator]) -> np.ndarray:
    """One token a row. ``logits`` float32 (rows, vocabulary), ``allowed`` bool of the same shape with at least one
    True a row, one random generator a row. Returns int64 (rows,)."""
    scaled = np.where(allowed, logits.astype(np.float64) / config.temperature, -np.inf)
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    probabilities = scaled / scaled.sum(axis=1, keepdims=True)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    descending = np.take_along_axis(probabilities, order, axis=1)
    cumulative = np.cumsum(descending, axis=1)
    kept = (cumulative - descending < config.top_p) & (descending > 0)
    kept &= descending >= config.min_p * descending[:, :1]
    mass = np.where(kept, descending, 0.0).sum(axis=1)
    targets = np.array([generator.random() for generator in generators]) * mass
    picked = np.minimum((cumulative <= targets[:, None]).sum(axis=1), kept.sum(axis=1) - 1)
    return order[np.arange(len(order)), picked]
