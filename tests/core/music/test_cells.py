"""Bars × tracks copied and pasted: the same music in another place, and nothing else touched."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.music.cells import copy_cells, in_resolution, paste_cells
from core.music.edits import replace_cells
from core.music.song import Song, Track, make_notes

BEAT = 4
BAR = 4 * BEAT
NOTE = st.tuples(st.integers(0, 90), st.integers(0, 60), st.integers(60, 66), st.integers(1, 127))
NOTES = st.lists(NOTE, max_size=12).map(lambda rows: make_notes(*(zip(*rows, strict=True) if rows else ([],) * 4)))


def beginning_in(song: Song, track: int, bar: int, count: int) -> list[tuple]:
    notes = song.tracks[track].notes
    inside = notes[(notes["onset"] >= bar * BAR) & (notes["onset"] < (bar + count) * BAR)].copy()
    inside["onset"] -= bar * BAR
    return inside.tolist()


@settings(max_examples=60)
@given(st.lists(NOTES, min_size=3, max_size=3), st.integers(0, 4), st.integers(1, 2), st.integers(0, 7),
       st.sampled_from([(0,), (0, 1), (0, 2), (1, 2)]), st.integers(0, 2))
def test_what_is_pasted_is_what_was_copied_and_nothing_else_changes(parts, first, count, bar, marked, track):
    song = Song(BEAT, tuple(Track(notes, program) for program, notes in enumerate(parts)))
    after, used = paste_cells(song, copy_cells(song, first, first + count - 1, marked), bar, track)
    assert len(used) == len(marked) and used[0] == track
    for source, target in zip(marked, used):
        assert beginning_in(after, target, bar, count) == beginning_in(song, source, first, count)
        if target >= len(song.tracks):
            assert after.tracks[target].program == source and after.tracks[target].origin is None
    cells = [(bar + i, index) for i in range(count) for index in used if index < 3]
    without = replace_cells(song, cells, {})
    assert replace_cells(after, cells, {}).tracks[:3] == without.tracks
    assert all(after.tracks[index] is song.tracks[index] for index in range(3) if index not in used)


def test_a_clip_of_another_resolution_sounds_the_same():
    song = Song(480, (Track(make_notes([1920, 2080], [160, 80], [60, 62], [80, 80])),))
    clip = in_resolution(copy_cells(song, 1, 1, [0]), 96)
    assert (clip.ticks, clip.bars) == (384, 1)
    assert clip.parts[0].track.notes[["onset", "duration"]].tolist() == [(0, 32), (32, 16)]
    other, _ = paste_cells(Song(96), clip, 2, 0)
    assert np.array_equal(other.tracks[0].notes["onset"], [768, 800])
