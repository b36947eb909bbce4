"""Starting the program: the window first, then the model and the sound, which it need not wait for."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.crash import CrashWatch, ExceptionGuard, last_crash_dialog
from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.playback import Playback
from app.settings import Settings
from app.theme import ThemeKeeper
from app.translation import install
from app.windows import Windows
from core.folders import BASE_MODEL, styles_folder, user_data_folder, user_log_folder
from core.music.song import Song
from core.sound.engine import Engine

NAME = "Ritornello"


def run(argv: list[str], model: str | None = None) -> int:
    """Open the window, on the file that ``argv`` names or on the demo song; returns the exit status. ``model``: its
    folder, if it is not the shipped one."""
    application = QApplication.instance() or QApplication([sys.argv[0]])
    application.setApplicationName(NAME)
    application.setApplicationDisplayName(NAME)
    install(Settings().language)
    logs, data = user_log_folder(), user_data_folder()
    watch = CrashWatch(logs, os.getpid())
    windows = Windows(partial(make_window, model_folder=Path(model) if model else BASE_MODEL), data / "autosave")
    guard = ExceptionGuard(logs, data / "recovery", lambda: song_of(windows))
    guard.install()
    window = windows.open()
    window.files.load_demo()
    window.show()
    if argv:
        QTimer.singleShot(0, lambda: window.files.open_path(Path(argv[0])))
    QTimer.singleShot(0, window.client.start)
    if window.settings.sound.midi_input:  # so that the keyboard sounds before anything has been played
        QTimer.singleShot(0, window.playback.start)
    QTimer.singleShot(0, lambda: windows.offer_left(lambda: tell_of_crash(watch.last_report, windows)))
    try:
        return application.exec()
    finally:
        windows.close()
        watch.end()


def song_of(windows: Windows) -> tuple[Song, str]:
    """The song of the current window and its title."""
    document = windows.current.document if windows.current is not None else Document()
    return document.song, document.title


def tell_of_crash(report: str, windows: Windows) -> None:
    if report:
        last_crash_dialog(report, windows.current).open()


def make_window(document: Document, model_folder: Path = BASE_MODEL) -> MainWindow:
    """The main window with its sound and its model, neither of them started."""
    settings, styles = Settings(), styles_folder()
    return MainWindow(document, settings, ThemeKeeper(settings.theme), Playback(Engine(setup=settings.sound)),
                      ModelClient(model_folder, styles), model_folder, styles)

