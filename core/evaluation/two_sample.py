"""A classifier two-sample test (Lopez-Paz and Oquab 2017): can filled bars be told from the composer's own?

A small network learns from the traits of passages, half of them the composer's and half of them one method's, both for
the same prompts. It is asked about songs that it did not learn from. Right half of the time is chance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from core.evaluation.answers import COMPOSER, Answer
from core.evaluation.scores import Figure, Score
from core.evaluation.traits import traits

TOLD_APART = Figure("told apart", "Share of passages that a classifier assigns rightly to the composer or to the "
                    "method, on songs it did not learn from; 50 % is chance, lower is better.")
FOLDS = 5
HIDDEN = 32
STEPS = 200


@dataclass(frozen=True, eq=False)
class Passage:
    """The traits of what one method wrote in one window: of the first take, if there are several."""

    song: str
    collection: str
    protocol: str
    seed: int
    method: str
    traits: np.ndarray

    @property
    def window(self) -> tuple[str, str, int]:
        return self.song, self.protocol, self.seed


def passage_of(answer: Answer) -> Passage:
    """What the test keeps of an answer."""
    return Passage(answer.song, answer.collection, answer.protocol, answer.seed, answer.method,
                   traits(answer, answer.takes[0], answer.songs[0]))


def told_apart(passages: Sequence[Passage], seed: int = 0) -> list[Score]:
    """For each method and window how many of the two passages, the composer's and its own, are assigned rightly (0, a
    half or 1). Songs are split into ``FOLDS`` parts; each part is judged by what was learned from the others.

    Windows that either has not written are left out; a method in fewer than two songs has no scores.
    """
    theirs = {one.window: one for one in passages if one.method == COMPOSER}
    found = []
    for method in dict.fromkeys(one.method for one in passages if one.method != COMPOSER):
        own = [one for one in passages if one.method == method and one.window in theirs]
        right = _cross_fitted(np.stack([theirs[one.window].traits for one in own]),
                              np.stack([one.traits for one in own]), [one.song for one in own], seed) if own else []
        found += [Score(one.song, one.collection, one.protocol, one.seed, method, TOLD_APART.name, value)
                  for one, value in zip(own, right)]
    return found


def _cross_fitted(human: np.ndarray, other: np.ndarray, songs: Sequence[str], seed: int) -> list[float]:
    """How many of each pair are assigned rightly, by a classifier that has not seen the pair's song."""
    names = sorted(set(songs))
    if len(names) < 2:
        return []
    folds = min(FOLDS, len(names))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {name: int(place) % folds for name, place in zip(names, order)}
    fold = np.array([fold_of[song] for song in songs])
    right = np.zeros(len(songs))
    for number in range(folds):
        judged = fold == number
        learned = ~judged
        judge = _classifier(np.concatenate([human[learned], other[learned]]),
                            np.repeat([0.0, 1.0], np.count_nonzero(learned)), seed)
        right[judged] = ((judge(human[judged]) < 0) + (judge(other[judged]) > 0).astype(float)) / 2
    return right.tolist()


def _classifier(rows: np.ndarray, labels: np.ndarray, seed: int):
    """A function from traits (n, k) to log odds (n,): a network of one hidden layer, trained on all rows at once."""
    centre, scale = rows.mean(axis=0), rows.std(axis=0)
    scale = np.where(scale > 1e-9, scale, np.inf)  # what never varies says nothing

    def prepared(some: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.clip((some - centre) / scale, -5, 5)).float()

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = nn.Sequential(nn.Linear(rows.shape[1], HIDDEN), nn.Tanh(), nn.Dropout(0.3), nn.Linear(HIDDEN, 1))
        optimizer = torch.optim.AdamW(network.parameters(), lr=0.01, weight_decay=0.1)
        inputs, targets = prepared(rows), torch.from_numpy(labels).float()
        for _ in range(STEPS):
            optimizer.zero_grad()
            F.binary_cross_entropy_with_logits(network(inputs)[:, 0], targets).backward()
            optimizer.step()
    network.eval()

    @torch.no_grad()
    def log_odds(some: np.ndarray) -> np.ndarray:
        return network(prepared(some))[:, 0].numpy()

    return log_odds
