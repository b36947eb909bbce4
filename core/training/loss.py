"""The loss of a batch, for training (nats a token) and for people (bits per note)."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.model.cache import PAD
from core.model.memories import Memories
from core.model.transformer import TOKEN
from core.tokens.vocabulary import (
    BAR,
    EXCERPT,
    FILL,
    GENERATE,
    PROGRAM,
    SIZE,
    SONG,
    TEMPO,
    TRACK,
    VELOCITY,
    VELOCITY_CLASSES,
)

FLAT_FROM = 8
"""So many velocities of one class, and no other, are a source without dynamics."""

if TYPE_CHECKING:
    from core.corpus.song_walk import WalkBatch


class Batch(Protocol):
    """Examples of one shape, B rows of T tokens, the same for a whole run.

    ``features``: int32 (B, T, 6), padded on the right. ``answer``: bool (B, T), the tokens that were asked for.
    ``note_count``: int32 (B,), notes in the answer. ``task``: one name a row. Arrays, or tensors on any device.
    """

    features: np.ndarray | Tensor
    answer: np.ndarray | Tensor
    note_count: np.ndarray | Tensor
    task: tuple[str, ...]


def token_losses(model: nn.Module, features: Tensor, memories: Memories | None = None) -> tuple[Tensor, Tensor]:
    """Nats of each next token, (B, T), and whether there is one, bool (B, T). The last column has none.

    ``memories``: what the rows remember, and their guests may look up; see ``core.model.memory``.
    """
    targets = F.pad(features[:, 1:, TOKEN], (0, 1), value=PAD).long()
    logits = (model(features) if memories is None
              else model(features, memories.segments, retrieval=memories.retrieval))
    losses = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), reduction="none")
    return losses.view_as(targets), targets != PAD


def flat_velocities(features: Tensor) -> Tensor:
    """Where the next token is a velocity, in windows (or songs) whose velocities are all of one class, bool (B, T).

    Scores that were typed in have no dynamics; to learn from them would teach that music has none.
    """
    tokens = features[..., TOKEN]
    velocity = (tokens >= VELOCITY) & (tokens < VELOCITY + VELOCITY_CLASSES)
    window = ((tokens == SONG) | (tokens == EXCERPT)).cumsum(dim=1)  # which of its row's a token is part of
    none = F.pad(torch.zeros_like(window), (0, 1))  # window 0 is what stands before the row's first
    softest = (none + SIZE).scatter_reduce(1, window, torch.where(velocity, tokens, SIZE).long(), "amin")
    loudest = none.scatter_reduce(1, window, torch.where(velocity, tokens, 0).long(), "amax")
    flat = (softest == loudest) & (none.scatter_add(1, window, velocity.long()) >= FLAT_FROM)
    return F.pad((velocity & flat.gather(1, window))[:, 1:], (0, 1))


def hinted(features: Tensor) -> Tensor:
    """Where the next token is a hint on a marked cell, bool (B, T): the user says those, nobody has to foresee them."""
    tokens = features[..., TOKEN]
    fill = tokens == FILL
    opens = (fill | (tokens == GENERATE) | ((tokens >= BAR) & (tokens < TEMPO))
             | ((tokens >= TRACK) & (tokens < PROGRAM)))
    index = torch.arange(tokens.shape[1], device=tokens.device)
    last = torch.where(opens, 2 * index + fill, -1).cummax(dim=1).values
    behind_fill = (last >= 0) & (last % 2 == 1)
    return behind_fill & F.pad(~opens[:, 1:], (0, 1))


class TrainingLoss(nn.Module):
    """The mean loss of a batch: what is compiled and differentiated. Flat velocities and hints are not learned."""

    def __init__(self, model: nn.Module, prompt_weight: float) -> None:
        super().__init__()
        self.model, self.prompt_weight = model, prompt_weight

    def forward(self, features: Tensor, answer: Tensor, memories: Memories | None = None) -> Tensor:
        losses, real = token_losses(self.model, features, memories)
        asked = F.pad(answer[:, 1:], (0, 1))
        weights = torch.where(asked, 1.0, self.prompt_weight) * (real & ~flat_velocities(features) & ~hinted(features))
        return (losses * weights).sum() / weights.sum().clamp(min=1e-6)


def take_in(memories: Memories, batch: WalkBatch, features: Tensor) -> None:
    """After a batch of ``core.corpus.song_walk`` was read: what it read is remembered, and songs that are over are
    forgotten. ``features``: the batch's, on the device of the memories."""
    present = features[:memories.batch, :, TOKEN] != PAD
    memories.remember(present, torch.as_tensor(batch.places).to(features.device))
    memories.clear(torch.as_tensor(batch.song_ended).to(features.device))


@torch.no_grad()
def bits_per_note(model: nn.Module, batches: Sequence[Batch], memories: Memories | None = None) -> dict[str, float]:
    """Bits per note by task and for ``all``: −Σ log2 p of the answers' tokens / Σ their notes. Lower is better.

    Tasks without a note are left out. The model is left in the mode it was in. ``memories``: others of their kind
    walk through the batches, which are those of ``core.corpus.song_walk``, in order.
    """
    device, was_training = next(model.parameters()).device, model.training
    model.eval()
    remembered = memories.empty(device) if memories is not None else None
    bits, notes = defaultdict(float), defaultdict(int)
    for batch in batches:
        features = torch.as_tensor(batch.features).to(device)
        losses, real = token_losses(model, features, remembered)
        if remembered is not None:
            take_in(remembered, batch, features)
        asked = F.pad(torch.as_tensor(batch.answer).to(device)[:, 1:], (0, 1)) & real
        rows = (losses * asked).cpu().double().sum(dim=1).numpy() / math.log(2)
        for task, row_bits, row_notes in zip(batch.task, rows, batch.note_count.tolist()):
            for name in (task, "all"):
                bits[name] += float(row_bits)
                notes[name] += row_notes
    model.train(was_training)
    return {name: bits[name] / notes[name] for name in sorted(bits) if notes[name]}
