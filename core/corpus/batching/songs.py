"""Which songs a rank sees, how often, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np


def songs_of_rank(collections: Sequence[str], rank: int, ranks: int, seed: int) -> np.ndarray:
    """Numbers of the songs that process ``rank`` of ``ranks`` sees, ascending; together the ranks see all, each once.

    Each collection is dealt out evenly. Raises ValueError when nothing is left for the rank.
    """
    if not 0 <= rank < ranks:
        raise ValueError(f"rank {rank} is not one of {ranks}: they are numbered from 0")
    shuffled = np.random.default_rng(seed).permutation(len(collections))
    names = np.unique(np.asarray(collections, dtype=str), return_inverse=True)[1]
    mine = shuffled[np.argsort(names[shuffled], kind="stable")][rank::ranks]
    if not len(mine):
        raise ValueError(f"{len(collections)} songs are too few for {ranks} ranks" if ranks > 1 else "there is no song")
    return np.sort(mine)


def song_weights(size: np.ndarray, collections: Sequence[str], shares: Mapping[str, float] | None) -> np.ndarray:
    """How often each song is drawn; float64 (songs,), 1 in all. In its collection, in proportion to its ``size``.

    ``shares``: of the collections, relative; those not named get what their size gives. Raises ValueError when
    they leave nothing to draw.
    """
    names = np.asarray(collections, dtype=str)
    weights = np.zeros(len(size))
    for name in np.unique(names):
        inside = names == name
        share = (shares or {}).get(name, size[inside].sum() / size.sum())
        weights[inside] = share * size[inside] / size[inside].sum()
    if not weights.sum() > 0:
        raise ValueError("the shares of the collections leave no song to draw")
    return weights / weights.sum()


def draw_pass(expected: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """As many numbers of songs as there are songs, shuffled; int64 (songs,).

    ``expected``: how often each song should come, float64 (songs,), as many in all as there are songs; it comes so
    often, rounded down or up (systematic sampling). With ones, each song comes once.
    """
    offset = rng.integers(2 ** 20) / 2 ** 20  # few bits, so that adding a whole number is exact
    picked = np.searchsorted(np.cumsum(expected), offset + np.arange(len(expected)), side="right")
    return rng.permutation(np.minimum(picked, len(expected) - 1))
