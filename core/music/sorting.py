"""Sorting columns of whole numbers side by side, as rows of a table are sorted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_KEY_BITS = 63


def sort_together(columns: Sequence[np.ndarray], below: Sequence[int]) -> list[np.ndarray]:
    """Columns of equal length, int64 and not negative, sorted by the first, then the second, and so on.

    ``below``: for each column a number that is above all in it. A row of the columns becomes one number wherever it
    fits into one: those are sorted several times faster than an order for the rows is found, and the columns are read
    off the sorted numbers.
    """
    widths = [(limit - 1).bit_length() for limit in below]
    if sum(widths) > _KEY_BITS:
        order = np.lexsort(columns[::-1])
        return [column[order] for column in columns]
    key = columns[0].copy()
    for column, width in zip(columns[1:], widths[1:]):
        key <<= width
        key |= column
    key.sort()
    found = []
    for width in reversed(widths[1:]):
        found.append(key & ((1 << width) - 1))
        key >>= width
    return [key, *reversed(found)]
