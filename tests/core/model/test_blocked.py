"""Attention by blocks is attention: values and gradients, whatever the length and the precision."""

import pytest
import torch
from torch.nn import functional as F

from core.model.attention import Attention
from core.model.blocked import BLOCK, attend_blocked
from core.model.config import ModelConfig


def normalised(length: int, dtype: torch.dtype) -> list[torch.Tensor]:
    torch.manual_seed(length)
    queries, keys, values = torch.randn(3, 2, 3, length, 8)
    return [x.to(dtype).requires_grad_() for x in (2 * F.rms_norm(queries, (8,)), 2 * F.rms_norm(keys, (8,)), values)]


@pytest.mark.parametrize("length", [7, BLOCK, 2 * BLOCK + 5])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.bfloat16, 5e-2)])
def test_values_and_gradients_are_those_of_attention(length, dtype, tolerance):
    inputs = normalised(length, dtype)
    exact = [x.detach().float().requires_grad_() for x in inputs]
    given = torch.randn_like(exact[2])
    ours, wanted = attend_blocked(*inputs), F.scaled_dot_product_attention(*exact, is_causal=True)
    torch.testing.assert_close(ours.float(), wanted, atol=tolerance, rtol=tolerance)
    ours.backward(given.to(dtype))
    wanted.backward(given)
    for one, other in zip(inputs, exact):
        assert (one.grad.float() - other.grad).norm() <= tolerance * other.grad.norm() + 1e-6


def test_scores_out_of_all_bounds_stay_finite():
    queries, keys, values = (x.detach() * 100 for x in normalised(20, torch.float32))
    assert attend_blocked(queries, keys, values).isfinite().all()
    assert attend_blocked(queries, -keys, values).isfinite().all()


def test_a_layer_says_the_same_in_training_and_after():
    torch.manual_seed(0)
    layer = Attention(ModelConfig(20, 4, width=32, layers=1, heads=4), 0)
    x, rotation = torch.randn(2, 150, 32), (torch.ones(1, 150, 1, 1, 8), torch.zeros(1, 150, 1, 1, 8))
    trained = layer(x, rotation)
    with torch.no_grad():
        torch.testing.assert_close(layer(x, rotation), trained, atol=1e-5, rtol=1e-4)
