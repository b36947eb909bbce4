"""``encode`` and ``finetune``: from folders of MIDI files to training data and styles."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.cli.errors import UserError, user_mistakes
from core.cli.songs import console
from core.folders import BASE_MODEL, styles_folder

if TYPE_CHECKING:
    from core.corpus.report import ScanReport
    from core.corpus.store import Store

LONGEST_LIST = 100
"""Files named on the terminal as left out."""


class Method(StrEnum):
    lora = "lora"
    full = "full"


def register(app: typer.Typer) -> None:
    app.command()(encode)
    app.command()(finetune)


def encode(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of MIDI files; a collection is a folder "
                                                                  "in it.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="STORE", help="The folder to write; a store that is "
                                                                           "there is brought up to date.",
                                     show_default=False)],
    keep_duplicates: Annotated[bool, typer.Option("--keep-duplicates", help="Keep music that is there already, "
                                                                            "transposed perhaps.")] = False,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", show_default="this machine",
                                                  help="Read the files on the Dask cluster with this scheduler; its "
                                                       "workers must see them under the same path.")] = None,
) -> None:
    """Turn a folder of MIDI files into training data, and say what was left out and what the grid moved.

    Files that have not changed are not read again. Ctrl-C stops; the same command goes on from there.
    """
    _encode(folder, out, keep_duplicates, scheduler)


def finetune(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of your MIDI files.", show_default=False)],
    name: Annotated[str, typer.Option(help="What to call the style; one of that name is replaced.",
                                      show_default=False)],
    minutes: Annotated[float, typer.Option(min=0.01, help="Train so long at most.")] = 10.0,
    method: Annotated[Method, typer.Option(help="full changes all weights and learns more; lora is small on disk.")] =
    Method.full,
    seed: Annotated[int, typer.Option(min=0, help="Of the split into songs to learn from and to measure on.")] = 0,
    model: Annotated[Path, typer.Option("--model", help="The model to start from.",
                                        show_default="the one shipped")] = BASE_MODEL,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="STYLES", help="The folder of styles.",
                                             show_default="where the window looks")] = None,
) -> None:
    """Make a style from a folder of MIDI files, measured before and after on songs it did not learn from.

    Ctrl-C stops and keeps the best so far.
    """
    from core.corpus.report import ScanReport
    from core.model.checkpoint import CheckpointError
    from core.training.finetune import finetune as run_finetuning
    from core.training.finetune_messages import FinetuneProgress, FinetuneRequest, FinetuneStarted, FolderProgress

    styles = out or styles_folder()
    columns = (BarColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with user_mistakes(CheckpointError, ValueError, OSError), Progress(*columns, console=console) as progress:
        task = progress.add_task("looking at the folder", total=1.0)

        def show(event: FolderProgress | ScanReport | FinetuneStarted | FinetuneProgress) -> None:
            if isinstance(event, FolderProgress):
                progress.update(task, description=f"looking at the folder  {event.done:,} of {event.total:,} files")
                return
            if isinstance(event, ScanReport):
                _list_rejected(event)
                progress.console.print(f"{event.songs:,} {'song' if event.songs == 1 else 'songs'} can be used")
                progress.update(task, description="measuring the model as it is")
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
    if done.stopped:
        console.print("stopped early; the best so far was kept")
    print(f"style {done.name!r}: {done.before:.3f} bits per note before, {done.after:.3f} after, on "
          f"{done.held_out_songs} held-out songs ({done.train_songs} to learn from)")


def open_store(path: Path, place: Path, resume: bool) -> Store:
    """The store at ``path``; for a folder of MIDI files a store made of them at ``place``. A run that is resumed goes
    on with the store it has, as its batches depend on it; otherwise it is brought up to date."""
    from core.corpus.store import Store, StoreError

    if not (path / "store.json").is_file():
        if not (resume and (place / "store.json").is_file()):
            _encode(path, place)
        path = place
    with user_mistakes(StoreError):
        return Store(path)


def _encode(folder: Path, store: Path, keep_duplicates: bool = False, scheduler: str | None = None) -> None:
    from core.corpus.build import LEFT_OUT, build_store
    from core.corpus.work import BuildStopped

    if store.exists() and not (store / "store.json").is_file() and (not store.is_dir() or any(store.iterdir())):
        raise UserError(f"{store}: is not a store and not empty; choose another place")
    columns = (TextColumn("encoding"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with (user_mistakes(OSError, ValueError), _cluster(scheduler) as (executor, in_flight), _ctrl_c() as stopped,
          Progress(*columns, console=console, transient=True) as progress):
        task = progress.add_task("", total=None)
        try:
            report = build_store(
                folder, store, executor=executor, in_flight=in_flight, keep_duplicates=keep_duplicates,
                on_progress=lambda done, total: progress.update(task, completed=done, total=total),
                should_stop=stopped.is_set)
        except BuildStopped:
            done = progress.tasks[0].completed
            progress.stop()
            console.print(f"stopped after {done:,} files; the same command goes on from there", markup=False)
            raise typer.Exit(130) from None
        _list_rejected(report, store / LEFT_OUT)
    print(f"{report.songs:,} songs in {store}, {report.summary() or 'no file left out'}")
    if report.encoded < report.songs + len(report.rejected):
        print(f"{report.encoded:,} files were read, the others had not changed")
    print("notes whose start and end were on the grid already, by collection:")
    for line in report.snapping_lines():
        print(f"  {line}")


@contextmanager
def _cluster(scheduler: str | None) -> Iterator[tuple[Executor | None, int | None]]:
    """The executor of the cluster with this scheduler, and how much it is given at once; neither without one."""
    if scheduler is None:
        yield None, None
        return
    from core.corpus.cluster import cluster_executor

    with cluster_executor(scheduler) as cluster:
        yield cluster


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """Inside, the first Ctrl-C only sets the event, so that work can end in order; the second ends the program."""
    pressed = threading.Event()

    def press(*_: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, press)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _list_rejected(report: ScanReport, whole_list: Path | None = None) -> None:
    """Every file that is left out, or, where a list of them lies on disk, the first."""
    for rejected in islice(report.rejected, LONGEST_LIST if whole_list else None):
        console.print(f"left out: {rejected.path}: {rejected.reason}", markup=False)
    if whole_list and len(report.rejected) > LONGEST_LIST:
        console.print(f"... and {len(report.rejected) - LONGEST_LIST:,} more, see {whole_list}", markup=False)
