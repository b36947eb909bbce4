"""Writing audio files and scores: what is asked before, and a process of its own with a bar that can stop it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QProgressDialog,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.form import Form
from app.process_link import ProcessLink, describe_exit
from app.translation import later, tr
from core.files import audio_worker
from core.files.audio_worker import Cancel, Finished, NotationJob, Progress, RenderJob

STEPS = 1000
CANCEL_SECONDS = 10.0
"""How long a worker has to take its unfinished files away before it is ended by force."""

FORMATS = {later("WAV, 32-bit float"): ".wav", later("FLAC, 24 bit"): ".flac"}


class ExportOptions(QDialog):
    """What part of the song, in one file or one a track, and in what format. ``bars`` are the selected ones."""

    def __init__(self, bars: tuple[int, int] | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export Audio"))
        self._bars = bars
        selected = tr("Selected bars") if bars is None else (
            tr("Bar {bar}", bar=bars[0] + 1) if bars[0] == bars[1] else
            tr("Bars {first}–{last}", first=bars[0] + 1, last=bars[1] + 1))
        form = Form(self)
        form.setVerticalSpacing(14)
        self.range = self._choices(form, tr("What"), tr("Whole song"), selected)
        self.files = self._choices(form, tr("Files"), tr("One: the mix, as it is heard"),
                                   tr("One for each track that sounds (stems)"))
        self.format = self._choices(form, tr("Format"), *map(tr, FORMATS))
        self.range.button(1).setEnabled(bars is not None)
        if bars is None:
            self.range.button(1).setToolTip(tr("Select bars on the ruler first"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        export = buttons.addButton(tr("Export…"), QDialogButtonBox.ButtonRole.AcceptRole)
        export.setDefault(True)
        export.setMinimumWidth(110)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form.addRow(QLabel(tr("What is muted, or not solo beside a solo, is left out.")))
        form.addRow(buttons)
        self.setMinimumWidth(420)

    def _choices(self, form: Form, title: str, *texts: str) -> QButtonGroup:
        group, box = QButtonGroup(self), QVBoxLayout()
        box.setSpacing(7)
        for number, text in enumerate(texts):
            button = QRadioButton(text, checked=number == 0)
            group.addButton(button, number)
            box.addWidget(button)
        form.addRow(title, box)
        return group

    @property
    def bars(self) -> tuple[int, int] | None:
        """The bars that were chosen; None for the whole song."""
        return self._bars if self.range.checkedId() == 1 else None

    @property
    def stems(self) -> bool:
        return self.files.checkedId() == 1

    @property
    def ending(self) -> str:
        return list(FORMATS.values())[self.format.checkedId()]


class ExportDialog(QProgressDialog):
    """Runs a job in another process and shows how far it is. ``ended`` brings its ``Finished``, also when cancelled:
    then no file has been written or replaced."""

    ended = Signal(object)

    def __init__(self, job: RenderJob | NotationJob, parent: QWidget | None = None) -> None:
        what = tr("stems") if job.stems else job.path.name
        super().__init__(tr("Writing {what}…", what=what), tr("Cancel"), 0, STEPS, parent)
        self.setWindowTitle(tr("Export"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumDuration(0)
        self.setAutoClose(False)
        self.setAutoReset(False)
        self.job = job
        self._link: ProcessLink | None = None
        self.canceled.connect(self._stop)

    def start(self) -> None:
        self.setValue(0)
        self._link = ProcessLink(audio_worker.main, (self.job,), self)
        self._link.received.connect(self._heard)
        self._link.ended.connect(lambda code: self._finish(Finished(
            problem=tr("The process that wrote it {cause}.", cause=describe_exit(code)))))
        self.open()

    def _heard(self, message: Progress | Finished) -> None:
        if isinstance(message, Progress):
            self.setValue(round(message.part * STEPS))
        else:
            self._finish(message)

    def _stop(self) -> None:
        if self._link is not None:
            self._link.send(Cancel())

    def _finish(self, finished: Finished) -> None:
        if (link := self._link) is not None:
            self._link = None
            link.close(Cancel(), CANCEL_SECONDS)
            _take_away(self.job.path, link)
            self.accept()
            self.ended.emit(finished)


def _take_away(path: Path, link: ProcessLink) -> None:
    """What a worker that was killed could not take away itself."""
    for left in path.parent.glob(f".*.{link.pid}.partial"):
        left.unlink(missing_ok=True)
