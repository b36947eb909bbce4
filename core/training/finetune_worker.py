"""The fine-tuning process: reads no more than a request and a wish to stop, and tells how it goes.

See ``core.training.finetune_messages`` for what is said. The module itself does not import torch.
"""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path

from core.training.finetune_messages import FinetuneFailed, FinetuneRequest, FolderProgress, StopFinetune
from core.training.folder_scan import scan_folder

REPORT_SECONDS = 0.2
"""Between two words on how far looking through a folder has come."""


def run_scan(connection: Connection, folder: str) -> None:
    """Send ``FolderProgress`` and the ``ScanReport`` of a folder, or ``FinetuneFailed`` when there is none."""
    said = time.monotonic()

    def say(done: int, total: int) -> None:
        nonlocal said
        if time.monotonic() - said > REPORT_SECONDS:
            said = time.monotonic()
            connection.send(FolderProgress(done, total))

    try:
        connection.send(scan_folder(Path(folder), say))
    except OSError as error:
        connection.send(FinetuneFailed(str(error)))


def run_finetune(connection: Connection, request: FinetuneRequest, model_folder: str, styles_folder: str) -> None:
    """Fine-tune, sending every event, until done, told to stop, or left alone (then the best so far is kept)."""
    from core.training.finetune import finetune

    stopped = False

    def should_stop() -> bool:
        nonlocal stopped
        try:
            while not stopped and connection.poll():
                stopped = isinstance(connection.recv(), StopFinetune)
        except (EOFError, ConnectionError):
            stopped = True
        return stopped

    try:
        finished = finetune(Path(model_folder), request, Path(styles_folder), connection.send, should_stop)
        connection.send(finished)
    except (ValueError, OSError, RuntimeError, MemoryError) as error:
        connection.send(FinetuneFailed(str(error) or type(error).__name__))
