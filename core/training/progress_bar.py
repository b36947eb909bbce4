"""A training run as one line on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from core.training.progress import ProgressCallback, TrainingProgress


@contextmanager
def progress_bar(console: Console | None = None) -> Iterator[ProgressCallback]:
    """Shows the bar while the context lasts; yields the callback to give to ``train``. Validations stay above it."""
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("starting", total=1.0)

        def show(progress: TrainingProgress) -> None:
            eta = timedelta(seconds=round(progress.eta_seconds))
            bar.update(task, completed=progress.fraction, description=(
                f"step {progress.step:,}  loss {progress.loss:.3f}  {progress.tokens_per_second:,.0f} tokens/s  "
                f"{eta} left"))
            if progress.validation:
                bits = "  ".join(f"{task} {value:.2f}" for task, value in progress.validation.items())
                bar.console.print(f"step {progress.step:,}: bits per note: {bits}")

        yield show
