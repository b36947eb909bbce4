"""Decoding by compiled code gives what torch gives; without a compiler torch does it all."""

import numpy as np
import pytest
import torch

from core.model import compiled, native, steps
from core.model.config import ModelConfig
from core.model.memories import Memories
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.merges import component_count, components

CLOSE = {"atol": 0.05, "rtol": 0.02}
"""Weights and products are rounded in other places: the logits' spread is about 3."""
needs_compiler = pytest.mark.skipif(compiled.compiled() is None, reason="no C compiler here")


def make_model(**changes) -> Transformer:
    """Random weights, as a bf16 checkpoint would have them, in a shape that the compiled step takes."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = ModelConfig(v.SIZE, component_count(None), **{"width": 64, "layers": 2, "heads": 2, **changes})
    model = Transformer(config, torch.from_numpy(components(None)))
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.1 if parameter.ndim == 2 else 1.0)
        parameter.data = parameter.data.bfloat16().float()
    return model.eval()


def some_features(*shape: int) -> np.ndarray:
    high = [v.SIZE, 100, 190, 100, 128, 5000]
    return np.random.default_rng(1).integers(1, high, (*shape, 6)).astype(np.int32)


@torch.inference_mode()
def prompted(model: Transformer, prompts: np.ndarray):
    cache = model.new_cache(len(prompts), 100)
    model(torch.from_numpy(prompts), cache, last_only=True)
    return cache


def by_torch(model: Transformer, cache, rows: int, monkeypatch: pytest.MonkeyPatch, retrieval=None) -> steps.Steps:
    with monkeypatch.context() as patch:
        patch.setattr(steps, "can_run", lambda model, retrieval: False)
        return steps.start_steps(model, cache, rows, retrieval)


@needs_compiler
@pytest.mark.parametrize("changes", [{}, {"query_key_norm": False}, {"musical_time_rotary": False},
                                     {"structured_embeddings": False}, {"width": 128, "heads": 4, "layers": 1},
                                     {"width": 256, "heads": 8, "key_value_heads": 2, "layers": 1}],
                         ids=str)
@pytest.mark.parametrize("rows", [1, 2, 6])
def test_compiled_steps_give_what_torch_gives(changes, rows, monkeypatch):
    """Prompts of different lengths, rows that end early, and more columns than are computed side by side."""
    model = make_model(**changes)
    prompts = some_features(min(rows, 2), 21)
    prompts[-1, :4 * (rows > 1)] = v.PAD
    endings = some_features(20, rows)
    endings[7:, 0] = v.PAD if rows > 1 else endings[7:, 0]
    with torch.inference_mode():
        compiled = steps.start_steps(model, prompted(model, prompts), rows, None)
        assert isinstance(compiled, native.NativeSteps)
        plain = by_torch(model, prompted(model, prompts), rows, monkeypatch)
        for ending in endings:
            got, wanted = compiled(ending), plain(ending)
            going = ending[:, 0] != v.PAD
            assert got.shape == (rows, v.SIZE)
            np.testing.assert_allclose(got[going], wanted[going], **CLOSE)


@needs_compiler
def test_compiled_steps_go_on_from_what_is_remembered(monkeypatch):
    model = make_model(memory_length=40)
    memories = Memories(model.config, 1, 1)
    with torch.inference_mode():
        model(torch.from_numpy(some_features(1, 30)), memories.segments, last_only=True)
        made = []
        for _ in range(2):
            cache = model.new_cache(1, 100)
            cache.begin_with(memories.segments)
            model(torch.from_numpy(some_features(1, 9)), cache, last_only=True)
            made.append(cache)
        compiled, plain = steps.start_steps(model, made[0], 2, None), by_torch(model, made[1], 2, monkeypatch)
        for ending in some_features(5, 2):
            np.testing.assert_allclose(compiled(ending), plain(ending), **CLOSE)


@needs_compiler
def test_new_weights_are_packed_anew():
    model, prompts, ending = make_model(), some_features(1, 9), some_features(1)
    with torch.inference_mode():
        before = steps.start_steps(model, prompted(model, prompts), 1, None)(ending)
        model.blocks[0].feed_forward.down.weight.mul_(2.0)
        model.freeze_embeddings()
        after = steps.start_steps(model, prompted(model, prompts), 1, None)(ending)
    assert not np.allclose(before, after, **CLOSE)


@needs_compiler
def test_a_full_row_says_so():
    model = make_model()
    with torch.inference_mode():
        cache = prompted(model, some_features(1, 90))
        one = steps.start_steps(model, cache, 1, None)
    with pytest.raises(ValueError, match="one more"):
        for ending in some_features(40, 1):
            one(ending)


def test_without_a_compiler_torch_decodes(monkeypatch):
    compiled.compiled.cache_clear()
    try:
        monkeypatch.setattr(compiled.shutil, "which", lambda name: None)
        model = make_model()
        assert not native.can_run(model)
        with torch.inference_mode():
            assert steps.start_steps(model, prompted(model, some_features(1, 9)), 4, None)(
                some_features(4)).shape == (4, v.SIZE)
    finally:
        compiled.compiled.cache_clear()
