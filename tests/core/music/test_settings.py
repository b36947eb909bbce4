"""A track's instrument, volume and pan hold for the whole track, whatever its file says anew while it runs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.files.project import Project, parse_project, project_bytes
from core.music.bars import repeat_bars
from core.music.edits import change_track
from core.music.settings import events_as_set, setting_of
from core.music.song import RawEvent, Song, Track, make_notes

BYTES = st.integers(0, 127)


def track(*events: tuple[int, bytes], **facts) -> Track:
    return Track(make_notes([0, 960], [480, 480], [60, 62], [90, 90]), **facts,
                 events=tuple(RawEvent(tick, data) for tick, data in events))


def control(number: int, value: int) -> bytes:
    return bytes((0xB0, number, value))


def values(song: Song) -> list[int]:
    return [event.data[-1] for event in events_as_set(song.tracks[0])]


@pytest.mark.parametrize(("facts", "events", "now", "expected"), [
    ({"volume": 100}, [control(7, 100), control(7, 50)], {"volume": 50}, [50, 25]),
    ({"volume": 40}, [control(7, 127)], {"volume": 80}, [127]),
    ({"volume": 0}, [control(7, 60)], {"volume": 30}, [90]),
    ({"pan": 64}, [control(10, 64), control(10, 30)], {"pan": 20}, [20, 0]),
    ({"program": 5}, [b"\xc0\x05", b"\xc0\x09"], {"program": 40}, [40, 9]),
    ({"volume": 90}, [control(1, 90), control(64, 127), b"\xe0\x00\x40"], {"volume": 0}, [90, 127, 64]),
])
def test_what_the_file_says_anew_moves_along(facts: dict, events: list[bytes], now: dict, expected: list[int]) -> None:
    song = Song(tracks=(track(*((480, data) for data in events), **facts),))
    assert values(change_track(song, 0, **now)) == expected


@given(BYTES, BYTES, BYTES, st.lists(st.tuples(st.sampled_from((7, 10, 11)), BYTES), max_size=6),
       st.lists(st.tuples(st.sampled_from(("volume", "pan", "program")), BYTES), max_size=6))
def test_nothing_is_lost_on_the_way_and_no_value_leaves_its_range(program, volume, pan, controls, changes) -> None:
    before = song = Song(tracks=(track(*((480, control(*one)) for one in controls), (500, bytes((0xC0, program))),
                                       program=program, volume=volume, pan=pan),))
    for name, value in changes:
        song = change_track(song, 0, **{name: value})
        assert all(0 <= value <= 127 for value in values(song))
    assert change_track(song, 0, program=program, volume=volume, pan=pan) == before


def test_only_events_that_set_something_are_remembered_for() -> None:
    song = Song(tracks=(track((0, control(64, 127)), volume=90),))
    assert change_track(song, 0, volume=20) == Song(tracks=(track((0, control(64, 127)), volume=20),))
    assert setting_of(b"\xf0\x07\xf7") is None and setting_of(b"\xff\x01\x07") is None


def test_a_file_is_written_as_it_is_heard_and_a_project_keeps_what_was_read() -> None:
    read = parse_midi(midi_bytes(Song(tracks=(track((480, control(7, 100)), (960, control(7, 50)), volume=100),))))
    song = change_track(read, 0, volume=40)
    again = parse_midi(midi_bytes(song))
    assert again.tracks[0].volume == 40 and values(again) == [40, 20]
    kept = parse_project(project_bytes(Project(song))).song
    assert kept == song and values(kept) == [40, 20]
    assert change_track(kept, 0, volume=100).tracks[0].events == read.tracks[0].events


def test_bars_that_are_repeated_sound_as_they_did() -> None:
    song = change_track(Song(tracks=(track((480, control(7, 100)), (960, control(7, 50)), volume=100),)), 0, volume=40)
    twice = repeat_bars(song, 0, 0)
    assert twice.tracks[0].volume == 40 and values(twice) == [40, 20, 40, 40, 20]
