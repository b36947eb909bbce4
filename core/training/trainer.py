"""The training loop: batches in, a model folder out, on whatever device Lightning Fabric finds."""

from __future__ import annotations

import json
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from core.model.cache import PAD
from core.model.checkpoint import save_model
from core.model.memories import Memories
from core.model.transformer import TOKEN, Transformer
from core.training.loader import BatchSource, LoadedBatch, Loader
from core.training.loss import Batch, TrainingLoss, bits_per_note, take_in
from core.training.meter import Meter
from core.training.optimizer import OptimizerName, build_optimizers, set_learning_rate
from core.training.processes import build_fabric
from core.training.progress import ProgressCallback, TrainingProgress, TrainingResult
from core.training.schedule import Schedule, learning_rate_multiplier
from core.training.state import drop_memories, load_memories, load_state, save_memories, save_state

logger = logging.getLogger(__name__)
logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # it announces each precision on the terminal

STATE = "training.safetensors"


@dataclass(frozen=True)
class TrainerConfig:
    """How to train. The budget is either ``minutes`` of wall-clock or ``steps`` optimiser steps.

    ``optimizer``: of the linear layers, ``muon`` or ``adamw``; everything else has AdamW.
    ``matrix_learning_rate``, ``learning_rate``: of the linear layers and of the rest, each in its optimiser's unit.
    ``weight_decay``: of the linear layers, a fraction of the learning rate.
    ``schedule``: ``wsd`` or ``cosine``. ``warm_up_steps``: steps. ``decay``: share of the budget, 0 to 1, for ``wsd``.
    ``clip_norm``: largest gradient norm of each optimiser. ``prompt_weight``: weight in the loss of a token that was
    not asked for; those asked for weigh 1. ``precision``: Fabric's name. ``threads``: torch's, None to leave as it is.
    ``validate_every``: steps. ``checkpoint_every_seconds``, ``report_every_seconds``: seconds; 0 is every step.
    ``seed``: of torch's own generators during the run. ``compile``: try torch.compile first.
    """

    minutes: float | None = None
    steps: int | None = None
    optimizer: OptimizerName = "muon"
    matrix_learning_rate: float = 0.02
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    schedule: Schedule = "wsd"
    warm_up_steps: int = 50
    decay: float = 0.4
    clip_norm: float = 1.0
    prompt_weight: float = 1.0
    precision: str = "32-true"
    threads: int | None = None
    validate_every: int = 250
    checkpoint_every_seconds: float = 300.0
    report_every_seconds: float = 1.0
    seed: int = 0
    compile: bool = True

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise ValueError("give the budget either in minutes or in steps")
        if self.validate_every < 1:
            raise ValueError(f"validate_every must be at least 1 step, not {self.validate_every}")
        if self.schedule not in ("wsd", "cosine") or self.optimizer not in ("muon", "adamw"):
            raise ValueError("schedule must be wsd or cosine, and optimizer muon or adamw")
        if not 0.0 <= self.decay <= 1.0:
            raise ValueError(f"decay is a share of the budget, 0 to 1, not {self.decay}")


def train(model: Transformer, batches: BatchSource, validation: Sequence[Batch], config: TrainerConfig,
          folder: str | Path, on_progress: ProgressCallback | None = None,
          should_stop: Callable[[], bool] = lambda: False, resume: bool = False,
          clock: Callable[[], float] = time.monotonic, memories: Memories | None = None) -> TrainingResult:
    """Trains ``model`` in place until the budget is spent, ``should_stop`` says so, or Ctrl-C is pressed.

    Writes into ``folder``: ``last`` (the model and what a resume needs), ``best`` (the model with the lowest bits per
    note on ``validation``) and ``log.jsonl``. Stopping saves first; a second Ctrl-C does not wait.
    ``memories``: of as many rows as ``batches`` has in its first party (``core.corpus.song_walk``), and as many rows as
    ``validation``; they are part of what a resume needs. In a group of processes (``core.training.processes``) each
    has batches of its own, and the first one's clock and ``should_stop`` count.
    Raises FileExistsError if ``folder`` holds a run and ``resume`` is False, CheckpointError if its state is damaged.
    """
    return _Run(model, batches, validation, config, Path(folder), on_progress, clock, memories).run(should_stop, resume)


class _Run:
    """One run: what it has reached, and the steps it is made of."""

    def __init__(self, model: Transformer, batches: BatchSource, validation: Sequence[Batch], config: TrainerConfig,
                 folder: Path, on_progress: ProgressCallback | None, clock: Callable[[], float],
                 memories: Memories | None) -> None:
        self.model, self.batches, self.validation, self.config = model, batches, validation, config
        self.on_progress, self.clock = on_progress, clock
        self.folder, self.last, self.best = folder, folder / "last", folder / "best"
        self.fabric = build_fabric(config.precision)
        self.memories = memories.empty(self.fabric.device) if memories is not None else None
        self.step = 0
        self.best_validation: float | None = None
        self.last_validation: dict[str, float] | None = None
        self.started = clock()

    @property
    def seconds(self) -> float:
        """Wall-clock of the run, that before a resume included, that of the compiler not."""
        return self.clock() - self.started

    @property
    def fraction(self) -> float:
        """Share of the budget that is spent, 0 to 1."""
        spent = self.step / self.config.steps if self.config.steps else self.seconds / 60 / self.config.minutes
        return min(1.0, spent)

    def run(self, should_stop: Callable[[], bool], resume: bool) -> TrainingResult:
        if self.config.threads is not None:
            torch.set_num_threads(self.config.threads)
        self.fabric.seed_everything(self.config.seed, verbose=False)
        loss_module = self.fabric.to_device(TrainingLoss(self.model, self.config.prompt_weight))
        self.optimizers = build_optimizers(self.model, self.config.optimizer, self.config.matrix_learning_rate,
                                           self.config.learning_rate, self.config.weight_decay)
        self.enter_folder(resume)
        self.model.train()
        began = self.clock()
        self.loss, compiled = self.set_up(loss_module)
        self.started += self.clock() - began  # or nothing may be left of a short budget when the compiler is through
        self.stepping = [self.fabric.setup_optimizers(optimizer) for optimizer in self.optimizers]
        stopped = self.loop(should_stop)
        if not stopped and self.step % self.config.validate_every:
            self.validate()
        self.save()
        return TrainingResult(self.step, self.seconds, stopped, compiled, self.last,
                              self.best if self.best_validation is not None else None, self.best_validation,
                              self.last_validation)

    def enter_folder(self, resume: bool) -> None:
        """Makes the folder, or takes up the run that lies in it."""
        state = self.last / STATE
        if state.exists():
            if not resume:
                raise FileExistsError(f"{self.folder} holds a training run: resume it or choose another folder")
            facts = load_state(state, self.model, self.optimizers)
            if self.memories is not None:
                load_memories(self.last, facts["step"], self.fabric.global_rank, self.memories)
            self.step, self.best_validation = facts["step"], facts["best_validation"]
            self.started -= facts["seconds"]
        self.fabric.barrier()  # the others have looked for a run before one makes the folder
        self.last.mkdir(parents=True, exist_ok=True)
        self.log({"from_step": self.step, "config": asdict(self.config), "model": self.model.config.to_json()})

    def set_up(self, loss_module: nn.Module) -> tuple[nn.Module, bool]:
        """The loss as Fabric runs it, and whether it is compiled: tried on a real batch."""
        if self.config.compile:
            compiled = self.fabric.setup_module(torch.compile(loss_module, dynamic=False))
            try:
                with self.loader() as loader:
                    first = loader.load(self.step)
                empty = () if self.memories is None else (self.memories.empty(self.fabric.device),)
                self.fabric.backward(compiled(first.features, first.answer, *empty))
                return compiled, True
            except Exception as error:  # whatever a compiler on a stranger's machine may raise
                logger.warning("torch.compile failed, training goes on without it (slower): %s", error)
                self.log({"compile_failed": str(error).strip()[:500]})
            finally:
                self.model.zero_grad()
        return self.fabric.setup_module(loss_module), False

    def loop(self, should_stop: Callable[[], bool]) -> bool:
        """Steps until the budget is spent (False) or somebody says stop (True)."""
        meter = Meter(self.clock)
        saved_at = self.clock()
        with _interrupts() as interrupted, self.loader() as loader:
            while True:
                fraction, stop, save = self.agreed(self.fraction, interrupted.is_set() or should_stop(),
                                                   self.clock() - saved_at >= self.config.checkpoint_every_seconds)
                if save and self.step:
                    self.save()
                    saved_at = self.clock()
                if fraction >= 1.0:
                    return False
                if stop:
                    return True
                began = self.clock()
                multiplier, loss, tokens = self.take_step(loader.next(), fraction)
                meter.add(loss, tokens, self.clock() - began)
                validated = self.step % self.config.validate_every == 0 and self.validate()
                if validated or meter.age >= self.config.report_every_seconds:
                    self.report(meter, multiplier, self.last_validation if validated else None)
                    meter = Meter(self.clock)

    def agreed(self, *said: object) -> Sequence:
        """What the first process says: all must stop, and save, after the same step."""
        return self.fabric.broadcast(said) if self.fabric.world_size > 1 else said

    def take_step(self, batch: LoadedBatch, fraction: float) -> tuple[float, Tensor, Tensor]:
        """One optimiser step: the learning rate multiplier it was taken with, the loss, and the tokens it saw."""
        multiplier = learning_rate_multiplier(self.config.schedule, self.step, fraction, self.config.warm_up_steps,
                                              self.config.decay)
        set_learning_rate(self.optimizers, multiplier)
        loss = self.forward(batch)
        self.fabric.backward(loss)
        for optimizer in self.stepping:
            self.fabric.clip_gradients(self.loss, optimizer, max_norm=self.config.clip_norm)
            optimizer.step()
            optimizer.zero_grad()
        self.step += 1
        return multiplier, loss.detach(), (batch.features[..., TOKEN] != PAD).sum()

    def forward(self, loaded: LoadedBatch) -> Tensor:
        """The loss of a batch. The memories take in what was read of songs, and forget those that are over."""
        if self.memories is None:
            return self.loss(loaded.features, loaded.answer)
        loss = self.loss(loaded.features, loaded.answer, self.memories)
        take_in(self.memories, loaded.batch, loaded.features)
        return loss

    def loader(self) -> Loader:
        """Batches from this step on."""
        return Loader(self.batches, self.fabric.to_device, self.step)

    def validate(self) -> bool:
        """Measures, and keeps the model if it is the best so far. False where there is nothing to measure on."""
        measured = {}
        if self.fabric.is_global_zero:
            with self.fabric.autocast():
                measured = bits_per_note(self.model, self.validation, self.memories)
        measured, = self.agreed(measured)
        if not measured:
            return False
        self.last_validation = measured
        self.log({"step": self.step, "validation": measured})
        if self.best_validation is None or measured["all"] < self.best_validation:
            self.best_validation = measured["all"]
            if self.fabric.is_global_zero:
                save_model(self.best, self.model, self.card())
        return True

    def card(self) -> dict:
        """What is known of the model at this step."""
        return {"step": self.step, "seconds": round(self.seconds, 1), "bits_per_note": self.last_validation}

    def save(self) -> None:
        """Writes the last model, and with it what a resume needs."""
        if self.memories is not None:
            save_memories(self.last, self.step, self.fabric.global_rank, self.memories)
        self.fabric.barrier()
        if self.fabric.is_global_zero:
            save_model(self.last, self.model, self.card())
            facts = {"step": self.step, "seconds": self.seconds, "best_validation": self.best_validation}
            save_state(self.last / STATE, self.model, self.optimizers, facts)
            drop_memories(self.last, self.step)
        self.fabric.barrier()

    def report(self, meter: Meter, multiplier: float, validation: dict[str, float] | None) -> None:
        if not self.fabric.is_global_zero:
            return
        if self.config.steps:
            eta = (self.config.steps - self.step) * meter.age / meter.steps
        else:
            eta = self.config.minutes * 60 - self.seconds
        speed = self.fabric.world_size * meter.tokens_per_second
        progress = TrainingProgress(self.step, self.seconds, self.fraction, speed, max(0.0, eta), meter.loss,
                                    multiplier, validation)
        self.log(asdict(progress))
        if self.on_progress:
            self.on_progress(progress)

    def log(self, line: dict) -> None:
        if not self.fabric.is_global_zero:
            return
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


@contextmanager
def _interrupts() -> Iterator[threading.Event]:
    """Turns the first Ctrl-C into an event; the second ends the program as usual."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def interrupt(number: int, frame: object) -> None:
        event.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)
