"""The messages between the window (or the CLI) and the model process. Plain frozen data, no torch.

The client sends ``Generate``, ``Cancel`` and ``Shutdown``; the worker answers with ``Ready`` or ``Unavailable``, then
``NotesWritten``, ``TakeFinished``, ``RequestFinished`` and ``RequestFailed``. ``request_id`` is the client's own
running number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.generation.request import Request, Take


@dataclass(frozen=True)
class Generate:
    request_id: int
    request: Request


@dataclass(frozen=True)
class Cancel:
    """Stop writing the request. The worker answers with ``RequestFinished(cancelled=True)``."""

    request_id: int


@dataclass(frozen=True)
class Shutdown:
    """Leave the message loop and end the process."""


@dataclass(frozen=True)
class Ready:
    """The base model is loaded and warm. ``model`` is its name and size for a person to read."""

    model: str


@dataclass(frozen=True)
class Unavailable:
    """The base model cannot be loaded and the process ends. ``reason`` is a sentence for a person."""

    reason: str


@dataclass(frozen=True, eq=False)
class NotesWritten:
    """Take ``take`` has finished cell ``(bar, track)``: all its notes there, in ticks of the song."""

    request_id: int
    take: int
    bar: int
    track: int
    notes: np.ndarray


@dataclass(frozen=True, eq=False)
class TakeFinished:
    request_id: int
    take: Take


@dataclass(frozen=True)
class RequestFinished:
    """All takes are done, or the request was cancelled (takes that were finished before stay good)."""

    request_id: int
    cancelled: bool = False


@dataclass(frozen=True)
class RequestFailed:
    """Nothing more comes for this request. ``reason`` is a sentence for a person."""

    request_id: int
    reason: str
