"""What batches cost training: real ones beside the same tensors over and over, for every way to batch.

Rounds of a few steps with real batches, made ahead by the loader as in training, alternate with rounds of as many
steps on one batch that lies ready. The model is a small one with a light optimiser, which takes a token several times
as fast as the one that is shipped: what a loader costs shows the more.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from lightning_fabric import Fabric

from core.corpus.batching import DiskStreams, MemoryStreams, Strategy, Streams
from core.corpus.build import store_of
from core.corpus.examples import CORPUS_SHARES, ExampleSource
from core.corpus.store import Store
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary
from core.training.device_batches import DeviceStreams
from core.training.loader import LoadedBatch, Loader
from core.training.loss import TrainingLoss
from core.training.optimizer import build_optimizers
from core.training.precision import fastest_precision
from core.training.sources import LOCATIONS, STRATEGIES

CONTEXT, ROWS = 512, 2
SECONDS = 18.0
"""Of training for each way to batch."""
ROUND = 2
"""Steps of one kind before the other kind has its turn."""
WARM_UP = 2
"""Steps that are not counted."""
TIMED_BATCHES = 20
"""Batches whose making alone is timed."""
PADDING_STEPS = 200


@dataclass(frozen=True)
class Measured:
    """``real``, ``constant``: seconds a step of each round takes, and seconds of processor time, (rounds, 2).
    ``making``: seconds of processor time that making a batch takes. ``padding``: its share of the tokens."""

    name: str
    location: str
    real: np.ndarray
    constant: np.ndarray
    making: float
    padding: float

    @property
    def longer(self) -> np.ndarray:
        """By how much a step with real batches takes longer, in time and in processor time; 0.01 is one per cent."""
        return np.median(self.real / self.constant, axis=0) - 1

    @property
    def interval(self) -> np.ndarray:
        """The 95 % bootstrap interval of ``longer``, (2, 2): low and high; time and processor time."""
        picks = np.random.default_rng(0).integers(len(self.real), size=(2000, len(self.real)))
        return np.quantile(np.median((self.real / self.constant)[picks], axis=1), [0.025, 0.975], axis=0) - 1

    @property
    def making_share(self) -> float:
        """Processor time of making a batch over that of a step: what one busy processor would lose at most."""
        return self.making / float(np.median(self.constant[:, 1]))

    def row(self) -> str:
        real, constant = (CONTEXT * ROWS / np.median(times[:, 0]) for times in (self.real, self.constant))
        wall, processor = (f"{longer:+.1%} ({low:+.1%} to {high:+.1%})"
                           for longer, low, high in zip(self.longer, *self.interval))
        making, unpadded = f"{self.making * 1000:.2f} ({self.making_share:.1%})", real * (1 - self.padding)
        return (f"| {self.name} | {self.location} | {constant:,.0f} | {real:,.0f} | {wall} | {processor} | {making} "
                f"| {self.padding:.1%} | {unpadded:,.0f} |")


def run(corpus: Path, say: Callable[[str], None], seconds: float = SECONDS) -> str:
    """The report, in Markdown. ``corpus``: a store, or a folder of MIDI files. ``seconds``: of training a row."""
    with tempfile.TemporaryDirectory(prefix="ritornello-") as scratch:
        return _report(store_of(corpus, Path(scratch) / "store"), say, seconds)


def _report(store: Store, say: Callable[[str], None], seconds: float) -> str:
    trainer = Steps()
    rows = measure(store, say, trainer, seconds)
    return "\n".join([
        "# The loader", "",
        f"{len(store):,} songs. {ROWS} rows of {CONTEXT} tokens; a model of "
        f"{trainer.model.parameter_count / 1e6:.1f} M parameters, "
        f"{trainer.precision}, on {trainer.fabric.device} with {torch.get_num_threads()} threads of "
        f"{len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()} processors. "
        f"Rounds of {ROUND} steps with real and with constant batches in turn, {seconds:g} seconds a row; medians.", "",
        *loader_table(rows), ""])


def measure(store: Store, say: Callable[[str], None], trainer: Steps, seconds: float) -> list[Measured]:
    """Every way to batch the songs of a store, ``seconds`` of training each."""
    rows = [_measure("windows", "disk", ExampleSource(store, CONTEXT, ROWS, shares=CORPUS_SHARES), trainer, seconds)]
    memory = MemoryStreams(store)
    homes: dict[str, Streams] = {"disk": DiskStreams(store), "memory": memory,
                                 "device": DeviceStreams(store, trainer.fabric.device, memory)}
    for name, strategy in STRATEGIES.items():
        for location in LOCATIONS:
            say(f"{name}, {location}")
            source = strategy(homes[location], CONTEXT, ROWS, shares=CORPUS_SHARES, transpose=True)
            rows.append(_measure(name, location, source, trainer, seconds))
    return rows


def loader_table(rows: Sequence[Measured]) -> list[str]:
    """The measurements as a Markdown table, line by line."""
    return [
        "| examples | location | constant, tokens/s | real, tokens/s | a step takes longer by (95 % interval) "
        "| of processor time | making a batch, ms of it (share of a step's) | padding "
        "| real tokens/s without padding |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
        *(row.row() for row in rows), "",
        "The median of the rows: {:+.2%} of time, {:+.2%} of processor time.".format(
            *np.median([row.longer for row in rows], axis=0))]


class Steps:
    """Training steps as the trainer takes them, on a small model."""

    def __init__(self) -> None:
        torch.manual_seed(0)
        self.precision = fastest_precision()
        self.fabric = Fabric(accelerator="auto", devices=1, precision=self.precision)
        shape = ModelConfig(vocabulary.SIZE, vocabulary.COMPONENT_COUNT, width=128, layers=2, heads=4, context=CONTEXT)
        self.model = Transformer(shape, torch.from_numpy(vocabulary.COMPONENTS))
        loss = self.fabric.to_device(TrainingLoss(self.model, 1.0))
        optimizers = build_optimizers(self.model, "adamw", 3e-3, 3e-3, 0.01)
        self.loss = self.fabric.setup_module(loss)
        self.optimizers = [self.fabric.setup_optimizers(optimizer) for optimizer in optimizers]

    def take(self, batch: LoadedBatch) -> None:
        loss = self.loss(batch.features, batch.answer)
        self.fabric.backward(loss)
        for optimizer in self.optimizers:
            self.fabric.clip_gradients(self.loss, optimizer, max_norm=1.0)
            optimizer.step()
            optimizer.zero_grad()

    def finish(self) -> None:
        """Waits for the device."""
        if self.fabric.device.type == "cuda":
            torch.cuda.synchronize()


def _measure(name: str, location: str, source: ExampleSource | Strategy, trainer: Steps, seconds: float) -> Measured:
    times: dict[str, list[np.ndarray]] = {"real": [], "constant": []}
    with Loader(source, trainer.fabric.to_device) as loader:
        constant = loader.next()
        for _ in range(WARM_UP):
            trainer.take(loader.next())
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times["real"]) < 2:
            # The kind that comes first changes, so that a drift of the machine's speed favours neither.
            for kind in ("real", "constant") if len(times["real"]) % 2 == 0 else ("constant", "real"):
                began = np.array([time.perf_counter(), time.process_time()])
                for _ in range(ROUND):
                    trainer.take(loader.next() if kind == "real" else constant)
                if kind == "real":
                    loader.wait()  # what was begun in this round is paid in this round
                trainer.finish()
                times[kind].append((np.array([time.perf_counter(), time.process_time()]) - began) / ROUND)
    first = loader.step
    started = time.process_time()
    for step in range(first, first + TIMED_BATCHES):
        source.batch(step)
    making = (time.process_time() - started) / TIMED_BATCHES
    if isinstance(source, Strategy):
        padding = source.padding_share(PADDING_STEPS)
    else:
        padding = float(np.mean([(source.batch(step).features[:, :, 0] == vocabulary.PAD).mean()
                                 for step in range(PADDING_STEPS // 4)]))
    return Measured(name, location, np.array(times["real"]), np.array(times["constant"]), making, padding)
