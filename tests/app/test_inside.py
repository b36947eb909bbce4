"""The window inside the model follows the selected note, says in words what it draws."""

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.inside.inside_window import InsideWindow
from app.model_client import ModelClient
from app.theme import ThemeKeeper
from core.generation.messages import Looked, NoteAttention, PitchMap, RequestFailed
from core.music.song import Song, Track, make_notes
from tests.app import fake_model_worker

BEAT = 480
TUNE = make_notes(np.arange(8) * BEAT, [BEAT] * 8, [60, 62, 64, 65, 67, 69, 71, 72], [80] * 8)


class StillClient(QObject):
    """Keeps what was asked; answers when told to."""

    looked, lookFailed = Signal(Looked), Signal(RequestFailed)
    is_ready = True

    def __init__(self):
        super().__init__()
        self.asked = []

    def look(self, style="", note=None):
        self.asked.append((style, note))
        return len(self.asked)

    def answer(self, weights=None):
        heads = np.array([[[0.5, 0.1, 0.0], [0.1, 0.7, 0.0]]], dtype=np.float32) if weights is None else weights
        note = self.asked[-1][1]
        seen = None if note is None else NoteAttention(TUNE[:3], np.zeros(3, dtype=np.int32), heads,
                                                       1 - heads.sum(axis=-1))
        self.looked.emit(Looked(len(self.asked), a_map(), seen))


def a_map():
    turn = np.linspace(0, 2 * np.pi, 88)
    alike = np.where(np.arange(25) % 12 == 0, 0.9, 0.1).astype(np.float32)
    alike[7] = 0.5
    return PitchMap(21, np.stack([np.cos(turn), np.sin(turn)], axis=1), np.array([0.5, 0.3]), alike,
                    np.stack([np.cos(turn[:12]), np.sin(turn[:12])], axis=1))


@pytest.fixture
def document():
    document = Document()
    document.load(Song(BEAT, (Track(notes=TUNE, name="Piano"), Track(name="Bass"))))
    return document


@pytest.fixture
def client():
    return StillClient()


@pytest.fixture
def window(qtbot, document, client):
    window = InsideWindow(document, client, ThemeKeeper("dark"), lambda: "mine")
    qtbot.addWidget(window)
    window.show()
    return window


def test_without_a_note_it_shows_the_pitches_and_says_what_to_do(window, client):
    assert client.asked == [("mine", None)]
    client.answer()
    assert "Select one note" in window.words.text()
    assert "octave apart are closer" in window.pitch_words.text() and "Fifths (0.50) are closer" in \
        window.pitch_words.text()


def test_it_follows_the_selected_note_and_names_what_was_looked_at(window, client, document, qtbot):
    document.selection.select_notes(TUNE[2:3])
    qtbot.waitUntil(lambda: len(client.asked) == 2, timeout=5000)
    note = client.asked[-1][1]
    assert (note.track, note.onset, note.pitch) == (0, 2 * BEAT, 64) and note.song is document.song
    client.answer()
    assert "About to write E4 in bar 1 of Piano" in window.words.text()
    assert "D4 in bar 1 of Piano (40%), C4 in bar 1 of Piano (30%)" in window.words.text()
    assert "30% went to bar lines" in window.words.text()
    window.heads.setCurrentIndex(1)
    assert "C4 in bar 1 of Piano (50%), D4" in window.words.text()
    opacities = window.attention.opacities()
    assert opacities[0] == 255 > opacities[1]


def test_several_notes_or_a_closed_window_ask_for_nothing(window, client, document, qtbot):
    document.selection.select_notes(TUNE[:2])
    window.hide()
    document.selection.select_notes(TUNE[:1])
    qtbot.wait(300)
    assert len(client.asked) == 1


def test_an_answer_that_is_not_wanted_any_more_is_not_shown(window, client, document):
    client.look()
    client.answer()  # to the second question, which is not the window's
    assert not window.pitch_words.text()


def test_what_went_wrong_is_said(window, client):
    client.lookFailed.emit(RequestFailed(1, "There is no such note."))
    assert window.words.text() == "There is no such note."


def test_a_failed_look_is_no_failed_request_and_only_the_newest_waits(qapp, qtbot):
    client = ModelClient("model", "styles", target=fake_model_worker.run_slow_to_load)
    requests, looks = [], []
    client.requestFailed.connect(requests.append)
    client.looked.connect(looks.append)
    client.lookFailed.connect(looks.append)
    try:
        dropped, asked = client.look(), client.look("refuse")
        last = client.look()
        assert dropped < asked < last
        with qtbot.waitSignal(client.looked, timeout=30_000):
            pass
        with qtbot.waitSignal(client.lookFailed, timeout=30_000):
            client.look("refuse")
        assert [message.request_id for message in looks] == [last, last + 1] and not requests
    finally:
        client.close()
