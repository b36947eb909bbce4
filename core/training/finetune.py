"""Fine-tuning: a style learned from a folder of MIDI files, with proof on songs it never saw."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import torch

from core.corpus.build import build_store
from core.corpus.examples import ExampleSource, validation_batches
from core.corpus.scan import find_midi_files
from core.corpus.store import Store, write_store
from core.model.checkpoint import WEIGHTS, fingerprint, load_model, read_tensors, save_model, write_tensors
from core.model.lora import adapter_weights, with_adapters
from core.model.styles import ADAPTERS, Style, style_folder, write_style
from core.training.finetune_messages import FinetuneFinished, FinetuneProgress, FinetuneRequest, FinetuneStarted, FolderReport
from core.training.loss import bits_per_note
from core.training.precision import fastest_precision
from core.training.progress import TrainingProgress
from core.training.trainer import TrainerConfig, train

HELD_OUT_SHARE = 0.2
"""Share of the folder's songs that is never trained on and on which the style is measured."""
MIN_SONGS = 3
BATCH_SIZE = 4
HELD_OUT_WINDOWS = 12
"""Windows of each task on which bits per note are measured."""
LEARNING_RATE = {"lora": 2e-3, "full": 1e-3}
MATRIX_LEARNING_RATE = 5e-3


def finetune(base_folder: Path, request: FinetuneRequest, styles_folder: Path,
             on_event: Callable[[FolderReport | FinetuneStarted | FinetuneProgress], None] = lambda event: None,
             should_stop: Callable[[], bool] = lambda: False) -> FinetuneFinished:
    """Train a style and write it under ``styles_folder``. The weights kept are those best on the held-out songs.

    Raises NotADirectoryError or ValueError, with a sentence for a person, when the folder cannot be learned from.
    """
    home = style_folder(styles_folder, request.name)
    with tempfile.TemporaryDirectory(prefix="ritornello-") as scratch:
        train_store, held_out = _split(Path(request.folder), Path(scratch), request.seed, on_event)
        base, _ = load_model(base_folder)
        context = base.config.context
        validation = validation_batches(held_out, context, BATCH_SIZE, HELD_OUT_WINDOWS, request.seed)
        before = bits_per_note(base, validation)["all"]
        on_event(FinetuneStarted(before, len(train_store), len(held_out)))
        torch.manual_seed(request.seed)
        base_print = fingerprint(base)
        model = with_adapters(base) if request.method == "lora" else base
        source = ExampleSource(train_store, context, BATCH_SIZE, request.seed)
        # Compiling takes the best part of a minute, so a short run goes without.
        config = TrainerConfig(minutes=request.minutes, learning_rate=LEARNING_RATE[request.method],
                               matrix_learning_rate=MATRIX_LEARNING_RATE, warm_up_steps=10, decay=0.5,
                               precision=fastest_precision(), validate_every=25, seed=request.seed,
                               compile=request.minutes >= 5)
        run = Path(scratch) / "run"
        result = train(model, source, validation, config, run, lambda progress: on_event(_shown(progress)),
                       should_stop)
        after = result.best_validation if result.best_validation is not None else before
        if after < before:
            best = run / "best"
        else:  # nothing was gained: the style is the base model itself, and says so by its figures
            best, after = None, before
        _write_weights(home, request.method, base_folder, base_print, best)
    style = Style(request.name.strip(), before, after, len(train_store), len(held_out),
                  datetime.now().astimezone().isoformat(timespec="seconds"), request.method)
    write_style(styles_folder, style)
    return FinetuneFinished(style.name, before, after, len(train_store), len(held_out), result.stopped)


def _split(folder: Path, scratch: Path, seed: int, on_event: Callable) -> tuple[Store, Store]:
    """The folder's songs in two stores: to train on, and held out."""
    files = find_midi_files(folder)
    with ThreadPoolExecutor(max_workers=1) as executor:
        report = build_store(folder, scratch / "all", executor=executor)
    rejected = tuple((str(r.path), r.reason) for r in report.rejected)
    left_out = {path for path, _ in rejected}
    on_event(FolderReport(tuple(str(path) for path in files if str(path) not in left_out), rejected))
    songs = Store(scratch / "all")
    if len(songs) < MIN_SONGS:
        raise ValueError(f"{folder} has {len(songs)} usable songs; at least {MIN_SONGS} are needed, "
                         "some to learn from and some to measure on")
    order = np.random.default_rng(seed).permutation(len(songs))
    count = max(1, round(HELD_OUT_SHARE * len(songs)))
    for name, chosen in (("held-out", order[:count]), ("train", order[count:])):
        write_store(scratch / name, ((songs.entries[i], songs[i]) for i in chosen.tolist()))
    return Store(scratch / "train"), Store(scratch / "held-out")


def _write_weights(home: Path, method: str, base_folder: Path, base_print: str, best: Path | None) -> None:
    """Put a run's best weights where ``load_style`` finds them; the base model's own where nothing was gained."""
    home.mkdir(parents=True, exist_ok=True)
    for stale in (ADAPTERS, WEIGHTS):
        (home / stale).unlink(missing_ok=True)
    if best is None or method == "full":
        model, card = load_model(best or base_folder)
        save_model(home, model, card, torch.bfloat16)
    else:
        weights, _ = read_tensors(best / WEIGHTS)
        write_tensors(home / ADAPTERS, adapter_weights(weights), {"base": base_print})


def _shown(progress: TrainingProgress) -> FinetuneProgress:
    held_out = progress.validation["all"] if progress.validation else None
    return FinetuneProgress(progress.step, progress.seconds, progress.fraction, progress.tokens_per_second,
                            progress.eta_seconds, progress.loss, held_out)
