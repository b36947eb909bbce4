"""What memory gains, proved or refuted: the same weights trained on for equal processor time with each memory.

Each trial starts with one trained model and learns from the same walk through songs, with or without a memory, and is
measured on the same windows of held-out songs; a model with a memory also with it switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from core.corpus.build import build_store
from core.evaluation.findings.memory_trial import (
    CAPACITY,
    CONTEXT,
    LENGTH,
    LONGEST,
    MEMORIES,
    RETRIEVAL_LAYER,
    SEEDS,
    MemoryOutcome,
    MemoryTrial,
    bits_per_note,
    run_lengths,
    run_trial,
    run_trials,
)
from core.evaluation.findings.plots import draw_bars
from core.evaluation.remembering import ALIKE, INSIDE, KINDS, NEW, OUTSIDE, SongBits
from core.evaluation.statistics import Estimate, estimate, sign_flip_test
from core.evaluation.tables import NOTHING, table
from core.folders import BASE_MODEL
from core.model.checkpoint import fingerprint, load_model


def difference(first: Sequence[Sequence[SongBits]], second: Sequence[Sequence[SongBits]], kinds: Sequence[str]
               ) -> tuple[Estimate, float]:
    """Bits per note of the first less those of the second, seeds taken together song by song, and the chance of it.

    One list of songs a seed each; the songs are the same.
    """
    amounts, sizes = [], []
    for of_song in zip(*first, *second):
        half = len(first)
        notes = sum(of_song[0].notes[kind] for kind in kinds)
        if notes:
            ours, theirs = (np.mean([sum(song.bits[kind] for kind in kinds) for song in part])
                            for part in (of_song[:half], of_song[half:]))
            amounts.append(float(ours - theirs))
            sizes.append(notes)
    return estimate(amounts, sizes), sign_flip_test(amounts)


def run(corpus: Path, valid: Path, out: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Make the page and its picture in ``out`` and return it. What ``out/work`` holds already is not done again."""
    for name, folder in (("train", corpus), ("valid", valid)):
        say(f"{name}: {build_store(folder, out / 'work' / name).songs:,} songs")
    lines = memory_section(out / "work", out, say, minutes, range(seed, seed + len(SEEDS)))
    lines += lengths_section(out / "work", minutes, seed)
    path = out / "memory.md"
    path.write_text(write_page(lines, minutes, seed), encoding="utf-8")
    return path


def write_page(lines: Sequence[str], minutes: float, seed: int) -> str:
    """The section as a page of its own."""
    return "\n".join(["# Findings: memory\n", "Made by `python3 main.py findings memory --corpus FOLDER --valid FOLDER "
                      f"--minutes {minutes:g} --seed {seed}`, from the shipped weights.\n", *lines]) + "\n"


def memory_section(work: Path, out: Path, say: Callable[[str], None], minutes: float = 2.5,
                   seeds: Sequence[int] = SEEDS, base: Path = BASE_MODEL) -> list[str]:
    """The section of the page on what memory gains, line by line, and its picture in ``out``. ``work`` holds the stores
    ``train`` and ``valid``, and what is found there already is not done again."""
    mark = fingerprint(load_model(base)[0])[:8]
    trials = [MemoryTrial(memory, seed, minutes, base, mark) for seed in seeds for memory in MEMORIES]
    found = run_trials(trials, work, say)
    outcomes = {memory: [found[trial] for trial in trials if trial.memory == memory] for memory in MEMORIES}
    draw_bars(out / "model-memory.png", "bits per note where the nearest repeat is outside the window",
              list(outcomes), [_level(some, [OUTSIDE]) for some in outcomes.values()])
    return section(outcomes, minutes, seeds)


def section(outcomes: Mapping[str, Sequence[MemoryOutcome]], minutes: float, seeds: Sequence[int]) -> list[str]:
    """The lines of the section. ``outcomes``: of each memory those of the seeds, in order."""
    none = [one.on for one in outcomes["none"]]
    levels, gains, switched = [], [], []
    for memory, some in outcomes.items():
        on = [one.on for one in some]
        each = ", ".join(f"{bits_per_note(songs, [OUTSIDE]):.3f}" for songs in on)
        tokens = sum(one.tokens for one in some) / len(some)
        levels.append([memory, *(f"{bits_per_note([s for songs in on for s in songs], kinds):.3f}" for kinds in _SETS),
                       each, f"{tokens:,.0f}"])
        if memory != "none":
            gains.append([memory, *(_shown(*difference(on, none, kinds)) for kinds in _SETS)])
            switched.append([memory, *(_shown(*difference(on, [one.off for one in some], kinds)) for kinds in _SETS)])
    notes = {kind: sum(song.notes[kind] for song in none[0]) for kind in KINDS}
    head = ["memory", "all", "nearest repeat outside", "inside", "new"]
    return [
        "## What memory gains\n",
        f"The shipped weights, trained on for {minutes:g} minutes of processor time each with no memory, with the keys "
        f"and values of the last {LENGTH} positions in every layer (*segments*, Transformer-XL), with a look-up in "
        f"layer {RETRIEVAL_LAYER} of the {CAPACITY:,} positions read last (*retrieval*, kNN), and with both; seeds "
        f"{', '.join(map(str, seeds))}. Windows of {CONTEXT} tokens. Without a memory a training sees windows alone, "
        "more of them in the same time; with one, half of what it reads are the songs that fill it. Measured on "
        f"{len(none[0])} held-out songs read from their start, {LONGEST} windows of each at most, drawn as for "
        "training; the windows are the same for all.\n",
        f"A cell's *repeat* has at least {ALIKE:.0%} of its notes at the same slots, transposed by any interval. "
        f"*Outside*: the most alike lies in bars before the window ({notes[OUTSIDE]:,} notes); *inside*: the window "
        f"shows it ({notes[INSIDE]:,}); *new*: neither ({notes[NEW]:,}). Bits per note:\n",
        *table([*head, "outside, by seed", "tokens trained on"], levels),
        "\nDifference from no memory, bits per note (± half of the 95 % interval over songs, seeds averaged; p: paired "
        "sign-flip test by song):\n",
        *table(head, gains),
        "\nThe same weights with their memory on, less with it off:\n",
        *table(head, switched),
        "\n![bits per note outside the window](model-memory.png)\n",
        *(_sentence(memory, *difference([one.on for one in outcomes[memory]], none, [OUTSIDE]))
          for memory in outcomes if memory != "none")]


def lengths_section(work: Path, minutes: float, seed: int, base: Path = BASE_MODEL) -> list[str]:
    """The section on how long a memory should be, line by line."""
    trial = MemoryTrial("segments", seed, minutes, base, fingerprint(load_model(base)[0])[:8])
    outcome = run_trial(trial, work)
    songs = {0: outcome.off, LENGTH: outcome.on} | run_lengths(trial, work)
    rows = [[f"{length:,}", *(f"{bits_per_note(songs[length], kinds):.3f}" for kinds in _SETS),
             NOTHING if length == LENGTH else _shown(*difference([songs[length]], [outcome.on], [OUTSIDE]))]
            for length in sorted(songs)]
    return [
        "\n## How long a memory\n",
        f"The weights trained with *segments* of {LENGTH} positions, seed {seed}, with memories of other lengths at "
        "work and not trained again. Bits per note, and how many more than with the length they know where the nearest "
        "repeat lies outside the window:\n",
        *table(["positions", "all", "nearest repeat outside", "inside", "new", "outside, more"], rows)]


_SETS = (KINDS, [OUTSIDE], [INSIDE], [NEW])


def _level(outcomes: Sequence[MemoryOutcome], kinds: Sequence[str]) -> Estimate:
    """Bits per note, seeds averaged, songs resampled."""
    songs = list(zip(*(one.on for one in outcomes)))
    bits = [float(np.mean([sum(song.bits[kind] for kind in kinds) for song in seeds])) for seeds in songs]
    notes = [sum(seeds[0].notes[kind] for kind in kinds) for seeds in songs]
    return estimate(*zip(*((b, n) for b, n in zip(bits, notes) if n)))


def _shown(gap: Estimate, chance: float) -> str:
    return f"{gap} (p {chance:.2g})"


def _sentence(memory: str, gap: Estimate, chance: float) -> str:
    what = f"- *{memory}*, where the nearest repeat lies outside the window: "
    if chance >= 0.05:
        return what + f"no difference that these trainings could show ({gap}, p {chance:.2g})."
    return what + f"{'fewer' if gap.value < 0 else 'more'} bits per note by {abs(gap.value):.3f} (p {chance:.2g})."
