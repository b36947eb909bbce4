"""Drawing many notes fast: one batch of rectangles a shade, or a raster where there are too many to tell apart.

Each track's notes are kept as float arrays in drawing order; what is in sight is found by binary search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shiboken6
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from app.pianoroll.viewport import Viewport

RASTER_ABOVE = 6_000
"""Visible notes from which one image is faster than rectangles."""

SHADES = 4
"""Velocity is shown in this many steps of brightness."""


class NoteLayer:
    """One track's notes ready to be drawn: sorted arrays, and how far the notes so far have reached."""

    def __init__(self, notes: np.ndarray) -> None:
        self.notes = notes
        self.onset = notes["onset"].astype(np.float64)
        self.end = self.onset + notes["duration"]
        self.reach = np.maximum.accumulate(self.end) if len(notes) else self.end
        self.pitch = notes["pitch"].astype(np.int64)
        self.shade = notes["velocity"].astype(np.int64) * SHADES // 128

    def within(self, start: float, end: float) -> slice:
        """The notes that can be seen between two ticks (a few before them may be among these)."""
        return slice(int(np.searchsorted(self.reach, start, side="right")),
                     int(np.searchsorted(self.onset, end, side="left")))

    def with_rows(self, view: Viewport, span: slice) -> NoteLayer:
        """Those of the notes in ``span`` whose pitch has a row."""
        return NoteLayer(self.notes[span][view.has_row(self.pitch[span])])


@dataclass(frozen=True)
class Style:
    """How a layer looks: a fill for each velocity shade, soft to loud, and the outline, if any."""

    fills: tuple[QColor, ...]
    edge: QColor | None = None
    dashed: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether soft and loud look the same."""
        return all(fill is self.fills[0] for fill in self.fills)

    @property
    def colours(self) -> np.ndarray:
        """The fills as 0xAARRGGBB, uint32."""
        return np.array([fill.rgba() for fill in self.fills], dtype=np.uint32)


def draw_layers(
    painter: QPainter, view: Viewport, layers: list[tuple[NoteLayer, Style]], left: int, right: int,
    all_pitches: bool = False
) -> None:
    """Draw the layers, the last on top, between pixel columns ``left`` and ``right``; notes whose pitch has no row are
    left out unless ``all_pitches``."""
    spans = [(layer, style, layer.within(view.tick(left), view.tick(right))) for layer, style in layers]
    if view.shown and not all_pitches:
        spans = [(layer.with_rows(view, span), style, slice(None)) for layer, style, span in spans]
    if sum(len(layer.onset[span]) for layer, _, span in spans) > RASTER_ABOVE:
        _draw_raster(painter, view, spans, left, right)
        return
    for layer, style, span in spans:
        if len(layer.onset[span]):
            _draw_boxes(painter, view, layer, style, span)


def boxes(view: Viewport, onset, end, pitch) -> np.ndarray:
    """The notes' rectangles as an (n, 4) float64 array of x, y, width, height in pixels, a hair apart."""
    rects = np.empty((len(onset), 4), dtype=np.float64)
    rects[:, 0] = np.floor(view.x(onset))
    rects[:, 1] = np.floor(view.y(pitch)) + 1
    rects[:, 2] = np.maximum(2.0, np.floor(view.x(end)) - rects[:, 0] - 1)
    rects[:, 3] = max(2.0, np.floor(view.row) - 1)
    return rects


def draw_rects(painter: QPainter, rects: np.ndarray) -> None:
    """Draw an (n, 4) array with the painter's pen and brush in one call, without a QRectF for each."""
    if len(rects):
        rects = np.ascontiguousarray(rects)
        painter.drawRects(shiboken6.wrapInstance(rects.ctypes.data, QRectF), len(rects))


def _draw_boxes(painter: QPainter, view: Viewport, layer: NoteLayer, style: Style, span: slice) -> None:
    rects = boxes(view, layer.onset[span], layer.end[span], layer.pitch[span])
    if style.edge is None or view.row < 7:
        painter.setPen(Qt.PenStyle.NoPen)
    else:
        pen = QPen(style.edge, 1, Qt.PenStyle.DashLine if style.dashed else Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        rects[:, 2:] -= 1
    if style.is_plain:
        painter.setBrush(style.fills[0])
        draw_rects(painter, rects)
        return
    shades = layer.shade[span]
    for shade in range(SHADES):
        painter.setBrush(style.fills[shade])
        draw_rects(painter, rects[shades == shade])


def _draw_raster(painter: QPainter, view: Viewport, spans, left: int, right: int) -> None:
    """One image of a pixel a row, a pixel column each column of the screen, stretched to the rows' height."""
    width = right - left
    image = np.zeros(view.rows * width, dtype=np.uint32)
    # All layers in one go: thirty tracks cost thirty times less overhead, and later ones still lie on top.
    onset = np.concatenate([layer.onset[span] for layer, _, span in spans])
    end = np.concatenate([layer.end[span] for layer, _, span in spans])
    pitch = np.concatenate([layer.pitch[span] for layer, _, span in spans])
    colour = np.concatenate([style.colours[layer.shade[span]] for layer, style, span in spans])
    first = np.clip(view.x(onset).astype(np.int64) - left, 0, width - 1)
    lengths = np.clip(view.x(end).astype(np.int64) - left, first + 1, width) - first
    starts = np.minimum(view.row_of(pitch), view.rows - 1) * width + first
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    image[np.repeat(starts, lengths) + within] = np.repeat(colour, lengths)
    picture = QImage(image.data, width, view.rows, width * 4, QImage.Format.Format_ARGB32)
    painter.drawImage(QRectF(left, -view.top, width, view.rows * view.row), picture)
