"""Hints in a window: what is said of a cell is read again, and everything else of the window stays as it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tokens import vocabulary as v
from core.tokens.attributes import CLASSES, CellHints, is_note, notes_of, rhythm_of, tune_of
from core.tokens.encoder import EncodedSong, encode
from core.tokens.grid import units_of_slot
from core.tokens.hints import hint_tokens
from core.tokens.window import Layout, Window, build_window, order_cells
from tests.core.tokens.hint_reader import read_hints
from tests.core.tokens.songs import dense_song, grid_songs, played_songs
from tests.core.tokens.test_window import marked_windows

FEW = settings(max_examples=30)


def content(encoded: EncodedSong, cell: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Tokens and slots of a cell; none for one that is silent."""
    found = np.flatnonzero((encoded.cell_bar == cell[0]) & (encoded.cell_track == cell[1]))
    part = slice(*encoded.cell_start[[found[0], found[0] + 1]].tolist()) if len(found) else slice(0, 0)
    return encoded.tokens[part], encoded.slots[part]


def draw_hints(draw: st.DrawFn, encoded: EncodedSong, marked: list[tuple[int, int]]) -> dict:
    hints = {}
    for cell in marked:
        tokens, slots = content(encoded, cell)
        kept = draw(st.sampled_from([
            [], rhythm_of(tokens, slots)[0].tolist(), tune_of(tokens)[0].tolist(),
            notes_of(tokens, slots, np.arange(int(is_note(tokens).sum())) % 2 == 0)[0].tolist()]))
        said = {name: draw(st.one_of(st.none(), st.integers(0, count - 1))) for name, count in CLASSES.items()}
        if draw(st.booleans()):
            hints[cell] = CellHints(**said, kept=tuple(kept))
    return hints


def without_hints(window: Window) -> np.ndarray:
    """The rows of a window that are no hints."""
    rows, kept, inside = window.features, [], False
    for row in rows:
        opens = row[0] in (v.FILL, v.GENERATE) or (
            v.KIND_OF[min(row[0], v.SIZE - 1)] in (v.Kind.TRACK, v.Kind.BAR))
        inside = (inside and not opens) or row[0] == v.FILL
        if row[0] == v.FILL or not inside:
            kept.append(row)
    return np.array(kept)


@FEW
@given(st.data())
def test_hints_are_read_from_the_window_as_they_were_said(data):
    encoded, layout, marked = marked_windows(data.draw, data.draw(st.one_of(grid_songs(), played_songs())))
    hints = draw_hints(data.draw, encoded, marked)
    plain, window = build_window(encoded, layout, marked), build_window(encoded, layout, marked, hints=hints)
    ordered = order_cells(marked, layout.tracks)
    assert read_hints(window.features[:, 0]) == [hints.get(cell, CellHints()) for cell in ordered]
    assert read_hints(plain.features[:, 0]) == [CellHints()] * len(marked)
    assert np.array_equal(without_hints(window), plain.features)
    assert np.array_equal(window.features[window.answer_start:], plain.features[plain.answer_start:])
    assert window.features[window.answer_start - 1, 0] == v.GENERATE
    assert window.note_count == plain.note_count
    said = sum(len(hint_tokens(one)) for one in hints.values())
    assert len(window.features) == len(plain.features) + said
    prompt = build_window(encoded, layout, marked, hints=hints, with_answer=False)
    assert np.array_equal(prompt.features, window.features[:window.answer_start])


@FEW
@given(st.data())
def test_each_hint_tells_of_its_cell_and_of_the_slot_it_speaks_of(data):
    encoded, layout, marked = marked_windows(data.draw, data.draw(grid_songs()))
    window = build_window(encoded, layout, marked, hints=draw_hints(data.draw, encoded, marked))
    fill, slot = None, 0
    for row in window.features[:window.answer_start]:
        kind = v.KIND_OF[row[0]]
        if row[0] == v.FILL:
            fill, slot = row, 0
        elif row[0] == v.GENERATE or kind in (v.Kind.TRACK, v.Kind.BAR):
            fill = None
        elif fill is not None:
            slot = row[0] - v.POSITION if kind == v.Kind.POSITION else slot
            assert row[[1, 3, 4]].tolist() == fill[[1, 3, 4]].tolist()
            assert (row[2], row[5]) == (slot, fill[5] + units_of_slot(slot))


@FEW
@given(st.data(), st.integers(-6, 6))
def test_kept_pitches_are_transposed_with_the_music(data, shift):
    encoded, layout, marked = marked_windows(data.draw, dense_song(3, 2))
    hints = draw_hints(data.draw, encoded, marked)
    was = build_window(encoded, layout, marked, hints=hints).features[:, 0]
    now = build_window(encoded, layout, marked, hints=hints, transpose=shift).features[:, 0]
    pitched = v.KIND_OF[was] == v.Kind.PITCH
    assert np.array_equal(now, np.where(pitched, was + shift, was))


def test_a_mask_marks_the_same_cells():
    encoded = encode(dense_song(3, 2))
    layout = Layout(0, 2, (1, 0), (0, 1))
    hints = {(1, 0): CellHints(density=2), (1, 1): CellHints(register=5)}
    mask = np.zeros((3, 2), dtype=bool)
    mask[1] = True
    assert np.array_equal(build_window(encoded, layout, mask, hints=hints).features,
                          build_window(encoded, layout, [(1, 0), (1, 1)], hints=hints).features)


def test_hints_on_a_cell_that_is_not_marked_are_refused():
    with pytest.raises(ValueError, match="not marked: bar 3, track 2"):
        build_window(encode(dense_song(3, 2)), Layout(0, 2, (0, 1), (0, 1)), [(0, 0)], hints={(2, 1): CellHints()})
