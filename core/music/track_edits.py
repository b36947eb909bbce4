"""Whole tracks as pure edits Song → Song: duplicated, merged, split by pitch. See ``edits`` for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from core.music.edits import add_track
from core.music.song import RawEvent, Song, freeze_notes

PROGRAM_CHANGE, CONTROL_CHANGE, SYSTEM = 0xC0, 0xB0, 0xF0
BANK_MSB, VOLUME, PAN, BANK_LSB = 0, 7, 10, 32


class NotMergeable(ValueError):
    """These tracks cannot become one. Nothing was changed."""


def duplicate_track(song: Song, index: int) -> Song:
    """The song with a copy of a track right below it, on a MIDI channel of its own."""
    track = song.tracks[index]
    copy = replace(track, name=f"{track.name} copy".strip(), channel=None, origin=None)
    return add_track(song, copy, index + 1)


def merge_tracks(song: Song, indices: Iterable[int]) -> Song:
    """The song with the notes and controllers of some tracks on the first of them; the others are gone.

    The first gives the instrument, volume, pan and name, so the others' own changes of these are left out. Of notes
    of one pitch that start together the longest stays: MIDI could not tell them apart. Raises NotMergeable for drums
    with other instruments.
    """
    first, *others = sorted(set(indices))
    tracks = [song.tracks[index] for index in (first, *others)]
    if len({track.is_drum for track in tracks}) > 1:
        raise NotMergeable("drums and other instruments cannot share a track")
    events = [*tracks[0].events, *(event for track in tracks[1:] for event in track.events if not _is_setting(event))]
    notes = _without_doubles(np.concatenate([track.notes for track in tracks]))
    muted = freeze_notes(np.concatenate([track.muted for track in tracks]))
    merged = replace(tracks[0], notes=notes, muted=muted, events=tuple(sorted(events, key=lambda event: event.tick)))
    kept = [track for index, track in enumerate(song.tracks) if index not in others]
    kept[first] = merged
    return replace(song, tracks=tuple(kept))


def split_track(song: Song, index: int, pitch: int) -> Song:
    """The song with the notes below ``pitch`` of a track on a track of their own below it.

    Both have the instrument and the controllers. Raises ValueError where that would leave either without notes.
    """
    track = song.tracks[index]
    low = track.notes["pitch"] < pitch
    if low.all() or not low.any():
        raise ValueError("all notes lie on one side of that pitch")
    low_muted = track.muted["pitch"] < pitch
    below = replace(track, notes=track.notes[low], muted=track.muted[low_muted],
                    name=f"{track.name} low".strip(), channel=None, origin=None)
    above = replace(track, notes=track.notes[~low], muted=track.muted[~low_muted])
    return add_track(song.with_track(index, above), below, index + 1)


def _is_setting(event: RawEvent) -> bool:
    """Whether it changes what a merged track has of its own: instrument, bank, volume, pan."""
    if event.data[0] >= SYSTEM:
        return False
    status = event.data[0] & 0xF0
    return status == PROGRAM_CHANGE or (
        status == CONTROL_CHANGE and event.data[1] in (BANK_MSB, VOLUME, PAN, BANK_LSB))


def _without_doubles(notes: np.ndarray) -> np.ndarray:
    notes = freeze_notes(notes)  # sorted by onset, pitch, duration, velocity
    same_as_next = (notes["onset"][:-1] == notes["onset"][1:]) & (notes["pitch"][:-1] == notes["pitch"][1:])
    return freeze_notes(notes[~np.append(same_as_next, False)]) if len(notes) else notes
