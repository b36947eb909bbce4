"""The curves of a training: its loss, and what it does to songs that it does not train on."""

from __future__ import annotations

import pyqtgraph
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.theme import ThemeKeeper
from app.translation import tr
from core.training.finetune_messages import FinetuneProgress, FinetuneStarted


class TrainingPlots(QWidget):
    """Two plots over minutes of training. Lower is better in both."""

    def __init__(self, themes: ThemeKeeper, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._themes = themes
        self._loss: list[tuple[float, float]] = []
        self._held_out: list[tuple[float, float]] = []
        self.loss_plot = _plot(tr("Training loss"), tr("nats a token"))
        self.held_out_plot = _plot(tr("Held-out songs"), tr("bits per note"))
        self.loss_curve = self.loss_plot.plot()
        self.held_out_curve = self.held_out_plot.plot()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.loss_plot)
        row.addWidget(self.held_out_plot)
        themes.changed.connect(self._dress)
        self._dress()

    def begin(self, started: FinetuneStarted) -> None:
        """Clear both plots; the held-out curve begins at the base model's own figure."""
        self._loss, self._held_out = [], [(0.0, started.before)]
        self._draw()

    def add(self, progress: FinetuneProgress) -> None:
        minutes = progress.seconds / 60
        self._loss.append((minutes, progress.loss))
        if progress.held_out_bits_per_note is not None:
            self._held_out.append((minutes, progress.held_out_bits_per_note))
        self._draw()

    def _draw(self) -> None:
        self.loss_curve.setData([x for x, _ in self._loss], [y for _, y in self._loss])
        self.held_out_curve.setData([x for x, _ in self._held_out], [y for _, y in self._held_out])

    def _dress(self) -> None:
        theme = self._themes.theme
        for plot in (self.loss_plot, self.held_out_plot):
            plot.setBackground(theme.panel)
            plot.setTitle(plot.accessibleName(), color=theme.text, size="10pt")
            for side in ("left", "bottom"):
                axis = plot.getAxis(side)
                axis.setPen(theme.line)
                axis.setTextPen(theme.muted)
        self.loss_curve.setPen(theme.accent, width=2)
        self.held_out_curve.setPen(theme.tracks[1], width=2)
        self.held_out_curve.setSymbol("o")
        self.held_out_curve.setSymbolSize(6)
        self.held_out_curve.setSymbolBrush(theme.tracks[1])
        self.held_out_curve.setSymbolPen(None)


def _plot(title: str, unit: str) -> pyqtgraph.PlotWidget:
    plot = pyqtgraph.PlotWidget()
    plot.setAccessibleName(title)
    plot.setLabel("left", unit)
    plot.setLabel("bottom", tr("minutes"))
    plot.getAxis("left").enableAutoSIPrefix(False)
    plot.getAxis("bottom").enableAutoSIPrefix(False)
    plot.setMouseEnabled(x=False, y=False)
    plot.setLimits(xMin=0)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMinimumHeight(180)
    return plot
