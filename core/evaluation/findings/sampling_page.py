"""The page of findings on sampling, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.evaluation.answers import COMPOSER, PREVIOUS
from core.evaluation.borrowing import LONGEST
from core.evaluation.faults import ALIKE, BEAT, CLASHES, COPIES, EMPTY, ENDLESS, IN_KEY, LOOPS
from core.evaluation.infill import NOTE_F1
from core.evaluation.resemblance import ENTROPY, GROOVE
from core.evaluation.scores import Figure, Score, choose, compare, mean
from core.evaluation.tables import NOTHING, share, shown, table
from core.evaluation.windows import CONTINUE

LIMITS = {EMPTY: (0.0, 0.02), LOOPS: (0.0, 0.03), ALIKE: (0.3, 1.0), IN_KEY: (0.9, 1.0)}
"""What the figures of a setting may be for it to be chosen: their targets."""
SHARES = (ALIKE, LOOPS, COPIES, IN_KEY, EMPTY, ENDLESS, BEAT, CLASHES)


@dataclass(frozen=True)
class SettingPage:
    """``steps`` of training of the model; names of the ``settings``, one of which was used ``before``."""

    steps: int | None
    parameters: int
    seed: int
    settings: Sequence[str]
    before: str
    tasks: Sequence[str]


def write_page(page: SettingPage, scores: Sequence[Score]) -> str:
    """The page: for each task the settings down and the figures across."""
    lines = [
        "# How takes are sampled\n",
        "Made by `main.py findings sampling`. Every setting writes the same windows of held-out songs, four takes "
        "each, with at most four tracks; the model is shown the song around them. Continue: eight bars more. Block: "
        "two bars of all tracks in the middle. Cells: half of them. Track: one of them throughout.\n",
        f"- model: {page.parameters:,} parameters, {page.steps} steps; seed {page.seed}",
        "- ±: half of the 95 % bootstrap interval over songs; p: of a paired sign-flip test over songs",
        *(f"- {figure.name}: {figure.meaning}" + (f" Target: {figure.target}." if figure.target != NOTHING else "")
          for figure in (NOTE_F1, ENTROPY, GROOVE, *_measured((LONGEST,), scores), *SHARES)), ""]
    lines += ["## What is best by these figures\n",
              "Of the settings that meet the targets: where bars are filled in, whose notes what stands around them "
              "foretells, the one with the highest note F1; where a song goes on, which is free, the one with least "
              "in common with the training music. What differs by less than its ± is not told apart.\n",
              *table(["task", "setting"], [[task, best_setting(page, choose(scores, protocol=task), task == CONTINUE)
                                            or NOTHING] for task in page.tasks]), ""]
    for task in ("", *page.tasks):
        lines += _task(page, choose(scores, protocol=task or None), task or "all tasks")
    return "\n".join(lines) + "\n"


def best_setting(page: SettingPage, scores: Sequence[Score], free: bool) -> str | None:
    """The name of the setting to be used for the task of the scores; None where none meets the targets. ``free``: by
    how little it has in common with the training music, where that was measured, instead of by note F1."""
    def figure(method: str, wanted: Figure) -> float | None:
        found = mean(choose(scores, method=method, figure=wanted.name))
        return None if found is None else found.value

    fit = {}
    for method in page.settings:
        held = [(figure(method, one), *limits) for one, limits in LIMITS.items()]
        matched, f1 = figure(method, LONGEST), figure(method, NOTE_F1)
        if f1 is not None and all(value is None or low <= value <= high for value, low, high in held):
            fit[method] = f1 if matched is None or not free else -matched
    return max(fit, key=fit.__getitem__, default=None)


def _task(page: SettingPage, scores: Sequence[Score], title: str) -> list[str]:
    windows = len({(one.song, one.protocol) for one in scores})
    if not windows:
        return []
    methods = [*page.settings, PREVIOUS, COMPOSER]
    plain, figures = (ENTROPY, GROOVE, *_measured((LONGEST,), scores)), _measured(SHARES, scores)
    rows = []
    for method in methods:
        own = choose(scores, method=method)
        f1 = choose(scores, figure=NOTE_F1.name)
        better = NOTHING if method in (page.before, COMPOSER) else shown(compare(f1, method, page.before))
        rows.append([method, shown(mean(choose(own, figure=NOTE_F1.name))), better,
                     *(shown(mean(choose(own, figure=figure.name))) for figure in plain),
                     *(share(mean(choose(own, figure=figure.name))) for figure in figures)])
    return [f"## {title.capitalize()} ({windows} windows)\n",
            *table(["setting", NOTE_F1.name, "more than before", *(figure.name for figure in (*plain, *figures))],
                   rows), ""]


def _measured(figures: Sequence[Figure], scores: Sequence[Score]) -> list[Figure]:
    return [figure for figure in figures if choose(scores, figure=figure.name)]
