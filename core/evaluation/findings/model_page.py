"""The page of findings on the model, as Markdown, and its pictures."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.corpus.examples import TASKS
from core.evaluation.findings.excerpts import BARS
from core.evaluation.findings.peer import SONGS
from core.evaluation.findings.plots import draw_bars
from core.evaluation.findings.remi import UNLIKE, VOCABULARY
from core.evaluation.findings.trial import BATCH_SIZE, CONTEXT
from core.evaluation.findings.variants import FULL, INDEX_ROTARY, NO_QK_NORM, TOKEN_EMBEDDINGS, Measured
from core.evaluation.report import table
from core.evaluation.statistics import Estimate, estimate_over_seeds

PEER = "REMI + x-transformers"
CLAIMS = ((INDEX_ROTARY, "positions in musical time on half of the heads help"),
          (TOKEN_EMBEDDINGS, "structured embeddings help"), (NO_QK_NORM, "QK-norm helps"))
"""A variant without something, and what is said of that."""
WANTED = 0.15
"""How many fewer bits per note than the peer are claimed."""


@dataclass(frozen=True)
class Page:
    """All that the page says. ``ablation``: for each variant's name its outcomes in the order of ``seeds``.
    ``streams``: the same for the trainings on whole songs, the peer's first. ``peers``: the candidates for it."""

    songs: int
    held_out: int
    minutes: float
    seeds: Sequence[int]
    precision: str
    ablation: dict[str, list[Measured]]
    streams: dict[str, list[Measured]]
    peers: dict[str, Measured]


def draw(page: Page, out: Path) -> None:
    """The page's pictures, beside it."""
    draw_bars(out / "model-ablation.png", "bits per note on held-out songs, all tasks",
              [name.replace(" ", "\n", 1) for name in page.ablation],
              [bits(outcomes) for outcomes in page.ablation.values()])
    draw_bars(out / "model-peer.png", "bits per note on held-out songs, read from their start",
              [name.replace(", ", "\n") for name in _chain(page)], [bits(page.streams[name]) for name in _chain(page)])


def write_page(page: Page) -> str:
    """The page as Markdown."""
    return "\n".join([*_head(page), *_ablation(page), *_peer(page)]) + "\n"


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
    size = page.ablation[FULL.name][0].parameters
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
        "seed and window. " + (
            "**With one seed the interval is over songs alone and says nothing of other seeds: these are leads.**"
            if len(page.seeds) == 1 else
            "An interval from so few seeds is a rough one: the seeds' own figures stand beside it."),
        "- These are the first minutes of learning. What wins here need not win after a day.\n"]



def _ablation(page: Page) -> list[str]:
    full = page.ablation[FULL.name]
    rows = []
    for name, outcomes in page.ablation.items():
        gap = "–" if name == FULL.name else difference(outcomes, full)
        each = ", ".join(f"{one.bits_per_note:.2f}" for one in outcomes)
        tokens = sum(one.tokens for one in outcomes) / len(outcomes)
        rows.append([name, bits(outcomes), each, gap, f"{tokens:,.0f}"])
    tasks = [[name, *(bits(outcomes, task) if name == FULL.name else
                      f"+{difference(outcomes, full, task)}".replace("+-", "-") for task in TASKS)]
             for name, outcomes in page.ablation.items()]
    return [
        "## What each part gains\n",
        "Windows of every task; each row changes one thing of the full model.\n",
        *table(["model", "bits per note", "by seed", "difference from full", "tokens trained on"], rows),
        "\nBy task: bits per note of the full model, and how many more the others need.\n",
        *table(["model", *TASKS], tasks),
        "\n![bits per note](model-ablation.png)\n",
        *(_sentence(name, difference(outcomes, full)) for name, outcomes in page.ablation.items()
          if name != FULL.name),
        "", *(_claim(said, difference(page.ablation[variant.name], full)) for variant, said in CLAIMS),
        "\nHow the differences of rotary positions and QK-norm change along longer trainings of a model of the shipped "
        "size is in [scaling.md](scaling.md), what memories gain in [memory.md](memory.md)."]


def _chain(page: Page) -> list[str]:
    """The trainings on whole songs from the peer to the full model, each with one thing more."""
    return [PEER, *(name for name in page.streams if name != PEER)]


def _peer(page: Page) -> list[str]:
    peer, full = page.streams[PEER], page.streams[FULL.name]
    rows, before = [], None
    for name in _chain(page):
        outcomes = page.streams[name]
        step = "–" if before is None else difference(outcomes, before)
        tokens = sum(one.tokens for one in outcomes) / len(outcomes)
        rows.append([name, f"{outcomes[0].parameters / 1e6:.2f} M", bits(outcomes),
                     ", ".join(f"{one.bits_per_note:.2f}" for one in outcomes), step,
                     f"{1 - bits(outcomes).value / bits(peer).value:.1%}", f"{tokens:,.0f}"])
        before = outcomes
    saved = 1 - bits(full).value / bits(peer).value
    verdict = "holds in these trainings" if saved >= WANTED else "does **not** hold in them"
    tried = "; ".join(f"{name.split(', ', 1)[1]}: {one.bits_per_note:.2f}" for name, one in page.peers.items())
    notes = sum(full[0].notes)
    return [
        "\n## Beside the design this project grew from\n",
        f"The peer: MidiTok's REMI with byte pairs ({VOCABULARY:,} tokens), and an x-transformers decoder of the same "
        "size with rotary positions, SwiGLU, QK-norm and the memory of Transformer-XL; AdamW with our schedule. Plain "
        "continuation of whole songs, nothing marked; all are trained on the same songs (about "
        f"{SONGS:,}, transposed) for the same processor time, which writing them as tokens is no part of. Measured: "
        f"the notes of the first {BARS} bars of {len(full[0].notes)} held-out songs ({notes:,} notes; onset, pitch, "
        "duration, class of velocity, instrument, meter). Both see windows of as many tokens that overlap by half; "
        "the peer is also measured with its memory, and the better of the two counts. Its learning rate and whether "
        "it is trained with its memory were chosen, in its favour, on these very notes with the first seed "
        f"({tried}). {_edge(page)}{_fewer(page)}\n",
        *table(["trained on whole songs", "parameters", "bits per note", "by seed", "difference from the row above",
                "fewer than the peer", "tokens trained on"], rows),
        "\n![bits per note](model-peer.png)\n",
        f"The claim of at least {WANTED:.0%} fewer bits per note than the peer at equal time {verdict}: "
        f"**{saved:.1%}** fewer ({difference(full, peer)} bits per note). A *plain model* has index rotary positions "
        "and no structured embeddings; the rows show what each step adds: the tokens, the optimiser, and what the "
        "model knows of music. After so short a time the peer has hardly learned its byte pairs: this says how soon "
        "each learns, not how good each becomes.\n",
        "What is not the same for both:\n", *(f"- {line}" for line in UNLIKE)]


def _edge(page: Page) -> str:
    """A warning where the best of the candidates for the peer is the last of its rates."""
    best = min(page.peers, key=lambda name: page.peers[name].bits_per_note)
    if len(page.peers) > 1 and best == list(page.peers)[-1]:
        return "**The best is the highest rate tried: a higher one may be better still.**"
    return ""


def _fewer(page: Page) -> str:
    """A word where these trainings are of fewer seeds than the others."""
    count = len(page.streams[PEER])
    return "" if count == len(page.seeds) else f"Seeds: {', '.join(map(str, page.seeds[:count]))} alone."


def _claim(said: str, gap: Estimate) -> str:
    """``gap``: how many more bits per note the model without it needs."""
    if gap.low > 0:
        return f"- Claim: {said}. It **holds** here ({gap})."
    return (f"- Claim: {said}. It is **refuted** for these trainings: they learn faster without it ({gap})."
            if gap.high < 0 else f"- Claim: {said}. **Not shown** by these trainings ({gap}).")


def _sentence(variant: str, gap: Estimate) -> str:
    if gap.low > 0:
        return f"- *{variant}* is worse by {gap} bits per note."
    if gap.high < 0:
        half = (gap.high - gap.low) / 2
        return f"- *{variant}* is **better** by {-gap.value:.3f} ± {half:.3f} bits per note in this time."
    return f"- *{variant}*: no difference that these trainings could show ({gap})."
