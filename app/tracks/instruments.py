"""General MIDI's instruments by name, one shared list for every track's box."""

from __future__ import annotations

from functools import cache

from pretty_midi import program_to_instrument_name
from PySide6.QtCore import QStringListModel

from core.music.song import Track

DRUMS = 128
"""The row after the 128 programs: the drum kit."""


@cache
def instrument_names() -> tuple[str, ...]:
    return (*(program_to_instrument_name(program) for program in range(128)), "Drum kit")


@cache
def instrument_model() -> QStringListModel:
    return QStringListModel(list(instrument_names()))


def instrument_row(track: Track) -> int:
    return DRUMS if track.is_drum else track.program


def instrument_facts(row: int) -> dict:
    """What a track becomes when a row is chosen. Drums live on their own MIDI channel: the writer finds it."""
    return {"is_drum": True, "channel": None} if row == DRUMS else {"is_drum": False, "program": row}
