"""JSON from outside, asked for one value at a time: each is what it should be, or the asking says what is wrong."""

from __future__ import annotations

import math


class Unsound(ValueError):
    """What is wrong in data from outside, in a few words."""


class Checked:
    """A JSON object that is not trusted. ``where``: what it is called when something in it is wrong."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise Unsound(f"{where} is not an object")
        self._data, self._where = data, where

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``."""
        value = self._data.get(key)
        if type(value) is not int or not low <= value <= high:
            raise self._wrong(key, f"not a whole number from {low} to {high}")
        return value

    def whole_or_none(self, key: str, low: int, high: int) -> int | None:
        return None if self._data.get(key) is None else self.whole(key, low, high)

    def text(self, key: str) -> str:
        value = self._data.get(key)
        if not isinstance(value, str):
            raise self._wrong(key, "not a text")
        return value

    def flag(self, key: str) -> bool:
        value = self._data.get(key)
        if not isinstance(value, bool):
            raise self._wrong(key, "neither true nor false")
        return value

    def rows(self, key: str, *spans: tuple[int, int], absent: bool = False) -> list[tuple[int, ...]]:
        """A list of rows of whole numbers, one for each of ``spans`` (lowest and highest). May it be ``absent``?"""
        if absent and key not in self._data:
            return []
        rows = self.items(key)
        for row in rows:
            if not isinstance(row, list) or len(row) != len(spans) or not all(
                    type(value) is int and low <= value <= high for value, (low, high) in zip(row, spans)):
                raise self._wrong(key, "not a list of what it should list")
        return [tuple(row) for row in rows]

    def row_or_none(self, key: str, *spans: tuple[int, int]) -> tuple[int, ...] | None:
        """One such row."""
        if self._data.get(key) is None:
            return None
        return Checked({key: [self._data[key]]}, self._where).rows(key, *spans)[0]

    def named_ticks(self, key: str, low: int, high: int) -> list[tuple[int, str]] | None:
        """A list of rows of a whole number from ``low`` to ``high`` and a text; None where there is no such list."""
        if key not in self._data:
            return None
        rows = self.items(key)
        if not all(isinstance(row, list) and len(row) == 2 and type(row[0]) is int and low <= row[0] <= high
                   and isinstance(row[1], str) for row in rows):
            raise self._wrong(key, "not a list of what it should list")
        return [tuple(row) for row in rows]

    def items(self, key: str) -> list:
        value = self._data.get(key)
        if not isinstance(value, list):
            raise self._wrong(key, "not a list")
        return value

    def plain(self, key: str) -> dict[str, object]:
        """An object of plain values: what is asked of them is for whoever uses them."""
        value = self._data.get(key)
        if not isinstance(value, dict) or not _is_finite(value):
            raise self._wrong(key, "not an object of plain values")
        return value

    def _wrong(self, key: str, what: str) -> Unsound:
        return Unsound(f"{key} of {self._where} is {what}")


def _is_finite(value: object) -> bool:
    """JSON may say 1e999, and Python's reader knows NaN."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_finite, value.values()))
    return all(map(_is_finite, value)) if isinstance(value, list) else True
