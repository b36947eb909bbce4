"""The mean of models that stand along one training: it often foretells held-out songs better than the last of them.

Source: Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization (arXiv 1803.05407).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from core.model.transformer import Transformer


def average_models(models: Sequence[Transformer]) -> Transformer:
    """A model with the mean of each weight, in the last one's shape and context. The models stay as they are.

    They may differ in their context and in whether they learned from hints; raises ValueError where they do in more.
    """
    last = models[-1]
    for number, model in enumerate(models, start=1):
        config = replace(model.config, context=last.config.context, hints=last.config.hints)
        if config != last.config or not torch.equal(model.embeddings.components, last.embeddings.components):
            raise ValueError(f"model {number} has another shape or vocabulary than the last one: only models of one "
                             "training can be averaged")
    weights = [model.state_dict() for model in models]
    mean = {name: torch.stack([one[name] for one in weights]).mean(dim=0) if tensor.is_floating_point() else tensor
            for name, tensor in weights[-1].items()}
    averaged = Transformer(last.config, last.embeddings.components, last.merges)
    averaged.load_state_dict(mean)
    return averaged.eval()
