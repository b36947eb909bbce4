import numpy as np
import pytest

from core.evaluation.scores import Score, choose, compare, mean
from core.evaluation.statistics import EXACT_SONGS, estimate, estimate_of, sign_flip_test


def test_an_interval_holds_its_figure_and_narrows_with_more_songs():
    values = np.random.default_rng(0).normal(5.0, 1.0, 400)
    few, many = estimate(values[:20]), estimate(values)
    assert few.low < few.value < few.high
    assert many.high - many.low < few.high - few.low
    assert many.low < 5.0 < many.high


def test_a_ratio_weighs_songs_by_their_size():
    assert estimate([10.0, 1.0], [10.0, 0.5]).value == pytest.approx(11 / 10.5)


def test_one_song_has_no_interval():
    assert str(estimate([0.25])) == "0.250"


def test_the_median_has_an_interval_too():
    found = estimate_of(np.median, [[1.0, 2.0], [3.0], [4.0, 100.0]])
    assert found.value == 3.0 and found.low <= 3.0 <= found.high and found.count == 3


def test_as_many_songs_all_better_leave_two_of_all_sign_flips():
    for count in (3, 8, EXACT_SONGS):
        assert sign_flip_test(np.arange(1.0, count + 1)) == 2 / 2 ** count


def test_no_difference_is_no_evidence():
    assert sign_flip_test([0.0] * 5) == 1.0
    assert sign_flip_test([1.0, -1.0] * 20) == 1.0


def test_random_flips_agree_with_trying_all():
    values = np.random.default_rng(0).normal(0.5, 1.0, EXACT_SONGS)
    exact = sign_flip_test(values)
    assert sign_flip_test([*values, 0.0]) == pytest.approx(exact, abs=0.02)  # one song more: no longer exact


def test_under_no_difference_few_tests_say_there_is_one():
    rng = np.random.default_rng(1)
    found = np.array([sign_flip_test(rng.normal(size=9)) for _ in range(400)])
    assert (found < 0.05).mean() < 0.08


def scores_of(method, values):
    return [Score(f"song {i // 2}", "", "0half", i % 2, method, "f", value) for i, value in enumerate(values)]


def test_methods_are_compared_where_both_were_measured():
    scores = scores_of("one", [0.5, 0.6, 0.7, 0.7]) + scores_of("other", [0.4, 0.6, 0.8])
    found = compare(scores, "one", "other")
    assert found.difference.value == pytest.approx(0.0) and (found.more, found.same, found.less) == (1, 1, 1)
    assert found.p == 1.0
    assert compare(scores, "one", "nobody") is None and mean([]) is None
    of_each_take = [Score("song 0", "", "0half", 0, "one", "f", value) for value in (0.0, 1.0, 0.8)]
    found = compare([*of_each_take, *scores_of("other", [0.4])], "one", "other")
    assert found.difference.value == pytest.approx(0.2) and (found.more, found.less) == (1, 0)
    assert mean(choose(scores, method="one", seed=0)).value == pytest.approx(0.6)
    assert mean(choose(scores, method="one")).count == 2
