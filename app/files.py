"""What the File menu does: new, open, save, export, dropped and recent files, and the question about changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from app.document import Document
from app.export import ExportDialog, ExportOptions
from app.selected import selected_name, selected_song
from app.settings import Settings
from app.translation import later, tr
from core.files.audio_worker import Finished, NotationJob, RenderJob
from core.files.errors import FileError
from core.files.midi import read_midi_lenient, write_midi
from core.files.project import SUFFIX, is_project, read_project_lenient

MIDI_SUFFIXES = (".mid", ".midi", ".kar", ".smf")
SONG_SUFFIXES = (SUFFIX, *MIDI_SUFFIXES)
MIDI_FILTER = later("MIDI files (*.mid *.midi *.kar *.smf)")
PROJECT_FILTER = later("Ritornello projects (*.ritornello)")
SCORE_SUFFIXES = (".musicxml", ".xml")
SCORE_FILTER = later("MusicXML scores (*.musicxml *.xml)")
FORMATS = {later("MIDI, a track for each part: format 1 (*.mid *.midi *.kar *.smf)"): 1,
           later("MIDI, everything in one track: format 0 (*.mid *.midi *.kar *.smf)"): 0}
KINDS_TO_OPEN = (later("Songs (*.ritornello *.mid *.midi *.kar *.smf)"), PROJECT_FILTER, MIDI_FILTER,
                 later("All files (*)"))
DEMO = Path(__file__).parent.parent / "resources" / "demo" / "demo.mid"
DEMO_TITLE = later("Demo song")


def kinds_to_open() -> str:
    """What the dialogs that open a file offer."""
    return ";;".join(map(tr, KINDS_TO_OPEN))


class FileActions(QObject):
    """Asks with dialogs over ``window``; the document does the work."""

    done = Signal(str)
    """What has been done, for the status bar."""

    def __init__(self, document: Document, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self.document, self.settings, self.window = document, settings, window

    # -- opening -------------------------------------------------------------------------------

    def new(self) -> None:
        if self.may_leave():
            self.document.new()

    def open(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.window, tr("Open"), self.settings.folder, kinds_to_open())
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path) -> None:
        """Open a file, after the question about unsaved changes; a damaged one as far as it goes, if wished."""
        if not self.may_leave():
            return
        try:
            remark = self.document.open(path)
        except FileError as problem:
            self._offer_damaged(path, problem)
        else:
            self._remember(path, tr("Opened {name}", name=path.name))
            if remark:
                QMessageBox.information(self.window, tr("About {name}", name=path.name), remark)

    def _offer_damaged(self, path: Path, problem: FileError) -> None:
        read = read_project_lenient if is_project(path) else read_midi_lenient
        try:
            song, losses = read(path)
        except FileError:
            song, losses = None, []
        if song is None or not song.note_count:
            self._report(tr("{name} cannot be opened", name=path.name), problem)
            return
        reason = tr("It {reason}", reason=problem.reason) if problem.reason.startswith("is ") else problem.reason
        question = QMessageBox(QMessageBox.Icon.Warning, tr("Damaged file"), tr("{name} is damaged.", name=path.name),
                               parent=self.window)
        question.setInformativeText(tr("{notes} notes in {bars} bars can still be read.",
                                       notes=song.note_count, bars=song.bar_count)
                                    + "\n\n" + "\n".join([reason, *losses[:6]]))
        take = question.addButton(tr("Open What Is There"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.exec()
        if question.clickedButton() is take:
            # Without a file of its own, so that Save does not write over what a better reader might still rescue.
            self.document.load(song, title=tr("{name} (rescued)", name=path.stem))

    def open_demo(self) -> None:
        if self.may_leave():
            self.load_demo()

    def load_demo(self) -> None:
        """The demo song, without a file of its own: Save asks where to."""
        song, _ = read_midi_lenient(DEMO)
        self.document.load(song, title=tr(DEMO_TITLE))

    def fill_recent(self, menu: QMenu) -> None:
        """The recent files; one that is there no more can be seen but not chosen."""
        menu.clear()
        recent = self.settings.recent
        for path in recent:
            there = path.is_file()
            names_alike = sum(other.name == path.name for other in recent) > 1
            name = f"{path.name} ({path.parent.name})" if names_alike else path.name
            item = menu.addAction(name if there else tr("{name} (missing)", name=name),
                                  lambda p=path: self.open_path(p))
            item.setEnabled(there)
            item.setStatusTip(str(path))
            item.setToolTip(str(path))
        menu.setToolTipsVisible(True)
        menu.addSeparator()
        menu.addAction(tr("Clear This List"), self.settings.forget_recent).setEnabled(bool(recent))

    # -- saving --------------------------------------------------------------------------------

    def save(self) -> bool:
        """Says whether the song is saved now."""
        return self._save_to(self.document.path) if self.document.path else self.save_as()

    def save_as(self) -> bool:
        """A song that came from a MIDI file is offered to stay one; any other is offered to become a project."""
        kinds = {PROJECT_FILTER: (SUFFIX,), MIDI_FILTER: MIDI_SUFFIXES}
        if self.document.path is not None and self.document.path.suffix.lower() in MIDI_SUFFIXES:
            kinds = dict(reversed(kinds.items()))
        path, _ = self._ask_where(tr("Save As"), kinds)
        return path is not None and self._save_to(path)

    def _save_to(self, path: Path) -> bool:
        try:
            self.document.save(path)
        except FileError as problem:
            self._report(tr("{name} cannot be saved", name=path.name), problem)
            return False
        self._remember(path, tr("Saved {name}", name=path.name))
        return True

    def export_midi(self) -> None:
        path, kind = self._ask_where(tr("Export MIDI"), dict.fromkeys(FORMATS, MIDI_SUFFIXES))
        if path is not None:
            self._export(path, lambda: self.document.export_midi(path, FORMATS[kind]))

    def export_selection(self) -> None:
        """Write what is selected as a MIDI file of its own."""
        if (song := selected_song(self.document)) is None:
            self.done.emit(tr("There are no notes in what is selected"))
            return
        path, _ = self._ask_where(tr("Export Selection"), {MIDI_FILTER: MIDI_SUFFIXES}, selected_name(self.document))
        if path is not None:
            self._export(path, lambda: write_midi(song, path))

    def _export(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except FileError as problem:
            self._report(tr("{name} cannot be written", name=path.name), problem)
        else:
            self.done.emit(tr("Exported {name}", name=path.name))

    def export_audio(self) -> None:
        """Ask what and where to, and render it in another process."""
        options = ExportOptions(self.document.selection.bars, self.window)
        if not options.exec():
            return
        kinds = {".wav": later("WAV audio (*.wav)"), ".flac": later("FLAC audio (*.flac)")}
        path, _ = self._ask_where(tr("Export Audio"), {kinds[options.ending]: (options.ending,)})
        if path is None:
            return
        song, span = self.document.song, {}
        if options.bars is not None:
            first, last = options.bars
            span = {"start_tick": int(song.timebase.bar_start(first)), "end_tick": int(song.timebase.bar_end(last))}
        job = RenderJob(song, path, stems=options.stems, soundfont=self.settings.sound.soundfont or None, **span)
        dialog = ExportDialog(job, self.window)
        dialog.ended.connect(lambda finished: self._exported(job, finished))
        dialog.start()

    def export_musicxml(self) -> None:
        """Write the score in another process: it can take a while."""
        path, _ = self._ask_where(tr("Export MusicXML"), {SCORE_FILTER: SCORE_SUFFIXES})
        if path is not None:
            job = NotationJob(self.document.song, path, self.document.title)
            dialog = ExportDialog(job, self.window)
            dialog.ended.connect(lambda finished: self._exported(job, finished))
            dialog.start()

    def _exported(self, job: RenderJob | NotationJob, finished: Finished) -> None:
        if finished.problem:
            self._report(tr("{name} cannot be written", name=job.path.name), finished.problem)
        elif job.stems and finished.files:
            self.done.emit(tr("Exported {count} stems of {name}", count=len(finished.files), name=job.path.stem))
        else:
            self.done.emit(tr("Exported {name}", name=job.path.name) if finished.files
                           else tr("The export was cancelled"))

    def _ask_where(self, title: str, kinds: dict[str, tuple[str, ...]], name: str = "") -> tuple[Path | None, str]:
        """A place to write to, None for nowhere, and the kind of file that was chosen.

        ``kinds``: what files of each kind may end in, by how the dialog calls the kind. ``name``: what is offered. A
        name with none of the endings gets the first of the chosen kind: ``Sonata No. 2`` has none.
        """
        endings = [ending for kind in kinds.values() for ending in kind]
        start = Path(self.settings.folder) / f"{name or self.document.title}{endings[0]}"
        shown = {tr(kind): kind for kind in kinds}
        name, kind = QFileDialog.getSaveFileName(self.window, title, str(start), ";;".join(shown))
        kind = shown.get(kind, next(iter(kinds)))
        if not name:
            return None, kind
        path = Path(name)
        if path.suffix.lower() not in endings:
            path = path.with_name(f"{path.name}{kinds[kind][0]}")
            if path.exists() and not self._may_replace(path):  # the dialog has asked about the name that was typed
                return None, kind
        self.settings.remember_folder(path.parent)
        return path, kind

    def _may_replace(self, path: Path) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(self.window, tr("Replace the file?"),
                                      tr("{name} is there already. Replace it?", name=path.name),
                                      buttons.Yes | buttons.No, buttons.No)
        return answer == buttons.Yes

    # -- leaving -------------------------------------------------------------------------------

    def may_leave(self) -> bool:
        """Ask about unsaved changes; says whether the song may be left."""
        if not self.document.dirty:
            return True
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(self.window, tr("Unsaved changes"),
                                      tr("Save the changes to “{title}”?", title=self.document.title),
                                      buttons.Save | buttons.Discard | buttons.Cancel, buttons.Save)
        return self.save() if answer == buttons.Save else answer == buttons.Discard

    def _remember(self, path: Path, said: str) -> None:
        self.settings.remember_file(path)
        self.done.emit(said)

    def _report(self, title: str, problem: Exception | str) -> None:
        QMessageBox.warning(self.window, title, str(problem))
