"""What ``inspect`` tells: facts as plain data (for JSON), and the same facts on a terminal."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.cli.errors import user_mistakes
from core.cli.models import open_model
from core.music.song import Song

MOST_ROWS = 40
"""Rows of a table on a terminal; a tempo map can have thousands."""


def song_facts(path: Path, song: Song) -> dict:
    """A song's size, its meter and tempo map and its tracks; bars and tracks counted from 1."""
    from core.tokens.encoder import encode_and_report

    timebase = song.timebase
    _, grid = encode_and_report(song)
    return {
        "kind": "song", "file": str(path), "ticks_per_beat": song.ticks_per_beat, "bars": song.bar_count,
        "seconds": round(float(timebase.seconds_at(song.end)), 3), "notes": song.note_count,
        "notes_on_grid": grid.on_grid,
        "meters": [{"bar": int(timebase.bar_at(m.tick)) + 1, "meter": f"{m.numerator}/{m.denominator}"}
                   for m in song.meters],
        "tempos": [{"bar": int(timebase.bar_at(t.tick)) + 1, "tick": t.tick,
                    "beats_per_minute": round(t.beats_per_minute, 2)} for t in song.tempos],
        "tracks": [_track_facts(song, index) for index in range(len(song.tracks))],
    }


def _track_facts(song: Song, index: int) -> dict:
    from pretty_midi import program_to_instrument_name

    track, timebase = song.tracks[index], song.timebase
    bars = timebase.bar_at(track.notes["onset"]) + 1
    return {
        "track": index + 1, "name": track.name,
        "instrument": "Drums" if track.is_drum else program_to_instrument_name(track.program),
        "program": track.program + 1, "is_drum": track.is_drum,
        "channel": None if track.channel is None else track.channel + 1, "notes": len(track.notes),
        "bars": [int(bars.min()), int(bars.max())] if len(bars) else None,
    }


def store_facts(folder: Path) -> dict:
    """The songs and tokens of a store, by collection."""
    from core.corpus.store import Store, StoreError

    with user_mistakes(StoreError):
        store = Store(folder)
    songs, tokens = Counter(), Counter()
    for entry, count in zip(store.entries, store.token_counts().tolist()):
        songs[entry.collection] += 1
        tokens[entry.collection] += count
    return {
        "kind": "store", "file": str(folder), "songs": len(store), "tokens": sum(tokens.values()),
        "collections": [{"collection": name, "songs": songs[name], "tokens": tokens[name]} for name in sorted(songs)],
    }


def model_facts(folder: Path) -> dict:
    """A model's shape and its card."""
    model, card = open_model(folder)
    return {"kind": "model", "file": str(folder), "parameters": model.parameter_count,
            "config": model.config.to_json(), "card": card}


def show(facts: dict, console: Console) -> None:
    """The facts for a person: single ones as lines, lists as tables."""
    for name, value in facts.items():
        label = name.replace("_", " ")
        if isinstance(value, dict):
            console.print(f"{label}:")
            for key, inner in value.items():
                console.print(f"  {escape(key.replace('_', ' '))}: {escape(_words(inner))}")
        elif isinstance(value, list) and value:
            table = Table(*(key.replace("_", " ") for key in value[0]), title=label, title_justify="left")
            for row in value[:MOST_ROWS]:
                table.add_row(*(escape(_words(cell)) for cell in row.values()))
            console.print(table)
            if len(value) > MOST_ROWS:
                console.print(f"... and {len(value) - MOST_ROWS} more (-o writes all)")
        else:
            console.print(f"{label}: {escape(_words(value))}")


def _words(value: object) -> str:
    if isinstance(value, list):
        return "-".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.6g}"
    return "" if value is None else str(value)
