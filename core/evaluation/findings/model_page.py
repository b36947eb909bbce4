"""The page of findings on the model, as Markdown, and its pictures."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.corpus.examples import TASKS
from core.evaluation.findings.plots import draw_bars
from core.evaluation.findings.trial import BATCH_SIZE, CONTEXT
from core.evaluation.findings.variants import ABLATION, FULL, Measured, Variant
from core.evaluation.report import table
from core.evaluation.statistics import Estimate, estimate_over_seeds


@dataclass(frozen=True)
class Page:
    """All that the page says. ``ablation``: for each variant its outcomes in the order of ``seeds``."""

    songs: int
    held_out: int
    minutes: float
    seeds: Sequence[int]
    precision: str
    ablation: dict[Variant, list[Measured]]


def draw(page: Page, out: Path) -> None:
    """The page's pictures, beside it."""
    draw_bars(out / "model-ablation.png", "bits per note on held-out songs, all tasks",
              [variant.name.replace(" ", "\n", 1) for variant in page.ablation],
              [bits(outcomes) for outcomes in page.ablation.values()])


def write_page(page: Page) -> str:
    """The page as Markdown."""
    return "\n".join([*_head(page), *_ablation(page)]) + "\n"


def bits(outcomes: Sequence[Measured], task: str | None = None) -> Estimate:
    """Bits per note of one variant over its seeds; of one task, or all."""
    chosen = _windows(outcomes[0], task)
    return estimate_over_seeds([[one.bits[i] for i in chosen] for one in outcomes],
                               [outcomes[0].notes[i] for i in chosen], [outcomes[0].songs[i] for i in chosen])


def difference(outcomes: Sequence[Measured], others: Sequence[Measured], task: str | None = None) -> Estimate:
    """How many more bits per note ``outcomes`` need than ``others``, paired by seed and window."""
    chosen = _windows(others[0], task)
    return estimate_over_seeds(
        [[one.bits[i] - other.bits[i] for i in chosen] for one, other in zip(outcomes, others, strict=True)],
        [others[0].notes[i] for i in chosen], [others[0].songs[i] for i in chosen])


def _windows(measured: Measured, task: str | None) -> list[int]:
    return [i for i, one in enumerate(measured.tasks) if task in (None, one)]


def _head(page: Page) -> list[str]:
    size = page.ablation[FULL][0].parameters
    return [
        "# Findings: the model\n",
        "Made from scratch by `python3 main.py findings model --corpus FOLDER --valid FOLDER "
        f"--minutes {page.minutes:g} --seed {page.seeds[0]}`.\n",
        f"- Corpus: {page.songs:,} songs to train on, {page.held_out:,} held out, song-disjoint.",
        f"- Each training: {page.minutes:g} minutes of processor time on one core ({platform.machine()}), from "
        f"scratch; {size / 1e6:.2f} M parameters, context {CONTEXT}, {BATCH_SIZE} rows a batch, {page.precision} "
        "(the faster of the two here), not compiled. Trainings that are compared took turns of two seconds on the "
        "same core, so that whatever else the machine did fell on all alike.",
        f"- Seeds: {', '.join(map(str, page.seeds))}. A seed decides the first weights and the order of examples; "
        "the held-out windows are the same for all.",
        "- ±: half of the 95 % bootstrap interval when seeds and songs are both resampled; differences are paired by "
        "seed and window. An interval from three seeds is a rough one: the seeds' own figures stand beside it.",
        "- These are the first minutes of learning. What wins here need not win after a day.\n"]



def _ablation(page: Page) -> list[str]:
    full = page.ablation[FULL]
    rows = []
    for variant, outcomes in page.ablation.items():
        gap = "–" if variant == FULL else difference(outcomes, full)
        each = ", ".join(f"{one.bits_per_note:.2f}" for one in outcomes)
        tokens = sum(one.tokens for one in outcomes) / len(outcomes)
        rows.append([variant.name, bits(outcomes), each, gap, f"{tokens:,.0f}"])
    tasks = [[variant.name, *(bits(outcomes, task) if variant == FULL else
                              f"+{difference(outcomes, full, task)}".replace("+-", "-") for task in TASKS)]
             for variant, outcomes in page.ablation.items()]
    return [
        "## What each part gains\n",
        "Windows of every task; each row changes one thing of the full model.\n",
        *table(["model", "bits per note", "by seed", "difference from full", "tokens trained on"], rows),
        "\nBy task: bits per note of the full model, and how many more the others need.\n",
        *table(["model", *TASKS], tasks),
        "\n![bits per note](model-ablation.png)\n",
        *(_sentence(variant, difference(page.ablation[variant], full)) for variant in ABLATION if variant != FULL)]


def _sentence(variant: Variant, gap: Estimate) -> str:
    if gap.low > 0:
        return f"- *{variant.name}* is worse by {gap} bits per note."
    if gap.high < 0:
        return f"- *{variant.name}* is **better** by {-gap.value:.3f} bits per note in this time."
    return f"- *{variant.name}*: no difference that these trainings could show ({gap})."
