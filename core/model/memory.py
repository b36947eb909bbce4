"""What a model remembers of a song beyond its window: the last segments whole, and everything else by likeness.

``SegmentMemory`` is that of Transformer-XL (Dai et al. 2019): keys and values of the positions just read, in every
layer. ``RetrievalMemory`` is that of Memorizing Transformers (Wu et al. 2022): keys and values of one layer for all
that was read, of which each query sees the few most alike. Both hold each row of a batch apart, let no gradient
through, and are cleared for a row whose song has ended.

Shapes: B batch, H heads of keys and values, T new positions, M remembered positions, D head width; Q queries, which are
T for each head that shares one of keys and values.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from core.model.cache import PAD
from core.model.config import ModelConfig
from core.model.entries import Entries, entries_of
from core.model.nearest import most_alike

if TYPE_CHECKING:
    from core.model.library import Library

QUERIES_AT_ONCE = {"cpu": 64, "gpu": 1024}
"""Queries that look up together: so few that what they find stays in a processor's cache."""


class SegmentMemory:
    """The last ``length`` positions of each row, in every layer; stands where a cache stands in a forward pass.
    Padding takes up positions too.

    Rows are fed segment after segment of a song, padded on the right in its last. A position's token index runs on
    from segment to segment, and its time must too: then distances are right whatever lies between.

    A forward pass may have more rows than the memory, a multiple of them: row ``i + n * B`` is a *guest* of row i. It
    looks back as if it came next, and leaves no trace.

    ``keys_values``: (layers, 2, B, H, M, D). ``present``: bool (B, M), False where nothing is remembered. ``read``:
    int64 (B,), positions of its song that a row has read.
    """

    def __init__(self, config: ModelConfig, batch: int, length: int, device: torch.device | str = "cpu") -> None:
        self.keys_values = torch.zeros(config.layers, 2, batch, config.shared_heads, length, config.head_width,
                                       device=device)
        self.present = torch.zeros(batch, length, dtype=torch.bool, device=device)
        self.read = torch.zeros(batch, dtype=torch.long, device=device)

    @property
    def length(self) -> int:
        """Positions that are remembered at most."""
        return self.present.shape[1]

    def reserve(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Takes in the next segment, int (B and guests, T); call once a forward, before the layers ``append``.

        Returns the token index of each position, int (B and guests, T), and the mask, bool (B and guests, 1, T,
        M + T), True where a position may look.
        """
        own_rows, parties = len(self.read), len(tokens) // len(self.read)
        present = tokens != PAD
        columns = torch.arange(tokens.shape[1], device=tokens.device)
        # Padding looks at itself: a row of attention with nothing to see would be NaN.
        own = (present[:, None] & (columns <= columns[:, None])) | (columns == columns[:, None])
        before = self.present.repeat(parties, 1)[:, None].expand(-1, len(columns), -1)
        index = (self.read.repeat(parties)[:, None] + present.cumsum(dim=1) - 1).clamp(min=0)
        self.read = self.read + present[:own_rows].sum(dim=1)
        self.present = torch.cat((self.present, present[:own_rows]), dim=1)[:, -self.length:]
        return index, torch.cat((before, own), dim=2)[:, None]

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Remembers the segment's keys and values, (B and guests, H, T, D), of one layer; returns all, M + T."""
        own_rows = len(self.read)
        remembered = self.keys_values[layer].to(keys.dtype).repeat(1, len(keys) // own_rows, 1, 1, 1)
        keys, values = torch.cat((remembered[0], keys), dim=2), torch.cat((remembered[1], values), dim=2)
        self.keys_values[layer, 0] = keys[:own_rows, :, -self.length:].detach()
        self.keys_values[layer, 1] = values[:own_rows, :, -self.length:].detach()
        return keys, values

    def take_row(self, row: int, state: dict[str, Tensor]) -> None:
        """Makes a row remember what the only row of another memory did, of which ``state`` is the state, in as many
        layers as that has."""
        known = state["keys_values"]
        self.keys_values[:len(known), :, row] = known[:, :, 0]
        self.present[row], self.read[row] = state["present"][0], state["read"][0]

    def clear(self, rows: Tensor) -> None:
        """Forgets all of the rows that are True in ``rows``, bool (B,)."""
        self.present = self.present & ~rows[:, None]
        self.read = self.read * ~rows

    def state(self, layers: int | None = None) -> dict[str, Tensor]:
        """What ``load_state`` needs to go on exactly here, or ``take_row`` in the first ``layers``."""
        return {"keys_values": self.keys_values[:layers], "present": self.present, "read": self.read}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Puts back what ``state`` gave. Raises ValueError when it is another memory's."""
        _check_shapes(self.state(), state)
        self.keys_values, self.present, self.read = (
            state[name].clone() for name in ("keys_values", "present", "read"))


class RetrievalMemory:
    """Up to ``capacity`` positions of each row at the one layer that retrieves; the oldest make way.

    ``waiting``: keys and values of the segment read last, (B, H, T, D), until they are remembered.
    ``places``: int32 (B, capacity, columns), what the caller says of each remembered position (its song, bar and
    track), so that every look-up can say where it came from. ``library``: entries that every row may look up besides.
    """

    def __init__(self, config: ModelConfig, batch: int, capacity: int, place_columns: int = 3,
                 device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32) -> None:
        shape = batch, config.shared_heads, capacity, config.head_width
        self._keys = torch.zeros(shape, device=device, dtype=dtype)
        self._values = torch.zeros(shape, device=device, dtype=dtype)
        self._present = torch.zeros(batch, capacity, dtype=torch.bool, device=device)
        self._next = torch.zeros((), dtype=torch.long, device=device)
        self.places = torch.zeros(batch, capacity, place_columns, dtype=torch.int32, device=device)
        self.nearest = config.retrieved
        self.library: Library | None = None
        self.found: Tensor | None = None
        self.weights: Tensor | None = None
        self.waiting: tuple[Tensor, Tensor] | None = None
        self._filled = 0  # columns that were ever written
        self._full: list[int | None] | None = None  # see _full_columns; None where that must be found out anew
        self._entries: Entries | None = None  # None where they must be made anew
        self._former: tuple[Entries, int] | None = None  # earlier ones, and how many positions are the same there

    @property
    def capacity(self) -> int:
        """Positions of a row that are remembered at most."""
        return self._present.shape[1]

    @property
    def size(self) -> int:
        """Bytes of what is remembered."""
        tensors = self._keys, self._values, self._present, self.places
        return sum(t.numel() * t.element_size() for t in tensors) + (self._entries.size if self._entries else 0)

    def entries(self) -> Entries | None:
        """All that is remembered, for compiled code; None where that cannot be, or a row has gaps."""
        if self._entries is None:
            lengths = [self._full_columns(row) for row in range(len(self._keys))]
            self._entries = entries_of(self._keys, self._values, lengths, self._former)
            self._former = None
        return self._entries

    def begins_like(self, other: RetrievalMemory, count: int) -> None:
        """Says that the first ``count`` positions of each row are those of another memory's only row: what was found
        out of these need not be found out again."""
        known = (other._entries, other.capacity) if other._entries is not None else other._former
        if known is not None and min(count, known[1]) > (self._former[1] if self._former is not None else 0):
            self._former = known[0], min(count, known[1])

    @torch.compiler.disable  # its loops would be unrolled, which takes minutes; all around it is compiled
    def attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Attention over the remembered positions most like each query: ``queries`` (B and guests, H, Q, D), ``keys``
        and ``values`` (B and guests, H, T, D), queries and keys normalised. Row ``i + n * B`` looks into the memory of
        row i.

        Returns what they say, shaped as the queries, and whether a row remembers anything, bool (B and guests,). The
        own keys and values of the first B rows wait for ``remember``: a position does not retrieve its own segment.
        ``found`` then has the places in the memory that were looked up, int64 (B and guests, H, Q, k), and ``weights``
        how much each counted, of the same shape.
        """
        self.hold(keys, values)
        rows, parties = len(self._keys), len(queries) // len(self._keys)
        at_once = QUERIES_AT_ONCE["cpu" if queries.device.type == "cpu" else "gpu"]
        mixed, found, shares = [], [], []
        for row in range(rows):
            of_row = queries[row::rows].transpose(0, 1).flatten(1, 2)  # of all who look into this memory
            parts = [self._attend_part(part, row) for part in of_row.split(at_once, dim=1)]
            for tensors, whole in zip(zip(*parts), (mixed, found, shares)):
                whole.append(torch.cat(tensors, dim=1).unflatten(1, (parties, -1)).transpose(0, 1))
        self.found, self.weights = (torch.stack(told, dim=1).flatten(0, 1) for told in (found, shares))
        remembers = self._present.any(dim=1) if self.library is None else torch.ones_like(self._present[:, 0])
        return torch.stack(mixed, dim=1).flatten(0, 1), remembers.repeat(parties)

    def _attend_part(self, query: Tensor, row: int) -> tuple[Tensor, Tensor, Tensor]:
        """What queries, (H, Q, D), find in a row, of the same shape; where, and how much each counts: (H, Q, k)."""
        places, absent = self._look_up(query, row)
        near, said = (self._at(tensor[row], places).to(query.dtype) for tensor in (self._keys, self._values))
        if self.library is not None:
            places, absent, near, said = self._beside_library(query, places, absent, near, said)
        scores = _likeness(query, near) / math.sqrt(query.shape[-1])
        if absent is None:
            weights = scores.softmax(dim=-1)
        else:
            weights = torch.nan_to_num(scores.masked_fill(absent, -torch.inf).softmax(dim=-1))  # nothing but absent
        return (weights[..., None, :] @ said).squeeze(-2), places, weights.detach()

    def hold(self, keys: Tensor, values: Tensor) -> None:
        """The keys and values, (B and guests, H, T, D), of the first B rows wait for ``remember``."""
        rows = len(self._keys)
        self.waiting = keys[:rows].detach(), values[:rows].detach()

    def _look_up(self, query: Tensor, row: int) -> tuple[Tensor, Tensor | None]:
        """The places of the positions most like each query, int64 (H, Q, k), among all that the row remembers, and
        which of them remember nothing, bool of the same shape; None if all do."""
        count, full = min(self.nearest, self.capacity), self._full_columns(row)
        if full is not None and full >= count and not torch.is_grad_enabled():
            entries = self.entries()
            if entries is not None:
                return entries.nearest(query, count, row), None
        absent = None if full is not None else ~self._present[row]
        places = most_alike(query, self._keys[row], count, self._filled if full is None else full, absent)
        if full is not None and full >= count:
            return places, None
        return places, ~self._present[row][places]

    def _full_columns(self, row: int) -> int | None:
        """How many columns a row remembers if they are the first ones, without a gap; else None. Only where asking
        costs little: a GPU would have to be waited for."""
        if self._present.device.type != "cpu":
            return None
        if self._full is None:
            counts = self._present.sum(dim=1).tolist()
            self._full = [count if bool(present[:count].all()) else None
                          for count, present in zip(counts, self._present)]
        return self._full[row]

    def _beside_library(self, query: Tensor, places: Tensor, absent: Tensor, near: Tensor, said: Tensor
                        ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The nearest of what was found in the memory and what is found in the library, whose entries are numbered
        after the memory's places; as many as were found in either."""
        library = self.library
        count = min(self.nearest, len(library))
        entries = library.search.nearest(query, count)
        found = torch.cat((places, entries + self.capacity), dim=-1)
        absent = F.pad(torch.zeros_like(places, dtype=torch.bool) if absent is None else absent, (0, count))
        near = torch.cat((near, self._at(library.keys, entries).to(query.dtype)), dim=-2)
        said = torch.cat((said, self._at(library.values, entries).to(query.dtype)), dim=-2)
        scores = _likeness(query, near).masked_fill(absent, -torch.inf)
        best = scores.topk(min(self.nearest, scores.shape[-1]), dim=-1).indices
        wide = best[..., None].expand(*best.shape, near.shape[-1])
        return found.gather(-1, best), absent.gather(-1, best), near.gather(-2, wide), said.gather(-2, wide)

    def places_of(self, row: int, found: Tensor) -> Tensor:
        """Song, bar and track, int32 (..., 3), of what was ``found`` in a row's memory or the library."""
        own = self.places[row][found.clamp(max=self.capacity - 1)]
        if self.library is None:
            return own
        entries = self.library.places[(found - self.capacity).clamp(min=0)]
        return torch.where((found >= self.capacity)[..., None], entries, own)

    def _at(self, remembered: Tensor, places: Tensor) -> Tensor:
        """Keys or values (H, N, D) at places (H, Q, k): (H, Q, k, D)."""
        heads = torch.arange(len(places), device=places.device)[:, None, None] * remembered.shape[1]
        return F.embedding(places + heads, remembered.flatten(0, 1))

    def remember(self, present: Tensor, places: Tensor) -> None:
        """Takes in the segment that was read last: ``present`` bool (B, T), ``places`` int32 (B, T, columns).

        Raises ValueError when nothing was read, or more than the memory holds.
        """
        if self.waiting is None:
            raise ValueError("nothing was read that could be remembered")
        (keys, values), self.waiting = self.waiting, None
        new = keys.shape[2]
        if new > self.capacity:
            raise ValueError(f"a segment of {new} positions does not fit in a memory of {self.capacity}")
        at = (self._next + torch.arange(new, device=keys.device)) % self.capacity
        self._keys[:, :, at] = keys.to(self._keys.dtype)
        self._values[:, :, at] = values.to(self._values.dtype)
        self._present[:, at] = present
        self.places[:, at] = places.to(self.places.dtype)
        self._next = (self._next + new) % self.capacity
        self._filled = min(self.capacity, self._filled + new)
        self._changed(int(at.min()) if self._entries is not None else 0)

    def take_row(self, row: int, parts: Sequence[Mapping[str, Tensor]], at: int = 0) -> None:
        """Makes a row remember, beside its first ``at`` positions and nothing else, these ``keys`` and ``values``,
        (H, n, D), and ``places``, (n, columns), part after part."""
        first = at
        for part in parts:
            end = at + part["keys"].shape[1]
            self._keys[row, :, at:end], self._values[row, :, at:end] = part["keys"], part["values"]
            self.places[row, at:end], self._present[row, at:end] = part["places"], True
            at = end
        self._present[row, at:] = False
        self._filled = max(self._filled, at)
        self._changed(first)
        self._next = self._next.clamp(min=at) % self.capacity

    def clear(self, rows: Tensor) -> None:
        """Forgets all of the rows that are True in ``rows``, bool (B,)."""
        self._present = self._present & ~rows[:, None]
        self._changed()

    def state(self) -> dict[str, Tensor]:
        """What ``load_state`` needs to go on exactly here."""
        return {"keys": self._keys, "values": self._values, "present": self._present, "next": self._next,
                "places": self.places, "filled": torch.tensor(self._filled)}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Puts back what ``state`` gave. Raises ValueError when it is another memory's."""
        _check_shapes(self.state(), state)
        self._keys, self._values, self._present, self._next, self.places = (
            state[name].clone() for name in ("keys", "values", "present", "next", "places"))
        self._filled = int(state["filled"])
        self._changed()

    def _changed(self, first: int = 0) -> None:
        """From the ``first`` position on something may be other than it was."""
        if self._entries is not None:
            self._former = self._entries, first
        elif self._former is not None:
            self._former = self._former[0], min(self._former[1], first)
        self._full = self._entries = None


def mix(gate: Tensor, local: Tensor, retrieved: Tensor, remembers: Tensor) -> Tensor:
    """Local attention and what was retrieved, both (B, H, T, D), mixed by a learned gate for each head, (H,).

    A row that remembers nothing keeps its local attention whole; ``remembers`` bool (B,).
    """
    share = torch.sigmoid(gate)[None, :, None, None] * remembers[:, None, None, None]
    return torch.lerp(local, retrieved, share.to(local.dtype))


def _likeness(query: Tensor, near: Tensor) -> Tensor:
    """The products of queries, (H, T, D), with the keys of each, (H, T, k, D): (H, T, k)."""
    return (near * query[..., None, :]).sum(dim=-1)


def _check_shapes(own: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    for name, tensor in own.items():
        if name not in other or other[name].shape != tensor.shape:
            raise ValueError(f"the saved memory does not fit this model: {name}")
