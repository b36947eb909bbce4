"""Learning rate schedules: from where a run stands to a multiplier of the learning rates.

``fraction`` is how much of the budget is spent, 0 to 1, be it steps or wall-clock. The warm-up alone counts steps.
"""

from __future__ import annotations

import math
from typing import Literal

Schedule = Literal["wsd", "cosine"]


def warm_up(step: int, steps: int) -> float:
    """Rises in a line to 1 over the first ``steps`` steps; ``step`` counts from 0."""
    return min(1.0, (step + 1) / steps) if steps else 1.0


def wsd(fraction: float, decay: float) -> float:
    """Warm-up, stable, decay (Hu et al. 2024) after its warm-up: 1, then in a line to 0 over the last ``decay``."""
    return max(0.0, min(1.0, (1.0 - fraction) / decay)) if decay else 1.0


def cosine(fraction: float) -> float:
    """Half a cosine from 1 at the start to 0 at the end."""
    return 0.5 * (1.0 + math.cos(math.pi * min(1.0, max(0.0, fraction))))


def learning_rate_multiplier(schedule: Schedule, step: int, fraction: float, warm_up_steps: int,
                             decay: float) -> float:
    """The multiplier of step ``step`` (from 0). ``decay`` is the share of the budget in which ``wsd`` falls."""
    shape = wsd(fraction, decay) if schedule == "wsd" else cosine(fraction)
    return warm_up(step, warm_up_steps) * shape
