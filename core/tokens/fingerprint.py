"""A hash of everything the plain vocabulary means: a model trained with one layout cannot be read with another."""

from __future__ import annotations

import hashlib
from functools import cache

from core.tokens import vocabulary as v
from core.tokens.grid import SLOT_UNITS, UNITS_PER_BEAT
from core.tokens.window import FEATURES


@cache
def vocabulary_fingerprint(size: int = v.SIZE) -> str:
    """Hexadecimal SHA-256 of what each plain token stands for, of the grid, and of what the model reads beside it.

    ``size``: of the vocabulary's first so many tokens, of ``vocabulary.FORMER_SIZES``: what an earlier one was.
    """
    tempos = [f"{edge:.6g}" for edge in v.TEMPO_EDGES]  # the last digits of a power differ between machines
    facts = [*map(v.describe, range(size)), UNITS_PER_BEAT, *SLOT_UNITS.tolist(), *tempos, v.VELOCITY_WIDTH,
             v.DRUM_DURATION, *FEATURES]
    if size > v.DENSITY:
        facts += [*v.DENSITY_EDGES, v.REGISTER_START, v.REGISTER_WIDTH]
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()
