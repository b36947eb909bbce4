"""Classes of cells and what can be kept of them, held against what a person would count."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tokens import vocabulary as v
from core.tokens.attributes import (
    UNSAID,
    CellHints,
    cell_classes,
    classes_of,
    is_note,
    notes_of,
    rhythm_of,
    tune_of,
)
from core.tokens.decoder import decode_cells
from core.tokens.encoder import EncodedSong, encode
from tests.core.tokens.songs import bars_of, grid_songs, played_songs

FEW = settings(max_examples=30)
C4, D4 = 60, 62


@pytest.mark.parametrize(("slots", "pitches", "beats", "density", "polyphony", "register"), [
    ([0], [C4], 4, 0, 0, 4),                            # a note in four beats
    ([0, 12, 24, 36], [C4] * 4, 4, 2, 0, 4),            # one a beat is "1 to 1.5"
    ([0, 0, 0, 24], [48, 52, 55, 48], 4, 2, 2, 3),      # a triad and a bass note
    ([0] * 6, [C4] * 6, 1, 7, 3, 4),                    # six at once, six a beat
    ([0], [0], 4, 0, 0, 0), ([0], [127], 4, 0, 0, 11),  # beyond the ends
    ([0], [31], 4, 0, 0, 0), ([0], [32], 4, 0, 0, 1),
])
def test_a_cell_has_the_classes_a_person_would_count(slots, pitches, beats, density, polyphony, register):
    found = classes_of(np.array(slots), np.array(pitches), beats * 24, drums=False)
    assert found.tolist() == [density, polyphony, register]
    assert classes_of(np.array(slots), np.array(pitches), beats * 24, drums=True).tolist() == [
        density, polyphony, UNSAID]


def test_a_silent_cell_has_none():
    nothing = np.empty(0, dtype=np.int64)
    assert classes_of(nothing, nothing, 96, drums=False).tolist() == [UNSAID] * 3


@FEW
@given(st.one_of(grid_songs(), played_songs()))
def test_the_classes_of_many_cells_are_those_of_each(song):
    encoded = encode(song, drum_durations=False)
    notes = is_note(encoded.tokens)
    cell = np.repeat(np.arange(encoded.cell_count), np.diff(encoded.cell_start))[notes]
    slot = encoded.slots[notes].astype(np.int64)
    drums = encoded.programs[encoded.cell_track] == v.DRUMS
    pitch = encoded.tokens[notes].astype(np.int64) - np.where(drums[cell], v.DRUM, v.PITCH)
    units = np.diff(encoded.bar_units)[encoded.cell_bar]
    together = cell_classes(cell, slot, pitch, units, drums)
    for number in range(encoded.cell_count):
        own = cell == number
        assert together[:, number].tolist() == classes_of(slot[own], pitch[own], int(units[number]),
                                                          bool(drums[number])).tolist()
        strokes = np.unique(slot[own], return_counts=True)[1]
        assert together[1, number] == min(strokes.max(), 4) - 1
        if not drums[number]:
            assert together[2, number] == np.clip((pitch[own].mean() - 24) // 8, 0, 11)


@pytest.mark.parametrize("wrong", [{"density": 8}, {"polyphony": -1}, {"register": 12}])
def test_hints_of_classes_that_are_not_there_cannot_be_made(wrong):
    with pytest.raises(ValueError, match="classes 0 to"):
        CellHints(**wrong)


def cells_of(encoded: EncodedSong):
    for number in range(encoded.cell_count):
        part = slice(int(encoded.cell_start[number]), int(encoded.cell_start[number + 1]))
        yield encoded.tokens[part], encoded.slots[part], int(encoded.cell_bar[number])


@FEW
@given(st.one_of(grid_songs(), played_songs()), st.randoms(use_true_random=False))
def test_what_is_kept_says_what_the_notes_of_the_cell_are(song, random):
    encoded = encode(song)
    timebase = bars_of(song.ticks_per_beat, *song.meters)
    for tokens, slots, bar in cells_of(encoded):
        notes, _ = decode_cells(tokens, np.full(len(tokens), bar), timebase)
        drums = bool((tokens >= v.DRUM).any() and not ((tokens >= v.PITCH) & (tokens < v.DRUM)).any())
        tune, _ = tune_of(tokens)
        assert (tune - v.PITCH).tolist() == ([] if drums else notes["pitch"].tolist())

        # With a pitch and a velocity put in, a rhythm is a cell again, of the same onsets and lengths.
        rhythm, _ = rhythm_of(tokens, slots)
        told = []
        for token in rhythm.tolist():
            told.append(token)
            if v.POSITION <= token < v.VELOCITY:
                told += [v.VELOCITY + 3, (v.DRUM if drums else v.PITCH) + 60]
        again, _ = decode_cells(np.array(told), np.full(len(told), bar), timebase)
        assert again[["onset", "duration"]].tolist() == notes[["onset", "duration"]].tolist()

        chosen = np.array([random.random() < 0.5 for _ in notes], dtype=bool)
        written, _ = notes_of(tokens, slots, chosen)
        some, _ = decode_cells(written, np.full(len(written), bar), timebase)
        assert some.tolist() == notes[chosen].tolist()
        everything, at = notes_of(tokens, slots, np.ones(len(notes), dtype=bool))
        assert everything.tolist() == tokens.tolist() and at.tolist() == sorted(at.tolist())


@FEW
@given(grid_songs())
def test_notes_of_many_cells_are_written_as_of_each(song):
    encoded = encode(song)
    cell = np.repeat(np.arange(encoded.cell_count), np.diff(encoded.cell_start))
    chosen = np.arange(int(is_note(encoded.tokens).sum())) % 3 > 0
    written, source = notes_of(encoded.tokens, encoded.slots, chosen, cell)
    expected, first = [], 0
    for tokens, slots, _ in cells_of(encoded):
        count = int(is_note(tokens).sum())
        expected += notes_of(tokens, slots, chosen[first:first + count])[0].tolist()
        first += count
    assert written.tolist() == expected
    assert (np.diff(cell[source]) >= 0).all()
