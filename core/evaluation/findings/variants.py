"""One training of the model with something changed, and what it reached on held-out music."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from core.corpus.examples import CORPUS_SHARES
from core.corpus.store import Store
from core.evaluation.findings.trial import BATCH_SIZE, CONTEXT, Counted, small_model, windows_of_songs
from core.files.atomic import write_atomic
from core.model.transformer import Transformer
from core.training.loss import bits_per_note
from core.training.optimizer import OptimizerName
from core.training.sources import WINDOWS, batch_source
from core.training.trainer import TrainerConfig, train

MEASURED_WITH = 0
"""The seed of the held-out windows: the same for all trainings, so that they can be compared window by window."""
WARM_UP_STEPS = 20


@dataclass(frozen=True)
class Variant:
    """``without``: switches of ``ModelConfig`` that are turned off. ``matrix_rate``, ``rate``: the optimiser's."""

    name: str
    without: tuple[str, ...] = ()
    optimizer: OptimizerName = "muon"
    matrix_rate: float = 0.02
    rate: float = 3e-3


FULL = Variant("full model")
ADAMW = {"optimizer": "adamw", "matrix_rate": 3e-3, "rate": 3e-3}
INDEX_ROTARY = Variant("index rotary only", ("musical_time_rotary",))
TOKEN_EMBEDDINGS = Variant("no structured embeddings", ("structured_embeddings",))
NO_QK_NORM = Variant("no QK-norm", ("query_key_norm",))
WITH_ADAMW = Variant("AdamW, not Muon", **ADAMW)
SWITCHES = ("musical_time_rotary", "structured_embeddings")
"""What a model without knowledge of music lacks."""
ABLATION = (FULL, INDEX_ROTARY, TOKEN_EMBEDDINGS, NO_QK_NORM, WITH_ADAMW)


@dataclass(frozen=True)
class VariantTrial:
    """``minutes`` of processor time; ``precision``: Fabric's name."""

    variant: Variant
    minutes: float
    seed: int
    precision: str

    @property
    def name(self) -> str:
        words = "".join(letter if letter.isalnum() else "-" for letter in self.variant.name.lower())
        return f"{words}-{self.minutes:g}min-seed{self.seed}-{self.precision}"


@dataclass(frozen=True)
class Measured:
    """What a training reached. ``bits``, ``notes``, ``songs`` (numbers in the store) and ``tasks`` of each held-out
    window or song, in one order for all trainings that are compared. ``tokens``: trained on, padding apart."""

    parameters: int
    steps: int
    tokens: int
    seconds: float
    bits: list[float]
    notes: list[int]
    songs: list[int]
    tasks: list[str]

    @property
    def bits_per_note(self) -> float:
        return sum(self.bits) / sum(self.notes)


def run_variant(trial: VariantTrial, work: Path, should_stop: Callable[[], bool]) -> Measured:
    """Train on windows of every task and measure, or read what an earlier run in ``work`` found. One thread."""
    path = work / f"{trial.name}.json"
    if path.exists():
        return Measured(**json.loads(path.read_text("utf-8")))
    torch.set_num_threads(1)
    model = build_variant(trial.variant, trial.seed)
    counted = Counted(batch_source(WINDOWS, "disk", Store(work / "train"), CONTEXT, BATCH_SIZE, trial.seed,
                                   CORPUS_SHARES))
    result = train(model, counted, [], trainer_config(trial), work / trial.name, should_stop=should_stop,
                   clock=time.process_time)
    windows = windows_of_songs(Store(work / "valid"), MEASURED_WITH, None)
    notes = [int(batch.note_count[0]) for _, batch in windows]
    bits = []
    for count, (_, batch) in zip(notes, windows):
        bits.append(bits_per_note(model, [batch])["all"] * count)
        should_stop()
    measured = Measured(model.parameter_count, result.step, counted.tokens_before(result.step), result.seconds, bits,
                        notes, [song for song, _ in windows], [batch.task[0] for _, batch in windows])
    write_atomic(path, json.dumps(asdict(measured)).encode())
    return measured


def build_variant(variant: Variant, seed: int) -> Transformer:
    """The untrained model of ``trial.small_model``, changed as the variant says."""
    torch.manual_seed(seed)
    plain = small_model(None)
    if not variant.without:
        return plain
    torch.manual_seed(seed)
    config = replace(plain.config, **dict.fromkeys(variant.without, False))
    return Transformer(config, plain.embeddings.components)


def trainer_config(trial: VariantTrial) -> TrainerConfig:
    """The training of a trial; nothing is written before its end."""
    variant = trial.variant
    return TrainerConfig(minutes=trial.minutes, optimizer=variant.optimizer, matrix_learning_rate=variant.matrix_rate,
                         learning_rate=variant.rate, warm_up_steps=WARM_UP_STEPS, precision=trial.precision,
                         threads=1, seed=trial.seed, checkpoint_every_seconds=1e9, report_every_seconds=60.0,
                         compile=False)
