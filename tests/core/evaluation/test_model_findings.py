"""Findings on the model: a training is done once, and the page says what differs and how surely."""

import pytest

pytest.importorskip("miditok")  # the peer's tokens, which only the research layer brings

from core.corpus.examples import TASKS
from core.evaluation.findings import trial as trials
from core.evaluation.findings import variants
from core.evaluation.findings.model_page import PEER, Page, difference, write_page
from core.evaluation.findings.pitches import pitches_section
from core.evaluation.findings.variants import ABLATION, FULL, Measured, VariantTrial, build_variant, run_variant
from core.evaluation.statistics import estimate_over_seeds
from core.folders import BASE_MODEL


def test_a_variant_is_trained_once_and_measured_on_every_task(work, monkeypatch):
    monkeypatch.setattr(trials, "WINDOWS_PER_TASK", 2)
    trial = VariantTrial(ABLATION[1], 0.002, 3, "32-true")
    measured = run_variant(trial, work, lambda: False)
    assert measured.steps >= 1 and measured.tokens > 0
    assert set(measured.tasks) == set(TASKS) and len(measured.songs) == len(measured.bits) == len(measured.notes)
    assert 0 < measured.bits_per_note < 100
    monkeypatch.setattr(variants, "train", None)
    assert run_variant(trial, work, lambda: False) == measured


def test_variants_differ_in_what_they_say_alone():
    full = build_variant(FULL, 0)
    for variant in ABLATION:
        model = build_variant(variant, 0)
        changed = {name for name, value in model.config.to_json().items() if value != full.config.to_json()[name]}
        assert changed == set(variant.without)


def measured(bits: list[float]) -> Measured:
    return Measured(1_000_000, 10, 20_000, 60.0, bits, [10] * 8, [0, 1, 2, 3] * 2, [*TASKS, *TASKS])


def test_the_page_tells_better_worse_and_no_difference_apart():
    steady, uneven = [50.0] * 8, [40.0, 60.0, 41.0, 59.0] * 2
    outcomes = {variant.name: [measured(steady)] * 3 for variant in ABLATION}
    outcomes[ABLATION[1].name] = [measured([value + 5 for value in steady])] * 3
    outcomes[ABLATION[2].name] = [measured([value - 5 for value in steady])] * 3
    outcomes[ABLATION[3].name] = [measured(uneven)] * 3
    streams = {PEER: [measured([60.0] * 8)] * 3, FULL.name: [measured(steady)] * 3}
    page = write_page(Page(3, 2, 1.0, [0, 1, 2], "32-true", outcomes, streams, {"peer, rate 1": streams[PEER][0]}))
    assert f"*{ABLATION[1].name}* is worse by 0.500" in page
    assert f"*{ABLATION[2].name}* is **better** by 0.500 ± 0.000" in page
    assert f"*{ABLATION[3].name}*: no difference" in page
    assert all(f"| {variant.name} |" in page for variant in ABLATION)
    claims = [line for line in page.splitlines() if line.startswith("- Claim")]
    assert ["holds" in claims[0], "refuted" in claims[1], "Not shown" in claims[2]] == [True] * 3
    assert "at equal time holds in these trainings: **16.7%** fewer (-1.000 ± 0.000" in page
    streams[PEER] = [measured([55.0] * 8)] * 3
    page = write_page(Page(3, 2, 1.0, [0, 1, 2], "32-true", outcomes, streams, {"peer, rate 1": streams[PEER][0]}))
    assert "does **not** hold in them: **9.1%** fewer" in page


def test_a_difference_is_as_sure_as_seeds_and_songs_agree():
    base = [measured([50.0] * 8)] * 3
    agree = difference([measured([55.0] * 8)] * 3, base)
    assert (agree.value, agree.low, agree.high) == (0.5, 0.5, 0.5)
    seeds_differ = difference([measured([50.0 + gap] * 8) for gap in (-5.0, 5.0, 15.0)], base)
    assert seeds_differ.value == pytest.approx(0.5) and seeds_differ.low < 0 < seeds_differ.high
    songs_differ = estimate_over_seeds([[-5.0, 15.0]] * 3, [10, 10], [0, 1])
    assert songs_differ.low < 0 < songs_differ.high
    assert estimate_over_seeds([[-5.0, 15.0]] * 3, [10, 10], [4, 4]).low == pytest.approx(0.5)  # one song: no spread


def test_the_section_on_pitches_tells_of_the_model_that_is_shipped(tmp_path):
    lines = "\n".join(pitches_section(tmp_path, BASE_MODEL))
    assert (tmp_path / "model-pitches.png").exists() and "model-pitches.png" in lines
    assert "an octave apart are alike" in lines
