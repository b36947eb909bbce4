"""What can befall the sound ends in a window that works, the song as it was, and a sentence that says what happened."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.playback import Playback
from app.settings import Settings
from app.theme import ThemeKeeper
from core.music.edits import change_track
from core.music.song import Song
from core.sound.engine import Engine
from tests.app.conftest import BAR, BEAT, piano_and_bass
from tests.core.sound.jack import jack_server, needs_jack

WAIT = 40_000


@pytest.fixture
def make_window(qtbot: QtBot, tmp_path: Path) -> Iterator:
    """The window with a real sound process, started; what it has said in its status bar."""
    made: list[MainWindow] = []

    def make(engine: Engine) -> tuple[MainWindow, list[str]]:
        document = Document()
        window = MainWindow(document, Settings(tmp_path / "settings.ini"), ThemeKeeper("dark"), Playback(engine),
                            ModelClient(tmp_path / "model", tmp_path / "styles"), tmp_path / "model",
                            tmp_path / "styles")
        made.append(window)
        said: list[str] = []
        window.statusBar().messageChanged.connect(lambda text: said.append(text) if text else None)
        qtbot.addWidget(window, before_close_func=lambda w: w.document.undo_stack.clear())
        document.load(piano_and_bass(), title="Test song")
        window.show()
        window.playback.start()
        qtbot.waitUntil(lambda: bool(window.playback.state.device), timeout=WAIT)
        return window, said

    yield make
    for window in made:
        window.playback.close()


def assert_usable(qtbot: QtBot, window: MainWindow, song: Song) -> None:
    """The song is untouched, it can be edited, undone, played from a place and stopped."""
    assert window.document.song == song
    window.document.replace_song(change_track(song, 0, volume=50), "Volume")
    assert window.document.song != song
    window.undo()
    assert window.document.song == song
    window.playback.stop()
    window.locate(4 * BAR)
    assert window.roll.canvas.playhead == 4 * BAR
    window.qactions["play"].trigger()
    qtbot.waitUntil(lambda: window.playback.tick > 4 * BAR + BEAT, timeout=WAIT)
    assert window.qactions["play"].isChecked() and window.playing
    window.qactions["play"].trigger()
    qtbot.waitUntil(lambda: not window.playing, timeout=WAIT)


def test_the_sound_process_is_killed_while_it_plays(qtbot: QtBot, make_window) -> None:
    engine = Engine(sink="paced", record_seconds=60)
    window, said = make_window(engine)
    song = window.document.song
    window.qactions["play"].trigger()
    qtbot.waitUntil(lambda: window.playback.tick > BAR, timeout=WAIT)
    killed, pid = window.playback.tick, engine.pid
    os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    qtbot.waitUntil(lambda: any("started again" in text for text in said), timeout=WAIT)
    assert any("sound engine has stopped unexpectedly" in text for text in said)
    qtbot.waitUntil(lambda: window.playback.tick > killed + BEAT, timeout=WAIT)
    assert window.playing and engine.pid != pid, "it goes on playing where it was"
    assert_usable(qtbot, window, song)


@needs_jack
def test_the_jack_server_is_killed_while_it_plays(qtbot: QtBot, make_window, monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server(monkeypatch) as server:
        window, said = make_window(Engine())
        song = window.document.song
        assert "JACK" in window.playback.state.device
        window.qactions["play"].trigger()
        qtbot.waitUntil(lambda: window.playback.tick > BAR, timeout=WAIT)
        server.kill()
        server.wait()
        qtbot.waitUntil(lambda: window.sound.dialog is not None and not window.playing, timeout=WAIT)
        assert any("is gone, so playing has paused" in text and "JACK" in text for text in said)
        assert window.playback.tick >= BAR, "it stands where it was"
        assert window.sound.dialog.isVisible(), "the other devices are offered"
        window.sound.dialog.reject()
        assert_usable(qtbot, window, song)


def test_there_is_no_fluidsynth(qtbot: QtBot, make_window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "fluidsynth.py").write_text("raise ImportError('no library')")
    monkeypatch.syspath_prepend(str(tmp_path / "without"))  # the sound process inherits it
    engine = Engine(sink="paced", record_seconds=60)
    window, said = make_window(engine)
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert "FluidSynth is not installed, so there is no sound. Install it" in said[0]
    assert_usable(qtbot, window, window.document.song)
    assert len([text for text in said if "FluidSynth" in text]) == 1, "it is said once"
    assert not engine.recorded().any()
