"""docs/findings/model.md: what each part of the model gains, at equal processor time, and the design it grew from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from core.corpus.build import build_store
from core.evaluation.findings.memory import memory_section
from core.evaluation.findings.model_page import PEER, Page, draw, write_page
from core.evaluation.findings.peer import PeerTrial, prepare, run_on_streams, run_peer
from core.evaluation.findings.pitches import pitches_section
from core.evaluation.findings.turns import Job, in_turns
from core.evaluation.findings.variants import (
    ABLATION,
    ADAMW,
    FULL,
    SWITCHES,
    Measured,
    Variant,
    VariantTrial,
    run_variant,
)
from core.files.atomic import write_atomic
from core.folders import BASE_MODEL
from core.training.precision import fastest_precision

SEEDS = 3
CANDIDATES = ((3e-3, True), (1e-3, False), (3e-3, False), (1e-2, False), (3e-2, False))
"""AdamW's rate of the peer, and whether it is trained with its memory: tried with the first seed, the best is kept."""
STREAM_VARIANTS = (Variant("our tokens, plain model, AdamW", SWITCHES, **ADAMW),
                   Variant("our tokens, plain model, Muon", SWITCHES), FULL)
STREAM_NAMES = {variant.name for variant in STREAM_VARIANTS}


def run(corpus: Path, valid: Path, out: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Make the page and its pictures in ``out`` and return it. What ``out/work`` holds already is not done again."""
    work = out / "work"
    songs = {}
    for name, folder in (("train", corpus), ("valid", valid)):
        songs[name] = build_store(folder, work / name).songs
        say(f"{name}: {songs[name]:,} songs")
    precision = chosen_precision(work)
    seeds = list(range(seed, seed + SEEDS))
    prepare(work, say)
    path = out / "model.md"
    ablation: dict[str, list[Measured]] = {}
    streams: dict[str, list[Measured]] = {}
    peers: dict[str, Measured] = {}
    for number, of_seed in enumerate(seeds):
        trials = [VariantTrial(variant, minutes, of_seed, precision) for variant in ABLATION]
        _add(ablation, _outcomes({trial.variant.name: (trial.name, partial(run_variant, trial, work))
                                  for trial in trials}, say))
        page = partial(Page, songs["train"], songs["valid"], minutes, seeds[:number + 1], precision, ablation)
        if streams:  # of the seeds before
            _write(page(streams, peers), path)
        found = _outcomes(_against_peer(work, minutes, of_seed, precision, peers), say)
        if not peers:
            peers = {name: found.pop(name) for name in list(found) if name not in STREAM_NAMES}
            found[PEER] = min(peers.values(), key=lambda measured: measured.bits_per_note)
        _add(streams, found)
        text = _write(page(streams, peers), path)
    path.write_text(text + "\n" + "\n".join(memory_section(work, out, say)) + "\n", encoding="utf-8")
    return path


def _write(page: Page, path: Path) -> str:
    """The page of what is known so far, with its pictures: a run that is stopped has said what it found."""
    draw(page, path.parent)
    text = write_page(page) + "\n".join(pitches_section(path.parent, BASE_MODEL))
    path.write_text(text, encoding="utf-8")
    return text


def _against_peer(work: Path, minutes: float, seed: int, precision: str, peers: dict[str, Measured]
                  ) -> dict[str, tuple[str, Job]]:
    """Trainings on whole songs with one seed: the peer's candidates with the first, then the best, and ours."""
    tried = [PeerTrial(rate, memory, minutes, seed, precision) for rate, memory in CANDIDATES]
    if peers:
        best = min(peers, key=lambda name: peers[name].bits_per_note)
        jobs = {PEER: next((trial.name, partial(run_peer, trial, work)) for trial in tried if trial.label == best)}
    else:
        jobs = {trial.label: (trial.name, partial(run_peer, trial, work)) for trial in tried}
    for variant in STREAM_VARIANTS:
        trial = VariantTrial(variant, minutes, seed, precision)
        jobs[variant.name] = f"streams-{trial.name}", partial(run_on_streams, trial, work)
    return jobs


def _outcomes(jobs: dict[str, tuple[str, Job]], say: Callable[[str], None]) -> dict[str, Measured]:
    """What each of the jobs, which take turns, found."""
    names = [name for name, _ in jobs.values()]

    def tell(place: int, measured: Measured) -> None:
        say(f"{names[place]}: {measured.bits_per_note:.3f} bits per note")

    return dict(zip(jobs, in_turns([job for _, job in jobs.values()], tell)))


def _add(to: dict[str, list[Measured]], found: dict[str, Measured]) -> None:
    for name, measured in found.items():
        to.setdefault(name, []).append(measured)


def chosen_precision(work: Path) -> str:
    """The faster precision of this machine, found once: a busy moment must not make half the trainings different."""
    path = work / "precision.txt"
    if not path.exists():
        write_atomic(path, fastest_precision().encode())
    return path.read_text("utf-8")
