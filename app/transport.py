"""What the transport is told: where to go, what to repeat, how fast, with what clicks. Play and stop are Playback's."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document import Change, Document
from app.pianoroll.roll import PianoRoll
from app.playback import Playback
from app.settings import Settings
from core.music.bars import moved_place
from core.music.timebase import Timebase

SLOWEST, FASTEST, STEP = 25, 200, 5
"""The tempo scale, in percent of what is written."""

LOOP_BARS = 4
"""The loop of a song without notes or selected bars."""

Span = tuple[int, int]
"""Start and end tick."""


class TransportActions(QObject):
    """The loop is remembered while the song is open, also while it is off; the clicks are remembered in the
    settings."""

    changed = Signal()
    """The loop, the clicks or the tempo scale."""

    def __init__(self, document: Document, playback: Playback, roll: PianoRoll, settings: Settings) -> None:
        super().__init__(roll)
        self._document, self._playback, self._roll, self._settings = document, playback, roll, settings
        self.loop: Span | None = None
        self.looping = False
        self.tempo_percent = 100
        self.metronome, self.count_in = settings.metronome, settings.count_in
        roll.ruler.loopDragged.connect(self.set_loop)
        roll.ruler.loopClicked.connect(self.toggle_loop)
        document.songChanged.connect(self._song_changed)
        playback.set_metronome(self.metronome)
        playback.set_count_in(self.count_in)

    # -- the loop ------------------------------------------------------------------------------

    def toggle_loop(self) -> None:
        """Repeat the loop, or no longer. The first one is the selected bars, else the whole song."""
        self.set_loop(self.loop or self._bars(self._document.selection.bars) or self._whole_song(), not self.looping)

    def loop_selection(self) -> None:
        """Repeat the selected bars."""
        self.set_loop(self._bars(self._document.selection.bars), True)

    def set_loop(self, span: Span | None, on: bool) -> None:
        self.loop, self.looping = span, on and span is not None
        self._roll.ruler.show_loop(span, self.looping)
        self._playback.set_loop(span if self.looping else None)
        self.changed.emit()

    def _bars(self, bars: tuple[int, int] | None) -> Span | None:
        timebase = self._document.song.timebase
        return bars and (int(timebase.bar_start(bars[0])), int(timebase.bar_end(bars[1])))

    def _whole_song(self) -> Span:
        return self._bars((0, (self._document.song.bar_count or LOOP_BARS) - 1))

    def _song_changed(self, change: Change) -> None:
        if change.opened:
            self.set_loop(None, False)
            self.set_tempo_percent(100)
        elif self.loop and change.before.shifts != change.after.shifts:
            first, last = (moved_place(tick, change.before, change.after) for tick in (self.loop[0], self.loop[1] - 1))
            self.set_loop((first, last + 1) if last > first else None, self.looping)
        elif self.loop and (before := change.before.timebase) != (after := change.after.timebase):
            start, end = (_same_place(tick, before, after) for tick in self.loop)
            self.set_loop((start, max(end, start + 1)), self.looping)

    # -- clicks, tempo, following ----------------------------------------------------------------

    def toggle_metronome(self) -> None:
        self.metronome = self._settings.metronome = not self.metronome
        self._playback.set_metronome(self.metronome)
        self.changed.emit()

    def toggle_count_in(self) -> None:
        self.count_in = self._settings.count_in = not self.count_in
        self._playback.set_count_in(self.count_in)
        self.changed.emit()

    def set_tempo_percent(self, percent: int) -> None:
        """Play at so many percent of the written tempo, from now on. The song is not changed."""
        percent = min(max(percent, SLOWEST), FASTEST)
        if percent != self.tempo_percent:
            self.tempo_percent = percent
            self._playback.set_tempo_scale(percent / 100)
            self.changed.emit()

    def slower(self) -> None:
        self.set_tempo_percent(self.tempo_percent - STEP)

    def faster(self) -> None:
        self.set_tempo_percent(self.tempo_percent + STEP)

    def tempo_as_written(self) -> None:
        self.set_tempo_percent(100)


def _same_place(tick: int, before: Timebase, after: Timebase) -> int:
    """The same bar, and the same ticks into it as far as it reaches, after a change of meters."""
    bar = int(before.bar_at(tick))
    within = tick - int(before.bar_start(bar))
    return min(int(after.bar_start(bar)) + within, int(after.bar_end(bar)))
