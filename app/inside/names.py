"""Notes and passages in words: what, in which bar, of which track."""

from __future__ import annotations

import numpy as np

from app.assistant.words import track_name
from app.pianoroll.keyboard import pitch_words
from app.translation import tr
from core.music.song import Song


def name_note(song: Song, note: np.void, number: int) -> str:
    """``E4 in bar 3 of Flute``; ``number``: of its track."""
    track = song.tracks[number] if number < len(song.tracks) else None
    what = pitch_words(int(note["pitch"]), track is not None and track.is_drum)
    bar = int(song.timebase.bar_at(int(note["onset"]))) + 1
    if track is None or len(song.tracks) == 1:
        return tr("{note} in bar {bar}", note=what, bar=bar)
    return tr("{note} in bar {bar} of {track}", note=what, bar=bar, track=track.name or track_name(song, number))


def name_passage(song: Song, bar: int, number: int) -> str:
    """``bar 3 of Flute``; ``number``: of its track, -1 for what belongs to none."""
    if not 0 <= number < len(song.tracks) or len(song.tracks) == 1:
        return tr("bar {bar}", bar=bar + 1)
    return tr("bar {bar} of {track}", bar=bar + 1, track=track_name(song, number))
