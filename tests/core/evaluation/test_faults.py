import math

import numpy as np
import pytest

from core.evaluation import faults
from core.evaluation.answers import Answer
from core.evaluation.faults import fault_figures, longest_loop, takes_differ
from core.evaluation.ranges import RANGES, out_of_range
from core.evaluation.resemblance import CONTENT, ENTROPY, RESEMBLANCE, resemblance_figures
from core.evaluation.windows import CONTINUE, InfillWindow
from core.music.edits import shifted
from core.music.song import EMPTY_NOTES, Song, Track, make_notes

BEAT = 480
BAR = 4 * BEAT


def melody(*bars, first=0):
    """Quarter notes: a bar from the four pitches of each."""
    pitches = [pitch for bar in bars for pitch in bar]
    return make_notes([first * BAR + i * BEAT for i in range(len(pitches))], [BEAT] * len(pitches), pitches,
                      [80] * len(pitches))


DIFFERENT = [(60, 62, 64, 65 + 2 * i) for i in range(8)]
SONG = Song(BEAT, (Track(melody(*DIFFERENT), program=40),))


def answer(*takes, bars=(4, 5, 6, 7), protocol="1singleinst"):
    window = InfillWindow(SONG, 0, frozenset((bar, 0) for bar in bars))
    return Answer(window, "song", "", protocol, 0, "model", [{0: take} for take in takes])


def figure(wanted, *takes, **facts):
    return fault_figures(answer(*takes, **facts))[wanted]


def test_cells_without_a_note_are_empty():
    assert figure(faults.EMPTY, melody(*DIFFERENT[:3], first=4)) == 0.25
    assert figure(faults.EMPTY, EMPTY_NOTES) == 1.0
    assert math.isnan(figure(faults.ENDLESS, EMPTY_NOTES))


def test_notes_that_never_end_are_counted():
    long = make_notes([4 * BAR, 5 * BAR], [9 * BEAT, BEAT], [60, 62], [80, 80])
    assert figure(faults.ENDLESS, long) == 0.5


@pytest.mark.parametrize("bars, written, loop, given", [
    ("aaaa", "nnyy", 4, 2), ("aaaab", "nnnnn", 0, 4), ("aaaaa", "nnnny", 5, 4), ("abababab", "nnnnyyyy", 1, 1),
    ("a__aa", "yyyyy", 2, 0), ("", "", 0, 0)])
def test_a_loop_is_a_run_of_equal_bars_with_a_written_one(bars, written, loop, given):
    contents = [b"" if name == "_" else name.encode() for name in bars]
    assert longest_loop(contents, [mark == "y" for mark in written]) == (loop, given)


def test_a_loop_counts_where_the_bars_given_have_none():
    stuck = melody(*[DIFFERENT[3]] * 4, first=4)
    assert figure(faults.LOOPS, stuck) == 1.0
    assert figure(faults.LOOPS, melody(*DIFFERENT[4:], first=4)) == 0.0


@pytest.mark.parametrize("between, told", [(1, False), (faults.NEAR_BARS, True)])
def test_a_loop_does_not_count_where_the_song_has_one_near_by(between, told):
    bars = [DIFFERENT[3]] * 4 + [*DIFFERENT, DIFFERENT[0]][:between] + DIFFERENT
    song, first = Song(BEAT, (Track(melody(*bars)),)), 4 + between
    window = InfillWindow(song, first, frozenset((bar, 0) for bar in range(first + 4, first + 8)))
    stuck = Answer(window, "song", "", "1singleinst", 0, "model", [{0: melody(*[DIFFERENT[3]] * 4, first=first + 4)}])
    loops = fault_figures(stuck)[faults.LOOPS]
    assert loops == 1.0 if told else math.isnan(loops)


def test_bars_that_repeat_the_one_before_are_copies():
    assert figure(faults.COPIES, melody(DIFFERENT[3], DIFFERENT[3], (1, 2, 3, 4), (1, 2, 3, 4), first=4)) == 0.75


def test_takes_that_are_alike_differ_little():
    one, other = melody(*DIFFERENT[:4], first=4), melody(*DIFFERENT[4:], first=4)
    assert figure(faults.ALIKE, one, one) == 0.0
    assert figure(faults.ALIKE, one, other) == 0.25  # each bar's last note
    assert takes_differ([{0: one}, {0: one}, {0: shifted(one, semitones=1)}]) > 0.5
    assert math.isnan(figure(faults.ALIKE, one))


def test_the_key_is_asked_of_continuations():
    sharp = shifted(melody(*DIFFERENT[:4], first=4), semitones=1)
    assert math.isnan(figure(faults.IN_KEY, sharp))
    assert figure(faults.IN_KEY, sharp, protocol=CONTINUE) < 0.5
    assert figure(faults.IN_KEY, melody(*[(60, 62, 64, 65)] * 4, first=4), protocol=CONTINUE) == 1.0


def test_a_violin_has_no_low_notes_and_a_drum_no_range():
    assert figure(faults.RANGE, melody((54, 55, 105, 106), first=4)) == 0.5
    assert out_of_range(np.arange(128), 40, True) == 0
    assert out_of_range(np.arange(128), 19, False) == 0  # an organ
    assert all(0 <= low < high <= 127 and 0 <= program < 128 for program, (low, high) in RANGES.items())


def four_on_the_floor(*bars, late=0):
    """Kick drum on each quarter note of the bars, ``late`` ticks after it."""
    onsets = [bar * BAR + beat * BEAT + late for bar in bars for beat in range(4)]
    return make_notes(onsets, [BEAT // 4] * len(onsets), [36] * len(onsets), [90] * len(onsets))


def test_drums_that_leave_the_beat_of_the_bars_around_have_lost_it():
    song = Song(BEAT, (Track(four_on_the_floor(*range(8)), is_drum=True), Track(melody(*DIFFERENT))))
    window = InfillWindow(song, 0, frozenset({(6, 0), (7, 0), (7, 1)}))

    def lost(*notes):
        written = np.sort(np.concatenate(notes), order="onset")
        return fault_figures(Answer(window, "song", "", "0half", 0, "model", [{0: written}]))[faults.BEAT]

    assert lost(four_on_the_floor(6, 7)) == 0.0
    assert lost(four_on_the_floor(6), four_on_the_floor(7, late=BEAT // 3)) == 0.5
    assert lost(four_on_the_floor(6, 7, late=BEAT // 2)) == 1.0
    half = four_on_the_floor(7)[:3], four_on_the_floor(7, late=BEAT // 2)[:3]
    assert lost(four_on_the_floor(6), *half) == 0.0  # off the beat as often as on it: a fill, not a fault
    assert math.isnan(figure(faults.BEAT, melody((60, 60, 60, 60), first=4)))  # no drums are asked for


def test_tracks_that_sound_a_semitone_apart_clash():
    bass = make_notes([0, BAR], [BAR, BAR], [36, 41], [80, 80])
    song = Song(BEAT, (Track(melody((60, 62, 64, 65), (60, 62, 64, 65))), Track(bass, program=32),
                       Track(four_on_the_floor(0, 1), is_drum=True)))
    window = InfillWindow(song, 0, frozenset({(0, 0), (1, 0)}))

    def clashes(*bars):
        return fault_figures(Answer(window, "song", "", "0half", 0, "model", [{0: melody(*bars)}]))[faults.CLASHES]

    assert clashes((60, 64, 67, 72), (65, 69, 72, 77)) == 0.0
    assert clashes((61, 64, 67, 73), (65, 66, 72, 77)) == 3 / 8  # the drums' 36 is no pitch
    passing = make_notes([0, BEAT // 4], [BEAT // 4, 3 * BEAT], [61, 60], [80, 80])
    assert fault_figures(Answer(window, "song", "", "0half", 0, "model", [{0: passing}]))[faults.CLASHES] == 0.0
    assert math.isnan(figure(faults.CLASHES, melody((60, 61, 62, 63), first=4)))  # nobody to clash with


def test_the_composer_resembles_himself():
    same = resemblance_figures(answer(SONG.tracks[0].notes[16:]))
    assert all(same[one] == pytest.approx(0.0) for one in RESEMBLANCE if one != CONTENT)
    assert same[CONTENT] == pytest.approx(1.0)


def test_other_music_resembles_less():
    low = melody(*[(37, 37, 37, 37)] * 4, first=4)
    found = resemblance_figures(answer(low))
    assert found[ENTROPY] == pytest.approx(2.0, abs=0.5) and found[CONTENT] < 0.5
    nothing = resemblance_figures(answer(EMPTY_NOTES))
    assert nothing[CONTENT] == 0.0 and nothing[ENTROPY] == found[ENTROPY]
