"""``evaluate``: a model on songs it has not seen."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.cli.errors import UserError, user_mistakes
from core.cli.models import open_model
from core.cli.songs import console


class Suite(StrEnum):
    likelihood = "likelihood"
    infill = "infill"
    speed = "speed"
    all = "all"


def register(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model folder.", show_default=False)],
    valid: Annotated[Path, typer.Option(metavar="FOLDER", help="MIDI files that were not trained on; a collection "
                                                               "is a folder in it.", show_default=False)],
    suite: Annotated[Suite, typer.Option(help="likelihood: bits per note; infill: note F1; "
                                             "speed: how long a request takes.")] = Suite.all,
    songs: Annotated[int, typer.Option(min=1, help="How many songs, spread evenly over the collections.")] = 60,
    takes: Annotated[int, typer.Option(min=1, max=16, help="Seeds per infill window.")] = 3,
    seed: Annotated[int, typer.Option(min=0, help="Of the choice of songs and windows.")] = 0,
    adventurousness: Annotated[float, typer.Option(min=0, max=1, help="Of the infill takes.")] = 0.5,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="REPORT.md", help="The report to write.",
                                             show_default="the terminal")] = None,
) -> None:
    """Measure a model: bits per note by task and collection, how many notes it infills as they were, how fast it is."""
    transformer, card = open_model(model)

    from core.evaluation.held_out import choose_songs
    from core.evaluation.infill import evaluate_infill
    from core.evaluation.likelihood import evaluate_likelihood
    from core.evaluation.report import write_report
    from core.evaluation.speed import REQUESTS, time_requests

    with user_mistakes(OSError):
        chosen = choose_songs(valid, songs, seed)
    if not chosen:
        raise UserError(f"{valid}: holds no MIDI file that can be used")
    bits, scores, timings = None, None, None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        if suite in (Suite.likelihood, Suite.all):
            task = progress.add_task("likelihood", total=len(chosen))
            bits = evaluate_likelihood(transformer, chosen, seed, lambda: progress.advance(task))
        if suite in (Suite.infill, Suite.all):
            task = progress.add_task("infill", total=len(chosen))
            scores = evaluate_infill(transformer, chosen, takes=takes, seed=seed, adventurousness=adventurousness,
                                     on_song=lambda: progress.advance(task))
        if suite in (Suite.speed, Suite.all):
            task = progress.add_task("speed", total=REQUESTS)
            with user_mistakes(RuntimeError):
                timings = time_requests(model, chosen, seed=seed, on_request=lambda: progress.advance(task))
    about = {"model": str(model), "steps": card.get("step"), "parameters": f"{transformer.parameter_count:,}",
             "songs": f"{len(chosen)} of {valid}, spread evenly over the collections", "seed": seed}
    if scores is not None:
        about |= {"takes per infill window": takes, "adventurousness": adventurousness}
    report = write_report(about, bits, scores, timings)
    if out is None:
        print(report)
        return
    with user_mistakes(OSError):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(report, encoding="utf-8")
    console.print(str(out), markup=False)
