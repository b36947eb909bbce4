"""The studio's window: choose a folder, see what is usable, train, see what it brought."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.assistant.dress import dress, set_property
from app.form import Form
from app.studio.finetune_client import FinetuneClient
from app.studio.folder_table import FolderTable
from app.studio.training_plots import TrainingPlots
from app.theme import ThemeKeeper
from app.translation import counted, later, tr
from core.corpus.report import ScanReport
from core.model.styles import check_style_name, list_styles
from core.training.finetune_messages import (
    MIN_SONGS,
    FinetuneFinished,
    FinetuneProgress,
    FinetuneRequest,
    FolderProgress,
)
from core.training.finetune_worker import run_finetune, run_scan

LONGEST_MINUTES = 24 * 60
METHODS = ((later("The whole model"), "full"), (later("A small adapter (LoRA)"), "lora"))
INTRODUCTION = later("Choose a folder of MIDI files. The model learns their style on this machine; some of the songs "
                     "are held out, to measure on them what it has learnt.")


class StudioWindow(QDialog):
    """Stays out of the way of the main window: training goes on while this one is closed.

    ``styleReady`` brings the name of a style that has just been made.
    """

    styleReady = Signal(str)

    def __init__(self, themes: ThemeKeeper, model_folder: Path, styles_folder: Path, parent: QWidget | None = None,
                 scan_target: Callable = run_scan, train_target: Callable = run_finetune) -> None:
        super().__init__(parent, objectName="Studio")
        self.setWindowTitle(tr("Fine-tuning studio"))
        self.resize(860, 720)
        self._styles_folder = styles_folder
        self._folder: Path | None = None
        self._usable = 0
        self.client = FinetuneClient(model_folder, styles_folder, self, scan_target, train_target)
        self.folder_label = QLabel(tr(INTRODUCTION), wordWrap=True)
        self.choose_button = QPushButton(tr("Choose a folder…"), autoDefault=False)
        self.summary = QLabel(wordWrap=True, objectName="Result")
        self.table = FolderTable(themes)
        self.name = QLineEdit(placeholderText=tr("A name for the style"))
        self.minutes = QSpinBox(minimum=1, maximum=LONGEST_MINUTES, value=10, suffix=tr(" min"))
        self.minutes.lineEdit().setTextMargins(5, 0, 0, 0)
        self.method = QComboBox()
        for words, value in METHODS:
            self.method.addItem(words, value)
        self.start_button = QPushButton(tr("Start training"), default=True, minimumWidth=140)
        self.stop_button = QPushButton(tr("Stop"), autoDefault=False, toolTip=tr("Stop now and keep the best so far"))
        self.plots = TrainingPlots(themes)
        self.progress = QProgressBar(maximum=1000, textVisible=False)
        self.facts = QLabel(objectName="Hint")
        self.status = QLabel(wordWrap=True, objectName="Status")
        self._lay_out()
        self._connect()
        self._refresh()
        dress(self, themes)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.folder_label, 1)
        top.addWidget(self.choose_button)
        form = Form()
        form.addRow(tr("Style"), self.name)
        form.addRow(tr("Train"), self.method)
        form.addRow(tr("For at most"), self.minutes)
        buttons = QVBoxLayout()
        buttons.addWidget(self.start_button)
        buttons.addWidget(self.stop_button)
        buttons.addStretch(1)
        middle = QHBoxLayout()
        middle.addLayout(form, 1)
        middle.addSpacing(16)
        middle.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(10)
        column.addLayout(top)
        column.addWidget(self.summary)
        column.addWidget(self.table, 2)
        column.addLayout(middle)
        column.addWidget(self.plots, 3)
        column.addWidget(self.progress)
        column.addWidget(self.facts)
        column.addWidget(self.status)

    def _connect(self) -> None:
        self.choose_button.clicked.connect(self._choose)
        self.start_button.clicked.connect(self.start)
        self.stop_button.clicked.connect(self._stop)
        self.name.textChanged.connect(self._refresh)
        self.client.looked.connect(self._on_looked)
        self.client.reported.connect(self._on_reported)
        self.client.started.connect(self.plots.begin)
        self.client.progressed.connect(self._on_progress)
        self.client.finished.connect(self._on_finished)
        self.client.failed.connect(self._on_failed)
        QCoreApplication.instance().aboutToQuit.connect(self.client.close)

    # -- what the user does --------------------------------------------------------------------

    def _choose(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("A folder of MIDI files"), str(self._folder or Path.home()))
        if folder:
            self.scan(Path(folder))

    def scan(self, folder: Path) -> None:
        """Look which songs of the folder can be used."""
        self._folder, self._usable = folder, 0
        self.folder_label.setText(str(folder))
        self.table.setRowCount(0)
        self.summary.setText(tr("Looking through the folder…"))
        if not self.name.text():
            self.name.setText(folder.name)
        self._say("")
        self.client.scan(folder)
        self._refresh()

    def start(self) -> None:
        """Train on the folder, after a question where the name is taken."""
        try:
            name = check_style_name(self.name.text())
        except ValueError as error:
            self._say(f"{str(error)[:1].upper()}{str(error)[1:]}.", is_problem=True)
            return
        taken = {style.name.casefold() for style in list_styles(self._styles_folder)}
        if name.casefold() in taken and not self._confirm_replacing(name):
            return
        self.progress.setValue(0)
        self.facts.setText(tr("Preparing the songs…"))
        self._say(tr("Training goes on if you close this window."))
        self.client.train(FinetuneRequest(str(self._folder), name, float(self.minutes.value()),
                                          self.method.currentData()))
        self._refresh()

    def _stop(self) -> None:
        self.stop_button.setEnabled(False)
        self.facts.setText(tr("Stopping, and keeping the best so far…"))
        self.client.stop()

    def _confirm_replacing(self, name: str) -> bool:
        question = QMessageBox(QMessageBox.Icon.Question, tr("Replace the style?"),
                               tr("There is a style called “{name}” already.", name=name), parent=self)
        question.setInformativeText(tr("Training again replaces it."))
        replace = question.addButton(tr("Replace"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.exec()
        return question.clickedButton() is replace

    # -- what the process says -----------------------------------------------------------------

    def _on_looked(self, progress: FolderProgress) -> None:
        words = tr("{done:,} of {total:,} files", done=progress.done, total=progress.total)
        if self.client.is_training:
            self.facts.setText(tr("Preparing the songs… {words}", words=words))
        else:
            self.summary.setText(tr("Looking through the folder… {words}", words=words))

    def _on_reported(self, report: ScanReport) -> None:
        self._usable = report.songs
        total = self._usable + len(report.rejected)
        self.summary.setText(tr("{usable:,} of {total:,} songs can be used.", usable=self._usable, total=total)
                             if total else
                             tr("There are no MIDI files in this folder."))
        if report.rejected:
            self.summary.setText(f"{self.summary.text()} {report.summary()}.")
        if total and self._usable < MIN_SONGS:
            self.summary.setText(tr("{words} At least {least} are needed.",
                                    words=self.summary.text(), least=MIN_SONGS))
        if self.stop_button.isEnabled():
            self.facts.setText(tr("Measuring the model as it is…"))
        self.table.show_report(report)
        self._refresh()

    def _on_progress(self, progress: FinetuneProgress) -> None:
        self.plots.add(progress)
        self.progress.setValue(round(progress.fraction * self.progress.maximum()))
        if self.stop_button.isEnabled():
            self.facts.setText(tr("Step {step:,}  ·  {tokens_per_second:,.0f} tokens/s  ·  {duration} left",
                                  step=progress.step, tokens_per_second=progress.tokens_per_second,
                                  duration=_duration(progress.eta_seconds)))

    def _on_finished(self, result: FinetuneFinished) -> None:
        self.progress.setValue(self.progress.maximum())
        self.facts.setText(tr("Stopped early; the best so far was kept.") if result.stopped else tr("Finished."))
        change = (result.after - result.before) / result.before
        verdict, advice = ((tr("{change:.1%} better at your music", change=-change),
                            tr("Choose the style in the assistant."))
                           if change < 0
                           else (tr("no better at your music"), tr("More songs or more time may help.")))
        songs = counted(result.held_out_songs, later("{count} held-out song"), later("{count} held-out songs"))
        self.summary.setText(tr("“{name}”: {before:.2f} → {after:.2f} bits per note on {songs}, {verdict}.",
                                name=result.name, before=result.before, after=result.after, songs=songs,
                                verdict=verdict))
        self._say(tr("Trained on {train_songs} songs. Fewer bits per note mean that the model expected what you "
                     "wrote. {advice}", train_songs=result.train_songs, advice=advice))
        self._refresh()
        self.styleReady.emit(result.name)

    def _on_failed(self, reason: str) -> None:
        if not self._usable:
            self.summary.setText("")
        self.facts.setText("")
        self.progress.setValue(0)
        self._say(reason, is_problem=True)
        self._refresh()

    # -- what is shown -------------------------------------------------------------------------

    def _refresh(self) -> None:
        training = self.client.is_training
        self.choose_button.setEnabled(not training)
        for field in (self.name, self.minutes, self.method):
            field.setEnabled(not training)
        self.start_button.setEnabled(not training and self._usable >= MIN_SONGS and bool(self.name.text().strip()))
        self.stop_button.setEnabled(training)
        self.progress.setVisible(training)

    def _say(self, sentence: str, is_problem: bool = False) -> None:
        self.status.setText(sentence)
        set_property(self.status, "problem", is_problem)


def _duration(seconds: float) -> str:
    """``3 min 20 s``, ``45 s``, ``1 h 5 min``."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 60:
        return tr("{hours} h {minutes} min", hours=minutes // 60, minutes=minutes % 60)
    return tr("{minutes} min {rest} s", minutes=minutes, rest=rest) if minutes else tr("{rest} s", rest=rest)
