"""Fine-tuning: a style learned from a folder of MIDI files, with proof on songs it never saw."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import numpy as np
import torch

from core.corpus.build import build_store
from core.corpus.examples import ExampleSource, validation_batches
from core.corpus.report import ScanReport
from core.corpus.store import Store, write_store
from core.model.checkpoint import WEIGHTS, fingerprint, load_model, read_tensors, save_model, write_tensors
from core.model.lora import adapter_weights, merge_adapters, with_adapters
from core.model.styles import ADAPTERS, Style, style_folder, write_style
from core.model.transformer import Transformer
from core.training.finetune_messages import (
    MIN_SONGS,
    FinetuneFinished,
    FinetuneProgress,
    FinetuneRequest,
    FinetuneStarted,
    FolderProgress,
)
from core.training.loss import bits_per_note
from core.training.precision import fastest_precision
from core.training.progress import TrainingProgress
from core.training.sources import rows_of
from core.training.trainer import TrainerConfig, train

HELD_OUT_SHARE = 0.15
"""Share of the folder's songs held out to choose the best weights by, and again as much to prove them on."""
ROWS, TOKENS = 4, 4096
"""Of a step at most, both."""
CHOOSING_WINDOWS = 8
"""Windows of each task on which bits per note are measured again and again, to choose the best weights."""
PROVING_WINDOWS = 24
"""Windows of each task on which bits per note are measured before and after."""
LEARNING_RATE = 3e-4
MATRIX_LEARNING_RATE = 1e-3
"""Both far below those of pre-training: the model knows music already, and a folder is soon learned by heart."""


def finetune(base_folder: Path, request: FinetuneRequest, styles_folder: Path,
             on_event: Callable[[FolderProgress | ScanReport | FinetuneStarted | FinetuneProgress], None] =
             lambda event: None,
             should_stop: Callable[[], bool] = lambda: False) -> FinetuneFinished:
    """Train a style and write it under ``styles_folder``.

    The folder's songs are split in three: to train on, to choose the best weights by, and to measure before and
    after on. The last are used for nothing else, so that the proof is one.
    Raises NotADirectoryError or ValueError, with a sentence for a person, when the folder cannot be learned from.
    """
    home = style_folder(styles_folder, request.name)
    with tempfile.TemporaryDirectory(prefix="ritornello-") as scratch:
        songs, choosing, proving = _split(Path(request.folder), Path(scratch), request.seed, on_event)
        base, _ = load_model(base_folder)
        context = base.config.context
        rows = rows_of(context, ROWS, TOKENS)
        validation = validation_batches(choosing, context, rows, CHOOSING_WINDOWS, request.seed, base.merges)
        proof = validation_batches(proving, context, rows, PROVING_WINDOWS, request.seed, base.merges)
        # All that can be measured is measured now, so that stopping later does not keep anyone waiting.
        start, before = bits_per_note(base, validation)["all"], bits_per_note(base, proof)["all"]
        on_event(FinetuneStarted(start, len(songs), len(choosing)))
        torch.manual_seed(request.seed)
        model = with_adapters(base) if request.method == "lora" else copy.deepcopy(base)
        source = ExampleSource(songs, context, rows, request.seed, merges=base.merges,
                               hints=base.config.hints)
        # Compiling takes the best part of a minute, so a short run, or one that is to stop, goes without.
        config = TrainerConfig(minutes=request.minutes, learning_rate=LEARNING_RATE,
                               matrix_learning_rate=MATRIX_LEARNING_RATE, warm_up_steps=10, decay=1.0,
                               precision=fastest_precision(), validate_every=25, seed=request.seed,
                               compile=request.minutes >= 5 and not should_stop())
        run = Path(scratch) / "run"
        result = train(model, source, validation, config, run, lambda progress: on_event(_shown(progress)),
                       should_stop)
        gained = result.best_validation is not None and result.best_validation < start
        # Where nothing was gained the style is the base model itself, and its figures say so.
        tuned = _write_weights(home, request.method, base, run / "best" if gained else None)
        after = bits_per_note(tuned, proof)["all"] if gained else before
    style = Style(request.name.strip(), before, after, len(songs), len(proving),
                  datetime.now().astimezone().isoformat(timespec="seconds"), request.method)
    write_style(styles_folder, style)
    return FinetuneFinished(style.name, before, after, style.train_songs, style.held_out_songs, result.stopped)


def _split(folder: Path, scratch: Path, seed: int, on_event: Callable) -> tuple[Store, Store, Store]:
    """The folder's songs in three stores: to train on, to choose by, to prove on."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        report = build_store(folder, scratch / "all", executor=executor,
                             on_progress=lambda done, total: on_event(FolderProgress(done, total)))
    on_event(report.in_memory())
    songs = Store(scratch / "all")
    if len(songs) < MIN_SONGS:
        raise ValueError(f"{folder} has {len(songs)} usable song{'' if len(songs) == 1 else 's'}; at least "
                         f"{MIN_SONGS} are needed, "
                         "some to learn from and some to measure on")
    order = np.random.default_rng(seed).permutation(len(songs))
    count = max(1, round(HELD_OUT_SHARE * len(songs)))
    parts = {"proving": order[:count], "choosing": order[count:2 * count], "training": order[2 * count:]}
    for name, chosen in parts.items():
        write_store(scratch / name, ((songs.entries[i], songs[i]) for i in chosen.tolist()))
    return Store(scratch / "training"), Store(scratch / "choosing"), Store(scratch / "proving")


def _write_weights(home: Path, method: str, base: Transformer, best: Path | None) -> Transformer:
    """Put a run's best weights, or the base model's own, where a request finds them, and return that model."""
    home.mkdir(parents=True, exist_ok=True)
    for stale in (ADAPTERS, WEIGHTS):
        (home / stale).unlink(missing_ok=True)
    if best is not None and method == "lora":
        adapters = adapter_weights(read_tensors(best / WEIGHTS)[0])
        write_tensors(home / ADAPTERS, adapters, {"base": fingerprint(base)})
        return merge_adapters(base, adapters)
    tuned = load_model(best)[0] if best is not None else base
    save_model(home, tuned, {}, torch.bfloat16)
    return tuned


def _shown(progress: TrainingProgress) -> FinetuneProgress:
    held_out = progress.validation["all"] if progress.validation else None
    return FinetuneProgress(progress.step, progress.seconds, progress.fraction, progress.tokens_per_second,
                            progress.eta_seconds, progress.loss, held_out)
