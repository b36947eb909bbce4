"""General MIDI's instruments by name and family, and the names of its drums."""

from __future__ import annotations

from functools import cache

from pretty_midi import note_number_to_drum_name, program_to_instrument_class, program_to_instrument_name

from core.music.song import Track

DRUMS = 128
"""The row after the 128 programs: the drum kit."""
DRUM_FAMILY = "Drums"


@cache
def instrument_names() -> tuple[str, ...]:
    return (*(program_to_instrument_name(program) for program in range(128)), "Drum kit")


@cache
def instrument_families() -> dict[str, tuple[int, ...]]:
    """The rows of each family of eight, in General MIDI's order, and the drum kit last."""
    families: dict[str, tuple[int, ...]] = {}
    for program in range(128):
        family = program_to_instrument_class(program)
        families[family] = (*families.get(family, ()), program)
    return {**families, DRUM_FAMILY: (DRUMS,)}


def drum_name(pitch: int) -> str:
    """What General MIDI's drum map has on a key; empty outside of it."""
    return note_number_to_drum_name(pitch) or ""


def instrument_row(track: Track) -> int:
    return DRUMS if track.is_drum else track.program


def instrument_facts(row: int) -> dict:
    """What a track becomes when a row is chosen. Drums live on their own MIDI channel: the writer finds it."""
    return {"is_drum": True, "channel": None} if row == DRUMS else {"is_drum": False, "program": row}
