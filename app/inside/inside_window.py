"""The window that shows what is inside the model: click a note in the roll to see where the model looked for it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.assistant.dress import dress
from app.document import Document
from app.inside.attention_plot import AttentionPlot
from app.inside.look_ups_view import LookUpsView
from app.inside.names import name_note
from app.inside.pitch_plots import PitchPlots
from app.model_client import ModelClient
from app.theme import ThemeKeeper
from app.translation import later, tr
from core.generation.messages import Looked, NoteAttention, NoteToLookAt, RequestFailed

SETTLE_MS = 150
"""A selection that is being dragged is looked at when it rests."""
NAMED = 4
"""Notes that are named below the picture."""
ASK = later("Select one note in the roll: this shows where in the song the model looks when it is about to write "
            "that note.")


class InsideWindow(QDialog):
    """Stays beside the main window and follows its selection while it is open. ``style`` and ``library``: which are
    chosen."""

    def __init__(self, document: Document, client: ModelClient, themes: ThemeKeeper, style: Callable[[], str],
                 library: Callable[[], str] = str, parent: QWidget | None = None) -> None:
        super().__init__(parent, objectName="Inside")
        self.setWindowTitle(tr("Inside the model"))
        self.resize(980, 860)
        self._document, self._client, self._style, self._library = document, client, style, library
        self._attention: NoteAttention | None = None
        self._problem = ""
        self._asked: int | None = None
        self.heads = QComboBox(accessibleName=tr("Heads"), minimumWidth=160,
                               toolTip=tr("All heads of all layers together, or one of them"))
        self.attention = AttentionPlot(document, themes, tr("Where the model looked"))
        self.look_ups = LookUpsView(document, themes)
        self.words = QLabel(tr(ASK), wordWrap=True)
        self.pitches = PitchPlots(themes)
        self.pitch_words = QLabel(wordWrap=True, objectName="Hint")
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._lay_out()
        self.heads.currentIndexChanged.connect(self._show_attention)
        self._settle.timeout.connect(self.look)
        document.selection.notesChanged.connect(self._selection_changed)
        document.songChanged.connect(lambda _: self._selection_changed())
        client.looked.connect(self._on_looked)
        client.lookFailed.connect(self._on_failed)
        dress(self, themes)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.heads)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.attention, 3)
        column.addWidget(self.look_ups, 3)
        column.addWidget(self.pitches, 2)
        column.addWidget(self.pitch_words)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.look()

    def look(self) -> None:
        """Ask the model about a note and its pitches."""
        self._asked = self._client.look(self._style(), self._note(), self._library())
        if not self._client.is_ready:
            self.words.setText(tr("The model is being loaded…"))

    def _note(self) -> NoteToLookAt | None:
        """The selected note; else the last of several, or of the current track: it has most before it to look at."""
        song, selection = self._document.song, self._document.selection
        track, notes = self._document.current_track, selection.notes
        if track is not None and not len(notes):
            notes = track.notes
        if not len(notes):
            return None
        return NoteToLookAt(song, selection.current, int(notes["onset"][-1]), int(notes["pitch"][-1]))

    def _selection_changed(self) -> None:
        if self.isVisible() and len(self._document.selection.notes) == 1:
            self._settle.start()

    def _on_looked(self, message: Looked) -> None:
        if message.request_id != self._asked:
            return
        self.pitches.show_map(message.pitches)
        self.pitch_words.setText(describe_pitches(message.pitches.alike))
        self._attention, self._problem = message.attention, message.problem
        self.look_ups.show_look_ups(message)
        self._fill_heads()
        self._show_attention()

    def _on_failed(self, message: RequestFailed) -> None:
        if message.request_id == self._asked:
            self._attention = None
            self.words.setText(message.reason)
            self.attention.clear_notes()
            self.look_ups.clear()

    def _fill_heads(self) -> None:
        """The list of heads, if it is another model's now; the one chosen stays chosen."""
        if self._attention is None:
            return
        layers, heads = self._attention.weights.shape[:2]
        if self.heads.count() != 1 + layers * heads:
            self.heads.clear()
            self.heads.addItem(tr("All heads"), None)
            for layer in range(layers):
                for head in range(heads):
                    self.heads.addItem(tr("Layer {layer}, head {head}", layer=layer + 1, head=head + 1), (layer, head))

    def _show_attention(self) -> None:
        if self._attention is None:
            self.words.setText(self._problem or tr(ASK))
            self.attention.clear_notes()
            return
        seen, chosen = self._attention, self.heads.currentData()
        weights = seen.weights.mean(axis=(0, 1)) if chosen is None else seen.weights[chosen]
        elsewhere = float(seen.elsewhere.mean() if chosen is None else seen.elsewhere[chosen])
        self.attention.show_notes(seen.notes, seen.tracks, weights)
        self.words.setText(self._describe(seen, weights, elsewhere, chosen))

    def _describe(self, seen: NoteAttention, weights: np.ndarray, elsewhere: float,
                  chosen: tuple[int, int] | None) -> str:
        named = [f"{self._name(seen, i)} ({weights[i]:.0%})" for i in np.argsort(-weights[:-1])[:NAMED]
                 if weights[i] >= 0.005]
        looked = (tr("looked most at {notes}", notes=", ".join(named)) if named
                  else tr("looked at no note in particular"))
        remembered = seen.remembered.mean() if chosen is None else seen.remembered[chosen]
        signs = tr("{elsewhere:.0%} went to bar lines, tracks and other signs", elsewhere=elsewhere)
        if remembered:
            signs = tr("{signs}, {remembered:.0%} to the bars it read before these", signs=signs, remembered=remembered)
        return tr("About to write {note}, the model {looked}; {signs}.", note=self._name(seen, -1), looked=looked,
                  signs=signs)

    def _name(self, seen: NoteAttention, index: int) -> str:
        return name_note(self._document.song, seen.notes[index], int(seen.tracks[index]))


def describe_pitches(alike: np.ndarray) -> str:
    """Whether octaves and fifths stand out among the intervals, in words."""
    inner = alike[1:12]
    fifth, tritone, seventh = alike[7], alike[6], alike[11]
    octave = tr("closer") if alike[12] > inner.max() else tr("no closer")
    compare = tr("closer") if fifth > max(tritone, alike[8]) else tr("no closer")
    return tr("To this model pitches an octave apart are {octave} to each other than any within it (cosine "
              "{octaves:.2f}; a semitone {semitone:.2f}, a major seventh {seventh:.2f}). Fifths ({fifth:.2f}) are "
              "{compare} than the tritone ({tritone:.2f}) and the sixth ({sixth:.2f}) beside them.", octave=octave,
              compare=compare, octaves=alike[12], semitone=alike[1], seventh=seventh, fifth=fifth, tritone=tritone,
              sixth=alike[8])
