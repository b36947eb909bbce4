"""How takes should be sampled: settings that write the same windows, task by task, and what is measured of them.

What is measured is kept window by window, so a run that was stopped goes on; each setting has written each window.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.evaluation.answers import COMPOSER, PREVIOUS, Answer, Notes, later
from core.evaluation.baselines import copy_bars, previous_bar
from core.evaluation.faults import fault_figures
from core.evaluation.findings.sampling_page import SettingPage, write_page
from core.evaluation.held_out import HeldOutSong, choose_songs, with_few_tracks
from core.evaluation.infill import infill_figures, note_f1
from core.evaluation.resemblance import resemblance_figures
from core.evaluation.scores import Score
from core.evaluation.windows import InfillWindow, draw_continuation, draw_window, half_of_cells, notes_in, single_track
from core.generation.request import Cell, Request, Take
from core.generation.sampler import generate
from core.generation.sampling import SamplingConfig
from core.model.checkpoint import fingerprint, load_model
from core.model.transformer import Transformer

SONGS = 60
TAKES, TRACKS = 4, 4
"""Takes of each window, and tracks of a song at most: time goes into more songs."""
BLOCK = (3, 4)
"""Bars of a window of eight that a block asks for, on all tracks."""


@dataclass(frozen=True)
class Setting:
    """``written`` takes are sampled; of more than ``TAKES`` those that agree most with the others are shown."""

    sampling: SamplingConfig
    written: int = TAKES

    @property
    def name(self) -> str:
        one = self.sampling
        cut = f"min-p {one.min_p:g}" if one.min_p else f"top-p {one.top_p:g}"
        return f"temperature {one.temperature:g}, {cut}" + (
            f", {TAKES} of {self.written}" if self.written > TAKES else "")


BEFORE = Setting(SamplingConfig(0.975, 0.935))
"""What was used before anything was measured."""
SETTINGS = (BEFORE, *(Setting(SamplingConfig(temperature, 0.95)) for temperature in (0.8, 0.65, 0.5)),
            Setting(SamplingConfig(1.0, 1.0, 0.1)))


def middle_bars(sounding: Collection[Cell], rng: np.random.Generator) -> frozenset[Cell]:
    """Two bars in the middle, on all tracks."""
    return frozenset(cell for cell in sounding if cell[0] in BLOCK)


def draw(held_out: HeldOutSong, task: str, rng: np.random.Generator) -> InfillWindow | None:
    """A random window of a song for a task; None when it has none."""
    if task == "continue":
        return draw_continuation(held_out, rng)
    return draw_window(held_out, {"block": middle_bars, "cells": half_of_cells, "track": single_track}[task], rng)


def most_agreeing(takes: Sequence[Notes], count: int) -> list[Notes]:
    """The takes that have most notes in common with the others, in their order (minimum Bayes risk, Kumar and Byrne
    2004, by note F1)."""
    alike = np.array([[note_f1(one, other) for other in takes] for one in takes])
    best = np.argsort(-alike.sum(axis=1), kind="stable")[:count]
    return [takes[i] for i in sorted(best.tolist())]


def write_takes(model: Transformer, window: InfillWindow, setting: Setting, seed: int) -> list[Notes]:
    """What a setting shows for a window, of which the model sees no more than the window's bars."""
    request = Request(window.excerpt, window.excerpt_cells, setting.written, seed)
    takes = [event.notes for event in generate(model, request, sampling=setting.sampling) if isinstance(event, Take)]
    if len(takes) > TAKES:
        takes = most_agreeing(takes, TAKES)
    return [later(take, window.start) for take in takes]


def measure_window(model: Transformer, held_out: HeldOutSong, task: str, seed: int, number: int
                   ) -> Iterator[Score]:
    """Every figure of every setting, of a copy of the bar before and of the composer's own notes, for one window."""
    rng = np.random.default_rng([seed, number, *task.encode()])
    window = draw(replace(held_out, song=with_few_tracks(held_out.song, TRACKS, rng)), task, rng)
    if window is None:
        return
    written = {setting.name: write_takes(model, window, setting, seed) for setting in SETTINGS}
    written[PREVIOUS] = [copy_bars(window, previous_bar, rng)]
    written[COMPOSER] = [notes_in(window.song, window.cells)]
    for method, takes in written.items():
        answer = Answer(window, held_out.name, held_out.collection, task, seed, method, takes)
        for measure in (infill_figures, resemblance_figures, fault_figures):
            yield from (Score(held_out.name, held_out.collection, task, seed, method, figure.name, value)
                        for figure, value in measure(answer).items() if not math.isnan(value))


def run(valid: Path, out: Path, model: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Write windows of one song after another for ``minutes`` of processor time, and make the page of all that were
    written so far. Returns the page."""
    from core.corpus.examples import TASKS

    transformer, card = load_model(model)
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    kept = work / f"sampling-{fingerprint(transformer)[:12]}-seed{seed}.jsonl"
    scores, done = _read(kept)
    songs = choose_songs(valid, SONGS, seed)
    if not songs:
        raise ValueError(f"{valid}: holds no MIDI file that can be used")
    began = time.process_time()
    for number, held_out in enumerate(songs):
        for task in TASKS:
            if (held_out.name, task) in done:
                continue
            if time.process_time() - began > minutes * 60:
                break
            found = list(measure_window(transformer, held_out, task, seed, number))
            _add(kept, held_out.name, task, found)
            scores += found
            say(f"{held_out.name}, {task}: {(time.process_time() - began) / 60:.1f} minutes")
    if not scores:
        raise ValueError("nothing was measured: more minutes are needed")
    page = out / "sampling.md"
    about = SettingPage(card.get("step"), transformer.parameter_count, seed, [one.name for one in SETTINGS],
                        BEFORE.name, TASKS)
    page.write_text(write_page(about, scores), encoding="utf-8")
    return page


def _read(path: Path) -> tuple[list[Score], set[tuple[str, str]]]:
    """What an earlier run measured, and which windows."""
    scores: list[Score] = []
    done = set()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        window = json.loads(line)
        done.add((window["song"], window["task"]))
        scores += [Score(window["song"], window["collection"], window["task"], window["seed"], *value)
                   for value in window["scores"]]
    return scores, done


def _add(path: Path, song: str, task: str, found: Sequence[Score]) -> None:
    first = found[0] if found else None
    window = {"song": song, "task": task, "collection": first.collection if first else "",
              "seed": first.seed if first else 0, "scores": [[one.method, one.figure, one.value] for one in found]}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(window) + "\n")
