"""The two-sample test tells what differs, not what does not, and never judges a song that it learned from."""

import numpy as np
import pytest

from core.evaluation.answers import COMPOSER, PREVIOUS, Answer
from core.evaluation.scores import mean
from core.evaluation.traits import traits
from core.evaluation.two_sample import TOLD_APART, Passage, told_apart
from core.evaluation.windows import InfillWindow, notes_in
from core.music.song import make_notes
from tests.core.evaluation.songs import BEAT, tune

KINDS = 6


def passages(songs: int, apart: float, of_song: float = 0.0) -> list[Passage]:
    """Traits at random; a method's are ``apart`` from the composer's, and each song's have a colour of their own."""
    rng = np.random.default_rng(3)
    found = []
    for song in range(songs):
        colour = of_song * rng.normal(size=KINDS)
        for seed in range(4):
            for method, shift in ((COMPOSER, 0.0), (PREVIOUS, apart)):
                numbers = rng.normal(size=KINDS) + colour + shift
                found.append(Passage(f"{song}", "hymns", "0half", seed, method, numbers))
    return found


@pytest.mark.parametrize(("apart", "low", "high"), [(0.0, 0.35, 0.65), (3.0, 0.95, 1.0)])
def test_it_tells_what_differs_and_is_at_a_loss_where_nothing_does(apart: float, low: float, high: float) -> None:
    scores = told_apart(passages(30, apart))
    assert {one.method for one in scores} == {PREVIOUS} and {one.figure for one in scores} == {TOLD_APART.name}
    assert low <= mean(scores).value <= high
    assert told_apart(passages(30, apart)) == scores


def test_what_is_a_songs_own_does_not_help() -> None:
    """Songs that differ much among themselves: who had learned a judged song by heart would know better."""
    assert mean(told_apart(passages(20, 0.0, of_song=20.0))).value < 0.65


def test_one_song_tells_nothing_and_lone_passages_are_left_out() -> None:
    assert told_apart(passages(1, 3.0)) == []
    several = passages(4, 0.0)
    alone = [one for one in several if one.method == PREVIOUS or one.song != "2"]
    assert {one.song for one in told_apart(alone)} == {"0", "1", "3"}


def test_traits_are_of_the_cells_asked_for_and_of_what_stands_beside_them() -> None:
    song = tune()
    window = InfillWindow(song, 2, frozenset({(3, 0), (4, 0), (4, 2)}))
    cells = notes_in(song, window.cells)
    theirs = Answer(window, "tune", "", "0half", 0, COMPOSER, [cells])
    rows = traits(theirs, theirs.takes[0], theirs.songs[0])
    assert np.isfinite(rows).all()
    louder = {track: part.copy() for track, part in cells.items()}
    louder[0]["velocity"] += 20
    sparse = {0: make_notes([12 * BEAT], [BEAT], [60], [80])}
    for other in (louder, sparse, {}):
        answer = Answer(window, "tune", "", "0half", 0, PREVIOUS, [other])
        changed = traits(answer, other, answer.songs[0])
        assert changed.shape == rows.shape and np.isfinite(changed).all() and (changed != rows).any()
