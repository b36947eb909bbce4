"""From logits to tokens: temperature and nucleus sampling over what is allowed.

Whether a note comes, and when, is one question, which note another, and what is best for the one is not for the other.
So pitches have a temperature of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.tokens import vocabulary as v


@dataclass(frozen=True)
class SamplingConfig:
    """``temperature``: logits are divided by it (1 leaves them). ``pitch_temperature``: those of pitches are, against
    each other; whether any of them comes is left to ``temperature``. ``top_p``: the smallest set of tokens whose
    probability reaches it is sampled from (Holtzman et al. 2020). ``min_p``: no token is that is less likely than this
    times the likeliest (Nguyen et al. 2024). ``breaks_loops``: see ``core.generation.loops``; without
    merged tokens only."""

    temperature: float = 1.0
    top_p: float = 0.95
    min_p: float = 0.0
    breaks_loops: bool = True
    pitch_temperature: float = 1.0

    @classmethod
    def of_adventurousness(cls, adventurousness: float, task: str) -> SamplingConfig:
        """From 0 (keeps to what is likely) to 1 (dares most) around what is best for a task of ``MIDDLE``."""
        middle, more = MIDDLE[task], adventurousness - 0.5
        warmth = 1.0 + 0.5 * more
        return cls(middle.temperature * warmth, 1.0 - (1.0 - middle.top_p) * (1.0 - more), middle.min_p * (1.0 - more),
                   middle.breaks_loops, middle.pitch_temperature * warmth)


_INFILL = SamplingConfig(0.5, 0.95, pitch_temperature=0.8)
MIDDLE: Mapping[str, SamplingConfig] = {
    "continue": SamplingConfig(1.0, 0.95), "block": _INFILL, "cells": _INFILL, "track": _INFILL}
"""What the middle of adventurousness means for each task that ``core.generation.request.task_of`` tells, chosen by
what was measured: docs/findings/sampling.md."""


LEAST, TINY = -1e30, 1e-300
"""In place of minus infinity and of nothing, where no pitch is allowed."""
_IS_PITCH = np.append(np.isin(v.KIND_OF, (v.Kind.PITCH, v.Kind.DRUM)), False)


def are_pitches(tokens: np.ndarray) -> np.ndarray:
    """Of each token, bool, whether it says which note is struck and nothing else, as merged tokens may."""
    return _IS_PITCH[np.minimum(tokens, len(_IS_PITCH) - 1)]


def sample(logits: np.ndarray, allowed: np.ndarray, config: SamplingConfig, generators: Sequence[np.random.Generator],
           pitches: np.ndarray | None = None) -> np.ndarray:
    """One token a row. ``logits`` float32 (rows, vocabulary), ``allowed`` bool of the same shape with at least one
    True a row, one random generator a row. ``pitches``: bool (vocabulary,), the tokens of ``pitch_temperature``;
    none unless told. Returns int64 (rows,)."""
    scaled = _tempered(np.where(allowed, logits.astype(np.float64), -np.inf), config, pitches)
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


def _tempered(scores: np.ndarray, config: SamplingConfig, pitches: np.ndarray | None) -> np.ndarray:
    """Scores, which are -inf where they do not count, at the temperatures."""
    tempered = scores / config.temperature
    if pitches is None or not pitches.any():
        return tempered
    among = scores[:, pitches]
    most = np.maximum(among.max(axis=1, keepdims=True), LEAST)
    among -= most
    together = most + np.log(np.maximum(np.exp(among).sum(axis=1, keepdims=True), TINY))
    among /= config.pitch_temperature
    among -= np.log(np.maximum(np.exp(among).sum(axis=1, keepdims=True), TINY))
    tempered[:, pitches] = among + together / config.temperature  # together they are as likely as at ``temperature``
    return tempered
