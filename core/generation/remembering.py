"""What a model that remembers is told of a song before a window: the bars before, read once and kept.

The song is read as in training, as a stream in pieces of whole bars; the last piece ends where the window begins. With
segment memory alone reading begins no farther back than that memory reaches; a model that looks up reads from the
song's start. What is kept is found by the content that was read, so an edit, an undo or a take costs no more than what
follows it, and the same song gives the same takes whatever was asked before.

Little of the model is needed for that: what is looked up follows from the blocks below the one that looks up, so far
back none above is computed, and nothing is looked up for it.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from core.model.cache import KeyValueCache
from core.model.library import Library
from core.model.memories import PLACE_COLUMNS, Memories
from core.model.memory import RetrievalMemory, SegmentMemory
from core.model.nearest import BLOCK, look_up_format
from core.model.steps import feed_prompts
from core.model.transformer import Transformer
from core.music.song import Song
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from core.tokens.segments import SongSegments

OWN_SONG = -1
"""The number of the user's own song, where songs of a library are numbered from 0."""
KEPT_BYTES = 256 << 20
"""Of memory that is used for what was read."""
STORES = 2
"""Memories that are kept to be looked up: that of the prompt that is kept, and another."""
CUTS_KEPT = 8
"""Songs that stay cut into pieces: less than a megabyte each."""


@dataclass(frozen=True, eq=False)
class _Piece:
    """Rows to be read, int32 (n, 6), and the song's bar of each, int64. ``key`` stands for them and all before them."""

    key: bytes
    rows: np.ndarray
    bars: np.ndarray


@dataclass(frozen=True, eq=False)
class _Read:
    """After a piece was read by the first ``depth`` blocks: their part of the state of segment memory, and what the
    piece adds to be looked up. ``key`` is the piece's."""

    key: bytes
    depth: int
    segments: dict[str, Tensor]
    added: dict[str, Tensor]

    @cached_property
    def size(self) -> int:
        return sum(t.numel() * t.element_size() for part in (self.segments, self.added) for t in part.values())


@dataclass(frozen=True, eq=False)
class Prefilled:
    """Prompts that were read: the ``cache`` to be expanded or fed, the ``logits`` of what comes next, and what is
    looked up. ``key`` stands for the prompt and all that was read before it."""

    key: bytes
    cache: KeyValueCache
    logits: Tensor
    retrieval: RetrievalMemory | None


class Reader:
    """Reads songs for one model, and keeps what it read: the pieces used last, up to ``kept_bytes``. ``library``: what
    else can be looked up. ``dtype``: of what is looked up, the fastest for this processor unless told.

    ``tokens_read``: how many it had to read in all.
    """

    def __init__(self, model: Transformer, kept_bytes: int = KEPT_BYTES, library: Library | None = None,
                 dtype: torch.dtype | None = None) -> None:
        self.model, self.kept_bytes, self.library, self.tokens_read = model, kept_bytes, library, 0
        self.dtype = dtype or look_up_format()
        self._kept: OrderedDict[bytes, _Read] = OrderedDict()
        self._size = 0
        self._stores: list[tuple[list[bytes], RetrievalMemory]] = []  # with their pieces; used last: last
        self._prefilled: Prefilled | None = None
        self._cuts: deque[tuple[Song, int, list[_Piece]]] = deque(maxlen=CUTS_KEPT)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return (self._size + sum(memory.size for _, memory in self._stores)
                + (self._prefilled.cache.size if self._prefilled is not None else 0))

    @torch.inference_mode()
    def prefill(self, features: Tensor, alike: int, capacity: int, songs: Sequence[Song], bars: Sequence[int],
                keep: bool, should_stop: Callable[[], bool] = lambda: False) -> Prefilled | None:
        """Prompts, (rows, T, 6), each with what is remembered before a bar of its song. ``alike``: columns at the start
        that are the same in all rows. ``capacity``: columns of the cache besides what is remembered. ``keep``: the same
        prompts next time cost nothing; their cache must not be fed, but expanded. None when ``should_stop``, asked
        piece by piece, said so."""
        chains = [self.read(song, bar, should_stop) for song, bar in zip(songs, bars)]
        if should_stop():
            return None
        if len({_key(chain) for chain in chains}) > 1:
            alike = 0
        memories = self._memories(chains[:1] if alike else chains)
        key = hashlib.blake2b(b"".join((features.numpy().tobytes(), *map(_key, chains), b"%d" % capacity))).digest()
        if keep and self._prefilled is not None and self._prefilled.key == key:
            return replace(self._prefilled, retrieval=memories.retrieval)
        cache, logits = feed_prompts(self.model, features, alike, capacity, memories.segments, memories.retrieval)
        prefilled = Prefilled(key, cache, logits, memories.retrieval)
        if keep:
            self._prefilled = prefilled
        return prefilled

    @torch.inference_mode()
    def before(self, songs: Sequence[Song], bars: Sequence[int]) -> Memories:
        """What is remembered before a bar of each song: memories of a row each. Where all look up the same, as the
        takes of a request do, that is there once, and they are its guests."""
        return self._memories([self.read(song, bar) for song, bar in zip(songs, bars)])

    def _memories(self, chains: Sequence[Sequence[_Read]]) -> Memories:
        """What is remembered after each chain of pieces."""
        memories = Memories(self.model.config, len(chains), 0)
        memories.segments = self._segments(chains)
        if memories.retrieval is not None:
            same = len({_key(chain) for chain in chains}) == 1
            memories.retrieval = self._to_look_up(chains[0]) if same else self._look_up_apart(chains)
            memories.retrieval.library = self.library
        return memories

    def rows_before(self, song: Song, bar: int) -> tuple[np.ndarray, np.ndarray]:
        """What is read before a bar, int32 (n, 6), and the song's bar of each row, int64: row i is what stands at place
        i of the memory to be looked up."""
        pieces = self._pieces(song, bar) if bar > 0 and len(song.tracks) <= v.TRACKS else []
        none = np.empty((0, 6), dtype=np.int32), np.empty(0, dtype=np.int64)
        return tuple(np.concatenate(parts) for parts in zip(none, *((piece.rows, piece.bars) for piece in pieces)))

    def read(self, song: Song, bar: int, should_stop: Callable[[], bool] = lambda: False) -> list[_Read]:
        """The pieces of a song before a bar, read now or before; not all of them when ``should_stop`` says so."""
        chain: list[_Read] = []
        if bar <= 0 or len(song.tracks) > v.TRACKS:
            return chain
        pieces = self._pieces(song, bar)
        lengths = [len(piece.rows) for piece in pieces]
        segments: SegmentMemory | None = None
        for piece, depth in zip(pieces, self._depths(lengths)):
            if should_stop():
                break
            kept = self._kept.get(piece.key)
            if kept is None or kept.depth < depth:
                segments = segments or self._segments([chain])
                kept = self._read_piece(piece, chain, segments, depth, sum(lengths))
            else:
                segments = None
            self._keep(kept)
            chain.append(kept)
        return chain

    def _pieces(self, song: Song, bar: int) -> list[_Piece]:
        """The pieces that are read before a bar, in order; at once where that was asked not long ago."""
        for known, its_bar, pieces in self._cuts:
            if its_bar == bar and _reads_alike(known, song):
                return pieces
        pieces = self._cut_up(song, bar)
        self._cuts.append((song, bar, pieces))
        return pieces

    def _cut_up(self, song: Song, bar: int) -> list[_Piece]:
        config = self.model.config
        segments = SongSegments(encode(song, bar_count=bar + 1, drum_durations=False), config.context)
        end = int(segments.stream.bar_starts[bar])
        last = int(np.searchsorted(segments.bounds, end)) - 1  # the segment that holds the row before
        reach = last if config.retrieval_layer else min(last, -(-config.memory_length // config.context))
        bounds = [*segments.bounds[last - reach:last + 1].tolist(), end]
        pieces, digest = [], hashlib.blake2b(digest_size=16)
        for low, high in zip(bounds[:-1], bounds[1:]):
            if low < high:
                rows = segments.stream.cut(low, high)
                digest.update(rows.tobytes())
                pieces.append(_Piece(digest.digest(), rows, segments.bars_of(low, high)))
        return pieces

    def _depths(self, lengths: Sequence[int]) -> list[int]:
        """How many blocks must read each piece, of so many tokens: those up to the one that looks up, and all for the
        pieces that segment memory still holds at the end."""
        layers, looks_up, length = (getattr(self.model.config, name)
                                    for name in ("layers", "retrieval_layer", "memory_length"))
        # With more than one block above it those of them below the top would have to look back in turn.
        if not looks_up or (length and looks_up < layers - 1):
            return [layers] * len(lengths)
        after = np.cumsum([0, *lengths[:0:-1]])[::-1]  # tokens that follow each piece
        return [layers if follow < length else looks_up for follow in after.tolist()]

    def _segments(self, chains: Sequence[Sequence[_Read]]) -> SegmentMemory | None:
        """The segment memory after each chain of pieces, a row each."""
        if not self.model.config.memory_length:
            return None
        memory = SegmentMemory(self.model.config, len(chains), self.model.config.memory_length)
        for row, chain in enumerate(chains):
            if chain:
                memory.take_row(row, chain[-1].segments)
        return memory

    def _to_look_up(self, chain: Sequence[_Read], room: int = 0) -> RetrievalMemory:
        """What is looked up after these pieces, in a row with room for ``room`` positions; for STORES calls."""
        wanted = [read.key for read in chain]
        held, memory = self._take_store(wanted, max(room, _positions(chain)))
        known = _in_common(held, wanted)
        if not known == len(held) == len(wanted):
            memory.take_row(0, [read.added for read in chain[known:]], _positions(chain[:known]))
            self._tell_likeness(memory, chain)
        self._stores.append((wanted, memory))
        return memory

    def _take_store(self, wanted: list[bytes], needed: int) -> tuple[list[bytes], RetrievalMemory]:
        """The store that has the most of these pieces and no other; else the one used longest ago, once there are
        enough; an empty one where that has no room for ``needed`` positions."""
        fitting = [store for store in self._stores if store[0] == wanted[:len(store[0])]]
        store = max(fitting, key=lambda store: len(store[0]), default=None)
        if store is None and len(self._stores) == STORES:
            store = self._stores[0]
        if store is not None:
            self._stores = [other for other in self._stores if other is not store]
        if store is None or store[1].capacity < needed:
            store = [], self._retrieval(1, needed + needed // 4)
        return store

    def _look_up_apart(self, chains: Sequence[Sequence[_Read]]) -> RetrievalMemory:
        """What is looked up after each row's own pieces."""
        memory = self._retrieval(len(chains), max(_positions(chain) for chain in chains))
        for row, chain in enumerate(chains):
            memory.take_row(row, [read.added for read in chain])
        self._tell_likeness(memory, *chains)
        return memory

    def _tell_likeness(self, memory: RetrievalMemory, *chains: Sequence[_Read]) -> None:
        """Tells a memory in how much of these chains it begins like the store used last."""
        if self._stores:
            held, other = self._stores[-1]
            known = min(_in_common(held, [read.key for read in chain]) for chain in chains)
            memory.begins_like(other, _positions(chains[0][:known]))

    def _retrieval(self, rows: int, capacity: int) -> RetrievalMemory:
        """Of whole blocks, so that a look-up is the same whatever there is room for."""
        capacity = -(-max(capacity, self.model.config.retrieved) // BLOCK) * BLOCK
        return RetrievalMemory(self.model.config, rows, capacity, PLACE_COLUMNS, dtype=self.dtype)

    def _read_piece(self, piece: _Piece, chain: Sequence[_Read], segments: SegmentMemory | None, depth: int, room: int
                    ) -> _Read:
        """Reads one piece after those of ``chain``, into segment memory of one row."""
        rows = piece.rows
        retrieval = None
        if self.model.config.retrieval_layer:
            retrieval = self._to_look_up(chain, room)
        self.model.take_in(torch.from_numpy(rows)[None], segments, retrieval, depth)
        self.tokens_read += len(rows)
        added: dict[str, Tensor] = {}
        if retrieval is not None:
            (keys, values), retrieval.waiting = retrieval.waiting, None
            places = np.stack([np.full(len(rows), OWN_SONG), piece.bars, rows[:, 3]], axis=1).astype(np.int32)
            added = {"keys": keys[0].to(self.dtype, copy=True), "values": values[0].to(self.dtype, copy=True),
                     "places": torch.from_numpy(places)}
        state: dict[str, Tensor] = {}
        if segments is not None:
            state = {name: tensor.clone() for name, tensor in segments.state(depth).items()}
        return _Read(piece.key, depth, state, added)

    def _keep(self, read: _Read) -> None:
        before = self._kept.pop(read.key, None)
        self._size += read.size - (before.size if before is not None else 0)
        self._kept[read.key] = read
        while len(self._kept) > 1 and self._size > self.kept_bytes:
            self._size -= self._kept.popitem(last=False)[1].size


def _reads_alike(song: Song, other: Song) -> bool:
    """Whether a model would read the same in both."""
    if (song.ticks_per_beat, song.tempos, song.meters) != (other.ticks_per_beat, other.tempos, other.meters):
        return False
    if len(song.tracks) != len(other.tracks):
        return False
    return all((a.program, a.is_drum) == (b.program, b.is_drum) and (a.notes is b.notes or np.array_equal(
        a.notes, b.notes)) for a, b in zip(song.tracks, other.tracks))


def _key(chain: Sequence[_Read]) -> bytes:
    """What stands for all that was read."""
    return chain[-1].key if chain else b""


def _in_common(some: Sequence[bytes], others: Sequence[bytes]) -> int:
    """How many are the same at the start."""
    return next((number for number, (one, other) in enumerate(zip(some, others)) if one != other),
                min(len(some), len(others)))


def _positions(chain: Sequence[_Read]) -> int:
    """How many positions of some pieces can be looked up."""
    return sum(len(read.added["places"]) for read in chain)
