"""``main.py benchmark editor``: how fast the window is with a large song, and how much memory that takes.

Frames are painted as they are on screen, from the event to the last pixel, without a screen. Each figure is given in
time and in processor time: the first tells only on a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from core.files.midi import write_midi
from core.music.song import Song, Track, make_notes

NOTES, TRACKS, SELECTED, FRAMES = 100_000, 32, 1_000, 200
BEAT, BEATS = 480, 1_250
SIZE = (1600, 900)
TARGETS = {"median": 16.0, "p99": 33.0, "open": 2_000.0, "undo": 50.0}
"""Milliseconds."""

CTRL, SHIFT, NONE = (Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier,
                     Qt.KeyboardModifier.NoModifier)


def large_song(notes: int = NOTES, tracks: int = TRACKS, seed: int = 0) -> Song:
    """Notes at random over ten minutes, as many on each track."""
    chance, each = np.random.default_rng(seed), notes // tracks
    return Song(BEAT, tuple(Track(make_notes(
        np.sort(chance.integers(0, BEATS * BEAT, each)), chance.integers(60, BEAT, each),
        chance.integers(36, 90, each), chance.integers(30, 120, each)), program=index, name=f"Track {index + 1}")
        for index in range(tracks)))


class Clock:
    """Times of repeated work, in ms: (n, 2), by the clock and of this thread's processor."""

    def __init__(self) -> None:
        self.times: dict[str, list[tuple[float, float]]] = {}

    def time(self, name: str, work: Callable[[], object]) -> None:
        wall, processor = time.perf_counter(), time.thread_time()
        work()
        self.times.setdefault(name, []).append(((time.perf_counter() - wall) * 1e3,
                                                (time.thread_time() - processor) * 1e3))

    def figure(self, name: str, part: float) -> tuple[float, float]:
        return tuple(float(value) for value in np.quantile(np.array(self.times[name]), part, axis=0))


class Hand:
    """Works the window with events, and has it painted after each."""

    def __init__(self, window: QWidget) -> None:
        self.window, self.canvas, self.roll = window, window.roll.canvas, window.roll

    def paint(self) -> None:
        """What has changed is painted now, as the next frame would."""
        QApplication.sendPostedEvents()
        QApplication.sendEvent(self.window, QEvent(QEvent.Type.UpdateRequest))

    def turn(self, notches: int, held: Qt.KeyboardModifier) -> None:
        middle = self.canvas.mapTo(self.roll, self.canvas.rect().center())
        event = QWheelEvent(QPointF(middle), QPointF(self.roll.mapToGlobal(middle)), QPoint(), QPoint(0, 120 * notches),
                            Qt.MouseButton.NoButton, held, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(self.roll, event)  # which the canvas hands it on to
        self.paint()

    def mouse(self, kind: QEvent.Type, at: QPoint) -> None:
        pressed = kind != QEvent.Type.MouseMove
        event = QMouseEvent(kind, QPointF(at), QPointF(self.canvas.mapToGlobal(at)),
                            Qt.MouseButton.LeftButton if pressed else Qt.MouseButton.NoButton,
                            Qt.MouseButton.LeftButton, NONE)
        QApplication.sendEvent(self.canvas, event)
        self.paint()


def measure(window: QWidget, folder: Path, frames: int = FRAMES) -> tuple[Clock, dict[str, float]]:
    """Open a large song in ``window``, scroll, zoom, drag and undo; returns times, and memory in MiB."""
    clock, hand, roll = Clock(), Hand(window), window.roll
    memory = {"window with an empty song": _memory()}
    path = folder / "large.mid"
    write_midi(large_song(), path)
    for _ in range(3):
        clock.time("open", lambda: (window.files.open_path(path), hand.paint()))
    memory["song opened"] = _memory()
    roll.set_view(roll.view.showing(100 * BEAT, 132 * BEAT))
    for frame in range(frames):
        clock.time("scroll, 8 bars in sight", lambda n=frame: hand.turn(1 if n % 100 >= 50 else -1, SHIFT))
    window.qactions["zoom_song"].trigger()
    for frame in range(frames):
        clock.time("scroll pitches, whole song in sight", lambda n=frame: hand.turn(1 if n % 20 >= 10 else -1, NONE))
    for frame in range(frames):
        clock.time("zoom, whole song to 4 bars", lambda n=frame: hand.turn(1 if n % 50 < 25 else -1, CTRL))
    _drag(window, hand, clock, frames)
    memory["after 20 drags of 1,000 notes"] = _memory()
    return clock, memory


def _drag(window: QWidget, hand: Hand, clock: Clock, frames: int) -> None:
    """Drag 1,000 notes about, in twenty gestures; undo and redo each."""
    roll, document = window.roll, window.document
    notes = document.current_track.notes
    middle = len(notes) // 2
    roll.set_tool("select")
    for seen, name in ((32, "8 bars in sight"), (BEATS, "whole song in sight")):
        held = notes[middle - SELECTED // 2:middle + SELECTED // 2]
        roll.set_view(roll.view.showing(int(notes["onset"][middle]) - seen * BEAT // 2,
                                        int(notes["onset"][middle]) + seen * BEAT // 2))
        for gesture in range(10):
            document.selection.select_notes(held)
            note = held[len(held) // 2]
            x, y = roll.view.x(note["onset"] + note["duration"] / 2), roll.view.y(int(note["pitch"]))
            start = QPoint(round(float(x)), round(float(y) + roll.view.row / 2))
            hand.mouse(QEvent.Type.MouseButtonPress, start)
            for move in range(frames // 10):
                at = start + QPoint(10 + move * 3 + gesture, (move % 9 - 4) * 4)
                clock.time(f"drag 1,000 notes, {name}", lambda to=at: hand.mouse(QEvent.Type.MouseMove, to))
            hand.mouse(QEvent.Type.MouseButtonRelease, start + QPoint(60, 0))
            clock.time("undo", lambda: (document.undo_stack.undo(), hand.paint()))
            clock.time("redo", lambda: (document.undo_stack.redo(), hand.paint()))
            document.undo_stack.undo()


def _memory() -> float:
    return psutil.Process().memory_info().rss / 2**20


def report(clock: Clock, memory: dict[str, float]) -> str:
    """The figures beside their targets, as a page of Markdown."""
    lines = [f"# The editor with {NOTES:,} notes on {TRACKS} tracks", "",
             f"{SIZE[0]} × {SIZE[1]} pixels. Milliseconds by the clock; in brackets of processor time.", "",
             "| frames of | median | p99 | slowest |", "|---|---|---|---|"]
    for name in clock.times:
        if name not in ("open", "undo", "redo"):
            cells = [_cell(clock.figure(name, part)) for part in (0.5, 0.99, 1.0)]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    lines += ["", f"Targets: {TARGETS['median']:.0f} ms median, {TARGETS['p99']:.0f} ms p99.", "",
              "| | median | slowest | target |", "|---|---|---|---|"]
    for name, target in (("open", "open"), ("undo", "undo"), ("redo", "undo")):
        lines.append(f"| {name} | {_cell(clock.figure(name, 0.5))} | {_cell(clock.figure(name, 1.0))} | "
                     f"{TARGETS[target]:.0f} |")
    lines += ["", "| memory of the window's process | MiB |", "|---|---|"]
    lines += [f"| {name} | {amount:.0f} |" for name, amount in memory.items()]
    return "\n".join(lines) + "\n"


def _cell(figure: tuple[float, float]) -> str:
    return f"{figure[0]:.1f} ({figure[1]:.1f})"


def main(arguments: list[str]) -> int:
    """Run the command line ``benchmark editor``; returns the exit status."""
    parser = argparse.ArgumentParser("main.py benchmark editor", description="Time the window with a large song: "
                                     "scrolling, zooming, dragging, opening, undo; and memory.")
    parser.add_argument("-o", "--out", metavar="FILE", type=Path, help="write the report here (default: print it)")
    out = parser.parse_args(arguments).out
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RITORNELLO_HOME"] = folder
        from app.application import make_window
        from app.document import Document

        application = QApplication.instance() or QApplication(sys.argv[:1])
        window = make_window(Document())
        window.resize(*SIZE)
        window.show()
        application.processEvents()
        page = report(*measure(window, Path(folder)))
        window.document.undo_stack.clear()
        window.close()
    if out is None:
        print(page)
    else:
        out.write_text(page, encoding="utf-8")
        print(out)
    return 0
