"""A track as it would be written in notes: bars, voices, chords and rests of lengths that have a sign of their own.

Lengths are counted in units, 24 to a quarter note: a 32nd is 3, the 16th of a triplet 4. Each beat is read straight or
in triplets, whichever its notes lie nearer to; starts and ends go to that grid. Pitches and bars are kept. Where more
than four notes of different lengths overlap, the one that would end first is shortened.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.music.song import Song, Track
from core.music.timebase import Meter, Timebase

UNITS = 24
"""A quarter note."""
GRIDS = {24: 0.0, 12: 0.15, 6: 0.3, 8: 0.55, 3: 1.0, 4: 1.2}
"""Steps that a beat can be read in, and by how many units a note has to lie nearer to be worth the trouble."""
PLAIN = (192, 144, 96, 72, 48, 36, 24, 18, 12, 9, 6, 3)
TRIPLET = (16, 8, 4)
MOST_VOICES = 4
OVERLAP = 6
"""A note that sounds this long into the next one is only played legato: it is written as ending there."""
GAP = 6
"""A rest as short as this before the next note, or the next beat, is only how a note was played."""


@dataclass(frozen=True)
class Piece:
    """A chord, or a rest where it has no ``pitches``. ``start`` is counted from the bar's start.

    ``tied_from``, ``tied_to``: it goes on from the piece before, or in the piece after.
    """

    start: int
    length: int
    pitches: tuple[int, ...] = ()
    tied_from: bool = False
    tied_to: bool = False


@dataclass(frozen=True)
class WrittenBar:
    """``voices`` fill the bar from its start to its end; one of rests alone where nothing sounds."""

    length: int
    voices: tuple[tuple[Piece, ...], ...]


@dataclass
class _Chord:
    start: int
    end: int
    pitches: set[int]


def bar_lengths(song: Song) -> list[int]:
    """How long each bar of the song is, a 32nd at least."""
    base = song.timebase
    starts = base.bar_start(np.arange(max(1, song.bar_count) + 1))
    return [max(3, round(int(ticks) * UNITS / song.ticks_per_beat / 3) * 3) for ticks in np.diff(starts)]


def written_bars(song: Song, track: Track) -> list[WrittenBar]:
    """The track, as many bars as the song has."""
    lengths = bar_lengths(song)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    voices = _voices(_chords(song, track, starts), int(starts[-1]))
    bars = []
    for bar, length in enumerate(lengths):
        beat = _beat(song.timebase.meter_of(bar))
        written = [_bar_of(voice, int(starts[bar]), length, beat) for voice in voices]
        sounding = [pieces for pieces in written if any(piece.pitches for piece in pieces)]
        bars.append(WrittenBar(length, tuple(sounding or [(Piece(0, length),)])))
    return bars


def _beat(meter: Meter) -> int:
    """What the meter counts: a dotted quarter in 6/8, 9/8 and 12/8, else at most a quarter."""
    if meter.denominator >= 8 and meter.numerator % 3 == 0 and meter.numerator > 3:
        return 3 * 4 * UNITS // meter.denominator
    return UNITS


# -- onto the grid -----------------------------------------------------------------------------------


def _chords(song: Song, track: Track, starts: np.ndarray) -> list[_Chord]:
    notes, base = track.notes, song.timebase
    onset, end = notes["onset"], notes["onset"] + notes["duration"]
    places = _Places(base, starts, onset)
    found: dict[int, list[_Chord]] = {}
    for on, off, pitch in zip(onset.tolist(), end.tolist(), notes["pitch"].tolist()):
        start, step = places.nearest(on)
        if start >= starts[-1]:  # rounded up to the end of the last bar
            start = int(starts[-1]) - step
        stop = max(places.nearest(off)[0], start + step)
        stop = min(stop, int(starts[-1]))
        here = found.setdefault(start, [])
        alike = next((chord for chord in here if abs(chord.end - stop) <= OVERLAP), None)
        if alike is None:
            here.append(_Chord(start, stop, {pitch}))
        else:
            alike.pitches.add(pitch)
            alike.end = max(alike.end, stop)
    return [chord for start in sorted(found) for chord in sorted(found[start], key=lambda chord: -max(chord.pitches))]


class _Places:
    """From ticks to units: each beat of each bar has the grid that its onsets lie nearest to."""

    def __init__(self, base: Timebase, starts: np.ndarray, onsets: np.ndarray) -> None:
        self._base, self._starts = base, starts
        inside: dict[tuple[int, int], list[float]] = {}
        for tick in np.unique(onsets).tolist():
            bar, within = self._within(tick)
            inside.setdefault((bar, int(within // UNITS)), []).append(within % UNITS)
        self._steps = {beat: _grid(places) for beat, places in inside.items()}

    def _within(self, tick: int) -> tuple[int, float]:
        bar = int(self._base.bar_at(tick))
        return bar, (tick - int(self._base.bar_start(bar))) * UNITS / self._base.ticks_per_beat

    def nearest(self, tick: int) -> tuple[int, int]:
        """The nearest place, and the step of the grid there."""
        bar, within = self._within(tick)
        last = len(self._starts) - 1
        if bar >= last:
            return int(self._starts[last]), 3
        beat = int(within // UNITS)
        step = self._steps.get((bar, beat), 6)
        place = beat * UNITS + round((within % UNITS) / step) * step
        return int(min(self._starts[bar] + place, self._starts[bar + 1])), min(step, 12)


def _grid(places: list[float]) -> int:
    def cost(step: int) -> float:
        return sum(abs(place - round(place / step) * step) for place in places) / len(places) + GRIDS[step]

    return min(GRIDS, key=cost)


# -- voices ------------------------------------------------------------------------------------------


def _voices(chords: list[_Chord], last: int) -> list[list[_Chord]]:
    """Each chord in the first voice that is free; none overlap inside a voice, or last longer than the bars."""
    voices: list[list[_Chord]] = []
    for chord in chords:
        free = next((voice for voice in voices if _makes_room(voice[-1], chord.start, OVERLAP)), None)
        if free is None and len(voices) < MOST_VOICES:
            free = []
            voices.append(free)
        if free is None:
            free = min(voices, key=lambda voice: (voice[-1].start >= chord.start, voice[-1].end))
            if not _makes_room(free[-1], chord.start, last):
                free[-1].pitches |= chord.pitches  # they begin together
                continue
        free.append(chord)
    for voice in voices:
        for chord, after in zip(voice, [*(later.start for later in voice[1:]), None]):
            beat = -(-chord.end // UNITS) * UNITS
            until = min(beat, last if after is None else after)
            if until - chord.end <= GAP < chord.end - chord.start:
                chord.end = until
    return voices


def _makes_room(before: _Chord, start: int, most: int) -> bool:
    """Let a chord end by ``start`` if it sounds no more than ``most`` beyond it and has begun earlier."""
    if before.end <= start:
        return True
    if before.end - start > most or before.start >= start:
        return False
    before.end = start
    return True


# -- bars --------------------------------------------------------------------------------------------


def _bar_of(voice: list[_Chord], start: int, length: int, beat: int) -> tuple[Piece, ...]:
    """What a voice has from ``start`` on, rests between."""
    pieces: list[Piece] = []
    at = 0
    for chord in voice:
        first, last = max(chord.start - start, 0), min(chord.end - start, length)
        if last <= first:
            continue
        pieces += [Piece(*span) for span in spans(at, first, beat)]
        parts = spans(first, last, beat)
        pitches = tuple(sorted(chord.pitches))
        for number, (place, size) in enumerate(parts):
            pieces.append(Piece(place, size, pitches, tied_from=number > 0 or chord.start < start,
                                tied_to=number < len(parts) - 1 or chord.end > start + length))
        at = last
    return (*pieces, *(Piece(*span) for span in spans(at, length, beat)))


def spans(start: int, end: int, beat: int = UNITS) -> list[tuple[int, int]]:
    """(place, length) of the signs that fill the time between two places of a bar, cut where beats begin."""
    found = []
    while start < end:
        if start % beat == 0 and end - start >= beat:
            room = (end - start) // beat * beat
            size = next((plain for plain in PLAIN if plain <= room and plain % beat == 0), beat)
        else:
            room = min(end, (start // beat + 1) * beat) - start
            in_triplet = start % 3 or (start + room) % 3
            signs = TRIPLET if in_triplet else PLAIN
            size = next((sign for sign in signs if sign <= room), room)
        found.append((start, size))
        start += size
    return found
