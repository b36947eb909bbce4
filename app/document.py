"""The song being worked on: its file, its history, and what is selected in it.

Every change of the song, whoever makes it, goes through ``Document.replace_song`` and is one step of undo. That
holds for mute and solo too: an undo then never leaves the song other than it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.translation import tr
from core.files.midi import read_midi, write_midi
from core.files.project import SUFFIX, Project, SavedRequest, is_project, read_project, write_project
from core.generation.request import Cell
from core.music.edits import Region, changed_region, find_notes
from core.music.locks import Locks, carried, locked_notes, locks_of
from core.music.song import EMPTY_NOTES, Song, Track

NEW_SONG = Song(tracks=(Track(name="Piano"),))


@dataclass(frozen=True)
class Change:
    """What one step did to the song. ``region`` is the box of notes that differ, None when none do.

    ``opened`` says that this is another song, not an edit of the one before.
    """

    before: Song
    after: Song
    region: Region | None = None
    opened: bool = False


class Selection(QObject):
    """What is selected: bars on the ruler, tracks in the list, and notes on the current track.

    The marked bars × tracks are the *cells* that an edit of cells or the assistant works on.
    """

    barsChanged = Signal()
    tracksChanged = Signal()
    currentChanged = Signal(int)
    notesChanged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[int, int] | None = None
        """First and last selected bar, from 0, both included."""
        self.tracks: tuple[int, ...] = ()
        """Indices of the selected tracks, ascending."""
        self.current: int = 0
        """Index of the track that is edited in the roll."""
        self.notes: np.ndarray = EMPTY_NOTES
        """The selected notes of the current track, by value (a sorted array of ``NOTE_DTYPE``)."""
        self.muted: np.ndarray = EMPTY_NOTES
        """The same of its muted notes."""

    def select_bars(self, first: int, last: int) -> None:
        self._set_bars((max(0, min(first, last)), max(first, last)))

    def clear_bars(self) -> None:
        self._set_bars(None)

    def _set_bars(self, bars: tuple[int, int] | None) -> None:
        if bars != self.bars:
            self.bars = bars
            self.barsChanged.emit()

    def select_tracks(self, tracks) -> None:
        tracks = tuple(sorted(set(tracks)))
        if tracks != self.tracks:
            self.tracks = tracks
            self.tracksChanged.emit()

    def set_current(self, track: int) -> None:
        if track != self.current:
            self.current = track
            self.select_notes(EMPTY_NOTES)
            self.currentChanged.emit(track)

    def select_notes(self, notes: np.ndarray, muted: np.ndarray = EMPTY_NOTES) -> None:
        if len(notes) or len(self.notes) or len(muted) or len(self.muted):
            self.notes, self.muted = notes, muted
            self.notesChanged.emit()

    @property
    def cells(self) -> frozenset[Cell]:
        """The marked (bar, track) cells; empty when no bar or no track is selected."""
        if self.bars is None:
            return frozenset()
        first, last = self.bars
        return frozenset((bar, track) for bar in range(first, last + 1) for track in self.tracks)

    def keep_within(self, song: Song) -> None:
        """Let go of what is no longer in the song."""
        count = len(song.tracks)
        self.select_tracks(track for track in self.tracks if track < count)
        self.set_current(min(self.current, max(0, count - 1)))
        here = song.tracks[self.current] if count else Track()
        found = here.notes[find_notes(here.notes, self.notes)]
        muted = here.muted[find_notes(here.muted, self.muted)]
        if len(found) != len(self.notes) or len(muted) != len(self.muted):
            self.select_notes(found, muted)


class ReplaceSong(QUndoCommand):
    """The one command: another song in place of the one before. Songs share their tracks, so it costs little."""

    def __init__(self, document: Document, change: Change, label: str, selected: tuple, locks: tuple[Locks, Locks],
                 gesture: int) -> None:
        super().__init__(label)
        self.document, self.change, self.gesture = document, change, gesture
        self.selected_before, self.selected_after = selected
        self.locks_before, self.locks_after = locks
        self.done_once = False

    def redo(self) -> None:
        self.document._show(self.change, self.selected_after, self.locks_after, scroll=self.done_once)
        self.done_once = True

    def undo(self) -> None:
        back = replace(self.change, before=self.change.after, after=self.change.before)
        self.document._show(back, self.selected_before, self.locks_before, scroll=True)

    def id(self) -> int:
        return self.gesture

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Edits of one gesture (a slider being dragged) are one step."""
        before, after = self.change.before, other.change.after
        self.change = Change(before, after, changed_region(before, after))
        self.selected_after, self.locks_after = other.selected_after, other.locks_after
        self.setObsolete(before == after)
        return True


class Beside(Protocol):
    """What belongs to the song beside its notes, and goes into a project file with it."""

    def requests(self) -> tuple[SavedRequest, ...]: ...
    def settings(self) -> dict[str, object]: ...
    def take_up(self, project: Project) -> None: ...


class Document(QObject):
    """The current song. ``song`` is never changed in place; it is replaced."""

    songChanged = Signal(object)
    """A ``Change``: emitted after every edit, undo, redo and opening."""
    regionShown = Signal(object)
    """A ``Region`` that undo or redo has just changed, to be scrolled to."""
    fileChanged = Signal(object)
    """The song's new ``Path``, or None for a song that has no file yet."""
    dirtyChanged = Signal(bool)
    besideChanged = Signal()
    """The takes or requests are others than before."""

    historyChanged = Signal(int)
    """A step was done, undone or dropped, or the song saved; the number of steps that are done now."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.song = NEW_SONG
        self.locks: Locks = frozenset()
        """The notes that the assistant must leave as they are."""
        self.path: Path | None = None
        self.title = tr("Untitled")
        self.beside: Beside | None = None
        self.steps = 0
        """How many edits, undos and redos there were since the song was opened or saved."""
        self.selection = Selection(self)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._clean_changed)
        self.undo_stack.indexChanged.connect(self._count_step)
        self._index = 0
        self._beside_changed = False
        self._jump_from: Song | None = None

    @property
    def dirty(self) -> bool:
        """Whether Save would write something else than is in the file. Takes are in project files alone."""
        return not self.undo_stack.isClean() or (self._beside_changed and _is_project_name(self.path))

    @property
    def unsaved(self) -> bool:
        """Whether closing would lose something, be it only takes of a song that has no project file."""
        return not self.undo_stack.isClean() or self._beside_changed

    def _clean_changed(self, _clean: bool) -> None:
        self.dirtyChanged.emit(self.dirty)
        self.historyChanged.emit(self.undo_stack.index())

    def mark_beside_changed(self) -> None:
        """What belongs to the song beside its notes has changed."""
        self._beside_changed = True
        self.besideChanged.emit()
        self.dirtyChanged.emit(self.dirty)

    def _count_step(self, index: int) -> None:
        """Edits that are merged into one gesture leave the index where it is."""
        self.steps += index != self._index
        self._index = index
        self.historyChanged.emit(index)

    @property
    def current_track(self) -> Track | None:
        tracks = self.song.tracks
        return tracks[self.selection.current] if self.selection.current < len(tracks) else None

    # -- editing -------------------------------------------------------------------------------

    def replace_song(self, after: Song, label: str, region: Region | None = None, *,
                     select: np.ndarray | None = None, select_muted: np.ndarray = EMPTY_NOTES,
                     gesture: int = -1) -> None:
        """Make ``after`` the song, as one step of undo named ``label``. The same song again is no step.

        ``region``: what to scroll to on undo (default: the notes that differ). ``select``: the notes of the current
        track that are selected from then on, and ``select_muted`` its muted ones. Steps that carry the same ``gesture``
        (0 or more) become one.
        """
        before = self.song
        if after is before or after == before:
            return
        region = region or changed_region(before, after)
        here = (self.selection.current, self.selection.notes, self.selection.muted)
        then = here if select is None else (self.selection.current, select, select_muted)
        moved = (here[1], select if select is not None else EMPTY_NOTES)
        locks = self.locks, carried(self.locks, before, after, self.selection.current, moved)
        self.undo_stack.push(ReplaceSong(self, Change(before, after, region), label, (here, then), locks, gesture))

    def lock(self, locks: Locks, label: str) -> None:
        """Make ``locks`` the notes that stay as they are, as one step of undo. The same again is no step."""
        if locks != self.locks:
            here = (self.selection.current, self.selection.notes, self.selection.muted)
            self.undo_stack.push(ReplaceSong(self, Change(self.song, self.song), label, (here, here),
                                             (self.locks, locks), -1))

    def go_to_step(self, index: int) -> None:
        """Undo or redo until ``index`` steps are done, shown as one change."""
        self._jump_from, locks = self.song, self.locks
        try:
            self.undo_stack.setIndex(index)
        finally:
            before, self._jump_from = self._jump_from, None
        if before is not self.song or locks != self.locks:
            self._announce(Change(before, self.song, changed_region(before, self.song)), scroll=True)

    def take_up_locks(self, locks: Locks) -> None:
        """The locks of a project that has just been taken up: no step."""
        if not locks:
            return
        self.locks = frozenset().union(*(locks_of(track, notes) for track, notes in
                                         locked_notes(self.song, locks).items()))
        self.songChanged.emit(Change(self.song, self.song))

    def _show(self, change: Change, selected: tuple[int, np.ndarray, np.ndarray], locks: Locks, scroll: bool) -> None:
        self.song, self.locks = change.after, locks
        current, notes, muted = selected
        self.selection.keep_within(self.song)
        if current < len(self.song.tracks):
            self.selection.set_current(current)
            self.selection.select_notes(notes, muted)
        self.selection.keep_within(self.song)
        if self._jump_from is None:
            self._announce(change, scroll)

    def _announce(self, change: Change, scroll: bool) -> None:
        self.songChanged.emit(change)
        if scroll and change.region is not None:
            self.regionShown.emit(change.region)

    # -- files ---------------------------------------------------------------------------------

    def load(self, song: Song, path: Path | None = None, title: str = "") -> None:
        """Take up another song; its history starts here. ``path`` is the file that Save will write."""
        change = Change(self.song, song, opened=True)
        self.song, self.path, self.title = song, path, path.stem if path else title or tr("Untitled")
        self.locks = frozenset()
        self.undo_stack.clear()
        self.undo_stack.setClean()  # which an empty stack may not be, after a restored song
        self.steps, self._index, self._beside_changed = 0, 0, False
        self.selection.clear_bars()
        self.selection.select_tracks([0] if song.tracks else [])
        self.selection.set_current(0)
        self.selection.select_notes(EMPTY_NOTES)
        self.songChanged.emit(change)
        self._beside_changed = False  # the takes of the song before are gone
        self.fileChanged.emit(path)

    def new(self) -> None:
        self.load(NEW_SONG)

    def open(self, path: Path) -> str:
        """Read a MIDI or project file and take it up. Returns what a person should know of that, mostly nothing.

        Raises FileError, and then nothing has changed.
        """
        if not is_project(path):
            self.load(read_midi(path), path)
            return ""
        project = read_project(path)
        self._take_up(project, path)
        return project.remark

    def restore(self, project: Project, path: Path | None, title: str, steps: int) -> None:
        """Take up a project that was not saved to its file ``path``, ``steps`` edits after it last was."""
        self._take_up(project, path, title)
        self.undo_stack.resetClean()
        self.steps, self._beside_changed = steps, bool(project.requests)
        self.dirtyChanged.emit(self.dirty)

    def _take_up(self, project: Project, path: Path | None, title: str = "") -> None:
        self.load(project.song, path, title)
        if self.beside is not None:
            self.beside.take_up(project)
            self._beside_changed = False

    def project(self) -> Project:
        """The song with all that belongs to it."""
        beside = self.beside
        return Project(self.song, beside.requests(), beside.settings()) if beside is not None else Project(self.song)

    def save(self, path: Path) -> None:
        """Write the song to ``path``, which is its file from then on: a project or MIDI, as its name says.

        Raises FileError.
        """
        if _is_project_name(path):
            write_project(self.project(), path)
            self._beside_changed = False
        else:
            write_midi(self.song, path)
        self.path, self.title, self.steps = path, path.stem, 0
        self.undo_stack.setClean()
        self.fileChanged.emit(path)

    def export_midi(self, path: Path, midi_format: int | None = None) -> None:
        """Write a copy; the song keeps its own file. Raises FileError."""
        write_midi(self.song, path, midi_format)


def _is_project_name(path: Path | None) -> bool:
    return path is not None and path.suffix.lower() == SUFFIX
