"""Keys and values of the tokens seen so far, so that a decoding step costs one token.

Rows of a batch may have different lengths. They are lined up by *holes*: wherever a row is fed PAD (token 0)
nothing is stored, that column is masked for this row for good, and its token index does not advance. So prompts of
different lengths are padded on the left, a row with fewer forced tokens than its neighbours is padded on the left
too, and a finished row is fed PAD. A row's result does not depend on its neighbours.

Rows that go on from one prompt share its columns: they are stored once and read once a step for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.model.config import ModelConfig

if TYPE_CHECKING:
    from core.model.memory import SegmentMemory

PAD = 0


class KeyValueCache:
    """Preallocated for ``batch`` rows of at most ``capacity`` columns (tokens and holes together)."""

    def __init__(self, config: ModelConfig, batch: int, capacity: int, device: torch.device | str = "cpu",
                 dtype: torch.dtype = torch.float32) -> None:
        self.config = config
        self.capacity = capacity
        self.length = 0
        self._shared: tuple[Tensor, Tensor] | None = None
        self._storage = torch.zeros(config.layers, 2, batch, config.shared_heads, capacity, config.head_width,
                                    device=device, dtype=dtype)
        self._present = torch.zeros(batch, capacity, dtype=torch.bool, device=device)
        self._has_holes = False
        self._read_before: Tensor | None = None  # positions of each row's song that lie before its first column

    @property
    def batch(self) -> int:
        return self._present.shape[0]

    @property
    def size(self) -> int:
        """Bytes of its own keys and values."""
        return self._storage.numel() * self._storage.element_size()

    def reserve(self, tokens: Tensor) -> tuple[Tensor, Tensor | None]:
        """Makes room for the next columns; call once a forward, before the layers ``append``.

        ``tokens``: int (batch, new). Returns the token index of each, int (batch or 1, new), and the attention mask,
        bool (batch or 1, 1, new, length) and True where a token may look, or None where plain causal attention
        (from an empty cache, or of a single token) is right. Raises ValueError when it does not fit.
        """
        batch, new = tokens.shape
        start, end = self.length, self.length + new
        if batch != self.batch:
            raise ValueError(f"the cache has {self.batch} rows, the features have {batch}")
        if end > self.capacity:
            raise ValueError(f"the cache holds {self.capacity} tokens; {end} are needed")
        present = tokens != PAD
        self._present[:, start:end] = present
        self._has_holes = self._has_holes or not bool(present.all())
        self.length = end
        columns = torch.arange(end, device=tokens.device)
        if not self._has_holes:
            alone = new == 1 or start == 0
            mask = None if alone else (columns <= columns[start:, None])[None, None]
            return columns[None, start:], mask
        seen = self._present[:, :end]
        index = (seen.cumsum(dim=1)[:, start:] - 1).clamp_(min=0)
        if self._read_before is not None:
            index += self._read_before[:, None]
        # A hole looks at itself: a row of attention with nothing to see would be NaN and spread through the cache.
        own = columns == columns[start:, None]
        mask = (seen[:, None, :] & (columns <= columns[start:, None])) | own
        return index, mask[:, None]

    def begin_with(self, remembered: SegmentMemory) -> None:
        """Makes what each row remembers its first columns, as if it had been fed. The cache must be empty."""
        if self.length or remembered.length > self.capacity:
            raise ValueError("a cache that begins with memories is empty and has room for them")
        self.length = remembered.length
        self._storage[:, :, :, :, :self.length] = remembered.keys_values
        self._present[:, :self.length] = remembered.present
        self._has_holes = True
        self._read_before = remembered.read - remembered.present.sum(dim=1)

    def repeat(self, rows: int) -> KeyValueCache:
        """A new cache of so many rows, each with what was fed to the only row of this one."""
        other = KeyValueCache(self.config, rows, self.capacity, self._storage.device, self._storage.dtype)
        other.length, other._has_holes = self.length, self._has_holes
        other._storage[:, :, :, :, :self.length] = self._storage[:, :, :, :, :self.length]
        other._present[:, :self.length] = self._present[:, :self.length]
        if self._read_before is not None:
            other._read_before = self._read_before.repeat(rows)
        return other

    def append(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Stores the reserved columns' keys and values, (batch, heads, new, head width), of one layer.

        Returns views of all that are not shared, (batch, heads, length less the shared, head width).
        """
        end = self.length - self.shared_length
        store = self._storage[layer, :, :, :, :end]
        start = end - keys.shape[2]
        store[0, :, :, start:] = keys
        store[1, :, :, start:] = values
        return store[0], store[1]

    def keys(self, layer: int) -> Tensor:
        """One layer's keys of all columns that are not shared, (batch, heads, length less the shared, head width)."""
        return self._storage[layer, 0, :, :, :self.length - self.shared_length]

    @property
    def present(self) -> Tensor:
        """Which columns hold something, bool (batch, length)."""
        return self._present[:, :self.length]

    @property
    def shared_length(self) -> int:
        """Columns at the start that several rows share."""
        return 0 if self._shared is None else self._shared[0].shape[-1]

    def shared(self, layer: int) -> tuple[Tensor, Tensor] | None:
        """One layer's shared keys, (prompts, heads, head width, shared length), and values, (prompts, heads, shared
        length, head width), or None; the rows of a prompt are neighbours."""
        return None if self._shared is None else (self._shared[0][layer], self._shared[1][layer])

    def contents(self) -> tuple[Tensor, Tensor, Tensor]:
        """Keys and values of what was fed, (layers, 2, batch, heads, length, head width); which columns are not holes,
        bool (batch, length); and the token index of each row's next column, int (batch,). Not of a cache that was
        expanded."""
        present = self._present[:, :self.length]
        following = present.sum(dim=1)
        if self._read_before is not None:
            following = following + self._read_before
        return self._storage[:, :, :, :, :self.length], present, following

    def expand(self, rows: int) -> KeyValueCache:
        """A new cache with each row repeated ``rows`` times, neighbours together, which share what is here; this one
        must not be fed any more. Raises ValueError when its rows share columns already."""
        if self._shared is not None:
            raise ValueError("these rows share a prompt already")
        own = self.capacity - self.length
        wide = KeyValueCache(self.config, self.batch * rows, own, self._storage.device, self._storage.dtype)
        wide.capacity, wide.length, wide._has_holes = self.capacity, self.length, self._has_holes
        if self._read_before is not None:
            wide._read_before = self._read_before.repeat_interleave(rows)
        wide._present = torch.zeros(wide.batch, self.capacity, dtype=torch.bool, device=self._present.device)
        wide._present[:, :self.length] = self._present[:, :self.length].repeat_interleave(rows, dim=0)
        if self.length:
            keys, values = self._storage[:, 0, :, :, :self.length], self._storage[:, 1, :, :, :self.length]
            wide._shared = keys.transpose(3, 4).contiguous(), values  # so a product reads either in order
        return wide
