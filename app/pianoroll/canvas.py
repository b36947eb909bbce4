"""The field of notes. It draws what it is shown and hands the mouse to the gestures; it decides nothing itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.pianoroll import snap
from app.pianoroll.grid_lines import BAR, BEAT, STEP, GridLines
from app.pianoroll.lock_signs import draw_lock_signs
from app.pianoroll.painting import NoteLayer, Style, boxes, draw_layers, draw_rects
from app.pianoroll.viewport import Viewport
from app.theme import Theme, mixed
from app.translation import tr
from core.generation.request import Cell
from core.music.edits import replace_cells
from core.music.song import EMPTY_NOTES, Song
from core.music.theory import PITCH_CLASSES, Key, Spelling, note_name

BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
LOWEST_NAMED_ROW, NARROWEST_NAMED, MOST_NAMES = 12, 28, 400
"""Notes bear names from this height of a row and width of theirs on, unless there are too many to be read."""


class Canvas(QWidget):
    """All tracks of the song in one field: the current one in full colour, the others as ghosts behind it."""

    resized = Signal(int, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Piano roll"))
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(200, 120)
        self.theme = theme
        self.view = Viewport()
        self.song = Song()
        self.grid = snap.DEFAULT_GRID
        self.current = 0
        self.marked: tuple[int, ...] = ()
        self.bars: tuple[int, int] | None = None
        self.playhead = 0
        self.band: QRectF | None = None
        self.key: Key | None = None
        """The key whose rows are light."""
        self.spelling: Spelling = PITCH_CLASSES
        self.names = True
        """Whether notes bear their names where there is room."""
        self._selected = NoteLayer(EMPTY_NOTES)
        self._selected_muted = NoteLayer(EMPTY_NOTES)
        self._floating = NoteLayer(EMPTY_NOTES)
        self._locked: dict[int, NoteLayer] = {}
        self._preview: dict[int, NoteLayer] = {}
        self._preview_cells: frozenset[Cell] = frozenset()
        self._layers: dict[int, NoteLayer] = {}
        self._shown = self.song
        self._lines = GridLines()
        self._styled_for: tuple = ()
        self._styled: list[tuple[NoteLayer, Style]] = []

    # -- what is shown -------------------------------------------------------------------------

    def show_song(self, song: Song) -> None:
        self.song = song
        self._refresh()

    def show_floating(self, notes: np.ndarray) -> None:
        """Notes of the current track that a gesture holds, not in the song (yet)."""
        self._floating = NoteLayer(notes)
        self.update()

    def show_selected(self, notes: np.ndarray, muted: np.ndarray = EMPTY_NOTES) -> None:
        self._selected, self._selected_muted = NoteLayer(notes), NoteLayer(muted)
        self.update()

    def show_locked(self, notes_by_track: Mapping[int, np.ndarray]) -> None:
        """Notes that bear the sign of a lock."""
        self._locked = {track: NoteLayer(notes) for track, notes in notes_by_track.items()}
        self.update()

    def show_preview(self, notes_by_track: Mapping[int, np.ndarray], cells: frozenset[Cell]) -> None:
        """Notes of a take, outlined, in place of what the song has in ``cells``."""
        self._preview = {track: NoteLayer(notes) for track, notes in notes_by_track.items()}
        self._preview_cells = cells
        self._refresh()

    def _refresh(self) -> None:
        shown = self.song
        cells = [cell for cell in self._preview_cells if cell[1] < len(shown.tracks)]
        if cells:
            shown = replace_cells(shown, cells, {})
        # A layer is known by its array's identity, and keeps the array alive, so an untouched track is never rebuilt.
        kept = self._layers
        self._layers = {}
        for notes in (notes for track in shown.tracks for notes in (track.notes, track.muted)):
            self._layers[id(notes)] = kept.get(id(notes)) or NoteLayer(notes)
        self._shown = shown
        self.update()

    def set_playhead(self, tick: int) -> None:
        """Only the two strips that change are drawn again."""
        for at in (self.playhead, tick):
            self.update(QRect(int(self.view.x(at)) - 6, 0, 13, self.height()))
        self.playhead = tick

    # -- drawing -------------------------------------------------------------------------------

    def resizeEvent(self, event) -> None:
        self.resized.emit(self.width(), self.height())

    def paintEvent(self, event) -> None:
        area = event.rect()
        painter = QPainter(self)
        painter.setClipRect(area)
        self._draw_ground(painter, area)
        self._draw_bars(painter)
        draw_layers(painter, self.view, self.song_layers(), area.left(), area.right() + 1)
        self._draw_held(painter, area)
        if self.band is not None:
            painter.setPen(QPen(QColor(self.theme.accent), 1))
            painter.setBrush(_faint(self.theme.accent, 40))
            painter.drawRect(self.band)
        painter.setPen(QPen(QColor(self.theme.playhead), 1.5))
        x = int(self.view.x(self.playhead))
        painter.drawLine(x, area.top(), x, area.bottom())

    def song_layers(self) -> list[tuple[NoteLayer, Style]]:
        """Ghosts first, the tracks that are marked for the assistant above them, the current one on top."""
        wanted = (self._shown, self.current, self.marked, self.theme)
        if len(self._styled_for) != 4 or any(new is not old for new, old in zip(wanted, self._styled_for)):
            self._styled_for, self._styled = wanted, self._styled_layers()
        return self._styled

    def _styled_layers(self) -> list[tuple[NoteLayer, Style]]:
        tracks = self._shown.tracks
        anyone_solo = any(track.solo for track in tracks)

        def rank(index: int) -> tuple:
            return (index == self.current, index in self.marked, -index)

        layers = []
        for index in sorted(range(len(tracks)), key=rank):
            track = tracks[index]
            silent = track.mute or (anyone_solo and not track.solo)
            colour = self.theme.track_colour(index, track.colour)
            if index == self.current and len(track.muted):
                layers.append((self._layers[id(track.muted)], self._hollow(colour)))
            layers.append((self._layers[id(track.notes)], self._style(
                colour, index == self.current, index in self.marked, silent)))
        return layers

    def _hollow(self, colour: QColor, selected: bool = False) -> Style:
        """How muted notes look."""
        fill = mixed(colour, self.theme.roll, 0.6 if selected else 0.88)
        edge = QColor(self.theme.selected) if selected else mixed(colour, self.theme.roll, 0.3)
        return Style((fill,) * 4, edge)

    def _style(self, colour: QColor, current: bool, marked: bool, silent: bool) -> Style:
        ground = self.theme.roll
        if not current:
            fade = (0.55 if marked else 0.68) + (0.18 if silent else 0)
            return Style((mixed(colour, ground, fade),) * 4)
        fills = [mixed(colour, ground, fade + (0.35 if silent else 0)) for fade in (0.55, 0.36, 0.17, 0.0)]
        return Style(tuple(fills), mixed(colour, self.theme.note_edge, 0.55))

    def _draw_ground(self, painter: QPainter, area: QRect) -> None:
        view, theme = self.view, self.theme
        painter.fillRect(area, QColor(theme.roll))
        top, bottom = view.pitch(area.top()), view.pitch(area.bottom())
        seen = np.arange(bottom, top + 1)
        seen = seen[view.has_row(seen)]
        self._draw_rows(painter, area, seen[self._dark_rows(seen)], QColor(theme.roll_black))
        if self.key is not None:
            self._draw_rows(painter, area, seen[seen % 12 == self.key.tonic], mixed(theme.roll, theme.accent, 0.13))
        painter.setPen(QColor(theme.roll_octave))
        for pitch in range(bottom // 12 * 12, top + 1, 12):
            y = round(view.y(pitch - 1))
            painter.drawLine(area.left(), y, area.right(), y)
        self.draw_lines(painter, area)
        end = round(view.x(int(self.song.timebase.bar_start(self.song.bar_count))))
        if end <= area.right():
            painter.fillRect(QRectF(end, area.top(), area.right() + 1 - end, area.height()), _faint(theme.window, 120))
        if view.y(-1) < self.height():
            painter.fillRect(QRectF(area.left(), view.y(-1), area.width(), self.height()), QColor(theme.window))

    def _dark_rows(self, pitches: np.ndarray) -> np.ndarray:
        """Which rows are darker: those outside the scale, or where none is shown, those of black keys."""
        return ~np.isin(pitches, self.key.pitches) if self.key is not None else np.isin(pitches % 12, list(BLACK_KEYS))

    def _draw_rows(self, painter: QPainter, area: QRect, pitches: np.ndarray, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        rows = np.zeros((len(pitches), 4))
        rows[:, 0], rows[:, 1], rows[:, 2] = area.left(), np.round(self.view.y(pitches)), area.width()
        rows[:, 3] = np.round(self.view.y(pitches - 1)) - rows[:, 1]
        draw_rects(painter, rows)

    def draw_lines(self, painter: QPainter, area: QRect) -> None:
        """The lines of grid, beats and bars, as the canvas has them."""
        painter.setPen(Qt.PenStyle.NoPen)
        view, theme = self.view, self.theme
        colours = {STEP: theme.roll_step, BEAT: theme.roll_beat, BAR: theme.roll_bar}
        for kind, ticks in self._lines.between(self.song.timebase, self.grid, view.scale, view.left, view.right):
            lines = np.zeros((len(ticks), 4))
            lines[:, 0], lines[:, 1] = np.floor(self.view.x(ticks)), area.top()
            lines[:, 2], lines[:, 3] = 1, area.height()
            painter.setBrush(QColor(colours[kind]))
            draw_rects(painter, lines)

    def _draw_bars(self, painter: QPainter) -> None:
        """The bars that are selected on the ruler."""
        if self.bars is None:
            return
        left = self.view.x(float(self.song.timebase.bar_start(self.bars[0])))
        right = self.view.x(float(self.song.timebase.bar_end(self.bars[1])))
        box = QRectF(round(left), 0, round(right) - round(left), self.height())
        painter.fillRect(box, _faint(self.theme.accent, 38))
        painter.fillRect(QRectF(box.left(), 0, 2, box.height()), _faint(self.theme.accent, 190))
        painter.fillRect(QRectF(box.right() - 2, 0, 2, box.height()), _faint(self.theme.accent, 190))
        self._draw_marked(painter, box)

    def _draw_marked(self, painter: QPainter, box: QRectF) -> None:
        """The names of the marked tracks in the corner of the selected bars: together they are the marked cells."""
        height = painter.fontMetrics().height() + 2
        for line, index in enumerate(index for index in self.marked if index < len(self.song.tracks)):
            place = QRectF(box.left() + 8, 5 + line * height, box.width() - 12, height)
            if place.bottom() > self.height() / 3:
                break
            colour = self.theme.track_colour(index, self.song.tracks[index].colour)
            painter.fillRect(QRectF(place.left(), place.top() + height / 2 - 4, 8, 8), colour)
            painter.setPen(QColor(self.theme.text))
            name = self.song.tracks[index].name or tr("Track {index}", index=index + 1)
            room = place.adjusted(14, 0, 0, 0)
            name = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, name)

    def _draw_held(self, painter: QPainter, area: QRect) -> None:
        """What lies above the song: a take's notes, the selected notes, and those a gesture holds."""
        theme, left, right = self.theme, area.left(), area.right() + 1
        for track, layer in self._preview.items():
            if track >= len(self._shown.tracks):
                continue
            colour = theme.track_colour(track, self._shown.tracks[track].colour)
            fills = tuple(mixed(colour, theme.roll, fade) for fade in (0.6, 0.45, 0.3, 0.2))
            draw_layers(painter, self.view, [(layer, Style(fills, QColor(theme.selected), dashed=True))], left, right)
        if not self._shown.tracks:
            return
        colour = theme.track_colour(self.current, self._shown.tracks[self.current].colour)
        fills = tuple(mixed(colour, theme.selected, fade) for fade in (0.1, 0.2, 0.3, 0.4))
        style = Style(fills, QColor(theme.selected))
        # Also where a pitch has no row, so that nothing vanishes while it is dragged.
        held = self._floating if len(self._floating.notes) else self._selected
        draw_layers(painter, self.view, [(held, style)], left, right, all_pitches=True)
        if len(self._selected_muted.notes) and not len(self._floating.notes):
            draw_layers(painter, self.view, [(self._selected_muted, self._hollow(colour, selected=True))], left, right)
        # What a gesture holds is always named, so that a drag says where it is going.
        self._draw_names(painter, self._floating, area)
        if self.names:
            self._draw_names(painter, self._layers[id(self._shown.tracks[self.current].notes)], area)
        for track, layer in self._locked.items():
            if track < len(self._shown.tracks):
                draw_lock_signs(painter, self.view, layer, left, right, theme, is_current=track == self.current)

    def _draw_names(self, painter: QPainter, layer: NoteLayer, area: QRect) -> None:
        """The names of the notes that are high and wide enough for them."""
        if self.view.row < LOWEST_NAMED_ROW:
            return
        span = layer.within(self.view.tick(area.left()), self.view.tick(area.right() + 1))
        pitches = layer.pitch[span]
        places = boxes(self.view, layer.onset[span], layer.end[span], pitches)
        room = ((places[:, 2] > NARROWEST_NAMED) & (places[:, 1] > area.top() - self.view.row)
                & (places[:, 1] < area.bottom()) & self.view.has_row(pitches))
        if np.count_nonzero(room) > MOST_NAMES:
            return
        painter.setPen(QColor(self.theme.roll))
        font = painter.font()
        font.setPixelSize(max(9, min(int(self.view.row * 0.7), 14)))
        painter.setFont(font)
        down = int((self.view.row - painter.fontMetrics().height()) / 2) + painter.fontMetrics().ascent()
        for (x, y, _, _), pitch in zip(places[room].tolist(), pitches[room].tolist()):
            painter.drawText(int(max(x, 0)) + 4, int(y) + down, note_name(pitch, self.spelling))


def _faint(colour: str, alpha: int) -> QColor:
    faint = QColor(colour)
    faint.setAlpha(alpha)
    return faint
