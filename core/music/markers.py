"""Markers: names for sections and places, as pure edits Song → Song. At most one stands at a tick that was edited."""

from __future__ import annotations

from dataclasses import replace

from core.music.song import Marker, Song


def set_marker(song: Song, marker: Marker) -> Song:
    """The song with a marker, in place of any at its tick."""
    return _with(song, [*(other for other in song.markers if other.tick != marker.tick), marker])


def remove_marker(song: Song, marker: Marker) -> Song:
    """The song without a marker that is in it."""
    markers = list(song.markers)
    markers.remove(marker)
    return _with(song, markers)


def move_marker(song: Song, marker: Marker, tick: int) -> Song:
    """The song with a marker at another tick, in place of any there."""
    return song if tick == marker.tick else set_marker(remove_marker(song, marker), replace(marker, tick=tick))


def section_at(song: Song, tick: int) -> Marker | None:
    """The marker whose section holds ``tick``; None before the first."""
    return max((marker for marker in song.markers if marker.tick <= tick), key=lambda marker: marker.tick, default=None)


def next_marker(song: Song, tick: int) -> Marker | None:
    return next((marker for marker in song.markers if marker.tick > tick), None)


def previous_marker(song: Song, tick: int) -> Marker | None:
    return next((marker for marker in reversed(song.markers) if marker.tick < tick), None)


def free_letter(song: Song) -> str:
    """The first rehearsal letter that is not in use."""
    used = {marker.name for marker in song.markers}
    return next((letter for letter in map(chr, range(ord("A"), ord("Z") + 1)) if letter not in used), "Section")


def _with(song: Song, markers: list[Marker]) -> Song:
    return replace(song, markers=tuple(sorted(markers, key=lambda marker: marker.tick)))
