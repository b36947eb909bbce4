"""When something goes wrong all the same: the song is kept, the report is written, and the next start says so.

An exception shows a dialog and the program goes on. A crash of the interpreter itself leaves its stack in a file
of this process, which the next start finds.
"""

from __future__ import annotations

import faulthandler
import platform
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, qVersion
from PySide6.QtWidgets import QApplication, QMessageBox

from app.translation import tr
from core.files.midi import write_midi
from core.music.song import Song


class CrashWatch:
    """Has the interpreter write its stack into a file of this process in ``folder``, should it die.

    ``last_report`` is what processes before this one left there, empty when they ended as they should.
    """

    def __init__(self, folder: Path, pid: int) -> None:
        self.last_report = "\n\n".join(_left_reports(folder, pid))
        self._path = folder / f"crash-{pid}.txt"
        self._stream = self._path.open("w", encoding="utf-8")
        faulthandler.enable(self._stream)

    def end(self) -> None:
        """The program ends as it should: leave no file behind."""
        faulthandler.disable()
        self._stream.close()
        self._path.unlink(missing_ok=True)


def _left_reports(folder: Path, pid: int) -> list[str]:
    """Take the reports of processes that are no more out of the folder."""
    reports = []
    for path in sorted(folder.glob("crash-*.txt")):
        owner = path.stem.removeprefix("crash-")
        if owner.isdecimal() and int(owner) != pid and _is_running(int(owner)):
            continue
        if report := path.read_text(encoding="utf-8", errors="replace").strip():
            reports.append(report)
        path.unlink(missing_ok=True)
    return reports


def _is_running(pid: int) -> bool:
    # Hardly ever asked, and not to be waited for at every start.
    import psutil

    return psutil.pid_exists(pid)


def keep_copy(song: Song, title: str, folder: Path, now: datetime) -> Path:
    """Write a copy of the song into ``folder`` under its title and the time; returns where. Raises MidiError."""
    folder.mkdir(parents=True, exist_ok=True)
    safe = "".join(c if c.isalnum() or c in " -_" else "_" for c in title)[:60]
    path = folder / f"{safe} {now:%Y-%m-%d %H-%M-%S}.mid"
    write_midi(song, path)
    return path


def system_line() -> str:
    return f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"


class ExceptionGuard(QObject):
    """Takes the place of ``sys.excepthook``. ``song`` gives the song to keep and its title."""

    raised = Signal(str)

    def __init__(self, logs: Path, copies: Path, song: Callable[[], tuple[Song, str]], parent: QObject | None = None,
                 ) -> None:
        super().__init__(parent)
        self.logs, self.copies, self.song = logs, copies, song
        self._showing = False
        self.raised.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self.handle

    def handle(self, kind: type[BaseException], error: BaseException, trace) -> None:
        report = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(report)
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        with (self.logs / "errors.txt").open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now():%Y-%m-%d %H:%M:%S} {system_line()}\n{report}\n")
        self.raised.emit(report)

    def _show(self, report: str) -> None:
        if self._showing:
            return
        self._showing = True
        try:
            dialog = error_dialog(report, self._keep())
            dialog.exec()
        finally:
            self._showing = False

    def _keep(self) -> str:
        try:
            path = keep_copy(*self.song(), self.copies, datetime.now())
            return tr("A copy of the song as it is now was written to\n{path}", path=path)
        except (OSError, ValueError) as problem:
            return tr("A copy of the song could not be written: {problem}", problem=problem)


def error_dialog(report: str, kept: str) -> QMessageBox:
    dialog = QMessageBox(QMessageBox.Icon.Warning, tr("Something went wrong"),
                         tr("The last thing you did met an error in the program. You can go on working."))
    dialog.setInformativeText(kept)
    dialog.setDetailedText(f"{system_line()}\n{report}")
    return dialog


def last_crash_dialog(report: str, parent) -> QMessageBox:
    """For the start after a crash."""
    dialog = QMessageBox(QMessageBox.Icon.Information, tr("The last session ended in a crash"),
                         tr("Ritornello crashed the last time it ran. "
                            "Songs that were not saved have been offered to you."),
                         parent=parent)
    dialog.setInformativeText(tr("The report below says where it happened; it helps whoever mends it."))
    dialog.setDetailedText(f"{system_line()}\n{report}")
    return dialog
