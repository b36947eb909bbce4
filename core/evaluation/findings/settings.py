"""One training of the scaling study: a model, how it is trained, and what it had reached at several times."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch

from core.corpus.examples import CORPUS_SHARES, Batch, ExampleSource
from core.corpus.store import Store
from core.evaluation.findings.averaging import AveragedWeights
from core.evaluation.findings.candidates import CANDIDATES
from core.evaluation.findings.curation import OFF_GRID, fine_shares
from core.evaluation.findings.trial import CONTEXT, Counted, windows_of_songs
from core.files.atomic import write_atomic
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary
from core.tokens.merges import component_count, components
from core.training.loss import bits_per_note
from core.training.trainer import TrainerConfig, train

MEASURED_WITH = 0
"""The seed of the held-out windows, the same for all trainings."""
ON_THE_WAY = 3
"""Every third of the held-out windows is measured at every mark, all of them at the mark of the study's minutes and
at the end."""
MARKS = (1 / 4, 1 / 2, 1.0, 2.0)
"""When a training is measured, in times of the minutes of the study."""
WARM_UP_STEPS = 20


@dataclass(frozen=True)
class Setting:
    """``shape``: what is other than ``ModelConfig``'s defaults. ``training``: other than ``TrainerConfig``'s.
    ``candidate``: of CANDIDATES. ``schedule``: ``averaged`` is a constant rate whose weights are averaged to measure.
    ``songs``: ``ours`` draws by CORPUS_SHARES, ``by size`` by what the collections' sizes give, ``on the grid`` as
    ours without songs off the grid. ``length``: times the minutes of the study."""

    name: str
    shape: Mapping[str, int | bool] = field(default_factory=dict)
    training: Mapping[str, object] = field(default_factory=dict)
    candidate: str = ""
    schedule: str = "averaged"
    context: int = CONTEXT
    rows: int = 4
    songs: str = "ours"
    length: int = 1

    def build(self, seed: int) -> Transformer:
        """The untrained model."""
        torch.manual_seed(seed)
        config = ModelConfig(vocabulary.SIZE, component_count(None), context=self.context, **self.shape)
        model = Transformer(config, torch.from_numpy(components(None)))
        if self.candidate:
            CANDIDATES[self.candidate](model)
        return model


@dataclass(frozen=True)
class Mark:
    """What a training had reached after ``minutes``: ``bits`` of each window measured; ``tokens`` trained on."""

    minutes: float
    steps: int
    tokens: int
    bits: list[float]


@dataclass(frozen=True)
class Progress:
    """A training's marks in order. ``notes``, ``songs`` and ``tasks`` of all held-out windows, of which a mark has
    measured all or every ``ON_THE_WAY``-th."""

    parameters: int
    marks: list[Mark]
    notes: list[int]
    songs: list[int]
    tasks: list[str]
    finished: bool

    def at(self, minutes: float) -> Mark | None:
        """The mark after so many minutes."""
        return next((mark for mark in self.marks if abs(mark.minutes - minutes) < 1e-9), None)

    def everywhere(self, mark: Mark) -> list[float]:
        """A mark's bits on the windows that every mark has measured."""
        return mark.bits[::ON_THE_WAY] if len(mark.bits) == len(self.notes) else mark.bits

    def bits_per_note(self, mark: Mark) -> float:
        """On those windows."""
        return sum(self.everywhere(mark)) / sum(self.notes[::ON_THE_WAY])


def progress_path(setting: Setting, minutes: float, seed: int, work: Path) -> Path:
    words = "".join(letter if letter.isalnum() else "-" for letter in setting.name.lower())
    return work / f"scaling-{words}-{minutes:g}x{setting.length}min-seed{seed}.json"


def read_progress(path: Path) -> Progress | None:
    """What a training has reached so far, if it has begun."""
    if not path.exists():
        return None
    found = json.loads(path.read_text("utf-8"))
    return Progress(**found | {"marks": [Mark(**mark) for mark in found["marks"]]})


def run_setting(setting: Setting, minutes: float, seed: int, precision: str, work: Path,
                should_stop: Callable[[], bool]) -> Progress:
    """Train and measure, or read what an earlier run in ``work`` found. One thread; measuring costs no time."""
    path = progress_path(setting, minutes, seed, work)
    if (known := read_progress(path)) and known.finished:
        return known
    torch.set_num_threads(1)
    model = setting.build(seed)
    counted = Counted(source(setting, Store(work / "train"), seed))
    watched = _Watched(setting, model, counted, windows_of_songs(Store(work / "valid"), MEASURED_WITH, None), minutes,
                       precision, path, should_stop)
    schedule = {"schedule": "wsd", "decay": 0.0} if setting.schedule == "averaged" else {"schedule": setting.schedule}
    config = TrainerConfig(**{"minutes": minutes * setting.length, "warm_up_steps": WARM_UP_STEPS, "seed": seed,
                              "precision": precision, "threads": 1, "checkpoint_every_seconds": 1e9,
                              "report_every_seconds": 60.0, "compile": False} | schedule | dict(setting.training))
    train(model, counted, [], config, path.with_suffix(""), should_stop=watched, clock=watched.clock)
    return watched.finish()


def source(setting: Setting, store: Store, seed: int) -> ExampleSource:
    """The training examples of a setting."""
    shares = None if setting.songs == "by size" else CORPUS_SHARES
    kind = _OnTheGrid if setting.songs == "on the grid" else ExampleSource
    return kind(store, setting.context, setting.rows, seed, shares)


class _OnTheGrid(ExampleSource):
    """Without the songs that were played freely."""

    def __post_init__(self) -> None:
        super().__post_init__()
        weights = np.diff(self._cumulative, prepend=0.0) * (fine_shares(self.store)[self._songs] < OFF_GRID)
        object.__setattr__(self, "_cumulative", np.cumsum(weights / weights.sum()))


def bits_of(model: Transformer, windows: Sequence[Batch], precision: str,
            should_stop: Callable[[], bool] = lambda: False) -> list[float]:
    """The bits of each window's answer. The turn passes on between windows."""
    bits = []
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16-mixed"):
        for batch in windows:
            bits.append(bits_per_note(model, [batch])["all"] * int(batch.note_count[0]))
            should_stop()
    return bits


class _Watched:
    """What ``train`` asks after each step whether to stop: averages, measures when it is time, and passes on the turn.

    ``clock``: processor time without that of measuring, in seconds.
    """

    def __init__(self, setting: Setting, model: Transformer, counted: Counted, windows: Sequence[tuple[int, Batch]],
                 minutes: float, precision: str, path: Path, should_stop: Callable[[], bool]) -> None:
        self.model, self.counted, self.path, self.should_stop = model, counted, path, should_stop
        self.precision = precision
        self.windows = [batch for _, batch in windows]
        self.facts = (model.parameter_count, [int(batch.note_count[0]) for batch in self.windows],
                      [song for song, _ in windows], [batch.task[0] for batch in self.windows])
        averaged = setting.schedule == "averaged"
        self.average = AveragedWeights(model) if averaged else None
        self.due = [minutes * mark for mark in MARKS if mark < setting.length] if averaged else []
        self.minutes, self.last = minutes, minutes * setting.length
        self.marks: list[Mark] = []
        self.steps, self.aside = 0, 0.0
        self.began: float | None = None

    def clock(self) -> float:
        return time.process_time() - self.aside

    def __call__(self) -> bool:
        if self.began is None:
            self.began = self.clock()
            return self.should_stop()
        self.steps += 1
        if self.average is not None:
            self.average.update()
        while self.due and self.clock() - self.began >= 60 * self.due[0]:
            every = 1 if self.due[0] == self.minutes else ON_THE_WAY
            self._mark(self.due.pop(0), self.windows[::every], finished=False)
        return self.should_stop()

    def finish(self) -> Progress:
        """After the training."""
        return self._mark(self.last, self.windows, finished=True)

    def _mark(self, minutes: float, windows: Sequence[Batch], finished: bool) -> Progress:
        before = time.process_time()
        with self.average.in_place() if self.average is not None else nullcontext():
            bits = bits_of(self.model, windows, self.precision, self.should_stop)
        self.marks.append(Mark(minutes, self.steps, self.counted.tokens_before(self.steps), bits))
        parameters, notes, songs, tasks = self.facts
        progress = Progress(parameters, list(self.marks), notes, songs, tasks, finished)
        write_atomic(self.path, json.dumps(asdict(progress)).encode())
        self.aside += time.process_time() - before
        return progress
