"""How the roll shows the song: names, scale, folded rows, what it follows, what the wheel does. Kept in the settings;
the scale and the fold belong to the song."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QToolButton

from app.document import Change
from app.pianoroll.roll import PianoRoll
from app.pianoroll.scale_choice import FROM_NOTES
from app.settings import Settings
from app.translation import tr
from core.music.theory import PITCH_CLASSES, SCALES, Key

FOLDS = ("", "scale", "used")
"""All rows; those of the scale and of the track's notes; those of the track's notes."""


class RollView(QObject):
    changed = Signal()

    def __init__(self, roll: PianoRoll, settings: Settings) -> None:
        super().__init__(roll)
        self.roll, self.document, self.settings = roll, roll.document, settings
        self.fold = ""
        roll.follow = settings.follow
        self._last_follow = roll.follow or "page"
        self._fill_menu()
        self.document.songChanged.connect(self._song_changed)
        self.document.selection.currentChanged.connect(lambda _: self._apply())
        roll.scale.changed.connect(self._apply)
        self._apply()

    # -- parts and manners that are on or off ----------------------------------------------------

    def is_on(self, part: str) -> bool:
        return self.settings.shows(part, default=part not in ("scale", "wheel_time", "zoom_turned"))

    def _toggle(self, part: str) -> None:
        self.settings.set_shows(part, not self.is_on(part))
        self._apply()
        self.changed.emit()

    def toggle_names(self) -> None:
        self._toggle("names")

    def toggle_chords(self) -> None:
        self._toggle("chords")

    def toggle_minimap(self) -> None:
        self._toggle("minimap")

    def toggle_scale(self) -> None:
        self._toggle("scale")

    def toggle_wheel_time(self) -> None:
        self._toggle("wheel_time")

    def toggle_zoom_turned(self) -> None:
        self._toggle("zoom_turned")

    def _apply(self) -> None:
        roll = self.roll
        roll.canvas.names = self.is_on("names")
        roll.chords.setVisible(self.is_on("chords"))
        roll.minimap.setVisible(self.is_on("minimap"))
        roll.canvas.key = roll.scale.key if self.is_on("scale") else None
        roll.zoom.habits = replace(roll.zoom.habits, scrolls_time=self.is_on("wheel_time"),
                                   zoom_turned=self.is_on("zoom_turned"))
        roll.row_key = roll.scale.key if self.fold == "scale" else None
        roll.set_view(roll.view.folded(self._rows()))
        key = roll.scale.key
        spelling = key.spelling if key is not None else PITCH_CLASSES
        for part in (roll.canvas, roll.chords, roll.keyboard):
            if part.spelling is not spelling:
                part.spelling = spelling
                part.update()
        roll.scale_head.setText(key.name.replace(" ", "\n", 1) if key is not None else tr("no key"))
        roll.canvas.update()

    def _song_changed(self, change: Change) -> None:
        if change.opened:
            self.fold = ""
            self.roll.scale.choose(FROM_NOTES)
        self._apply()

    # -- following -----------------------------------------------------------------------------

    def toggle_follow(self) -> None:
        """Follow as last time, or no longer."""
        self._follow("" if self.roll.follow else self._last_follow)

    def follow_page(self) -> None:
        self._follow("page")

    def follow_continuous(self) -> None:
        self._follow("continuous")

    def _follow(self, how: str) -> None:
        self.roll.follow = self.settings.follow = how
        self._last_follow = how or self._last_follow
        self.changed.emit()

    # -- the scale and the fold ------------------------------------------------------------------

    def _rows(self) -> tuple[int, ...]:
        """The pitches that have a row; empty: all. What the current track plays is never hidden."""
        track, key = self.document.current_track, self.roll.scale.key
        if not self.fold or track is None:
            return ()
        used = np.unique(np.concatenate([track.notes["pitch"], track.muted["pitch"]])).astype(np.int64)
        if self.fold == "used":
            return tuple(used.tolist())
        return () if key is None else tuple(np.union1d(used, key.pitches).tolist())

    def set_fold(self, fold: str) -> None:
        """One of ``FOLDS``; anything else shows all rows."""
        self.fold = fold if fold in FOLDS else ""
        self._apply()
        self.changed.emit()

    def toggle_fold_scale(self) -> None:
        self.set_fold("" if self.fold == "scale" else "scale")

    def toggle_fold_used(self) -> None:
        self.set_fold("" if self.fold == "used" else "used")

    def choose_scale(self) -> None:
        """Open the menu of scales."""
        head = self.roll.scale_head
        head.menu().exec(head.mapToGlobal(QPoint(0, head.height())))

    def _fill_menu(self) -> None:
        head = self.roll.scale_head
        head.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(head)
        menu.addAction(tr("From the Notes"), lambda: self.roll.scale.choose(FROM_NOTES))
        menu.addSeparator()
        for scale in SCALES:
            part = menu.addMenu(scale.capitalize())
            for tonic in range(12):
                name = Key(tonic, scale).name
                part.addAction(name, self._chooser(name))
        head.setMenu(menu)

    def _chooser(self, name: str) -> Callable[[], None]:
        return lambda: self.roll.scale.choose(name)
