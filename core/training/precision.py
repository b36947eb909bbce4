"""Which number format trains fastest on this machine, found by trying."""

from __future__ import annotations

import time

import torch


def fastest_precision() -> str:
    """Fabric's name of the precision to train in: ``bf16-mixed`` where it pays, else ``32-true``.

    A GPU that knows bf16 has it. On a CPU one product of the model's usual size is timed both ways: processors
    with bf16 instructions multiply several times faster, others slower than in fp32.
    """
    if torch.cuda.is_available():
        return "bf16-mixed" if torch.cuda.is_bf16_supported() else "32-true"
    if torch.backends.mps.is_available():
        return "32-true"
    return "bf16-mixed" if _product_seconds(torch.bfloat16) * 1.5 < _product_seconds(torch.float32) else "32-true"


def _product_seconds(dtype: torch.dtype, repeats: int = 5) -> float:
    """Seconds of a (4096, 256) by (256, 1024) product, the best of several."""
    left, right = torch.randn(4096, 256).to(dtype), torch.randn(1024, 256).to(dtype)
    best = float("inf")
    for _ in range(repeats + 1):
        started = time.perf_counter()
        torch.nn.functional.linear(left, right)
        best = min(best, time.perf_counter() - started)
    return best
