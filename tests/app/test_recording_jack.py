"""The whole way in: a MIDI keyboard on a true port, the engine, the window, notes on the track."""

import time

import pytest

from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.playback import Playback
from app.settings import Settings
from app.theme import ThemeKeeper
from core.sound.engine import Engine
from core.sound.setup import SoundSetup
from tests.app.conftest import BEAT
from tests.core.sound.jack import jack_server, needs_jack

rtmidi = pytest.importorskip("rtmidi")
WAIT = 30_000


@needs_jack
def test_what_is_played_in_stands_on_the_track_where_it_was_heard(qtbot, tmp_path, song, monkeypatch):
    with jack_server(monkeypatch, "-S", "-t", "5000"):
        keyboard = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, "Witness")
        keyboard.open_virtual_port("port")
        document, folder = Document(), tmp_path / "none"
        playback = Playback(Engine(sink="paced", setup=SoundSetup(midi_input="Witness:port")))
        window = MainWindow(document, Settings(tmp_path / "s.ini"), ThemeKeeper("dark"), playback,
                            ModelClient(folder, folder), folder, folder)
        qtbot.addWidget(window, before_close_func=lambda w: w.document.undo_stack.clear())
        document.load(song)
        playback.start()
        qtbot.waitUntil(lambda: playback.facts.midi_input == "Witness:port", timeout=WAIT)
        window.qactions["record"].trigger()
        assert "Recording" in window.statusBar().currentMessage()
        qtbot.waitUntil(lambda: window.recorder.recording and playback.tick > 0, timeout=WAIT)
        pressed = []
        for beat, pitch in enumerate((72, 74, 76), start=1):
            qtbot.waitUntil(lambda beat=beat: playback.tick >= beat * BEAT, timeout=WAIT)
            pressed.append(playback.tick)
            keyboard.send_message([0x90, pitch, 100])
            time.sleep(0.1)
            keyboard.send_message([0x80, pitch, 0])
        qtbot.wait(300)
        window.qactions["record"].trigger()
        qtbot.waitUntil(lambda: "Recorded 3 notes" in window.statusBar().currentMessage(), timeout=WAIT)
        before = {tuple(note) for note in song.tracks[0].notes.tolist()}
        new = [n for n in document.song.tracks[0].notes.tolist() if tuple(n) not in before]
        assert [n[2] for n in new] == [72, 74, 76]
        assert all(abs(n[0] - tick) <= BEAT // 2 for n, tick in zip(new, pressed, strict=True))
        assert all(n[0] % (BEAT // 4) == 0 for n in new), "on the grid"
        window.qactions["undo"].trigger()
        assert document.song == song
        playback.close()
        keyboard.delete()
