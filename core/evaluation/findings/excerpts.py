"""What the first bars of held-out songs cost a model, whatever tokens it writes them in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch

from core.corpus.store import Store
from core.evaluation.findings.remi import comparable
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.stream import song_stream
from core.training.loss import token_losses

BARS = 24
SONGS = 48


def choose_excerpts(store: Store, seed: int = 0) -> list[int]:
    """Numbers of ``SONGS`` held-out songs that both can write and that sound in their first ``BARS`` bars."""
    order = np.random.default_rng(seed).permutation(len(store)).tolist()
    return [number for number in order if comparable(store[number]) and notes_of(store, number)][:SONGS]


def notes_of(store: Store, number: int) -> int:
    """Notes in the first ``BARS`` bars."""
    song = store[number]
    return int(song.cell_notes[song.cell_bar < BARS].sum())


def spans(length: int, context: int) -> Iterator[tuple[int, int, int]]:
    """Windows over a stream: start, end, and the first token that counts, which the windows before did not show.

    The first token of all is given. Later windows begin half a context early, so that no token is foreseen from little.
    """
    start, shown = 0, 1
    while shown < length:
        stop = min(start + context, length)
        yield start, stop, shown
        shown, start = stop, start + context // 2


def bits_in_windows(losses: Callable[[np.ndarray], np.ndarray], stream: np.ndarray, counts: np.ndarray,
                    context: int) -> float:
    """Bits of the tokens of a stream where ``counts``, bool (tokens,), is True.

    ``losses``: of a part of the stream, tokens along the first axis, the nats of each token but its first.
    """
    nats = 0.0
    for start, stop, first in spans(len(stream), context):
        of_window = losses(stream[start:stop])[first - start - 1:]
        nats += float(of_window[counts[first:stop]].sum())
    return nats / np.log(2)


@torch.no_grad()
def own_bits(model: Transformer, store: Store, numbers: Sequence[int], pause: Callable[[], object]) -> list[float]:
    """What each excerpt costs our model."""
    def losses(rows: np.ndarray) -> np.ndarray:
        return token_losses(model, torch.as_tensor(rows)[None])[0][0, :-1].numpy()

    model.eval()
    return token_bits(losses, store, numbers, model.config.context, pause)


def token_bits(losses: Callable[[np.ndarray], np.ndarray], store: Store, numbers: Sequence[int], context: int,
               pause: Callable[[], object]) -> list[float]:
    """What each excerpt costs a model of our tokens: all but those that say the tempo, which the peer is spared.

    ``losses``: of rows of features, int32 (tokens, 6), the nats of each token but the first.
    """
    bits = []
    for number in numbers:
        stream = song_stream(store[number])
        kind = v.KIND_OF[stream[:, 0]]
        bars = np.flatnonzero(kind == v.Kind.BAR)
        end = bars[BARS] if len(bars) > BARS else len(stream) - 1  # without END: the excerpt may stop anywhere
        bits.append(bits_in_windows(losses, stream[:end], kind[:end] != v.Kind.TEMPO, context))
        pause()
    return bits
