"""Pitches that may be struck at one slot, and whether the mean of what is written can still come into a register."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.tokens.attributes import register_bounds

REACH = 12
"""Semitones by which single notes may lie below and above a class of register."""


def around_register(register: int) -> np.ndarray:
    """The pitches that may be written where the mean is to be in a class of register, bool (128,)."""
    low, high = register_bounds(register)
    return (np.arange(128) >= low - REACH) & (np.arange(128) < high + REACH)


class PitchSpace:
    """``allowed``: bool (128,). ``register``: the class in which the mean must be whenever a stroke is over, or None.

    Strokes are written upwards, so what may still come lies above the pitch written last. What was written so far is
    told as a number of notes and the sum of their pitches, whose mean is in the class.
    """

    def __init__(self, allowed: np.ndarray, register: int | None = None) -> None:
        self.allowed, self.register = allowed, register
        self.pitches: list[int] = np.flatnonzero(allowed).tolist()
        self._index_above = np.searchsorted(self.pitches, np.arange(-1, 128), side="right").tolist()
        self._low, self._high = register_bounds(register) if register is not None else (0, 128)
        self._sums: list[list[int]] = [[1] * (len(self.pitches) + 1)]

    def is_balanced(self, notes: int, total: int) -> bool:
        """Whether the mean of so many notes is in the class."""
        return not notes or self._low * notes <= total < self._high * notes

    def can_add(self, above: int, sizes: Sequence[int], notes: int, total: int) -> bool:
        """Whether some number of ``sizes`` of pitches above ``above`` can be added so that the mean is in the class."""
        return self._can_add(self._index_above[above + 1], sizes, notes, total)

    def next_pitches(self, above: int, sizes: Sequence[int], notes: int, total: int) -> np.ndarray:
        """The pitches above ``above`` after which some number of ``sizes`` can follow, as ``can_add``; bool (128,)."""
        mask = np.zeros(128, dtype=bool)
        if not sizes:
            return mask
        first = self._index_above[above + 1]
        if self.register is None:
            mask[self.pitches[first:len(self.pitches) - min(sizes)]] = True
            return mask
        for index in range(first, len(self.pitches)):
            pitch = self.pitches[index]
            mask[pitch] = self._can_add(index + 1, sizes, notes + 1, total + pitch)
        return mask

    def largest(self, limit: int) -> int:
        """Up to ``limit``, the size up to which strokes of every size have a mean in the class by themselves."""
        size = 0
        while size < min(limit, len(self.pitches)) and self._can_add(0, [size + 1], 0, 0):
            size += 1
        return size

    def _can_add(self, first: int, sizes: Sequence[int], notes: int, total: int) -> bool:
        """As ``can_add``, of the pitches from index ``first`` on."""
        if self.register is None:
            return bool(sizes) and min(sizes) <= len(self.pitches) - first
        for size in sizes:
            if size > len(self.pitches) - first:
                continue
            low = max(0, self._low * (notes + size) - total)
            high = self._high * (notes + size) - total
            if notes + size == 0 or (high > low and self._sums_of(size)[first] >> low & ((1 << high - low) - 1)):
                return True
        return False

    def _sums_of(self, size: int) -> list[int]:
        """For each index, the sums of ``size`` different pitches from there on: bit n of an integer stands for n."""
        while len(self._sums) <= size:
            smaller, sums = self._sums[-1], [0] * (len(self.pitches) + 1)
            for index in range(len(self.pitches) - 1, -1, -1):
                sums[index] = sums[index + 1] | smaller[index + 1] << self.pitches[index]
            self._sums.append(sums)
        return self._sums[size]
