"""One training of a small model from scratch, and what it reached: the unit that pages of findings are made of."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch

from core.corpus.batching import Strategy, stream_validation
from core.corpus.examples import CORPUS_SHARES, TASKS, Batch, ExampleSource, choose_layout, mark_cells, stack
from core.corpus.store import Store
from core.files.atomic import write_atomic
from core.generation.request import Request, Take, infill_cells
from core.generation.sampler import generate
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.music.song import Song
from core.tokens import vocabulary
from core.tokens.merges import Merges, component_count, components, learn_actions, learn_bpe
from core.tokens.window import build_window
from core.training.loss import bits_per_note
from core.training.sources import WINDOWS, batch_source
from core.training.trainer import TrainerConfig, train

CONTEXT = 512
BATCH_SIZE = 4
WINDOWS_PER_TASK = 100
"""Held-out windows of each task."""
STREAMED_SONGS, STREAMED_SEGMENTS = 60, 4
"""Held-out songs that are read from their start, and how many times ``CONTEXT`` tokens of each."""
LEARNED_FROM = 1_500
"""Songs that merges are learned from."""


@dataclass(frozen=True)
class Encoding:
    """``kind``: plain, bpe or action; ``merged``: tokens beyond the plain vocabulary."""

    kind: str
    merged: int = 0

    @property
    def name(self) -> str:
        return self.kind if self.kind == "plain" else f"{self.kind} {self.merged:,}"


@dataclass(frozen=True)
class Trial:
    """``examples``: of ``core.training.sources.EXAMPLES``; ``minutes`` of processor time."""

    encoding: Encoding
    examples: str
    minutes: float
    seed: int

    @property
    def name(self) -> str:
        encoding = f"{self.encoding.kind}{self.encoding.merged or ''}"
        return f"{encoding}-{self.examples}-{self.minutes:g}min-seed{self.seed}"


@dataclass(frozen=True)
class Outcome:
    """What a trial reached. ``bits`` and ``notes`` of each held-out window or song, in one order for all trials."""

    parameters: int
    steps: int
    tokens: int
    bits: list[float]
    notes: list[int]
    notes_per_second: float | None

    @property
    def bits_per_note(self) -> float:
        return sum(self.bits) / sum(self.notes)


def merges_of(encoding: Encoding, songs: Store, work: Path, seed: int) -> Merges | None:
    """The merges of an encoding, learned from a sample of the store's songs at most once; None for plain."""
    if encoding.kind == "plain":
        return None
    path = work / f"merges-{encoding.kind}{encoding.merged}-seed{seed}.json"
    if not path.exists():
        picks = np.random.default_rng(seed).permutation(len(songs))[:LEARNED_FROM]
        learn = learn_bpe if encoding.kind == "bpe" else learn_actions
        learn((songs[int(i)] for i in picks), vocabulary.SIZE + encoding.merged, seed).save(path)
    return Merges.load(path)


def run_trial(trial: Trial, work: Path, songs_of_requests: Sequence[Song]) -> Outcome:
    """Train and measure, or read what an earlier run in ``work`` found. One thread, so that trials may run at once."""
    path = work / f"{trial.name}.json"
    if path.exists():
        return Outcome(**json.loads(path.read_text("utf-8")))
    torch.set_num_threads(1)
    songs, held_out = Store(work / "train"), Store(work / "valid")
    merges = merges_of(trial.encoding, songs, work, trial.seed)
    torch.manual_seed(trial.seed)
    model = small_model(merges)
    counted = Counted(batch_source(trial.examples, "disk", songs, CONTEXT, BATCH_SIZE, trial.seed, CORPUS_SHARES,
                                    merges=merges))
    config = TrainerConfig(minutes=trial.minutes, warm_up_steps=20, precision="32-true", seed=trial.seed,
                           checkpoint_every_seconds=1e9, report_every_seconds=60.0, compile=False)
    result = train(model, counted, [], config, work / trial.name, clock=time.process_time)
    if trial.examples == WINDOWS:
        measured = held_out_windows(held_out, trial.seed, merges)
        speed = notes_per_second(model, songs_of_requests, trial.seed)
    else:
        measured = stream_validation(held_out, CONTEXT, 1, STREAMED_SONGS, trial.seed, STREAMED_SEGMENTS)
        speed = None
    bits, notes = _by_song(model, measured)
    outcome = Outcome(model.parameter_count, result.step, counted.tokens_before(result.step), bits, notes, speed)
    write_atomic(path, json.dumps(asdict(outcome)).encode())
    return outcome


def small_model(merges: Merges | None) -> Transformer:
    """One million parameters besides the merged tokens' own: what learns most in the minutes of a trial."""
    parts = components(merges)
    config = ModelConfig(len(parts), component_count(merges), width=128, layers=4, heads=4, context=CONTEXT)
    return Transformer(config, torch.from_numpy(parts), merges)


def held_out_windows(store: Store, seed: int, merges: Merges | None) -> list[Batch]:
    """A batch of one window each: the same bars, tracks and marked cells whatever the merges are."""
    return [batch for _, batch in windows_of_songs(store, seed, merges)]


def windows_of_songs(store: Store, seed: int, merges: Merges | None) -> list[tuple[int, Batch]]:
    """The held-out windows, each with the number of its song in the store."""
    batches = []
    for number, task in enumerate(TASKS):
        picks = np.random.default_rng([seed, number]).permutation(len(store))[:WINDOWS_PER_TASK]
        for pick in picks.tolist():
            song, rng = store[pick], np.random.default_rng([seed, number, pick])
            layout = choose_layout(song, CONTEXT, rng)
            marked = mark_cells(song, layout, task, rng)
            if len(build_window(song, layout, marked).features) > CONTEXT:
                continue
            window = build_window(merges.apply(song) if merges else song, layout, marked)
            if window.note_count:
                batches.append((pick, stack([[window]], [task], len(window.features))))
    return batches


def notes_per_second(model: Transformer, songs: Sequence[Song], seed: int) -> float:
    """Notes written in a second of processor time: four bars of every track, four takes, of each song."""
    notes, began = 0, time.process_time()
    for song in songs:
        tracks = [index for index, track in enumerate(song.tracks) if len(track.notes)]
        first = min(8, max(0, song.bar_count - 4))
        request = Request(song, infill_cells(first, first + 3, tracks), takes=4, seed=seed)
        notes += sum(event.note_count for event in generate(model, request) if isinstance(event, Take))
    return notes / (time.process_time() - began)


def _by_song(model: Transformer, batches: Sequence[Batch]) -> tuple[list[float], list[int]]:
    """Bits and notes of each song's batches together; batches have one row."""
    bits, notes = [0.0], [0]
    for batch in batches:
        count = int(batch.note_count.sum())
        bits[-1] += bits_per_note(model, [batch]).get("all", 0.0) * count
        notes[-1] += count
        if batch.song_ended[0]:
            bits.append(0.0)
            notes.append(0)
    return ([b for b, n in zip(bits, notes) if n], [n for n in notes if n])


class Counted:
    """A source of batches that counts the tokens it gave out; the loader asks for some that are not trained on."""

    def __init__(self, source: ExampleSource | Strategy) -> None:
        self.source = source
        self._tokens: dict[int, int] = {}

    def batch(self, step: int) -> Batch:
        batch = self.source.batch(step)
        self._tokens[step] = int((batch.features[..., 0] != vocabulary.PAD).sum())
        return batch

    def tokens_before(self, step: int) -> int:
        """Tokens of the batches before ``step``, padding apart."""
        return sum(tokens for number, tokens in self._tokens.items() if number < step)
