"""Tempo and meter: what holds from the playhead's bar or from a change on the ruler on, and gradual changes of tempo.

Each is asked for in a small dialog and changed as one step.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.pianoroll.roll import PianoRoll
from app.pianoroll.ruler_marks import Change, changes_of
from app.timing_dialogs import GradualDialog, TimingDialog
from app.translation import tr
from core.music.edits import Region, set_meter, set_tempo
from core.music.song import Song
from core.music.tempo import ramp_tempo, remove_meter, remove_tempos
from core.music.timebase import Meter, Tempo

SLOWER = 0.8
"""What a gradual change is offered to lead to, as a part of the tempo it begins with."""


class TimingActions(QObject):
    said = Signal(str)
    """A sentence for the status bar."""

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.document = roll, roll.document
        roll.ruler.opened.connect(lambda thing: isinstance(thing, Change) and self.edit(thing))

    def change(self) -> None:
        """Ask for the tempo and meter from the playhead's bar on."""
        timebase = self.document.song.timebase
        self.change_at(int(timebase.bar_start(timebase.bar_at(self.roll.canvas.playhead))))

    def change_at(self, tick: int) -> None:
        """Ask for the tempo and meter from a tick on. What is left as it was is not written anew."""
        song = self.document.song
        timebase = song.timebase
        tempo, meter = timebase.tempo_at(tick), timebase.meter_of(int(timebase.bar_at(tick)))
        at_bar = int(timebase.bar_start(timebase.bar_at(tick))) == tick
        is_change = tick > 0 and any(mark.tick == tick for mark in (*song.tempos, *song.meters))
        dialog = TimingDialog(self._place(tick), tempo, meter if at_bar else None, is_change, self.roll.window())
        if not dialog.exec():
            return
        if dialog.removing:
            self._replace(self._without(song, Change(tick, tick, "")), tr("Remove tempo and meter change"), tick)
            return
        if dialog.microseconds != tempo.microseconds_per_beat:
            song = set_tempo(song, Tempo(tick, dialog.microseconds))
        if at_bar and dialog.counted != (meter.numerator, meter.denominator):
            song = set_meter(song, Meter(tick, *dialog.counted))
        self._replace(song, tr("Change tempo and meter"), tick)

    def edit(self, change: Change) -> None:
        """Ask what is to become of a change on the ruler."""
        if change.end > change.tick:
            self._ask_gradual(change.tick, change.end, change)
        else:
            self.change_at(change.tick)

    def remove(self, change: Change) -> None:
        """Take a change away, so that what held before it holds on. At the song's start something always holds."""
        self._replace(self._without(self.document.song, change), tr("Remove tempo and meter change"), change.tick)

    def gradual(self) -> None:
        """Ask for a tempo that changes little by little over the selected bars, or else the playhead's."""
        timebase = self.document.song.timebase
        here = int(timebase.bar_at(self.roll.canvas.playhead))
        first, last = self.document.selection.bars or (here, here)
        start, end = int(timebase.bar_start(first)), int(timebase.bar_end(last))
        there = next((c for c in changes_of(self.document.song) if c.tick == start and c.end == end), None)
        self._ask_gradual(start, end, there)

    def _ask_gradual(self, start: int, end: int, there: Change | None) -> None:
        song = self.document.song
        first, last = song.timebase.tempo_at(start), song.timebase.tempo_at(end)
        leads_to = last.beats_per_minute if there else first.beats_per_minute * SLOWER
        place = tr("{start} to {end}", start=self._place(start), end=self._place(end))
        dialog = GradualDialog(place, first.beats_per_minute, leads_to,
                               there is not None, self.roll.window())
        if not dialog.exec():
            return
        if dialog.removing:
            self.remove(there)
            return
        afterwards = first.beats_per_minute if dialog.goes_back else None
        self._replace(ramp_tempo(song, start, end, dialog.first, dialog.last, dialog.curve, afterwards),
                      tr("Gradual tempo change"), start)
        self.said.emit(tr("♩ = {first:.4g} → {last:.4g} from {start} to {end}",
                          first=dialog.first, last=dialog.last, start=self._place(start), end=self._place(end)))

    def _without(self, song: Song, change: Change) -> Song:
        """A gradual change goes with its last step: what held before it holds on."""
        return remove_meter(remove_tempos(song, change.tick, change.end + 1), change.tick)

    def _replace(self, song: Song, label: str, tick: int) -> None:
        self.document.replace_song(song, label, Region(tick, tick + 1, 0, 127, ()))

    def _place(self, tick: int) -> str:
        """Where a tick is, for a person."""
        timebase = self.document.song.timebase
        bar = int(timebase.bar_at(tick))
        within = tick - int(timebase.bar_start(bar))
        if not within:
            return tr("the first bar") if bar == 0 else tr("bar {bar}", bar=bar + 1)
        return tr("bar {bar}, beat {beat}",
                  bar=bar + 1, beat=within // timebase.meter_of(bar).beat_ticks(timebase.ticks_per_beat) + 1)
