"""A tiny model with random weights for the tests of generation."""

import torch

from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.merges import Merges, component_count, components


def tiny_model(seed: int = 0, context: int = 256, merges: Merges | None = None) -> Transformer:
    """Every weight random: at its start each block is the identity and would hide mistakes."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    size = merges.size if merges else v.SIZE
    config = ModelConfig(size, component_count(merges), width=32, layers=2, heads=4, context=context)
    model = Transformer(config, torch.from_numpy(components(merges)), merges)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.15 if parameter.ndim == 2 else 1.0)
    return model.eval()
