"""Takes as they grow, whether they still fit the song, and the words for bars and tracks."""

from dataclasses import replace

import pytest

from app.assistant.drafts import Draft, TakeDoesNotFit, is_in, notes_in, what_changed
from app.assistant.words import describe_bars, describe_cells, describe_tracks
from core.generation.request import Request, Take, infill_cells
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter

BAR = 4 * 480


def track(name, program=0, bars=4, pitch=60):
    return Track(notes=make_notes([BAR * b for b in range(bars)], [480] * bars, [pitch] * bars, [80] * bars),
                 name=name, program=program)


SONG = Song(tracks=(track("Piano"), track("Bass", 33, pitch=40), track("")))
CELLS = infill_cells(1, 2, [0, 1])


def finished(index=0, pitch=72, song=SONG):
    notes = {t: make_notes([BAR, 2 * BAR], [240, 240], [pitch, pitch + 2], [90, 90]) for t in (0, 1)}
    request = Request(song, CELLS)
    return Draft(request, index, take=Take(index, CELLS, notes, 7 + index, 0.5))


def test_words_count_from_one_and_keep_short():
    assert describe_bars([8]) == "Bar 9"
    assert describe_bars([10, 8, 9]) == "Bars 9–11"
    assert describe_bars([0, 1, 4]) == "Bars 1–2, 5"
    assert describe_cells(SONG, CELLS) == "Bars 2–3 on Piano, Bass"
    assert describe_tracks(SONG, [1, 2]) == "Bass, Track 3"
    assert describe_tracks(SONG, [0, 1, 2]) == "all 3 tracks"
    assert describe_tracks(Song(tracks=SONG.tracks * 3), range(6)) == "6 tracks"


def test_a_draft_grows_cell_by_cell_and_can_be_heard_before_it_is_whole():
    draft = Draft(Request(SONG, CELLS), 0)
    assert (draft.fraction, draft.note_count, draft.notes) == (0.0, 0, {})
    draft.written[2, 1] = make_notes([2 * BAR], [480], [50], [80])
    draft.written[1, 1] = make_notes([BAR], [480], [48], [80])
    assert (draft.fraction, draft.note_count) == (0.5, 2)
    heard = draft.so_far().applied_to(SONG)
    assert heard.tracks[1].notes["pitch"].tolist() == [40, 48, 50, 40]
    assert heard.tracks[0] is SONG.tracks[0]


def test_a_target_that_is_as_it_was_needs_no_question():
    draft = finished()
    elsewhere = SONG.with_track(2, track("", pitch=90)).with_track(0, replace(SONG.tracks[0], volume=40))
    assert what_changed(draft, [draft], SONG) == ""
    assert what_changed(draft, [draft], elsewhere) == ""


def test_a_target_that_holds_another_take_of_the_request_needs_no_question():
    first, second = finished(0), finished(1, pitch=80)
    song = first.take.applied_to(SONG)
    assert what_changed(second, [first, second], song) == ""
    assert what_changed(second, [second], song) == "Bars 2–3 on Piano, Bass have changed since this take was written."


def test_edited_bars_and_exchanged_tracks_are_told():
    draft = finished()
    edited = SONG.with_track(0, track("Piano", pitch=61))
    assert "have changed" in what_changed(draft, [draft], edited)
    swapped = replace(SONG, tracks=(SONG.tracks[1], SONG.tracks[0], SONG.tracks[2]))
    assert "What was written for Piano would now go to Bass (track 1)." in what_changed(draft, [draft], swapped)


def test_a_moved_meter_or_a_missing_track_makes_it_impossible():
    draft = finished()
    with pytest.raises(TakeDoesNotFit, match="Bars 2–3 no longer lie where they did"):
        what_changed(draft, [draft], replace(SONG, meters=(Meter(0, 3, 4),)))
    with pytest.raises(TakeDoesNotFit, match="Bass, which this take was written for, is no longer in the song"):
        what_changed(draft, [draft], replace(SONG, tracks=SONG.tracks[:1]))
    assert not is_in(draft, replace(SONG, tracks=SONG.tracks[:1]))


def test_a_later_meter_change_does_not_matter():
    draft = finished()
    assert what_changed(draft, [draft], replace(SONG, meters=(Meter(0), Meter(3 * BAR, 3, 4)))) == ""


def test_it_is_known_whether_the_song_holds_a_take():
    first, second = finished(0), finished(1, pitch=80)
    song = first.take.applied_to(SONG)
    assert is_in(first, song) and not is_in(second, song) and not is_in(first, SONG)
    assert not is_in(Draft(Request(SONG, CELLS), 0), SONG)
    assert notes_in(song, CELLS)[0]["pitch"].tolist() == [72, 74]
