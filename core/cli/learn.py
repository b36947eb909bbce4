"""``encode``, ``train`` and ``finetune``: from folders of MIDI files to models and styles."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.cli.errors import UserError, user_mistakes
from core.cli.merges import MergesFile, merges_to_train
from core.cli.songs import console
from core.folders import BASE_MODEL, styles_folder

if TYPE_CHECKING:
    from core.corpus.store import Store

BATCH_SIZE = 8


class Method(StrEnum):
    lora = "lora"
    full = "full"


class Examples(StrEnum):
    windows = "windows"
    long = "long"
    song = "song"
    contiguous = "contiguous"


class Location(StrEnum):
    disk = "disk"
    memory = "memory"
    device = "device"


class Precision(StrEnum):
    auto = "auto"
    fp32 = "32-true"
    bf16 = "bf16-mixed"


def register(app: typer.Typer) -> None:
    app.command()(encode)
    app.command()(train)
    app.command()(finetune)


def encode(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of MIDI files; a collection is a folder "
                                                                  "in it.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="STORE", help="The folder to write; a store that is "
                                                                           "there is replaced.", show_default=False)],
) -> None:
    """Turn a folder of MIDI files into training data, and say what was left out and what the grid moved."""
    _encode(folder, out)


def train(
    data: Annotated[Path, typer.Argument(metavar="STORE|FOLDER", help="A store made by encode, or a folder of MIDI "
                                                                      "files.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="RUN", show_default=False,
                                      help="The folder of the run: models last and best, log.jsonl.")],
    minutes: Annotated[float | None, typer.Option(min=0.01, help="Train so long; 60 unless steps are given.",
                                                  show_default=False)] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Train so many steps instead.", show_default=False)] = None,
    validation: Annotated[Path | None, typer.Option(help="A store or folder of other songs to measure on; without "
                                                         "it, nothing is held out.", show_default=False)] = None,
    examples: Annotated[Examples, typer.Option(
        help="windows with cells to fill in, as requests are; or whole songs to foresee: long, windows from anywhere, "
             "across the ends of songs; song, a part of one song a row; contiguous, song after song in order.")] =
    Examples.windows,
    location: Annotated[Location, typer.Option(help="Where whole songs are kept; windows are always read from disk.")] =
    Location.disk,
    merges: MergesFile = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that is in RUN.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the first weights and the examples.")] = 0,
    precision: Annotated[Precision, typer.Option(help="Number format; auto tries which is faster.")] = Precision.auto,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the processor.", show_default="all")] = None,
) -> None:
    """Train a model from nothing; the settings are those of the shipped one. Ctrl-C stops and saves."""
    if minutes is not None and steps is not None:
        raise UserError("--minutes and --steps are two budgets: give one")
    if examples is Examples.windows and location is not Location.disk:
        raise UserError(f"--location {location} is for whole songs (--examples long, song or contiguous): "
                        "windows are read from disk")
    if examples is not Examples.windows and merges is not None:
        raise UserError(f"--merges is for windows; whole songs (--examples {examples}) are read in plain tokens")
    songs = _open_store(data, out / "songs")
    held_out = _open_store(validation, out / "validation-songs") if validation is not None else None

    import torch

    from core.corpus.examples import CORPUS_SHARES
    from core.model.checkpoint import CheckpointError
    from core.model.config import ModelConfig
    from core.model.transformer import Transformer
    from core.tokens import vocabulary
    from core.tokens.merges import component_count, components
    from core.training.precision import fastest_precision
    from core.training.progress_bar import progress_bar
    from core.training.sources import batch_source, held_out_batches
    from core.training.trainer import TrainerConfig
    from core.training.trainer import train as run_training

    torch.manual_seed(seed)
    merged = merges_to_train(merges, out, resume)
    shape = ModelConfig(merged.size if merged else vocabulary.SIZE, component_count(merged))
    model = Transformer(shape, torch.from_numpy(components(merged)), merged)
    source = batch_source(examples, location, songs, shape.context, BATCH_SIZE, seed, CORPUS_SHARES, merges=merged)
    measured = held_out_batches(examples, held_out, shape.context, BATCH_SIZE, merged) if held_out else []
    config = TrainerConfig(
        minutes=None if steps else minutes or 60.0, steps=steps, warm_up_steps=60, validate_every=300, seed=seed,
        precision=fastest_precision() if precision is Precision.auto else str(precision), threads=threads)
    console.print(f"{len(songs):,} songs, {model.parameter_count / 1e6:.1f} M parameters, {config.precision}; "
                  "Ctrl-C stops and saves")
    with user_mistakes(OSError, CheckpointError), progress_bar(console) as on_progress:
        result = run_training(model, source, measured, config, out, on_progress, resume=resume)
    console.print(f"{'stopped' if result.stopped else 'done'} after {result.step:,} steps, "
                  f"{result.seconds / 60:.1f} minutes: {result.best or result.last}")
    if result.best_validation is not None:
        console.print(f"best: {result.best_validation:.3f} bits per note on the held-out songs")


def finetune(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of your MIDI files.", show_default=False)],
    name: Annotated[str, typer.Option(help="What to call the style.", show_default=False)],
    minutes: Annotated[float, typer.Option(min=0.01, help="Train so long at most.")] = 10.0,
    method: Annotated[Method, typer.Option(help="full changes all weights and learns more; lora is small on disk.")] =
    Method.full,
    seed: Annotated[int, typer.Option(min=0, help="Of the split into songs to learn from and to measure on.")] = 0,
    model: Annotated[Path, typer.Option("--model", help="The model to start from.",
                                        show_default="the one shipped")] = BASE_MODEL,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="STYLES", help="The folder of styles.",
                                             show_default="where the window looks")] = None,
) -> None:
    """Make a style from a folder of MIDI files, measured before and after on songs it did not learn from."""
    from core.model.checkpoint import CheckpointError
    from core.training.finetune import finetune as run_finetuning
    from core.training.finetune_messages import FinetuneProgress, FinetuneRequest, FinetuneStarted, FolderReport

    styles = out or styles_folder()
    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with user_mistakes(CheckpointError, ValueError, OSError), Progress(*columns, console=console) as progress:
        task = progress.add_task("looking at the folder", total=1.0)

        def show(event: FolderReport | FinetuneStarted | FinetuneProgress) -> None:
            if isinstance(event, FolderReport):
                _list_rejected(event.rejected)
                progress.console.print(f"{len(event.usable)} songs can be used")
                return
            if isinstance(event, FinetuneStarted):
                progress.console.print(f"{event.before:.3f} bits per note before, on {event.held_out_songs} held-out "
                                       "songs to choose by")
                return
            progress.update(task, completed=event.fraction, description=(
                f"step {event.step:,}  loss {event.loss:.3f}  {event.tokens_per_second:,.0f} tokens/s"))
            if event.held_out_bits_per_note is not None:
                progress.console.print(f"step {event.step:,}: {event.held_out_bits_per_note:.3f} bits per note on "
                                       "the held-out songs")

        done = run_finetuning(model, FinetuneRequest(str(folder), name, minutes, str(method), seed), styles, show)
    print(f"style {done.name!r}: {done.before:.3f} bits per note before, {done.after:.3f} after, on "
          f"{done.held_out_songs} held-out songs ({done.train_songs} to learn from)")


def _open_store(path: Path, place: Path) -> Store:
    """The store at ``path``; for a folder of MIDI files a store made of them at ``place``."""
    from core.corpus.store import Store, StoreError

    if not (path / "store.json").is_file():
        if not (place / "store.json").is_file():
            _encode(path, place)
        path = place
    with user_mistakes(StoreError):
        return Store(path)


def _encode(folder: Path, store: Path) -> None:
    from core.corpus.build import build_store

    if store.exists() and not (store / "store.json").is_file() and (not store.is_dir() or any(store.iterdir())):
        raise UserError(f"{store}: is not a store and not empty; choose another place")
    columns = (TextColumn("encoding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with user_mistakes(OSError, ValueError), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("")
        report = build_store(folder, store,
                             on_progress=lambda done, total: progress.update(task, completed=done, total=total))
    _list_rejected([(str(rejected.path), rejected.reason) for rejected in report.rejected])
    print(f"{report.songs:,} songs in {store}, {len(report.rejected):,} files left out")
    print("notes whose start and end were on the grid already, by collection:")
    for name, snaps in sorted(report.snapping.items()):
        print(f"  {name or '(no folder)'}: {snaps.on_grid / max(1, snaps.notes):.1%} of {snaps.notes:,}; "
              f"farthest {snaps.worst / 24:.3f} quarter notes, {snaps.dropped:,} notes left out")


def _list_rejected(rejected: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> None:
    for path, reason in rejected:
        console.print(f"left out: {path}: {reason}", markup=False)
