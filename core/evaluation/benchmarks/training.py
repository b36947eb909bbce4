"""Training beside its peers: tokens a second of processor time, at two sizes, as they come and all alike.

Each trainer has a process of its own and takes turns of a few seconds with the others, so that none leaves anything
behind in another's compiler and a busy machine is busy for all. What compiling takes is not counted.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from core.corpus.batching import Batch, DiskStreams, LongSequence
from core.corpus.build import store_of
from core.corpus.examples import CORPUS_SHARES
from core.evaluation.benchmarks.peers import (
    HF,
    NANOGPT,
    OWN,
    PLAIN,
    SHIPPED,
    SMALL,
    Size,
    build_gpt2,
    build_own,
    build_peer,
    peer_optimizer,
)
from core.evaluation.findings.turns import in_turns
from core.evaluation.tables import table
from core.model.cache import PAD
from core.model.transformer import TOKEN
from core.training.precision import fastest_precision
from core.training.trainer import TrainerConfig, train

SECONDS = 6.0
"""Processor time of each trainer at each size, after its first steps."""
FIRST = 1
"""Steps that do not count: the first compiles."""
LEAST = 4
"""Steps that count at least."""
BATCHES = 4
"""Different batches, made before anything is timed; they come again and again."""
FULL = "32-true"


@dataclass(frozen=True)
class Way:
    """How one of OWN, NANOGPT and HF trains; ``precision``: Fabric's name."""

    trainer: str
    precision: str
    compiled: bool


@dataclass(frozen=True)
class Timed:
    """``speeds``: tokens a second of each step."""

    parameters: int
    speeds: list[float]

    @property
    def median(self) -> float:
        return float(np.median(self.speeds))

    def __str__(self) -> str:
        low, high = np.quantile(self.speeds, [0.25, 0.75])
        return f"{self.median:,.0f} ({low:,.0f}–{high:,.0f})"


def comparisons(precision: str) -> dict[str, list[Way]]:
    """What is compared with what, ours first. Trained as they come nanoGPT and Hugging Face's Trainer keep to fp32 on a
    CPU, and the latter does not compile."""
    everyone = (OWN, NANOGPT, HF)
    return {"as they come": [Way(OWN, precision, True), Way(NANOGPT, FULL, True), Way(HF, FULL, False)],
            f"all compiled, {precision}": [Way(name, precision, True) for name in everyone],
            f"none compiled, {precision}": [Way(name, precision, False) for name in everyone]}


def run(corpus: Path, say: Callable[[str], None], nanogpt: Path | None = None) -> str:
    """The report as Markdown. ``corpus``: songs or a store. ``nanogpt``: a checkout; a plain GPT stands in without."""
    torch.set_num_threads(1)
    compared = comparisons(fastest_precision())
    ways = list(dict.fromkeys(way for some in compared.values() for way in some))
    lines = []

    def done(place: int, one: Timed) -> None:
        say(f"{ways[place]}: {one} tokens a second")

    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        streams = DiskStreams(store_of(corpus, work / "store"))
        for size in (SMALL, SHIPPED):
            rows = _rows(streams, size)
            jobs = [partial(time_steps, way, size, nanogpt, rows, work / f"{size.name}-{number}")
                    for number, way in enumerate(ways)]
            say(f"the {size.name} size")
            found = dict(zip(ways, in_turns(jobs, done)))
            lines += size_section(size, compared, found, NANOGPT if nanogpt else PLAIN)
    return "\n".join([
        "# Training beside its peers\n",
        "Tokens a second of processor time on one thread, the trainers in turns: the median of the steps in "
        f"{SECONDS:g} seconds of each, {LEAST} steps at least, and in brackets the middle half. Compiling and reading "
        "songs are not counted. "
        f"All have the same width, depth, tokens and rows. *As they come*: ours compiled in {ways[0].precision}, "
        "nanoGPT compiled in fp32 (it knows no other on a CPU), Hugging Face's Trainer with its defaults, fp32 and not "
        "compiled.",
        *lines]) + "\n"


def size_section(size: Size, compared: Mapping[str, Sequence[Way]], found: Mapping[Way, Timed], peer: str
                 ) -> list[str]:
    """A table of one size: comparisons down, trainers across, and how ours does beside each of the others."""
    first = next(iter(compared.values()))
    shown = {OWN: OWN, NANOGPT: peer, HF: HF}
    head = [f"{shown[way.trainer]}, {found[way].parameters / 1e6:.2f} M" for way in first]
    rows = []
    for name, ways in compared.items():
        own, *others = (found[way] for way in ways)
        rows.append([name, own, *others, *(f"{own.median / other.median:.2f}" for other in others)])
    return [f"\n## The {size.name} size: width {size.width}, {size.layers} layers, {size.rows} rows of "
            f"{size.context:,} tokens\n",
            *table(["", *head, *(f"ours : {shown[way.trainer]}" for way in first[1:])], rows)]


def time_steps(way: Way, size: Size, nanogpt: Path | None, rows: np.ndarray, folder: Path,
               should_stop: Callable[[], bool]) -> Timed:
    """Trains until the time is up. ``rows``: features of batches, int32 (batches, rows, tokens, 6). ``folder``: for
    what a trainer writes. A job of ``in_turns``."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    watch = _Watch(should_stop)
    with redirect_stdout(sys.stderr):  # what the peers print is no part of the report
        if way.trainer == OWN:
            model = build_own(size)
            _train_own(model, way, rows, folder, watch)
        elif way.trainer == NANOGPT:
            model = build_peer(nanogpt, size)
            _train_peer(model, way, rows, watch)
        else:
            model = build_gpt2(size)
            _train_hugging_face(model, way, size, rows, folder, watch)
    return Timed(sum(p.numel() for p in model.parameters()),
                 (size.rows * size.context / np.diff(watch.stamps)[FIRST:]).tolist())


class _Watch:
    """Called between steps: notes the time, lets the others have their turn, and says when to stop."""

    def __init__(self, pause: Callable[[], object]) -> None:
        self.pause = pause
        self.stamps: list[float] = []

    def __call__(self) -> bool:
        self.stamps.append(time.process_time())  # which stands still while the others have their turn
        self.pause()
        counted = self.stamps[FIRST:]
        return len(counted) > LEAST and counted[-1] - counted[0] >= SECONDS


@dataclass(frozen=True)
class _Prepared:
    """Batches that cost nothing to make."""

    rows: np.ndarray

    def batch(self, step: int) -> Batch:
        features = self.rows[step % len(self.rows)]
        count = len(features)
        return Batch(features, features[..., TOKEN] != PAD, np.ones(count, dtype=np.int64), ("stream",) * count,
                     np.zeros(count, dtype=bool))


def _rows(streams: DiskStreams, size: Size) -> np.ndarray:
    source = LongSequence(streams, size.context, size.rows, 0, CORPUS_SHARES, transpose=True)
    return np.stack([source.batch(step).features for step in range(BATCHES)])


def _train_own(model: nn.Module, way: Way, rows: np.ndarray, folder: Path, watch: _Watch) -> None:
    config = TrainerConfig(steps=1_000_000, threads=1, precision=way.precision, compile=way.compiled,
                           checkpoint_every_seconds=1e9)
    result = train(model, _Prepared(rows), [], config, folder, should_stop=watch)
    if result.compiled != way.compiled:
        raise ValueError("torch.compile does not work here: see the log for why")


def _train_peer(model: nn.Module, way: Way, rows: np.ndarray, watch: _Watch) -> None:
    """As nanoGPT's own loop."""
    optimizer = peer_optimizer(model, 1e-3)
    forward = torch.compile(model) if way.compiled else model
    batches = [torch.as_tensor(batch[..., 0]).long() for batch in rows]
    wanted = [F.pad(tokens[:, 1:], (0, 1)) for tokens in batches]
    model.train()
    step = 0
    while not watch():
        with torch.autocast("cpu", torch.bfloat16, enabled=way.precision != FULL):
            _, loss = forward(batches[step % len(batches)], wanted[step % len(batches)])
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1


def _train_hugging_face(model: nn.Module, way: Way, size: Size, rows: np.ndarray, folder: Path, watch: _Watch) -> None:
    from transformers import Trainer, TrainerCallback, TrainingArguments

    class Stamp(TrainerCallback):
        def on_train_begin(self, *_, **__) -> None:
            watch()

        def on_step_end(self, arguments, state, control, **_) -> None:
            control.should_training_stop = watch()

    data = [{"input_ids": row, "labels": row} for batch in rows for row in torch.as_tensor(batch[..., 0]).long()]
    arguments = TrainingArguments(
        output_dir=str(folder), per_device_train_batch_size=size.rows, max_steps=1_000_000, use_cpu=True,
        bf16=way.precision != FULL, torch_compile=way.compiled, report_to=[], logging_strategy="no", save_strategy="no",
        disable_tqdm=True)
    Trainer(model=model, args=arguments, train_dataset=data, callbacks=[Stamp()]).train()
