"""Learning beside nanoGPT: bits per note on held-out songs after half of its time, and when ours is as good.

Both have the same songs, tokens, width, depth, precision, warm-up and decay, are compiled, and take turns on one
thread. What compiling and measuring take is not counted. Each has its own optimiser, nanoGPT's at the best of some
rates.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.corpus.batching import LongSequence
from core.corpus.build import store_of
from core.corpus.examples import CORPUS_SHARES
from core.corpus.store import Store
from core.evaluation.benchmarks.peers import NANOGPT, OWN, PLAIN, SMALL, build_own, build_peer, peer_optimizer
from core.evaluation.findings.excerpts import choose_excerpts, notes_of, own_bits, token_bits
from core.evaluation.findings.peer import SONGS
from core.evaluation.findings.plain_training import train_plainly
from core.evaluation.findings.remi_corpus import ChosenStreams, choose_common
from core.evaluation.findings.turns import in_turns
from core.evaluation.findings.variants import FULL, WARM_UP_STEPS, VariantTrial, trainer_config
from core.evaluation.statistics import estimate_over_seeds
from core.evaluation.tables import table
from core.training.precision import fastest_precision
from core.training.trainer import train

SEEDS = (0, 1, 2)
RATES = (5e-4, 1e-3, 2e-3)
"""Of the peer's AdamW; the best of them after half of the least minutes, of a seed that does not count, is its rate."""
CHOOSING_SEED = 100
LOOKS = 4
"""Of ours at the held-out songs while it trains, at equal distances; the last is at the end."""
COMPILE = True


@dataclass(frozen=True)
class Songs:
    """The stores, and the songs of each that are used: about SONGS to train on, the excerpts to measure on."""

    train: Path
    valid: Path
    numbers: np.ndarray
    excerpts: tuple[int, ...]

    def batches(self, seed: int) -> LongSequence:
        chosen = ChosenStreams(Store(self.train), self.numbers)
        return LongSequence(chosen, SMALL.context, SMALL.rows, seed, CORPUS_SHARES, transpose=True)


@dataclass(frozen=True)
class Learned:
    """``looks``: minutes and bits of each excerpt, in the order of time; the last is at the end."""

    steps: int
    looks: list[tuple[float, list[float]]]

    @property
    def bits(self) -> list[float]:
        return self.looks[-1][1]

    def reached(self, bits: float) -> float | None:
        """Minutes until the excerpts cost no more than so many bits in all, between two looks in proportion."""
        before: tuple[float, float] | None = None
        for minutes, each in self.looks:
            total = sum(each)
            if total <= bits:
                if before is None:
                    return minutes
                part = (before[1] - bits) / (before[1] - total)
                return before[0] + part * (minutes - before[0])
            before = minutes, total
        return None


def run(corpus: Path, say: Callable[[str], None], valid: Path, nanogpt: Path | None = None,
        minutes: Sequence[float] = (1.0,)) -> str:
    """The report as Markdown. ``corpus``, ``valid``: songs to train and to measure on, or stores of them. ``minutes``:
    budgets of the peer; ours has half of each."""
    precision, peer = fastest_precision(), NANOGPT if nanogpt else PLAIN
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        store, held_out = store_of(corpus, work / "train"), store_of(valid, work / "valid")
        songs = Songs(store.folder, held_out.folder, choose_common(store, CORPUS_SHARES, SONGS),
                      tuple(choose_excerpts(held_out)))
        notes = [notes_of(held_out, number) for number in songs.excerpts]
        say(f"{len(songs.numbers):,} songs to learn from, {len(notes)} excerpts to measure on")
        tried = in_turns([partial(learn_peer, songs, nanogpt, rate, min(minutes) / 2, CHOOSING_SEED, precision)
                          for rate in RATES])
        rates = {rate: sum(one.bits) / sum(notes) for rate, one in zip(RATES, tried)}
        rate = min(rates, key=rates.get)
        say(f"{peer}'s rates: " + ", ".join(f"{value:g} {bits:.3f}" for value, bits in rates.items()))
        plan = [(name, budget, seed) for budget in minutes for seed in SEEDS for name in (peer, OWN)]
        jobs = [partial(learn_own, songs, work / f"own-{budget:g}-{seed}", budget / 2, seed, precision)
                if name == OWN else partial(learn_peer, songs, nanogpt, rate, budget, seed, precision)
                for name, budget, seed in plan]
        found = dict(zip(plan, in_turns(jobs, lambda place, one: say(
            f"{plan[place]}: {one.steps:,} steps, {sum(one.bits) / sum(notes):.3f} bits per note"))))
    lines = []
    for budget in minutes:
        own, other = ([found[name, budget, seed] for seed in SEEDS] for name in (OWN, peer))
        lines += budget_section(budget, own, other, notes, peer)
    return "\n".join([
        "# Learning beside nanoGPT\n",
        f"Both {'' if COMPILE else 'not '}compiled, in {precision}, batches of {SMALL.rows} × {SMALL.context} tokens "
        f"of whole songs, in turns on one thread; minutes of processor time, without compiling and measuring; seeds "
        f"{', '.join(map(str, SEEDS))}. Bits per note on {len(notes)} held-out excerpts ({sum(notes):,} notes). {peer} "
        f"with AdamW at the best of the rates {', '.join(f'{value:g} ({bits:.2f})' for value, bits in rates.items())}, "
        f"tried for {min(minutes) / 2:g} minutes; both with our warm-up and decay.",
        *lines]) + "\n"


def budget_section(budget: float, own: Sequence[Learned], other: Sequence[Learned], notes: Sequence[int], peer: str
                   ) -> list[str]:
    """What ours reached in half of the budget and the peer in all of it, a training of each seed."""
    rows = []
    for name, minutes, some in ((OWN, budget / 2, own), (peer, budget, other)):
        each = [sum(one.bits) / sum(notes) for one in some]
        rows.append([name, f"{minutes:g}", f"{np.mean([one.steps for one in some]):,.0f}",
                     ", ".join(f"{bits:.3f}" for bits in each), f"{np.mean(each):.3f}"])
    gaps = [[a - b for a, b in zip(one.bits, two.bits)] for one, two in zip(own, other)]
    gap = estimate_over_seeds(gaps, notes, range(len(notes)))
    verdict = "holds" if gap.high < 0 else "does **not** hold" if gap.low > 0 else "is not shown"
    times = [one.reached(sum(two.bits)) for one, two in zip(own, other)]
    reached = ", ".join("never" if minutes is None else f"{minutes:.2f}" for minutes in times)
    share = "" if None in times else f", {np.mean(times) / budget:.0%} of its time"
    return [
        f"\n## {budget:g} minutes of {peer}, half of them for ours\n",
        *table(["", "minutes", "steps", "bits per note, by seed", "mean"], rows),
        f"\nThat half of the time is enough {verdict}: {gap} bits per note (95 % interval over seeds and songs). Ours "
        f"was as good as {peer} at its end after {reached} minutes{share}."]


def learn_own(songs: Songs, folder: Path, minutes: float, seed: int, precision: str, should_stop: Callable[[], bool]
              ) -> Learned:
    """Trains ours. A job of ``in_turns``."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model, held_out = build_own(SMALL), Store(songs.valid)
    watch = _Stopwatch()
    looks: list[tuple[float, list[float]]] = []

    def measure(at: float) -> None:
        looks.append((at, own_bits(model, held_out, songs.excerpts, should_stop)))
        model.train()

    def between_steps() -> bool:
        watch.start()
        at = minutes * (len(looks) + 1) / LOOKS
        if watch.seconds() / 60 >= at and len(looks) < LOOKS - 1:
            with watch:
                measure(watch.seconds() / 60)
        should_stop()
        return False

    config = replace(trainer_config(VariantTrial(FULL, minutes, seed, precision)), compile=COMPILE)
    result = train(model, songs.batches(seed), [], config, folder, should_stop=between_steps, clock=watch.seconds)
    measure(minutes)
    return Learned(result.step, looks)


def learn_peer(songs: Songs, nanogpt: Path | None, rate: float, minutes: float, seed: int, precision: str,
               should_stop: Callable[[], bool]) -> Learned:
    """Trains the peer. A job of ``in_turns``."""
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    with redirect_stdout(sys.stderr):  # nanoGPT tells of itself
        model = build_peer(nanogpt, SMALL)
        optimizer = peer_optimizer(model, rate)
    source, held_out = songs.batches(seed), Store(songs.valid)
    forward = torch.compile(model, dynamic=False) if COMPILE else model

    def loss_of(step: int) -> Tensor:
        tokens = torch.as_tensor(source.batch(step).features[..., 0]).long()
        return forward(tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous())[1]

    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
        loss = loss_of(0)
    loss.backward()  # compiles
    model.zero_grad()
    spent = train_plainly(model, loss_of, rate, minutes, precision, WARM_UP_STEPS, should_stop, optimizer=optimizer)
    return Learned(spent.steps, [(minutes, _peer_bits(model, held_out, songs.excerpts, should_stop))])


@torch.no_grad()
def _peer_bits(model: nn.Module, held_out: Store, excerpts: Sequence[int], pause: Callable[[], object]) -> list[float]:
    def losses(rows: np.ndarray) -> np.ndarray:
        shown, wanted = torch.as_tensor(rows[:-1, 0]).long()[None], torch.as_tensor(rows[1:, 0]).long()[None]
        return F.cross_entropy(model(shown, wanted)[0][0], wanted[0], reduction="none").numpy()

    model.eval()
    return token_bits(losses, held_out, excerpts, SMALL.context, pause)


class _Stopwatch:
    """Processor time since the start; it stands before it and inside ``with``."""

    def __init__(self) -> None:
        self._ran, self._since = 0.0, None

    def start(self) -> None:
        if self._since is None:
            self._since = time.process_time()

    def seconds(self) -> float:
        return self._ran + (time.process_time() - self._since if self._since is not None else 0.0)

    def __enter__(self) -> None:
        self._ran, self._since = self.seconds(), None

    def __exit__(self, *_: object) -> None:
        self.start()
