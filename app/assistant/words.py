"""Bars, tracks and cells in words for a person, who counts from 1."""

from __future__ import annotations

from collections.abc import Iterable

from app.translation import tr
from core.generation.request import Cell
from core.music.song import Song

NAMED_TRACKS = 4
"""More tracks than this are counted, not named."""


def track_name(song: Song, track: int) -> str:
    """The track's own name, or its number where it has none or is no longer there."""
    name = song.tracks[track].name.strip() if track < len(song.tracks) else ""
    return name or tr("Track {track}", track=track + 1)


def describe_bars(bars: Iterable[int]) -> str:
    """``Bar 9``, ``Bars 9–12``, or ``Bars 1–2, 5`` where they do not follow one another."""
    spans: list[list[int]] = []
    for bar in sorted(set(bars)):
        if spans and bar == spans[-1][1] + 1:
            spans[-1][1] = bar
        else:
            spans.append([bar, bar])
    words = ", ".join(f"{first + 1}" if first == last else f"{first + 1}–{last + 1}" for first, last in spans)
    return tr("Bar {bars}", bars=words) if words.isdigit() else tr("Bars {bars}", bars=words)


def describe_tracks(song: Song, tracks: Iterable[int]) -> str:
    """``Bass, Drums``, or how many there are where naming them would take too long."""
    tracks = sorted(set(tracks))
    if len(tracks) == len(song.tracks) > 1:
        return tr("all {tracks} tracks", tracks=len(tracks))
    if len(tracks) > NAMED_TRACKS:
        return tr("{tracks} tracks", tracks=len(tracks))
    return ", ".join(track_name(song, track) for track in tracks)


def describe_cells(song: Song, cells: Iterable[Cell]) -> str:
    """``Bars 9–12 on Bass, Drums``."""
    cells = list(cells)
    return tr("{bars} on {tracks}",
              bars=describe_bars(bar for bar, _ in cells), tracks=describe_tracks(song, (track for _, track in cells)))
