"""A library for requests: offered where the model can consult one, made of a folder, remembered."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from app.settings import Settings
from core.folders import libraries_folder
from core.model.libraries import library_name, list_libraries, place_for
from tests.app import fake_model_worker
from tests.app.desk import Desk


@pytest.fixture
def desk(qtbot, tmp_path):
    desk = Desk(tmp_path / "styles", fake_model_worker.run_that_looks_up, Settings(tmp_path / "s.ini"))
    qtbot.addWidget(desk.panel)
    desk.panel.show()
    with qtbot.waitSignal(desk.client.ready, timeout=30_000):
        desk.client.start()
    yield desk
    desk.client.close()


def choose_folder(desk, monkeypatch, folder: Path):
    """As a person does: the last entry of the list, then a folder in the dialog."""
    folder.mkdir(exist_ok=True)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    choice = desk.form.library
    choice.setCurrentIndex(choice.count() - 1)
    choice.activated.emit(choice.count() - 1)


def test_a_model_that_looks_nothing_up_is_offered_none(qtbot, tmp_path):
    desk = Desk(tmp_path, fake_model_worker.run)
    qtbot.addWidget(desk.panel)
    desk.panel.show()
    try:
        with qtbot.waitSignal(desk.client.ready, timeout=30_000):
            desk.client.start()
        assert not desk.form.library.isVisibleTo(desk.panel)
    finally:
        desk.client.close()


def test_a_folder_of_songs_becomes_the_library_of_the_next_request(desk, qtbot, tmp_path, monkeypatch):
    choice = desk.form.library
    assert choice.isVisibleTo(desk.panel) and choice.folder == "" and choice.currentText() == "None"
    with qtbot.waitSignal(desk.client.libraryBuilt, timeout=30_000):
        choose_folder(desk, monkeypatch, tmp_path / "my songs")
        assert not desk.form.generate_button.isEnabled() and choice.currentText() == "None"
    assert desk.status == "The library my songs holds 2 songs. 1 file could not be read."
    assert choice.currentText() == "my songs" and desk.form.generate_button.isEnabled()
    asked = []
    desk.form.requested.connect(asked.append)
    desk.mark()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
    assert asked[0].library == choice.folder == str(place_for(libraries_folder(), tmp_path / "my songs"))
    assert desk.cards[0].toolTip().endswith("library my songs")
    # It is remembered, and offered from then on.
    later = Desk(tmp_path, fake_model_worker.run_that_looks_up, Settings(tmp_path / "s.ini"))
    qtbot.addWidget(later.panel)
    assert later.form.library.folder == choice.folder
    later.form.library.activated.emit(0)
    assert Settings(tmp_path / "s.ini").library == ""


def test_making_one_can_be_cancelled_or_fail_and_says_so(desk, qtbot, tmp_path, monkeypatch):
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        choose_folder(desk, monkeypatch, tmp_path / "slow")
        qtbot.waitUntil(lambda: "of 3" in desk.status, timeout=30_000)
        desk.form.cancel_button.click()
    assert desk.status == "Cancelled." and desk.form.library.folder == "" and not list_libraries(libraries_folder())
    with qtbot.waitSignal(desk.client.requestFailed, timeout=30_000):
        choose_folder(desk, monkeypatch, tmp_path / "empty")
    assert "no song" in desk.status and desk.form.generate_button.isEnabled()


def test_a_library_that_is_there_is_taken_as_it_is_and_one_that_is_gone_is_none(desk, tmp_path, monkeypatch):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "library.json").write_text("{}")
    choose_folder(desk, monkeypatch, tmp_path / "made")
    assert desk.form.library.folder == str(tmp_path / "made") and desk.form.library.currentText() == "made"
    (tmp_path / "made" / "library.json").unlink()
    desk.form.library.fill(libraries_folder())
    assert desk.form.library.folder == ""


def test_folders_of_one_name_have_libraries_apart(tmp_path):
    one, other = place_for(tmp_path, "/a/songs"), place_for(tmp_path, "/b/songs")
    assert one != other and place_for(tmp_path, "/a/songs") == one
    assert library_name(one, tmp_path) == library_name(other, tmp_path) == "songs"
