"""The open windows: each has a song, a sound process and a model process of its own, and an autosave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication

from app.document import Document
from app.main_window import MainWindow
from app.recovery import Autosave, Left, find_left
from app.recovery_dialog import RecoveryDialog

STEP = QPoint(32, 32)
"""How far a new window stands from the one before."""


class Windows(QObject):
    """``make`` makes a window around a document; ``folder`` is where autosaved copies go."""

    def __init__(self, make: Callable[[Document], MainWindow], folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make, self._folder = make, folder
        self._open: dict[MainWindow, Autosave] = {}

    @property
    def all(self) -> list[MainWindow]:
        """Every open window, the oldest first."""
        return list(self._open)

    @property
    def current(self) -> MainWindow | None:
        """The window that is worked in, or else the one opened last; None when all are closed."""
        active = QApplication.activeWindow()
        return active if active in self._open else next(reversed(self._open), None)

    def open(self) -> MainWindow:
        """A new window with an empty song, not shown yet."""
        document = Document()
        window = self._make(document)
        document.setParent(window)
        window.themes.setParent(window)  # so that nobody is told of a theme after the window is gone
        window.themes.changed.connect(lambda: self._dress_alike(window))
        autosave = Autosave(document, self._folder, parent=window)
        autosave.failed.connect(window.say)
        window.windowAsked.connect(self.open_another)
        window.closed.connect(lambda: self._closed(window))
        self._open[window] = autosave
        return window

    def open_another(self) -> MainWindow:
        """A new window on screen, a little beside the current one."""
        beside = self.current
        window = self.open()
        window.show()
        if beside is not None and not beside.isMaximized():
            window.move(beside.pos() + STEP)
        return window

    def _dress_alike(self, window: MainWindow) -> None:
        for other in self._open:
            if other.themes.choice != window.themes.choice:
                other.themes.choose(window.themes.choice)
                other.refresh_actions()

    def _closed(self, window: MainWindow) -> None:
        if (autosave := self._open.pop(window, None)) is not None:
            autosave.close()
            window.playback.close()
            window.client.close()
            window.deleteLater()

    def close(self) -> None:
        """The program ends: end what the windows that are still open have started."""
        for window in self.all:
            self._closed(window)

    # -- after a crash -------------------------------------------------------------------------

    def offer_left(self, then: Callable[[], None] = lambda: None) -> RecoveryDialog | None:
        """Ask what to do with what crashes have left, if anything, and do it; ``then`` is called in any case."""
        left = find_left(self._folder)
        if not left:
            then()
            return None
        dialog = RecoveryDialog(left, self.current)
        dialog.finished.connect(lambda _: (self._answered(dialog), QTimer.singleShot(0, self, then)))
        dialog.open()
        return dialog

    def _answered(self, dialog: RecoveryDialog) -> None:
        for left in dialog.left:
            if left in dialog.discard:
                left.session.end()
            elif left not in dialog.restore:
                left.session.let_go()
        for left in dialog.restore:
            self._restore(left)
        dialog.deleteLater()

    def _restore(self, left: Left) -> None:
        """In the current window if nothing is lost by that, else in a new one."""
        window = self.current
        if window is None or window.document.path is not None or window.document.unsaved:
            window = self.open_another()
        said = left.restore_into(window.document)
        autosave = self._open[window]
        autosave.keep()
        autosave.wait()
        if autosave.has_copy:
            left.session.end()
        else:
            left.session.let_go()
        window.statusBar().showMessage(said)
