"""Rendering to an audio file in a thread of its own, with a progress bar that can stop it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtWidgets import QProgressDialog, QWidget

from core.music.song import Song

STEPS = 1000


class ExportThread(QThread):
    """Renders one song. ``problem`` is what went wrong, as a sentence; ``complete`` says that the file was written."""

    progressed = Signal(int)

    def __init__(self, song: Song, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.song, self.path = song, path
        self.problem, self.complete = "", False

    def run(self) -> None:
        # The synthesiser and the sound file library are loaded by those who export, not at start-up.
        from core.files.audio import render

        try:
            self.complete = render(self.song, self.path, should_stop=self.isInterruptionRequested,
                                   on_progress=lambda part: self.progressed.emit(round(part * STEPS)))
        except (OSError, RuntimeError, ValueError) as error:
            self.problem = str(error)


class ExportDialog(QProgressDialog):
    """Shows a running export. It closes when the thread has ended, done or not."""

    def __init__(self, song: Song, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(f"Rendering {path.name}…", "Cancel", 0, STEPS, parent)
        self.setWindowTitle("Export WAV")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumDuration(0)
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.work = ExportThread(song, path, self)
        self.work.progressed.connect(self.setValue)
        self.canceled.connect(self._stop)
        self.work.finished.connect(self.accept)

    def start(self) -> None:
        self.setValue(0)
        self.work.start()
        self.open()

    def _stop(self) -> None:
        self.setLabelText("Stopping…")
        self.work.requestInterruption()
