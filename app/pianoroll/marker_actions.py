"""What the Bars menu and the ruler do to markers: add, rename, move, remove, go from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QInputDialog

from app.pianoroll.roll import PianoRoll
from app.translation import later, tr
from core.music.edits import Region
from core.music.markers import (
    free_letter,
    move_marker,
    next_marker,
    previous_marker,
    remove_marker,
    section_at,
    set_marker,
)
from core.music.song import Marker, Song

SECTIONS = (later("Intro"), later("Verse"), later("Pre-chorus"), later("Chorus"), later("Bridge"), later("Solo"),
            later("Interlude"), later("Coda"), later("Outro"))
LONGEST_NAME = 80


class MarkerActions(QObject):
    """A marker begins a section: the one of the playhead is what is renamed and removed."""

    said = Signal(str)
    """A sentence for the status bar."""
    located = Signal(int)
    """Where the playhead is to go."""

    def __init__(self, roll: PianoRoll) -> None:
        super().__init__(roll)
        self.roll, self.document = roll, roll.document
        roll.ruler.markerDragged.connect(self.move)
        roll.ruler.opened.connect(lambda thing: isinstance(thing, Marker) and self.ask_name(thing))

    def add(self) -> None:
        """Ask for a name for what begins with the playhead's bar."""
        self.add_at(self.roll.canvas.playhead)

    def add_at(self, tick: int) -> None:
        """The same for the bar of a tick. Where a marker stands there already, it is renamed."""
        song = self.document.song
        start = int(song.timebase.bar_start(song.timebase.bar_at(tick)))
        there = section_at(song, start)
        if there is not None and there.tick == start:
            self.ask_name(there)
        elif name := self._asked(tr("Add Marker"), [free_letter(song), *map(tr, SECTIONS)]):
            self._change(set_marker(song, Marker(start, name)), tr("Add marker"), start)

    def rename(self) -> None:
        if (marker := self._here()) is not None:
            self.ask_name(marker)

    def ask_name(self, marker: Marker) -> None:
        """Ask for another name for a marker of the song."""
        others = [name for name in map(tr, SECTIONS) if name != marker.name]
        name = self._asked(tr("Rename Marker"), [marker.name, *others])
        if name and name != marker.name and marker in self.document.song.markers:
            without = remove_marker(self.document.song, marker)
            self._change(set_marker(without, Marker(marker.tick, name)), tr("Rename marker"), marker.tick)

    def move(self, marker: Marker, tick: int) -> None:
        self._change(move_marker(self.document.song, marker, tick), tr("Move marker"), tick)

    def remove(self) -> None:
        if (marker := self._here()) is not None:
            self.take_away(marker)

    def take_away(self, marker: Marker) -> None:
        self._change(remove_marker(self.document.song, marker), tr("Remove marker"), marker.tick)

    def go_next(self) -> None:
        self._go(next_marker(self.document.song, self.roll.canvas.playhead))

    def go_previous(self) -> None:
        self._go(previous_marker(self.document.song, self.roll.canvas.playhead))

    def _go(self, marker: Marker | None) -> None:
        if marker is None:
            self.said.emit(tr("There is no marker that way"))
            return
        self.located.emit(marker.tick)
        self.roll.reveal_time(marker.tick, marker.tick + 1)
        self.said.emit(marker.name)

    def _here(self) -> Marker | None:
        marker = section_at(self.document.song, self.roll.canvas.playhead)
        if marker is None:
            self.said.emit(tr("There is no marker at the playhead or before it"))
        return marker

    def _asked(self, title: str, names: list[str]) -> str:
        """A name that is typed or chosen; empty when the question is cancelled."""
        name, agreed = QInputDialog.getItem(self.roll.window(), title, tr("Name of the section:"), names, 0, True)
        return name.strip()[:LONGEST_NAME] if agreed else ""

    def _change(self, after: Song, label: str, tick: int) -> None:
        self.document.replace_song(after, label, Region(tick, tick + 1, 0, 127, ()))
