"""The messages between the window (or the CLI) and the fine-tuning process. Plain frozen data, no torch.

The client starts the process with a ``FinetuneRequest``; it answers with ``FolderProgress`` again and again, one
``ScanReport`` (see ``core.corpus.report``), one ``FinetuneStarted``, ``FinetuneProgress`` again and again, then one
``FinetuneFinished`` or ``FinetuneFailed``. ``StopFinetune`` may be sent at any time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Method = Literal["lora", "full"]
MIN_SONGS = 3
"""The fewest songs a folder can be learned from: one to train on, one to choose by, one to measure on."""


@dataclass(frozen=True)
class FinetuneRequest:
    """Train a style called ``name`` on the songs of ``folder`` for at most ``minutes``."""

    folder: str
    name: str
    minutes: float = 10.0
    method: Method = "full"
    seed: int = 0


@dataclass(frozen=True)
class StopFinetune:
    """Stop training early and keep the best so far."""


@dataclass(frozen=True)
class FolderProgress:
    """``done`` of the ``total`` files of the folder have been looked at."""

    done: int
    total: int


@dataclass(frozen=True)
class FinetuneStarted:
    """Training begins. ``before``: bits per note of the base model on the held-out songs that progress is
    measured on."""

    before: float
    train_songs: int
    held_out_songs: int


@dataclass(frozen=True)
class FinetuneProgress:
    """One look at the training. ``fraction`` runs from 0 to 1; ``loss`` is in nats a token.

    ``held_out_bits_per_note`` is None except where the held-out songs were just measured.
    """

    step: int
    seconds: float
    fraction: float
    tokens_per_second: float
    eta_seconds: float
    loss: float
    held_out_bits_per_note: float | None


@dataclass(frozen=True)
class FinetuneFinished:
    """The style is written. ``before`` and ``after``: bits per note on ``held_out_songs`` songs of the
    folder that were used neither to train nor to choose the best weights."""

    name: str
    before: float
    after: float
    train_songs: int
    held_out_songs: int
    stopped: bool


@dataclass(frozen=True)
class FinetuneFailed:
    """No style was written. ``reason`` is a sentence for a person."""

    reason: str
