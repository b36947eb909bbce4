"""The words a person reads, in their language: the sources are English, a Qt translation file may say them otherwise.

What ``pyside6-lupdate`` shall find is written as a literal: ``tr("{count} notes", count=3)``. A text that is data
(a table, a constant) is marked with ``later`` where it stands and translated where it is shown.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.folders import TRANSLATIONS

CONTEXT = ""
"""That of every text, which is how lupdate files what stands in a plain function call."""


def tr(text: str, /, **values: object) -> str:
    """``text`` in the language of the program, with ``values`` in place of ``{name}``."""
    said = QCoreApplication.translate(CONTEXT, text)
    try:
        return said.format(**values) if values else said
    except (LookupError, ValueError, AttributeError, TypeError):  # a translator's slip must not cost a gesture
        return text.format(**values)


def later(text: str) -> str:
    """``text`` itself, marked for translation: ``tr`` is called where it is shown."""
    return text


def counted(count: int, one: str, many: str) -> str:
    """``one`` or ``many`` of what there is, both marked with ``later``, with ``{count}`` filled in."""
    return tr(one if count == 1 else many, count=count)


def install(language: str = "", folder: Path = TRANSLATIONS) -> list[QTranslator]:
    """Let ``folder``'s ritornello_XX.qm speak, if there is one for ``language`` (or else for the system's).

    Qt's own words (OK, Cancel) come along from the translations that PySide6 brings. Returns what was installed.
    """
    locale = QLocale(language) if language else QLocale.system()
    installed = []
    application = QCoreApplication.instance()
    for name, where in (("ritornello", str(folder)),
                        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))):
        translator = QTranslator(application)
        if not translator.load(locale, name, "_", where, ".qm"):
            break  # Qt's words alone would make a window in two languages
        application.installTranslator(translator)
        installed.append(translator)
    return installed
