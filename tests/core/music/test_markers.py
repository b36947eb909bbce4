"""Markers are set, moved and removed, stay in order, and are in the MIDI file."""

from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.music.markers import (
    free_letter,
    move_marker,
    next_marker,
    previous_marker,
    remove_marker,
    section_at,
    set_marker,
)
from core.music.song import Marker, Song, Track, make_notes

MARKERS = st.lists(st.builds(Marker, st.integers(0, 40), st.sampled_from(["A", "Verse", "Schlußteil"])), max_size=6)
NOTES = Track(make_notes([0], [40], [60], [80]))


@given(MARKERS)
def test_markers_stand_in_order_one_at_a_tick_and_in_the_file(markers):
    song = Song(4, (NOTES,))
    for marker in markers:
        song = set_marker(song, marker)
    assert {m.tick: m.name for m in song.markers} == {m.tick: m.name for m in markers}
    assert [m.tick for m in song.markers] == sorted({m.tick for m in markers})
    assert parse_midi(midi_bytes(song)).markers == song.markers
    for marker in song.markers:
        assert section_at(song, marker.tick) == marker
        assert set_marker(remove_marker(song, marker), marker) == song
        assert move_marker(move_marker(song, marker, 99), Marker(99, marker.name), marker.tick) == song


def test_the_way_from_marker_to_marker():
    song = Song(4, markers=(Marker(4, "A"), Marker(16, "B")))
    assert [section_at(song, tick) and section_at(song, tick).name for tick in (0, 4, 15, 16)] == [None, "A", "A", "B"]
    assert next_marker(song, 4).name == "B" and next_marker(song, 16) is None
    assert previous_marker(song, 16).name == "A" and previous_marker(song, 4) is None
    assert free_letter(song) == "C"
