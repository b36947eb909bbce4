"""A hash of everything the plain vocabulary means: a model trained with one layout cannot be read with another."""

from __future__ import annotations

import hashlib
from functools import cache

from core.tokens import vocabulary as v
from core.tokens.grid import SLOT_UNITS, UNITS_PER_BEAT
from core.tokens.window import FEATURES


@cache
def vocabulary_fingerprint() -> str:
    """Hexadecimal SHA-256 of what each plain token stands for, of the grid, and of what the model reads beside it."""
    tempos = [f"{edge:.6g}" for edge in v.TEMPO_EDGES]  # the last digits of a power differ between machines
    facts = [*map(v.describe, range(v.SIZE)), UNITS_PER_BEAT, *SLOT_UNITS.tolist(), *tempos, v.VELOCITY_WIDTH,
             v.DRUM_DURATION, *FEATURES]
    return hashlib.sha256("\n".join(map(str, facts)).encode()).hexdigest()
