"""Reads what a window says of its marked cells, as a model has to."""

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.attributes import ATTRIBUTES, CellHints

STARTS = (v.DENSITY, v.POLYPHONY, v.REGISTER)


def read_hints(tokens: np.ndarray) -> list[CellHints]:
    """The hints of each marked cell of a window, of its column of tokens."""
    tokens = np.asarray(tokens)
    generate = int(np.argmax(tokens == v.GENERATE))
    fills = np.flatnonzero(tokens[:generate] == v.FILL)
    kinds = v.KIND_OF[np.minimum(tokens[:generate + 1], v.SIZE - 1)]
    closing = np.flatnonzero((kinds == v.Kind.TRACK) | (kinds == v.Kind.BAR) | (tokens[:generate + 1] == v.GENERATE))
    found = []
    for start, end in zip(fills + 1, closing[np.searchsorted(closing, fills)]):
        said: dict[str, int] = {}
        for name, base in zip(ATTRIBUTES, STARTS):
            if start < end and v.KIND_OF[tokens[start]] == v.KIND_OF[base]:
                said[name] = int(tokens[start]) - base
                start += 1
        found.append(CellHints(**said, kept=tuple(tokens[start:end].tolist())))
    return found
