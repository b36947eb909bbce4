"""One class a stroke of the mouse in the lane: like the roll's gestures, each is one step of undo, or cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Qt

from app.translation import later, tr
from core.music.controllers import STEPS_A_BEAT, drawn, replaced, set_curve, without
from core.music.edits import Region, exchange_notes, find_notes
from core.music.song import freeze_notes
from core.music.velocity import along_path

if TYPE_CHECKING:
    from app.pianoroll.lane import Lane

NEAR = 4
"""A stroke reaches notes and steps so many pixels beside it."""


@dataclass(frozen=True)
class Point:
    """Where the mouse is: tick, value, and the keys held. Shift draws a line; Alt ignores the grid."""

    tick: float
    value: float
    modifiers: Qt.KeyboardModifier

    @property
    def as_line(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.ShiftModifier)

    @property
    def free(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)


class Stroke:
    """Started by its constructor."""

    def __init__(self, lane: Lane, start: Point) -> None:
        self.lane, self.roll, self.document = lane, lane.roll, lane.roll.document
        self.start = self.last = start
        self.track = self.document.selection.current

    def moved(self, point: Point) -> None:
        """Show what the stroke would do if it ended here."""

    def finished(self) -> None:
        """Make the change."""

    @property
    def reach(self) -> float:
        """``NEAR`` in ticks."""
        return NEAR / self.lane.view.scale


class VelocityStroke(Stroke):
    """Draws the velocities of the selected notes; with none selected, of all notes."""

    def __init__(self, lane: Lane, start: Point) -> None:
        super().__init__(lane, start)
        every, selected = self.document.current_track.notes, self.document.selection.notes
        self.some = bool(len(selected))
        self.before = selected if self.some else every
        self.others = np.delete(every, find_notes(every, selected)) if self.some else every[:0]
        self.now = self.before.copy()
        self.moved(start)

    def moved(self, point: Point) -> None:
        origin = self.start if point.as_line else self.last
        if point.as_line:
            self.now = self.before.copy()
        left, right = sorted((origin, point), key=lambda one: one.tick)
        path = [(left.tick - self.reach, left.value), (left.tick, left.value),
                (right.tick + 1e-6, right.value), (right.tick + self.reach, right.value)]
        if not point.as_line:  # the newest height holds under the mouse
            path = [(t, point.value if abs(t - point.tick) <= self.reach else v) for t, v in path]
        self.now["velocity"] = along_path(self.now, path)
        self.last = point
        self.lane.show_velocities(self.others, self.now)

    def finished(self) -> None:
        changed = self.now["velocity"] != self.before["velocity"]
        if changed.any():
            after = exchange_notes(self.document.song, self.track, self.before[changed], self.now[changed])
            self.document.replace_song(after, tr("Draw velocities"),
                                       select=freeze_notes(self.now) if self.some else None)


class CurveStroke(Stroke):
    """Draws a controller: freely, or a line from where the stroke began."""

    def __init__(self, lane: Lane, start: Point) -> None:
        super().__init__(lane, start)
        self.old, self.controller = lane.curve, lane.controller
        self.step = max(1, self.document.song.ticks_per_beat // STEPS_A_BEAT)
        self.points: dict[int, float] = {}
        self.free = start.free
        self.moved(start)

    def moved(self, point: Point) -> None:
        origin = self.start if point.as_line else self.last
        if point.as_line:
            self.points = {}
        ends = (round(origin.tick / self.step), round(point.tick / self.step))
        first, last = min(ends), max(ends)
        heights = (origin.value, point.value) if ends[0] <= ends[1] else (point.value, origin.value)
        along = np.arange(first, last + 1)
        for place, height in zip(along.tolist(), np.interp(along, [first, last + 1e-9], heights).tolist()):
            self.points[place] = height
        self.points[ends[1]] = point.value
        self.last = point
        self.new, self.start_tick, self.end_tick = self._curve()
        self.lane.show_curve(self.new)

    def _curve(self):
        """The whole curve with the stroke in it, and the ticks from and to which it differs."""
        path = [(place * self.step, height) for place, height in self.points.items()]
        start, end = min(self.points) * self.step, (max(self.points) + 1) * self.step
        if self.controller.switch and not self.free:
            start = self.roll.snapped(start, free=False, down=True)
            here = self.roll.snapped(end - self.step, free=False, down=True)
            end = max(here + self.roll.step(here), start + 1)
        stroke = drawn(self.controller, path, start, end, self.step)
        return replaced(self.old, stroke, start, end, self.controller.default), start, end

    def finished(self) -> None:
        after = set_curve(self.document.song, self.track, self.controller, self.new)
        pitch = self.roll.view.pitch(self.roll.view.height / 2)
        self.document.replace_song(after, tr(self.label, controller=tr(self.controller.name).lower()),
                                   Region(self.start_tick, self.end_tick, pitch, pitch, (self.track,)))

    label = later("Draw {controller}")


class EraseStroke(CurveStroke):
    """Takes the steps of a controller out."""

    label = later("Erase {controller}")

    def moved(self, point: Point) -> None:
        low, high = sorted((self.start.tick, point.tick))
        self.start_tick, self.end_tick = round(max(0, low - self.reach)), round(high + self.reach)
        self.new = without(self.old, self.start_tick, self.end_tick)
        self.lane.show_curve(self.new)


def stroke_for(lane: Lane, start: Point, button: Qt.MouseButton) -> Stroke | None:
    """Which stroke a button begins with the tool in hand."""
    erases = button == Qt.MouseButton.RightButton or lane.roll.tool == "erase"
    if button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        return None
    if lane.controller is None:
        return None if erases and button == Qt.MouseButton.RightButton else VelocityStroke(lane, start)
    return EraseStroke(lane, start) if erases else CurveStroke(lane, start)
