"""Windows and the grammar: what is shown, what may be written, and that it all decodes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.generation.constraints import allowed_tokens
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter
from core.tokens import vocabulary as v
from core.tokens.decoder import decode_cells
from core.tokens.encoder import EncodedSong, encode
from core.tokens.grammar import CellWriter, GrammarError, cell_places
from core.tokens.window import MAX_BARS, Layout, Window, build_window, order_cells
from tests.core.tokens.songs import dense_song, grid_songs, played_songs

FEW = settings(max_examples=50)


def layout_of(encoded: EncodedSong, first: int = 0, last: int | None = None) -> Layout:
    tracks = tuple(range(len(encoded.programs)))
    return Layout(first, encoded.bar_count - 1 if last is None else last, tracks, tracks)


def marked_windows(draw: st.DrawFn, song: Song) -> tuple[EncodedSong, Layout, list[tuple[int, int]]]:
    """A random stretch, tracks in any order under any numbers, and some marked cells."""
    encoded = encode(song, bar_count=3, drum_durations=draw(st.booleans()))
    first = draw(st.integers(0, encoded.bar_count - 1))
    last = draw(st.integers(first, min(encoded.bar_count, first + MAX_BARS) - 1))
    tracks = draw(st.permutations(range(len(song.tracks))))
    numbers = draw(st.lists(st.integers(0, 127), min_size=len(tracks), max_size=len(tracks), unique=True))
    cells = [(bar, track) for bar in range(first, last + 1) for track in tracks]
    marked = draw(st.lists(st.sampled_from(cells), min_size=1, max_size=20, unique=True))
    return encoded, Layout(first, last, tuple(tracks), tuple(numbers)), marked


def words(window: Window) -> str:
    return ", ".join(v.describe(token) for token in window.features[:, 0])


@FEW
@given(st.data())
def test_every_answer_is_grammatical_and_the_writer_knows_its_features(data):
    song = data.draw(st.one_of(grid_songs(), played_songs()))
    encoded, layout, marked = marked_windows(data.draw, song)
    window = build_window(encoded, layout, marked)
    writer = CellWriter(cell_places(encoded, layout, marked))
    for row in window.features[window.answer_start:]:
        writer.advance(int(row[0]))
        assert writer.features(int(row[0])) == tuple(row.tolist())
    assert writer.done
    assert not writer.allowed().any()


@FEW
@given(st.data())
def test_the_answer_is_the_marked_cells_and_the_prompt_the_others(data):
    encoded, layout, marked = marked_windows(data.draw, data.draw(grid_songs()))
    window = build_window(encoded, layout, marked)
    prompt = build_window(encoded, layout, marked, with_answer=False)
    assert np.array_equal(window.features[:window.answer_start], prompt.features)
    assert len(prompt.features) == prompt.answer_start
    token = window.features[:, 0]
    assert token[window.answer_start - 1] == v.GENERATE
    assert token[-1] == v.END
    assert (token == v.FILL).sum() == len(marked)
    is_note = np.isin(v.KIND_OF[token], [v.Kind.PITCH, v.Kind.DRUM])
    cells = list(zip(encoded.cell_bar.tolist(), encoded.cell_track.tolist()))
    in_answer = sum(int(n) for cell, n in zip(cells, encoded.cell_notes) if cell in marked)
    in_prompt = sum(int(n) for cell, n in zip(cells, encoded.cell_notes)
                    if cell not in marked and layout.first_bar <= cell[0] <= layout.last_bar)
    assert window.note_count == in_answer == is_note[window.answer_start:].sum()
    assert is_note[:window.answer_start].sum() == in_prompt


@FEW
@given(st.data())
def test_whatever_is_sampled_decodes_to_notes_in_the_marked_cells(data):
    song = data.draw(st.one_of(grid_songs(), played_songs()))
    encoded, layout, marked = marked_windows(data.draw, song)
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    writer = CellWriter(cell_places(encoded, layout, marked))
    limit = data.draw(st.integers(1, 60))
    tokens, bars, tracks, in_cell, longest = [], [], [], 0, 0
    while not writer.done:
        token = int(rng.choice(np.flatnonzero(allowed_tokens(writer, in_cell, limit))))
        closes = token == writer.closing_token and writer.may_close
        writer.advance(token)
        in_cell = 0 if closes else in_cell + 1
        longest = max(longest, in_cell)
        if not closes:
            tokens.append(token)
            bars.append(writer.place.bar)
            tracks.append(writer.place.track)
    assert longest <= limit + 4  # a note that was begun is finished
    notes, at = decode_cells(np.array(tokens), np.array(bars), song.timebase)
    note_tracks = np.array(tracks)[at]
    written = list(zip(song.timebase.bar_at(notes["onset"]).tolist(), note_tracks.tolist()))
    assert set(written) == set(marked)
    assert (notes["duration"] > 0).all()
    struck = list(zip(note_tracks.tolist(), notes["onset"].tolist(), notes["pitch"].tolist()))
    assert len(set(struck)) == len(struck)
    drums = np.array([track.is_drum for track in song.tracks])
    assert np.array_equal(v.KIND_OF[np.array(tokens)[at]] == v.Kind.DRUM, drums[note_tracks])


@pytest.mark.parametrize("ticks_per_beat", [1, 4, 5, 23, 24, 100])
def test_the_last_slot_of_a_bar_stays_in_it_however_coarse_the_ticks(ticks_per_beat):
    song = Song(ticks_per_beat, dense_song(1, 1, 1).tracks, meters=(Meter(0, 4, 4),))
    last = 4 * 12 - 1
    tokens = np.array([v.POSITION + last, v.VELOCITY + 4, v.PITCH + 60, v.DURATION])
    notes, _ = decode_cells(tokens, np.full(4, 2), song.timebase)
    assert song.timebase.bar_at(notes["onset"]).tolist() == [2]


def test_a_window_reads_as_documented():
    song = dense_song(bars=2, tracks=1, notes_a_bar=1, ticks_per_beat=24)
    window = build_window(encode(song), Layout(0, 1, (0,), (7,)), [(1, 0)])
    assert words(window).split(", ")[:7] == ["SONG", "TRACK 7", "PROGRAM 0", "BAR 4/4", "TEMPO 10", "TRACK 7",
                                             "POSITION 0"]
    said = words(window).split("DURATION 96, ")[1].split(", ")
    assert said[:5] == ["BAR 4/4", "TRACK 7", "FILL", "GENERATE", "TRACK 7"]
    assert window.features[-2].tolist()[1:] == [1, 0, 7, 0, 96]


def test_a_window_from_the_middle_says_so_and_counts_from_its_own_start():
    window = build_window(encode(dense_song(4, 1, 1)), Layout(2, 3, (0,), (0,)), [(3, 0)])
    assert window.features[0, 0] == v.EXCERPT
    assert window.features[:, 1].max() == 1
    assert window.features[:, 5].max() == 96


@pytest.mark.parametrize("semitones", [-5, 0, 7])
def test_transposition_moves_pitches_and_not_drums(semitones):
    encoded = encode(dense_song(bars=2, tracks=2))
    plain = build_window(encoded, layout_of(encoded), [(1, 0), (1, 1)]).features[:, 0]
    moved = build_window(encoded, layout_of(encoded), [(1, 0), (1, 1)], transpose=semitones).features[:, 0]
    pitched = v.KIND_OF[plain] == v.Kind.PITCH
    assert pitched.any()
    assert (v.KIND_OF[plain] == v.Kind.DRUM).any()
    assert np.array_equal(moved - plain, np.where(pitched, semitones, 0))


@pytest.mark.parametrize(("first", "last", "tracks", "numbers"), [
    (0, -1, (0,), (0,)), (0, MAX_BARS, (0,), (0,)), (0, 1, (0, 1), (0,)), (0, 1, (0, 1), (3, 3))])
def test_a_layout_that_makes_no_sense_is_refused(first, last, tracks, numbers):
    with pytest.raises(ValueError, match="window"):
        Layout(first, last, tracks, numbers)


def test_cells_are_written_in_time_and_in_the_order_of_the_window():
    assert order_cells({(1, 0), (0, 2), (1, 2), (0, 0)}, (2, 0)) == [(0, 2), (0, 0), (1, 2), (1, 0)]


def writer_after(*tokens: int, drums: bool = False) -> CellWriter:
    song = dense_song(bars=2, tracks=2)
    track = 1 if drums else 0
    encoded = encode(song)
    writer = CellWriter(cell_places(encoded, layout_of(encoded), [(0, track), (1, track)]))
    for token in (v.TRACK + track, *tokens):
        writer.advance(token)
    return writer


POSITION, VELOCITY, PITCH, DURATION = v.POSITION + 6, v.VELOCITY + 3, v.PITCH + 60, v.DURATION + 11


@pytest.mark.parametrize(("written", "token"), [
    ((), PITCH),                                                    # no position yet
    ((POSITION,), PITCH),                                           # no velocity yet
    ((POSITION, VELOCITY), v.DRUM + 60),                            # not a drum kit
    ((POSITION, VELOCITY, PITCH), POSITION + 1),                    # no duration yet
    ((POSITION, VELOCITY, PITCH), v.END),
    ((POSITION, VELOCITY, PITCH, DURATION), POSITION),              # time does not stand still
    ((POSITION, VELOCITY, PITCH, DURATION), PITCH - 1),             # chords are written upwards
    ((POSITION, VELOCITY, PITCH, DURATION), VELOCITY),              # said already
    ((POSITION, VELOCITY, PITCH, DURATION), DURATION),              # 12 + 12 is written 24
    ((POSITION, VELOCITY, PITCH, DURATION), v.END),                 # another cell is still to come
    ((POSITION, VELOCITY, PITCH, DURATION), v.TRACK + 1),           # but of track 0
    ((), v.POSITION + 48),                                          # past the end of a 4/4 bar
    ((), v.FILL), ((), v.GENERATE), ((), v.PAD), ((), v.BAR),
])
def test_a_token_out_of_place_is_refused(written, token):
    writer = writer_after(*written)
    with pytest.raises(GrammarError, match="may not follow here"):
        writer.advance(token)


@pytest.mark.parametrize("token", [v.POSITION + 47, v.VELOCITY, PITCH, PITCH + 1, v.TRACK])
def test_after_a_note_all_of_these_may_come(token):
    writer_after(POSITION, VELOCITY, PITCH, DURATION).advance(token)


def test_a_drum_stroke_may_end_without_a_duration_but_never_names_the_usual_one():
    writer = writer_after(POSITION, VELOCITY, v.DRUM + 36, drums=True)
    usual = v.DURATION + v.DURATIONS.tolist().index(v.DRUM_DURATION)
    assert not writer.allowed()[usual]
    assert writer.allowed()[[v.TRACK + 1, v.DURATION, v.DRUM + 38]].all()
    assert not writer.allowed()[v.PITCH:v.PITCH + 128].any()


def test_nothing_may_follow_the_end():
    writer = writer_after(v.TRACK, v.END)
    assert writer.done
    with pytest.raises(GrammarError):
        writer.advance(v.END)


def test_no_marked_cell_is_no_answer():
    with pytest.raises(ValueError, match="no cell"):
        CellWriter([])


def test_constraints_ask_for_a_note_forbid_striking_twice_and_close_in_time():
    writer = writer_after()
    assert writer.allowed()[writer.closing_token]
    assert not allowed_tokens(writer, 0, 10)[writer.closing_token]
    top = writer_after(POSITION, VELOCITY, v.PITCH + 127, DURATION)
    mask = allowed_tokens(top, 4, 10)
    assert not mask[v.PITCH:v.PITCH + 128].any()
    assert not mask[v.VELOCITY:v.VELOCITY + 8].any()
    assert mask[top.closing_token]
    assert np.flatnonzero(allowed_tokens(top, 10, 10)).tolist() == [top.closing_token]


def test_a_bar_cut_inside_a_unit_has_the_same_slots_for_reading_and_writing():
    meters = (Meter(0, 4, 4), Meter(65, 4, 4))  # 3.25 units: is the slot at 3 in it?
    song = Song(480, (Track(make_notes([0, 62, 65], [60, 60, 60], [60, 62, 64], [80, 80, 80])),), meters=meters)
    encoded = encode(song)
    marked = [(0, 0), (1, 0)]
    writer = CellWriter(cell_places(encoded, layout_of(encoded), marked))
    window = build_window(encoded, layout_of(encoded), marked)
    for token in window.features[window.answer_start:, 0]:
        writer.advance(int(token))
    assert writer.done
