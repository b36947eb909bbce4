"""The tool bar: transport, where the playhead stands, tools, grid, undo and zoom."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QSizePolicy, QSpinBox, QToolBar, QToolButton, QWidget

from app.pianoroll.snap import GRIDS
from app.translation import tr
from app.transport import FASTEST, SLOWEST, STEP
from core.music.timebase import Timebase


class ToolBar(QToolBar):
    gridChosen = Signal(str)
    tempoScaled = Signal(int)
    """Percent of the written tempo."""

    def __init__(self, actions: Mapping[str, QAction], grid: str) -> None:
        super().__init__(tr("Tools"), objectName="ToolBar", movable=False)
        self.setIconSize(QSize(20, 20))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.position = QLabel(objectName="Position", accessibleName=tr("Bar and beat"), toolTip=tr("Bar . beat"))
        self.position.setMinimumWidth(self.fontMetrics().horizontalAdvance("0") * 12)
        self.position.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.tempo = QToolButton(objectName="Tempo", accessibleName=tr("Tempo and meter"))
        self.tempo.setToolTip(actions["timing"].toolTip())
        self.tempo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tempo.clicked.connect(actions["timing"].trigger)
        self.tempo_scale = QSpinBox(minimum=SLOWEST, maximum=FASTEST, singleStep=STEP, value=100, suffix=" %",
                                    keyboardTracking=False, accessibleName=tr("Playing tempo"))
        self.tempo_scale.setFixedWidth(self.fontMetrics().horizontalAdvance("0") * 11)
        self.tempo_scale.lineEdit().setTextMargins(5, 0, 0, 0)
        self.tempo_scale.setToolTip(tr("How fast to play, in percent of the written tempo; pitches stay"))
        self.tempo_scale.valueChanged.connect(self.tempoScaled)
        self.grid = QComboBox(
            accessibleName=tr("Grid"), toolTip=tr("The grid that drawing and dragging keep to; Alt ignores it")
        )
        for name in GRIDS:
            self.grid.addItem(tr(name), name)
        self.choose_grid(grid)
        self.grid.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.grid.currentIndexChanged.connect(lambda index: self.gridChosen.emit(self.grid.itemData(index)))
        self._add(actions, "home", "play", "record", "loop", "metronome", "count_in", "follow")
        self.addWidget(self.position)
        self.addWidget(self.tempo)
        self.addWidget(self.tempo_scale)
        self.addSeparator()
        self._add(actions, "tool_draw", "tool_select", "tool_erase")
        self.addWidget(QLabel(tr(" Grid "), objectName="PanelTitle"))
        self.addWidget(self.grid)
        self.addSeparator()
        self._add(actions, "undo", "redo")
        self.addSeparator()
        self._add(actions, "zoom_out", "zoom_in")
        gap = QWidget()
        gap.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(gap)
        self._add(actions, "assistant")

    def _add(self, actions: Mapping[str, QAction], *names: str) -> None:
        for name in names:
            self.addAction(actions[name])
            self.widgetForAction(actions[name]).setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def choose_grid(self, name: str) -> None:
        if (index := self.grid.findData(name)) >= 0:
            self.grid.setCurrentIndex(index)

    def show_tempo_scale(self, percent: int) -> None:
        self.tempo_scale.setValue(percent)

    def show_counting(self, counting: bool) -> None:
        """Mark the position while clicks count to it."""
        self.position.setProperty("counting", counting)
        self.position.style().polish(self.position)

    def show_position(self, timebase: Timebase, tick: int) -> None:
        """Bar and beat counted from 1, and the tempo and meter there."""
        bar = int(timebase.bar_at(tick))
        meter, tempo = timebase.meter_of(bar), timebase.tempo_at(tick)
        beat = (tick - int(timebase.bar_start(bar))) // meter.beat_ticks(timebase.ticks_per_beat)
        self.position.setText(f"{bar + 1} . {beat + 1}")
        self.tempo.setText(f"♩ = {tempo.beats_per_minute:.4g}    {meter.numerator}/{meter.denominator}")
