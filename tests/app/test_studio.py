"""The studio with a process that is really spawned and only pretends to train."""

import os

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.studio.studio_window import StudioWindow
from app.theme import ThemeKeeper
from core.model.styles import list_styles
from tests.app import fake_finetune_worker


@pytest.fixture
def songs(tmp_path):
    folder = tmp_path / "My songs"
    (folder / "old").mkdir(parents=True)
    for name in ("one.mid", "two.mid", "broken.mid", "old/three.mid", "old/four.mid"):
        (folder / name).write_bytes(b"")
    return folder


@pytest.fixture
def make_studio(qtbot, tmp_path):
    themes, studios = ThemeKeeper("dark"), []

    def make(scan_target=fake_finetune_worker.scan):
        studio = StudioWindow(themes, tmp_path / "model", tmp_path / "styles", None, scan_target,
                              fake_finetune_worker.train)
        qtbot.addWidget(studio)
        studio.show()
        studios.append(studio)
        return studio

    yield make
    for studio in studios:
        studio.client.close()


@pytest.fixture
def studio(make_studio):
    return make_studio()


@pytest.fixture
def scanned(studio, songs, qtbot):
    with qtbot.waitSignal(studio.client.reported, timeout=30_000):
        studio.scan(songs)
    return studio


def train(studio, qtbot, name):
    """Press Start and wait for the first curve."""
    studio.name.setText(name)
    with qtbot.waitSignal(studio.client.progressed, timeout=30_000):
        qtbot.mouseClick(studio.start_button, Qt.MouseButton.LeftButton)


def rows(studio):
    return [(studio.table.item(row, 0).text(), studio.table.item(row, 1).text())
            for row in range(studio.table.rowCount())]


def test_a_folder_is_reported_song_by_song(scanned):
    assert scanned.summary.text() == "4 of 5 songs can be used. 1 file left out: 1 broken, or not MIDI."
    assert rows(scanned)[0] == ("broken.mid", "the file is cut short after 120 bytes")
    assert (os.path.join("old", "four.mid"), "Can be used") in rows(scanned)
    assert scanned.name.text() == "My songs" and scanned.start_button.isEnabled()


def test_looking_through_a_folder_says_how_far_it_is(studio, songs, qtbot):
    said = []
    studio.client.looked.connect(lambda _: said.append(studio.summary.text()))
    with qtbot.waitSignal(studio.client.reported, timeout=10_000):
        studio.scan(songs)
    assert said == ["Looking through the folder… 3 of 5 files"]


def test_a_folder_of_two_songs_offers_no_start_and_says_why(studio, songs, qtbot):
    with qtbot.waitSignal(studio.client.reported, timeout=10_000):
        studio.scan(songs / "old")
    assert studio.summary.text() == "2 of 2 songs can be used. At least 3 are needed."
    assert not studio.start_button.isEnabled()


def test_an_empty_folder_offers_no_start(studio, tmp_path, qtbot):
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(studio.client.reported, timeout=30_000):
        studio.scan(tmp_path / "empty")
    assert studio.summary.text() == "There are no MIDI files in this folder."
    assert not studio.start_button.isEnabled()


def test_training_draws_both_curves_and_makes_a_style(scanned, qtbot, tmp_path):
    with qtbot.waitSignal(scanned.styleReady, timeout=30_000) as ready:
        train(scanned, qtbot, "mine")
        assert "2,900 tokens/s" in scanned.facts.text() and "3 min" in scanned.facts.text()
        assert scanned.stop_button.isEnabled() and not scanned.start_button.isEnabled()
    assert ready.args == ["mine"]
    assert [style.name for style in list_styles(tmp_path / "styles")] == ["mine"]
    minutes, losses = scanned.plots.loss_curve.getData()
    assert len(losses) == 10 and losses[0] > losses[-1] and minutes[-1] == pytest.approx(0.75)
    assert scanned.plots.held_out_curve.getData()[1].tolist() == pytest.approx([7.4, 7.4, 7.25, 7.1, 6.95])
    assert "7.40 → 6.90 bits per note on 1 held-out song, 6.8% better" in scanned.summary.text()
    assert scanned.start_button.isEnabled()


def test_a_training_that_does_not_help_says_so(scanned, qtbot):
    with qtbot.waitSignal(scanned.styleReady, timeout=30_000):
        train(scanned, qtbot, "worse")
    assert "7.40 → 7.50" in scanned.summary.text() and "no better" in scanned.summary.text()


def test_stop_keeps_the_best_so_far(scanned, qtbot, tmp_path):
    train(scanned, qtbot, "long")
    with qtbot.waitSignal(scanned.styleReady, timeout=30_000):
        scanned.stop_button.click()
    assert "best so far was kept" in scanned.facts.text()
    assert [style.name for style in list_styles(tmp_path / "styles")] == ["long"]


def test_training_goes_on_while_the_window_is_closed(scanned, qtbot):
    with qtbot.waitSignal(scanned.styleReady, timeout=30_000):
        train(scanned, qtbot, "mine")
        scanned.close()
    assert "6.90" in scanned.summary.text()


def test_failures_are_sentences_and_another_start_is_possible(scanned, qtbot, tmp_path):
    scanned.name.setText("fail")
    with qtbot.waitSignal(scanned.client.failed, timeout=30_000):
        scanned.start()
    assert scanned.status.text() == "The songs are too short to learn from."
    train(scanned, qtbot, "crash")
    qtbot.waitUntil(lambda: not scanned.client.is_training, timeout=30_000)
    assert "training process stopped unexpectedly (exit code 9)" in scanned.status.text()
    assert not list_styles(tmp_path / "styles") and scanned.start_button.isEnabled()


def test_a_scan_that_dies_says_so(make_studio, songs, qtbot):
    studio = make_studio(fake_finetune_worker.scan_and_die)
    with qtbot.waitSignal(studio.client.failed, timeout=30_000):
        studio.scan(songs)
    assert "scanning process stopped unexpectedly" in studio.status.text()


def test_a_name_that_cannot_be_a_folder_is_refused(scanned):
    scanned.name.setText("../else")
    scanned.start_button.click()
    assert scanned.status.text().startswith("A style's name has 1 to 40 letters")
    assert not scanned.client.is_training


def test_a_taken_name_is_asked_about(scanned, qtbot):
    with qtbot.waitSignal(scanned.styleReady, timeout=30_000):
        train(scanned, qtbot, "mine")
    QTimer.singleShot(50, lambda: QApplication.activeModalWidget().reject())
    scanned.start_button.click()
    assert not scanned.client.is_training


def test_closing_the_program_in_the_middle_keeps_the_best_and_leaves_no_process(scanned, qtbot, tmp_path):
    train(scanned, qtbot, "long")
    QApplication.instance().aboutToQuit.emit()
    assert not scanned.client.is_training
    assert [style.name for style in list_styles(tmp_path / "styles")] == ["long"]
