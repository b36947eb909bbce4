"""``findings``, ``benchmark``, ``training-log``: experiments, timings and a training that anyone can look into."""

from __future__ import annotations

from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from core.cli.errors import UserError, user_mistakes
from core.cli.songs import console
from core.cli.train import Memory
from core.folders import BASE_MODEL

Corpus = Annotated[Path, typer.Option(metavar="FOLDER", help="A folder of MIDI files; a collection is a folder in it.",
                                      show_default=False)]


class Benchmark(StrEnum):
    encoding = "encoding"
    loader = "loader"
    build = "build"
    remembering = "remembering"
    library = "library"
    training = "training"
    learning = "learning"


class Findings(StrEnum):
    tokens = "tokens"
    model = "model"
    memory = "memory"
    curation = "curation"
    scaling = "scaling"
    sampling = "sampling"


def register(app: typer.Typer) -> None:
    app.command()(findings)
    app.command()(benchmark)
    app.command()(training_log)


def findings(
    page: Annotated[Findings, typer.Argument(help="Which page.", show_default=False)],
    valid: Annotated[Path, typer.Option(metavar="FOLDER", help="A folder of other MIDI files, to measure on.",
                                        show_default=False)],
    corpus: Annotated[Path | None, typer.Option(
        metavar="FOLDER", help="A folder of MIDI files; a collection is a folder in it. sampling: the music the "
                              "model learned from, or its store; without it nothing is looked up there.",
        show_default=False)] = None,
    model: Annotated[Path, typer.Option(metavar="MODEL", help="sampling: the model that writes.",
                                        show_default="the shipped one")] = BASE_MODEL,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="Where the page and its pictures go."
                                      )] = Path("docs/findings"),
    minutes: Annotated[float, typer.Option(min=0.01, help="Processor time of each training; sampling: of all "
                                                         "that is written.")] = 8.0,
    seed: Annotated[int, typer.Option(min=0, help="Of weights, examples and samples.")] = 0,
) -> None:
    """Make a page of findings from scratch: train, measure, draw, write. What is finished is not done again."""
    if corpus is None and page != Findings.sampling:
        raise UserError(f"findings {page}: name a folder of MIDI files to train on with --corpus")
    made_from = (valid, corpus, out, model) if page == Findings.sampling else (corpus, valid, out)
    with user_mistakes(OSError, ValueError):
        written = import_module(f"core.evaluation.findings.{page}").run(*made_from, minutes, seed, _say)
    console.print(str(written), markup=False)


def benchmark(
    what: Annotated[Benchmark, typer.Argument(help="What is timed.", show_default=False)],
    corpus: Corpus,
    valid: Annotated[Path | None, typer.Option(metavar="FOLDER", help="learning: other MIDI files, to measure on.",
                                               show_default=False)] = None,
    nanogpt: Annotated[Path | None, typer.Option(metavar="FOLDER", help="training, learning: a checkout of nanoGPT.",
                                                 show_default="a plain GPT stands in")] = None,
    minutes: Annotated[list[float] | None, typer.Option(
        min=0.01, help="learning: processor time of the peer; can be given again.", show_default="1")] = None,
    memory: Annotated[list[Memory] | None, typer.Option(help="remembering: only this kind; can be given again.",
                                                            show_default="all")] = None,
    requests: Annotated[int, typer.Option(min=1, help="remembering: how often all is asked.")] = 3,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the report here.",
                                             show_default="print it")] = None,
) -> None:
    """Time a part of the program: encoding beside MidiTok, the training loader, building a store, requests in long
    songs, looking up in a large library, tokens a second in training beside nanoGPT and Hugging Face's Trainer, or
    what is learned in half of nanoGPT's time."""
    options = {"memory": memory or (), "requests": requests} if what == Benchmark.remembering else {}
    if what == Benchmark.training:
        options = {"nanogpt": nanogpt}
    if what == Benchmark.learning:
        if valid is None:
            raise UserError("benchmark learning: name a folder of other MIDI files with --valid")
        options = {"valid": valid, "nanogpt": nanogpt, "minutes": minutes or (1.0,)}
    with user_mistakes(OSError, ValueError):
        report = import_module(f"core.evaluation.benchmarks.{what}").run(corpus, _say, **options)
        if out is None:
            print(report)
            return
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(report, encoding="utf-8")
    console.print(str(out), markup=False)


def training_log(
    run: Annotated[Path | None, typer.Argument(metavar="[RUN]", help="The folder of a training run, to be kept as "
                                               "another sitting.", show_default=False)] = None,
    name: Annotated[str, typer.Option(help="What the sitting is called; one of that name is replaced. Sittings come "
                                      "in the order of their names.", show_default="the run's folder's")] = "",
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="Where the page and its tables are."
                                      )] = Path("docs/model"),
) -> None:
    """Keep what a training run reached, and draw the log of all that led to the model."""
    from core.evaluation.plots import can_draw

    if not can_draw():
        raise UserError("training-log draws with matplotlib, which is not installed")
    from core.evaluation.training_log import LOG, keep_run, write_log

    name = name or (run.resolve().name if run is not None else "")
    if name != Path(name).name:
        raise UserError(f"--name: {name} is no name of a file")
    with user_mistakes(OSError, ValueError):
        if run is not None:
            keep_run(run / LOG, out, name)
        page = write_log(out)
    console.print(str(page), markup=False)


def _say(line: str) -> None:
    console.print(line, markup=False)
