"""The assistant: the request form above, the takes below, and the way between model, song and sound."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QVBoxLayout, QWidget

from app.assistant.audition import Audition
from app.assistant.drafts import Draft, TakeDoesNotFit, is_in, what_changed
from app.assistant.dress import dress
from app.assistant.libraries import Libraries
from app.assistant.reading_ahead import ReadingAhead
from app.assistant.request_panel import RequestPanel
from app.assistant.takes_list import TakesList
from app.document import Change, Document
from app.model_client import ModelClient
from app.playback import Playback
from app.settings import Settings
from app.theme import ThemeKeeper
from app.translation import counted, later, tr
from core.folders import libraries_folder
from core.generation.messages import NotesWritten, RequestFailed, RequestFinished, TakeFinished
from core.generation.request import Request, are_alike
from core.model.styles import list_styles


class AssistantPanel(QWidget):
    """Asks the model, collects its takes, and puts the one that is kept into the song as one step of undo.

    ``previewChanged`` brings the ``Take`` whose notes should be seen in the roll, or None. ``clock`` counts seconds.
    """

    previewChanged = Signal(object)

    def __init__(self, document: Document, client: ModelClient, playback: Playback, themes: ThemeKeeper,
                 styles_folder: Path, seeds: random.Random | None = None,
                 clock: Callable[[], float] = time.monotonic, parent: QWidget | None = None,
                 settings: Settings | None = None) -> None:
        super().__init__(parent, objectName="AssistantPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._document = document
        self._client = client
        self._themes = themes
        self._styles_folder = styles_folder
        self._clock = clock
        self._started_at = 0.0
        self._request_id: int | None = None
        self._drafts: list[Draft] = []
        self.inside: QWidget | None = None
        self.request_panel = RequestPanel(document, seeds)
        self.libraries = Libraries(self.request_panel, client, libraries_folder(), settings, self)
        self.reading_ahead = ReadingAhead(document, self.request_panel, client, self)
        self.takes = TakesList(themes)
        self.audition = Audition(document, playback, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 6)
        column.addWidget(self.request_panel)
        column.addWidget(self.takes, 1)
        self._connect()
        dress(self, themes)
        self.reload_styles()

    def _connect(self) -> None:
        form, takes, client = self.request_panel, self.takes, self._client
        form.requested.connect(self._ask)
        form.refused.connect(lambda sentence: form.set_status(sentence, is_problem=True))
        form.cancelled.connect(self.cancel)
        takes.previewChanged.connect(self._show_preview)
        takes.auditionToggled.connect(self._toggle_audition)
        takes.kept.connect(self.keep)
        takes.discarded.connect(self.discard)
        self.audition.changed.connect(self._show_audition)
        self.audition.refused.connect(lambda sentence: form.set_status(sentence, is_problem=True))
        client.loading.connect(self._show_waiting)
        client.ready.connect(self._on_ready)
        client.unavailable.connect(lambda sentence: form.set_status(sentence, is_problem=True))
        client.requestStarted.connect(self._on_started)
        client.notesWritten.connect(self._on_notes_written)
        client.takeFinished.connect(self._on_take_finished)
        client.requestFinished.connect(self._on_request_finished)
        client.requestFailed.connect(self._on_request_failed)
        self._document.songChanged.connect(self._on_song_changed)

    # -- what the user does --------------------------------------------------------------------

    def look_inside(self) -> None:
        """Open the window that shows what is inside the model whose style is chosen."""
        # Its plots bring pyqtgraph, which nobody should wait for at start-up.
        from app.inside.inside_window import InsideWindow

        if self.inside is None:
            form = self.request_panel
            self.inside = InsideWindow(self._document, self._client, self._themes, form.style_names.currentData,
                                       lambda: form.library.folder if form.looks_up else "", self.window())
        self.inside.show()
        self.inside.raise_()

    def generate(self, **controls: object) -> None:
        """Ask for takes as the form says, with ``controls`` in place of its own."""
        self.request_panel.generate(**controls)

    def cancel(self) -> None:
        """Stop the request that is being answered. Takes that are finished stay."""
        if self._request_id is not None:
            self._client.cancel(self._request_id)

    def keep(self, draft: Draft) -> None:
        """Put a finished take into the song, after a question where its target has changed meanwhile."""
        song, siblings = self._document.song, self.takes.siblings_of(draft)
        try:
            changes = what_changed(draft, siblings, song)
        except TakeDoesNotFit as problem:
            self.request_panel.set_status(str(problem), is_problem=True)
            return
        if changes and not self._confirm_keeping(changes):
            return
        self._document.replace_song(draft.take.applied_to(song), tr("Keep take {number}", number=draft.index + 1))
        self.takes.select(None)

    def discard(self, draft: Draft) -> None:
        """Remove a take. A request whose takes are all discarded is cancelled."""
        if draft is self.audition.draft:
            self.audition.stop()
        self.takes.remove(draft)
        if draft in self._drafts and not self.takes.siblings_of(draft):
            self.cancel()

    def next_take(self) -> None:
        """Select the take below; while one is heard, hear that."""
        self._step(1)

    def previous_take(self) -> None:
        """The same, upwards."""
        self._step(-1)

    def _step(self, by: int) -> None:
        self.takes.step(by)
        heard, chosen = self.audition.draft, self.takes.selected
        if heard is not None and chosen is not heard and chosen.note_count:
            self.audition.start(chosen)

    def reload_styles(self, choose: str | None = None) -> None:
        """List the fine-tuned styles anew, and choose one of them if named."""
        self.request_panel.set_styles({style.name: style.proof for style in list_styles(self._styles_folder)})
        if choose is not None:
            self.request_panel.choose_style(choose)

    def _confirm_keeping(self, changes: str) -> bool:
        question = QMessageBox(QMessageBox.Icon.Question, tr("Keep this take?"), changes, parent=self)
        question.setInformativeText(tr("Keeping the take replaces what is there now. You can undo it."))
        keep = question.addButton(tr("Keep the take"), QMessageBox.ButtonRole.AcceptRole)
        question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(keep)
        question.exec()
        return question.clickedButton() is keep

    # -- the request ---------------------------------------------------------------------------

    def _ask(self, request: Request) -> None:
        self._drafts = [Draft(request, index) for index in range(request.takes)]
        self.takes.add(self._drafts)
        if self.request_panel.generate_button.hasFocus():  # which is about to be disabled
            self.takes.cards[0].setFocus()
        self.request_panel.set_busy(True)
        self._show_waiting()
        self._request_id = self._client.request(request)

    def _show_waiting(self) -> None:
        if not self._client.is_ready:
            self.request_panel.set_status(tr("Loading the model…"))

    def _on_ready(self, model: str) -> None:
        if self._request_id is None:
            self.request_panel.set_status(tr("{model} is ready.", model=model))

    def _on_started(self, _request_id: int) -> None:
        self._started_at = self._clock()
        self.request_panel.set_status(tr("Writing…"))

    def _on_notes_written(self, message: NotesWritten) -> None:
        if message.request_id == self._request_id:
            draft = self._drafts[message.take]
            draft.written[message.bar, message.track] = message.notes
            self._grown(draft)

    def _on_take_finished(self, message: TakeFinished) -> None:
        if message.request_id == self._request_id:
            draft = self._drafts[message.take.index]
            draft.take = message.take
            self._grown(draft)
            if card := self.takes.card_of(draft):
                card.set_in_song(is_in(draft, self._document.song))

    def _grown(self, draft: Draft) -> None:
        self.takes.refresh(draft)
        self.audition.refresh(draft)
        self.request_panel.set_progress(sum(d.fraction for d in self._drafts) / len(self._drafts))

    def _on_request_finished(self, message: RequestFinished) -> None:
        if message.request_id == self._request_id:
            alike = are_alike([draft.take for draft in self._drafts if draft.take])
            done = self._close_request()
            takes = counted(done, later("{count} take"), later("{count} takes"))
            if message.cancelled:
                self.request_panel.set_status(tr("Cancelled; {takes} finished.", takes=takes) if done
                                              else tr("Cancelled."))
            elif alike:
                self.request_panel.set_status(tr("{takes}, all alike: the music around leaves the model little choice. "
                                                 "A more daring character may bring others.", takes=takes))
            else:
                self.request_panel.set_status(tr("{takes} in {seconds:.1f} s.",
                                                 takes=takes, seconds=self._clock() - self._started_at))

    def _on_request_failed(self, message: RequestFailed) -> None:
        if message.request_id == self._request_id:
            self._close_request()
            self.request_panel.set_status(message.reason, is_problem=True)

    def _close_request(self) -> int:
        """Put away what was not finished; returns the number of takes that were."""
        for draft in self._drafts:
            if draft.take is None and self.takes.card_of(draft):
                self.discard(draft)
        done = sum(draft.take is not None for draft in self._drafts)
        self._drafts, self._request_id = [], None
        self.request_panel.set_busy(False)
        return done

    # -- what is seen and heard ----------------------------------------------------------------

    def _toggle_audition(self, draft: Draft, on: bool) -> None:
        if on:
            self.audition.start(draft)
        else:
            self.audition.stop()

    def _show_audition(self, heard: Draft | None) -> None:
        for card in self.takes.cards:
            card.set_auditioned(card.draft is heard)

    def _show_preview(self, draft: Draft | None) -> None:
        try:
            if draft is not None:
                what_changed(draft, [], self._document.song)
        except TakeDoesNotFit:
            draft = None
        self.previewChanged.emit(draft.so_far() if draft else None)

    def _on_song_changed(self, change: Change) -> None:
        if change.opened:
            self.cancel()
            self._request_id, self._drafts = None, []
            self.request_panel.set_busy(False)
            self.request_panel.set_status("")
            self.takes.clear()
            return
        for card in self.takes.cards:
            card.set_in_song(is_in(card.draft, change.after))
