"""The sound engine as the window sees it: commands in, the playhead out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.translation import tr
from core.music.song import Song, Track
from core.sound.engine import Engine
from core.sound.setup import KeyHeard, SoundFacts, SoundFontRefused, SoundSetup
from core.sound.state import TransportState

POLL_MILLISECONDS = 16
COUNT_IN_BARS = 1
PREVIEW_SECONDS = 0.4
"""How long a note sounds that is touched: a click shorter than that would let slow strings be silent."""
DEATHS, DEATH_SECONDS = 3, 60.0
"""An engine that died so many times within so many seconds is not restarted by itself any more."""


class Playback(QObject):
    """Plays the song through ``engine`` (by default on the system's device), started by ``start`` or the first sound.

    ``positionChanged`` brings the tick that is heard, about sixty times a second while it moves; ``message`` a
    sentence for the musician, once. An engine that dies is restarted where it was.
    """

    positionChanged = Signal(int)
    playingChanged = Signal(bool)
    message = Signal(str)
    countingChanged = Signal(bool)
    """The song is being counted in, or no longer."""
    keyHeard = Signal(object)
    """A ``KeyHeard`` of the MIDI keyboard, which sounds already."""
    factsChanged = Signal(object)
    """The ``SoundFacts``: device, SoundFont and ports in use."""
    deviceLost = Signal(str)
    """The device in use has gone away, and playing has paused."""
    soundFontRefused = Signal(str)
    """Why a SoundFont is not used, as a sentence; the one before stays."""

    def __init__(self, engine: Engine | None = None, parent: QObject | None = None,
                 clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._engine = engine if engine is not None else Engine()
        self._clock = clock
        self._deaths: deque[float] = deque(maxlen=DEATHS)
        self._said = ""
        self._gave_up = False
        self._count_in = False
        self._shown = TransportState()
        self._facts = SoundFacts()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.timeout.connect(self._poll)

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
        """Start the engine, without waiting for it. Does nothing when it has been started."""
        if not self._timer.isActive():
            self._engine.start()
            self._timer.start()

    def close(self) -> None:
        """End the engine's process and wait for that. Nothing is signalled any more."""
        self._timer.stop()
        self.blockSignals(True)
        self._engine.close()

    def set_song(self, song: Song, at_bar: bool = False) -> None:
        """What sounds from now on, also while playing; a take is auditioned by passing the song with it applied.
        ``at_bar``: while playing it begins with the next bar, or with the loop's next round."""
        self._engine.set_song(song, at_bar)

    def play(self, from_tick: int | None = None, count_in_bars: int = 0, endless: bool = False) -> None:
        """Play from a tick, or from where the transport stands, after so many bars of clicks. ``endless`` goes on
        after the last note, for who records."""
        self.start()
        self._wake()
        self._engine.play(from_tick, count_in_bars, endless)
        self._poll()

    def stop(self) -> None:
        """Stop and stay where we are."""
        self._engine.stop()
        self._poll()

    def toggle(self) -> None:
        """What the space bar does. Only playing that begins with it is counted in."""
        if self.playing:
            self.stop()
        else:
            self.play(count_in_bars=COUNT_IN_BARS if self._count_in else 0)

    def set_count_in(self, on: bool) -> None:
        """Count a bar before ``toggle`` plays, or not."""
        self._count_in = on

    def set_metronome(self, on: bool) -> None:
        """Click on every beat while playing, or no longer."""
        self._engine.set_metronome(on)

    def set_tempo_scale(self, scale: float) -> None:
        """Play so many times as fast as written, 0.25 to 2, from now on. Raises ValueError outside of that."""
        self._engine.set_tempo_scale(scale)

    def locate(self, tick: int) -> None:
        """Go to a tick; while playing, play on from there."""
        self._engine.locate(max(0, tick))
        self._poll()

    def set_loop(self, span: tuple[int, int] | None) -> None:
        """Repeat the ticks from start to end, or no longer. Raises ValueError if the loop ends before it starts."""
        if span is None:
            self._engine.clear_loop()
        else:
            self._engine.set_loop(*span)

    def preview(self, track: Track, pitch: int, velocity: int = 96,
                seconds: float | None = PREVIEW_SECONDS) -> None:
        """Sound one note at once, on the track's instrument; with None for the seconds until ``key_up``."""
        self.start()
        self._engine.preview(track.program, track.is_drum, pitch, velocity, seconds, track.volume, track.pan)

    def key_up(self, pitch: int | None = None, least: float = PREVIEW_SECONDS) -> None:
        """Let go of a key that is held, not before it has sounded for ``least`` seconds; or of all, at once."""
        self._engine.key_up(pitch, least)

    def key_control(self, status: int, a: int, b: int) -> None:
        """A pedal, wheel or pressure of a keyboard, for the keys that are pressed."""
        self._engine.key_control(status, a, b)

    @property
    def setup(self) -> SoundSetup:
        """The device, SoundFont and MIDI ports that are asked for."""
        return self._engine.setup

    @property
    def facts(self) -> SoundFacts:
        """Those in use."""
        return self._engine.facts

    def change_setup(self, setup: SoundSetup) -> None:
        """Use another device, SoundFont or MIDI ports, also while playing: the place is kept."""
        self._engine.change_setup(setup)
        self._poll()

    def set_keys(self, track: Track) -> None:
        """The MIDI keyboard sounds like this track."""
        self._engine.set_keys(track.program, track.is_drum, track.volume, track.pan)

    def _wake(self) -> None:
        """After giving up on an engine that kept dying, pressing Play tries once more."""
        if self._gave_up:
            self._gave_up = False
            self._deaths.clear()
            self._engine.restart()

    def _poll(self) -> None:
        state = self._engine.state
        if state.playing != self._shown.playing:
            self.playingChanged.emit(state.playing)
        if state.counting_in != self._shown.counting_in:
            self.countingChanged.emit(state.counting_in)
        if state.tick != self._shown.tick:
            self.positionChanged.emit(state.tick)
        self._shown = state
        if state.message and state.message != self._said:
            self.message.emit(state.message)
        self._said = state.message
        self._tell_news()
        if self._timer.isActive() and not state.alive and not self._gave_up:
            self._recover()

    def _tell_news(self) -> None:
        for one in self._engine.news():
            if isinstance(one, KeyHeard):
                self.keyHeard.emit(one)
                continue
            self.message.emit(one.text)
            if isinstance(one, SoundFontRefused):
                self.soundFontRefused.emit(one.text)
        before, self._facts = self._facts, self._engine.facts
        if self._facts != before:
            self.factsChanged.emit(self._facts)
            if self._facts.lost and not before.lost:
                self.deviceLost.emit(self._facts.lost)

    def _recover(self) -> None:
        self._deaths.append(self._clock())
        if len(self._deaths) == DEATHS and self._deaths[-1] - self._deaths[0] < DEATH_SECONDS:
            self._gave_up = True
            self.message.emit(tr("The sound engine keeps stopping. Press Play to try it again."))
            return
        self._engine.restart()
        self.message.emit(tr("The sound engine has been started again."))
