"""The assistant's panel and all it works with, but a transport that only notes down what it was told."""

import random
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.assistant.assistant_panel import AssistantPanel
from app.document import Document
from app.model_client import ModelClient
from app.theme import ThemeKeeper
from core.music.song import Song, Track, make_notes

BAR = 4 * 480
SONG = Song(tracks=tuple(
    Track(notes=make_notes([BAR * b for b in range(8)], [480] * 8, [pitch] * 8, [80] * 8), name=name)
    for name, pitch in (("Piano", 60), ("Bass", 40), ("Flute", 80))))


class SilentPlayback(QObject):
    """Notes down what the transport was told."""

    playingChanged = Signal(bool)

    def __init__(self):
        super().__init__()
        self.song, self.playing, self.located, self.tick, self.at_bar = None, False, [], 0, False

    def set_song(self, song, at_bar=False):
        self.song, self.at_bar = song, at_bar

    def play(self, from_tick):
        self.located.append(from_tick)
        self.playing = True
        self.playingChanged.emit(True)

    def stop(self):
        self.playing = False
        self.playingChanged.emit(False)


class Desk:
    """A panel and all it works with."""

    def __init__(self, styles: Path, target, settings=None):
        self.document = Document()
        self.document.load(SONG)
        self.client = ModelClient("model", styles, target=target)
        self.playback = SilentPlayback()
        self.document.songChanged.connect(lambda change: self.playback.set_song(change.after))
        self.themes = ThemeKeeper("dark")
        self.panel = AssistantPanel(self.document, self.client, self.playback, self.themes, styles, random.Random(5),
                                    settings=settings)
        self.previews = []
        self.panel.previewChanged.connect(self.previews.append)
        self.form = self.panel.request_panel

    def mark(self, first=1, last=2, tracks=(0, 1)):
        self.document.selection.select_bars(first, last)
        self.document.selection.select_tracks(tracks)

    def set_style(self, name):
        self.form.set_styles({name: ""})
        self.form.choose_style(name)

    @property
    def cards(self):
        return self.panel.takes.cards

    @property
    def status(self):
        return self.form.status.text()
