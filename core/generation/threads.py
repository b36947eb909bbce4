"""How many threads to write with."""

from __future__ import annotations

import psutil
import torch

MAX_THREADS = 4
"""More gain nothing with a model this small."""


def choose_threads() -> None:
    """Let torch have all cores when the machine is quiet, fewer when it is not: threads that wait for each other on a
    busy machine are many times slower than one. Looks for a twentieth of a second."""
    cores = psutil.cpu_count(logical=False) or 1
    idle = 1.0 - psutil.cpu_percent(interval=0.05) / 100.0
    torch.set_num_threads(max(1, min(MAX_THREADS, round(cores * idle))))
