"""A merged token may be sampled exactly when its parts may, one after another: held against the writer itself."""

from copy import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.generation.constraints import allowed_tokens
from core.tokens import vocabulary as v
from core.tokens.grammar import CellPlace, CellWriter
from core.tokens.merges.facts import facts_of
from tests.core.tokens.merged import merges_of

# Few values, and those at the edges, so that what is drawn at random meets often.
POSITIONS = [v.POSITION + slot for slot in (0, 1, 2, 3, 11, 12, 190, 191)]
VELOCITIES = [v.VELOCITY + velocity for velocity in (0, 1, 7)]
NOTES = [base + pitch for base in (v.PITCH, v.DRUM) for pitch in (0, 1, 60, 126, 127)]
DURATIONS = [v.DURATION + i for i in (0, 1, 5, 11, len(v.DURATIONS) - 1)]
IN_CELLS = np.array(POSITIONS + VELOCITIES + NOTES + DURATIONS)


def places(draw: st.DrawFn) -> list[CellPlace]:
    programs, slots = st.sampled_from([0, v.DRUMS]), st.sampled_from([1, 12, 192])
    return [CellPlace(bar, 0, bar, 0, draw(programs), 96 * bar, draw(slots)) for bar in range(2)]


def walk(writer: CellWriter, rng: np.random.Generator, length: int, lawful: bool) -> list[int]:
    """Tokens written into the writer at random: any that the grammar has, or only those that are not forbidden."""
    written: list[int] = []
    while len(written) < length and not writer.done:
        mask = allowed_tokens(writer, 0, 99) if lawful else writer.allowed()
        inside = IN_CELLS[mask[IN_CELLS]]
        closing = mask[writer.closing_token] and (not len(inside) or rng.random() < 0.1)
        if not closing and not len(inside):
            break
        token = writer.closing_token if closing else int(rng.choice(inside))
        writer.take(token)
        written.append(token)
    return written


def cut(tokens: list[int], rng: np.random.Generator) -> tuple[int, ...]:
    """A stretch of what was written, inside a cell."""
    bounds = [-1, *(i for i, token in enumerate(tokens) if token not in IN_CELLS), len(tokens)]
    start, end = max(zip(bounds, bounds[1:]), key=lambda pair: pair[1] - pair[0])
    inside = tokens[start + 1:end]
    if len(inside) < 2:
        return ()
    first = int(rng.integers(0, len(inside) - 1))
    return tuple(inside[first:first + int(rng.integers(2, 9))])


def stepped(writer: CellWriter, parts: tuple[int, ...], steps: int, limit: int) -> bool:
    """Whether each part may be taken after those before it. The merged token counts as one step of its cell."""
    ahead = copy(writer)
    for part in parts:
        if not allowed_tokens(ahead, steps, limit)[part]:
            return False
        ahead.take(part)
    return True


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(0, 10**6))
def test_a_merged_token_is_allowed_exactly_when_its_parts_are(data, seed):
    rng = np.random.default_rng(seed)
    cells = places(data.draw)
    expansions = []
    for _ in range(12):
        writer = CellWriter(places(data.draw))
        expansions.append(cut(walk(writer, rng, 24, lawful=False), rng))
    merges = merges_of([parts for parts in expansions if len(parts) > 1] or [(POSITIONS[0], VELOCITIES[0])])
    writer = CellWriter(cells)
    while not writer.done:
        for steps, limit in ((0, 99), (7, 7)):
            mask = allowed_tokens(writer, steps, limit, merges)
            assert mask.shape == (merges.size,)
            assert np.array_equal(mask[:v.SIZE], allowed_tokens(writer, steps, limit))
            wanted = [stepped(writer, parts, steps, limit) for parts in merges.expansions]
            assert mask[v.SIZE:].tolist() == wanted
        if not walk(writer, rng, 1, lawful=True):
            break


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(0, 10**6))
def test_what_the_grammar_writes_is_not_called_impossible(data, seed):
    rng = np.random.default_rng(seed)
    parts = cut(walk(CellWriter(places(data.draw)), rng, 30, lawful=False), rng)
    if parts:
        assert facts_of(parts) is not None
    lawful = cut(walk(CellWriter(places(data.draw)), rng, 30, lawful=True), rng)
    if lawful:
        assert facts_of(lawful).possible


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(IN_CELLS.tolist()), min_size=2, max_size=5), st.integers(0, 10**6))
def test_what_is_called_impossible_the_grammar_never_writes(parts, seed):
    if facts_of(parts) is not None:
        return
    rng = np.random.default_rng(seed)
    for program in (0, v.DRUMS):
        writer = CellWriter([CellPlace(0, 0, 0, 0, program, 0, 192)])
        for _ in range(16):
            ahead = copy(writer)
            taken = 0
            while taken < len(parts) and ahead.allowed()[parts[taken]]:
                ahead.take(parts[taken])
                taken += 1
            assert taken < len(parts)
            if not walk(writer, rng, 1, lawful=False):
                break


NOTE = (v.POSITION + 6, v.VELOCITY + 4, v.PITCH + 60, v.DURATION + 5)


@pytest.mark.parametrize(("written", "parts", "may"), [
    ((), NOTE, True),
    ((), (v.POSITION + 6, v.PITCH + 60), False),                    # no velocity yet
    ((), (v.POSITION + 200 - 8, v.VELOCITY), None),                 # past any bar: cannot even be made
    ((), (v.POSITION + 48, v.VELOCITY), False),                     # past the end of this bar
    (NOTE, NOTE, False),                                            # time does not stand still
    (NOTE, (v.POSITION + 7, *NOTE[2:]), True),
    (NOTE, (v.POSITION + 7, *NOTE[1:]), False),                     # that velocity is in force already
    (NOTE, NOTE[2:], False),                                        # struck twice at once
    (NOTE, (v.PITCH + 61, v.DURATION), True),
    (NOTE, (v.PITCH + 61, v.DURATION, v.PITCH + 61, v.DURATION), False),
    (NOTE, (v.DRUM + 61, v.POSITION + 9), False),                   # not a drum kit
    (NOTE[:3], (v.DURATION + 5, v.POSITION + 7), True),
    (NOTE, (v.DURATION + 5, v.POSITION + 7), False),                # 6 + 6 is written 12
])
def test_by_example(written, parts, may):
    if may is None:
        with pytest.raises(ValueError, match="in no cell"):
            merges_of([parts])
        return
    writer = CellWriter([CellPlace(0, 0, 0, 0, 0, 0, 48)])
    for token in (v.TRACK, *written):
        writer.advance(token)
    merges = merges_of([parts])
    assert allowed_tokens(writer, 0, 99, merges)[-1] == may


def test_nothing_merged_before_the_first_cell_and_after_the_end():
    writer = CellWriter([CellPlace(0, 0, 0, 0, 0, 0, 48)])
    assert np.flatnonzero(allowed_tokens(writer, 0, 99, merges_of([NOTE]))).tolist() == [v.TRACK]
    for token in (v.TRACK, *NOTE, v.END):
        writer.advance(token)
    assert not allowed_tokens(writer, 0, 99, merges_of([NOTE])).any()
