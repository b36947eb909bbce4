"""The window tells a model that remembers what it may be asked, a moment after the last change; no other is told."""

import pytest

from app.assistant.reading_ahead import ReadingAhead
from core.generation.messages import ReadAhead
from core.music.song import Song, Track
from tests.app import fake_model_worker
from tests.app.desk import SONG, Desk

PAUSE = 60


def desk_with(qtbot, tmp_path, target):
    desk = Desk(tmp_path / "styles", target)
    qtbot.addWidget(desk.panel)
    desk.panel.reading_ahead.deleteLater()
    desk.ahead = ReadingAhead(desk.document, desk.form, desk.client, desk.panel, PAUSE)
    with qtbot.waitSignal(desk.client.ready, timeout=30_000):
        desk.client.start()
    desk.sent, send = [], desk.client._link.send
    desk.client._link.send = lambda message: (desk.sent.append(message), send(message))
    return desk


@pytest.fixture
def desk(qtbot, tmp_path):
    desk = desk_with(qtbot, tmp_path, fake_model_worker.run_that_remembers)
    yield desk
    desk.client.close()


def told(desk):
    return [message.request for message in desk.sent if isinstance(message, ReadAhead)]


def test_the_open_song_is_told_and_then_what_is_marked(desk, qtbot):
    qtbot.waitUntil(lambda: len(told(desk)) == 1)
    assert told(desk)[0].song == SONG and min(told(desk)[0].cells)[0] == SONG.bar_count
    desk.mark(2, 3, (0,))
    qtbot.waitUntil(lambda: len(told(desk)) == 2)
    assert told(desk)[1].cells == {(2, 0), (3, 0)}
    desk.set_style("mine")
    qtbot.waitUntil(lambda: len(told(desk)) == 3)
    assert told(desk)[2].style == "mine"
    seeds = {desk.form.seed.text()}
    qtbot.wait(3 * PAUSE)
    assert len(told(desk)) == 3 and {desk.form.seed.text()} == seeds


def test_many_edits_in_a_row_are_told_once_and_without_what_a_file_reader_keeps(desk, qtbot):
    qtbot.waitUntil(lambda: len(told(desk)) == 1)
    for bars in range(2, 6):
        notes = SONG.tracks[0].notes[:bars]
        desk.document.replace_song(Song(tracks=(Track(notes=notes, origin="file"), *SONG.tracks[1:])), "edit")
    qtbot.waitUntil(lambda: len(told(desk)) == 2)
    qtbot.wait(3 * PAUSE)
    assert len(told(desk)) == 2
    assert len(told(desk)[1].song.tracks[0].notes) == 5 and told(desk)[1].song.tracks[0].origin is None


def test_nothing_is_told_while_a_request_is_answered_or_of_a_song_without_notes(desk, qtbot):
    desk.mark()
    desk.set_style("slow")
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
        desk.sent.clear()
        desk.document.selection.select_bars(0, 0)
        qtbot.wait(3 * PAUSE)
        assert not desk.sent
    qtbot.waitUntil(lambda: len(told(desk)) == 1)
    desk.document.selection.clear_bars()
    desk.document.load(Song(tracks=(Track(),)))
    qtbot.wait(3 * PAUSE)
    assert all(request.song.note_count for request in told(desk))


def test_a_model_that_does_not_remember_is_told_nothing(qtbot, tmp_path):
    desk = desk_with(qtbot, tmp_path, fake_model_worker.run)
    try:
        desk.mark()
        desk.document.replace_song(Song(tracks=SONG.tracks[:2]), "edit")
        qtbot.wait(4 * PAUSE)
        assert not desk.sent
    finally:
        desk.client.close()
