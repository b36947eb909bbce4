"""Takes do not get stuck in loops, and vary no more than that takes."""

from dataclasses import replace

import numpy as np
import pytest

from core.generation import sampler
from core.generation.loops import GivenBars, LoopBreak, Loops
from core.generation.prompt import empty_cells
from core.generation.request import Request, Take, infill_cells
from core.generation.sampler import generate
from core.generation.sampling import SamplingConfig
from core.music.song import Song, Track, make_notes
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from core.tokens.grammar import CellPlace, CellWriter
from tests.core.generation.tiny_model import tiny_model

BEAT, BAR = 480, 1920
RIFF = (60, 64, 67, 64)


def song_of(*bars: tuple[int, ...]) -> Song:
    """A track of quarter notes, and drums that loop."""
    onsets = [bar * BAR + i * BEAT for bar, pitches in enumerate(bars) for i in range(len(pitches))]
    pitches = [pitch for bar in bars for pitch in bar]
    drums = make_notes(range(0, len(bars) * BAR, BAR), [120] * len(bars), [36] * len(bars), [90] * len(bars))
    return Song(BEAT, (Track(make_notes(onsets, [BEAT] * len(onsets), pitches, [80] * len(onsets))),
                       Track(drums, is_drum=True)))


def _given(song: Song, cells: set[tuple[int, int]]) -> GivenBars:
    return GivenBars(empty_cells(song, cells), cells)


def closing(song: Song, bar: int, *also: tuple[int, int], track: int = 0) -> int:
    """How many contents would make the cell a part of a loop, when it and others are silent."""
    return len(Loops(_given(song, {(bar, track), *also})).would_close(bar, track))


OTHER = (60, 62, 64, 65)


@pytest.mark.parametrize(("bars", "bar", "count"), [
    ([RIFF] * 3 + [OTHER], 3, 1), ([OTHER] + [RIFF] * 3, 0, 1), ([RIFF, OTHER, RIFF, RIFF], 1, 1),
    ([OTHER] * 3 + [RIFF] * 4, 3, 2), ([RIFF] * 2 + [OTHER] * 2, 2, 0), ([RIFF, OTHER] * 4, 4, 0),
    ([(), ()] * 3, 3, 0)],
    ids=["after", "before", "between", "either", "too few", "in turn", "silence"])
def test_a_cell_closes_a_loop_with_the_equal_bars_beside_it(bars, bar, count):
    assert closing(song_of(*bars), bar) == count


def test_a_track_that_loops_already_may_go_on():
    assert closing(song_of(*[RIFF] * 4, OTHER, *[RIFF] * 3, OTHER), 8) == 0
    assert closing(song_of(*[RIFF] * 5), 4, track=1) == 0  # the drums


def test_a_loop_far_away_is_no_reason_for_another():
    assert closing(song_of(*[RIFF] * 4, *[OTHER, RIFF] * 3, *[RIFF] * 2, OTHER), 12) == 1
    # Nor does it end a loop that goes on: what is asked for begins beside it.
    assert closing(song_of(*[RIFF] * 4, *[OTHER] * 12), 13, *((bar, 0) for bar in range(4, 13))) == 0


def test_bars_that_the_take_has_written_count():
    song = song_of(RIFF, OTHER, OTHER, OTHER, OTHER)
    cells = infill_cells(1, 4, [0])
    loops = Loops(_given(song, cells))
    for bar in (1, 2):
        loops.wrote(bar, 0, make_notes([bar * BAR + i * BEAT for i in range(4)], [100] * 4, RIFF, [50] * 4))
    assert len(loops.would_close(3, 0)) == 1  # however long and loud the notes are
    assert Loops(loops.given).would_close(3, 0) == []  # another take


@pytest.mark.parametrize("place", range(4))
def test_one_note_of_the_copy_is_refused_and_no_more(place):
    encoded = encode(song_of(RIFF), drum_durations=False)
    tokens = encoded.tokens[encoded.cell_start[0]:encoded.cell_start[1]].tolist()
    content = GivenBars(song_of(RIFF), {(1, 0)}).of(0)[0]
    one, writer = LoopBreak(content, place), CellWriter([CellPlace(0, 0, 0, 0, 0, 0, 48)])
    writer.take(writer.closing_token)
    refused = []
    for number, token in enumerate(tokens):
        mask = writer.allowed()
        one.narrow(writer, mask)
        if not mask[token]:
            refused.append(number)
        writer.take(token)
        one.take(writer, [token])
    pitches = [number for number, token in enumerate(tokens) if v.KIND_OF[token] == v.Kind.PITCH]
    assert refused == [pitches[place]]


def test_a_take_that_would_repeat_itself_does_not(monkeypatch):
    """A sampler that knows one bar only."""
    monkeypatch.setattr(sampler, "sample", lambda logits, allowed, config, generators: allowed.argmax(axis=1))
    song = song_of(RIFF, *[()] * 9)
    cells = infill_cells(1, 9, [0])

    def equal_neighbours(sampling: SamplingConfig) -> list[bool]:
        take, = (one for one in generate(tiny_model(), Request(song, cells, takes=1), sampling=sampling)
                 if isinstance(one, Take))
        bars = GivenBars(take.applied_to(song), cells).of(0)
        return [bars[bar] == bars[bar + 1] for bar in range(1, 9)]

    assert equal_neighbours(SamplingConfig(breaks_loops=False)) == [True] * 8
    assert equal_neighbours(SamplingConfig()) == [True, True, False, False, True, True, False, False]


def test_onsets_beside_the_grid_are_the_slot_they_are_written_in():
    song = song_of(RIFF)
    late = song.tracks[0].notes.copy()
    late["onset"] += 3
    moved = replace(song, tracks=(song.tracks[0].with_notes(late), song.tracks[1]))
    near = infill_cells(1, 1, [0])
    assert GivenBars(moved, near).of(0) == GivenBars(song, near).of(0)
    assert np.array(GivenBars(song, near).of(0)[0])[:, 0].tolist() == [0, 12, 24, 36]
