"""What the menus and keys do to the lane: which one is shown, how high, and a line drawn by numbers."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QMenu, QSpinBox, QToolButton, QWidget

from app.form import Form
from app.pianoroll.lane import HIGHEST, LANES, LOWEST
from app.pianoroll.note_actions import NoteActions
from app.settings import Settings
from app.translation import tr
from core.music.controllers import (
    EXPRESSION,
    MODULATION,
    PITCH_BEND,
    STEPS_A_BEAT,
    SUSTAIN,
    curve_of,
    drawn,
    replaced,
    set_curve,
)
from core.music.edits import Region
from core.music.velocity import ramped


class LaneActions(QObject):
    """Which lane is shown and how high it is are remembered in the settings."""

    changed = Signal()

    def __init__(self, notes: NoteActions, settings: Settings) -> None:
        super().__init__(notes)
        self.notes, self.roll, self.document, self.settings = notes, notes.roll, notes.document, settings
        self.lane = self.roll.lane
        self.shown = settings.lane_shown
        self.lane.heightDragged.connect(self.set_height)
        self.set_height(settings.lane_height)
        self.lane.set_kind(settings.lane if settings.lane in LANES else next(iter(LANES)))
        self.roll.lane_head.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.roll.lane_head)
        for kind in LANES:
            menu.addAction(tr(kind), lambda kind=kind: self.show_kind(kind))
        self.roll.lane_head.setMenu(menu)
        self._apply()

    def set_height(self, height: int) -> None:
        height = min(max(height, LOWEST), HIGHEST)
        self.lane.setFixedHeight(height)
        self.settings.lane_height = height

    def show_kind(self, kind: str) -> None:
        self.lane.set_kind(kind)
        self.settings.lane = kind
        self._set_shown(True)

    def toggle(self) -> None:
        self._set_shown(not self.shown)

    def _set_shown(self, shown: bool) -> None:
        self.shown = self.settings.lane_shown = shown
        self._apply()

    def _apply(self) -> None:
        self.lane.setVisible(self.shown)
        self.roll.lane_head.setVisible(self.shown)
        self.roll.lane_head.setText(f"{tr(self.lane.kind)} ▾")
        self.changed.emit()

    def is_shown(self, kind: str) -> bool:
        return self.shown and self.lane.kind == kind

    def velocity(self) -> None:
        self.show_kind("Velocity")

    def sustain(self) -> None:
        self.show_kind(SUSTAIN.name)

    def modulation(self) -> None:
        self.show_kind(MODULATION.name)

    def expression(self) -> None:
        self.show_kind(EXPRESSION.name)

    def pitch_bend(self) -> None:
        self.show_kind(PITCH_BEND.name)

    # -- a line by numbers ---------------------------------------------------------------------

    def ramp(self) -> None:
        """Ask for two values and draw a line between them over the selected notes, else over the selected bars."""
        span = self._span()
        if span is None:
            self.notes.refused.emit(tr("Nothing was drawn: select notes or bars that the line should go over"))
            return
        dialog = RampDialog(self.lane.kind, self.lane.low, self.lane.high, self.roll.window())
        if dialog.exec():
            self.draw_ramp(*span, dialog.first.value(), dialog.last.value())

    def _span(self) -> tuple[int, int] | None:
        """First tick and the one after the last, of the selected notes or bars."""
        selection, timebase = self.document.selection, self.document.song.timebase
        if len(notes := selection.notes):
            return int(notes["onset"].min()), int((notes["onset"] + notes["duration"]).max())
        if selection.bars is None:
            return None
        return int(timebase.bar_start(selection.bars[0])), int(timebase.bar_end(selection.bars[1]))

    def draw_ramp(self, start: int, end: int, first: int, last: int) -> None:
        selection, controller, song = self.document.selection, self.lane.controller, self.document.song
        track = self.document.current_track
        if controller is not None:
            step = max(1, song.ticks_per_beat // STEPS_A_BEAT)
            line = drawn(controller, [(start, first), (max(start + 1, end - step), last)], start, end, step)
            curve = replaced(curve_of(track, controller), line, start, end, controller.default)
            pitch = self.roll.view.pitch(self.roll.view.height / 2)
            self.document.replace_song(set_curve(song, selection.current, controller, curve),
                                       tr("Draw {controller}", controller=tr(controller.name).lower()),
                                       Region(start, end, pitch, pitch, (selection.current,)))
            return
        some = bool(len(selection.notes))
        notes = selection.notes if some else track.notes
        notes = notes[(notes["onset"] >= start) & (notes["onset"] < end)]
        if len(notes):
            new = ramped(notes, start, first, max(int(notes["onset"].max()), start + 1), last)
            self.notes.put(notes, new, tr("Draw velocities"), select=some)


class RampDialog(QDialog):
    def __init__(self, kind: str, low: int, high: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Ramp: {kind}", kind=tr(kind)))
        middle = (low + high) // 2
        self.first, self.last = (QSpinBox(minimum=low, maximum=high, value=middle, accessibleName=name)
                                 for name in (tr("From"), tr("To")))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for box in (self.first, self.last):
            box.lineEdit().setTextMargins(5, 0, 0, 0)
        form = Form(self)
        form.addRow(QLabel(tr("A line of {kind} over what is selected:", kind=tr(kind).lower())))
        form.addRow(tr("&From"), self.first)
        form.addRow(tr("&To"), self.last)
        form.addRow(buttons)
        self.first.selectAll()
