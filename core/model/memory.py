"""What a model remembers of a song beyond its window: the last segments whole, and everything else by likeness.

``SegmentMemory`` is that of Transformer-XL (Dai et al. 2019): keys and values of the positions just read, in every
layer. ``RetrievalMemory`` is that of Memorizing Transformers (Wu et al. 2022): keys and values of one layer for all
that was read, of which each query sees the few most alike. Both hold each row of a batch apart, let no gradient
through, and are cleared for a row whose song has ended.

Shapes: B batch, H heads, T new positions, M remembered positions, D head width.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from core.model.cache import PAD
from core.model.config import ModelConfig


class SegmentMemory:
    """The last ``length`` positions of each row, in every layer; stands where a cache stands in a forward pass.

    Rows are fed segment after segment of a song, padded on the right in its last. A position's token index runs on
    from segment to segment, and its time must too: then distances are right whatever lies between.
    """

    def __init__(self, config: ModelConfig, batch: int, length: int, device: torch.device | str = "cpu") -> None:
        self._keys_values = torch.zeros(config.layers, 2, batch, config.heads, length, config.head_width, device=device)
        self._present = torch.zeros(batch, length, dtype=torch.bool, device=device)
        self._read = torch.zeros(batch, dtype=torch.long, device=device)

    @property
    def length(self) -> int:
        """Positions that are remembered at most."""
        return self._present.shape[1]

    def reserve(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Takes in the next segment, int (B, T); call once a forward, before the layers ``append``.

        Returns the token index of each position, int (B, T), and the mask, bool (B, 1, T, M + T), True where a
        position may look.
        """
        present = tokens != PAD
        columns = torch.arange(tokens.shape[1], device=tokens.device)
        # Padding looks at itself: a row of attention with nothing to see would be NaN.
        own = (present[:, None] & (columns <= columns[:, None])) | (columns == columns[:, None])
        before = self._present[:, None].expand(-1, len(columns), -1)
        index = (self._read[:, None] + present.cumsum(dim=1) - 1).clamp(min=0)
        self._read = self._read + present.sum(dim=1)
        self._present = torch.cat((self._present, present), dim=1)[:, -self.length:]
        return index, torch.cat((before, own), dim=2)[:, None]

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Remembers the segment's keys and values, (B, H, T, D), of one layer; returns all, (B, H, M + T, D)."""
        remembered = self._keys_values[layer].to(keys.dtype)
        keys, values = torch.cat((remembered[0], keys), dim=2), torch.cat((remembered[1], values), dim=2)
        self._keys_values[layer, 0] = keys[:, :, -self.length:].detach()
        self._keys_values[layer, 1] = values[:, :, -self.length:].detach()
        return keys, values

    def clear(self, rows: Tensor) -> None:
        """Forgets all of the rows that are True in ``rows``, bool (B,)."""
        self._present = self._present & ~rows[:, None]
        self._read = self._read * ~rows

    def state(self) -> dict[str, Tensor]:
        """What ``load_state`` needs to go on exactly here."""
        return {"keys_values": self._keys_values, "present": self._present, "read": self._read}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Puts back what ``state`` gave. Raises ValueError when it is another memory's."""
        _check_shapes(self.state(), state)
        self._keys_values, self._present, self._read = (
            state[name].clone() for name in ("keys_values", "present", "read"))


class RetrievalMemory:
    """Up to ``capacity`` positions of each row at the one layer that retrieves; the oldest make way.

    ``places``: int32 (B, capacity, columns), what the caller says of each remembered position (its song, bar and
    track), so that every look-up can say where it came from.
    """

    def __init__(self, config: ModelConfig, batch: int, capacity: int, place_columns: int = 3,
                 device: torch.device | str = "cpu") -> None:
        shape = batch, config.heads, capacity, config.head_width
        self._keys = torch.zeros(shape, device=device)
        self._values = torch.zeros(shape, device=device)
        self._present = torch.zeros(batch, capacity, dtype=torch.bool, device=device)
        self._next = torch.zeros((), dtype=torch.long, device=device)
        self.places = torch.zeros(batch, capacity, place_columns, dtype=torch.int32, device=device)
        self.nearest = config.retrieved
        self.found: Tensor | None = None
        self._waiting: tuple[Tensor, Tensor] | None = None

    @property
    def capacity(self) -> int:
        """Positions of a row that are remembered at most."""
        return self._present.shape[1]

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Attention over the remembered positions most like each query; all (B, H, T, D), queries and keys normalised.

        Returns what they say, (B, H, T, D), and whether a row remembers anything, bool (B,). The segment's own keys
        and values wait for ``remember``: a position does not retrieve its own segment. ``found`` then has the places
        in the memory that were looked up, int64 (B, H, T, k).
        """
        self._waiting = keys.detach(), values.detach()
        count = min(self.nearest, self.capacity)
        mixed, found = [], []
        for row in range(len(queries)):  # row by row: the scores of all rows together would be large
            scores = queries[row] @ self._keys[row].to(queries.dtype).transpose(1, 2) / math.sqrt(queries.shape[-1])
            scores = scores.masked_fill(~self._present[row], -torch.inf)
            best, places = scores.topk(count, dim=-1)
            weights = torch.nan_to_num(best.softmax(dim=-1))
            heads = torch.arange(len(places), device=places.device)[:, None, None]
            mixed.append((weights[..., None] * self._values[row].to(queries.dtype)[heads, places]).sum(dim=-2))
            found.append(places)
        self.found = torch.stack(found)
        return torch.stack(mixed), self._present.any(dim=1)

    def remember(self, present: Tensor, places: Tensor) -> None:
        """Takes in the segment that was read last: ``present`` bool (B, T), ``places`` int32 (B, T, columns).

        Raises ValueError when nothing was read, or more than the memory holds.
        """
        if self._waiting is None:
            raise ValueError("nothing was read that could be remembered")
        (keys, values), self._waiting = self._waiting, None
        new = keys.shape[2]
        if new > self.capacity:
            raise ValueError(f"a segment of {new} positions does not fit in a memory of {self.capacity}")
        at = (self._next + torch.arange(new, device=keys.device)) % self.capacity
        self._keys[:, :, at] = keys.to(self._keys.dtype)
        self._values[:, :, at] = values.to(self._values.dtype)
        self._present[:, at] = present
        self.places[:, at] = places.to(self.places.dtype)
        self._next = (self._next + new) % self.capacity

    def clear(self, rows: Tensor) -> None:
        """Forgets all of the rows that are True in ``rows``, bool (B,)."""
        self._present = self._present & ~rows[:, None]

    def state(self) -> dict[str, Tensor]:
        """What ``load_state`` needs to go on exactly here."""
        return {"keys": self._keys, "values": self._values, "present": self._present, "next": self._next,
                "places": self.places}

    def load_state(self, state: dict[str, Tensor]) -> None:
        """Puts back what ``state`` gave. Raises ValueError when it is another memory's."""
        _check_shapes(self.state(), state)
        self._keys, self._values, self._present, self._next, self.places = (
            state[name].clone() for name in ("keys", "values", "present", "next", "places"))


def mix(gate: Tensor, local: Tensor, retrieved: Tensor, remembers: Tensor) -> Tensor:
    """Local attention and what was retrieved, both (B, H, T, D), mixed by a learned gate for each head, (H,).

    A row that remembers nothing keeps its local attention whole; ``remembers`` bool (B,).
    """
    share = torch.sigmoid(gate)[None, :, None, None] * remembers[:, None, None, None]
    return torch.lerp(local, retrieved, share.to(local.dtype))


def _check_shapes(own: dict[str, Tensor], other: dict[str, Tensor]) -> None:
    for name, tensor in own.items():
        if name not in other or other[name].shape != tensor.shape:
            raise ValueError(f"the saved memory does not fit this model: {name}")
