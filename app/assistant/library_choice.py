"""Which library a model that looks up consults: none, one that is there, or one to be made of a folder of songs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from app.translation import later, tr
from core.model.libraries import is_library, library_name, list_libraries

ABOUT = later("Songs whose passages the model looks up while it writes, besides those of your song")


class LibraryChoice(QComboBox):
    """The list of libraries. ``folderWanted``: the last entry was chosen, which names none yet."""

    folderWanted = Signal()
    libraryChosen = Signal(str)
    """The folder of the library that is chosen now, empty for none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setToolTip(tr(ABOUT))
        self._home = Path()
        self._elsewhere: list[Path] = []
        self._chosen = ""
        self.activated.connect(self._on_activated)
        self.fill(Path())

    @property
    def folder(self) -> str:
        """Of the library that is chosen; empty for none."""
        return self._chosen

    def fill(self, home: Path) -> None:
        """List the libraries in the folders of ``home``, and those elsewhere that were chosen."""
        self._home = home
        self.clear()
        self.addItem(tr("None"), "")
        for folder in [*(list_libraries(home) if home.name else []), *filter(is_library, self._elsewhere)]:
            self.addItem(library_name(folder, home), str(folder))
            self.setItemData(self.count() - 1, str(folder), Qt.ItemDataRole.ToolTipRole)
        self.insertSeparator(self.count())
        self.addItem(tr("Choose a folder…"), None)
        self._show(self._chosen)

    def choose(self, folder: str) -> None:
        """Choose a library by its folder; one that is no longer there is none."""
        path = Path(folder)
        if folder and self.findData(folder) < 0 and is_library(path):
            self._elsewhere.append(path)
            self.fill(self._home)
        self._show(folder)

    def _show(self, folder: str) -> None:
        place = max(0, self.findData(folder)) if folder else 0
        self.setCurrentIndex(place)
        changed, self._chosen = self._chosen, self.itemData(place)
        if changed != self._chosen:
            self.libraryChosen.emit(self._chosen)

    def _on_activated(self, index: int) -> None:
        if (folder := self.itemData(index)) is None:
            self._show(self._chosen)
            self.folderWanted.emit()
        else:
            self._show(folder)
