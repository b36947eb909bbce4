"""All the tracks in a scrolling column, and what can be done with them as a whole."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app.document import Document
from app.dropped import dropped_path
from app.theme import Theme, icon
from app.tracks.track_drag import TrackDrag
from app.tracks.track_row import TrackRow
from app.translation import tr
from core.music.edits import add_track, change_track, move_track, remove_track
from core.music.song import Track

MOST_TRACKS = 128


class TrackList(QWidget):
    """Shows the document's tracks. A click makes a track current; Ctrl and Shift mark several; a drag moves one."""

    instrumentAsked = Signal()
    """For the current track."""
    fileDropped = Signal(Path)
    """A song whose tracks are to be added."""

    def __init__(self, document: Document, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent, objectName="TrackPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(256)
        self.setAcceptDrops(True)
        self.document, self.theme = document, theme
        self.rows: list[TrackRow] = []
        self._gestures = count()
        self._gesture = self._last_gesture = -1
        self.add_button = QToolButton(toolTip=tr("Add a track"), accessibleName=tr("Add a track"))
        self.remove_button = QToolButton(toolTip=tr("Remove the current track"),
                                         accessibleName=tr("Remove the current track"))
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self._lay_out()
        self.set_theme(theme)
        document.songChanged.connect(self._show)
        document.selection.tracksChanged.connect(self._show)
        document.selection.currentChanged.connect(self._show_current)
        self._show()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 6)
        head.addWidget(QLabel(tr("Tracks"), objectName="PanelTitle"), 1)
        head.addWidget(self.add_button)
        head.addWidget(self.remove_button)
        inside = QWidget(objectName="TrackRows")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scroll = QScrollArea(objectName="TrackList", widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        self.dragging = TrackDrag(self.rows, inside, self._scroll, self._move_to)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)

    # -- showing -------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self.add_button.setIcon(icon("add", theme))
        self.remove_button.setIcon(icon("remove", theme))
        for row in self.rows:
            row.set_theme(theme)

    def _show(self) -> None:
        self.dragging.cancel()
        tracks, selection = self.document.song.tracks, self.document.selection
        while len(self.rows) < len(tracks):
            self._append_row()
        while len(self.rows) > len(tracks):
            row = self.rows.pop()
            row.hide()
            row.deleteLater()
        for index, (row, track) in enumerate(zip(self.rows, tracks, strict=True)):
            row.show_track(track, index == selection.current, index in selection.tracks)
        self.remove_button.setEnabled(bool(tracks))

    def _append_row(self) -> None:
        row = TrackRow(len(self.rows), self.theme)
        row.clicked.connect(lambda held, index=row.index: self._clicked(index, held))
        row.changed.connect(lambda label, facts, index=row.index: self._change(index, label, facts))
        row.instrumentAsked.connect(lambda index=row.index: self._ask_instrument(index))
        row.dragged.connect(lambda at, held=row: self.dragging.drag(held, at))
        row.dropped.connect(self.dragging.drop)
        for slider in (row.pan, row.volume):
            slider.held.connect(self._hold)
            slider.letGo.connect(self._let_go)
        self.rows.append(row)
        self._column.addWidget(row)

    def _show_current(self, index: int) -> None:
        self._show()
        if index < len(self.rows):
            self._scroll.ensureWidgetVisible(self.rows[index])

    def dragEnterEvent(self, event) -> None:
        if dropped_path(event):
            event.acceptProposedAction()

    def dropEvent(self, event) -> None:
        if path := dropped_path(event):
            event.acceptProposedAction()
            self.fileDropped.emit(path)

    # -- selecting -----------------------------------------------------------------------------

    def _clicked(self, index: int, held: Qt.KeyboardModifier) -> None:
        selection = self.document.selection
        if held & Qt.KeyboardModifier.ControlModifier:
            selection.select_tracks(set(selection.tracks) ^ {index})
        elif held & Qt.KeyboardModifier.ShiftModifier:
            first, last = sorted((selection.current, index))
            selection.select_tracks(range(first, last + 1))
        else:
            self.choose(index)

    def choose(self, index: int) -> None:
        """Make a track the one that is edited, and the only one that is marked."""
        if 0 <= index < len(self.rows):
            self.document.selection.set_current(index)
            self.document.selection.select_tracks([index])

    def _ask_instrument(self, index: int) -> None:
        self.choose(index)
        self.instrumentAsked.emit()

    def choose_next(self) -> None:
        self.choose(self.document.selection.current + 1)

    def choose_previous(self) -> None:
        self.choose(self.document.selection.current - 1)

    def mark_below(self) -> None:
        """Mark the track below the last that is marked as well."""
        marked = self.document.selection.tracks or (self._current() - 1,)
        self._mark(*marked, marked[-1] + 1)

    def mark_above(self) -> None:
        """The same, upwards."""
        marked = self.document.selection.tracks or (self._current() + 1,)
        self._mark(*marked, marked[0] - 1)

    def _mark(self, *indices: int) -> None:
        self.document.selection.select_tracks(index for index in indices if 0 <= index < len(self.rows))

    def mark_all(self) -> None:
        self.document.selection.select_tracks(range(len(self.rows)))

    # -- changing ------------------------------------------------------------------------------

    def _hold(self, goes_on: bool) -> None:
        if not goes_on:
            self._last_gesture = next(self._gestures)
        self._gesture = self._last_gesture

    def _let_go(self) -> None:
        self._gesture = -1

    def _change(self, index: int, label: str, facts: dict) -> None:
        if index < len(self.document.song.tracks):
            after = change_track(self.document.song, index, **facts)
            self.document.replace_song(after, label, gesture=self._gesture)

    def _current(self) -> int:
        return self.document.selection.current

    def add(self) -> None:
        """A new piano track after the others, ready to be written on."""
        song = self.document.song
        if len(song.tracks) < MOST_TRACKS:
            name = tr("Track {number}", number=len(song.tracks) + 1)
            self.document.replace_song(add_track(song, Track(name=name)), tr("Add track"))
            self.choose(len(self.document.song.tracks) - 1)

    def remove(self) -> None:
        if self.document.current_track is not None:
            self.document.replace_song(remove_track(self.document.song, self._current()), tr("Remove track"))
            self.choose(self._current())

    def rename(self) -> None:
        if self._current() < len(self.rows):
            self.rows[self._current()].rename()

    def move_up(self) -> None:
        self._move(-1)

    def move_down(self) -> None:
        self._move(1)

    def _move(self, by: int) -> None:
        here = self._current()
        if 0 <= here + by < len(self.rows):
            self._move_to(here, here + by)

    def _move_to(self, here: int, there: int) -> None:
        self.document.replace_song(move_track(self.document.song, here, there), tr("Move track"))
        self.choose(there)

    def toggle_mute(self) -> None:
        if (track := self.document.current_track) is not None:
            self._change(self._current(), tr("Unmute") if track.mute else tr("Mute"), {"mute": not track.mute})

    def toggle_solo(self) -> None:
        if (track := self.document.current_track) is not None:
            self._change(self._current(), tr("Unsolo") if track.solo else tr("Solo"), {"solo": not track.solo})
