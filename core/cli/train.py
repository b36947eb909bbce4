"""``train``: from training data to a model, by one process or many; ``average``: from several models to one."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from core.cli.errors import UserError, user_mistakes
from core.cli.learn import open_store
from core.cli.merges import MergesFile, merges_to_train
from core.cli.songs import console

ROWS, TOKENS = 8, 8192
"""Of a step at most, both."""


class Examples(StrEnum):
    windows = "windows"
    long = "long"
    song = "song"
    contiguous = "contiguous"


class Location(StrEnum):
    disk = "disk"
    memory = "memory"
    device = "device"


class Memory(StrEnum):
    none = "none"
    segments = "segments"
    retrieval = "retrieval"
    both = "both"


class Precision(StrEnum):
    auto = "auto"
    fp32 = "32-true"
    bf16 = "bf16-mixed"


def register(app: typer.Typer) -> None:
    app.command()(train)
    app.command()(average)


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
    start: Annotated[Path | None, typer.Option("--from", metavar="MODEL", show_default="from nothing",
                                               help="Start with the weights of this trained model.")] = None,
    rate: Annotated[float, typer.Option("--learning-rate", min=0.0001, help="Times the learning rates that a model "
                                        "from nothing has.")] = 1.0,
    context: Annotated[int | None, typer.Option(min=64, help="Tokens of a window at most; more of them show more bars.",
                                                show_default="as the model has")] = None,
    memory: Annotated[Memory | None, typer.Option(
        help="Learn to look back beyond the window: segments, at what was just read; retrieval, at what is alike in "
             "all that was read. Rows then walk through whole songs.", show_default="as the model has")] = None,
    memory_length: Annotated[int, typer.Option(min=1, help="Tokens that segments look back.")] = 1024,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that is in RUN.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the first weights and the examples.")] = 0,
    precision: Annotated[Precision, typer.Option(help="Number format; auto tries which is faster.")] = Precision.auto,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the processor.", show_default="all")] = None,
) -> None:
    """Train a model; the settings are those of the shipped one. Ctrl-C stops and saves."""
    if minutes is not None and steps is not None:
        raise UserError("--minutes and --steps are two budgets: give one")
    if examples is Examples.windows and location is not Location.disk:
        raise UserError(f"--location {location} is for whole songs (--examples long, song or contiguous): "
                        "windows are read from disk")
    if start is not None and merges is not None:
        raise UserError("--from and --merges: a trained model keeps the tokens it was trained with; give one of them")
    if examples is not Examples.windows and merges is not None:
        raise UserError(f"--merges is for windows; whole songs (--examples {examples}) are read in plain tokens")
    from core.training.processes import rank_and_ranks
    from core.training.trainer import STATE, TrainerConfig

    rank, ranks = rank_and_ranks()
    is_saved = (out / "last" / STATE).exists()
    if is_saved and not resume:  # said before anything is encoded anew
        raise UserError(f"{out} holds a training run: resume it or choose another folder")
    if ranks > 1 and any(path is not None and not (path / "store.json").is_file() for path in (data, validation)):
        raise UserError("several processes train from stores: make them with encode first")
    songs = open_store(data, out / "songs", resume)
    held_out = open_store(validation, out / "validation-songs", resume) if validation is not None else None

    from core.corpus.examples import CORPUS_SHARES
    from core.model.checkpoint import CheckpointError
    from core.model.memories import Memories
    from core.training.precision import fastest_precision
    from core.training.progress_bar import progress_bar
    from core.training.sources import (
        RETRIEVAL_CAPACITY,
        batch_source,
        held_out_batches,
        held_out_walk,
        rows_of,
        walk_source,
    )
    from core.training.start import starting_model, with_context, with_hints, with_memories
    from core.training.trainer import train as run_training

    merged = merges_to_train(merges, out, resume)
    if resume and not is_saved:
        console.print(f"{out} holds no saved step to resume: training begins anew, with the settings given now")
        resume = False
    with user_mistakes(CheckpointError):
        model = starting_model(out, resume, start, seed, merged)
    if memory is not None and not resume:
        segments, retrieval = memory in (Memory.segments, Memory.both), memory in (Memory.retrieval, Memory.both)
        model = with_memories(model, segments * memory_length, retrieval * (model.config.layers - 1))
    if examples is Examples.windows or model.config.remembers:
        model = with_hints(model)
    if context is not None and not resume:
        model = with_context(model, context)
    context, memories = model.config.context, None
    batch_size = rows_of(context, ROWS, TOKENS)
    if (examples is not Examples.windows or model.config.remembers) and model.merges is not None:
        raise UserError("whole songs are read in plain tokens: a model of merged ones learns from --examples windows, "
                        "without memory")
    if model.config.remembers:
        rows = max(1, batch_size // 2)  # that read, and as many that write
        memories = Memories(model.config, rows, RETRIEVAL_CAPACITY)
        source = walk_source(songs, context, rows, seed, CORPUS_SHARES, rank, ranks, model.config.hints)
        measured = held_out_walk(held_out, context, rows) if held_out else []
    else:
        source = batch_source(examples, location, songs, context, batch_size, seed, CORPUS_SHARES, rank, ranks,
                              model.merges, model.config.hints)
        measured = held_out_batches(examples, held_out, context, batch_size, model.merges) if held_out else []
    usual = TrainerConfig(steps=1)
    config = TrainerConfig(
        minutes=None if steps else minutes or 60.0, steps=steps, learning_rate=rate * usual.learning_rate,
        matrix_learning_rate=rate * usual.matrix_learning_rate, warm_up_steps=60, validate_every=300, seed=seed,
        precision=fastest_precision() if precision is Precision.auto else str(precision), threads=threads)
    console.quiet = rank > 0
    console.print(f"{len(songs):,} songs, {model.parameter_count / 1e6:.1f} M parameters, {config.precision}"
                  + (f", {ranks} processes" if ranks > 1 else "") + "; Ctrl-C stops and saves")
    if config.compile:
        console.print("first it is compiled, which takes a minute or more and is not counted")
    with user_mistakes(OSError, CheckpointError), progress_bar(console) as on_progress:
        result = run_training(model, source, measured, config, out, on_progress, resume=resume, memories=memories)
    console.print(f"{'stopped' if result.stopped else 'done'} after {result.step:,} steps, "
                  f"{result.seconds / 60:.1f} minutes: {result.best or result.last}")
    if result.best_validation is not None:
        console.print(f"best: {result.best_validation:.3f} bits per note on the held-out songs")


def average(
    models: Annotated[list[Path], typer.Argument(metavar="MODEL...", help="Models of one training, the latest last.",
                                                 show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="The folder of the new model.",
                                      show_default=False)],
    validation: Annotated[Path | None, typer.Option(help="A store or folder of other songs to measure all of them on, "
                                                         "as train does.", show_default=False)] = None,
) -> None:
    """Make one model of several that stand along one training: the mean of their weights, often better than each."""
    if len(models) < 2:
        raise UserError("name two models or more: there is nothing to average")
    from core.cli.models import open_model
    from core.model.checkpoint import save_model
    from core.training.averaging import average_models
    from core.training.loss import bits_per_note
    from core.training.sources import held_out_batches, rows_of

    opened = [open_model(folder) for folder in models]
    with user_mistakes(ValueError):
        averaged = average_models([model for model, _ in opened])
    card = {name: opened[-1][1][name] for name in ("step", "seconds") if name in opened[-1][1]}
    if validation is not None:
        if averaged.config.remembers:
            raise UserError("--validation: windows alone measure no model with memory; evaluate does")
        context = averaged.config.context
        batches = held_out_batches(Examples.windows, open_store(validation, out / "validation-songs", False), context,
                                   rows_of(context, ROWS, TOKENS), averaged.merges)
        for folder, (model, _) in zip(models, opened):
            console.print(f"{folder}: {bits_per_note(model, batches)['all']:.3f} bits per note", markup=False)
        card["bits_per_note"] = bits_per_note(averaged, batches)
        console.print(f"{out}: {card['bits_per_note']['all']:.3f} bits per note", markup=False)
    with user_mistakes(OSError):
        save_model(out, averaged, card)
