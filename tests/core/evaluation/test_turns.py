"""Trainings that are compared take turns. This module imports no torch: each of its processes would wait for it."""

import time
from functools import partial

import pytest

from core.evaluation.findings.turns import TURN_SECONDS, in_turns


def busy(seconds: float, fails: bool, pause) -> float:
    """Works for so long and returns when it began, on the machine's clock."""
    if fails:
        raise ValueError("this one fails")
    began, until = time.monotonic(), time.process_time() + seconds
    while time.process_time() < until:
        assert pause() is False
    return began


def test_one_training_has_the_turn_at_a_time_and_results_come_in_order():
    seen = []
    results = in_turns([partial(busy, 2.2, False), partial(busy, 0.1, False)], lambda place, _: seen.append(place))
    assert seen == [0, 1]
    assert results[1] > results[0] + TURN_SECONDS * 0.9  # the second waits while the first has its turn
    assert in_turns([]) == []


def test_one_that_fails_does_not_keep_the_others_waiting():
    with pytest.raises(ValueError, match="this one fails"):
        in_turns([partial(busy, 0.05, True), partial(busy, 0.05, False)])
