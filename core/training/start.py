"""The model a training run starts with: a new one, a trained one, or that of the run which is resumed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from core.model.checkpoint import CONFIG, load_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary
from core.tokens.merges import Merges, component_count, components


def new_model(seed: int, merges: Merges | None = None) -> Transformer:
    """A model of the shipped one's shape with random weights."""
    torch.manual_seed(seed)
    parts = components(merges)
    config = ModelConfig(merges.size if merges else vocabulary.SIZE, component_count(merges))
    return Transformer(config, torch.from_numpy(parts), merges)


def starting_model(run: Path, resume: bool, trained: Path | None, seed: int, merges: Merges | None = None
                   ) -> Transformer:
    """What ``run`` starts with: the model it stopped with, if it is resumed; else the ``trained`` model of a folder,
    with that model's own merges; else a new one. Raises CheckpointError naming the file that is at fault.
    """
    if resume and (run / "last" / CONFIG).is_file():
        return load_model(run / "last")[0]
    return load_model(trained)[0] if trained is not None else new_model(seed, merges)


def with_hints(model: Transformer) -> Transformer:
    """The model as one that is shown hints in its training (``hints`` of its config)."""
    model.config = replace(model.config, hints=True)
    return model


def with_context(model: Transformer, tokens: int) -> Transformer:
    """The model as one that learns from windows of so many tokens. Nothing else changes: positions have no end."""
    model.config = replace(model.config, context=tokens)
    return model


def with_memories(model: Transformer, length: int, retrieval_layer: int) -> Transformer:
    """The model with memories it has not learned to use yet: ``memory_length`` and ``retrieval_layer`` of its config.
    A gate that is new starts nearly closed."""
    config = replace(model.config, memory_length=length, retrieval_layer=retrieval_layer)
    remembering = Transformer(config, model.embeddings.components, model.merges)
    known = remembering.state_dict() | model.state_dict()
    remembering.load_state_dict({name: known[name] for name in remembering.state_dict()})
    return remembering
