"""The messages between the window (or the CLI) and the model process. Plain frozen data, no torch.

The client sends ``Generate``, ``Look``, ``BuildLibrary``, ``ReadAhead``, ``Cancel`` and ``Shutdown``; the worker
answers with ``Ready`` or ``Unavailable``, then ``NotesWritten``, ``TakeFinished``, ``RequestFinished`` and
``RequestFailed``, to ``Look`` with ``Looked`` or ``RequestFailed``, and to ``BuildLibrary`` with ``LibraryProgress``,
then ``LibraryBuilt``, ``RequestFinished`` where it was cancelled, or ``RequestFailed``. ``request_id`` is the client's
own running number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.generation.request import Request, Take
from core.music.song import Song


@dataclass(frozen=True)
class Generate:
    request_id: int
    request: Request


@dataclass(frozen=True)
class NoteToLookAt:
    """A note of ``song``: ``onset`` in ticks."""

    song: Song
    track: int
    onset: int
    pitch: int


@dataclass(frozen=True)
class Look:
    """Show what is inside the model of ``style``: its pitches and, if there is a note, where it looked for it, with the
    library of a folder beside the song, if one is named."""

    request_id: int
    style: str = ""
    note: NoteToLookAt | None = None
    library: str = ""


@dataclass(frozen=True)
class BuildLibrary:
    """Read the folder ``songs`` with the model of ``style`` and write a library to the folder ``out``."""

    request_id: int
    songs: str
    out: str
    style: str = ""


@dataclass(frozen=True)
class ReadAhead:
    """A request that may come: when there is nothing else to do, read what has to be read before it is written, so that
    it begins at once. Never answered; each takes the place of the one before."""

    request: Request


@dataclass(frozen=True)
class LibraryProgress:
    """``done`` files of ``total`` have been read."""

    request_id: int
    done: int
    total: int


@dataclass(frozen=True)
class LibraryBuilt:
    """The library lies in the folder ``out``; ``left_out`` files were no songs that can be read."""

    request_id: int
    out: str
    songs: int
    entries: int
    left_out: int


@dataclass(frozen=True)
class Cancel:
    """Stop writing the request. The worker answers with ``RequestFinished(cancelled=True)``."""

    request_id: int


@dataclass(frozen=True)
class Shutdown:
    """Leave the message loop and end the process."""


@dataclass(frozen=True)
class Ready:
    """The base model is loaded and warm. ``model`` is its name and size for a person to read; ``looks_up``: whether it
    can look up passages, of a library too; ``remembers``: whether it reads the bars before a window, so that reading
    ahead is of use."""

    model: str
    looks_up: bool = False
    remembers: bool = False


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


@dataclass(frozen=True, eq=False)
class PitchMap:
    """How the model sees pitches ``lowest`` and up: their embeddings, whose mean is taken off.

    ``points``: along the two directions of greatest spread, float32 (pitches, 2), and ``shares``, (2,), of the
    spread that these hold. ``alike``: mean cosine of pitches so many semitones apart, from 0 up, float32.
    ``classes``: the means of the twelve pitch classes, C first, in two dimensions of their own, float32 (12, 2).
    """

    lowest: int
    points: np.ndarray
    shares: np.ndarray
    alike: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True, eq=False)
class NoteAttention:
    """Where the model looked when it was about to write a note, the last of ``notes``.

    ``notes``: what it had in sight (NOTE_DTYPE, ticks of the song), ``tracks``: of each, int32. ``weights``: float32
    (layers, heads, notes), and ``elsewhere``, (layers, heads), on bar lines, tracks and other tokens of no note, and
    ``remembered``, (layers, heads), on the segments that it read before; all together are 1 for each head.
    """

    notes: np.ndarray
    tracks: np.ndarray
    weights: np.ndarray
    elsewhere: np.ndarray
    remembered: np.ndarray


@dataclass(frozen=True, eq=False)
class LookUps:
    """What a model looked up in its memory when it was about to write a note: entries of the song before the window,
    and of a library. H heads of the one layer that looks up, ``layer``, from 0.

    ``gates``: float32 (H,), how far each head lets through what was looked up, 0 to 1. ``passages``: int32 (p, 2), the
    bar and track of the song, track -1 for bar lines and the like; ``shares``: float32 (H, p), how much each counted.
    ``notes``: which notes they were (NOTE_DTYPE, ticks of the song), ``tracks``: of each, int32, and ``weights``,
    (H, notes). ``library``: song, bar and track of its passages, and ``library_shares``, (H, ...). For a head that
    looked up anything, ``shares`` and ``library_shares`` together are 1. ``first_bar``: with which the window begins.
    """

    layer: int
    first_bar: int
    gates: np.ndarray
    passages: np.ndarray
    shares: np.ndarray
    notes: np.ndarray
    tracks: np.ndarray
    weights: np.ndarray
    library: tuple[tuple[str, int, int], ...]
    library_shares: np.ndarray


@dataclass(frozen=True, eq=False)
class Looked:
    """``look_ups`` is None without a note, or where the model does not look up: ``looks_up``. ``problem``: why the
    note cannot be looked at, a sentence for a person."""

    request_id: int
    pitches: PitchMap
    attention: NoteAttention | None
    look_ups: LookUps | None = None
    looks_up: bool = False
    problem: str = ""
