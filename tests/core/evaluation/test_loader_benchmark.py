"""The benchmark of the loader: every way to batch has its row, from a store or from a folder of MIDI files."""

import pytest

from core.evaluation.benchmarks import loader
from core.training.sources import LOCATIONS, STRATEGIES
from tests.core.corpus.batching.songs import small_store
from tests.core.evaluation.songs import write_corpus


@pytest.fixture(autouse=True)
def small(monkeypatch):
    quick = {"CONTEXT": 32, "ROWS": 1, "ROUND": 1, "WARM_UP": 1, "TIMED_BATCHES": 2, "PADDING_STEPS": 4}
    for name, value in quick.items():
        monkeypatch.setattr(loader, name, value)


@pytest.mark.parametrize("make", [
    lambda folder: small_store(folder).folder, pytest.param(write_corpus, marks=pytest.mark.slow)])
def test_every_way_to_batch_has_its_row(tmp_path, make):
    said = []
    report = loader.run(make(tmp_path / "corpus"), said.append, seconds=0.0)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in report.splitlines() if line.startswith("|")]
    assert {len(row) for row in rows} == {len(rows[0])}
    assert [row[:2] for row in rows[2:]] == [["windows", "disk"],
                                             *([name, location] for name in STRATEGIES for location in LOCATIONS)]
    assert "The median of the rows" in report
    assert f"{next(iter(STRATEGIES))}, {LOCATIONS[0]}" in said
