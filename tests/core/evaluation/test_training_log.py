"""The log of a training over several sittings: nothing measured is lost, and the page tells what the tables say."""

import json

import pytest

from core.cli import main
from core.evaluation.training_log import LOG, ROWS, read_run, read_sitting, write_log, write_sitting

pytest.importorskip("matplotlib")


def write_run(folder, steps, bits):
    folder.mkdir()
    lines = [{"from_step": 0, "config": {"threads": 2}, "model": {"context": 1024}}]
    for step in range(1, steps + 1):
        if step in bits:
            lines.append({"step": step, "validation": {"all": bits[step], "continue": 1.0}})
        lines.append({"step": step, "seconds": 2.0 * step, "tokens_per_second": 100.0, "loss": 3.0 - step / steps,
                      "learning_rate_multiplier": 0.5})
    (folder / LOG).write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return folder


def test_a_run_is_thinned_and_keeps_every_measurement(tmp_path):
    bits = {101: 5.25, 777: 4.5, 1500: 4.125}
    rows = read_run(write_run(tmp_path / "run", 1500, bits) / LOG)
    assert len(rows) <= ROWS + len(bits)
    assert {row.step: row.held_out_bits for row in rows if row.held_out_bits} == bits
    assert (rows[-1].step, rows[-1].seconds, rows[-1].tokens) == (1500, 3000.0, 300_000)
    write_sitting(rows, tmp_path / "kept.csv")
    assert read_sitting(tmp_path / "kept.csv") == rows


def test_the_page_tells_of_every_sitting(tmp_path):
    first, second = write_run(tmp_path / "first", 10, {10: 5.0}), write_run(tmp_path / "second", 1800, {100: 4.5})
    out = tmp_path / "docs"
    assert main(["training-log", str(first), "--name", "1", "-o", str(out)]) == 0
    assert main(["training-log", str(second), "--name", "2", "-o", str(out)]) == 0
    page = (out / "training.md").read_text(encoding="utf-8")
    assert "| 1 | 0.01 | 10 | 0.0 | 1,024 | 2 | 5.000 | 5.000 | 5.000 |" in page
    assert "| 2 | 1.00 | 1,800 | 0.4 | 1,024 | 2 | 4.500 | 4.500 | 4.500 |" in page
    assert "1.01 hours in all" in page
    assert (out / "training.png").stat().st_size > 1000
    again = write_log(out)
    assert again.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("text", ["", "no json", '{"step": 1, "tokens_per_second": 5.0}', '[1]', '{"from_step": 0}'])
def test_what_is_no_log_is_named(tmp_path, text, capsys):
    (tmp_path / LOG).write_text(text, encoding="utf-8")
    assert main(["training-log", str(tmp_path), "-o", str(tmp_path / "docs")]) == 1
    assert LOG in capsys.readouterr().err


def test_a_damaged_table_is_named(tmp_path, capsys):
    (tmp_path / "sittings").mkdir()
    assert main(["training-log", "-o", str(tmp_path)]) == 1
    (tmp_path / "sittings" / "1.csv").write_text("step,seconds\nx,y\n", encoding="utf-8")
    assert main(["training-log", "-o", str(tmp_path)]) == 1
    assert "1.csv" in capsys.readouterr().err
