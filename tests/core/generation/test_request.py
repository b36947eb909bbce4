"""What can be asked for, and what a take does to a song."""

import json

import numpy as np
import pytest

from core.generation.controls import Controls
from core.generation.request import Request, Take, continue_cells, infill_cells, task_of
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter
from tests.core.tokens.songs import dense_song

SONG = dense_song(bars=4, tracks=3)


def test_a_request_says_what_is_wrong_with_it():
    cells = infill_cells(1, 2, [0])
    for wrong, said in [({"cells": frozenset()}, "no bars are marked"), ({"cells": frozenset({(0, 3)})}, "not in the"),
                        ({"cells": frozenset({(-1, 0)})}, "not in the song"), ({"takes": 0}, "not 0"),
                        ({"takes": 17}, "not 17"), ({"adventurousness": 1.5}, "not 1.5")]:
        with pytest.raises(ValueError, match=said):
            Request(**{"song": SONG, "cells": cells} | wrong)


def test_continuing_marks_the_bars_after_the_last_on_the_tracks_that_play():
    song = Song(tracks=(*dense_song(4, 1).tracks, Track()))
    assert continue_cells(song, 2) == {(4, 0), (5, 0)}
    assert continue_cells(song, 1, [1]) == {(4, 1)}
    with pytest.raises(ValueError, match="no notes"):
        continue_cells(Song(tracks=(Track(),)), 2)
    with pytest.raises(ValueError, match="at least 1"):
        continue_cells(song, 0)


def test_infilling_marks_bars_by_tracks():
    assert infill_cells(1, 2, [0, 2]) == {(1, 0), (1, 2), (2, 0), (2, 2)}
    with pytest.raises(ValueError, match=r"last bar \(2\) lies before the first \(3\)"):
        infill_cells(2, 1, [0])


def take(cells, notes) -> Take:
    return Take(0, frozenset(cells), notes, seed=0, adventurousness=0.5)


def test_a_take_replaces_its_cells_and_nothing_else():
    new = make_notes([2 * 1920 + 480], [480], [61], [90])
    after = take({(2, 1), (3, 1), (1, 2)}, {1: new}).applied_to(SONG)
    bars = SONG.timebase.bar_at(after.tracks[1].notes["onset"])
    assert after.tracks[1].notes[bars >= 2].tolist() == new.tolist()
    before = SONG.tracks[1].notes
    assert np.array_equal(after.tracks[1].notes[bars < 2], before[before["onset"] < 2 * 1920])
    assert set(SONG.timebase.bar_at(after.tracks[2].notes["onset"]).tolist()) == {0, 2, 3}
    assert after.tracks[0] is SONG.tracks[0]


def test_a_note_that_rings_into_a_marked_bar_stays():
    song = Song(tracks=(Track(make_notes([0, 1920], [3000, 480], [60, 62], [80, 80])),))
    assert take({(1, 0)}, {}).applied_to(song).tracks[0].notes["pitch"].tolist() == [60]


@pytest.mark.parametrize(("track", "onset"), [(0, 1919), (0, 3840), (1, 1920)])
def test_a_take_cannot_write_outside_its_cells(track, onset):
    with pytest.raises(ValueError, match="track"):
        take({(1, 0)}, {track: make_notes([onset], [10], [60], [80])}).applied_to(SONG)


def test_bars_are_those_of_the_songs_own_meters():
    song = Song(480, (Track(),), meters=(Meter(0, 4, 4), Meter(480, 3, 4)))
    after = take({(0, 0), (2, 0)}, {0: make_notes([479, 1920], [10, 10], [60, 60], [80, 80])}).applied_to(song)
    assert len(after.tracks[0].notes) == 2


def test_controls_say_what_is_wrong_with_them():
    for wrong, said in [({"keep": "words"}, "not 'words'"), ({"density": 8}, "classes 0 to 7, not 8"),
                        ({"polyphony": -1}, "not -1"), ({"register": 2.0}, "not 2.0"),
                        ({"pitch_classes": frozenset({12})}, "0 .C. to 11"),
                        ({"keep": "rhythm", "density": 0}, "settles how many notes there are"),
                        ({"keep": "rhythm", "polyphony": 2}, "settles how many are struck together"),
                        ({"keep": "tune", "register": 5}, "settles where"),
                        ({"keep": "tune", "pitch_classes": frozenset({0, 4, 7})}, "settles the scale")]:
        with pytest.raises(ValueError, match=said):
            Controls(**wrong)


def test_locked_notes_must_lie_in_the_marked_bars():
    onset, pitch = (int(SONG.tracks[0].notes[name][0]) for name in ("onset", "pitch"))
    assert Request(SONG, infill_cells(0, 0, [0]), controls=Controls(locked=frozenset({(0, onset, pitch)})))
    for cells, note, said in [(infill_cells(1, 1, [0]), (0, onset, pitch), "marked bars"),
                              (infill_cells(0, 0, [0]), (0, onset, pitch + 1), "no longer"),
                              (infill_cells(0, 0, [0]), (7, onset, pitch), "no longer")]:
        with pytest.raises(ValueError, match=said):
            Request(SONG, cells, controls=Controls(locked=frozenset({note})))


@pytest.mark.parametrize("controls", [
    Controls(), Controls("rhythm", pitch_classes=frozenset({0, 4, 7})), Controls("tune", polyphony=0),
    Controls(locked=frozenset({(0, 480, 60), (2, 0, 36)}), density=3, polyphony=3, register=11)])
def test_controls_come_back_from_a_file(controls):
    assert Controls.from_facts(json.loads(json.dumps(controls.as_facts()))) == controls


@pytest.mark.parametrize("facts", [None, [], {"keep": 3}, {"density": "much"}, {"locked": [[1, 2]]}, {"other": 1},
                                   {"pitch_classes": 3}, {"pitch_classes": [[]]}, {"keep": []}, {"locked": 5}])
def test_what_is_no_controls_is_refused(facts):
    with pytest.raises(ValueError):
        Controls.from_facts(facts)


@pytest.mark.parametrize(("cells", "task"), [
    (continue_cells(SONG, 2), "continue"), (infill_cells(2, 3, [0, 2]), "continue"),
    (infill_cells(1, 2, [0, 2]), "block"), (infill_cells(0, 0, [1]), "block"),
    (infill_cells(0, 3, [1]), "track"), (infill_cells(0, 5, [0, 1, 2]), "track"),
    (frozenset({(0, 0), (2, 0)}), "cells"), (frozenset({(0, 0), (0, 1), (1, 1)}), "cells"),
    (infill_cells(0, 3, [0]) | infill_cells(1, 1, [1]), "cells")])
def test_a_request_is_of_the_task_it_comes_nearest_to(cells, task):
    assert task_of(SONG, cells) == task


def test_bars_of_a_track_without_notes_are_a_track_to_be_added():
    assert task_of(Song(tracks=(*SONG.tracks, Track())), infill_cells(1, 2, [3])) == "track"
