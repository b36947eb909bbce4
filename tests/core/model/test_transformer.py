"""The model: cached decoding equals uncached, rows do not see each other, time may be shifted."""

import pytest
import torch

from core.model.config import ModelConfig
from core.model.transformer import TIME, Transformer

CONFIG = ModelConfig(vocabulary_size=50, component_count=9, width=32, layers=3, heads=4, context=64)
CLOSE = {"atol": 2e-5, "rtol": 1e-4}


def make_model(seed: int = 0, **changes) -> Transformer:
    """A model with every weight random: at its start each block is the identity and would hide mistakes."""
    torch.manual_seed(seed)
    config = ModelConfig(**(CONFIG.to_json() | changes))
    components = torch.randint(0, config.component_count, (config.vocabulary_size, 3))
    model = Transformer(config, components)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3 if parameter.ndim == 2 else 1.0)
    return model.eval()


def make_features(batch: int, length: int, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    limits = (50, 128, 192, 129, 130)
    columns = [torch.randint(1 if i == 0 else 0, n, (batch, length), generator=generator) for i, n in enumerate(limits)]
    time = torch.randint(0, 40, (batch, length), generator=generator).cumsum(dim=1)
    return torch.stack((*columns, time), dim=-1).int()


@pytest.fixture(params=[{}, {"musical_time_rotary": False}, {"structured_embeddings": False},
                        {"query_key_norm": False}, {"key_value_heads": 2},
                        {"key_value_heads": 1, "musical_time_rotary": False}], ids=str)
def model(request) -> Transformer:
    return make_model(**request.param)


def assert_same(got: torch.Tensor, wanted: torch.Tensor) -> None:
    torch.testing.assert_close(got, wanted, **CLOSE)
    assert torch.equal(got.argmax(-1), wanted.argmax(-1))


@torch.inference_mode()
@pytest.mark.parametrize("feeds", [[20], [1] * 20, [11, 1, 1, 1, 1, 1, 1, 1, 1, 1], [7, 5, 1, 4, 3]], ids=str)
def test_cached_equals_uncached(model, feeds):
    features = make_features(2, 20)
    wanted = model(features)
    model.freeze_embeddings()
    cache = model.new_cache(2, 20)
    got = torch.cat([model(part, cache) for part in features.split(feeds, dim=1)], dim=1)
    assert_same(got, wanted)


@torch.inference_mode()
def test_prefill_once_then_expand(model):
    prompt, endings = make_features(1, 12), make_features(3, 6, seed=2)
    wanted = model(torch.cat((prompt.expand(3, -1, -1), endings), dim=1))[:, 11:]
    prompt_cache = model.new_cache(1, 18)
    first = model(prompt, prompt_cache, last_only=True)
    for _ in range(2):  # the prompt's cache serves twice
        cache = prompt_cache.expand(3)
        got = [first.expand(3, -1, -1)] + [model(step, cache, last_only=True) for step in endings.split(1, dim=1)]
        assert_same(torch.cat(got, dim=1), wanted)


@torch.inference_mode()
def test_rows_of_different_prompt_length(model):
    """Each row, padded on the left and decoded among others, gives what it gives alone and uncached."""
    rows = [make_features(1, length, seed=length) for length in (3, 12, 7)]
    endings = make_features(3, 5, seed=9)
    batch = torch.cat([torch.nn.functional.pad(row, (0, 0, 12 - row.shape[1], 0)) for row in rows])
    cache = model.new_cache(3, 20)
    got = [model(batch, cache, last_only=True)]
    got += [model(part, cache) for part in endings.split([1, 3, 1], dim=1)]
    got = torch.cat(got, dim=1)
    for index, row in enumerate(rows):
        alone = model(torch.cat((row, endings[index:index + 1]), dim=1))[0, row.shape[1] - 1:]
        assert_same(got[index], alone)


@torch.inference_mode()
def test_forced_tokens_of_different_number(model):
    """A row that has fewer tokens to be fed than its neighbour gets holes and notices nothing."""
    features = make_features(2, 12)
    cache = model.new_cache(1, 14).expand(2)
    model(features[:, :6], cache)
    middle = features[:, 6:9].clone()
    middle[1, :2] = 0  # row 1 is fed one token only, row 0 three
    model(middle, cache)
    got = model(features[:, 9:], cache)
    assert_same(got[0], model(features[:1])[0, 9:])
    assert_same(got[1], model(features[1:, [0, 1, 2, 3, 4, 5, 8, 9, 10, 11]])[0, 7:])


@torch.inference_mode()
def test_a_finished_row_does_not_disturb_the_others(model):
    features = make_features(2, 10)
    cache = model.new_cache(2, 10)
    model(features[:, :5], cache)
    rest = features[:, 5:].clone()
    rest[1] = 0
    got = torch.cat([model(step, cache) for step in rest.split(1, dim=1)], dim=1)
    assert torch.isfinite(got).all()
    assert_same(got[0], model(features[:1])[0, 5:])


@torch.inference_mode()
def test_the_size_of_queries_and_keys_counts_only_where_they_are_not_normalised():
    features = make_features(1, 12)
    for normalised in (True, False):
        model = make_model(query_key_norm=normalised)
        before = model(features)
        for block in model.blocks:
            block.attention.qkv.weight[:2 * CONFIG.width] *= 3
        assert torch.allclose(model(features), before, atol=1e-3) == normalised


@torch.inference_mode()
def test_shared_keys_and_values_are_those_that_each_head_would_have():
    """The grouped model is the usual one whose heads of a group have the same keys and values, of which it keeps
    one; the second half of the heads keeps musical time."""
    grouped, usual = make_model(heads=8, key_value_heads=2), make_model(heads=8)
    weights = grouped.state_dict()
    for name in [name for name in weights if name.endswith("qkv.weight")]:
        parts = weights[name].view(6, 2, 4, -1)  # queries of four heads a group, keys, values; groups
        queries = parts[:4].transpose(0, 1)
        weights[name] = torch.cat((queries.flatten(0, 2), *(parts[i].repeat_interleave(4, dim=0).flatten(0, 1)
                                                            for i in (4, 5))))
    usual.load_state_dict(weights)
    features = make_features(2, 20)
    assert_same(grouped(features), usual(features))
    kept, _ = grouped.new_cache(batch=3).append(0, *torch.zeros(2, 3, 2, 0, 4))
    assert kept.shape[:2] == (3, 2)


@torch.inference_mode()
def test_the_future_is_not_seen(model):
    features = make_features(1, 16)
    changed = features.clone()
    changed[:, 10:] = make_features(1, 6, seed=5)
    torch.testing.assert_close(model(features)[:, :10], model(changed)[:, :10], **CLOSE)
    assert not torch.allclose(model(features)[:, 10:], model(changed)[:, 10:], **CLOSE)


@torch.inference_mode()
def test_only_distances_in_musical_time_matter():
    model, features = make_model(), make_features(2, 20)
    shifted = features.clone()
    shifted[..., TIME] += 96 * 40
    stretched = features.clone()
    stretched[..., TIME] *= 2
    torch.testing.assert_close(model(shifted), model(features), atol=5e-3, rtol=1e-3)
    assert (model(stretched) - model(features)).abs().max() > 0.1


@torch.inference_mode()
def test_what_a_token_sees_of_its_side_information():
    features = make_features(1, 8)
    for column in range(6):
        changed = features.clone()
        changed[0, 3, column] = (changed[0, 3, column] + 1) % 50
        for structured in (True, False):
            model = make_model(structured_embeddings=structured, musical_time_rotary=structured)
            differs = not torch.allclose(model(changed), model(features), **CLOSE)
            assert differs == (structured or column == 0)


def test_component_zero_stays_zero_in_training():
    model = make_model().train()
    with torch.no_grad():
        model.embeddings.shared[0] = 0
    model(make_features(2, 8)).square().mean().backward()
    assert model.embeddings.shared.grad[0].abs().max() == 0
    assert model.embeddings.shared.grad[1:].abs().max() > 0


@torch.inference_mode()
def test_training_thaws_frozen_embeddings():
    model, features = make_model(), make_features(1, 4)
    model.freeze_embeddings()
    before = model(features)
    model.train()
    model.embeddings.token.mul_(1.5)
    assert not torch.allclose(model.eval()(features), before)


def test_a_full_cache_says_so():
    model = make_model()
    cache = model.new_cache(1, 4)
    with pytest.raises(ValueError, match="holds 4 tokens; 5"):
        model(make_features(1, 5), cache)
    with pytest.raises(ValueError, match="1 rows, the features have 2"):
        model(make_features(2, 2), cache)


@pytest.mark.parametrize("heads, says", [(3, "cannot share"), (1, "even number of heads")])
def test_heads_must_share_evenly(heads, says):
    with pytest.raises(ValueError, match=says):
        make_model(key_value_heads=heads)


def test_components_must_fit():
    with pytest.raises(ValueError, match="50 rows"):
        Transformer(CONFIG, torch.zeros(49, 2, dtype=torch.int64))
    with pytest.raises(ValueError, match="rows 0 to 8"):
        Transformer(CONFIG, torch.full((50, 2), 9))
