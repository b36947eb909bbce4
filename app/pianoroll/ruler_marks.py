"""What the ruler says between the loop and the bars: tempo and meter where they change, and the markers.

A marker can be dragged. Both know what is under the mouse from where they were drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from app.pianoroll.loop_lane import LANE, LoopLane
from app.theme import Theme, mixed
from core.music.song import Marker, Song
from core.music.tempo import ramps

CHANGES, MARKERS = LANE, LANE + 20
BARS = MARKERS + 18
"""Where each strip begins, in pixels from the top."""
DRAG_PIXELS = 4
WIDEST_WORD = 200
"""A word that begins this many pixels to the left can still be read in part."""


@dataclass(frozen=True)
class Change:
    """Tempo or meter change at ``tick``, gradually up to ``end`` where that is later; ``word`` is what is read."""

    tick: int
    end: int
    word: str


def changes_of(song: Song) -> list[Change]:
    """In order of time. The steps of a gradual change are one."""
    words: dict[int, str] = {}
    ends: dict[int, int] = {}
    gradual = {ramp.start: ramp for ramp in ramps(song.tempos, song.ticks_per_beat)}
    hidden_until = -1
    marks = [(meter.tick, 0, f"{meter.numerator}/{meter.denominator}") for meter in song.meters]
    for tempo in song.tempos:
        if ramp := gradual.get(tempo.tick):
            marks.append((ramp.start, 1, f"♩ = {60e6 / ramp.first:.4g} → {60e6 / ramp.last:.4g}"))
            ends[ramp.start] = hidden_until = ramp.end
        elif tempo.tick > hidden_until:
            marks.append((tempo.tick, 1, f"♩ = {tempo.beats_per_minute:.4g}"))
    for tick, _, word in sorted(marks):
        words[tick] = f"{words[tick]}   {word}" if tick in words else word
    return [Change(tick, ends.get(tick, tick), word) for tick, word in words.items()]


class RulerMarks:
    """``dropped`` gets a marker and the tick it was dragged to."""

    def __init__(self, lane: LoopLane, dropped: Callable[[Marker, int], None]) -> None:
        self._lane, self._dropped = lane, dropped
        self._changes: list[Change] = []
        self._maps: tuple = (None, None, None)
        self._ticks: list[int] = []
        self._markers: tuple[Marker, ...] = ()
        self._drawn: list[tuple[QRectF, Change | Marker]] = []
        self._held: Marker | None = None
        self._grip = 0.0
        self._to = 0
        self.dragging = False

    def show_song(self, song: Song) -> None:
        maps = (song.tempos, song.meters, song.ticks_per_beat)
        if any(new is not old for new, old in zip(maps, self._maps)):  # edits share what they leave alone
            self._maps, self._changes = maps, changes_of(song)
            self._ticks = [change.tick for change in self._changes]
        self._markers = song.markers
        self.cancel()

    # -- mouse ---------------------------------------------------------------------------------

    def at(self, place: QPointF) -> Change | Marker | None:
        """What is read under the mouse."""
        return next((thing for box, thing in reversed(self._drawn) if box.contains(place)), None)

    @property
    def held(self) -> bool:
        return self._held is not None

    def press(self, place: QPointF) -> bool:
        """Take hold of the marker under the mouse, if there is one."""
        thing = self.at(place)
        if isinstance(thing, Marker):
            self._held, self._to, self.dragging = thing, thing.tick, False
            self._grip = place.x() - self._lane.view.x(float(thing.tick))
            self._pressed = place.x()
        return self.held

    def move(self, x: float, fine: bool) -> None:
        """Drag the marker. It keeps to bars, or to beats if ``fine``."""
        if self.dragging or abs(x - self._pressed) > DRAG_PIXELS:
            self.dragging = True
            self._to = self._lane.nearest(x - self._grip, fine)

    def release(self) -> int | None:
        """Let go; the tick of a marker that was clicked and not dragged."""
        held, dragging, to = self._held, self.dragging, self._to
        self.cancel()
        if held is not None and dragging and to != held.tick:
            self._dropped(held, to)
        return held.tick if held is not None and not dragging else None

    def cancel(self) -> bool:
        """Roll back a press or drag under way; says whether there was one."""
        held, self._held, self.dragging = self.held, None, False
        return held

    # -- drawing -------------------------------------------------------------------------------

    def draw(self, painter: QPainter, theme: Theme, width: int) -> None:
        self._drawn = []
        self._draw_changes(painter, theme)
        self._draw_markers(painter, theme, width)

    def _draw_changes(self, painter: QPainter, theme: Theme) -> None:
        """What would overlap is left out."""
        view = self._lane.view
        free_from = -1e9
        first = bisect_left(self._ticks, view.tick(-WIDEST_WORD))
        for change in self._changes[first:bisect_right(self._ticks, view.right)]:
            x, wide = view.x(change.tick), painter.fontMetrics().horizontalAdvance(change.word)
            until = view.x(change.end)
            if change.end > change.tick:
                painter.fillRect(QRectF(x, MARKERS - 3, until - x, 2), mixed(theme.accent, theme.panel, 0.3))
            if x < free_from:
                continue
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(x + 5, CHANGES + 1, wide + 4, 18), Qt.AlignmentFlag.AlignVCenter, change.word)
            self._drawn.append((QRectF(x, CHANGES, max(wide + 10, until - x), MARKERS - CHANGES), change))
            free_from = x + wide + 14

    def _draw_markers(self, painter: QPainter, theme: Theme, width: int) -> None:
        """Each as wide as its name, or as there is room for before the next; where it is being dragged to, if it is."""
        view, held = self._lane.view, self._held if self.dragging else None
        shown = sorted(((self._to if marker is held else marker.tick, marker) for marker in self._markers),
                       key=lambda pair: pair[0])
        lefts = [round(view.x(float(tick))) for tick, _ in shown]
        for (_, marker), left, limit in zip(shown, lefts, [*lefts[1:], width + WIDEST_WORD]):
            wide = min(painter.fontMetrics().horizontalAdvance(marker.name) + 14, max(limit - left - 1, 3))
            if left > width or left + wide < 0:
                continue
            box = QRectF(left, MARKERS, wide, BARS - MARKERS - 2)
            painter.fillRect(box, mixed(theme.accent, theme.panel, 0.45 if marker is held else 0.7))
            painter.fillRect(QRectF(left, MARKERS, 2, BARS - MARKERS), QColor(theme.accent))
            if wide > 14:
                painter.setPen(QColor(theme.text))
                name = painter.fontMetrics().elidedText(marker.name, Qt.TextElideMode.ElideRight, int(wide) - 9)
                painter.drawText(box.adjusted(7, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, name)
            self._drawn.append((box, marker))
