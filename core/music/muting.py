"""Notes that are kept but do not sound. They lie in the track beside the others, as ``Track.muted``.

What plays a song, writes it as MIDI or reads it for the model looks at ``Track.notes`` alone, so a muted note can be
forgotten nowhere; the roll shows it hollow, and a project file keeps it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.music.edits import exchanged
from core.music.song import EMPTY_NOTES, Song


def mute_notes(song: Song, track: int, notes: np.ndarray) -> Song:
    """The song with these notes of a track silent. Raises NotThere if one is not among those that sound."""
    return _moved(song, track, "notes", "muted", notes)


def unmute_notes(song: Song, track: int, notes: np.ndarray) -> Song:
    """The song with these muted notes sounding again. Raises NotThere if one is not among the muted ones."""
    return _moved(song, track, "muted", "notes", notes)


def delete_muted(song: Song, track: int, notes: np.ndarray) -> Song:
    """The song without these muted notes. Raises NotThere as above."""
    here = song.tracks[track]
    return song.with_track(track, replace(here, muted=exchanged(here.muted, notes, EMPTY_NOTES)))


def _moved(song: Song, track: int, source: str, target: str, notes: np.ndarray) -> Song:
    here = song.tracks[track]
    return song.with_track(track, replace(here, **{
        source: exchanged(getattr(here, source), notes, EMPTY_NOTES),
        target: exchanged(getattr(here, target), EMPTY_NOTES, notes)}))
