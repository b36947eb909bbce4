"""Notes for hypothesis to try edits on."""

from hypothesis import strategies as st

from core.music.song import make_notes

NOTE = st.tuples(st.integers(0, 400), st.integers(0, 90), st.integers(0, 127), st.integers(1, 127))


def notes_of(rows):
    return make_notes(*(zip(*rows, strict=True) if rows else ([],) * 4))


NOTES = st.lists(NOTE, max_size=24).map(notes_of)
SOME_NOTES = NOTES.filter(len)
