"""A library: what a model looked at in a folder of songs, to be looked up beside the user's own.

A folder: ``library.json`` (the model it was made with, the songs' names) and ``entries.safetensors`` (keys and values
of the layer that looks up, and for each entry its song, bar and track).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from core.model.checkpoint import CheckpointError, fingerprint, is_model, read_tensors, write_tensors, write_text
from core.model.entries import Entries, entries_of
from core.model.libraries import ENTRIES, FACTS
from core.model.memories import Memories
from core.model.nearest import ExactSearch, build_search
from core.model.transformer import Transformer
from core.tokens.encoder import EncodedSong
from core.tokens.segments import SongSegments

FORMAT, VERSION = "ritornello-library", 1


class Library:
    """Entries that every query may look up. ``keys``, ``values``: (H, N, D); ``places``: int32 (N, 3), the number of
    the song in ``songs``, bar and track of each entry."""

    def __init__(self, keys: Tensor, values: Tensor, places: Tensor, songs: Sequence[str]) -> None:
        self.keys, self.values, self.places, self.songs = keys, values, places, tuple(songs)
        self.search = build_search(keys)
        self._entries: Entries | None = None

    def __len__(self) -> int:
        return self.keys.shape[1]

    def entries(self) -> Entries | None:
        """All entries, for compiled code; None where that cannot be, or Faiss searches among them."""
        if self._entries is None and isinstance(self.search, ExactSearch):
            self._entries = entries_of(self.keys[None], self.values[None], [len(self)])
        return self._entries


def load_library(folder: Path, model: Transformer) -> Library:
    """The library in a folder. Raises CheckpointError when there is none, or it was made with another model."""
    folder = Path(folder)
    try:
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        if facts["format"] != FORMAT or facts["version"] != VERSION:
            raise ValueError("of another version")
        made_with, songs = facts["model"], [str(name) for name in facts["songs"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{folder} is not a library ({error}): make one with the command of that name") from None
    if not is_model(model, made_with):
        raise CheckpointError(f"{folder} was made with another model: make it again with this one")
    tensors, _ = read_tensors(folder / ENTRIES)
    try:
        keys, values, places = tensors["keys"], tensors["values"], tensors["places"]
        if keys.shape != values.shape or keys.shape[1] != len(places) or int(places[:, 0].max()) >= len(songs):
            raise ValueError("its parts do not fit together")
        if not (keys.isfinite().all() and values.isfinite().all()):
            raise ValueError("not all of its numbers are numbers")
    except (KeyError, ValueError, RuntimeError, IndexError) as error:
        raise CheckpointError(f"{folder / ENTRIES}: is damaged: {error}") from None
    return Library(keys.float(), values.float(), places, songs)


@torch.inference_mode()
def build_library(folder: Path, model: Transformer, songs: Iterable[tuple[str, EncodedSong]],
                  on_song: Callable[[str], None] = lambda name: None) -> int:
    """Reads the songs (name, cells) with the model and writes what it looked at; returns how many entries.

    Raises ValueError for a model that does not look up, or when there is no song.
    """
    if not model.config.retrieval_layer:
        raise ValueError("this model was not trained to look up what is alike: a library is for models that were "
                         "trained with --memory retrieval or both")
    parts: list[dict[str, Tensor]] = []
    names: list[str] = []
    model.eval()
    model.freeze_embeddings()
    for name, song in songs:
        parts += read_song(model, song, len(names))
        names.append(name)
        on_song(name)
    if not parts:
        raise ValueError("there is no song to make a library of")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(folder / ENTRIES, {
        "keys": torch.cat([part["keys"] for part in parts], dim=1).half(),
        "values": torch.cat([part["values"] for part in parts], dim=1).half(),
        "places": torch.cat([part["places"] for part in parts])})
    write_text(folder / FACTS, json.dumps({"format": FORMAT, "version": VERSION, "model": fingerprint(model),
                                           "songs": names}, ensure_ascii=False))
    return sum(len(part["places"]) for part in parts)


def read_song(model: Transformer, song: EncodedSong, number: int) -> list[dict[str, Tensor]]:
    """Keys, values and places of a whole song, segment after segment."""
    segments = SongSegments(song, model.config.context)
    memories = Memories(model.config, 1, segments.stream.length)
    parts = []
    for segment in range(len(segments)):
        rows = segments.read(segment)
        model.take_in(torch.from_numpy(rows)[None], memories.segments, memories.retrieval, model.config.retrieval_layer)
        keys, values = memories.retrieval.waiting
        places = torch.from_numpy(np.stack([np.full(len(rows), number), segments.bars(segment), rows[:, 3]],
                                           axis=1).astype(np.int32))
        parts.append({"keys": keys[0].clone(), "values": values[0].clone(), "places": places})
        memories.remember(torch.ones(1, len(rows), dtype=torch.bool), places[None])
    return parts
