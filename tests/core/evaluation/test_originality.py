import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation import originality
from core.evaluation.originality import DEPTH, OriginalityIndex, build_index, sort_suffixes
from core.evaluation.passages import BREAK, LONGEST_REST, split, steps_of
from core.music.song import Song, Track, make_notes
from core.tokens.encoder import encode

STEP = 240  # an eighth


def line(*pitches, start=0, step=STEP):
    return make_notes([start + step * i for i in range(len(pitches))], [step] * len(pitches), pitches,
                      [80] * len(pitches))


def song_of(*tracks, drums=()):
    return encode(Song(480, (*(Track(notes) for notes in tracks), *(Track(notes, is_drum=True) for notes in drums))),
                  drum_durations=False)


WALK = [60, 62, 64, 65, 67, 62, 71, 60, 59, 73, 66, 61]


@pytest.fixture
def index(tmp_path):
    songs = [("walk.mid", song_of(line(*WALK))), ("scale.mid", song_of(line(*range(40, 60)), line(80, 70, 60, 50)))]
    build_index(tmp_path, songs)
    return OriginalityIndex(tmp_path)


def test_a_song_it_knows_is_found_whole_wherever_and_however_high(index):
    match = index.longest_match(song_of(line(*WALK)))
    assert (match.notes, match.song, match.start) == (len(WALK), "walk.mid", 0)
    moved = song_of(line(*(pitch + 7 for pitch in WALK), start=5 * STEP))
    assert index.longest_match(moved).notes == len(WALK)


def test_what_is_changed_ends_a_match(index):
    other_pitch = index.longest_match(song_of(line(1, *WALK[4:9], 1)))
    assert (other_pitch.notes, other_pitch.start) == (5, 1)
    assert index.longest_match(song_of(line(*WALK, step=STEP // 2))).notes == 0


def test_tracks_are_searched_apart_and_drums_not_at_all(index):
    both = song_of(line(80, 70, 60, 50), line(*WALK[:6]))
    assert index.longest_match(both) == originality.Match(6, "walk.mid", 1, 0)
    assert index.longest_match(song_of(drums=[line(*WALK)])).notes == 0
    assert index.longest_match(song_of(line(60))).notes == 0


def test_a_long_rest_ends_a_passage():
    near, far = (song_of(np.concatenate([line(60, 62), line(64, start=rest)])) for rest in (STEP * 6, STEP * 24))
    assert [len(passage) for passage in split(steps_of(near))] == [2]
    assert [len(passage) for passage in split(steps_of(far))] == [1]
    assert STEP * 24 * 24 // 480 - 12 > LONGEST_REST


def test_matches_are_as_long_as_those_found_by_trying_all(tmp_path):
    rng = np.random.default_rng(0)
    songs = [(f"{n}.mid", song_of(line(*(60 + rng.integers(0, 3, size=60)))))for n in range(12)]
    build_index(tmp_path, songs, part_notes=200)  # in several parts
    index = OriginalityIndex(tmp_path)
    assert len(list(tmp_path.glob("order*.npy"))) > 2 and index.notes == 12 * 60
    texts = {name: steps_of(song).tolist()[:-1] for name, song in songs}
    for _ in range(10):
        query = song_of(line(*(60 + rng.integers(0, 3, size=25))))
        steps = steps_of(query).tolist()[:-1]
        longest = max((b - a for a in range(len(steps)) for b in range(a + 1, len(steps) + 1)
                       if any(_holds(text, steps[a:b]) for text in texts.values())), default=-1)
        match = index.longest_match(query)
        assert match.notes == longest + 1
        assert _holds(texts[match.song], steps[match.start:match.start + match.notes - 1])


def _holds(text, part):
    return any(text[at:at + len(part)] == part for at in range(len(text) - len(part) + 1))


@given(st.lists(st.integers(0, 2), min_size=1, max_size=150))
@settings(max_examples=60)
def test_places_are_in_the_order_of_what_follows(steps):
    padded = steps + [BREAK] * DEPTH
    order = sort_suffixes(np.array(steps, dtype=np.uint16)).tolist()
    assert sorted(order) == list(range(len(steps)))
    following = [padded[at:at + DEPTH] for at in order]
    assert following == sorted(following)


def test_a_folder_without_an_index_is_refused(tmp_path, index):
    with pytest.raises(OSError):
        OriginalityIndex(tmp_path / "none")
    np.save(tmp_path / "order0.npy", np.zeros(3))
    with pytest.raises(ValueError, match="wrong type"):
        OriginalityIndex(tmp_path)
