"""What a model that remembers is told of a song before a window: the bars before, read once and kept.

The song is read as in training, as a stream in pieces of whole bars; the last piece ends where the window begins. With
segment memory alone reading begins no farther back than that memory reaches; a model that looks up reads from the
song's start. What is kept is found by the content that was read, so an edit, an undo or a take costs no more than what
follows it, and the same song gives the same takes whatever was asked before.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.model.library import Library
from core.model.memories import Memories
from core.model.transformer import Transformer
from core.music.song import Song
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from core.tokens.segments import SongSegments

OWN_SONG = -1
"""The number of the user's own song, where songs of a library are numbered from 0."""
KEPT_BYTES = 256 << 20
"""Of memory that is used for what was read."""


@dataclass(frozen=True, eq=False)
class _Read:
    """After a piece of ``length`` tokens was read: the state of segment memory, and what it adds to be looked up."""

    length: int
    segments: dict[str, Tensor]
    added: dict[str, Tensor]

    @property
    def size(self) -> int:
        return sum(t.numel() * t.element_size() for part in (self.segments, self.added) for t in part.values())


class Reader:
    """Reads songs for one model, and keeps what it read: the pieces used last, up to ``kept_bytes``. ``library``: what
    else can be looked up.

    ``tokens_read``: how many it had to read in all.
    """

    def __init__(self, model: Transformer, kept_bytes: int = KEPT_BYTES, library: Library | None = None) -> None:
        self.model, self.kept_bytes, self.library, self.tokens_read = model, kept_bytes, library, 0
        self._kept: OrderedDict[bytes, _Read] = OrderedDict()
        self._size = 0

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    @torch.inference_mode()
    def before(self, songs: Sequence[Song], bars: Sequence[int]) -> Memories:
        """What is remembered before a bar of each song: memories of a row each."""
        memories = self._memories([self._read(song, bar) for song, bar in zip(songs, bars)])
        if memories.retrieval is not None:
            memories.retrieval.library = self.library
        return memories

    def rows_before(self, song: Song, bar: int) -> tuple[np.ndarray, np.ndarray]:
        """What is read before a bar, int32 (n, 6), and the song's bar of each row, int64: row i is what stands at place
        i of the memory to be looked up."""
        pieces = self._pieces(song, bar) if bar > 0 and len(song.tracks) <= v.TRACKS else []
        none = np.empty((0, 6), dtype=np.int32), np.empty(0, dtype=np.int64)
        return tuple(np.concatenate(parts) for parts in zip(none, *pieces))

    def _read(self, song: Song, bar: int) -> list[_Read]:
        """The pieces of a song before a bar, read now or before."""
        chain: list[_Read] = []
        if bar <= 0 or len(song.tracks) > v.TRACKS:
            return chain
        pieces = self._pieces(song, bar)
        room = sum(len(rows) for rows, _ in pieces)
        digest = hashlib.blake2b(digest_size=16)
        memories: Memories | None = None
        for rows, bars in pieces:
            digest.update(rows.tobytes())
            key = digest.digest()
            kept = self._kept.get(key)
            if kept is None:
                memories = memories or self._memories([chain], room)
                kept = self._read_piece(memories, rows, bars)
            else:
                memories = None
            self._keep(key, kept)
            chain.append(kept)
        return chain

    def _pieces(self, song: Song, bar: int) -> list[tuple[np.ndarray, np.ndarray]]:
        """Rows, and the bar of each, of the pieces that are read before a bar, in order."""
        config = self.model.config
        segments = SongSegments(encode(song, bar_count=bar + 1, drum_durations=False), config.context)
        end = int(segments.stream.bar_starts[bar])
        last = int(np.searchsorted(segments.bounds, end)) - 1  # the segment that holds the row before
        reach = last if config.retrieval_layer else min(last, -(-config.memory_length // config.context))
        bounds = [*segments.bounds[last - reach:last + 1].tolist(), end]
        return [(segments.stream.cut(low, high), segments.bars_of(low, high))
                for low, high in zip(bounds[:-1], bounds[1:]) if low < high]

    def _memories(self, chains: Sequence[Sequence[_Read]], room: int = 0) -> Memories:
        """Memories of a row for each chain of pieces. ``room``: positions to look up at least."""
        longest = max(sum(read.length for read in chain) for chain in chains)
        memories = Memories(self.model.config, len(chains), max(1, room, longest))
        for row, chain in enumerate(chains):
            if memories.segments is not None and chain:
                memories.segments.take_row(row, chain[-1].segments)
            if memories.retrieval is not None and chain:
                memories.retrieval.take_row(row, [read.added for read in chain])
        return memories

    def _read_piece(self, memories: Memories, rows: np.ndarray, bars: np.ndarray) -> _Read:
        """Reads one piece, (n, 6), at ``bars``, into memories of one row."""
        features = torch.from_numpy(rows)[None]
        self.model(features, memories.segments, last_only=True, retrieval=memories.retrieval)
        self.tokens_read += len(rows)
        added: dict[str, Tensor] = {}
        if memories.retrieval is not None:
            keys, values = memories.retrieval.waiting
            places = np.stack([np.full(len(rows), OWN_SONG), bars, rows[:, 3]], axis=1).astype(np.int32)
            added = {"keys": keys[0].clone(), "values": values[0].clone(), "places": torch.from_numpy(places)}
            memories.remember(torch.ones(1, len(rows), dtype=torch.bool), added["places"][None])
        segments = {} if memories.segments is None else {
            name: tensor.clone() for name, tensor in memories.segments.state().items()}
        return _Read(len(rows), segments, added)

    def _keep(self, key: bytes, read: _Read) -> None:
        if key not in self._kept:
            self._size += read.size
        self._kept[key] = read
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and self._size > self.kept_bytes:
            self._size -= self._kept.popitem(last=False)[1].size
