"""The piano roll put together: ruler, keyboard, canvas and scroll bars over one viewport."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.document import Change, Document
from app.pianoroll import snap
from app.pianoroll.canvas import Canvas
from app.pianoroll.chord_strip import ChordStrip
from app.pianoroll.hands import TOOLS, Hands
from app.pianoroll.keyboard import WIDTH, Keyboard
from app.pianoroll.lane import Lane
from app.pianoroll.minimap import Minimap
from app.pianoroll.ruler import HEIGHT, Ruler
from app.pianoroll.scale_choice import ScaleChoice
from app.pianoroll.viewport import Viewport
from app.pianoroll.zoom import Zoom
from app.theme import Theme
from app.translation import tr
from core.generation.request import Cell
from core.music.edits import Region, exchange_notes
from core.music.locks import locked_notes
from core.music.song import EMPTY_NOTES
from core.music.theory import Key

SHORTEST_BEAT, LONGEST_BEAT = 0.05, 600.0
"""How narrow and how wide a quarter note can be zoomed, in pixels."""

STANDING_PLAYHEAD = 0.4
"""Where the playhead stands while the song scrolls along under it, in widths of the window."""

FIRST_BARS = 8
FLATTEST_FIRST_ROW, TALLEST_FIRST_ROW = 11.0, 18.0
"""What a newly opened song is shown at: bars across the window, and pixels a semitone."""


class PianoRoll(QWidget):
    """Draws the document's song and edits its current track."""

    located = Signal(int)
    """The ruler was clicked at this tick."""
    pitchSounded = Signal(int, int)
    """A pitch and velocity to be heard on the current track."""
    toolChanged = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.view = Viewport()
        self.tool = "select"
        self.grid = snap.DEFAULT_GRID
        self.draw_velocity = 90
        self.row_key: Key | None = None
        """The key whose scale the rows are folded to."""
        self.follow = "page"
        """How the playhead is followed: "page" turns pages, "continuous" scrolls along, "" leaves the view alone."""
        self.playing = False
        self._was_shown = False
        self._previewed: frozenset[Cell] = frozenset()
        self.canvas = Canvas(theme, self)
        self.ruler = Ruler(document.selection, theme, self)
        self.keyboard = Keyboard(theme, self)
        self.hands = Hands(self)
        self.scale = ScaleChoice(self)
        self.zoom = Zoom(self)
        self.lane = Lane(self, theme)
        self.lane_head = QToolButton(self, objectName="LaneHead", accessibleName=tr("What the lane shows"))
        self.chords = ChordStrip(theme, self)
        self.minimap = Minimap(self, theme)
        self.scale_head = QToolButton(self, objectName="ScaleHead", accessibleName=tr("Scale"))
        self.scale_head.setToolTip(tr("The scale that notes are transposed along, "
                                      "and that rows can be lit and folded by"))
        self.across = QScrollBar(Qt.Orientation.Horizontal, self)
        self.down = QScrollBar(Qt.Orientation.Vertical, self)
        self._lay_out()
        self._connect()
        self._song_changed(Change(document.song, document.song, opened=True))

    def _lay_out(self) -> None:
        corner = QFrame(self)
        corner.setMinimumWidth(WIDTH)
        corner.setFixedHeight(HEIGHT)
        column = QVBoxLayout(corner)
        column.setContentsMargins(2, 2, 2, 2)
        column.addWidget(self.scale_head)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for widget, row, column in ((corner, 0, 0), (self.ruler, 0, 1), (self.chords, 1, 1), (self.keyboard, 2, 0),
                                    (self.canvas, 2, 1), (self.down, 2, 2), (self.lane_head, 3, 0), (self.lane, 3, 1),
                                    (self.minimap, 4, 1), (self.across, 5, 1)):
            grid.addWidget(widget, row, column)
        self.scale_head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.lane_head.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        grid.setAlignment(self.lane_head, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(2, 1)
        for part in (self.ruler, self.keyboard, self.lane):  # so that Esc reaches what is dragged there
            part.installEventFilter(self)

    def eventFilter(self, watched, event) -> bool:
        if event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self.canvas.setFocus(Qt.FocusReason.MouseFocusReason)
        return False

    def _connect(self) -> None:
        selection = self.document.selection
        self.document.songChanged.connect(self._song_changed)
        self.document.regionShown.connect(self.reveal)
        selection.currentChanged.connect(lambda _: (self.hands.cancel(), self.lane.cancel(), self._selection_changed()))
        selection.tracksChanged.connect(self._selection_changed)
        selection.barsChanged.connect(self._selection_changed)
        selection.notesChanged.connect(self._notes_selected)
        self.canvas.resized.connect(lambda width, height: self.set_view(self.view.resized(width, height)))
        self.ruler.located.connect(self.located)
        self.chords.located.connect(self.located)
        self.across.valueChanged.connect(lambda at: self.set_view(replace(self.view, left=at / self.view.scale)))
        self.down.valueChanged.connect(lambda at: self.set_view(replace(self.view, top=float(at))))

    # -- what is seen --------------------------------------------------------------------------

    def showEvent(self, event) -> None:
        """Only once it is laid out does the roll know how much it can show."""
        if not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(0, self, self.show_start)

    def set_theme(self, theme: Theme) -> None:
        for part in (*self.parts, self.keyboard):
            part.theme = theme
            part.update()

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """What lies side by side along time."""
        return self.canvas, self.ruler, self.lane, self.chords, self.minimap

    def set_view(self, view: Viewport) -> None:
        view = view.kept()
        if view == self.view:
            return
        rows_moved = (view.top, view.row, view.height, view.shown) != (
            self.view.top, self.view.row, self.view.height, self.view.shown)
        self.view = self.keyboard.view = view
        for bar, most, at, page in ((self.across, view.furthest_left * view.scale, view.left * view.scale, view.width),
                                    (self.down, view.furthest_top, view.top, view.height)):
            bar.blockSignals(True)
            bar.setRange(0, int(most))
            bar.setPageStep(page)
            bar.setSingleStep(page // 10)
            bar.setValue(int(at))
            bar.blockSignals(False)
        for part in self.parts:
            part.view = view
            part.update()
        if rows_moved:
            self.keyboard.update()

    def _song_changed(self, change: Change) -> None:
        self.hands.cancel()
        self.lane.cancel()
        song = self.document.song
        beat = song.ticks_per_beat
        end = max(song.end, int(song.timebase.bar_start(FIRST_BARS)))
        self.set_view(
            replace(self.view, end=end, shortest_scale=SHORTEST_BEAT / beat, longest_scale=LONGEST_BEAT / beat)
        )
        self.ruler.show_song(song)
        self.scale.show_song(song)
        self.chords.show_song(song)
        self.minimap.song_changed()
        self.show_document()
        self._selection_changed()
        if change.opened:
            self.clear_preview()
            self.show_start()

    def show_document(self) -> None:
        """Show the song as it is: nothing held, no band."""
        self.canvas.band = None
        self.canvas.show_floating(EMPTY_NOTES)
        self.canvas.show_song(self.document.song)
        self.canvas.show_locked(locked_notes(self.document.song, self.document.locks))
        self._notes_selected()

    def _notes_selected(self) -> None:
        self.canvas.show_selected(self.document.selection.notes, self.document.selection.muted)
        self.lane.show_document()

    def show_exchange(self, old: np.ndarray, new: np.ndarray) -> None:
        """Show the current track with ``new`` in the place of ``old``, until ``show_document``."""
        self.canvas.show_song(exchange_notes(self.document.song, self.document.selection.current, old, EMPTY_NOTES))
        self.canvas.show_selected(EMPTY_NOTES)
        self.canvas.show_floating(new)

    def cancel_gesture(self) -> bool:
        """Roll back what the mouse is doing; says whether there was anything."""
        return any(part.cancel() for part in (self.hands, self.ruler, self.lane, self.keyboard))

    def _selection_changed(self) -> None:
        selection, track = self.document.selection, self.document.current_track
        self.canvas.current, self.canvas.marked, self.canvas.bars = selection.current, selection.tracks, selection.bars
        self.keyboard.show_drums(track is not None and track.is_drum)
        self.lane.show_document()
        self.minimap.song_changed()
        for part in (self.canvas, self.ruler, self.keyboard):
            part.update()

    def show_start(self) -> None:
        """The first eight bars; of the pitches all that are played if there is room, else the current track's."""
        song, view = self.document.song, self.view
        every = _pitch_range(track.notes for track in song.tracks if not track.is_drum)
        mine = _pitch_range([track.notes]) if (track := self.document.current_track) is not None else every
        row = min(max(view.height / (every[1] - every[0] + 5), FLATTEST_FIRST_ROW), TALLEST_FIRST_ROW)
        fits = (every[1] - every[0] + 1) * row <= view.height
        scale = view.width * 0.97 / float(song.timebase.bar_start(FIRST_BARS))
        self.set_view(replace(view, scale=scale, left=0.0, row=row).with_pitches(*(every if fits else mine)))

    def reveal(self, region: Region) -> None:
        """Scroll to what undo has changed, on its track, if it is not in sight. Of no track, it is a time."""
        if not region.tracks:
            self.reveal_time(region.start, region.end)
            return
        if self.document.selection.current not in region.tracks:
            present = [track for track in region.tracks if track < len(self.document.song.tracks)]
            if present:
                self.document.selection.set_current(present[0])
        self.set_view(self.view.revealing(region.start, region.end, region.low, region.high))

    def reveal_time(self, start: int, end: int) -> None:
        """Scroll to a time if it is not in sight; the pitches stay as they are."""
        pitch = self.view.pitch(self.view.height / 2)
        self.set_view(self.view.revealing(start, end, pitch, pitch))

    def set_preview(self, notes_by_track: Mapping[int, np.ndarray], cells: frozenset[Cell] = frozenset()) -> None:
        """Show a take's notes where they would stand, in place of what the song has in ``cells``.

        Cells that were not shown before are scrolled to if they are out of sight, also past the song's end.
        """
        self.canvas.show_preview(notes_by_track, cells)
        if cells and cells != self._previewed:
            timebase = self.document.song.timebase
            start = int(timebase.bar_start(min(bar for bar, _ in cells)))
            end = int(timebase.bar_end(max(bar for bar, _ in cells)))
            view = replace(self.view, end=max(self.view.end, end))
            pitch = view.pitch(view.height / 2)
            self.set_view(view.revealing(start, end, pitch, pitch))
        self._previewed = cells

    def clear_preview(self) -> None:
        self.canvas.show_preview({}, frozenset())

    def set_playhead(self, tick: int) -> None:
        self.canvas.set_playhead(tick)
        self.lane.set_playhead(tick)
        self.minimap.set_playhead(tick)
        self.ruler.playhead = tick
        self.ruler.update()
        view = self.view
        if not self.playing or not self.follow:
            return
        if self.follow == "continuous":
            self.set_view(replace(view, left=tick - view.width * STANDING_PLAYHEAD / view.scale))
        elif not view.left <= tick <= view.tick(view.width * 0.92):
            self.set_view(replace(view, left=tick - view.width * 0.05 / view.scale))

    # -- zoom and scroll -----------------------------------------------------------------------

    def wheelEvent(self, event) -> None:
        self.zoom.wheel(event)

    def scroll_to(self, left: float) -> None:
        """Show what lies from the tick ``left`` on."""
        self.set_view(replace(self.view, left=left))

    def scroll_towards(self, x: float, y: float) -> None:
        """A drag past an edge scrolls that way."""
        over = [min(0.0, at) + max(0.0, at - size) for at, size in ((x, self.view.width), (y, self.view.height))]
        if any(over):
            self.set_view(self.view.scrolled(*(max(-40.0, min(40.0, amount)) for amount in over)))

    # -- what gestures ask ---------------------------------------------------------------------

    @property
    def grid_now(self) -> str:
        """The grid in force at this zoom."""
        return snap.resolved(self.grid, self.document.song.timebase, self.view.scale)

    def snapped(self, tick: float, free: bool, down: bool = False) -> int:
        return snap.snapped(tick, snap.OFF if free else self.grid_now, self.document.song.timebase, down)

    def step(self, tick: int) -> int:
        return snap.step_ticks(self.grid_now, self.document.song.timebase, tick)

    def draw_length(self, tick: int) -> int:
        """How long a new note is before it is dragged: a step of the grid, but no sliver when there is none."""
        return max(self.step(tick), self.document.song.ticks_per_beat // 8, 1)

    def index_at(self, x: float, y: float) -> int | None:
        """The index of the current track's note under a pixel; the one that started last where several are."""
        track = self.document.current_track
        return None if track is None else self._index_in(track.notes, x, y)

    def muted_at(self, x: float, y: float) -> np.ndarray:
        """The current track's muted note under a pixel, if any."""
        track = self.document.current_track
        index = None if track is None else self._index_in(track.muted, x, y)
        return EMPTY_NOTES if index is None else track.muted[index:index + 1]

    def ghost_at(self, x: float, y: float) -> int | None:
        """The track of another track's note under a pixel."""
        for index, track in enumerate(self.document.song.tracks):
            if index != self.document.selection.current and self._index_in(track.notes, x, y) is not None:
                return index
        return None

    def _index_in(self, notes: np.ndarray, x: float, y: float) -> int | None:
        tick, thin = self.view.tick(x), 2 / self.view.scale
        under = ((notes["pitch"] == self.view.pitch(y)) & (notes["onset"] <= tick)
                 & (notes["onset"] + np.maximum(notes["duration"], thin) > tick))
        found = np.flatnonzero(under)
        return int(found[-1]) if len(found) else None

    def sound(self, pitch: int, velocity: int = 90) -> None:
        self.pitchSounded.emit(pitch, velocity)

    # -- tools ---------------------------------------------------------------------------------

    def set_tool(self, tool: str) -> None:
        assert tool in TOOLS
        self.tool = tool
        self.toolChanged.emit(tool)

    def use_draw(self) -> None:
        self.set_tool("draw")

    def use_select(self) -> None:
        self.set_tool("select")

    def use_erase(self) -> None:
        self.set_tool("erase")

    def set_grid(self, grid: str) -> None:
        self.grid = self.canvas.grid = grid
        self.canvas.update()


def _pitch_range(parts: Iterable[np.ndarray]) -> tuple[int, int]:
    """The lowest and the highest pitch of the notes, or two octaves about middle C where there are none."""
    pitches = np.concatenate([EMPTY_NOTES["pitch"], *(notes["pitch"] for notes in parts)])
    return (int(pitches.min()), int(pitches.max())) if len(pitches) else (48, 72)
