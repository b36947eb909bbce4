"""The main window with everything real but the sound and the model, which no test here waits for."""

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.settings import Settings
from app.theme import ThemeKeeper
from core.music.song import Song, Track, make_notes
from core.sound.setup import SoundFacts, SoundSetup

BEAT = 480
BAR = 4 * BEAT


class QuietPlayback(QObject):
    """A transport without sound: it keeps what it was told and plays no time."""

    positionChanged = Signal(int)
    playingChanged = Signal(bool)
    message = Signal(str)
    countingChanged = Signal(bool)
    keyHeard = Signal(object)
    factsChanged = Signal(object)
    deviceLost = Signal(str)
    soundFontRefused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.song, self.tick, self.playing, self.loop, self.sounded = None, 0, False, None, []
        self.held = set()
        self.metronome, self.count_in, self.tempo_scale, self.at_bar = False, False, 1.0, False
        self.setup, self.facts, self.keys, self.started, self.played = SoundSetup(), SoundFacts(), "", False, {}

    def set_song(self, song, at_bar=False):
        self.song, self.at_bar = song, at_bar

    def start(self):
        self.started = True

    def play(self, from_tick=None, **how):
        self.played = how
        self._set(True)

    def stop(self):
        self._set(False)

    def toggle(self):
        self._set(not self.playing)

    def _set(self, playing):
        if playing != self.playing:
            self.playing = playing
            self.playingChanged.emit(playing)

    def locate(self, tick):
        self.tick = tick
        self.positionChanged.emit(tick)

    def set_loop(self, span):
        self.loop = span

    def set_metronome(self, on):
        self.metronome = on

    def set_count_in(self, on):
        self.count_in = on

    def set_tempo_scale(self, scale):
        self.tempo_scale = scale

    def change_setup(self, setup):
        self.setup = setup

    def set_keys(self, track):
        self.keys = track.name

    def preview(self, track, pitch, velocity=96, seconds=0.4):
        self.sounded.append((track.name, pitch))
        if seconds is None:
            self.held.add(pitch)

    def key_up(self, pitch):
        self.held.discard(pitch)


def piano_and_bass() -> Song:
    """Eight bars: a piano crotchet on each bar's first and third beat, a bass semibreve in each bar."""
    piano = make_notes(
        [BAR * b + 2 * BEAT * i for b in range(8) for i in range(2)], [BEAT] * 16, [60, 64] * 8, [80] * 16
    )
    bass = make_notes([BAR * b for b in range(8)], [BAR] * 8, [40] * 8, [90] * 8)
    return Song(tracks=(Track(piano, name="Piano"), Track(bass, 33, name="Bass")))


@pytest.fixture
def song() -> Song:
    return piano_and_bass()


def leave(window: MainWindow) -> None:
    """Nothing is asked when the window closes, and a model process that a test began says nothing to the next one."""
    window.document.undo_stack.clear()
    window.client.close()


@pytest.fixture
def window(qtbot, tmp_path: Path, song: Song) -> MainWindow:
    """The main window on screen, with ``piano_and_bass`` and nothing changed yet."""
    document = Document()
    made = MainWindow(document, Settings(tmp_path / "settings.ini"), ThemeKeeper("dark"), QuietPlayback(),
                      ModelClient(tmp_path / "model", tmp_path / "styles"), tmp_path / "model", tmp_path / "styles")
    document.load(song, title="Test song")
    qtbot.addWidget(made, before_close_func=leave)
    made.resize(1400, 850)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.wait(1)
    return made
