"""The mean of models that stand along one training: it often foretells held-out songs better than the last of them.

Source: Izmailov et al., Averaging Weights Leads to Wider Optima and Better Generalization (arXiv 1803.05407).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from core.model.transformer import Transformer


def average_models(models: Sequence[Transformer]) -> Transformer:
    """A model with the mean of each weight, in the last one's shape and context. The models stay as they are.

    Raises ValueError where they are not of one shape and one vocabulary.
    """
    last = models[-1]
    weights = [model.state_dict() for model in models]
    shapes = [{name: tensor.shape for name, tensor in one.items()} for one in weights]
    parts = [model.embeddings.components for model in models]
    if any(shape != shapes[-1] for shape in shapes) or not all(torch.equal(part, parts[-1]) for part in parts):
        raise ValueError("only models of one shape and one vocabulary can be averaged")
    mean = {name: torch.stack([one[name] for one in weights]).mean(dim=0) if tensor.is_floating_point() else tensor
            for name, tensor in weights[-1].items()}
    averaged = Transformer(last.config, last.embeddings.components, last.merges)
    averaged.load_state_dict(mean)
    return averaged.eval()
