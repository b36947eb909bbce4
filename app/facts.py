"""The facts that actions ask about: is it possible, is it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.main_window import MainWindow


def facts_of(window: MainWindow) -> dict[str, Callable[[], bool]]:
    """What actions ask about the state of the window: is it possible, is it on."""
    document, selection, roll = window.document, window.selection, window.roll

    def track():
        return document.current_track

    def take():
        return window.assistant.takes.selected

    return {
        "can undo": document.undo_stack.canUndo,
        "can redo": document.undo_stack.canRedo,
        "has track": lambda: track() is not None,
        "has notes": lambda: document.song.note_count > 0,
        "notes selected": lambda: len(selection.notes) > 0,
        "cells marked": lambda: bool(selection.cells),
        "has selection": lambda: len(selection.notes) > 0 or bool(selection.cells),
        "can delete": lambda: len(selection.notes) > 0 or bool(selection.cells),
        "bars selected": lambda: selection.bars is not None,
        "has takes": lambda: bool(window.assistant.takes.cards),
        "take selected": lambda: take() is not None,
        "take finished": lambda: take() is not None and take().take is not None,
        "drawing": lambda: roll.tool == "draw",
        "selecting": lambda: roll.tool == "select",
        "erasing": lambda: roll.tool == "erase",
        "following": lambda: roll.follow,
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
