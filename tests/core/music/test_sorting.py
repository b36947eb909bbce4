"""Columns sorted together: the same as any sort of rows, whether the rows fit into one number or not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.sorting import sort_together


@pytest.mark.parametrize("below", [(2**20, 3, 2**30), (2**40, 3, 2**30)], ids=["in one number", "too wide"])
def test_rows_are_sorted_by_their_first_column_then_the_next(below):
    @given(st.lists(st.tuples(*[st.integers(0, limit - 1) for limit in below]), max_size=30))
    def check(rows):
        columns = list(np.array(rows, dtype=np.int64).reshape(-1, len(below)).T)
        assert list(zip(*(column.tolist() for column in sort_together(columns, below)))) == sorted(rows)
    check()
