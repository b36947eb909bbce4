"""Several windows, and what they offer and restore after a crash."""

import gc
import sys
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from app import application, crash
from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.recovery import COPY, Autosave, find_left
from app.recovery_dialog import RecoveryDialog
from app.settings import Settings
from app.theme import ThemeKeeper
from app.windows import Windows
from core.files.midi import write_midi
from core.folders import user_data_folder
from core.music.edits import change_track
from tests.app.conftest import QuietPlayback

NOON = datetime(2024, 5, 6, 12, 30, 15)
BUTTONS = QMessageBox.StandardButton


class Silent(QuietPlayback):
    def close(self) -> None:
        self.song = None


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "autosave"


@pytest.fixture
def windows(qapp, tmp_path, folder):
    def make(document: Document) -> MainWindow:
        return MainWindow(document, Settings(tmp_path / "settings.ini"), ThemeKeeper("dark"), Silent(),
                          ModelClient(tmp_path, tmp_path), tmp_path, tmp_path)

    made = Windows(make, folder)
    made.open().show()
    yield made
    for window in made.all:
        window.document.new()
        window.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def edit(window, name: str = "Changed") -> None:
    window.document.replace_song(change_track(window.document.song, 0, name=name), "Rename track")


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*/{COPY}"))


def crashed(folder: Path, song, title: str = "Waltz", path: Path | None = None) -> None:
    """What a process that was killed has left, after two edits."""
    document = Document()
    document.load(song, path, title)
    autosave = Autosave(document, folder, now=lambda: NOON)
    for name in ("One", "Two"):
        document.replace_song(change_track(document.song, 0, name=name), "Rename track")
    autosave.keep()
    autosave.wait()
    autosave._timer.stop()
    autosave._session.let_go()
    autosave._session = None
    autosave.close()


def test_a_new_window_has_a_song_of_its_own(windows, song):
    first = windows.all[0]
    first.document.load(song)
    first.qactions["new_window"].trigger()
    second = windows.all[1]
    assert second.isVisible() and second.document.song is not song and second.pos() != first.pos()
    edit(second)
    assert first.document.song is song and not first.document.dirty
    assert first.playback is not second.playback


def test_windows_can_be_closed_one_by_one_and_leave_nothing(windows, folder, monkeypatch):
    first = windows.all[0]
    for _ in range(3):
        window = windows.open_another()
        edit(window)
        windows._open[window].keep()
        windows._open[window].wait()
        assert len(copies(folder)) == 1
        monkeypatch.setattr(QMessageBox, "question", lambda *_: BUTTONS.Discard)
        window.qactions["close"].trigger()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        del window
        gc.collect()
        assert windows.all == [first] and list(folder.iterdir()) == []
        first.qactions["theme_light"].trigger()
        first.qactions["theme_dark"].trigger()


def test_the_theme_is_the_same_in_all_windows(windows):
    first, second = windows.all[0], windows.open_another()
    second.qactions["theme_light"].trigger()
    assert first.themes.theme.name == "light" and first.qactions["theme_light"].isChecked()
    first.qactions["theme_dark"].trigger()
    assert second.themes.choice == "dark"


def test_quitting_closes_all_windows_unless_one_stays(windows, monkeypatch, qtbot):
    first, second = windows.all[0], windows.open_another()
    edit(first)
    answers = [BUTTONS.Cancel, BUTTONS.Discard]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    second.qactions["quit"].trigger()
    assert first in windows.all and answers == [BUTTONS.Discard]
    first.qactions["quit"].trigger()
    assert windows.all == []


def test_nothing_is_asked_when_nothing_was_left(windows):
    called = []
    assert windows.offer_left(lambda: called.append(1)) is None and called == [1]


def answer(dialog: RecoveryDialog, choice: str, unchecked: int | None = None) -> None:
    assert dialog.isVisible()
    if unchecked is not None:
        dialog.list.item(unchecked).setCheckState(Qt.CheckState.Unchecked)
    {"restore": dialog.restore_button.click, "discard": dialog.discard_button.click, "later": dialog.reject}[choice]()


def test_a_song_is_restored_into_the_window_that_holds_nothing(windows, folder, song, qtbot):
    crashed(folder, song)
    called = []
    dialog = windows.offer_left(lambda: called.append(1))
    assert "“Waltz” as of 12:30:15 on 6 May 2024, 2 edits since it was last saved" in dialog.list.item(0).text()
    answer(dialog, "restore")
    (window,) = windows.all
    assert window.document.song.tracks[0].name == "Two" and window.document.dirty and window.isWindowModified()
    assert window.statusBar().currentMessage().startswith("Restored “Waltz” as of 12:30:15")
    assert len(copies(folder)) == 1 and find_left(folder) == [], "it is kept anew, for the case of another crash"
    qtbot.waitUntil(lambda: called == [1])


def test_a_restored_song_can_be_left_for_another(windows, folder, song, tmp_path, monkeypatch):
    write_midi(song, tmp_path / "other.mid")
    crashed(folder, song)
    answer(windows.offer_left(), "restore")
    (window,) = windows.all
    asked = []
    monkeypatch.setattr(QMessageBox, "question", lambda *_: asked.append(1) or BUTTONS.Discard)
    window.files.open_path(tmp_path / "other.mid")
    assert asked == [1] and not window.document.dirty and not window.document.unsaved
    windows._open[window].wait()
    assert copies(folder) == []


def test_work_in_the_window_is_not_replaced_by_what_is_restored(windows, folder, song, tmp_path):
    path = tmp_path / "named.mid"
    write_midi(song, path)
    crashed(folder, song, "named", path)
    crashed(folder, song, "Waltz")
    edit(windows.all[0], "Mine")
    answer(windows.offer_left(), "restore")
    titles = sorted(window.document.title for window in windows.all)
    assert titles == ["Untitled", "Waltz", "named"] and windows.all[0].document.song.tracks[0].name == "Mine"
    named = next(window for window in windows.all if window.document.title == "named")
    assert named.document.path == path and named.document.dirty


def test_what_is_left_alone_is_offered_again_and_what_is_discarded_is_not(windows, folder, song):
    crashed(folder, song, "Waltz")
    crashed(folder, song, "Polka")
    answer(windows.offer_left(), "later")
    dialog = windows.offer_left()
    assert dialog.list.count() == 2
    gone, kept = dialog.left[0].title, dialog.left[1].title
    answer(dialog, "discard", unchecked=1)
    assert gone != kept and [left.title for left in _let_go(find_left(folder))] == [kept]
    assert [window.document.title for window in windows.all] == ["Untitled"]
    dialog = windows.offer_left()
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.restore_button.isEnabled() and not dialog.discard_button.isEnabled()
    dialog.reject()


def _let_go(found):
    for left in found:
        left.session.let_go()
    return found


def test_closing_a_window_with_unsaved_work_asks_and_saves_nothing_unasked(windows, folder, monkeypatch):
    window = windows.all[0]
    edit(window)
    windows._open[window].keep()
    windows._open[window].wait()
    monkeypatch.setattr(QMessageBox, "question", lambda *_: BUTTONS.Cancel)
    assert not window.close() and len(copies(folder)) == 1
    monkeypatch.setattr(QMessageBox, "question", lambda *_: BUTTONS.Discard)
    assert window.close() and list(folder.iterdir()) == []


def test_the_active_window_is_the_current_one(windows, qtbot):
    first, second = windows.all[0], windows.open_another()
    assert windows.current in (first, second)
    if QApplication.activeWindow() is None:
        assert windows.current is second
    second.close()
    assert windows.current is first


def test_the_program_offers_at_its_start_what_a_crash_has_left(qtbot, song, monkeypatch):
    crashed(user_data_folder() / "autosave", song)
    seen = []

    def a_moment(*_) -> int:
        qtbot.waitUntil(lambda: any(isinstance(w, RecoveryDialog) for w in QApplication.topLevelWidgets()))
        dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, RecoveryDialog))
        window = dialog.parent()
        answer(dialog, "restore")
        seen.extend([window.document.title, window.document.dirty])
        window.document.new()
        window.close()
        return 0

    class Unheard(Silent):
        def __init__(self, _engine) -> None:
            super().__init__()

    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(application, "Playback", Unheard)
    monkeypatch.setattr(ModelClient, "start", lambda self: None)
    monkeypatch.setattr(QApplication, "exec", a_moment)
    for name in ("enable", "disable"):
        monkeypatch.setattr(crash.faulthandler, name, lambda *_: None)
    assert application.run([]) == 0
    assert seen == ["Waltz", True] and list((user_data_folder() / "autosave").iterdir()) == []
