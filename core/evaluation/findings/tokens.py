"""docs/findings/tokens.md: plain, byte-pair and action tokens, and three ways to batch, against each other."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from core.corpus.build import build_store
from core.corpus.store import Store
from core.evaluation.benchmarks.loader import Measured, Steps, loader_table, measure
from core.evaluation.findings.plots import draw_bars
from core.evaluation.findings.trial import (
    BATCH_SIZE,
    CONTEXT,
    LEARNED_FROM,
    STREAMED_SEGMENTS,
    STREAMED_SONGS,
    Encoding,
    Outcome,
    Trial,
    merges_of,
    run_trial,
)
from core.evaluation.held_out import choose_songs
from core.evaluation.report import table
from core.evaluation.statistics import Estimate, estimate
from core.music.song import Song
from core.tokens.merges import TokenStatistics, token_statistics
from core.training.sources import STRATEGIES, WINDOWS

PLAIN = Encoding("plain")
ENCODINGS = (PLAIN, Encoding("bpe", 512), Encoding("bpe", 2048), Encoding("bpe", 8192), Encoding("action", 2048))
REQUEST_SONGS = 4
STATISTICS_SONGS = 400
LOADER_SECONDS = 18.0
"""Of training for each way to batch and location."""


@dataclass(frozen=True)
class Page:
    """All that the page says. ``encodings`` and ``strategies``: in the order of the tables."""

    songs: int
    held_out: int
    minutes: float
    seed: int
    encodings: dict[Encoding, Outcome]
    statistics: dict[Encoding, TokenStatistics]
    strategies: dict[str, Outcome]
    timings: Sequence[Measured]


def run(corpus: Path, valid: Path, out: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Make the page and its pictures in ``out`` and return it. What ``out/work`` holds already is not done again."""
    work = out / "work"
    for name, folder in (("train", corpus), ("valid", valid)):
        report = build_store(folder, work / name)
        say(f"{name}: {report.songs:,} songs")
    songs = Store(work / "train")
    for encoding in ENCODINGS:
        merges_of(encoding, songs, work, seed)
        say(f"merges: {encoding.name}")
    requests = [song.song for song in choose_songs(valid, REQUEST_SONGS, seed)]
    trials = [Trial(encoding, WINDOWS, minutes, seed) for encoding in ENCODINGS]
    trials += [Trial(PLAIN, strategy, minutes, seed) for strategy in STRATEGIES]
    outcomes = run_trials(trials, work, requests, say)
    picks = np.random.default_rng(seed).permutation(len(songs))[:STATISTICS_SONGS].tolist()
    statistics = {encoding: token_statistics((songs[i] for i in picks), merges_of(encoding, songs, work, seed))
                  for encoding in ENCODINGS}
    page = Page(len(songs), len(Store(work / "valid")), minutes, seed,
                dict(zip(ENCODINGS, outcomes)), statistics, dict(zip(STRATEGIES, outcomes[len(ENCODINGS):])),
                measure(songs, say, Steps(), LOADER_SECONDS))
    names = [encoding.name for encoding in ENCODINGS]
    draw_bars(out / "tokens-bits.png", "bits per note on held-out songs", names,
              [_bits(page.encodings[encoding]) for encoding in ENCODINGS])
    draw_bars(out / "tokens-length.png", "tokens per note", names,
              [statistics[encoding].tokens_per_note for encoding in ENCODINGS])
    draw_bars(out / "batching-bits.png", "bits per note on held-out songs, read from their start", list(STRATEGIES),
              [_bits(outcome) for outcome in page.strategies.values()])
    path = out / "tokens.md"
    path.write_text(write_page(page), encoding="utf-8")
    return path


def run_trials(trials: Sequence[Trial], work: Path, requests: Sequence[Song], say: Callable[[str], None]
               ) -> list[Outcome]:
    """The outcomes of all trials, in order; all at once, so that whatever else the machine does falls on all alike."""
    with ProcessPoolExecutor(len(trials), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(run_trial, trial, work, requests) for trial in trials]
        outcomes = []
        for trial, future in zip(trials, running):
            outcomes.append(future.result())
            say(f"{trial.name}: {outcomes[-1].bits_per_note:.3f} bits per note")
    return outcomes


def write_page(page: Page) -> str:
    """The page as Markdown."""
    return "\n".join([*_head(page), *_encodings(page), *_strategies(page), *_defaults(page)]) + "\n"


def _head(page: Page) -> list[str]:
    size = page.encodings[PLAIN].parameters
    return [
        "# Findings: tokens and batching\n",
        "Made from scratch by `python3 main.py findings tokens --corpus FOLDER --valid FOLDER "
        f"--minutes {page.minutes:g} --seed {page.seed}`.\n",
        f"- Corpus: {page.songs:,} songs to train on, {page.held_out:,} held out, song-disjoint.",
        f"- Each training: {page.minutes:g} minutes of processor time on one core ({platform.machine()}), from "
        f"scratch, one seed ({page.seed}): {size / 1e6:.2f} M parameters with plain tokens, context {CONTEXT}, "
        f"{BATCH_SIZE} rows a batch, Muon, fp32, not compiled. Processor time, and all trainings at once, so "
        "that whatever else the machine did fell on all alike.",
        "- ±: half of the 95 % bootstrap interval over held-out windows or songs. It says nothing of other seeds.",
        "- These are the first minutes of learning. What wins here need not win after a day.\n"]


def _encodings(page: Page) -> list[str]:
    plain = page.encodings[PLAIN]
    rows = []
    for encoding, outcome in page.encodings.items():
        statistics = page.statistics[encoding]
        difference = "–" if encoding == PLAIN else estimate(
            [a - b for a, b in zip(outcome.bits, plain.bits, strict=True)], plain.notes)
        rows.append([encoding.name, f"{outcome.parameters / 1e6:.2f} M", f"{statistics.tokens_per_note:.2f}",
                     f"{statistics.bars_per_1024_tokens:.1f}", _bits(outcome), difference, f"{outcome.tokens:,}",
                     f"{outcome.notes_per_second:.1f}"])
    ranked = sorted(page.encodings, key=lambda encoding: page.encodings[encoding].bits_per_note)
    quickest = max(page.encodings, key=lambda encoding: page.encodings[encoding].notes_per_second or 0.0)
    return [
        "## Plain, byte-pair and action tokens\n",
        f"*bpe n*: n byte-pair merges that never cross a cell, learned from {LEARNED_FROM:,} songs. *action n*: the n "
        "most frequent groups of all that starts on one slot, each as one token. A merged token shares embeddings "
        "with its parts. The held-out cells and the bars shown around them are the same for all; bits are those of "
        "the cells asked for, so the figures can be compared.\n",
        *table(["encoding", "parameters", "tokens per note", "bars per 1,024 tokens", "bits per note",
                "difference from plain", "tokens trained on", "notes written a second"], rows),
        "\nTokens per note counts the inside of cells; bars per 1,024 tokens counts everything in a song, all tracks. "
        "Notes a second: four bars of every track of "
        f"{REQUEST_SONGS} songs, four takes at once, in processor time, by the models of the table.\n",
        "![bits per note](tokens-bits.png)\n", "![tokens per note](tokens-length.png)\n",
        f"Lowest bits per note: **{ranked[0].name}**, then {', '.join(one.name for one in ranked[1:])}. "
        f"Most notes a second: **{quickest.name}**.\n"]


def _strategies(page: Page) -> list[str]:
    rows = [[name, _bits(outcome), f"{outcome.steps:,}", f"{outcome.tokens:,}",
             f"{1 - outcome.tokens / (outcome.steps * BATCH_SIZE * CONTEXT):.1%}"]
            for name, outcome in page.strategies.items()]
    best = min(page.strategies, key=lambda name: page.strategies[name].bits_per_note)
    return [
        "## One long sequence, per song, contiguous\n",
        "*long*: random windows across the ends of songs. *song*: each row is a song, cropped or padded. *contiguous*: "
        "each row walks one song after another in order. Whole songs with nothing marked, all tokens learned; no "
        f"memory yet, so contiguous rows have no advantage of it. Measured on {STREAMED_SONGS} held-out songs read "
        f"from their start, {STREAMED_SEGMENTS} times {CONTEXT} tokens at most.\n",
        *table(["batching", "bits per note", "steps", "tokens trained on", "padding"], rows),
        "\n![bits per note](batching-bits.png)\n",
        f"Lowest bits per note: **{best}**.\n",
        "## Where the data lives\n",
        "The same batches, cut from the memory-mapped store, from arrays in memory, and from tensors on the device "
        "that trains (here the processor), beside the same batch over and over. A small model, so that what a loader "
        "costs shows the more; medians of steps that take turns. The rows were measured one after another, and "
        "whatever else the machine did fell on some of them: compare what stands in a row, not one row with another.\n",
        *loader_table(page.timings)]


def _defaults(page: Page) -> list[str]:
    shorter = [encoding for encoding in ENCODINGS if encoding != PLAIN]
    better = [encoding.name for encoding in shorter
              if page.encodings[encoding].bits_per_note < page.encodings[PLAIN].bits_per_note]
    return [
        "\n## What is the default, and why\n",
        f"**Plain tokens.** Fewer bits than plain: {', '.join(better) or 'none'}. A gain in the first minutes, with "
        "one seed, is a lead and no reason yet to change the tokens of a shipped model: plain tokens can be locked, "
        "masked and transposed one by one; what merging saves is paid for by a larger vocabulary that sees each of its "
        "tokens less often. Merges are tried again, for hours and with several seeds, where the base model's shape is "
        "chosen.\n",
        "**Windows, read from disk.** The jobs of a request are what a model is asked for, and only windows have them. "
        "Of the ways to read whole songs, contiguous rows exist for the memories, which need songs in order; without "
        "one, their batches are a few songs at a time and learn less from as many tokens. Reading from disk costs so "
        "little of a step that nothing need be loaded first; memory and device are for machines that train faster."]


def _bits(outcome: Outcome) -> Estimate:
    return estimate(outcome.bits, outcome.notes)
