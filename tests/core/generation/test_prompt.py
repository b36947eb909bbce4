"""What the model is shown: every marked cell once, in time, with the music around it, within the context."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.generation.prompt import Portion, Prompt, build_prompt, empty_cells, split_request
from core.generation.request import continue_cells, infill_cells
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from core.tokens.grammar import CellPlace, cell_places
from core.tokens.window import Layout, build_window
from tests.core.tokens.songs import dense_song, grid_songs

CONTEXT = 1024


def prompts(song: Song, cells, context: int = CONTEXT) -> list[tuple[Portion, Prompt]]:
    """Each portion and its prompt, as if every portion before were left silent."""
    silent = empty_cells(song, cells)
    portions = split_request(song, cells, context)
    return [(portion, build_prompt(silent, portion, {c for later in portions[i + 1:] for c in later.cells}, context))
            for i, portion in enumerate(portions)]


def only_prompt(song: Song, cells, context: int = CONTEXT) -> Prompt:
    (_, prompt), = prompts(song, cells, context)
    return prompt


def tokens(prompt: Prompt) -> np.ndarray:
    return prompt.features[:, 0]


def bars_shown(prompt: Prompt) -> tuple[int, int]:
    """Bars before and after those to be written."""
    written = {place.window_bar for place in prompt.places}
    return min(written), int(prompt.features[:, 1].max()) - max(written)


def notes_shown(prompt: Prompt, bar: int | None = None, track: int | None = None) -> int:
    """Notes shown, of one bar and track of the window or of all."""
    rows = prompt.features
    chosen = np.isin(v.KIND_OF[rows[:, 0]], [v.Kind.PITCH, v.Kind.DRUM])
    if bar is not None:
        chosen &= rows[:, 1] == bar
    if track is not None:
        chosen &= rows[:, 3] == track
    return int(chosen.sum())


def assert_well_formed(portion: Portion, prompt: Prompt) -> None:
    assert tokens(prompt)[-1] == v.GENERATE
    fills = prompt.features[tokens(prompt) == v.FILL]
    assert [[place.window_bar, place.number] for place in prompt.places] == fills[:, [1, 3]].tolist()
    assert [(place.bar, place.track) for place in prompt.places] == sorted(portion.cells)
    for place in prompt.places:
        assert notes_shown(prompt, place.window_bar, place.number) == 0


# -- portions --------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(grid_songs(), st.data(), st.sampled_from([64, 256, 1024]))
def test_portions_hold_every_cell_once_in_time(song, data, context):
    cells = data.draw(st.sets(st.tuples(st.integers(0, 300), st.integers(0, len(song.tracks) - 1)), min_size=1))
    portions = split_request(song, cells, context)
    in_order = [cell for portion in portions for cell in portion.cells]
    assert in_order == sorted(cells)
    for portion in portions:
        assert len(portion.cells) == 1 or portion.expected_tokens <= context / 3 + 1
        assert portion.cells[-1][0] - portion.cells[0][0] < 64


def test_a_portion_is_whole_bars_unless_one_bar_is_too_much():
    song = dense_song(bars=12, tracks=4)
    portions = split_request(song, infill_cells(2, 9, range(4)), CONTEXT)
    assert len(portions) > 1
    for portion in portions:
        assert {track for _, track in portion.cells} == {0, 1, 2, 3}
        assert len(portion.cells) % 4 == 0
    tight = split_request(song, infill_cells(2, 3, range(4)), 192)
    assert len(tight) == 4
    assert [len(portion.cells) for portion in tight] == [2] * 4


def test_expectations_come_from_the_song_itself():
    busy = split_request(dense_song(8, 1, notes_a_bar=16), infill_cells(2, 2, [0]), CONTEXT)[0]
    calm = split_request(dense_song(8, 1, notes_a_bar=2), infill_cells(2, 2, [0]), CONTEXT)[0]
    assert busy.expected_tokens > 2 * calm.expected_tokens


def test_cells_far_apart_are_written_each_in_its_own_surroundings():
    song = dense_song(bars=200, tracks=2)
    done = prompts(song, {(3, 0), (4, 0), (190, 1)})
    assert [portion.cells for portion, _ in done] == [((3, 0), (4, 0)), ((190, 1),)]
    for portion, prompt in done:
        assert_well_formed(portion, prompt)
        assert len(tokens(prompt)) + portion.expected_tokens <= CONTEXT
        assert min(bars_shown(prompt)) > 0


def test_what_stands_beside_the_cells_of_a_thick_bar_does_not_tear_them_apart():
    song = dense_song(bars=12, tracks=30)
    every_other = {(bar, track) for bar in (4, 5, 6) for track in range(30) if (bar + track) % 2}
    assert len(split_request(song, every_other, CONTEXT)) <= 6


def test_cells_not_so_far_apart_are_written_together():
    assert len(split_request(dense_song(20, 1), {(3, 0), (5, 0), (9, 0)}, CONTEXT)) == 1


# -- windows ---------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(grid_songs(), st.data())
def test_a_prompt_holds_the_marked_cells_as_fill_and_fits(song, data):
    cells = data.draw(st.sets(st.tuples(st.integers(0, 40), st.integers(0, len(song.tracks) - 1)), min_size=1,
                              max_size=20))
    for portion, prompt in prompts(song, cells):
        assert_well_formed(portion, prompt)
        assert len(tokens(prompt)) + portion.expected_tokens <= CONTEXT
        assert prompt.features[:, 1].max() < 128


@pytest.mark.parametrize("context", [200, 256, 512, 1024])
@pytest.mark.parametrize("tracks", [1, 3, 8, 35])
@pytest.mark.parametrize("first", [0, 30, 58, 60, 75])
def test_a_dense_song_fits_anywhere(context, tracks, first):
    song = dense_song(bars=60, tracks=tracks)
    for portion, prompt in prompts(song, infill_cells(first, first + 1, range(0, tracks, 2)), context):
        assert_well_formed(portion, prompt)
        asked = len({track for _, track in portion.cells})
        # The bars asked for show what stands there of the tracks asked for: that cannot be left out.
        assert len(tokens(prompt)) + portion.expected_tokens <= max(context, 60 * asked)


def test_room_is_used():
    song = dense_song(bars=60, tracks=4)
    (portion, prompt), = prompts(song, infill_cells(30, 31, [1]))
    assert CONTEXT - 120 < len(tokens(prompt)) + portion.expected_tokens <= CONTEXT


def test_more_is_shown_of_what_comes_before():
    before, after = bars_shown(only_prompt(dense_song(bars=100, tracks=2), infill_cells(50, 51, [0])))
    assert before > after > 0


def test_at_the_song_s_start_all_the_room_goes_to_what_comes_after():
    prompt = only_prompt(dense_song(bars=100, tracks=2), infill_cells(0, 1, [0]))
    assert tokens(prompt)[0] == v.SONG
    assert bars_shown(prompt)[0] == 0
    assert bars_shown(prompt)[1] > 8


def test_at_the_song_s_end_all_the_room_goes_to_what_comes_before():
    song = dense_song(bars=100, tracks=2)
    prompt = only_prompt(song, continue_cells(song, 2))
    assert tokens(prompt)[0] == v.EXCERPT
    assert bars_shown(prompt)[1] == 0
    assert bars_shown(prompt)[0] > 8
    last_bar_shown = bars_shown(prompt)[0] - 1
    assert notes_shown(prompt, last_bar_shown) == 16


@pytest.mark.parametrize("bar", [5, 60, 63, 64, 65, 100, 126, 127, 128, 129, 300])
def test_the_window_says_whether_the_song_begins_there(bar):
    song = dense_song(bars=400, tracks=1, notes_a_bar=1)
    prompt = only_prompt(song, {(bar, 0)}, context=2048)
    shows_first_bar = bars_shown(prompt)[0] == bar
    assert tokens(prompt)[0] == (v.SONG if shows_first_bar else v.EXCERPT)
    assert shows_first_bar == (bar < 70)


def test_the_prompt_is_the_window_of_the_whole_song():
    song = dense_song(bars=150, tracks=3)
    song = Song(480, song.tracks, song.tempos, (Meter(0, 4, 4), Meter(1920 * 80, 3, 4), Meter(1920 * 99 + 480, 4, 4)))
    cells = infill_cells(100, 101, [0, 2])
    prompt = only_prompt(song, cells)
    encoded = encode(song, drum_durations=False)
    before, after = bars_shown(prompt)
    tracks = (0, 1, 2)
    layout = Layout(100 - before, 101 + after, tracks, tracks)
    assert np.array_equal(prompt.features, build_window(encoded, layout, cells, with_answer=False).features)
    assert prompt.places == cell_places(encoded, layout, cells)


def test_music_that_is_still_to_be_written_is_not_shown_as_silence():
    song = dense_song(bars=60, tracks=4)
    done = prompts(song, infill_cells(20, 39, range(4)))
    assert len(done) > 2
    for portion, prompt in done[:-1]:
        last = max(place.window_bar for place in prompt.places)
        assert bars_shown(prompt)[1] == 0, portion
        assert prompt.features[:, 1].max() == last
    assert bars_shown(done[-1][1])[1] > 0


def test_the_tracks_that_play_nearby_are_shown_first():
    near, far = dense_song(40, 1).tracks[0], make_notes([0], [480], [60], [80])
    song = Song(tracks=(near, Track(far, program=9), Track(), Track(near.notes, program=5)))
    prompt = only_prompt(song, infill_cells(30, 30, [0]))
    programs = {int(program) for program in prompt.features[:, 4]} - {v.NO_PROGRAM}
    assert programs == {0, 5}


def test_a_bar_of_thirty_thick_tracks_is_written_by_tracks():
    song = dense_song(bars=12, tracks=32, notes_a_bar=16)
    done = prompts(song, infill_cells(6, 6, range(32)))
    assert len(done) > 3
    for portion, prompt in done:
        assert_well_formed(portion, prompt)
        assert len(tokens(prompt)) + portion.expected_tokens <= CONTEXT
        # The tracks' own bars before are there to go on from.
        assert bars_shown(prompt)[0] >= 1
        assert notes_shown(prompt) > 0


def test_bars_beyond_the_end_of_the_song():
    song = dense_song(bars=8, tracks=2)
    for bar, context_shown in ((8, True), (20, True), (1000, False)):
        prompt = only_prompt(song, {(bar, 0)})
        assert [(place.bar, place.slots) for place in prompt.places] == [(bar, 48)]
        assert (notes_shown(prompt) > 0) == context_shown
        assert bars_shown(prompt)[1] == 0


def test_an_empty_song_can_be_begun():
    song = Song(tracks=(Track(program=40), Track(is_drum=True)), meters=(Meter(0, 3, 4),))
    prompt = only_prompt(song, infill_cells(0, 3, [0, 1]))
    said = [v.describe(token) for token in tokens(prompt)]
    assert said[:5] == ["SONG", "TRACK 0", "PROGRAM 40", "TRACK 1", "PROGRAM 128"]
    assert said.count("FILL") == 8
    assert prompt.places[0] == CellPlace(0, 0, 0, 0, 40, 0, 36)
    assert [(place.bar, place.start) for place in prompt.places[::2]] == [(0, 0), (1, 72), (2, 144), (3, 216)]


def test_a_note_that_is_played_a_little_early_does_not_show_in_a_marked_bar():
    song = Song(tracks=(Track(make_notes([0, 1915], [480, 480], [60, 62], [80, 80])),))
    prompt = only_prompt(song, {(1, 0)})
    assert notes_shown(prompt, bar=1) == 0
