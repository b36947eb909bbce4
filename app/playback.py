"""The sound engine as the window sees it: commands in, the playhead out."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from core.music.song import Song
from core.sound.engine import Engine
from core.sound.state import TransportState

POLL_MILLISECONDS = 16
RESTART_PAUSE = 10.0
"""Seconds an engine must have lived to be restarted by itself: one that dies at once would die again."""


class Playback(QObject):
    """Plays the song through ``engine`` (by default the system's device), which is started when the event loop runs.

    ``positionChanged`` brings the tick that is heard, about sixty times a second while it moves; ``message`` a
    sentence for the musician, once. An engine that dies is restarted where it was.
    """

    positionChanged = Signal(int)
    playingChanged = Signal(bool)
    message = Signal(str)

    def __init__(self, engine: Engine | None = None, parent: QObject | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._engine = engine if engine is not None else Engine()
        self._clock = clock
        self._started = 0.0
        self._said = ""
        self._gave_up = False
        self._shown = TransportState()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)
        QTimer.singleShot(0, self, self.start)

    @property
    def state(self) -> TransportState:
        return self._engine.state

    @property
    def playing(self) -> bool:
        return self._engine.state.playing

    @property
    def tick(self) -> int:
        """The tick that is heard, or where playing will begin."""
        return self._engine.state.tick

    def start(self) -> None:
        """Start the engine; called by itself when the event loop runs. Does nothing when it has been started."""
        if not self._timer.isActive():
            self._started = self._clock()
            self._engine.start()
            self._timer.start()

    def close(self) -> None:
        """End the engine's process and wait for that. Nothing is signalled any more."""
        self._timer.stop()
        self.blockSignals(True)
        self._engine.close()

    def set_song(self, song: Song) -> None:
        """What sounds from now on, also while playing; a take is auditioned by passing the song with it applied."""
        self._engine.set_song(song)

    def play(self, from_tick: int | None = None) -> None:
        self._wake()
        self._engine.play(from_tick)
        self._poll()

    def stop(self) -> None:
        self._engine.stop()
        self._poll()

    def toggle(self) -> None:
        """What the space bar does."""
        if self.playing:
            self.stop()
        else:
            self.play()

    def locate(self, tick: int) -> None:
        self._engine.locate(max(0, tick))
        self._poll()

    def set_loop(self, start_tick: int, end_tick: int) -> None:
        """Repeat these ticks. Raises ValueError if the loop ends before it starts."""
        self._engine.set_loop(start_tick, end_tick)

    def clear_loop(self) -> None:
        self._engine.clear_loop()

    def preview(self, program: int, is_drum: bool, pitch: int, velocity: int = 96, seconds: float = 0.4) -> None:
        """Sound one note at once."""
        self._engine.preview(program, is_drum, pitch, velocity, seconds)

    def _wake(self) -> None:
        """After giving up on an engine that kept dying, pressing Play tries once more."""
        if self._gave_up:
            self._gave_up = False
            self._started = self._clock()
            self._engine.restart()

    def _poll(self) -> None:
        state = self._engine.state
        if state.playing != self._shown.playing:
            self.playingChanged.emit(state.playing)
        if state.tick != self._shown.tick:
            self.positionChanged.emit(state.tick)
        self._shown = state
        if state.message and state.message != self._said:
            self.message.emit(state.message)
        self._said = state.message
        if self._timer.isActive() and not state.alive and not self._gave_up:
            self._recover()

    def _recover(self) -> None:
        if self._clock() - self._started < RESTART_PAUSE:
            self._gave_up = True
            self.message.emit("The sound engine keeps stopping. Press Play to try it again.")
            return
        self._started = self._clock()
        self._engine.restart()
        self.message.emit("The sound engine has been started again.")
