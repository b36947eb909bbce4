"""Models of an earlier vocabulary: they are given the tokens that it lacked, and stay what they were otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.model.config import ModelConfig
from core.tokens import vocabulary as v
from core.tokens.fingerprint import vocabulary_fingerprint

TOKEN, COMPONENTS, SHARED = "embeddings.token", "embeddings.components", "embeddings.shared"


def former_size(fingerprint: object) -> int | None:
    """How many tokens the earlier vocabulary with this fingerprint had; None when it is no earlier one."""
    return next((size for size in v.FORMER_SIZES if vocabulary_fingerprint(size) == fingerprint), None)


def former_components(size: int) -> int:
    """Rows of the shared embedding table of the vocabulary that had ``size`` tokens."""
    return int(v.COMPONENTS[:size].max()) + 1


def with_all_tokens(config: ModelConfig, weights: Mapping[str, Tensor]) -> tuple[ModelConfig, dict[str, Tensor]]:
    """Config and weights of a plain model of an earlier vocabulary, with rows for the tokens it lacked.

    All other numbers stay the same. A new token begins as padding, which such a model was never asked for and
    therefore holds for all but impossible anywhere: the others keep their chances to within a millionth.
    Raises ValueError when the weights are not of a model of that vocabulary.
    """
    size, known = config.vocabulary_size, former_components(config.vocabulary_size)
    token, table = weights[TOKEN], weights[COMPONENTS]
    if (token.shape[0] != size or config.component_count != known
            or not np.array_equal(table.cpu().numpy(), v.COMPONENTS[:size])):
        raise ValueError("its tokens are not those of an earlier version of Ritornello")
    padding = token[v.PAD].float()
    extended = dict(weights)
    if config.structured_embeddings:
        shared = weights[SHARED]
        if shared.shape[0] != known:
            raise ValueError(f"{SHARED} has {shared.shape[0]} rows, not {known}")
        rows = table[v.PAD]
        padding = padding + shared[rows[rows > 0]].float().sum(dim=0)
        extended[SHARED] = torch.cat([shared, shared.new_zeros(v.COMPONENT_COUNT - known, shared.shape[1])])
    extended[TOKEN] = torch.cat([token.float(), padding.expand(v.SIZE - size, -1)])
    extended[COMPONENTS] = torch.from_numpy(v.COMPONENTS).to(table.device)
    return replace(config, vocabulary_size=v.SIZE, component_count=v.COMPONENT_COUNT), extended


def as_it_was(weights: Mapping[str, Tensor], size: int) -> dict[str, Tensor]:
    """Of a plain model's weights those that a model of the earlier vocabulary of ``size`` tokens has."""
    kept = {TOKEN: size, COMPONENTS: size, SHARED: former_components(size)}
    return {name: tensor[:kept[name]] if name in kept else tensor for name, tensor in weights.items()}
