"""``evaluate``: a model on songs it has not seen."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from core.cli.errors import UserError, user_mistakes
from core.cli.models import open_model
from core.cli.songs import console

if TYPE_CHECKING:
    from core.evaluation.reference import Reference
    from core.evaluation.report import Measured


class Suite(StrEnum):
    likelihood = "likelihood"
    infill = "infill"
    music = "music"
    faults = "faults"
    originality = "originality"
    two_sample = "two-sample"
    controls = "controls"
    speed = "speed"
    all = "all"


def register(app: typer.Typer) -> None:
    app.command()(evaluate)


def evaluate(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model folder.", show_default=False)],
    valid: Annotated[Path, typer.Option(metavar="FOLDER", help="MIDI files that were not trained on; a collection "
                                                               "is a folder in it.", show_default=False)],
    train: Annotated[Path | None, typer.Option(
        metavar="STORE", help="What was trained on, as `encode` wrote it or as a folder of MIDI files: for the n-gram "
                              "baseline and for originality.", show_default="neither is measured")] = None,
    reference: Annotated[Path | None, typer.Option(
        metavar="FOLDER", help="Where to keep the n-grams and the index made from STORE.",
        show_default="STORE.reference")] = None,
    suite: Annotated[list[Suite], typer.Option(
        help="Can be given several times. likelihood: bits per note. infill: note F1. music: entropy, groove, content "
             "and more, beside the composer's. faults: what a listener would reject. originality: the longest match "
             "with the training music. two-sample: how often a classifier tells takes from the composer's "
             "bars. controls: whether takes are as dense or high as was asked, and note F1 with the rhythm or tune "
             "kept. speed: how long a request takes.")] = [Suite.all],  # noqa: B006
    songs: Annotated[int, typer.Option(min=1, help="How many songs, spread evenly over the collections.")] = 12,
    seeds: Annotated[int, typer.Option(min=1, help="Runs, each with windows and takes of its own.")] = 3,
    takes: Annotated[int, typer.Option(min=1, max=16, help="Takes of each request; two or more tell how alike they "
                                                           "are.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="Of the choice of songs, and the first run's.")] = 0,
    adventurousness: Annotated[float, typer.Option(min=0, max=1, help="Of the takes.")] = 0.5,
    whole_song: Annotated[bool, typer.Option("--whole-song", help="Also let the model see the whole song, not the "
                                                                  "window alone; takes twice as long.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="REPORT.md", help="The report to write; pictures "
                                             "go beside it where matplotlib is installed.",
                                             show_default="the terminal")] = None,
) -> None:
    """Measure a model beside simple baselines: bits per note, infilled notes, music, faults, controls, speed.

    With intervals over songs, paired tests and several seeds. The defaults take about a quarter of an hour on two slow
    cores; --songs and --seeds set how long, likelihood alone takes a minute.
    """
    wanted = [one for one in Suite if one != Suite.all and {one, Suite.all} & set(suite)]
    if train is None and Suite.originality in wanted:
        if Suite.originality in suite:
            raise UserError("--suite originality: name the songs trained on with --train")
        wanted.remove(Suite.originality)
    transformer, card = open_model(model)
    if transformer.merges and Suite.controls in wanted:
        if Suite.controls in suite:
            raise UserError("--suite controls: a model with merged tokens cannot be held to controls")
        wanted.remove(Suite.controls)

    from core.corpus.store import StoreError
    from core.evaluation.held_out import choose_songs
    from core.evaluation.reference import Reference
    from core.evaluation.report import write_report

    with user_mistakes(OSError):
        chosen = choose_songs(valid, songs, seed)
    if not chosen:
        raise UserError(f"{valid}: holds no MIDI file that can be used")
    known = None
    if train is not None:
        with user_mistakes(OSError, StoreError, ValueError):
            known = Reference(train, reference, lambda line: console.print(line, markup=False))
    runs = list(range(seed, seed + seeds))
    measured = _measure(model, transformer, chosen, wanted, known, takes, runs, adventurousness, whole_song)
    about = {"model": str(model), "steps": card.get("step"), "parameters": f"{transformer.parameter_count:,}",
             "songs": f"{len(chosen)} of {valid}, spread evenly over the collections",
             "seeds": ", ".join(map(str, runs))}
    if measured.scores:
        about |= {"takes of each request": takes, "adventurousness": adventurousness}
    if known is not None:
        about |= {"songs trained on": f"{train}, {known.ngrams.tokens:,} tokens"}
    if out is None:
        print(write_report(about, measured))
        return
    with user_mistakes(OSError):
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(write_report(about, measured, _pictures(out, measured)), encoding="utf-8")
    console.print(str(out), markup=False)


def _measure(folder: Path, model, chosen: list, wanted: list[Suite], known: Reference | None, takes: int,
             runs: list[int], adventurousness: float, whole_song: bool) -> Measured:
    from core.evaluation.adherence import measure_adherence
    from core.evaluation.answers import write_answers, writers_of
    from core.evaluation.hinted import evaluate_hints
    from core.evaluation.likelihood import evaluate_likelihood
    from core.evaluation.report import Measured
    from core.evaluation.speed import REQUESTS, time_requests
    from core.evaluation.suites import PROTOCOLS_OF, measure_answers, protocols_for

    ngrams, index = (known.ngrams, known.index) if known else (None, None)
    bits = timings = hinted = None
    scores: dict[str, list] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        def advancing(name: str, total: int):
            task = progress.add_task(name, total=total)
            return lambda: progress.advance(task)

        if Suite.likelihood in wanted:
            advance = advancing("likelihood", len(chosen) * len(runs))
            bits = [one for run in runs for one in evaluate_likelihood(model, chosen, run, advance, ngrams)]
            if model.config.hints:
                advance = advancing("hints", len(chosen) * len(runs))
                hinted = [one for run in runs for one in evaluate_hints(model, chosen, run, advance)]
        if of_answers := [str(one) for one in wanted if one in PROTOCOLS_OF]:
            answers = write_answers(writers_of(model, ngrams, adventurousness, whole_song), chosen,
                                    protocols=protocols_for(of_answers), takes=takes, seeds=runs,
                                    on_song=advancing("writing", len(chosen) * len(runs)))
            scores |= measure_answers(answers, of_answers, index)
        if Suite.controls in wanted:
            scores["controls"] = measure_adherence(model, chosen, takes=takes, seeds=runs,
                                                   adventurousness=adventurousness,
                                                   on_song=advancing("controls", len(chosen) * len(runs)))
        if Suite.speed in wanted:
            advance = advancing("speed", REQUESTS)
            with user_mistakes(RuntimeError):
                timings = time_requests(folder, chosen, seed=runs[0], on_request=advance)
    return Measured(bits, scores, timings, index.notes if index else 0, hinted)


def _pictures(report: Path, measured: Measured) -> dict[str, str]:
    """Pictures drawn into a folder beside the report, as links from it; none without matplotlib."""
    from core.evaluation.plots import can_draw, draw_pictures

    if not can_draw():
        console.print("no pictures: matplotlib is not installed", markup=False)
        return {}
    folder = report.with_name(report.stem + "-pictures")
    return {suite: f"{folder.name}/{path.name}" for suite, path in draw_pictures(folder, measured).items()}
