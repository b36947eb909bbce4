"""Models that ours is set beside, of its width, depth and tokens: nanoGPT's, a plain GPT, Hugging Face's GPT-2."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import torch
from torch import nn

from core.evaluation.benchmarks.plain_gpt import PlainGPT
from core.evaluation.findings import trial
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.merges import component_count, components

OWN, NANOGPT, PLAIN, HF = "ours", "nanoGPT", "plain GPT (standing in for nanoGPT)", "Hugging Face Trainer (GPT-2)"
BETAS, WEIGHT_DECAY = (0.9, 0.95), 0.1
"""Of nanoGPT's AdamW, as its own training has them."""


@dataclass(frozen=True)
class Size:
    """``width``, ``heads`` and ``layers`` of all models; a step trains on ``rows`` of ``context`` tokens."""

    name: str
    width: int
    heads: int
    layers: int
    context: int
    rows: int


SMALL = Size("small", 128, 4, 4, trial.CONTEXT, trial.BATCH_SIZE)
"""That of ``trial.small_model``."""
SHIPPED = Size("shipped", 256, 8, 4, 1024, 8)
"""That of the shipped model."""


def build_own(size: Size) -> Transformer:
    parts = components(None)
    config = ModelConfig(len(parts), component_count(None), width=size.width, layers=size.layers, heads=size.heads,
                         context=size.context)
    return Transformer(config, torch.from_numpy(parts))


def build_peer(nanogpt: Path | None, size: Size) -> nn.Module:
    """nanoGPT's model from a checkout, or a plain GPT: ``model(tokens, wanted)`` gives logits and loss."""
    if nanogpt is None:
        return PlainGPT(v.SIZE, size.context, size.width, size.layers, size.heads)
    spec = spec_from_file_location("nanogpt_model", nanogpt / "model.py")
    if spec is None or not (nanogpt / "model.py").is_file():
        raise ValueError(f"{nanogpt}: holds no model.py: name a checkout of nanoGPT")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.GPT(module.GPTConfig(block_size=size.context, vocab_size=v.SIZE, n_layer=size.layers,
                                       n_head=size.heads, n_embd=size.width, dropout=0.0, bias=False))


def peer_optimizer(model: nn.Module, rate: float) -> torch.optim.Optimizer:
    """nanoGPT's own where the model has it."""
    configure = getattr(model, "configure_optimizers", None)
    if configure:
        return configure(WEIGHT_DECAY, rate, BETAS, "cpu")
    return torch.optim.AdamW(model.parameters(), lr=rate, betas=BETAS, weight_decay=WEIGHT_DECAY)


def build_gpt2(size: Size) -> nn.Module:
    """Hugging Face's, without dropout, which would cost it time."""
    from transformers import GPT2Config, GPT2LMHeadModel

    return GPT2LMHeadModel(GPT2Config(
        vocab_size=v.SIZE, n_positions=size.context, n_embd=size.width, n_layer=size.layers, n_head=size.heads,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=None, eos_token_id=None))
