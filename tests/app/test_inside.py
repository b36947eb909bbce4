"""The window inside the model follows the selected note, says in words what it draws."""

import numpy as np
import pytest
from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.inside.inside_window import InsideWindow
from app.model_client import ModelClient
from app.theme import ThemeKeeper
from core.generation.messages import Looked, LookUps, NoteAttention, PitchMap, RequestFailed
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

    def look(self, style="", note=None, library=""):
        self.asked.append((style, note))
        return len(self.asked)

    def answer(self, weights=None, look_ups=None, looks_up=False, problem=""):
        heads = np.array([[[0.5, 0.1, 0.0], [0.1, 0.7, 0.0]]], dtype=np.float32) if weights is None else weights
        note = self.asked[-1][1]
        seen = None if note is None or problem else NoteAttention(
            TUNE[:3], np.zeros(3, dtype=np.int32), heads, 1 - heads.sum(axis=-1), np.zeros((1, 2)))
        self.looked.emit(Looked(len(self.asked), a_map(), seen, look_ups, looks_up, problem))


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


def test_it_opens_with_the_last_note_of_the_track_when_none_is_selected(window, client, document):
    (style, note), = client.asked
    assert (style, note.track, note.onset, note.pitch) == ("mine", 0, 7 * BEAT, 72) and note.song is document.song
    document.selection.select_notes(TUNE[2:4])
    window.look()
    assert client.asked[-1][1].pitch == 65


def test_on_an_empty_track_it_shows_the_pitches_and_says_what_to_do(window, client, document):
    document.selection.set_current(1)
    window.look()
    assert client.asked[-1] == ("mine", None)
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


def test_a_note_that_cannot_be_looked_at_leaves_the_pitches_to_see(window, client):
    client.answer(problem="This model writes several notes with one token.")
    assert window.words.text() == "This model writes several notes with one token."
    assert "octave apart are closer" in window.pitch_words.text()


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


# -- what is looked up -----------------------------------------------------------------------


def look_ups(**changed):
    """Two heads: the first looked at two notes of bar 1 and a bar line, the second at a library as well."""
    facts = {"layer": 0, "first_bar": 1, "gates": np.array([0.25, 0.75]),
             "passages": np.array([[0, -1], [0, 0]], dtype=np.int32),
             "shares": np.array([[0.2, 0.8], [0.0, 0.4]]), "notes": TUNE[:2], "tracks": np.zeros(2, dtype=np.int32),
             "weights": np.array([[0.6, 0.2], [0.0, 0.4]]), "library": (("bach/air.mid", 6, 0),),
             "library_shares": np.array([[0.0], [0.6]])}
    return LookUps(**facts | changed)


def test_look_ups_are_drawn_on_the_roll_and_named(window, client, document, qtbot):
    document.selection.select_notes(TUNE[5:6])
    qtbot.waitUntil(lambda: len(client.asked) == 2, timeout=5000)
    client.answer(look_ups=look_ups(), looks_up=True)
    view = window.look_ups
    assert view.plot.isVisibleTo(window) and "bar 1 of Piano (50%)" in view.words.text()  # 0.25 * 0.8 + 0.75 * 0.4
    assert "bar 7 of bach/air.mid in the library (45%)" in view.words.text() and "lets 50% of" in view.words.text()
    view.heads.setCurrentIndex(1)
    assert view.heads.currentText() == "Head 1, gate 25% open" and "lets 25% of" in view.words.text()
    assert "bar 1 of Piano (80%), bar 1 (20%)" in view.words.text() and "library" not in view.words.text()
    notes, _, weights = view.plot._shown
    assert notes.tolist()[-3:] == [*TUNE[:2].tolist(), TUNE[2].tolist()] and weights.tolist()[-3:] == [0.6, 0.2, 0.0]
    lit = view.plot.opacities()[-3:-1]
    assert lit[0] == 255 > lit[1] > view.plot.opacities()[0]


def test_a_model_without_retrieval_says_so_and_shows_nothing_of_it(window, client, document):
    client.answer()
    view = window.look_ups
    assert view.words.text().startswith("This model looks nothing up") and view.words.isVisibleTo(window)
    assert not view.plot.isVisibleTo(window) and not view.heads.isVisibleTo(window)


def test_a_window_that_shows_the_whole_song_leaves_nothing_to_look_up(window, client, document, qtbot):
    document.selection.select_notes(TUNE[5:6])
    qtbot.waitUntil(lambda: len(client.asked) == 2, timeout=5000)
    nothing = look_ups(gates=np.zeros(2), passages=np.empty((0, 2), dtype=np.int32), shares=np.empty((2, 0)),
                       notes=TUNE[:0], tracks=np.empty(0, dtype=np.int32), weights=np.empty((2, 0)), library=(),
                       library_shares=np.empty((2, 0)))
    client.answer(look_ups=nothing, looks_up=True)
    assert "the window shows all of the song" in window.look_ups.words.text()
    assert not window.look_ups.plot.isVisibleTo(window)
