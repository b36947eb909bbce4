"""What can be looked up, as compiled code reads it: keys, values, and a byte for each number of a key, keys that are
alike side by side (``entries.h``). By those it is seen which few must be compared exactly (``look_up.h``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from core.model.compiled import LANES, compiled

FOUND = np.dtype([("score", np.float32), ("place", np.int32)])


class _Entries(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_void_p) for name in (
        "keys", "values", "order", "codes", "middles", "spreads", "scales", "lengths")),
                *((name, ctypes.c_int32) for name in ("owners", "columns", "blocks", "wide"))]


ORDERED = 0.75
"""How much of what there is must be in order for the rest to be put after it, instead of all in order anew."""


class Entries:
    """Of some rows, (rows, H, N, D): ``keys`` and ``values``, which must not change, and how many of them count in each
    row, the first ones: ``lengths``.

    ``like``: entries that were made before, of as many rows or of one for all, and how many of each row's first keys
    are the same there: these stay in the order they have there, to find which is most of the work.
    """

    def __init__(self, keys: Tensor, values: Tensor, lengths: Sequence[int], like: tuple[Entries, int] | None = None
                 ) -> None:
        rows, self.heads, columns, self.width = keys.shape
        self.longest = max(lengths)
        former, known = like if like is not None and like[0].rows in (1, rows) else (None, 0)
        self.rows, self._ordered = rows, min([known, *lengths, former._ordered]) if former else self.longest
        if self._ordered < ORDERED * self.longest:
            former, self._ordered = None, self.longest
        blocks = -(-self.longest // LANES)
        order = _room(np.int32, rows, self.heads, blocks, LANES)
        codes = _room(np.uint8, rows, self.heads, blocks, self.width, LANES)
        middles = _room(np.uint8, rows, self.heads, -(-blocks // LANES), self.width, LANES)
        spreads = _room(np.float32, rows, self.heads, -(-blocks // LANES), LANES)
        scales = torch.empty(rows, self.heads, self.width)
        counts = torch.tensor(lengths, dtype=torch.int32)
        self._made = order, codes, middles, spreads
        tensors = self._alive = keys.contiguous(), values.contiguous(), *self._made, scales, counts
        self.address = ctypes.pointer(_Entries(*(tensor.data_ptr() for tensor in tensors), rows, columns, blocks,
                                               keys.dtype == torch.float32))
        room, some = _room(np.float32, self.longest, self.width), np.empty(self.longest, dtype=FOUND)
        compiled().encode(self.address, self.heads, self.width, former.address if former else None,
                          min([known, *lengths]), ctypes.c_void_p(room.data_ptr()), ctypes.c_void_p(some.ctypes.data))

    @property
    def size(self) -> int:
        """Bytes, besides the keys and values."""
        return sum(tensor.numel() * tensor.element_size() for tensor in self._made)

    def room(self, count: int) -> np.ndarray:
        """In which ``count`` can be looked for."""
        return np.empty(compiled().look_up_room(self.longest, count), dtype=FOUND)

    def nearest(self, queries: Tensor, count: int, row: int = 0) -> Tensor:
        """The places of the ``count`` entries of a row most like each query, (H, Q, D), by inner product, nearly always
        (``look_up.h``): int64 (H, Q, count), in no order. The row must have so many."""
        queries, room = queries.float().contiguous(), self.room(count)
        places = torch.empty(*queries.shape[:2], count, dtype=torch.int64)
        compiled().find(self.address, row, self.heads, queries.shape[1], self.width, count,
                        ctypes.c_void_p(queries.data_ptr()), ctypes.c_void_p(room.ctypes.data),
                        ctypes.c_void_p(places.data_ptr()))
        return places


def _room(dtype: type, *shape: int) -> Tensor:
    """Not filled. By numpy, which asks for large pages where there is much; reading here and there in small ones takes
    longer."""
    return torch.from_numpy(np.empty(shape, dtype=dtype))


def entries_of(keys: Tensor, values: Tensor, lengths: Sequence[int | None],
               like: tuple[Entries, int] | None = None) -> Entries | None:
    """None where there is no compiled code that could read them, or where a length is None."""
    if (keys.device.type != "cpu" or keys.dtype not in (torch.float32, torch.bfloat16) or keys.shape[-1] % (2 * LANES)
            or None in lengths or compiled() is None):
        return None
    return Entries(keys, values, lengths, like)
