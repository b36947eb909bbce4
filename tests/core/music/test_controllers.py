"""Controllers as curves: an edit touches one controller in one stretch of time, and reaches sound and MIDI file."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.midi import midi_bytes, parse_midi
from core.music.controllers import (
    CONTROLLERS,
    EXPRESSION,
    PITCH_BEND,
    SUSTAIN,
    Curve,
    curve_of,
    drawn,
    replaced,
    set_curve,
    without,
)
from core.music.song import RawEvent, Song, Track, make_notes
from core.sound.schedule import compile_song

NOTES = make_notes([0, 400], [100, 100], [60, 62], [80, 80])
EVENT = st.builds(RawEvent, st.integers(0, 500), st.sampled_from(
    [b"\xb0\x40\x7f", b"\xb0\x40\x00", b"\xb0\x01\x20", b"\xb0\x0b\x50", b"\xe0\x00\x20", b"\xd0\x30",
     b"\xff\x05\x01a"]))
EVENTS = st.lists(EVENT, max_size=20).map(lambda events: tuple(sorted(events, key=lambda event: event.tick)))
CONTROLLER = st.sampled_from(CONTROLLERS)
SPAN = st.tuples(st.integers(0, 500), st.integers(1, 200)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def song_with(events) -> Song:
    return Song(48, (Track(NOTES, name="Piano", channel=0, events=events),))


def said(curve: Curve, default: int) -> list[int]:
    return [curve.value_at(tick, default) for tick in range(0, 800, 3)]


@given(EVENTS, CONTROLLER, SPAN, st.lists(st.tuples(st.integers(0, 700), st.integers(-9000, 9000)), min_size=1))
def test_drawing_changes_one_controller_within_its_stretch_alone(events, controller, span, path):
    song, (start, end) = song_with(events), span
    old = curve_of(song.tracks[0], controller)
    new = replaced(old, drawn(controller, path, start, end, 4), start, end, controller.default)
    after = set_curve(song, 0, controller, new)
    now = curve_of(after.tracks[0], controller)
    assert said(now, controller.default) == said(new, controller.default)
    for tick in (*range(0, start), *range(end, 800)):
        assert now.value_at(tick, controller.default) == old.value_at(tick, controller.default)
    values = [now.value_at(tick, controller.default) for tick in range(start, end)]
    assert min(values) >= controller.low and max(values) <= controller.high
    others = [event for event in after.tracks[0].events if not controller.is_in(event)]
    assert others == [event for event in events if not controller.is_in(event)]
    assert [e.tick for e in after.tracks[0].events] == sorted(e.tick for e in after.tracks[0].events)
    back = curve_of(set_curve(after, 0, controller, old).tracks[0], controller)
    assert np.array_equal(back.ticks, old.ticks) and np.array_equal(back.values, old.values)


@given(EVENTS, CONTROLLER, SPAN)
def test_erasing_takes_the_steps_out_and_saying_the_same_again_changes_nothing(events, controller, span):
    song = song_with(events)
    old = curve_of(song.tracks[0], controller)
    assert set_curve(song, 0, controller, old) is song
    after = set_curve(song, 0, controller, without(old, *span))
    assert not [e for e in after.tracks[0].events if controller.is_in(e) and span[0] <= e.tick < span[1]]
    assert [e for e in after.tracks[0].events if not controller.is_in(e)] == [
        e for e in events if not controller.is_in(e)]


@given(EVENTS, CONTROLLER, SPAN, st.booleans())
def test_an_edit_reaches_the_midi_file_and_comes_back(events, controller, span, read_before):
    song = song_with(events)
    if read_before:
        song = parse_midi(midi_bytes(song))
    old = curve_of(song.tracks[0], controller)
    new = drawn(controller, [(span[0], controller.low), (span[1], controller.high)], *span, 5)
    after = set_curve(song, 0, controller, replaced(old, new, *span, controller.default))
    back = parse_midi(midi_bytes(after))
    assert back.tracks[0].events == after.tracks[0].events
    assert np.array_equal(back.tracks[0].notes, after.tracks[0].notes)


def test_a_bend_has_fourteen_bits_and_its_middle_is_nothing():
    for value in (-8192, -1, 0, 1, 5000, 8191):
        event = PITCH_BEND.event(7, value, 3)
        assert PITCH_BEND.is_in(event) and PITCH_BEND.value_of(event) == value and event.data[0] == 0xE3
    assert PITCH_BEND.event(0, 0, 0).data == b"\xe0\x00\x40"


def test_what_is_drawn_is_sent_to_the_synthesizer():
    song = song_with(())
    pedal = drawn(SUSTAIN, [(96, 127)], 96, 192, 4)
    after = set_curve(song, 0, SUSTAIN, replaced(curve_of(song.tracks[0], SUSTAIN), pedal, 96, 192, 0))
    sent = [tuple(int(v) for v in row)[2:] for row in compile_song(after, 44_100).controls if row["a"] == 64]
    assert sent == [(0xB0, 64, 127), (0xB0, 64, 0)]


def test_a_line_is_thinned_to_where_it_changes():
    flat = drawn(EXPRESSION, [(0, 90), (480, 90)], 0, 480, 10)
    assert flat.ticks.tolist() == [0] and flat.values.tolist() == [90]
    ramp = drawn(EXPRESSION, [(0, 0), (480, 4)], 0, 480, 10)
    assert ramp.values.tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("channel", [None, 5])
def test_new_events_are_on_the_tracks_channel(channel):
    track = replace(song_with(()).tracks[0], channel=channel)
    after = set_curve(Song(48, (track,)), 0, EXPRESSION, Curve(np.array([3]), np.array([9])))
    assert after.tracks[0].events == (RawEvent(3, bytes((0xB0 | (channel or 0), 11, 9))),)
