"""Every edit of notes on any notes: one step at the most, and undo and redo give the identical song."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.document import Document
from core.music.controllers import CONTROLLERS, curve_of, drawn, replaced, set_curve, without
from core.music.edits import OutOfRange, exchange_notes, stretched
from core.music.grid import Grid
from core.music.muting import delete_muted, mute_notes, unmute_notes
from core.music.phrasing import joined, legato, reversed_in_time, split_at
from core.music.quantise import Quantise, humanised, quantised
from core.music.song import RawEvent, Song, Track
from core.music.theory import Key, scale_shifted
from core.music.timebase import Timebase
from core.music.velocity import ramped
from tests.core.music.note_lists import NOTES

BASE = Timebase(48)
TICK = st.integers(0, 500)
EDITS = st.one_of(
    TICK.map(lambda tick: lambda notes: split_at(notes, tick)),
    st.just(joined), st.just(legato), st.just(reversed_in_time),
    st.tuples(st.integers(-60, 60), st.integers(-60, 60)).map(lambda by: lambda notes: stretched(notes, *by)),
    st.tuples(st.floats(0, 1), st.floats(0.5, 0.75), st.booleans()).map(
        lambda how: lambda notes: quantised(notes, Quantise(Grid(Fraction(1, 3)), *how[:2], ends=how[2]), BASE)),
    st.integers(0, 9).map(lambda seed: lambda notes: humanised(notes, seed, 5, 9)),
    st.tuples(st.integers(0, 11), st.integers(-3, 3)).map(
        lambda step: lambda notes: scale_shifted(notes, Key(step[0]), step[1])),
    st.tuples(TICK, TICK).map(lambda span: lambda notes: ramped(notes, min(span), 10, max(span), 120)),
)


@st.composite
def documents(draw):
    """A document on a song of two tracks, some notes muted, some pedals, and some selected notes of its first track."""
    notes, others, muted = draw(NOTES), draw(NOTES), draw(NOTES)
    events = tuple(RawEvent(tick, b"\xb0\x40\x7f") for tick in sorted(draw(st.lists(TICK, max_size=3))))
    chosen = draw(st.sets(st.integers(0, len(notes) - 1))) if len(notes) else set()
    document = Document()
    document.load(Song(48, (Track(notes, events=events, muted=muted), Track(others))))
    document.selection.select_notes(notes[sorted(chosen)])
    return document


def check(document: Document, after: Song, select=None) -> None:
    before, selected, stack = document.song, document.selection.notes, document.undo_stack
    document.replace_song(after, "Edit", select=select)
    assert stack.count() == (after != before) and document.song == after
    then = document.selection.notes
    if stack.count():
        stack.undo()
        assert document.song == before and np.array_equal(document.selection.notes, selected)
        stack.redo()
        assert document.song == after and np.array_equal(document.selection.notes, then)
        assert after.tracks[1] is before.tracks[1]


@pytest.mark.usefixtures("qapp")
@settings(max_examples=80)
@given(documents(), EDITS)
def test_notes_are_edited_in_one_step(document, edit):
    selected = document.selection.notes
    try:
        new = edit(selected)
    except OutOfRange:
        return
    check(document, exchange_notes(document.song, 0, selected, new), select=new)


@pytest.mark.usefixtures("qapp")
@settings(max_examples=30)
@given(documents(), st.sampled_from((mute_notes, unmute_notes, delete_muted)))
def test_notes_are_muted_in_one_step(document, edit):
    notes = document.selection.notes if edit is mute_notes else document.song.tracks[0].muted[1:]
    check(document, edit(document.song, 0, notes))


@pytest.mark.usefixtures("qapp")
@settings(max_examples=30)
@given(documents(), st.sampled_from(CONTROLLERS), TICK, st.integers(1, 200), st.booleans())
def test_controllers_are_edited_in_one_step(document, controller, start, length, erases):
    old, end = curve_of(document.song.tracks[0], controller), start + length
    line = drawn(controller, [(start, controller.low), (end, controller.high)], start, end, 4)
    new = without(old, start, end) if erases else replaced(old, line, start, end, controller.default)
    check(document, set_curve(document.song, 0, controller, new))
