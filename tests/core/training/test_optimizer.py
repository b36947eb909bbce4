import pytest
import torch
from torch.optim import AdamW, Muon

from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.training.optimizer import build_optimizers, set_learning_rate


@pytest.fixture
def model() -> Transformer:
    return Transformer(ModelConfig(20, 4, width=16, layers=2, heads=2), torch.zeros(20, 1, dtype=torch.int64))


@pytest.mark.parametrize(("name", "kind"), [("muon", Muon), ("adamw", AdamW)])
def test_every_parameter_has_one_optimizer(model, name, kind):
    matrices, rest = build_optimizers(model, name, 0.02, 0.003, 0.01)
    assert type(matrices) is kind and type(rest) is AdamW
    owned = [p for optimizer in (matrices, rest) for group in optimizer.param_groups for p in group["params"]]
    assert {id(p) for p in owned} == {id(p) for p in model.parameters()} and len(owned) == len(set(map(id, owned)))
    assert {id(p) for p in matrices.param_groups[0]["params"]} == {
        id(p) for name, p in model.named_parameters() if "blocks" in name and p.ndim == 2}


def test_frozen_parameters_are_left_alone(model):
    model.requires_grad_(False)
    model.embeddings.track.requires_grad_(True)
    (only,) = build_optimizers(model, "muon", 0.02, 0.003, 0.01)
    assert [p is model.embeddings.track for p in only.param_groups[0]["params"]] == [True]


def test_multiplier_is_of_the_first_rate(model):
    optimizers = build_optimizers(model, "muon", 0.02, 0.004, 0.0)
    for multiplier in (0.5, 0.25):
        set_learning_rate(optimizers, multiplier)
        assert [o.param_groups[0]["lr"] for o in optimizers] == [0.02 * multiplier, 0.004 * multiplier]
