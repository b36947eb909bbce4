"""Written notes: every pitch in its bar, bars filled to the end, and lengths that a note can have."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.music.notation import MOST_VOICES, PLAIN, TRIPLET, UNITS, Piece, bar_lengths, spans, written_bars
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter

BEAT = 480
BAR = 4 * BEAT
NOTE = st.tuples(st.integers(0, 5 * BAR), st.integers(1, 2 * BAR), st.integers(40, 90), st.integers(1, 127))
NOTES = st.lists(NOTE, min_size=1, max_size=30).map(lambda rows: make_notes(*zip(*rows, strict=True)))
METERS = st.sampled_from([(Meter(0),), (Meter(0, 6, 8),), (Meter(0, 3, 4), Meter(3 * BEAT, 7, 8)), (Meter(0, 5, 16),),
                          (Meter(0), Meter(700, 4, 4))])


def song_of(notes, meters=None) -> tuple[Song, Track]:
    track = Track(notes)
    return Song(BEAT, (track,), meters=meters or (Meter(0),)), track


@settings(max_examples=80)
@given(NOTES, METERS)
def test_every_note_begins_where_it_does_and_every_voice_fills_its_bars(notes, meters):
    song, track = song_of(notes, meters)
    bars = written_bars(song, track)
    assert len(bars) == song.bar_count == len(bar_lengths(song))
    begun = set()
    for number, bar in enumerate(bars):
        assert 1 <= len(bar.voices) <= MOST_VOICES
        for voice in bar.voices:
            at = 0
            for piece in voice:
                assert piece.start == at and piece.length > 0
                at += piece.length
                if piece.pitches and not piece.tied_from:
                    begun |= {(number, pitch) for pitch in piece.pitches}
            assert at == bar.length
    for onset, _, pitch, _ in notes.tolist():
        bar = int(song.timebase.bar_at(onset))
        late = onset + BEAT // 4 >= int(song.timebase.bar_end(bar))
        assert (bar, pitch) in begun or (late and (bar + 1, pitch) in begun)


@given(st.integers(0, 31).map(lambda n: 3 * n), st.integers(1, 32).map(lambda n: 3 * n))
def test_spans_have_signs_of_their_own(start, length):
    parts = spans(start, start + length)
    assert sum(size for _, size in parts) == length and all(size in PLAIN for _, size in parts)


def test_triplets_and_ties_are_written_as_such():
    assert spans(8, 24) == [(8, 16)] and spans(16, 48) == [(16, 8), (24, 24)]
    assert all(size in (*PLAIN, *TRIPLET) for start in range(0, 48, 4) for end in range(start + 4, 97, 4)
               for _, size in spans(start, end))
    notes = make_notes([0, 160, 320, 480], [160, 160, 160, 2 * BAR], [60, 62, 64, 65], [80] * 4)
    first, second, third = written_bars(*song_of(notes))
    assert first.voices[0][:3] == (Piece(0, 8, (60,)), Piece(8, 8, (62,)), Piece(16, 8, (64,)))
    assert first.voices[0][3:] == (Piece(24, 72, (65,), tied_to=True),)
    assert second.voices[0] == (Piece(0, 96, (65,), tied_from=True, tied_to=True),)
    assert third.voices[0][0] == Piece(0, 24, (65,), tied_from=True)


def test_chords_share_a_voice_and_a_held_bass_has_its_own():
    notes = make_notes([0, 0, 0, 480, 960], [480, 480, 1920, 480, 960], [60, 64, 40, 62, 64], [80] * 5)
    (bar,) = written_bars(*song_of(notes))
    assert len(bar.voices) == 2
    assert [piece.pitches for piece in bar.voices[0]] == [(60, 64), (62,), (64,)]
    assert bar.voices[1] == (Piece(0, 96, (40,)),)


def test_legato_and_small_unevenness_are_not_written():
    notes = make_notes([3, 476, 965, 1437], [500, 470, 490, 400], [60, 62, 64, 65], [80] * 4)
    (bar,) = written_bars(*song_of(notes))
    assert [(p.start, p.length) for p in bar.voices[0]] == [(0, UNITS), (24, UNITS), (48, UNITS), (72, UNITS)]


def test_an_empty_track_has_bars_of_rest():
    song = Song(BEAT, (Track(make_notes([0], [2 * BAR], [60], [80])), Track()))
    assert [bar.voices for bar in written_bars(song, song.tracks[1])] == [((Piece(0, 96),),)] * 2
