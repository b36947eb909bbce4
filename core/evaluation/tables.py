"""Measurements as Markdown tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.evaluation.scores import Score, choose, compare, mean
from core.evaluation.statistics import Estimate

NOTHING = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table, line by line: the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return ["| " + " | ".join(str(cell) for cell in line) + " |" for line in lines]


def protocols_table(scores: Sequence[Score], methods: Sequence[str], protocols: Sequence[str]) -> list[str]:
    """Scores of one figure: methods down, protocols and all of them across."""
    counts = {name: len({(one.song, one.seed) for one in choose(scores, protocol=name)}) for name in protocols}
    return table(["method", *(f"{name} ({count} windows)" for name, count in counts.items()), "all"],
                 [[method, *(shown(mean(choose(scores, method=method, protocol=name))) for name in protocols),
                   shown(mean(choose(scores, method=method)))] for method in methods])


def comparison_table(scores: Sequence[Score], method: str, others: Sequence[str], protocols: Sequence[str]
                     ) -> list[str]:
    """Scores of one figure: what ``method`` has more than each of ``others``, protocols across."""
    rows = []
    for other in others:
        everywhere = compare(scores, method, other)
        tally = f"{everywhere.more} / {everywhere.same} / {everywhere.less}" if everywhere else NOTHING
        rows.append([other, *(shown(compare(choose(scores, protocol=name), method, other)) for name in protocols),
                     shown(everywhere), tally])
    return table([f"{method} less ...", *protocols, "all", "windows with more / the same / less"], rows)


def seeds_line(scores: Sequence[Score], method: str) -> list[str]:
    """A method's mean in each run; nothing where there was one run only."""
    seeds = sorted({one.seed for one in scores})
    if len(seeds) < 2:
        return []
    means = [mean(choose(scores, method=method, seed=seed)) for seed in seeds]
    return [f"\nBy seed ({', '.join(map(str, seeds))}), {method}: "
            + ", ".join(NOTHING if one is None else f"{one.value:.3f}" for one in means) + "."]


def shown(value: object | None) -> str:
    return NOTHING if value is None else str(value)


def share(value: Estimate | None) -> str:
    """An estimate of a share, in percent."""
    if value is None:
        return NOTHING
    spread = f" ± {50 * (value.high - value.low):.1f}" if value.count > 1 else ""
    return f"{100 * value.value:.1f}{spread} %"
