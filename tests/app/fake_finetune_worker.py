"""Stand-ins for the fine-tuning process that speak its messages. Import neither Qt nor torch.

The style's name steers the training: ``fail`` fails, ``crash`` dies, ``long`` goes on until it is stopped, ``worse``
makes nothing better.
"""

from __future__ import annotations

import os
from pathlib import Path

from core.corpus.report import ScanReport
from core.corpus.scan import Rejected
from core.model.styles import Style, write_style
from core.training.finetune_messages import (
    FinetuneFailed,
    FinetuneFinished,
    FinetuneProgress,
    FinetuneStarted,
    FolderProgress,
    StopFinetune,
)

STEP_SECONDS = 0.02


def report(folder):
    files = sorted(Path(folder).rglob("*.mid"))
    usable = tuple(str(file.relative_to(folder)) for file in files if "broken" not in file.name)
    return ScanReport(Path(folder), usable, tuple(Rejected(file, "the file is cut short after 120 bytes")
                                                  for file in files if "broken" in file.name), {})


def scan(connection, folder):
    connection.send(FolderProgress(3, 5))
    connection.send(report(folder))


def scan_and_die(connection, folder):
    os._exit(4)


def train(connection, request, model_folder, styles_folder):
    connection.send(report(request.folder))
    if request.name == "fail":
        connection.send(FinetuneFailed("The songs are too short to learn from."))
        return
    connection.send(FinetuneStarted(7.4, 3, 1))
    steps, stopped = (100_000 if request.name == "long" else 10), False
    for step in range(steps):
        bits = 7.4 - 0.05 * min(step, 12) if step % 3 == 0 else None
        connection.send(FinetuneProgress(step, 5.0 * step, step / steps, 2900.0, 200.0 - step, 2.0 / (step + 1), bits))
        if request.name == "crash" and step == 2:
            os._exit(9)
        if connection.poll(STEP_SECONDS) and isinstance(connection.recv(), StopFinetune):
            stopped = True
            break
    after = 7.5 if request.name == "worse" else 6.9
    write_style(styles_folder, Style(request.name, 7.4, after, 3, 1, "2025-01-01T12:00:00", request.method))
    connection.send(FinetuneFinished(request.name, 7.4, after, 3, 1, stopped))
