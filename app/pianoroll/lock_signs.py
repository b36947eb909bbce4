"""The small padlocks on notes that the assistant must leave as they are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from app.pianoroll.painting import NoteLayer, boxes
from app.pianoroll.viewport import Viewport
from app.theme import Theme, mixed

SMALLEST, LARGEST = 6.0, 11.0
"""Pixels that a padlock is high."""
MOST_SIGNS = 400
"""More than these would not be told apart."""


def draw_lock_signs(painter: QPainter, view: Viewport, layer: NoteLayer, left: int, right: int, theme: Theme,
                    is_current: bool) -> None:
    """A padlock at the end of each note of ``layer`` in sight; fainter on other tracks than the current one."""
    span = layer.within(view.tick(left), view.tick(right))
    pitches = layer.pitch[span]
    if len(pitches) > MOST_SIGNS:
        return
    places = boxes(view, layer.onset[span], layer.end[span], pitches)[view.has_row(pitches)]
    high = float(np.clip(view.row - 3, SMALLEST, LARGEST))
    colour = QColor(theme.selected) if is_current else mixed(theme.selected, theme.roll, 0.45)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for x, y, width, height in places.tolist():
        wide = 0.8 * high
        at = x + width - 2 - wide if width > 2 * wide else x + width + 2  # beside a note that it would hide
        draw_padlock(painter, QRectF(at, y + (height - high) / 2, wide, high), colour,
                     QColor(theme.roll))
    painter.restore()


def draw_padlock(painter: QPainter, place: QRectF, colour: QColor, ground: QColor) -> None:
    """A padlock that fills ``place``, on a spot of the ground that sets it off."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(place.adjusted(-1.5, -1, 1.5, 1), 2, 2)
    body = QRectF(place.left(), place.top() + place.height() * 0.45, place.width(), place.height() * 0.55)
    painter.setBrush(colour)
    painter.drawRoundedRect(body, 1, 1)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, max(1.0, place.height() / 9)))
    bow = QRectF(place.left() + place.width() * 0.2, place.top() + 0.5, place.width() * 0.6, place.height() * 0.9)
    painter.drawArc(bow, 0, 180 * 16)
