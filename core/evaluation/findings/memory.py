"""What memory gains, proved or refuted: the same weights trained on for equal processor time with each memory.

Each trial starts with one trained model and learns from the same walk through songs, with or without a memory, and is
measured on the same windows of held-out songs; a model with a memory also with it switched off.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from core.corpus.batching import DiskStreams
from core.corpus.build import build_store
from core.corpus.examples import CORPUS_SHARES
from core.corpus.song_walk import SongWalk, WalkBatch
from core.corpus.store import Store
from core.evaluation.findings.plots import draw_bars
from core.evaluation.remembering import (
    ALIKE,
    INSIDE,
    KINDS,
    NEW,
    OUTSIDE,
    SongBits,
    bits_by_kind,
    read_held_out,
)
from core.evaluation.statistics import Estimate, estimate, sign_flip_test
from core.evaluation.tables import table
from core.files.atomic import write_atomic
from core.folders import BASE_MODEL
from core.model.checkpoint import fingerprint, load_model
from core.model.memories import Memories
from core.training.precision import fastest_precision
from core.training.start import with_memories
from core.training.trainer import TrainerConfig, train

CONTEXT = 512
ROWS = 4
"""Of each party, in training."""
LENGTH = 512
"""Positions of segment memory."""
CAPACITY = 2048
"""Positions of retrieval memory."""
RETRIEVAL_LAYER = 3
RATE = 0.15
"""Learning rates, times those of a model from nothing."""
HELD_OUT_SONGS, LONGEST = 60, 5
"""Held-out songs, and segments read of each at most."""
MEMORIES = {"none": (0, 0), "segments": (LENGTH, 0), "retrieval": (0, RETRIEVAL_LAYER),
            "both": (LENGTH, RETRIEVAL_LAYER)}
"""Positions of segment memory, and the layer that looks up, 0 for none."""
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class MemoryTrial:
    """``memory``: of MEMORIES; ``minutes`` of processor time; ``base``: the folder of the model it starts with, and
    ``base_print``, the first digits of its fingerprint."""

    memory: str
    seed: int
    minutes: float
    base: Path
    base_print: str

    @property
    def name(self) -> str:
        return f"memory-{self.memory}-{self.minutes:g}min-from-{self.base_print}-seed{self.seed}"


@dataclass(frozen=True)
class MemoryOutcome:
    """``on`` and ``off``: of each held-out song, with the memory and without; the same where there is none."""

    steps: int
    tokens: int
    on: list[SongBits]
    off: list[SongBits]


def run_trial(trial: MemoryTrial, work: Path) -> MemoryOutcome:
    """Trains and measures, or reads what an earlier run found. One thread, so that trials may run at once."""
    path = work / f"{trial.name}.json"
    if path.exists():
        found = json.loads(path.read_text("utf-8"))
        return MemoryOutcome(found["steps"], found["tokens"], *(
            [SongBits(**song) for song in found[key]] for key in ("on", "off")))
    torch.set_num_threads(1)
    precision = fastest_precision()
    walk = _Counted(SongWalk(DiskStreams(Store(work / "train")), CONTEXT, ROWS if trial.memory != "none" else 2 * ROWS,
                             trial.seed, CORPUS_SHARES, transpose=True), windows_alone=trial.memory == "none")
    model = with_memories(load_model(trial.base)[0], *MEMORIES[trial.memory])
    memories = Memories(model.config, ROWS, CAPACITY) if model.config.remembers else None
    usual = TrainerConfig(steps=1)
    config = replace(usual, steps=None, minutes=trial.minutes, warm_up_steps=5, decay=0.7, precision=precision,
                     learning_rate=RATE * usual.learning_rate, matrix_learning_rate=RATE * usual.matrix_learning_rate,
                     seed=trial.seed, checkpoint_every_seconds=1e9, report_every_seconds=20.0, compile=False)
    result = train(model, walk, [], config, work / trial.name, clock=time.process_time, memories=memories)
    held_out = read_held_out(Store(work / "valid"), HELD_OUT_SONGS, CONTEXT, LONGEST)
    one_row = memories.empty("cpu", 1) if memories is not None else None
    with torch.autocast("cpu", torch.bfloat16, enabled=precision.startswith("bf16")):
        off = bits_by_kind(model, held_out, None)
        on = bits_by_kind(model, held_out, one_row) if one_row is not None else off
    outcome = MemoryOutcome(result.step, walk.tokens_before(result.step), on, off)
    write_atomic(path, json.dumps(asdict(outcome)).encode())
    return outcome


class _Counted:
    """A walk that counts the tokens it gave out; ``windows_alone`` leaves the first party out."""

    def __init__(self, walk: SongWalk, windows_alone: bool) -> None:
        self.walk, self.windows_alone = walk, windows_alone
        self._tokens: dict[int, int] = {}

    def batch(self, step: int) -> WalkBatch:
        batch = self.walk.batch(step)
        if self.windows_alone:
            rows = self.walk.batch_size
            batch = replace(batch, features=batch.features[rows:], answer=batch.answer[rows:],
                            note_count=batch.note_count[rows:], task=batch.task[rows:])
        self._tokens[step] = int((batch.features[..., 0] != 0).sum())
        return batch

    def tokens_before(self, step: int) -> int:
        return sum(tokens for number, tokens in self._tokens.items() if number < step)


def run_trials(trials: Sequence[MemoryTrial], work: Path, say: Callable[[str], None], at_once: int = 2
               ) -> dict[MemoryTrial, MemoryOutcome]:
    """The outcomes of all trials, ``at_once`` at a time."""
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        running = {trial: pool.submit(run_trial, trial, work) for trial in trials}
        outcomes = {}
        for trial, future in running.items():
            outcomes[trial] = future.result()
            say(f"{trial.name}: {outcomes[trial].steps:,} steps, bits per note "
                + ", ".join(f"{kind} {bits_per_note(outcomes[trial].on, [kind]):.3f} on, "
                            f"{bits_per_note(outcomes[trial].off, [kind]):.3f} off" for kind in KINDS))
    return outcomes


def bits_per_note(songs: Sequence[SongBits], kinds: Sequence[str] = KINDS) -> float:
    """Of the cells of some kinds."""
    notes = sum(song.notes[kind] for song in songs for kind in kinds)
    return sum(song.bits[kind] for song in songs for kind in kinds) / max(1, notes)


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
