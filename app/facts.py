"""What actions ask about the state of the window: is it possible, is it on; and why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.pianoroll.lane import LANES

if TYPE_CHECKING:
    from app.main_window import MainWindow

NEEDS = {
    "can undo": "There is nothing to take back.",
    "can redo": "Nothing was taken back.",
    "has track": "The song has no track.",
    "has markers": "The song has no markers.",
    "track has notes": "The current track has no notes.",
    "has notes": "The song has no notes.",
    "notes selected": "No notes are selected.",
    "any notes selected": "No notes are selected.",
    "cells marked": "No bars are selected, or no track is marked.",
    "has selection": "Neither notes nor bars of marked tracks are selected.",
    "can delete": "Neither notes nor bars of marked tracks are selected.",
    "bars selected": "No bars are selected on the ruler.",
    "has locks": "No note is locked.",
    "has takes": "There are no takes.",
    "take selected": "No take is selected.",
    "take finished": "No finished take is selected.",
}
"""Why an action cannot be used while the fact it asks for (its ``enabled``) does not hold."""


def facts_of(window: MainWindow) -> dict[str, Callable[[], bool]]:
    """The facts that the ``enabled`` and ``checked`` of the table of actions name."""
    document, selection, roll = window.document, window.selection, window.roll

    def track():
        return document.current_track

    def take():
        return window.assistant.takes.selected

    return {
        "can undo": document.undo_stack.canUndo,
        "can redo": document.undo_stack.canRedo,
        "has track": lambda: track() is not None,
        "has markers": lambda: bool(document.song.markers),
        "track has notes": lambda: track() is not None and len(track().notes) > 0,
        "has notes": lambda: document.song.note_count > 0,
        "notes selected": lambda: len(selection.notes) > 0,
        "any notes selected": lambda: len(selection.notes) > 0 or len(selection.muted) > 0,
        "cells marked": lambda: bool(selection.cells),
        "has selection": lambda: len(selection.notes) > 0 or bool(selection.cells),
        "can delete": lambda: len(selection.notes) > 0 or len(selection.muted) > 0 or bool(selection.cells),
        "bars selected": lambda: selection.bars is not None,
        "has locks": lambda: bool(document.locks),
        "has takes": lambda: bool(window.assistant.takes.cards),
        "take selected": lambda: take() is not None,
        "take finished": lambda: take() is not None and take().take is not None,
        "drawing": lambda: roll.tool == "draw",
        "selecting": lambda: roll.tool == "select",
        "erasing": lambda: roll.tool == "erase",
        "lane shown": lambda: window.lanes.shown,
        **{f"lane {kind.lower()}": lambda kind=kind: window.lanes.is_shown(kind) for kind in LANES},
        "following": lambda: bool(roll.follow),
        "following pages": lambda: roll.follow == "page",
        "following continuously": lambda: roll.follow == "continuous",
        "note names": lambda: window.look.is_on("names"),
        "chords shown": lambda: window.look.is_on("chords"),
        "minimap shown": lambda: window.look.is_on("minimap"),
        "scale lit": lambda: window.look.is_on("scale"),
        "folded to scale": lambda: window.look.fold == "scale",
        "folded to used": lambda: window.look.fold == "used",
        "wheel scrolls time": lambda: window.look.is_on("wheel_time"),
        "zoom turned": lambda: window.look.is_on("zoom_turned"),
        "playing": lambda: window.playing,
        "looping": lambda: window.transport.looping,
        "metronome": lambda: window.transport.metronome,
        "counting in": lambda: window.transport.count_in,
        "recording": lambda: window.recorder.recording,
        "stepping": lambda: window.recorder.stepping,
        "quantising": lambda: window.recorder.quantising,
        "muted": lambda: track() is not None and track().mute,
        "soloed": lambda: track() is not None and track().solo,
        "assistant shown": lambda: window.assistant_dock.isVisibleTo(window),
        "history shown": lambda: window.history_dock.isVisibleTo(window),
        "theme system": lambda: window.themes.choice == "system",
        "theme dark": lambda: window.themes.choice == "dark",
        "theme light": lambda: window.themes.choice == "light",
    }
