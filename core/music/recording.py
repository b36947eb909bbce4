"""From keys pressed while the song plays to notes on a track. Pure: what was played in, notes out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from core.music.song import EMPTY_NOTES, make_notes


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A key that goes down (``velocity`` 1..127) or comes up (0) while ``tick`` is heard."""

    tick: int
    pitch: int
    velocity: int


def recorded_notes(events: Iterable[KeyEvent], end: int, loop: tuple[int, int] | None = None) -> np.ndarray:
    """The notes of the keys pressed, in the order they came; keys still down when the recording stops end at ``end``.

    ``loop``: the ticks that were repeated, if any; a key held over the jump back lasts to the loop's end. Every note
    lasts a tick at least.
    """
    down: dict[int, KeyEvent] = {}
    notes: list[tuple[int, int, int, int]] = []

    def finish(pitch: int, tick: int) -> None:
        began = down.pop(pitch, None)
        if began is None:
            return
        if tick < began.tick:
            tick = loop[1] if loop else began.tick
        notes.append((began.tick, max(1, tick - began.tick), pitch, began.velocity))

    for event in events:
        finish(event.pitch, event.tick)
        if event.velocity:
            down[event.pitch] = event
    for pitch in list(down):
        finish(pitch, end)
    return make_notes(*zip(*notes, strict=True)) if notes else EMPTY_NOTES


def quantised(notes: np.ndarray, snap: Callable[[int], int], step: Callable[[int], int]) -> np.ndarray:
    """The notes with their starts at the nearest grid point and their ends at the nearest one after that.

    ``snap`` gives the grid point nearest to a tick, ``step`` the grid's step there; both in ticks. Of notes of one
    pitch that fall on one point the longest stays.
    """
    kept: dict[tuple[int, int], tuple[int, int]] = {}
    for onset, duration, pitch, velocity in notes.tolist():
        start = snap(onset)
        length = max(snap(onset + duration) - start, step(start), 1)
        kept[start, pitch] = max(kept.get((start, pitch), (0, 0)), (length, velocity))
    columns = [(start, length, pitch, velocity) for (start, pitch), (length, velocity) in kept.items()]
    return make_notes(*zip(*columns, strict=True)) if columns else EMPTY_NOTES
