"""The studio's end of the fine-tuning process: one scan or one training at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.process_link import ProcessLink, describe_exit
from app.translation import tr
from core.corpus.report import ScanReport
from core.training.finetune_messages import (
    FinetuneFailed,
    FinetuneFinished,
    FinetuneProgress,
    FinetuneRequest,
    FinetuneStarted,
    FolderProgress,
    StopFinetune,
)
from core.training.finetune_worker import run_finetune, run_scan

SAVING_SECONDS = 40.0
"""How long a training that is stopped by closing the program may take to measure and keep its best."""


class FinetuneClient(QObject):
    """Looks through folders and trains on them, each in a process of its own. ``failed`` brings a sentence."""

    looked = Signal(FolderProgress)
    reported = Signal(ScanReport)
    started = Signal(FinetuneStarted)
    progressed = Signal(FinetuneProgress)
    finished = Signal(FinetuneFinished)
    failed = Signal(str)

    def __init__(self, model_folder: Path, styles_folder: Path, parent: QObject | None = None,
                 scan_target: Callable = run_scan, train_target: Callable = run_finetune) -> None:
        super().__init__(parent)
        self._folders = (str(model_folder), str(styles_folder))
        self._scan_target = scan_target
        self._train_target = train_target
        self._link: ProcessLink | None = None
        self._is_training = False
        self._is_answered = False

    @property
    def is_training(self) -> bool:
        return self._is_training

    def scan(self, folder: Path) -> None:
        """Look which songs of a folder can be used; ``looked``, then ``reported`` follow. A scan under way is given
        up."""
        self._start(self._scan_target, (str(folder),))

    def train(self, request: FinetuneRequest) -> None:
        """Start training; ``started`` and ``progressed`` follow, then ``finished`` or ``failed``."""
        self._start(self._train_target, (request, *self._folders))
        self._is_training = True

    def stop(self) -> None:
        """Stop training early and keep the best so far; ``finished`` follows."""
        if self._is_training:
            self._link.send(StopFinetune())

    def close(self) -> None:
        """End what is going on. A training gets time to measure and keep its best so far."""
        if self._link is not None:
            self._link.close(StopFinetune() if self._is_training else None, SAVING_SECONDS)
            self._link.deleteLater()
            self._link = None
        self._is_training = False

    def _start(self, target: Callable, args: tuple) -> None:
        self.close()
        self._is_answered = False
        self._link = ProcessLink(target, args, self)
        self._link.received.connect(self._on_message)
        self._link.ended.connect(self._on_ended)

    def _on_message(self, message: object) -> None:
        match message:
            case FolderProgress():
                self.looked.emit(message)
            case ScanReport():
                self._is_answered = not self._is_training
                self.reported.emit(message)
            case FinetuneStarted():
                self.started.emit(message)
            case FinetuneProgress():
                self.progressed.emit(message)
            case FinetuneFinished():
                self._answer()
                self.finished.emit(message)
            case FinetuneFailed(reason=reason):
                self._answer()
                self.failed.emit(reason)

    def _answer(self) -> None:
        self._is_answered, self._is_training = True, False

    def _on_ended(self, exit_code: int) -> None:
        training = self._is_training
        self._link.deleteLater()
        self._link = None
        if not self._is_answered:
            self._answer()
            cause = describe_exit(exit_code)
            self.failed.emit(tr("The training process {cause}. Nothing was changed.", cause=cause) if training
                             else tr("The scanning process {cause}. Nothing was changed.", cause=cause))
