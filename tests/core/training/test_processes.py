"""A run that a launcher started: Fabric is ready to train."""

import torch
from torch import nn

from core.training.processes import build_fabric


def test_fabric_run_has_joined_the_group_already(monkeypatch):
    for name, value in {"LT_CLI_USED": "1", "LT_ACCELERATOR": "cpu", "LT_DEVICES": "1"}.items():
        monkeypatch.setenv(name, value)
    fabric = build_fabric("32-true")
    layer = fabric.setup_module(nn.Linear(2, 1))
    fabric.backward(layer(torch.ones(1, 2)).sum())
    assert layer.weight.grad.tolist() == [[1.0, 1.0]]
