"""Locking notes: what the assistant must leave as it is."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.translation import counted, later, tr
from core.music.locks import locks_of


class LockActions(QObject):
    """They work on the notes selected on the current track."""

    said = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._selection = document, document.selection

    def toggle(self) -> None:
        """Lock the selected notes; if all of them are locked, unlock them."""
        chosen = locks_of(self._selection.current, self._selection.notes)
        if not chosen:
            return
        locks = self._document.locks
        if chosen <= locks:
            self._document.lock(locks - chosen, tr("Unlock notes"))
            self.said.emit(counted(len(chosen), later("{count} note unlocked"), later("{count} notes unlocked")))
        else:
            self._document.lock(locks | chosen, tr("Lock notes"))
            self.said.emit(counted(len(chosen), later("{count} note locked: takes leave it as it is"),
                                   later("{count} notes locked: takes leave them as they are")))

    def unlock_all(self) -> None:
        """No note is locked any more."""
        self._document.lock(frozenset(), tr("Unlock all notes"))
