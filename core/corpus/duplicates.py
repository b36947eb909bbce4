"""Music that was there before: fingerprints that outlive transposition, new titles, channels, programs, tempos and
another resolution, and the search for songs that share most of theirs.

A song is the set of its *shingles*: four successive notes of a track as the steps between them, in time and in pitch
(of drums: in time, and which drum). A shingle that comes again counts as another at its 2nd, 4th, 8th... time, so that
a long song does not equal the loop it is made of. The share of two songs' shingles that both have (their Jaccard
index) is estimated from signatures by one-permutation MinHash (Li, Owen, Zhang 2012) whose empty bins are filled as in
Shrivastava 2017 ("Optimal densification for fast and accurate minwise hashing").
"""

from __future__ import annotations

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.grid import units_of_slot

SIGNATURE_BINS = 128
SAME = 0.7
"""Songs that share so much of their signatures are the same music. On the corpus all pairs between 0.6 and 0.8 that
were looked at were one piece (copies by other hands, corrections, other words to a Kyrie), while arrangements of one
melody by rule reached 0.62 and two takes of a drummer's exercise 0.51."""

_NOTES = 4
_BAND_BINS = 4
_LAGS = 4
_PAIRS_AT_ONCE = 4096
_LONGEST_STEP = 1023
"""In units; a longer rest counts as this one."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def signature(song: EncodedSong) -> np.ndarray:
    """A song's fingerprint, uint16 (SIGNATURE_BINS,)."""
    shingles = _shingles(song)
    bins = (shingles >> np.uint64(57)).astype(np.int64)
    least = np.full(SIGNATURE_BINS, np.iinfo(np.uint64).max)
    np.minimum.at(least, bins, shingles << np.uint64(7))
    filled = np.zeros(SIGNATURE_BINS, dtype=bool)
    filled[bins] = True
    empty, sources = np.flatnonzero(~filled), least.copy()
    for probe in _PROBES:
        if not len(empty):
            break
        found = filled[probe[empty]]
        least[empty[found]] = sources[probe[empty[found]]]
        empty = empty[~found]
    return (least >> np.uint64(24)).astype(np.uint16)


_PROBES = np.random.default_rng(20170601).integers(0, SIGNATURE_BINS, size=(512, SIGNATURE_BINS))
"""Where each empty bin looks for a full one, try after try; the same for all songs. Even a single full bin is found by
all but two in a hundred of the others."""


def similarity(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The share of signatures (..., SIGNATURE_BINS) that agrees, from 0 to 1."""
    return (one == other).mean(axis=-1)


def find_repeats(signatures: np.ndarray) -> np.ndarray:
    """Which songs repeat an earlier one: for each the index of the song that is kept in its place, or -1; int64 (n,).

    ``signatures``: uint16 (n, SIGNATURE_BINS), may be memory-mapped. A song is dropped only for one that is kept and
    that it resembles by SAME itself: likeness is not handed on. Takes memory in proportion to n (about 40 bytes a
    song) and to the repeats found.
    """
    kept_in_place = np.full(len(signatures), -1, dtype=np.int64)
    for late, early in _similar_pairs(signatures):
        if kept_in_place[late] >= 0:
            continue
        first = kept_in_place[early]
        if first < 0:
            kept_in_place[late] = early
        elif similarity(signatures[late], signatures[first]) >= SAME:
            kept_in_place[late] = first
    return kept_in_place


def _similar_pairs(signatures: np.ndarray) -> list[tuple[int, int]]:
    """Pairs (later, earlier) of songs that are the same, later songs ascending, then earlier ones.

    Songs are compared where four bins in a row agree: with their nearest neighbours before them among those that have
    the same four, and with the first of these.
    """
    count = len(signatures)
    found = np.empty(0, dtype=np.int64)
    for start in range(0, SIGNATURE_BINS, _BAND_BINS):
        band = np.ascontiguousarray(signatures[:, start:start + _BAND_BINS]).view(np.uint64)[:, 0]
        order = np.argsort(band, kind="stable")
        band = band[order]
        again = np.flatnonzero(band[1:] == band[:-1]) + 1
        first = np.searchsorted(band, band[again])
        pairs = [order[again] * count + order[first]]
        for lag in range(1, _LAGS + 1):
            near = again[again - lag >= first]
            pairs.append(order[near] * count + order[near - lag])
        candidates = np.setdiff1d(np.concatenate(pairs), found)
        found = np.union1d(found, candidates[_are_same(signatures, candidates)])
    return [divmod(pair, count) for pair in found.tolist()]


def _are_same(signatures: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    same = np.zeros(len(pairs), dtype=bool)
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        late, early = np.divmod(pairs[start:start + _PAIRS_AT_ONCE], len(signatures))
        same[start:start + _PAIRS_AT_ONCE] = similarity(signatures[late], signatures[early]) >= SAME
    return same


def _shingles(song: EncodedSong) -> np.ndarray:
    """Hashes of a song's shingles, uint64 (n,), n at least 1; all differ."""
    onset, pitch, is_drum, track = _notes(song)
    found = _hashed(onset, pitch, is_drum, track)
    if not len(found):  # many tracks of a few notes each: taken as one, drums apart, which no transposition moves
        order = np.lexsort([pitch, onset, is_drum])
        found = _hashed(onset[order], pitch[order], is_drum[order], is_drum[order])
    return found if len(found) else _mix(np.zeros(1, dtype=np.uint64))


def _hashed(onset: np.ndarray, pitch: np.ndarray, is_drum: np.ndarray, track: np.ndarray) -> np.ndarray:
    """The shingles of notes (arrays of one length) that stand track by track."""
    count = len(onset) - _NOTES + 1
    if count < 1:
        return np.empty(0, dtype=np.uint64)
    what = np.where(is_drum[1:], pitch[1:] + 256, np.diff(pitch) + 128)
    steps = _mix((np.minimum(np.diff(onset), _LONGEST_STEP) * 1024 + what).astype(np.uint64))
    joined = np.zeros(count, dtype=np.uint64)
    for place in range(_NOTES - 1):
        joined = joined * _GOLDEN + steps[place:place + count]
    joined = np.sort(_mix(joined[track[:count] == track[_NOTES - 1:]]))
    new = np.flatnonzero(np.concatenate([[True], joined[1:] != joined[:-1]])[:len(joined)])
    times_before = np.arange(len(joined)) - np.repeat(new, np.diff(np.append(new, len(joined))))
    counts = times_before & (times_before + 1) == 0
    return _mix(joined[counts] + times_before[counts].astype(np.uint64) * _GOLDEN)


def _notes(song: EncodedSong) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Onset in units, pitch, whether a drum, and track of every note, track by track."""
    tokens = song.tokens.astype(np.int64)
    is_drum = (tokens >= v.DRUM) & (tokens < v.DRUM + 128)
    at = np.flatnonzero(is_drum | ((tokens >= v.PITCH) & (tokens < v.PITCH + 128)))
    cell = np.repeat(np.arange(song.cell_count), song.cell_notes)
    track = song.cell_track[cell].astype(np.int64)
    order = np.argsort(track, kind="stable")
    at, cell = at[order], cell[order]
    is_drum = is_drum[at]
    onset = song.bar_units[song.cell_bar[cell]] + units_of_slot(song.slots[at])
    return onset, tokens[at] - np.where(is_drum, v.DRUM, v.PITCH), is_drum, track[order]


def _mix(values: np.ndarray) -> np.ndarray:
    """A bijection of uint64 under which near values have nothing in common (the finisher of SplitMix64)."""
    values = values + _GOLDEN
    values ^= values >> np.uint64(30)
    values *= np.uint64(0xBF58476D1CE4E5B9)
    values ^= values >> np.uint64(27)
    values *= np.uint64(0x94D049BB133111EB)
    values ^= values >> np.uint64(31)
    return values
