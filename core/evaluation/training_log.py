"""The log of a model trained over several sittings: what each reached, as a page with a picture.

A sitting is one run of the trainer, kept as a table (CSV) beside the page, thinned so that it can be read; the page is
drawn from the tables alone.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.evaluation.tables import table

LOG = "log.jsonl"
SITTINGS = "sittings"
ROWS = 200
"""Rows of progress that a kept sitting has at most; every measurement on held-out music is kept."""
COLUMNS = ("step", "seconds", "tokens", "loss", "learning_rate", "held_out_bits", "context", "threads")
"""``tokens``: seen so far, padding not counted. ``loss``: nats a token, a mean since the row before.
``learning_rate``: times the run's full rate. ``held_out_bits``: bits per note on held-out windows. ``context``:
tokens of a window at most. ``threads``: of the processor. Empty: not known."""


@dataclass(frozen=True)
class Row:
    """One row of a sitting; see COLUMNS."""

    step: int
    seconds: float
    tokens: int | None = None
    loss: float | None = None
    learning_rate: float | None = None
    held_out_bits: float | None = None
    context: int | None = None
    threads: int | None = None


def read_run(log: Path) -> list[Row]:
    """The rows of a trainer's ``log.jsonl``: its progress, thinned, and what it measured.

    Raises ValueError naming the file when it is not such a log or tells of no step.
    """
    progress, measured = [], {}
    tokens, before, losses, context, threads = 0.0, 0.0, [], None, None
    for number, line in enumerate(log.read_text(encoding="utf-8").splitlines(), 1):
        try:
            fact = json.loads(line)
            if "tokens_per_second" in fact:
                tokens += fact["tokens_per_second"] * (fact["seconds"] - before)
                before = fact["seconds"]
                progress.append((fact["step"], fact["seconds"], tokens, fact["loss"], fact["learning_rate_multiplier"]))
            elif "model" in fact:
                context, threads = fact["model"]["context"], fact["config"].get("threads")
            elif "validation" in fact:
                measured[fact["step"]] = fact["validation"]["all"]
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{log}: line {number} is not from a training run") from error
    if not progress:
        raise ValueError(f"{log}: tells of no training step")
    stride = -(-len(progress) // ROWS)
    rows = []
    for at, (step, seconds, seen, loss, rate) in enumerate(progress, 1):
        losses.append(loss)
        if at % stride == 0 or step in measured or at == len(progress):
            rows.append(Row(step, round(seconds, 1), round(seen), round(sum(losses) / len(losses), 4), round(rate, 4),
                            measured.get(step), context, threads))
            losses = []
    return rows


def keep_run(log: Path, folder: Path, name: str) -> Path:
    """Keeps the run of a trainer's ``log.jsonl`` as the sitting ``name`` of the log in ``folder``."""
    rows = read_run(log)
    path = folder / SITTINGS / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sitting(rows, path)
    return path


def write_sitting(rows: Sequence[Row], path: Path) -> None:
    """Writes a sitting as a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(["" if value is None else value for value in
                          (getattr(row, column) for column in COLUMNS)] for row in rows)


def read_sitting(path: Path) -> list[Row]:
    """A sitting that was kept. Raises ValueError naming the file when it is not one."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [_row(line) for line in csv.DictReader(file)]
    except (KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: is not the table of a sitting") from error
    if not rows:
        raise ValueError(f"{path}: has no rows")
    return rows


def _row(line: Mapping[str, str]) -> Row:
    def number(column: str, kind: type = float) -> float | int | None:
        return kind(line[column]) if line[column] else None

    return Row(int(line["step"]), float(line["seconds"]), number("tokens", int), number("loss"),
               number("learning_rate"), number("held_out_bits"), number("context", int), number("threads", int))


def write_log(folder: Path) -> Path:
    """Draws ``training.md`` and its picture into ``folder`` from the tables in its ``sittings``, in order of name.

    Returns the page. Raises ValueError when there is no table or one is damaged.
    """
    sittings = {path.stem: read_sitting(path) for path in sorted((folder / SITTINGS).glob("*.csv"))}
    if not sittings:
        raise ValueError(f"{folder / SITTINGS}: holds no sitting")
    draw_sittings(folder / "training.png", list(sittings.values()))
    page = folder / "training.md"
    page.write_text(_page(sittings), encoding="utf-8")
    return page


def _page(sittings: Mapping[str, Sequence[Row]]) -> str:
    lines = [(name, f"{rows[-1].seconds / 3600:.2f}", f"{rows[-1].step:,}",
              f"{rows[-1].tokens / 1e6:.1f}" if rows[-1].tokens else "–",
              f"{rows[-1].context:,}" if rows[-1].context else "–", rows[-1].threads or "–", *_bits(rows))
             for name, rows in sittings.items()]
    hours = sum(rows[-1].seconds for rows in sittings.values()) / 3600
    return "\n".join([
        "# How the shipped model was trained", "",
        "Drawn by `python3 main.py training-log` from the tables in `sittings/`. Each sitting begins with the weights "
        "of the one before it.", "",
        *table(("sitting", "hours", "steps", "million tokens", "context", "cores", "held-out bits per note, first",
                "lowest", "last"), lines),
        "", f"{hours:.2f} hours in all. Bits per note are those that the trainer measures on the way, on windows of "
        "every task; sittings whose windows may have as many tokens (the context) have the same. The model's card has "
        "those by task and collection.", "",
        "![training](training.png)", ""])


def _bits(rows: Sequence[Row]) -> tuple[str, str, str]:
    bits = [row.held_out_bits for row in rows if row.held_out_bits is not None]
    return (f"{bits[0]:.3f}", f"{min(bits):.3f}", f"{bits[-1]:.3f}") if bits else ("–", "–", "–")


def draw_sittings(path: Path, sittings: Sequence[Sequence[Row]]) -> None:
    """Held-out bits per note and the loss of training against the hours of all sittings, as a PNG."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 6), dpi=120, layout="constrained")
    bits, loss = figure.subplots(2, sharex=True)
    before = 0.0
    for number, rows in enumerate(sittings):
        for axes, points in ((bits, [(row.seconds, row.held_out_bits) for row in rows]),
                             (loss, [(row.seconds, row.loss) for row in rows])):
            known = [(before + seconds / 3600, value) for seconds, value in points if value is not None]
            if known:
                axes.plot(*zip(*known), marker="o" if axes is bits else None, markersize=4, linewidth=1.2,
                          color="#4477aa")
            if number:
                axes.axvline(before, color="#999999", linewidth=0.8, linestyle=":")
        before += rows[-1].seconds / 3600
    bits.set_ylabel("held-out bits per note")
    loss.set_ylabel("training loss, nats a token")
    loss.set_xlabel("hours of training")
    for axes in (bits, loss):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
