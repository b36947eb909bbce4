"""Low-rank adapters (LoRA, Hu et al. 2021): a small learned correction beside each frozen linear layer."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.transformer import Transformer

DEFAULT_RANK = 16
"""Rank of the corrections: at width 256 7 % as many weights as the model has."""


class AdaptedLinear(nn.Module):
    """A frozen linear layer W plus a low-rank correction: ``x Wᵀ + x downᵀ upᵀ``.

    ``down`` (rank, in) starts random, ``up`` (out, rank) at zero, so nothing changes before training.
    """

    def __init__(self, linear: nn.Linear, rank: int) -> None:
        super().__init__()
        self.linear = linear.requires_grad_(False)
        weight = linear.weight
        down = torch.randn(rank, linear.in_features, device=weight.device)
        self.down = nn.Parameter(down * linear.in_features ** -0.5)
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank, device=weight.device))

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x) + F.linear(F.linear(x, self.down), self.up)


def with_adapters(model: Transformer, rank: int = DEFAULT_RANK) -> Transformer:
    """A copy of the model whose linear layers are frozen and adapted; nothing else of it trains.

    Initial values come from torch's global generator.
    """
    adapted = copy.deepcopy(model).requires_grad_(False)
    for parent in list(adapted.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Linear) and not isinstance(parent, AdaptedLinear):
                setattr(parent, name, AdaptedLinear(child, rank))
    return adapted


def adapter_weights(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Of an adapted model's state dict, the adapters alone."""
    return {name: tensor for name, tensor in weights.items() if name.endswith((".down", ".up"))
            and f"{name.rpartition('.')[0]}.linear.weight" in weights}


def merge_adapters(model: Transformer, adapters: Mapping[str, Tensor]) -> Transformer:
    """A plain copy of the model with the corrections added to its weights: as fast as the model itself.

    Raises ValueError when the adapters are not this model's.
    """
    merged = copy.deepcopy(model)
    linears = {name: module for name, module in merged.named_modules() if isinstance(module, nn.Linear)}
    if {name for layer in linears for name in (f"{layer}.down", f"{layer}.up")} != set(adapters):
        raise ValueError("the adapters are not those of this model's layers")
    with torch.no_grad():
        for layer, linear in linears.items():
            up, down = adapters[f"{layer}.up"], adapters[f"{layer}.down"]
            if up.shape != (linear.out_features, down.shape[0]) or down.shape[1] != linear.in_features:
                raise ValueError(f"the adapter of {layer} has another shape than the layer")
            linear.weight += up @ down
    return merged.eval()
