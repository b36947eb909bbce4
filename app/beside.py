"""What belongs to a song beside its notes, between the window and a project file: takes, requests, and how it is shown.

Nothing that stands in a file is taken on trust: what does not fit is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.assistant.drafts import Draft, is_in
from core.files.project import Project, SavedRequest, SavedTake
from core.generation.controls import Controls
from core.generation.request import Request, Take
from core.music.locks import Locks

if TYPE_CHECKING:
    from app.main_window import MainWindow

PLAIN = (bool, int, float, str)
MOST_TICKS = 2**31
MOST_REQUESTS, MOST_BARS_BEYOND = 200, 256
"""More requests than this are not shown again; bars are not selected further behind the song's end."""


class BesideSong(QObject):
    """Reads the window's panels and sets them. Makes itself the document's ``beside``."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._document, self._panel = window, window.document, window.assistant
        self._known: frozenset[int] = frozenset()
        self._document.beside = self
        self._document.songChanged.connect(lambda change: change.opened and self._forget())
        window.client.takeFinished.connect(self._look)
        self._panel.takes.previewChanged.connect(self._look)  # which it also is when a card goes

    def _look(self, *_: object) -> None:
        takes = frozenset(id(draft.take) for draft in self._finished())
        if takes != self._known:
            self._known = takes
            self._document.mark_beside_changed()

    def _forget(self) -> None:
        self._known = frozenset()

    def _finished(self) -> Iterable[Draft]:
        return [card.draft for card in self._panel.takes.cards if card.draft.take is not None]

    # -- into a file ---------------------------------------------------------------------------

    def requests(self) -> tuple[SavedRequest, ...]:
        """The requests that have finished takes, oldest first."""
        groups: dict[int, list[Draft]] = {}
        for draft in self._finished():
            groups.setdefault(id(draft.request), []).append(draft)
        return tuple(saved_request(drafts) for drafts in reversed(groups.values()))

    def settings(self) -> dict[str, object]:
        """What the window shows of this song and is not in its MIDI."""
        window, selection, view, form = self._window, self._document.selection, self._window.roll.view, self._form
        return {
            "view": {"left": view.left, "scale": view.scale, "top": view.top, "row": view.row},
            "playhead": int(window.roll.canvas.playhead),
            "loop": [int(tick) for tick in window.transport.loop or ()], "looping": window.transport.looping,
            "scale": window.roll.scale.chosen, "fold": window.look.fold,
            "tempo_percent": window.transport.tempo_percent,
            "current": selection.current, "marked": list(selection.tracks), "bars": list(selection.bars or ()),
            "style": form.style_names.currentData(), "takes": form.takes.value(),
            "adventurousness": form.adventurousness.value(), "continuing": form.is_continuing,
            "controls": form.controls.settings(), "locked": [list(note) for note in sorted(self._document.locks)],
        }

    @property
    def _form(self):
        return self._panel.request_panel

    # -- out of a file -------------------------------------------------------------------------

    def take_up(self, project: Project) -> None:
        """Show the takes of a project whose song has just been taken up, and its settings as far as they fit."""
        takes = self._panel.takes
        for saved in project.requests[-MOST_REQUESTS:]:
            if drafts := drafts_of(saved):
                takes.add(drafts)
        for card in takes.cards:
            card.set_in_song(is_in(card.draft, project.song))
        takes.select(None)
        self._known = frozenset(id(draft.take) for draft in self._finished())
        self._show(project.settings)

    def _show(self, settings) -> None:
        window, selection, form = self._window, self._document.selection, self._form
        count = len(self._document.song.tracks)
        if _is_whole(current := settings.get("current"), 0, count - 1):
            selection.set_current(current)
        if _are_whole(marked := settings.get("marked"), 0, count - 1):
            selection.select_tracks(marked)
        last_bar = self._document.song.bar_count + MOST_BARS_BEYOND
        if _are_whole(bars := settings.get("bars"), 0, last_bar) and len(bars) == 2:
            selection.select_bars(*bars)
        if _is_whole(tick := settings.get("playhead"), 0, MOST_TICKS):
            window.locate(tick)
        if _are_whole(loop := settings.get("loop"), 0, MOST_TICKS) and len(loop) == 2 and loop[0] < loop[1]:
            window.transport.set_loop(tuple(loop), settings.get("looping") is True)
        if _is_whole(percent := settings.get("tempo_percent"), 1, 1000):
            window.transport.set_tempo_percent(percent)
        if isinstance(scale := settings.get("scale"), str):
            window.roll.scale.choose(scale)
        if isinstance(fold := settings.get("fold"), str):
            window.look.set_fold(fold)
        if isinstance(style := settings.get("style"), str):
            form.choose_style(style)
        if _is_whole(takes := settings.get("takes"), 1, form.takes.maximum()):
            form.takes.setValue(takes)
        if _is_whole(dare := settings.get("adventurousness"), 0, form.adventurousness.maximum()):
            form.adventurousness.setValue(dare)
        if isinstance(on := settings.get("continuing"), bool):
            (form.continue_button if on else form.infill_button).setChecked(True)
        form.controls.choose(settings.get("controls"))
        self._document.take_up_locks(_locks(settings.get("locked")))
        self._show_view(settings.get("view"))

    def _show_view(self, saved: object) -> None:
        if not isinstance(saved, dict):
            return
        view = self._window.roll.view
        left, scale, top, row = (saved.get(key) for key in ("left", "scale", "top", "row"))
        if all(isinstance(value, (int, float)) and math.isfinite(value) for value in (left, scale, top, row)):
            scale = min(max(scale, view.shortest_scale), view.longest_scale)
            self._window.roll.set_view(replace(view, left=left, scale=scale, top=top, row=min(max(row, 4.0), 40.0)))


def saved_request(drafts: list[Draft]) -> SavedRequest:
    """Finished takes of one request, and the request."""
    request = drafts[0].request
    takes = tuple(SavedTake(draft.take.cells, draft.take.notes, _plain_facts(draft.take)) for draft in drafts)
    return SavedRequest(request.song, request.cells, _plain_facts(request), takes)


def drafts_of(saved: SavedRequest) -> list[Draft]:
    """The takes of a saved request; those that are not sound are left out, and all of them where it is not."""
    try:
        request = Request(saved.song, saved.cells, **_known_facts(Request, saved.facts))
        takes = [Take(cells=take.cells, notes=take.notes, **_known_facts(Take, take.facts)) for take in saved.takes]
    except (TypeError, ValueError):
        return []
    return [Draft(request, take.index, take=take) for take in takes
            if take.cells <= request.cells and set(take.notes) <= {track for _, track in take.cells}]


def _locks(saved: object) -> Locks:
    if not isinstance(saved, list) or not all(_are_whole(note, 0, MOST_TICKS) and len(note) == 3 for note in saved):
        return frozenset()
    return frozenset(tuple(note) for note in saved)


def _plain_facts(thing: Request | Take) -> dict[str, object]:
    values = {field.name: getattr(thing, field.name) for field in fields(thing)}
    asked = {} if thing.controls.ask_nothing else {"controls": thing.controls.as_facts()}
    return {name: value for name, value in values.items() if isinstance(value, PLAIN)} | asked


def _known_facts(kind: type, facts) -> dict[str, object]:
    """Those that ``kind`` has a field for, of the type it is declared with."""
    types = {field.name: field.type for field in fields(kind)}
    asked = {"controls": Controls.from_facts(facts["controls"])} if "controls" in facts else {}
    facts = {name: value for name, value in facts.items() if name != "controls"}
    for name, value in facts.items():
        if name in types and type(value).__name__ not in (types[name], "int" if types[name] == "float" else ""):
            raise TypeError(f"{name} of a {kind.__name__.lower()} is no {types[name]}")
    return {name: value for name, value in facts.items() if name in types and isinstance(value, PLAIN)} | asked


def _is_whole(value: object, low: int, high: int) -> bool:
    return type(value) is int and low <= value <= high


def _are_whole(values: object, low: int, high: int) -> bool:
    return isinstance(values, list) and all(_is_whole(value, low, high) for value in values)
