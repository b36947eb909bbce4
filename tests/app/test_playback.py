"""The transport as the window uses it, with the real engine and a paced sink."""

import os
import signal
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.playback import DEATHS, Playback
from core.music.song import Song, Track, make_notes
from core.sound.engine import Engine

BEAT = 480
SONG = Song(BEAT, (Track(make_notes([i * BEAT for i in range(40)], [100] * 40, [37] * 40, [100] * 40), is_drum=True),))
WAIT = 20_000


@pytest.fixture
def engine() -> Engine:
    return Engine(sink="paced", record_seconds=10)


@pytest.fixture
def playback(qtbot: QtBot, engine: Engine) -> Iterator[Playback]:
    playback = Playback(engine)
    playback.set_song(SONG)
    yield playback
    playback.close()


def kill(engine: Engine) -> None:
    os.kill(engine.pid, signal.SIGTERM)


def test_making_and_starting_it_does_not_hold_the_window_up(qtbot: QtBot) -> None:
    start = time.perf_counter()
    playback = Playback(Engine(sink="paced"))
    playback.start()
    playback.set_song(SONG)
    playback.play()
    called = time.perf_counter()
    qtbot.waitUntil(lambda: playback.tick > 0, timeout=WAIT)
    assert called - start < 0.5 * (time.perf_counter() - start), "the engine comes later, however busy the machine is"
    playback.close()


def test_toggle_plays_and_stops_and_the_playhead_moves(qtbot: QtBot, playback: Playback) -> None:
    ticks: list[int] = []
    playback.positionChanged.connect(ticks.append)
    with qtbot.waitSignal(playback.playingChanged, timeout=WAIT) as playing:
        playback.toggle()
    assert playing.args == [True]
    qtbot.waitUntil(lambda: playback.tick > 2 * BEAT, timeout=WAIT)
    with qtbot.waitSignal(playback.playingChanged, timeout=WAIT) as playing:
        playback.toggle()
    assert playing.args == [False]
    assert ticks == sorted(ticks)
    assert len(ticks) > 20
    qtbot.wait(200)
    ticks.clear()
    qtbot.wait(100)
    assert not ticks


def test_locate_shows_at_once_even_before_the_engine_runs(qtbot: QtBot, playback: Playback) -> None:
    with qtbot.waitSignal(playback.positionChanged, timeout=100) as moved:
        playback.locate(5 * BEAT)
    assert moved.args == [5 * BEAT]
    ticks: list[int] = []
    playback.positionChanged.connect(ticks.append)
    playback.play()
    qtbot.waitUntil(lambda: playback.tick > 6 * BEAT, timeout=WAIT)
    assert min(ticks) >= 5 * BEAT


def test_a_loop_keeps_the_playhead_inside(qtbot: QtBot, playback: Playback) -> None:
    ticks: list[int] = []
    playback.positionChanged.connect(ticks.append)
    playback.set_loop((4 * BEAT, 5 * BEAT))
    playback.play(4 * BEAT)
    qtbot.waitUntil(lambda: sum(b < a for a, b in zip(ticks, ticks[1:], strict=False)) >= 2, timeout=WAIT)
    assert min(ticks) >= 4 * BEAT
    assert max(ticks) <= 5 * BEAT + 4
    playback.set_loop(None)
    qtbot.waitUntil(lambda: playback.tick > 6 * BEAT, timeout=WAIT)


def test_a_preview_starts_the_engine_and_sounds(qtbot: QtBot, playback: Playback, engine: Engine) -> None:
    playback.preview(SONG.tracks[0], 38)
    qtbot.waitUntil(lambda: abs(engine.recorded()).max(initial=0) > 0.01, timeout=WAIT)
    assert not playback.playing


def test_an_engine_that_dies_is_started_again_and_goes_on(qtbot: QtBot, playback: Playback, engine: Engine) -> None:
    said: list[str] = []
    playback.message.connect(said.append)
    playback.play()
    qtbot.waitUntil(lambda: playback.tick > BEAT, timeout=WAIT)
    first = engine.pid
    kill(engine)
    qtbot.waitUntil(lambda: len(said) == 2, timeout=WAIT)
    assert "stopped unexpectedly" in said[0]
    assert "started again" in said[1]
    at = playback.tick
    qtbot.waitUntil(lambda: playback.tick > at + BEAT, timeout=WAIT)
    assert playback.playing
    assert engine.pid != first


def test_an_engine_that_keeps_dying_is_left_alone_until_play(qtbot: QtBot, engine: Engine) -> None:
    playback = Playback(engine, clock=lambda: 0.0)
    said: list[str] = []
    playback.message.connect(said.append)
    playback.start()
    for _ in range(DEATHS):
        qtbot.waitUntil(lambda: bool(engine.state.device), timeout=WAIT)
        count = len(said)
        kill(engine)
        qtbot.waitUntil(lambda count=count: len(said) >= count + 2, timeout=WAIT)
    assert "Press Play" in said[-1]
    qtbot.wait(100)
    assert not playback.state.alive
    playback.set_song(SONG)
    playback.play()
    qtbot.waitUntil(lambda: playback.tick > BEAT, timeout=WAIT)
    playback.close()


def test_closing_leaves_no_process_and_no_more_signals(qtbot: QtBot, playback: Playback, engine: Engine) -> None:
    playback.play()
    qtbot.waitUntil(lambda: playback.tick > 0, timeout=WAIT)
    pid = engine.pid
    ticks: list[int] = []
    playback.positionChanged.connect(ticks.append)
    playback.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    qtbot.wait(100)
    assert not ticks
