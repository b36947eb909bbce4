"""Which keys are most like a query: found in blocks and parts, they are those that comparing all at once finds."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.model import nearest
from core.model.nearest import BLOCK, largest, most_alike


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 4), st.integers(1, 40), st.integers(1, 5), st.integers(0, 2**31), st.integers(1, 50))
def test_the_largest_are_those_of_all(rows, blocks, count, seed, values):
    """With few different values there are many ties."""
    scores = torch.randint(values, (rows, blocks * BLOCK), generator=torch.Generator().manual_seed(seed)).float()
    found = largest(scores, count)
    assert all(len(set(row)) == count for row in found.tolist())
    assert torch.equal(scores.gather(1, found), scores.topk(count).values)


@pytest.mark.parametrize("at_once", [1 << 20, 1000])
@pytest.mark.parametrize("stored", [0, 5, 1003, 1280])
def test_the_most_alike_are_those_of_all_that_count(monkeypatch, at_once, stored):
    monkeypatch.setitem(nearest.SCORES_AT_ONCE, "cpu", at_once)
    generator = torch.Generator().manual_seed(stored)
    keys, queries = (torch.randn(3, length, 8, generator=generator) for length in (1280, 7))
    absent = torch.rand(1280, generator=generator) < 0.3
    for hidden in (None, absent):
        gone = torch.arange(1280) >= stored
        gone = gone if hidden is None else gone | hidden
        scores = (queries @ keys.transpose(1, 2)).masked_fill(gone, -torch.inf)
        got = scores.gather(-1, most_alike(queries, keys, 8, stored, hidden))
        torch.testing.assert_close(got, scores.topk(8).values)
