"""What goes into the ring comes out in order; what is taken back never comes out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sound.ring import Ring


def samples(start: int, count: int) -> np.ndarray:
    return np.repeat(np.arange(start, start + count, dtype=np.float32), 2).reshape(-1, 2)


@given(st.lists(st.tuples(st.sampled_from(["write", "read", "take back"]), st.integers(0, 12)), max_size=40))
def test_the_sink_hears_the_stream_without_gap_or_repetition(steps: list[tuple[str, int]]) -> None:
    ring, expected, heard, marker = Ring(16), [], [], 0
    for kind, count in steps:
        if kind == "write":
            count = min(count, 16 - ring.waiting)
            ring.write(samples(marker, count))
            expected += range(marker, marker + count)
            marker += count
        elif kind == "read":
            out = np.full((count, 2), -1, np.float32)
            ready = ring.read_into(out)
            assert (out[ready:] == 0).all()
            heard += out[:ready, 0].astype(int).tolist()
            assert heard == expected[:len(heard)]
        else:
            start, taken = ring.take_back(count)
            assert taken[:, 0].astype(int).tolist() == expected[start:]
            expected = expected[:start]
        assert ring.played == len(heard)
        assert ring.waiting == len(expected) - len(heard)


def test_too_few_samples_are_counted_and_too_many_refused() -> None:
    ring = Ring(8)
    assert ring.read_into(np.empty((4, 2), np.float32)) == 0
    assert ring.underruns == 1
    with pytest.raises(ValueError, match="full"):
        ring.write(samples(0, 9))
