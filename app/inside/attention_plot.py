"""Notes of the song, each as bright as the model looked at it."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.document import Document
from app.theme import ThemeKeeper
from app.translation import tr
from core.music.song import EMPTY_NOTES

FAINTEST = 30
"""Opacity, of 255, of a note that was not looked at."""
NARROWEST = 1 / 400
"""Of the time that is shown: narrower notes are drawn as wide as this, so that a long song has them too."""


class AttentionPlot(QWidget):
    """Bars to the right, pitches upwards. The note that was asked about, the last of those shown, has a frame."""

    def __init__(self, document: Document, themes: ThemeKeeper, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._themes = document, themes
        self._shown: tuple[np.ndarray, np.ndarray, np.ndarray] = EMPTY_NOTES, np.empty(0, int), np.empty(0)
        self.plot = pyqtgraph.PlotWidget()
        self.plot.setAccessibleName(name)
        self.plot.setLabel("left", tr("pitch"))
        self.plot.setLabel("bottom", tr("bar"))
        self.plot.setMouseEnabled(x=True, y=False)
        self.plot.setMenuEnabled(False)
        self.plot.setMinimumHeight(150)
        # Its own idea of its height is large, and would be taken from that of others.
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.plot.hideButtons()
        for side in ("left", "bottom"):
            self.plot.getAxis(side).enableAutoSIPrefix(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot)
        themes.changed.connect(self._draw)
        self._draw()

    def show_notes(self, notes: np.ndarray, tracks: np.ndarray, weights: np.ndarray) -> None:
        """``notes``: NOTE_DTYPE in ticks of the song; ``weights``: 0 to 1, one a note, as ``tracks``."""
        self._shown = notes, tracks, weights
        self._draw()
        self.plot.autoRange(padding=0.03)

    def clear_notes(self) -> None:
        self.show_notes(EMPTY_NOTES, np.empty(0, int), np.empty(0))

    def opacities(self) -> np.ndarray:
        """Of each note, int (notes,), 0 to 255: the square root tells faint ones apart."""
        weights = self._shown[2]
        share = np.sqrt(weights / max(float(weights[:-1].max(initial=0.0)), 1e-9)).clip(0.0, 1.0)
        return (FAINTEST + (255 - FAINTEST) * share).astype(int)

    def _draw(self) -> None:
        theme, (notes, tracks, _) = self._themes.theme, self._shown
        self.plot.clear()
        self.plot.setBackground(theme.panel)
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
        if not len(notes):
            return
        starts, ends = self._bars(notes["onset"]), self._bars(notes["onset"] + notes["duration"])
        ends = np.maximum(ends, starts + NARROWEST * (ends.max() - starts.min()))
        own = [track.colour for track in self._document.song.tracks]
        brushes = []
        for track, opacity in zip(tracks.tolist(), self.opacities().tolist()):
            colour = QColor(theme.track_colour(track, own[track] if track < len(own) else ""))
            colour.setAlpha(opacity)
            brushes.append(pyqtgraph.mkBrush(colour))
        frame = pyqtgraph.mkPen(theme.playhead, width=2)
        brushes[-1] = pyqtgraph.mkBrush(theme.playhead)
        pens = [pyqtgraph.mkPen(None)] * (len(notes) - 1) + [frame]
        self.plot.addItem(pyqtgraph.BarGraphItem(x0=starts, x1=ends, y0=notes["pitch"] - 0.45, y1=notes["pitch"] + 0.45,
                                                 brushes=brushes, pens=pens))

    def _bars(self, ticks: np.ndarray) -> np.ndarray:
        """Where ticks lie, in bars counted from 1: bar 3 begins at 3.0."""
        timebase = self._document.song.timebase
        bar = timebase.bar_at(ticks)
        start, end = timebase.bar_start(bar), timebase.bar_end(bar)
        return 1 + bar + (ticks - start) / np.maximum(1, end - start)
