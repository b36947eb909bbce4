"""``library``: a folder of songs as passages that a model may look up while it writes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

from core.cli.errors import UserError, user_mistakes
from core.cli.models import open_model
from core.cli.songs import console
from core.folders import BASE_MODEL


def register(app: typer.Typer) -> None:
    app.command("library")(make_library)


def make_library(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of MIDI files.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="LIBRARY", help="The folder to write.",
                                      show_default=False)],
    model: Annotated[Path, typer.Option("--model", help="A model that looks up.", show_default="the one shipped")] =
    BASE_MODEL,
) -> None:
    """Read a folder of songs once, so that continue and infill --library can look up what is alike in them."""
    from core.generation.library_folder import library_of_folder

    reads, _ = open_model(model)
    if not reads.config.retrieval_layer:
        raise UserError("this model was not trained to look up what is alike: train one with --memory retrieval or "
                        "both")
    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        with user_mistakes(OSError, ValueError):
            _, entries = library_of_folder(
                out, reads, folder, on_progress=lambda done, total: bar.update(task, completed=done, total=total),
                on_left_out=lambda file: bar.console.print(f"left out: {file.path}: {file.reason}", markup=False))
    print(f"{entries:,} entries in {out}")
