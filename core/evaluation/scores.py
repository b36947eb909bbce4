"""A figure of what a method wrote into a window: one record for every suite, and how records are put together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.evaluation.statistics import Estimate, estimate, sign_flip_test


@dataclass(frozen=True)
class Figure:
    """Something that is measured. ``meaning``: a sentence for the report. ``human``: whether the composer's own notes
    have a figure too, which says what is usual. ``target``: what is asked of the model, where something is."""

    name: str
    meaning: str
    human: bool = False
    target: str = "–"


@dataclass(frozen=True)
class Score:
    """The value of a figure for what a method wrote in one window: the mean of its takes, or one of them where each has
    a score of its own. ``seed``: which run."""

    song: str
    collection: str
    protocol: str
    seed: int
    method: str
    figure: str
    value: float


@dataclass(frozen=True)
class Comparison:
    """``difference``: one method's figure less another's, window by window; ``p``: of the sign-flip test over songs;
    ``better``, ``same``, ``worse``: windows in which the first has more, as much, less."""

    difference: Estimate
    p: float
    more: int
    same: int
    less: int

    def __str__(self) -> str:
        return f"{self.difference} ({format_p(self.p)})"


def format_p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def choose(scores: Iterable[Score], **facts: object) -> list[Score]:
    """The scores of which each named fact is as given; None is as good as any."""
    wanted = {name: value for name, value in facts.items() if value is not None}
    return [one for one in scores if all(getattr(one, name) == value for name, value in wanted.items())]


def mean(scores: Sequence[Score]) -> Estimate | None:
    """The mean of all values, songs resampled; None without any."""
    by_song = _by_song((one.song, one.value) for one in scores)
    return estimate([sum(some) for some in by_song.values()], [len(some) for some in by_song.values()]) if by_song \
        else None


def compare(scores: Sequence[Score], method: str, other: str) -> Comparison | None:
    """One method less the other in the windows that both have scores for; None without any. ``scores``: of one figure;
    several of one window count as their mean."""
    ours, theirs = _by_window(scores, method), _by_window(scores, other)
    pairs = [(window[0], value - theirs[window]) for window, value in ours.items() if window in theirs]
    if not pairs:
        return None
    by_song = _by_song(pairs)
    sums = [sum(some) for some in by_song.values()]
    values = [value for _, value in pairs]
    return Comparison(estimate(sums, [len(some) for some in by_song.values()]), sign_flip_test(sums),
                      sum(value > 0 for value in values), values.count(0.0), sum(value < 0 for value in values))


def by_song(scores: Sequence[Score]) -> list[list[float]]:
    """The values of each song."""
    return list(_by_song((one.song, one.value) for one in scores).values())


def _by_window(scores: Iterable[Score], method: str) -> dict[tuple[str, str, int], float]:
    """A method's value in each window: song, protocol, seed."""
    found: dict[tuple[str, str, int], list[float]] = {}
    for one in scores:
        if one.method == method:
            found.setdefault((one.song, one.protocol, one.seed), []).append(one.value)
    return {window: sum(values) / len(values) for window, values in found.items()}


def _by_song(pairs: Iterable[tuple[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for song, value in pairs:
        found.setdefault(song, []).append(value)
    return found
