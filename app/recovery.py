"""Autosave and what a crash leaves: at most a few seconds of work are lost, whatever happens to the program.

Every window keeps a copy of its song in a folder of its own inside the user's data folder, never in the user's file:
``song.ritornello``, and a lock that the system lets go of when the process ends, however it ends. A clean close takes
the folder away. So a folder whose lock can be had was left by a crash, and no window takes what another still uses.
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal

from app.document import Document
from app.translation import counted, later, tr
from core.files.atomic import write_atomic
from core.files.errors import FileError
from core.files.project import Project, project_bytes, read_project

DELAY_MS = 1_000
"""How long a change waits for others to be kept with it. What a crash can take is this and the time of writing."""

COPY, LOCK = "song.ritornello", "lock"
FAST = 1
"""How hard the copy is compressed."""

KEY = "recovery"
"""Under this name the copy's settings say what song it is a copy of."""


class Autosave(QObject):
    """Keeps a copy of what is unsaved in ``document``, written by another thread. ``now`` tells the time of day."""

    failed = Signal(str)
    """Why no copy can be kept, in a sentence, once until it works again."""
    _wrote = Signal(str)

    def __init__(self, document: Document, folder: Path, delay_ms: int = DELAY_MS,
                 now: Callable[[], datetime] = datetime.now, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._folder, self._now = document, folder, now
        self._session: Session | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="autosave")
        self._busy = self._changed_since = False
        self._problem = ""
        self._timer = QTimer(self, singleShot=True, interval=delay_ms)
        self._timer.timeout.connect(self.keep)
        self._wrote.connect(self._written)
        document.songChanged.connect(lambda change: self._forget() if change.opened else self._changed())
        document.besideChanged.connect(self._changed)
        document.dirtyChanged.connect(self._clean_or_not)
        document.fileChanged.connect(self._clean_or_not)

    def _changed(self) -> None:
        if self._busy:
            self._changed_since = True
        elif not self._timer.isActive():
            self._timer.start()

    def _clean_or_not(self, *_: object) -> None:
        """What is saved, or undone to what was saved, needs no copy."""
        if self._document.unsaved:
            self._changed()
        else:
            self._forget()

    def keep(self) -> None:
        """Write a copy now, in the other thread; none where nothing is unsaved."""
        self._timer.stop()
        if not self._document.unsaved:
            self._forget()
            return
        if self._session is None:
            try:
                self._session = Session.begin(self._folder)
            except OSError as problem:
                self._written(str(problem))
                return
        self._busy, self._changed_since = True, False
        project, session = self._described(), self._session
        self._writer.submit(session.write, project).add_done_callback(self._tell)

    def _described(self) -> Project:
        """The project as it is, and of what song in what state it is a copy."""
        document = self._document
        facts = {"title": document.title, "path": str(document.path or ""), "stamp": stamp_of(document.path),
                 "time": self._now().isoformat(timespec="seconds"), "steps": document.steps}
        project = document.project()
        return replace(project, settings={**project.settings, KEY: facts})

    def _tell(self, done: Future) -> None:
        """In the other thread: the window hears of it in its own."""
        problem = done.exception()
        if problem is not None and not isinstance(problem, (OSError, ValueError)):
            logging.getLogger(__name__).error("autosave", exc_info=problem)
        self._wrote.emit(str(problem) if problem is not None else "")

    def _written(self, problem: str) -> None:
        self._busy = False
        if problem and problem != self._problem:
            self.failed.emit(tr("No copy of the unsaved song can be kept for the case of a crash: {problem}",
                                problem=problem))
        self._problem = problem
        if self._changed_since or problem:
            self._timer.start()

    def _forget(self) -> None:
        self._timer.stop()
        self._changed_since = False
        if self._session is not None:
            self._writer.submit(self._session.empty)

    @property
    def has_copy(self) -> bool:
        return self._session is not None and (self._session.folder / COPY).exists()

    def wait(self) -> None:
        """Until everything that was begun is on the disk."""
        self._writer.submit(int).result()

    def close(self) -> None:
        """The window is closed as it should be: leave nothing behind."""
        self._timer.stop()
        self.blockSignals(True)
        self._writer.shutdown()
        if self._session is not None:
            self._session.end()
            self._session = None


class Session:
    """A folder for the copy of one window, held by a lock."""

    def __init__(self, folder: Path, lock: QLockFile) -> None:
        self.folder, self._lock = folder, lock

    @classmethod
    def begin(cls, parent: Path) -> Session:
        """A new one in ``parent``. Raises OSError if that cannot be written to."""
        folder = parent / secrets.token_hex(8)
        folder.mkdir(parents=True)
        if (lock := _locked(folder)) is None:
            raise OSError(tr("{folder} cannot be locked", folder=folder))
        return cls(folder, lock)

    @classmethod
    def take_over(cls, folder: Path) -> Session | None:
        """One that a crash has left; None while the process that made it lives."""
        return cls(folder, lock) if (lock := _locked(folder)) is not None else None

    def write(self, project: Project) -> None:
        write_atomic(self.folder / COPY, project_bytes(project, rendition=False, level=FAST))

    def empty(self) -> None:
        (self.folder / COPY).unlink(missing_ok=True)

    def let_go(self) -> None:
        """Leave it for another start of the program."""
        self._lock.unlock()

    def end(self) -> None:
        """Take it away, with whatever a write that was cut off has left."""
        self.empty()  # first, so that nobody can take it for what a crash left
        self._lock.unlock()
        shutil.rmtree(self.folder, ignore_errors=True)


def _locked(folder: Path) -> QLockFile | None:
    lock = QLockFile(str(folder / LOCK))
    lock.setStaleLockTime(0)  # however old it is, it holds as long as its process lives
    return lock if lock.tryLock(0) else None


def stamp_of(path: Path | None) -> list[int]:
    """What tells whether a file has been written since: its time and size. Empty where there is none."""
    try:
        facts = path.stat() if path is not None else None
    except OSError:
        return []
    return [facts.st_mtime_ns, facts.st_size] if facts is not None else []


# -- after a crash -----------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Left:
    """What a crash has left of one window. ``path``: the song's file, None if it has none or that is another by now.

    ``steps``: how many edits, undos and redos had been made since it was saved. ``time``: when the copy was written.
    """

    session: Session
    project: Project
    title: str
    path: Path | None
    time: datetime
    steps: int
    replaced: bool = False

    def __str__(self) -> str:
        edits = counted(self.steps, later("{count} edit since it was last saved"),
                        later("{count} edits since it was last saved"))
        count = sum(len(request.takes) for request in self.project.requests)
        takes = ", " + counted(count, later("{count} take"), later("{count} takes")) if count else ""
        day = f"{self.time.day} {self.time:%B %Y}"
        return tr("“{title}” as of {time:%H:%M:%S} on {day}, {edits}", title=self.title, time=self.time, day=day,
                  edits=edits + takes)

    def restore_into(self, document: Document) -> str:
        """Make it the document's song, unsaved; returns a sentence that says what was restored."""
        settings = {name: value for name, value in self.project.settings.items() if name != KEY}
        document.restore(replace(self.project, settings=settings), self.path, self.title, self.steps)
        other = tr(" Its file has been changed meanwhile: Save will ask where to.") if self.replaced else ""
        return tr("Restored {song}.", song=self) + other


def find_left(folder: Path) -> list[Left]:
    """What crashes have left in a folder, the latest first; each is locked until it is let go of or ended.

    Folders without a copy are taken away; a copy that cannot be read is left where it is, for whoever can.
    """
    found = []
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if not place.is_dir() or (session := Session.take_over(place)) is None:
            continue
        if not (place / COPY).exists():
            session.end()
            continue
        try:
            found.append(_described_in(read_project(place / COPY), session))
        except (FileError, KeyError, TypeError, ValueError):
            logging.getLogger(__name__).exception("the copy in %s cannot be read", place)
            session.let_go()
    return sorted(found, key=lambda left: left.time, reverse=True)


def _described_in(project: Project, session: Session) -> Left:
    facts = project.settings[KEY]
    path = Path(facts["path"]) if facts["path"] else None
    replaced = path is not None and stamp_of(path) != facts["stamp"]
    return Left(session, project, str(facts["title"]), None if replaced else path,
                datetime.fromisoformat(facts["time"]), int(facts["steps"]), replaced)
