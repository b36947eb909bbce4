"""How takes should be sampled: settings that write the same windows, task by task, and what is measured of them.

What is measured is kept, window by window and setting by setting: a run that was stopped goes on, and a setting that is
added alone is written. The page counts windows that every setting has written.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.evaluation.answers import COMPOSER, PREVIOUS, Answer, Notes
from core.evaluation.baselines import copy_bars, previous_bar
from core.evaluation.borrowing import borrowing_figures
from core.evaluation.faults import fault_figures
from core.evaluation.findings.sampling_page import SettingPage, write_page
from core.evaluation.held_out import HeldOutSong, choose_songs, with_few_tracks
from core.evaluation.infill import infill_figures
from core.evaluation.originality import OriginalityIndex
from core.evaluation.reference import Reference
from core.evaluation.resemblance import resemblance_figures
from core.evaluation.scores import Score, choose
from core.evaluation.windows import InfillWindow, draw_continuation, draw_window, half_of_cells, notes_in, single_track
from core.generation.request import Cell, Request, Take
from core.generation.sampler import generate
from core.generation.sampling import SamplingConfig
from core.model.checkpoint import fingerprint, load_model
from core.model.transformer import Transformer

SONGS = 40
TAKES, TRACKS = 4, 4
"""Takes of each window, and tracks of a song at most: time goes into more songs."""
BLOCK = (3, 4)
"""Bars of a window of eight that a block asks for, on all tracks."""


BEFORE = SamplingConfig(0.975, 0.935, breaks_loops=False)
"""What was used before anything was measured."""
SETTINGS = (BEFORE, *(SamplingConfig(temperature, 0.95) for temperature in (1.0, 0.8, 0.65)),
            *(SamplingConfig(temperature, 1.0, 0.1) for temperature in (1.0, 0.8)))


def name_of(setting: SamplingConfig) -> str:
    cut = f"min-p {setting.min_p:g}" if setting.min_p else f"top-p {setting.top_p:g}"
    return f"temperature {setting.temperature:g}, {cut}" + ("" if setting.breaks_loops else ", loops as they come")


def middle_bars(sounding: Collection[Cell], rng: np.random.Generator) -> frozenset[Cell]:
    """Two bars in the middle, on all tracks."""
    return frozenset(cell for cell in sounding if cell[0] in BLOCK)


def draw(held_out: HeldOutSong, task: str, rng: np.random.Generator) -> InfillWindow | None:
    """A random window of a song for a task; None when it has none."""
    if task == "continue":
        return draw_continuation(held_out, rng)
    return draw_window(held_out, {"block": middle_bars, "cells": half_of_cells, "track": single_track}[task], rng)


def write_takes(model: Transformer, window: InfillWindow, setting: SamplingConfig, seed: int) -> list[Notes]:
    """What a setting writes into a window; the model sees the song around it, as it does at work."""
    request = Request(window.song, window.cells, TAKES, seed)
    return [event.notes for event in generate(model, request, sampling=setting) if isinstance(event, Take)]


def measure_window(model: Transformer, held_out: HeldOutSong, task: str, seed: int, number: int,
                   methods: Collection[str], index: OriginalityIndex | None = None) -> Iterator[Score]:
    """Every figure of those settings among ``methods``, of a copy of the bar before and of the composer's own notes,
    for one window, the same whatever the methods are. With an ``index`` of the training music also what stands there.
    """
    rng = np.random.default_rng([seed, number, *task.encode()])
    window = draw(replace(held_out, song=with_few_tracks(held_out.song, TRACKS, rng)), task, rng)
    if window is None:
        return
    written = {name_of(setting): write_takes(model, window, setting, seed) for setting in SETTINGS
               if name_of(setting) in methods}
    if PREVIOUS in methods:
        written[PREVIOUS] = [copy_bars(window, previous_bar, rng)]
    if COMPOSER in methods:
        written[COMPOSER] = [notes_in(window.song, window.cells)]
    measures = [infill_figures, resemblance_figures, fault_figures, *([borrowing_figures(index)] if index else [])]
    for method, takes in written.items():
        answer = Answer(window, held_out.name, held_out.collection, task, seed, method, takes)
        for measure in measures:
            yield from (Score(held_out.name, held_out.collection, task, seed, method, figure.name, value)
                        for figure, value in measure(answer).items() if not math.isnan(value))


def run(valid: Path, corpus: Path | None, out: Path, model: Path, minutes: float, seed: int,
        say: Callable[[str], None]) -> Path:
    """Write windows of one song after another for ``minutes`` of processor time, and make the page of all that were
    written so far. ``corpus``: the training music, for what stands in it. Returns the page."""
    from core.corpus.examples import TASKS

    transformer, card = load_model(model)
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    kept = work / f"sampling-{fingerprint(transformer)[:12]}-seed{seed}.jsonl"
    index = Reference(corpus, say=say).index if corpus is not None else None
    methods = [*map(name_of, SETTINGS), PREVIOUS, COMPOSER]
    measured = _read(kept)
    songs = choose_songs(valid, SONGS, seed)
    if not songs:
        raise ValueError(f"{valid}: holds no MIDI file that can be used")
    began = time.process_time()
    for number, held_out in enumerate(songs):
        for task in TASKS:
            missing = [method for method in methods if (held_out.name, task, method) not in measured]
            if missing and time.process_time() - began < minutes * 60:
                found = list(measure_window(transformer, held_out, task, seed, number, missing, index))
                for method in missing:
                    measured[held_out.name, task, method] = own = choose(found, method=method)
                    _add(kept, (held_out.name, task, method), own)
                say(f"{held_out.name}, {task}: {(time.process_time() - began) / 60:.1f} minutes")
    windows = {key[:2] for key in measured}
    scores = [one for window in sorted(windows) if all((*window, method) in measured for method in methods)
              for method in methods for one in measured[(*window, method)]]
    if not scores:
        raise ValueError("nothing was measured: more minutes are needed")
    page = out / "sampling.md"
    about = SettingPage(card.get("step"), transformer.parameter_count, seed, methods[:-2], name_of(BEFORE), TASKS)
    page.write_text(write_page(about, scores), encoding="utf-8")
    return page


Measured = dict[tuple[str, str, str], list[Score]]
"""By song, task and method; empty where a song has no such window."""


def _read(path: Path) -> Measured:
    """What earlier runs measured."""
    measured: Measured = {}
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        one = json.loads(line)
        measured[one["song"], one["task"], one["method"]] = [
            Score(one["song"], one["collection"], one["task"], one["seed"], one["method"], figure, value)
            for figure, value in one["figures"].items()]
    return measured


def _add(path: Path, key: tuple[str, str, str], found: Sequence[Score]) -> None:
    record = dict(zip(("song", "task", "method"), key), collection=found[0].collection if found else "",
                  seed=found[0].seed if found else 0, figures={one.figure: one.value for one in found})
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
