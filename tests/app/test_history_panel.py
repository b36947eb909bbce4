"""The history: what is in it, and that a step of it can be gone to."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester

from app.document import Document
from app.history_panel import START, HistoryPanel
from core.music.edits import change_track, exchange_notes
from core.music.song import EMPTY_NOTES


@pytest.fixture
def document(qapp, song) -> Document:
    made = Document()
    made.load(song)
    return made


@pytest.fixture
def panel(document, qtbot) -> HistoryPanel:
    made = HistoryPanel(document)
    qtbot.addWidget(made)
    made.resize(200, 300)
    made.show()
    return made


def rows(panel: HistoryPanel) -> list[str]:
    model = panel.model()
    return [model.data(model.index(row)) for row in range(model.rowCount())]


def rename(document, *names: str) -> None:
    for name in names:
        document.replace_song(change_track(document.song, 0, name=name), f"Rename to {name}")


def test_it_lists_every_step_and_shows_where_the_song_stands(document, panel, song, tmp_path):
    assert rows(panel) == [START]
    rename(document, "a", "b", "c")
    document.undo_stack.undo()
    assert rows(panel) == [START, "Rename to a", "Rename to b", "Rename to c"] and panel.currentIndex().row() == 2
    italic = [panel.model().data(panel.model().index(row), Qt.ItemDataRole.FontRole).italic() for row in range(4)]
    assert italic == [False, False, False, True]
    document.save(tmp_path / "song.mid")
    assert rows(panel)[2] == "Rename to b – saved"
    rename(document, "d")
    assert rows(panel)[2:] == ["Rename to b – saved", "Rename to d"] and panel.currentIndex().row() == 3
    document.load(song)
    assert rows(panel) == [START]


def test_a_click_goes_to_a_step_as_one_change_and_scrolls_to_it(document, panel, song, qtbot):
    rename(document, *"abcdef")
    note = song.tracks[1].notes[3:4]
    document.replace_song(exchange_notes(document.song, 1, note, EMPTY_NOTES), "Erase")
    changes, shown = [], []
    document.songChanged.connect(changes.append)
    document.regionShown.connect(shown.append)
    where = panel.visualRect(panel.model().index(2)).center()
    qtbot.mouseClick(panel.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(30, where.y()))
    assert document.song.tracks[0].name == "b" and document.undo_stack.index() == 2 and len(changes) == 1
    assert shown[0].tracks == (1,) and shown[0].start == int(note["onset"][0])
    qtbot.keyClick(panel, Qt.Key.Key_Down)
    assert document.song.tracks[0].name == "c" and len(changes) == 2
    panel.setCurrentIndex(panel.model().index(7))
    assert document.undo_stack.index() == 7 and len(document.song.tracks[1].notes) == 7
    panel.setCurrentIndex(panel.model().index(0))
    assert document.song is song and not document.dirty
    assert panel.selectionModel().isSelected(panel.currentIndex())


def test_the_model_keeps_qts_rules(document, panel, song):
    tester = QAbstractItemModelTester(panel.model(), QAbstractItemModelTester.FailureReportingMode.Warning)
    rename(document, *"abcd")
    document.undo_stack.undo()
    document.undo_stack.undo()
    rename(document, "e")
    document.go_to_step(0)
    document.load(song)
    assert tester.model() is panel.model()  # a warning of Qt fails a test


def test_merged_gestures_are_one_row(document, panel):
    for volume in (90, 80, 100):
        document.replace_song(change_track(document.song, 0, volume=volume), "Change volume", gesture=1)
        assert len(rows(panel)) == (1 if volume == 100 else 2)


def test_a_long_history_stays_quick(document, panel):
    import time

    start = time.thread_time()
    rename(document, *(str(number) for number in range(3000)))
    panel.setCurrentIndex(panel.model().index(1))
    assert document.song.tracks[0].name == "0" and panel.model().rowCount() == 3001
    assert time.thread_time() - start < 20


def test_the_window_shows_and_hides_it(window):
    assert window.history_dock.isHidden()
    window.qactions["history"].trigger()
    assert window.history_dock.isVisible() and window.qactions["history"].isChecked()
    window.qactions["history"].trigger()
    assert window.history_dock.isHidden()
