"""Part of a song as a song of its own."""

import pytest

from core.music.excerpt import excerpt
from core.music.song import EMPTY_NOTES, RawEvent, Song, Track, make_notes
from core.music.timebase import Meter, Tempo

BAR = 3 * 480


@pytest.fixture
def song() -> Song:
    pedal = (RawEvent(0, b"\xb0\x40\x7f"), RawEvent(3 * BAR, b"\xb0\x40\x00"), RawEvent(3 * BAR, b"\xff\x05\x02la"),
             RawEvent(9 * BAR, b"\xb0\x40\x7f"))
    notes = make_notes([bar * BAR + 240 for bar in range(8)], [480] * 8, [60] * 8, [80] * 8)
    return Song(480, (Track(notes, 24, name="Guitar", events=pedal), Track(name="Empty")),
                (Tempo(0, 600_000), Tempo(2 * BAR + 100, 400_000), Tempo(4 * BAR, 300_000)),
                (Meter(0, 3, 4), Meter(4 * BAR, 2, 4)))


def test_it_begins_with_the_bar_of_its_first_note(song) -> None:
    part = excerpt(song, {0: song.tracks[0].notes[3:5], 1: EMPTY_NOTES})
    (track,) = part.tracks
    assert track.notes.tolist() == [(240, 480, 60, 80), (240 + BAR, 480, 60, 80)]
    assert (track.name, track.program, track.events) == ("Guitar", 24, (RawEvent(0, b"\xb0\x40\x00"),))
    assert part.tempos == (Tempo(0, 400_000), Tempo(BAR, 300_000))
    assert part.meters == (Meter(0, 3, 4), Meter(BAR, 2, 4))


def test_nothing_cannot_be_taken_out(song) -> None:
    with pytest.raises(ValueError, match="no notes"):
        excerpt(song, {0: EMPTY_NOTES})
