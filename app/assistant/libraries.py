"""Choosing a library for requests, and having one made of a folder of songs, with progress and a way out."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.assistant.library_choice import LibraryChoice
from app.assistant.request_panel import RequestPanel
from app.model_client import ModelClient
from app.settings import Settings
from app.translation import counted, later, tr
from core.generation.messages import LibraryBuilt, LibraryProgress, RequestFailed, RequestFinished
from core.model.libraries import is_library, library_name, place_for


class Libraries(QObject):
    """Between the form, the model and the settings, which remember what was chosen. ``home``: where libraries go."""

    def __init__(self, form: RequestPanel, client: ModelClient, home: Path, settings: Settings | None,
                 parent: QWidget) -> None:
        super().__init__(parent)
        self._form, self._client, self._home, self._settings = form, client, home, settings
        self._choice: LibraryChoice = form.library
        self._building: int | None = None
        self._choice.fill(home)
        if settings is not None:
            self._choice.choose(settings.library)
            self._choice.libraryChosen.connect(self._remember)
        self._choice.folderWanted.connect(self.ask)
        form.cancelled.connect(self.cancel)
        client.ready.connect(lambda _: form.set_looks_up(client.looks_up))
        client.libraryProgress.connect(self._on_progress)
        client.libraryBuilt.connect(self._on_built)
        client.requestFinished.connect(self._on_finished)
        client.requestFailed.connect(self._on_failed)
        form.set_looks_up(client.looks_up)

    def _remember(self, folder: str) -> None:
        self._settings.library = folder

    def ask(self) -> None:
        """Let a folder be chosen: a library is taken as it is, of a folder of songs one is made."""
        start = self._settings.folder if self._settings is not None else str(Path.home())
        name = QFileDialog.getExistingDirectory(self.parent(), tr("A folder of MIDI files, or a library"), start)
        if name:
            self.take(Path(name))

    def take(self, folder: Path) -> None:
        """Choose the library in a folder, or have one made of the songs in it."""
        if is_library(folder):
            self._choice.choose(str(folder))
        elif not self._form.is_busy:
            self._form.set_busy(True)
            self._form.set_status(tr("Reading songs for a library…"))
            self._building = self._client.build_library(folder, place_for(self._home, folder),
                                                        self._form.style_names.currentData())

    def cancel(self) -> None:
        """Stop making a library; nothing of it stays."""
        if self._building is not None:
            self._client.cancel(self._building)

    def _on_progress(self, message: LibraryProgress) -> None:
        if message.request_id == self._building:
            self._form.set_progress(message.done / max(1, message.total))
            self._form.set_status(tr("Reading songs for a library: {done} of {total}.", done=message.done,
                                     total=message.total))

    def _on_built(self, message: LibraryBuilt) -> None:
        if message.request_id == self._building:
            self._close()
            self._choice.fill(self._home)
            self._choice.choose(message.out)
            songs = counted(message.songs, later("{count} song"), later("{count} songs"))
            said = tr("The library {name} holds {songs}.", name=library_name(message.out, self._home), songs=songs)
            if message.left_out:
                said += " " + counted(message.left_out, later("{count} file could not be read."),
                                      later("{count} files could not be read."))
            self._form.set_status(said)

    def _on_finished(self, message: RequestFinished) -> None:
        if message.request_id == self._building:
            self._close()
            self._form.set_status(tr("Cancelled."))

    def _on_failed(self, message: RequestFailed) -> None:
        if message.request_id == self._building:
            self._close()
            self._form.set_status(message.reason, is_problem=True)

    def _close(self) -> None:
        self._building = None
        self._form.set_busy(False)
