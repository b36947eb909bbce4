"""What must hold between a song and what comes back from its tokens, for made songs and for real files."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.music.song import Song
from core.music.timebase import Timebase
from core.tokens import vocabulary as v
from core.tokens.decoder import decode
from core.tokens.encoder import EncodedSong, SnapReport, encode_and_report
from core.tokens.grid import MAX_BEATS, SLOT_UNITS, UNITS_PER_BEAT

HALF_A_SLOT = 1.5
"""Of the widest slot, in units."""
CELL_COLUMNS = ("tokens", "slots", "cell_start", "cell_bar", "cell_track", "cell_notes", "programs")


@dataclass(frozen=True, eq=False)
class Heard:
    """Notes as rows: ``what`` int64 (notes,) tells track, pitch and velocity class; ``onset``, ``end`` in ticks."""

    what: np.ndarray
    drum: np.ndarray
    onset: np.ndarray
    end: np.ndarray

    def where(self, rows: np.ndarray) -> Heard:
        return Heard(self.what[rows], self.drum[rows], self.onset[rows], self.end[rows])


def round_trip_faults(song: Song, drum_durations: bool = True) -> tuple[list[str], SnapReport]:
    """All that is wrong with what comes back of ``song``, a line each, and what the encoder reports."""
    encoded, report = encode_and_report(song, drum_durations=drum_durations)
    before, decoded = _heard(song), decode(encoded, song.timebase)
    after = _heard(_with_notes(song, decoded))
    faults = []
    if report.notes != song.note_count:
        faults.append(f"{report.notes} notes are reported of {song.note_count}")
    dropped = _dropped(before.onset, song.timebase)
    if dropped.sum() != report.dropped:
        faults.append(f"{report.dropped} notes are reported as dropped, {dropped.sum()} lie beyond the longest bar")
    before = before.where(~dropped)
    if not np.array_equal(np.sort(before.what), np.sort(after.what)):
        return [*faults, "notes are lost or made, or have another pitch or velocity"], report
    faults += _moved_too_far(before, after, song, drum_durations)
    if report.on_grid == report.notes and not _same(before, after, drum_durations):
        faults.append("all notes are reported to lie on the grid, but they come back otherwise")
    return faults + _faults_of_second_trip(encoded, song, decoded, drum_durations), report


def _moved_too_far(before: Heard, after: Heard, song: Song, drum_durations: bool) -> list[str]:
    """Onsets, and ends, are compared in their order: a snapped note may pass no other of its kind by more than it is
    itself allowed to move."""
    ticks_per_beat = song.ticks_per_beat
    unit = ticks_per_beat / UNITS_PER_BEAT
    # Where a bar line cuts a unit, what falls behind the last slot of the bar goes to the next bar's start.
    slack = (HALF_A_SLOT + _bars_cut_units(song)) * unit + 0.5  # ticks are whole
    faults = []
    moved = np.abs(_in_order(before.what, before.onset) - _in_order(after.what, after.onset))
    if len(moved) and moved.max() > slack:
        faults.append(f"an onset moves by {moved.max() / unit:.2f} units")
    free = np.ones(len(before.what), dtype=bool) if drum_durations else ~before.drum
    free_after = np.ones(len(after.what), dtype=bool) if drum_durations else ~after.drum
    earliest = _in_order(before.what[free], (before.end - slack)[free])
    latest = np.maximum(before.end + slack, before.onset + slack + unit + 0.5)  # no note is shorter than a unit
    ends = _in_order(after.what[free_after], after.end[free_after])
    if (ends < earliest).any() or (ends > _in_order(before.what[free], latest[free])).any():
        faults.append("an end moves too far")
    if (after.end <= after.onset).any():
        faults.append("a note has no length")
    strokes = (after.end - after.onset)[~free_after]
    if (np.abs(strokes - v.DRUM_DURATION * unit) > 1 + _bars_cut_units(song) * unit).any():
        faults.append("a drum stroke has another length than all have")
    return faults


def _faults_of_second_trip(first: EncodedSong, song: Song, decoded: list[np.ndarray], drum_durations: bool
                           ) -> list[str]:
    """Where ticks hold units exactly, the second trip changes nothing. Elsewhere the end of a note of one unit may be
    rounded to the next slot, once: the third trip changes nothing."""
    came_back = _with_notes(song, decoded)
    if song.ticks_per_beat % UNITS_PER_BEAT:
        first, _ = encode_and_report(came_back, bar_count=first.bar_count, drum_durations=drum_durations)
        came_back = _with_notes(song, decode(first, song.timebase))
    again, report = encode_and_report(came_back, bar_count=first.bar_count, drum_durations=drum_durations)
    faults = [f"{name} are others the second time" for name in CELL_COLUMNS
              if not np.array_equal(getattr(first, name), getattr(again, name))]
    if report.dropped:
        faults.append("what came back is dropped the second time")
    return faults


def _heard(song: Song) -> Heard:
    notes = np.concatenate([track.notes for track in song.tracks])
    counts = [len(track.notes) for track in song.tracks]
    track = np.repeat(np.arange(len(song.tracks)), counts)
    what = (track * 128 + notes["pitch"]) * 128 + notes["velocity"] // v.VELOCITY_WIDTH
    return Heard(what, np.repeat([t.is_drum for t in song.tracks], counts), notes["onset"],
                 notes["onset"] + notes["duration"])


def _with_notes(song: Song, decoded: list[np.ndarray]) -> Song:
    return replace(song, tracks=tuple(track.with_notes(notes) for track, notes in zip(song.tracks, decoded)))


def _in_order(what: np.ndarray, ticks: np.ndarray) -> np.ndarray:
    return ticks[np.lexsort((ticks, what))]


def _same(before: Heard, after: Heard, drum_durations: bool) -> bool:
    def rows(heard: Heard) -> np.ndarray:
        end = heard.end if drum_durations else np.where(heard.drum, 0, heard.end)
        return np.stack([heard.what, heard.onset, end])[:, np.lexsort((end, heard.onset, heard.what))]
    return np.array_equal(rows(before), rows(after))


def _bars_cut_units(song: Song) -> bool:
    """Whether a bar starts where no unit does."""
    return any(ticks * UNITS_PER_BEAT % song.ticks_per_beat
               for meter in song.meters for ticks in (meter.tick, meter.bar_ticks(song.ticks_per_beat)))


def _dropped(onset: np.ndarray, timebase: Timebase) -> np.ndarray:
    """Which onsets are nearest to a point of their bar that no POSITION stands for, found one by one."""
    bar = timebase.bar_at(onset)
    offset, length = onset - timebase.bar_start(bar), timebase.bar_end(bar) - timebase.bar_start(bar)
    last_slot = MAX_BEATS * UNITS_PER_BEAT
    dropped = np.zeros(len(onset), dtype=bool)
    for note in np.flatnonzero(offset * UNITS_PER_BEAT > (last_slot - UNITS_PER_BEAT) * timebase.ticks_per_beat):
        beat = int(offset[note]) // timebase.ticks_per_beat
        points = np.array([*SLOT_UNITS, UNITS_PER_BEAT]) + beat * UNITS_PER_BEAT
        nearest = points[np.abs(points * timebase.ticks_per_beat - offset[note] * UNITS_PER_BEAT).argmin()]
        dropped[note] = nearest >= last_slot and nearest * timebase.ticks_per_beat < length[note] * UNITS_PER_BEAT
    return dropped
