"""docs/findings/scaling.md: which size, shape and training promises most for the hours at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from core.corpus.build import build_store
from core.corpus.store import Store
from core.evaluation.findings.decoding import step_seconds, tokens_of_request
from core.evaluation.findings.model import chosen_precision
from core.evaluation.findings.scaling_page import draw, write_page
from core.evaluation.findings.scaling_study import Anchor, Study, difference
from core.evaluation.findings.settings import (
    MEASURED_WITH,
    ON_THE_WAY,
    Progress,
    Setting,
    bits_of,
    progress_path,
    read_progress,
    run_setting,
)
from core.evaluation.findings.trial import windows_of_songs
from core.evaluation.findings.turns import in_turns
from core.evaluation.training_log import SITTINGS, read_sitting
from core.files.atomic import write_atomic
from core.folders import BASE_MODEL
from core.model.checkpoint import fingerprint, load_model

SHIPPED = Setting("shipped shape, 3.8 M", length=2)
SIZES = (Setting("2.2 M: 4 layers of 192", {"width": 192}, length=2), SHIPPED,
         Setting("5.8 M: 4 layers of 320", {"width": 320}, length=2),
         Setting("10.1 M: 5 layers of 384", {"width": 384, "layers": 5}, length=2))
SHAPES = (Setting("2 heads of keys and values", {"key_value_heads": 2}),
          Setting("4 heads of 64", {"heads": 4}),
          Setting("index rotary only", {"musical_time_rotary": False}, length=2),
          Setting("no QK-norm", {"query_key_norm": False}, length=2),
          Setting("token shift", candidate="token shift"),
          Setting("value embeddings", candidate="value embeddings"))
TRAININGS = (Setting("rates twice as high", training={"matrix_learning_rate": 0.04, "learning_rate": 6e-3}),
             Setting("rates half as high", training={"matrix_learning_rate": 0.01, "learning_rate": 1.5e-3}),
             Setting("windows of 1,024, 2 rows", context=1024, rows=2),
             Setting("collections by size", songs="by size"),
             Setting("without songs off the grid", songs="on the grid"))
SCHEDULES = (Setting("8 rows a batch", rows=8), Setting("WSD, the last 40 % decay", schedule="wsd"),
             Setting("cosine", schedule="cosine"))
"""Trained after the others, which take turns."""
SETTINGS = (*SIZES, *SHAPES, *TRAININGS, *SCHEDULES)
TRAINING_LOG = BASE_MODEL.parents[2] / "docs" / "model"
MORE_SEEDS, DECIDED = 2, 3
"""Seeds besides the first for the shape that is shipped and for so many of SHAPES, those that did best."""


def run(corpus: Path, valid: Path, out: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Make the page and its pictures in ``out`` and return it. What ``out/work`` holds already is not done again."""
    work = out / "work"
    for name, folder in (("train", corpus), ("valid", valid)):
        say(f"{name}: {build_store(folder, work / name).songs:,} songs")
    precision = chosen_precision(work)
    write = partial(_write, out, minutes, seed, precision)
    for some in (SIZES + SHAPES + TRAININGS, SCHEDULES):
        _train(some, [seed], minutes, precision, work, say)
        write()
    study = _read(work, minutes, seed, precision)
    best = sorted((one for one in SHAPES if one.name in study.first), key=lambda one: difference(study, one.name).value)
    deciding = [replace(SHIPPED, length=1), *best[:DECIDED]]
    _train(deciding, range(seed + 1, seed + 1 + MORE_SEEDS), minutes, precision, work, say)
    return write()


def _train(settings: Sequence[Setting], seeds: Sequence[int], minutes: float, precision: str, work: Path,
           say: Callable[[str], None]) -> None:
    """All settings with all seeds, in turns."""
    pairs = [(setting, seed) for seed in seeds for setting in settings]

    def tell(place: int, progress: Progress) -> None:
        setting, seed = pairs[place]
        say(f"{setting.name}, seed {seed}: " + ", ".join(
            f"{progress.bits_per_note(mark):.3f} after {mark.minutes:.2g} min" for mark in progress.marks))

    in_turns([partial(run_setting, setting, minutes, seed, precision, work) for setting, seed in pairs], tell)


def _read(work: Path, minutes: float, seed: int, precision: str) -> Study:
    """All that is known so far, of trainings that are not over too."""
    first = {setting.name: read_progress(progress_path(setting, minutes, seed, work)) for setting in SETTINGS}
    more: dict[str, list[Progress]] = {}
    for setting in (SHIPPED, *SHAPES):
        found = [read_progress(progress_path(replace(setting, length=1), minutes, other, work))
                 for other in range(seed + 1, seed + 1 + MORE_SEEDS)]
        if all(one is not None and one.finished for one in found):
            more[setting.name] = found
    store = Store(work / "valid")
    return Study(minutes, seed, precision, {name: one for name, one in first.items() if one is not None}, more,
                 [one.name for one in SIZES], [one.name for one in TRAININGS if one.songs != "ours"], SHIPPED.name,
                 [store.entries[song].collection for song in first[SHIPPED.name].songs],
                 [setting.name for setting in SETTINGS if first[setting.name] is None], _anchor(work, precision))


def _anchor(work: Path, precision: str) -> Anchor | None:
    """The shipped model on the study's windows; None where nobody has written down what it was trained with."""
    sittings = sorted((TRAINING_LOG / SITTINGS).glob("*.csv"))
    if not sittings:
        return None
    model, _ = load_model(BASE_MODEL)
    path = work / f"scaling-anchor-{fingerprint(model)[:8]}.json"
    if not path.exists():
        windows = windows_of_songs(Store(work / "valid"), MEASURED_WITH, None)[::ON_THE_WAY]
        bits = bits_of(model, [batch for _, batch in windows], precision)
        write_atomic(path, json.dumps(bits).encode())
    return Anchor(model.parameter_count, sum(read_sitting(one)[-1].tokens for one in sittings),
                  json.loads(path.read_text("utf-8")))


def _write(out: Path, minutes: float, seed: int, precision: str) -> Path:
    work = out / "work"
    study = _read(work, minutes, seed, precision)
    store = Store(work / "valid")
    steps = step_seconds({one.name: one.build(0) for one in (*SIZES, *SHAPES[:2])})
    draw(study, out)
    path = out / "scaling.md"
    path.write_text(write_page(study, len(Store(work / "train")), len(store), steps, tokens_of_request(store)),
                    encoding="utf-8")
    return path
