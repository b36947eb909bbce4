"""Requests that say in one word what a musician wants: harmonise, write a melody, keep the rhythm, keep the tune."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QRadioButton, QVBoxLayout, QWidget

from app.assistant.request_panel import RequestPanel
from app.assistant.words import describe_bars, describe_tracks, track_name
from app.document import Document
from app.tracks.instrument_picker import InstrumentPicker
from app.tracks.instruments import instrument_facts, instrument_names
from app.tracks.track_list import MOST_TRACKS, TrackList
from app.translation import tr
from core.music.edits import add_track
from core.music.song import Song, Track

STRINGS, FLUTE = 48, 73
"""Programs that are offered first."""
ONE_AT_A_TIME = 0
"""The class of polyphony of a melody."""


class Recipes(QObject):
    """Each marks what it is about and asks as the form says, but for what makes the recipe. ``ask`` opens the panel and
    asks."""

    said = Signal(str)

    def __init__(self, document: Document, form: RequestPanel, tracks: TrackList, ask: Callable[..., None]) -> None:
        super().__init__(form)
        self._document, self._form, self._tracks, self._ask = document, form, tracks, ask

    def keep_rhythm(self) -> None:
        """Other pitches on the rhythm of the marked bars."""
        self._infill(keep="rhythm")

    def keep_tune(self) -> None:
        """Another rhythm for the tune of the marked bars."""
        self._infill(keep="tune")

    def harmonise(self) -> None:
        """Accompany the current track in the selected bars: on the other tracks, or on a new one."""
        song, selection = self._document.song, self._document.selection
        if selection.bars is None or not song.tracks:
            return
        dialog = HarmoniseDialog(song, selection.current, selection.bars, self._tracks.window())
        if not dialog.exec():
            return
        if dialog.program is None:
            selection.select_tracks(dialog.others)
        elif not self._add(dialog.program, tr("Add harmony track"), selection.current + 1):
            return
        self._infill(keep="nothing")

    def melody(self) -> None:
        """A new track with a melody to the selected bars."""
        if self._document.selection.bars is None:
            return
        picker = InstrumentPicker(FLUTE, self._tracks.window())
        picker.setWindowTitle(tr("Instrument of the melody"))
        if picker.exec() and picker.row is not None and self._add(picker.row, tr("Add melody track"), 0):
            asked = self._form.controls.polyphony.currentData()
            self._infill(keep="nothing", polyphony=ONE_AT_A_TIME if asked is None else asked)

    def _add(self, row: int, label: str, at: int) -> bool:
        """A new track, current and marked from then on; says whether there was room for it."""
        song = self._document.song
        if len(song.tracks) >= MOST_TRACKS:
            self.said.emit(tr("There is no room for another track."))
            return False
        track = Track(name=instrument_names()[row], **instrument_facts(row))
        self._document.replace_song(add_track(song, track, at), label)
        self._tracks.choose(at)
        return True

    def _infill(self, **controls: object) -> None:
        self._form.infill_button.setChecked(True)
        self._ask(**controls)


class HarmoniseDialog(QDialog):
    """Where the harmony goes: ``others``, or a new track of ``program`` (a row of the instruments)."""

    def __init__(self, song: Song, melody: int, bars: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Harmonise"))
        self.setMinimumWidth(360)
        self.others = [index for index, track in enumerate(song.tracks) if index != melody and not track.is_drum]
        self._row = STRINGS
        what = tr("Write an accompaniment for {melody}, {bars}:", melody=track_name(song, melody),
                  bars=describe_bars(range(bars[0], bars[1] + 1)).lower())
        self.on_others = QRadioButton(tr("on {tracks}, in place of what is there",
                                         tracks=describe_tracks(song, self.others)))
        self.on_new = QRadioButton(tr("on a new track"))
        self.instrument = QPushButton(autoDefault=False, toolTip=tr("Choose the instrument of the new track"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        column = QVBoxLayout(self)
        column.addWidget(QLabel(what, wordWrap=True))
        column.addWidget(self.on_others)
        column.addWidget(self.on_new)
        column.addWidget(self.instrument)
        column.addWidget(buttons)
        self.on_others.setVisible(bool(self.others))
        (self.on_others if self.others else self.on_new).setChecked(True)
        self.on_new.toggled.connect(self._show)
        self.instrument.clicked.connect(self._choose)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._show()

    @property
    def program(self) -> int | None:
        """The row of the instrument of a new track; None where the other tracks are written on."""
        return self._row if self.on_new.isChecked() else None

    def _choose(self) -> None:
        picker = InstrumentPicker(self._row, self)
        if picker.exec() and picker.row is not None:
            self._row = picker.row
            self._show()

    def _show(self) -> None:
        self.instrument.setText(instrument_names()[self._row])
        self.instrument.setEnabled(self.on_new.isChecked())
