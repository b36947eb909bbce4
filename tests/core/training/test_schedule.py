from hypothesis import given
from hypothesis import strategies as st

from core.training.schedule import cosine, learning_rate_multiplier, warm_up, wsd


def test_warm_up_counts_steps():
    assert [warm_up(step, 4) for step in range(5)] == [0.25, 0.5, 0.75, 1.0, 1.0]
    assert warm_up(0, 0) == 1.0


def test_wsd_is_stable_and_then_falls_in_a_line():
    assert [wsd(f, 0.5) for f in (0.0, 0.5, 0.75, 1.0)] == [1.0, 1.0, 0.5, 0.0]
    assert wsd(1.0, 0.0) == 1.0


def test_cosine_falls_from_one_to_nought():
    assert cosine(0.0) == 1.0
    assert abs(cosine(0.5) - 0.5) < 1e-12
    assert cosine(1.0) == 0.0


@given(st.sampled_from(["wsd", "cosine"]), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 1))
def test_never_rises_after_the_warm_up(schedule, a, b, decay):
    early, late = (learning_rate_multiplier(schedule, 100, f, 100, decay) for f in sorted((a, b)))
    assert 0.0 <= late <= early <= 1.0
