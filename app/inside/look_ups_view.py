"""What the model looked up in its memory for a note: passages of the song before its window, and of a library."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.document import Document
from app.inside.attention_plot import AttentionPlot
from app.inside.names import name_passage
from app.theme import ThemeKeeper
from app.translation import later, tr
from core.generation.messages import Looked, LookUps

NAMED = 4
"""Passages that are named, of the song and of a library."""
NO_MEMORY = later("This model looks nothing up: what lies before its window it cannot see. Models trained with "
                  "--memory retrieval can.")
NOTHING_BEFORE = later("Nothing was looked up: the window shows all of the song before the note, and no library is "
                       "chosen.")


class LookUpsView(QWidget):
    """A roll of the song up to the note, with what was looked up as bright as it counted; and the same in words. Of a
    model that does not look up there is one sentence and no picture."""

    def __init__(self, document: Document, themes: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._looked: LookUps | None = None
        self._note: np.ndarray | None = None
        self._track = 0
        self.words = QLabel(wordWrap=True)
        self.heads = QComboBox(accessibleName=tr("Heads that look up"), minimumWidth=160,
                               toolTip=tr("All heads as far as their gates are open, or one of them"))
        self.plot = AttentionPlot(document, themes, tr("What the model looked up"))
        row = QHBoxLayout()
        row.addWidget(self.words, 1)
        row.addWidget(self.heads)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.plot)
        self.heads.currentIndexChanged.connect(self._show)
        self.clear()

    def show_look_ups(self, message: Looked) -> None:
        """What the answer tells of look-ups."""
        looked, attention = message.look_ups, message.attention
        if looked is None or attention is None or not looked.gates.any():
            self.clear("" if message.looks_up and looked is None else
                       tr(NOTHING_BEFORE) if message.looks_up else tr(NO_MEMORY))
            return
        self._looked = looked
        self._note, self._track = attention.notes[-1:], int(attention.tracks[-1])
        self._fill_heads(looked.gates)
        self._show_picture(True)
        self._show()

    def clear(self, sentence: str = "") -> None:
        """Show nothing but a sentence."""
        self._looked = None
        self.words.setText(sentence)
        self.words.setVisible(bool(sentence))
        self._show_picture(False)
        self.plot.clear_notes()

    def _show_picture(self, shown: bool) -> None:
        self.heads.setVisible(shown)
        self.plot.setVisible(shown)
        self.setSizePolicy(QSizePolicy.Policy.Preferred,
                           QSizePolicy.Policy.Preferred if shown else QSizePolicy.Policy.Maximum)

    def _fill_heads(self, gates: np.ndarray) -> None:
        """The list of heads, each with its gate; the one chosen stays chosen."""
        chosen = self.heads.currentIndex()
        self.heads.blockSignals(True)
        self.heads.clear()
        self.heads.addItem(tr("All heads"), None)
        for head, gate in enumerate(gates.tolist()):
            self.heads.addItem(tr("Head {head}, gate {gate:.0%} open", head=head + 1, gate=gate), head)
        self.heads.setCurrentIndex(chosen if 0 < chosen < self.heads.count() else 0)
        self.heads.blockSignals(False)

    def _show(self) -> None:
        if self._looked is None:
            return
        looked, head = self._looked, self.heads.currentData()
        part = np.eye(len(looked.gates))[head] if head is not None else looked.gates / looked.gates.sum()
        self._draw(part @ looked.weights)
        opened = looked.gates[head] if head is not None else looked.gates.mean()
        self.words.setText(self._describe(part @ looked.shares, part @ looked.library_shares, float(opened)))
        self.words.show()

    def _draw(self, weights: np.ndarray) -> None:
        """Faintly all of the song before the note, above it what was looked up."""
        parts = [(track.notes[track.notes["onset"] < self._note["onset"]], index)
                 for index, track in enumerate(self._document.song.tracks)]
        ground = np.concatenate([notes for notes, _ in parts])
        of_ground = np.concatenate([np.full(len(notes), index) for notes, index in parts])
        self.plot.show_notes(np.concatenate([ground, self._looked.notes, self._note]),
                             np.concatenate([of_ground, self._looked.tracks, [self._track]]),
                             np.concatenate([np.zeros(len(ground)), weights, [0.0]]))

    def _describe(self, shares: np.ndarray, library_shares: np.ndarray, opened: float) -> str:
        looked, song = self._looked, self._document.song
        named = [f"{name_passage(song, *looked.passages[i].tolist())} ({shares[i]:.0%})"
                 for i in np.argsort(-shares)[:NAMED] if shares[i] >= 0.005]
        named += [tr("bar {bar} of {song} in the library ({share:.0%})", bar=looked.library[i][1] + 1,
                     song=looked.library[i][0], share=library_shares[i])
                  for i in np.argsort(-library_shares)[:NAMED] if library_shares[i] >= 0.005]
        return tr("In its memory of what lies before bar {bar} it looked up {passages}. The gate lets {opened:.0%} of "
                  "that through, in place of what is seen in the window (layer {layer}).", bar=looked.first_bar + 1,
                  passages=", ".join(named) or tr("many places, each for a little"), opened=opened,
                  layer=looked.layer + 1)
