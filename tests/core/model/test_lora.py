import pytest
import torch

from core.model.config import ModelConfig
from core.model.lora import adapter_weights, merge_adapters, with_adapters
from core.model.transformer import Transformer


@pytest.fixture(params=[4, 2], ids="{} heads of keys".format)
def base(request) -> Transformer:
    torch.manual_seed(0)
    config = ModelConfig(50, 4, width=32, layers=2, heads=4, context=64, key_value_heads=request.param)
    model = Transformer(config, torch.zeros(50, 1, dtype=torch.long))
    for parameter in model.parameters():  # the output layers start at zero, which would hide an adapter's effect
        torch.nn.init.normal_(parameter, std=0.1)
    return model.eval()


def features(rows: int = 2, length: int = 12) -> torch.Tensor:
    torch.manual_seed(1)
    tokens = torch.randint(1, 50, (rows, length, 6))
    tokens[..., 1:] %= 10
    return tokens


def trained(model: Transformer) -> Transformer:
    for name, parameter in model.named_parameters():
        if name.endswith((".up", ".down")) and parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.1)
    return model


def test_untrained_adapters_change_nothing(base):
    adapted = with_adapters(base, rank=4)
    torch.testing.assert_close(adapted(features()), base(features()))


def test_only_the_adapters_train_and_the_base_is_left_alone(base):
    before = {name: tensor.clone() for name, tensor in base.state_dict().items()}
    adapted = with_adapters(base, rank=4)
    adapted(features()).sum().backward()
    with_gradient = {name for name, parameter in adapted.named_parameters() if parameter.grad is not None}
    assert with_gradient == set(adapter_weights(adapted.state_dict()))
    assert len(with_gradient) == 2 * 4 * base.config.layers
    assert all(torch.equal(tensor, before[name]) for name, tensor in base.state_dict().items())


def test_merged_equals_adapted(base):
    adapted = trained(with_adapters(base, rank=4)).eval()
    merged = merge_adapters(base, adapter_weights(adapted.state_dict()))
    assert not torch.allclose(merged(features()), base(features()), atol=1e-3)
    torch.testing.assert_close(merged(features()), adapted(features()), rtol=1e-4, atol=1e-4)
    assert merged.state_dict().keys() == base.state_dict().keys()


def test_adapters_of_another_model_are_refused(base):
    adapters = adapter_weights(with_adapters(base, rank=4).state_dict())
    name = next(iter(adapters))
    with pytest.raises(ValueError, match="not those of this model"):
        merge_adapters(base, {key: tensor for key, tensor in adapters.items() if key != name})
    with pytest.raises(ValueError, match="another shape"):
        merge_adapters(base, adapters | {name: torch.zeros(4, 7)})
