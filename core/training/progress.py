"""What a training run tells while it runs and when it ends. Imports no torch: the window and the CLI read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainingProgress:
    """Where a run stands after ``step`` optimiser steps.

    ``seconds``: wall-clock so far, that before a resume included. ``fraction``: of the budget, 0 to 1.
    ``tokens_per_second``: tokens (padding not counted) since the last report, validation and saving not counted.
    ``eta_seconds``: to the end of the budget. ``loss``: mean since the last report, nats a token.
    ``learning_rate_multiplier``: of the schedule. ``validation``: bits per note by task and for ``all``, if
    just measured.
    """

    step: int
    seconds: float
    fraction: float
    tokens_per_second: float
    eta_seconds: float
    loss: float
    learning_rate_multiplier: float
    validation: Mapping[str, float] | None = None


ProgressCallback = Callable[[TrainingProgress], None]


@dataclass(frozen=True)
class TrainingResult:
    """How a run ended. ``stopped``: before its budget was spent. ``compiled``: torch.compile was in use.

    ``last`` and ``best`` are model folders; ``best`` and the validations are None where none was ever measured.
    ``best_validation`` is the lowest bits per note for ``all``; ``last_validation`` the latest, by task.
    """

    step: int
    seconds: float
    stopped: bool
    compiled: bool
    last: Path
    best: Path | None
    best_validation: float | None
    last_validation: Mapping[str, float] | None
