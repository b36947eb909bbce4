"""Training beside its peers: tokens a second of processor time, and bits per note after half of nanoGPT's time.

All have the same size, batches, precision and one thread, and take turns. nanoGPT is loaded from a checkout of its own;
without one a plain GPT stands in. Speeds are measured eager and compiled; what is learned is learned eager, by both.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.corpus.batching import LongSequence
from core.corpus.build import build_store
from core.corpus.examples import CORPUS_SHARES
from core.corpus.store import INDEX, Store
from core.evaluation.benchmarks.plain_gpt import PlainGPT
from core.evaluation.findings.excerpts import choose_excerpts, notes_of, own_bits, token_bits
from core.evaluation.findings.peer import SONGS
from core.evaluation.findings.plain_training import train_plainly
from core.evaluation.findings.remi_corpus import ChosenStreams, choose_common
from core.evaluation.findings.trial import BATCH_SIZE, CONTEXT, small_model
from core.evaluation.findings.turns import in_turns
from core.evaluation.findings.variants import FULL, WARM_UP_STEPS, VariantTrial, trainer_config
from core.evaluation.tables import table
from core.tokens import vocabulary as v
from core.training.loss import TrainingLoss
from core.training.optimizer import build_optimizers
from core.training.precision import fastest_precision
from core.training.trainer import train

ROUNDS, STEPS = 5, 4
"""Turns of each trainer, and the steps of a turn; the first step of a turn does not count."""
RATES = (1e-3, 3e-3)
"""AdamW's, both tried for the peer; the better counts."""
OWN, HF, COMPILED = "ours", "Hugging Face Trainer (GPT-2)", ", compiled"
WAYS = "", COMPILED
"""How the speeds of ours and nanoGPT are measured; Hugging Face's Trainer runs as it comes."""


@dataclass(frozen=True)
class Learned:
    parameters: int
    minutes: float
    steps: int
    bits: list[float]


def run(corpus: Path, say: Callable[[str], None], valid: Path, nanogpt: Path | None = None, minutes: float = 1.0
        ) -> str:
    """The report as Markdown. ``valid``: songs to measure on. ``minutes`` of processor time for the peer."""
    torch.set_num_threads(1)
    precision = fastest_precision()
    peer = "nanoGPT" if nanogpt else "plain GPT (standing in for nanoGPT)"
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        for name, folder in (("train", corpus), ("valid", valid)):
            if (folder / INDEX).is_file():  # a store already
                (work / name).symlink_to(folder.absolute())
            else:
                build_store(folder, work / name)
        sizes, speeds = _measure_speed(work, precision, nanogpt, peer, say)
        jobs = [partial(_learn_own, work, minutes / 2, precision),
                *(partial(_learn_peer, work, nanogpt, rate, minutes, precision) for rate in RATES)]
        names = (OWN, *(f"{peer}, rate {rate:g}" for rate in RATES))
        own, *others = in_turns(jobs, lambda place, _: say(f"trained: {names[place]}"))
        held_out = Store(work / "valid")
        notes = [notes_of(held_out, number) for number in choose_excerpts(held_out)]
    rows = [[name, f"{sizes[name] / 1e6:.2f} M", f"{np.median(values):,.0f}", f"{min(values):,.0f}–{max(values):,.0f}"]
            for name, values in speeds.items()]
    best = min(others, key=lambda one: sum(one.bits))
    fewer = 1 - sum(own.bits) / sum(best.bits)
    verdict = "holds" if fewer >= 0 else "does not hold"
    learned = [[name, f"{one.minutes:g}", f"{one.steps:,}", f"{sum(one.bits) / sum(notes):.3f}"]
               for name, one in zip(names, (own, *others))]
    return "\n".join([
        "# Training beside its peers\n",
        f"One thread, {precision}, batches of {BATCH_SIZE} × {CONTEXT} tokens, in processor time.\n",
        "## Tokens a second\n",
        f"Median of {ROUNDS} turns of {STEPS} steps each, the trainers one after another; the first step of a turn "
        "left out.\n",
        *table(["trainer", "parameters", "tokens a second", "lowest–highest"], rows),
        "\n## Bits per note after half of the time\n",
        f"Whole songs, measured on {len(notes)} held-out excerpts. The claim that ours needs at most half of the time "
        f"to be as good **{verdict}** in this run: {fewer:.1%} fewer bits per note in half of the time.\n",
        *table(["trained", "minutes", "steps", "bits per note"], learned)]) + "\n"


def build_peer(nanogpt: Path | None) -> nn.Module:
    """A GPT of the small model's width and depth: ``model(tokens, wanted)`` gives logits and loss."""
    if nanogpt is None:
        return PlainGPT(v.SIZE, CONTEXT, 128, 4, 4)
    spec = spec_from_file_location("nanogpt_model", nanogpt / "model.py")
    if spec is None or not (nanogpt / "model.py").is_file():
        raise ValueError(f"{nanogpt}: holds no model.py: name a checkout of nanoGPT")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.GPT(module.GPTConfig(block_size=CONTEXT, vocab_size=v.SIZE, n_layer=4, n_head=4, n_embd=128,
                                       dropout=0.0, bias=False))


def _streams(work: Path, seed: int = 0) -> LongSequence:
    store = Store(work / "train")
    chosen = ChosenStreams(store, choose_common(store, CORPUS_SHARES, SONGS))
    return LongSequence(chosen, CONTEXT, BATCH_SIZE, seed, CORPUS_SHARES, transpose=True)


def _measure_speed(work: Path, precision: str, nanogpt: Path | None, peer: str, say: Callable[[str], None]
                   ) -> tuple[dict[str, int], dict[str, list[float]]]:
    """Parameters of each trainer's model, and its tokens a second of processor time in each of its turns."""
    source = _streams(work)
    features = [torch.as_tensor(source.batch(step).features) for step in range(STEPS)]
    models, turns = {}, {}
    for how in WAYS:
        own, other = small_model(None), build_peer(nanogpt)
        models |= {OWN + how: own, peer + how: other}
        turns |= {OWN + how: _own_turn(own, features, precision, bool(how)),
                  peer + how: _peer_turn(other, features, precision, bool(how))}
    models[HF], turns[HF] = _hugging_face(features, precision, work)
    for name, turn in turns.items():
        turn()
        say(f"speed: {name} is warm")
    speeds: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(ROUNDS):
        for name, turn in turns.items():
            seconds = turn()
            speeds[name].append(BATCH_SIZE * CONTEXT / float(np.mean(seconds[1:])))
        say(f"speed: turn {number + 1} of {ROUNDS}")
    say("; ".join(f"{name}: {np.median(values):,.0f} tokens a second" for name, values in speeds.items()))
    return {name: sum(p.numel() for p in model.parameters()) for name, model in models.items()}, speeds


def _timed(step: Callable[[int], object]) -> list[float]:
    seconds = []
    for number in range(STEPS):
        began = time.process_time()
        step(number)
        seconds.append(time.process_time() - began)
    return seconds


def _own_turn(model: nn.Module, features: list[Tensor], precision: str, compiled: bool) -> Callable[[], list[float]]:
    loss_of, optimizers = TrainingLoss(model, 1.0), build_optimizers(model, "muon", 0.02, 3e-3, 0.01)
    if compiled:
        loss_of = torch.compile(loss_of, dynamic=False)

    def step(number: int) -> None:
        rows = features[number]
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            loss = loss_of(rows, rows[..., 0] != v.PAD)
        loss.backward()
        for optimizer in optimizers:
            nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 1.0)
            optimizer.step()
            optimizer.zero_grad()

    return partial(_timed, step)


def _peer_turn(model: nn.Module, features: list[Tensor], precision: str, compiled: bool
               ) -> Callable[[], list[float]]:
    """As nanoGPT's own loop: its optimiser where it has one, gradients clipped."""
    configure = getattr(model, "configure_optimizers", None)
    optimizer = (configure(0.1, 1e-3, (0.9, 0.95), "cpu") if configure
                 else torch.optim.AdamW(model.parameters(), lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1))
    forward = torch.compile(model, dynamic=False) if compiled else model

    def step(number: int) -> None:
        tokens = features[number][..., 0].long()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
            _, loss = forward(tokens, F.pad(tokens[:, 1:], (0, 1)))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    return partial(_timed, step)


def _hugging_face(features: list[Tensor], precision: str, work: Path) -> tuple[nn.Module, Callable[[], list[float]]]:
    from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainerCallback, TrainingArguments

    rows = [{"input_ids": row, "labels": row} for batch in features for row in batch[..., 0].long()]
    model = GPT2LMHeadModel(GPT2Config(vocab_size=v.SIZE, n_positions=CONTEXT, n_embd=128, n_layer=4, n_head=4,
                                       bos_token_id=None, eos_token_id=None))
    stamps: list[float] = []

    class Stamp(TrainerCallback):
        def on_step_end(self, *_, **__) -> None:
            stamps.append(time.process_time())

    def turn() -> list[float]:
        stamps.clear()
        arguments = TrainingArguments(
            output_dir=str(work / "hf"), per_device_train_batch_size=BATCH_SIZE, max_steps=STEPS, use_cpu=True,
            bf16=precision == "bf16-mixed", report_to=[], logging_strategy="no", save_strategy="no", disable_tqdm=True)
        began = time.process_time()
        Trainer(model=model, args=arguments, train_dataset=rows, callbacks=[Stamp()]).train()
        return np.diff([began, *stamps]).tolist()

    return model, turn


def _learn_own(work: Path, minutes: float, precision: str, should_stop: Callable[[], bool]) -> Learned:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, held_out = small_model(None), Store(work / "valid")
    result = train(model, _streams(work), [], trainer_config(VariantTrial(FULL, minutes, 0, precision)), work / "own",
                   should_stop=should_stop, clock=time.process_time)
    return Learned(model.parameter_count, minutes, result.step,
                   own_bits(model, held_out, choose_excerpts(held_out), should_stop))


def _learn_peer(work: Path, nanogpt: Path | None, rate: float, minutes: float, precision: str,
                should_stop: Callable[[], bool]) -> Learned:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, source, held_out = build_peer(nanogpt), _streams(work), Store(work / "valid")

    def loss_of(step: int) -> Tensor:
        tokens = torch.as_tensor(source.batch(step).features[..., 0]).long()
        return model(tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous())[1]

    spent = train_plainly(model, loss_of, rate, minutes, precision, WARM_UP_STEPS, should_stop)
    model.eval()

    @torch.no_grad()
    def losses(rows: np.ndarray) -> np.ndarray:
        shown, wanted = torch.as_tensor(rows[:-1, 0]).long()[None], torch.as_tensor(rows[1:, 0]).long()[None]
        return F.cross_entropy(model(shown, wanted)[0][0], wanted[0], reduction="none").numpy()

    bits = token_bits(losses, held_out, choose_excerpts(held_out), CONTEXT, should_stop)
    return Learned(sum(p.numel() for p in model.parameters()), minutes, spent.steps, bits)
