"""A trained model that goes on to learn with a memory or without, measured on held-out songs with it and without."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import torch

from core.corpus.batching import DiskStreams
from core.corpus.examples import CORPUS_SHARES
from core.corpus.song_walk import SongWalk, WalkBatch
from core.corpus.store import Store
from core.evaluation.remembering import KINDS, SongBits, bits_by_kind, read_held_out
from core.files.atomic import write_atomic
from core.model.checkpoint import WEIGHTS, load_model
from core.model.memories import Memories
from core.model.transformer import Transformer
from core.training.precision import fastest_precision
from core.training.start import with_memories
from core.training.trainer import TrainerConfig, train

CONTEXT = 512
ROWS = 4
"""Of each party, in training."""
LENGTH = 512
"""Positions of segment memory."""
OTHER_LENGTHS = (128, 256, 1024, 2048)
"""Positions that weights trained with ``LENGTH`` are also measured with."""
CAPACITY = 2048
"""Positions of retrieval memory."""
RETRIEVAL_LAYER = 3
RATE = 0.15
"""Learning rates, times those of a model from nothing."""
HELD_OUT_SONGS, LONGEST = 60, 5
"""Held-out songs, and segments read of each at most."""
MEMORIES = {"none": (0, 0), "segments": (LENGTH, 0), "retrieval": (0, RETRIEVAL_LAYER),
            "both": (LENGTH, RETRIEVAL_LAYER)}
"""Positions of segment memory, and the layer that looks up, 0 for none."""
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class MemoryTrial:
    """``memory``: of MEMORIES; ``minutes`` of processor time; ``base``: the folder of the model it starts with, and
    ``base_print``, the first digits of its fingerprint."""

    memory: str
    seed: int
    minutes: float
    base: Path
    base_print: str

    @property
    def name(self) -> str:
        return f"memory-{self.memory}-{self.minutes:g}min-from-{self.base_print}-seed{self.seed}"


@dataclass(frozen=True)
class MemoryOutcome:
    """``on`` and ``off``: of each held-out song, with the memory and without; the same where there is none."""

    steps: int
    tokens: int
    on: list[SongBits]
    off: list[SongBits]


def run_trial(trial: MemoryTrial, work: Path) -> MemoryOutcome:
    """Trains and measures, or reads what an earlier run found. One thread, so that trials may run at once."""
    path = work / f"{trial.name}.json"
    if path.exists():
        found = json.loads(path.read_text("utf-8"))
        return MemoryOutcome(found["steps"], found["tokens"], *(
            [SongBits(**song) for song in found[key]] for key in ("on", "off")))
    precision = fastest_precision()
    model, steps, tokens = _train(trial, work, precision)
    held_out = read_held_out(Store(work / "valid"), HELD_OUT_SONGS, CONTEXT, LONGEST)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision.startswith("bf16")):
        off = bits_by_kind(model, held_out, None)
        on = bits_by_kind(model, held_out, Memories(model.config, 1, CAPACITY)) if model.config.remembers else off
    outcome = MemoryOutcome(steps, tokens, on, off)
    write_atomic(path, json.dumps(asdict(outcome)).encode())
    return outcome


def _train(trial: MemoryTrial, work: Path, precision: str) -> tuple[Transformer, int, int]:
    """The trained model, its steps, and the tokens they read."""
    torch.set_num_threads(1)
    walk = _Counted(SongWalk(DiskStreams(Store(work / "train")), CONTEXT, ROWS if trial.memory != "none" else 2 * ROWS,
                             trial.seed, CORPUS_SHARES, transpose=True), windows_alone=trial.memory == "none")
    model = with_memories(load_model(trial.base)[0], *MEMORIES[trial.memory])
    memories = Memories(model.config, ROWS, CAPACITY) if model.config.remembers else None
    usual = TrainerConfig(steps=1)
    config = replace(usual, steps=None, minutes=trial.minutes, warm_up_steps=5, decay=0.7, precision=precision,
                     learning_rate=RATE * usual.learning_rate, matrix_learning_rate=RATE * usual.matrix_learning_rate,
                     seed=trial.seed, checkpoint_every_seconds=1e9, report_every_seconds=20.0, compile=False)
    result = train(model, walk, [], config, work / trial.name, clock=time.process_time, memories=memories)
    return model, result.step, walk.tokens_before(result.step)


def run_lengths(trial: MemoryTrial, work: Path) -> dict[int, list[SongBits]]:
    """What the weights of a trial with segments cost held-out songs with memories of ``OTHER_LENGTHS``."""
    path = work / f"lengths-{trial.name}.json"
    found: dict[int, list[SongBits]] = {}
    if path.exists():
        found = {int(length): [SongBits(**song) for song in songs]
                 for length, songs in json.loads(path.read_text("utf-8")).items()}
    missing = [length for length in OTHER_LENGTHS if length not in found]
    if not missing:
        return found
    precision = fastest_precision()
    weights = work / trial.name / "last"
    model = load_model(weights)[0] if (weights / WEIGHTS).exists() else _train(trial, work, precision)[0]
    held_out = read_held_out(Store(work / "valid"), HELD_OUT_SONGS, CONTEXT, LONGEST)
    for length in missing:
        memories = Memories(replace(model.config, memory_length=length), 1, CAPACITY)
        with torch.autocast("cpu", torch.bfloat16, enabled=precision.startswith("bf16")):
            found[length] = bits_by_kind(model, held_out, memories)
        write_atomic(path, json.dumps({length: [asdict(song) for song in songs]
                                       for length, songs in found.items()}).encode())
    return found


class _Counted:
    """A walk that counts the tokens it gave out; ``windows_alone`` leaves the first party out."""

    def __init__(self, walk: SongWalk, windows_alone: bool) -> None:
        self.walk, self.windows_alone = walk, windows_alone
        self._tokens: dict[int, int] = {}

    def batch(self, step: int) -> WalkBatch:
        batch = self.walk.batch(step)
        if self.windows_alone:
            rows = self.walk.batch_size
            batch = replace(batch, features=batch.features[rows:], answer=batch.answer[rows:],
                            note_count=batch.note_count[rows:], task=batch.task[rows:])
        self._tokens[step] = int((batch.features[..., 0] != 0).sum())
        return batch

    def tokens_before(self, step: int) -> int:
        return sum(tokens for number, tokens in self._tokens.items() if number < step)


def run_trials(trials: Sequence[MemoryTrial], work: Path, say: Callable[[str], None], at_once: int = 2
               ) -> dict[MemoryTrial, MemoryOutcome]:
    """The outcomes of all trials, ``at_once`` at a time."""
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        running = {trial: pool.submit(run_trial, trial, work) for trial in trials}
        outcomes = {}
        for trial, future in running.items():
            outcomes[trial] = future.result()
            say(f"{trial.name}: {outcomes[trial].steps:,} steps, bits per note "
                + ", ".join(f"{kind} {bits_per_note(outcomes[trial].on, [kind]):.3f} on, "
                            f"{bits_per_note(outcomes[trial].off, [kind]):.3f} off" for kind in KINDS))
    return outcomes


def bits_per_note(songs: Sequence[SongBits], kinds: Sequence[str] = KINDS) -> float:
    """Of the cells of some kinds."""
    notes = sum(song.notes[kind] for song in songs for kind in kinds)
    return sum(song.bits[kind] for song in songs for kind in kinds) / max(1, notes)
