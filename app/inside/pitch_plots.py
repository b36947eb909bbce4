"""How the model sees pitches: on a plane, by interval, and the pitch classes as the circle of fifths has them."""

from __future__ import annotations

import numpy as np
import pyqtgraph
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.theme import ThemeKeeper
from app.translation import tr
from core.generation.messages import PitchMap

CLASSES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
BY_FIFTHS = [7 * step % 12 for step in range(13)]
OCTAVES, FIFTHS = (12, 24), (7, 19)


class PitchPlots(QWidget):
    """Three plots side by side; empty until there is a map."""

    def __init__(self, themes: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._map: PitchMap | None = None
        self.plane = _plot(tr("Pitches, two main directions"), "", "")
        self.intervals = _plot(tr("How alike, by interval"), tr("semitones"), tr("mean cosine"))
        self.classes = _plot(tr("Pitch classes, joined by fifths"), "", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for plot in (self.plane, self.intervals, self.classes):
            row.addWidget(plot)
        themes.changed.connect(self._draw)
        self._draw()

    def show_map(self, pitches: PitchMap) -> None:
        self._map = pitches
        self._draw()

    def _draw(self) -> None:
        theme = self._themes.theme
        for plot in (self.plane, self.intervals, self.classes):
            plot.clear()
            plot.setBackground(theme.panel)
            plot.setTitle(plot.accessibleName(), color=theme.text, size="9pt")
            for side in ("left", "bottom"):
                plot.getAxis(side).setPen(theme.line)
                plot.getAxis(side).setTextPen(theme.muted)
        if self._map is None:
            return
        points, lowest = self._map.points, self._map.lowest
        classes = (np.arange(len(points)) + lowest) % 12
        colours = [pyqtgraph.mkBrush(pyqtgraph.hsvColor(one / 12, 0.65, 0.9 if theme.name == "dark" else 0.7))
                   for one in range(12)]
        self.plane.plot(points[:, 0], points[:, 1], pen=pyqtgraph.mkPen(theme.line))
        self.plane.plot(points[:, 0], points[:, 1], pen=None, symbol="o", symbolSize=8, symbolPen=None,
                        symbolBrush=[colours[one] for one in classes])
        for index in np.flatnonzero(classes == 0).tolist():
            self._write(self.plane, f"C{(index + lowest) // 12 - 1}", points[index])
        alike = self._map.alike[1:]
        steps = np.arange(1, len(alike) + 1)
        brushes = [theme.accent if step in OCTAVES else theme.tracks[1] if step in FIFTHS else theme.muted
                   for step in steps.tolist()]
        self.intervals.addItem(pyqtgraph.BarGraphItem(x=steps, height=alike, width=0.7, brushes=brushes,
                                                      pen=pyqtgraph.mkPen(None)))
        ring = self._map.classes[BY_FIFTHS]
        self.classes.plot(ring[:, 0], ring[:, 1], pen=pyqtgraph.mkPen(theme.line))
        for number, name in enumerate(CLASSES):
            self.classes.plot(*self._map.classes[number:number + 1].T, pen=None, symbol="o", symbolSize=8,
                              symbolPen=None, symbolBrush=colours[number])
            self._write(self.classes, name, self._map.classes[number])
        for plot in (self.plane, self.intervals, self.classes):
            plot.autoRange(padding=0.12)

    def _write(self, plot: pyqtgraph.PlotWidget, text: str, at: np.ndarray) -> None:
        label = pyqtgraph.TextItem(text, color=self._themes.theme.text, anchor=(0.5, 1.1))
        label.setPos(float(at[0]), float(at[1]))
        plot.addItem(label)


def _plot(title: str, bottom: str, left: str) -> pyqtgraph.PlotWidget:
    plot = pyqtgraph.PlotWidget()
    plot.setAccessibleName(title)
    for side, label in (("bottom", bottom), ("left", left)):
        plot.getAxis(side).enableAutoSIPrefix(False)
        if label:
            plot.setLabel(side, label)
        else:
            plot.hideAxis(side)
    plot.setMouseEnabled(x=False, y=False)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMinimumHeight(170)
    return plot
