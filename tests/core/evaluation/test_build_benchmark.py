"""benchmark build: a table with a row a size."""

from core.evaluation.benchmarks import build
from tests.core.corpus.folders import write_music


def test_memory_and_speed_are_measured_at_every_size(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "TIMES", (1, 2))
    monkeypatch.setattr(build, "SAMPLE_FILES", 4)
    said = []
    page = build.run(write_music(tmp_path / "music", 6), said.append)
    rows = [row for row in page.splitlines() if "×" in row]
    assert len(said) == len(rows) == 2
    assert rows[0].startswith("| 1× | 4 |") and rows[1].startswith("| 2× | 8 |")
    assert rows[0].count("(+0%)") == 2 and "MB" in rows[1]
