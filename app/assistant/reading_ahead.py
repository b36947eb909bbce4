"""Telling a model that remembers which request may come, so that it reads the song while nothing else is asked."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.assistant.request_panel import RequestPanel
from app.document import Document
from app.model_client import ModelClient

PAUSE = 1000
"""Milliseconds without a change before the model is told."""


class ReadingAhead(QObject):
    """Waits for a pause after a song was opened or edited, bars were marked or the form was changed. A model that does
    not remember is told nothing."""

    def __init__(self, document: Document, form: RequestPanel, client: ModelClient, parent: QObject,
                 pause: int = PAUSE) -> None:
        super().__init__(parent)
        self._form, self._client = form, client
        self._timer = QTimer(self, singleShot=True, interval=pause)
        self._timer.timeout.connect(self._tell)
        selection = document.selection
        for signal in (client.ready, document.songChanged, selection.barsChanged, selection.tracksChanged,
                       form.style_names.currentIndexChanged, form.library.libraryChosen, form.bars.valueChanged,
                       form.only_selected.toggled, form.continue_button.toggled, form.controls.changed):
            signal.connect(self._wait)

    def _wait(self) -> None:
        if self._client.remembers:
            self._timer.start()

    def _tell(self) -> None:
        if self._client.is_busy:
            self._timer.start()
        elif (request := self._form.foreseen()) is not None:
            self._client.read_ahead(request)
