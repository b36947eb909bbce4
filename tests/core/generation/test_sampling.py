"""From logits to tokens: only what is allowed, only from the nucleus, and as often as the model says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.corpus.examples import TASKS
from core.generation.sampling import MIDDLE, SamplingConfig, sample

LOGITS = np.log(np.array([0.5, 0.3, 0.15, 0.05], dtype=np.float32))
EVERYTHING = SamplingConfig(temperature=1.0, top_p=1.0)


def counts(config: SamplingConfig, logits: np.ndarray = LOGITS, allowed=None, draws: int = 4000) -> np.ndarray:
    """How often each token is drawn."""
    allowed = np.ones(len(logits), dtype=bool) if allowed is None else np.array(allowed)
    generators = [np.random.default_rng([7, i]) for i in range(draws)]
    drawn = sample(np.tile(logits, (draws, 1)), np.tile(allowed, (draws, 1)), config, generators)
    return np.bincount(drawn, minlength=len(logits))


def test_tokens_come_as_often_as_the_model_says():
    assert counts(EVERYTHING) / 4000 == pytest.approx(np.exp(LOGITS), abs=0.03)


def test_what_is_not_allowed_leaves_its_share_to_the_rest():
    shares = counts(EVERYTHING, allowed=[False, True, True, False]) / 4000
    assert shares == pytest.approx([0, 2 / 3, 1 / 3, 0], abs=0.03)


@pytest.mark.parametrize(("top_p", "drawn"), [(0.4, [0]), (0.5001, [0, 1]), (0.79, [0, 1]), (0.94, [0, 1, 2]),
                                              (1.0, [0, 1, 2, 3])])
def test_the_nucleus_is_the_smallest_set_that_reaches_top_p(top_p, drawn):
    assert np.flatnonzero(counts(SamplingConfig(1.0, top_p))).tolist() == drawn


@pytest.mark.parametrize(("min_p", "drawn"), [(0.0, [0, 1, 2, 3]), (0.2, [0, 1, 2]), (0.4, [0, 1]), (1.0, [0])])
def test_tokens_far_less_likely_than_the_likeliest_are_left_out(min_p, drawn):
    assert np.flatnonzero(counts(SamplingConfig(1.0, 1.0, min_p))).tolist() == drawn


def test_the_nucleus_is_taken_from_what_is_allowed():
    assert np.flatnonzero(counts(SamplingConfig(1.0, 0.7), allowed=[False, True, True, True])).tolist() == [1, 2]


def test_a_low_temperature_keeps_to_the_likely_and_a_high_one_evens_out():
    cold, plain, hot = (counts(SamplingConfig(temperature, 1.0))[0] for temperature in (0.3, 1.0, 5.0))
    assert cold > 1.5 * plain > 1.5 * 1.3 * hot
    assert counts(SamplingConfig(100.0, 1.0)) / 4000 == pytest.approx([0.25] * 4, abs=0.03)


@given(arrays(np.float32, (3, 20), elements=st.floats(-80, 80, width=32)), arrays(bool, (3, 20)),
       st.floats(0.1, 3.0), st.floats(0.01, 1.0), st.integers(0, 1000))
def test_nothing_is_drawn_that_is_not_allowed(logits, allowed, temperature, top_p, seed):
    allowed[:, 5] |= ~allowed.any(axis=1)
    generators = [np.random.default_rng([seed, row]) for row in range(3)]
    drawn = sample(logits, allowed, SamplingConfig(temperature, top_p), generators)
    assert allowed[np.arange(3), drawn].all()


class AlmostOne:
    """The largest number that a generator can draw."""

    def random(self) -> float:
        return np.nextafter(1.0, 0.0)


@pytest.mark.parametrize("size", [4, 300, 5000])
def test_the_largest_draw_is_still_an_allowed_token(size):
    allowed = np.zeros((1, size), dtype=bool)
    allowed[0, :size // 2] = True
    logits = np.linspace(0, 3, size, dtype=np.float32)[None]
    assert allowed[0, sample(logits, allowed, EVERYTHING, [AlmostOne()])[0]]


def test_each_row_has_random_numbers_of_its_own():
    logits, allowed = np.zeros((2, 50), dtype=np.float32), np.ones((2, 50), dtype=bool)

    def drawn(*seeds: int) -> list[int]:
        return sample(logits, allowed, EVERYTHING, [np.random.default_rng(seed) for seed in seeds]).tolist()

    assert drawn(1, 2) == drawn(2, 1)[::-1]
    assert drawn(1, 1)[0] == drawn(1, 1)[1]


@pytest.mark.parametrize("task", TASKS)
def test_adventurousness_goes_from_careful_to_daring(task):
    careful, middling, daring = (SamplingConfig.of_adventurousness(value, task) for value in (0.0, 0.5, 1.0))
    assert middling == MIDDLE[task]
    assert careful.temperature < middling.temperature < daring.temperature
    assert careful.top_p < middling.top_p < daring.top_p <= 1 or careful.min_p > middling.min_p > daring.min_p > 0
