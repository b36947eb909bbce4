"""docs/findings/model.md: what each part of the model gains, at equal processor time, and the design it grew from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.corpus.build import build_store
from core.evaluation.findings.memory import memory_section
from core.evaluation.findings.model_page import Page, draw, write_page
from core.evaluation.findings.turns import in_turns
from core.evaluation.findings.variants import ABLATION, Measured, Variant, VariantTrial, run_variant
from core.files.atomic import write_atomic
from core.training.precision import fastest_precision

SEEDS = 3


def run(corpus: Path, valid: Path, out: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Make the page and its pictures in ``out`` and return it. What ``out/work`` holds already is not done again."""
    work = out / "work"
    songs = {}
    for name, folder in (("train", corpus), ("valid", valid)):
        songs[name] = build_store(folder, work / name).songs
        say(f"{name}: {songs[name]:,} songs")
    precision = chosen_precision(work)
    seeds = list(range(seed, seed + SEEDS))
    path = out / "model.md"
    ablation: dict[Variant, list[Measured]] = {variant: [] for variant in ABLATION}
    for number, of_seed in enumerate(seeds):
        for variant, measured in ablate(work, minutes, of_seed, precision, say).items():
            ablation[variant].append(measured)
        # The page of the seeds so far: a run that is stopped has said what it found.
        page = Page(songs["train"], songs["valid"], minutes, seeds[:number + 1], precision, ablation)
        draw(page, out)
        path.write_text(write_page(page), encoding="utf-8")
    path.write_text(write_page(page) + "\n" + "\n".join(memory_section(work, out, say)) + "\n", encoding="utf-8")
    return path


def chosen_precision(work: Path) -> str:
    """The faster precision of this machine, found once: a busy moment must not make half the trainings different."""
    path = work / "precision.txt"
    if not path.exists():
        write_atomic(path, fastest_precision().encode())
    return path.read_text("utf-8")


def ablate(work: Path, minutes: float, seed: int, precision: str, say: Callable[[str], None]
           ) -> dict[Variant, Measured]:
    """What each variant reached with one seed, trained in turns."""
    trials = [VariantTrial(variant, minutes, seed, precision) for variant in ABLATION]

    def tell(place: int, measured: Measured) -> None:
        say(f"{trials[place].name}: {measured.bits_per_note:.3f} bits per note")

    return dict(zip(ABLATION, in_turns([partial(run_variant, trial, work) for trial in trials], tell)))
