"""Findings: a trial is run once, all encodings are measured on the same music, and the page says what was found."""

import numpy as np
import pytest

from core.corpus.store import Store
from core.evaluation.benchmarks.loader import Measured
from core.evaluation.findings import trial as trials
from core.evaluation.findings.tokens import ENCODINGS, PLAIN, Page, write_page
from core.evaluation.findings.trial import Encoding, Outcome, Trial, held_out_windows, merges_of, run_trial
from core.tokens.merges import TokenStatistics
from core.training.sources import STRATEGIES
from tests.core.evaluation.songs import tune

BPE = Encoding("bpe", 8)


@pytest.mark.parametrize("encoding, examples", [(PLAIN, "windows"), (BPE, "windows"), (PLAIN, "contiguous")])
def test_a_trial_trains_and_measures_and_is_not_done_twice(work, monkeypatch, encoding, examples):
    monkeypatch.setattr(trials, "WINDOWS_PER_TASK", 2)
    trial = Trial(encoding, examples, 0.002, 3)
    outcome = run_trial(trial, work, [tune(6)])
    assert outcome.steps >= 1 and outcome.tokens > 0
    assert 0 < outcome.bits_per_note < 100
    assert (outcome.notes_per_second is None) == (examples != "windows")
    monkeypatch.setattr(trials, "train", None)
    assert run_trial(trial, work, [tune(6)]) == outcome


def test_every_encoding_is_measured_on_the_same_cells(work):
    store = Store(work / "valid")
    merges = merges_of(BPE, Store(work / "train"), work, 3)
    plain, merged = held_out_windows(store, 1, None), held_out_windows(store, 1, merges)
    assert [batch.task for batch in plain] == [batch.task for batch in merged]
    assert [batch.note_count.tolist() for batch in plain] == [batch.note_count.tolist() for batch in merged]
    assert sum(batch.features.shape[1] for batch in merged) < sum(batch.features.shape[1] for batch in plain)
    for short, long in zip(merged, plain):
        tokens = merges.expand_tokens(short.features[0, :, 0])
        assert np.array_equal(tokens, long.features[0, :, 0])


def test_the_page_compares_and_names_the_best():
    outcomes = {encoding: Outcome(1_000_000, 10, 20_000, [50.0 - place, 60.0], [10, 10], 5.0 + place)
                for place, encoding in enumerate(ENCODINGS)}
    strategies = {name: Outcome(1_000_000, 10, 20_000, [70.0, 60.0], [10, 10], None) for name in STRATEGIES}
    statistics = {encoding: TokenStatistics(10, 4, 30, 64) for encoding in ENCODINGS}
    timing = Measured("long", "disk", np.ones((3, 2)), np.ones((3, 2)), 0.001, 0.25)
    page = write_page(Page(3, 2, 8.0, 0, outcomes, statistics, strategies, [timing]))
    last = ENCODINGS[-1].name
    assert f"Lowest bits per note: **{last}**" in page and f"Most notes a second: **{last}**" in page
    assert "| plain | 1.00 M | 3.00 | 64.0 | 5.500" in page
    assert all(f"| {name} |" in page for name in STRATEGIES)
    assert "| long | disk |" in page and "| 25.0% |" in page
