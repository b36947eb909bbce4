"""Muon for the matrices between the layers, AdamW for everything else.

Muon (Jordan et al. 2024, https://kellerjordan.github.io/posts/muon/) moves a matrix along the orthogonal matrix
nearest to its momentum. That suits maps from vectors to vectors; embeddings and gains are not such maps.
"""

from __future__ import annotations

from typing import Literal

from torch import nn
from torch.optim import AdamW, Muon, Optimizer

OptimizerName = Literal["muon", "adamw"]


def build_optimizers(model: nn.Module, name: OptimizerName, matrix_learning_rate: float, learning_rate: float,
                     weight_decay: float) -> list[Optimizer]:
    """Optimisers that share out the model's trainable parameters.

    ``matrix_learning_rate``: of the linear layers' weights, in Muon's unit or, with ``adamw``, in AdamW's.
    ``learning_rate``: of embeddings, norms and gains. ``weight_decay`` pulls the linear layers' weights alone.
    Each group remembers its rate as ``initial_lr`` for ``set_learning_rate``.
    """
    matrices = [m.weight for m in model.modules() if isinstance(m, nn.Linear) and m.weight.requires_grad]
    known = {id(weight) for weight in matrices}
    others = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    build = Muon if name == "muon" else AdamW
    optimizers: list[Optimizer] = []
    if matrices:
        optimizers.append(build(matrices, lr=matrix_learning_rate, weight_decay=weight_decay))
    if others:
        optimizers.append(AdamW(others, lr=learning_rate, betas=(0.9, 0.98), weight_decay=0.0))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
    return optimizers


def set_learning_rate(optimizers: list[Optimizer], multiplier: float) -> None:
    """Sets every group's learning rate to ``multiplier`` times its first."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = multiplier * group["initial_lr"]
