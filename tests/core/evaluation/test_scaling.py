"""The scaling study: a training is measured on its way and done once, candidates see no future, the law is found."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.corpus.examples import TASKS
from core.corpus.store import Store
from core.evaluation.findings import curation, decoding, scaling_study, settings
from core.evaluation.findings import trial as trials
from core.evaluation.findings.averaging import AveragedWeights
from core.evaluation.findings.candidates import CANDIDATES
from core.evaluation.findings.scaling_law import fit
from core.evaluation.findings.scaling_page import write_page
from core.evaluation.findings.scaling_study import Anchor, Study, difference, law_of
from core.evaluation.findings.settings import (
    MARKS,
    Mark,
    Progress,
    Setting,
    progress_path,
    read_progress,
    run_setting,
    source,
)
from core.tokens import vocabulary as v

SMALL = {"width": 32, "layers": 1, "heads": 2}


def test_a_training_is_measured_on_its_way_and_done_once(work, monkeypatch):
    monkeypatch.setattr(trials, "WINDOWS_PER_TASK", 2)
    setting = Setting("small, long", SMALL, length=2)
    progress = run_setting(setting, 0.002, 0, "32-true", work, lambda: False)
    assert [round(mark.minutes / 0.002, 3) for mark in progress.marks] == [0.25, 0.5, 1.0, 2.0]
    assert progress.finished and progress.marks[-1].steps > progress.marks[0].steps
    assert [len(mark.bits) == len(progress.notes) for mark in progress.marks] == [False, False, True, True]
    assert all(len(progress.everywhere(mark)) == len(progress.marks[0].bits) for mark in progress.marks)
    monkeypatch.setattr(settings, "train", None)
    assert run_setting(setting, 0.002, 0, "32-true", work, lambda: False) == progress


def test_what_a_stopped_training_had_reached_can_be_read(work, monkeypatch):
    monkeypatch.setattr(trials, "WINDOWS_PER_TASK", 2)
    setting = Setting("stopped", SMALL, length=2)

    def stop() -> bool:
        if read_progress(progress_path(setting, 0.002, 0, work)) is not None:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        run_setting(setting, 0.002, 0, "32-true", work, stop)
    reached = read_progress(progress_path(setting, 0.002, 0, work))
    assert not reached.finished and len(reached.marks) == 1


@pytest.mark.parametrize("name", CANDIDATES)
def test_a_candidate_sees_no_future_and_learns(name):
    model = Setting("candidate", SMALL, candidate=name).build(0)
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    features = torch.randint(1, 60, (2, 12, 6), generator=torch.Generator().manual_seed(0)).int()
    changed = features.clone()
    changed[:, 8:, 0] += 1
    before, after = model(features), model(changed)
    torch.testing.assert_close(before[:, :8], after[:, :8])
    assert not torch.allclose(before[:, 8:], after[:, 8:])
    before.square().mean().backward()
    plain = {key for key, _ in Setting("plain", SMALL).build(0).named_parameters()}
    new = [parameter for key, parameter in model.named_parameters() if key not in plain]
    assert new and all(parameter.grad.abs().sum() > 0 for parameter in new)


def test_the_average_stands_in_only_while_it_is_asked_for():
    layer = torch.nn.Linear(1, 1, bias=False)
    average = AveragedWeights(layer)
    for value in (1.0, 2.0, 4.0):
        layer.weight.data.fill_(value)
        average.update()
    with average.in_place():
        assert 2.0 < layer.weight.item() < 4.0
    assert layer.weight.item() == 4.0


def test_songs_that_were_played_freely_are_told_and_left_out(work, monkeypatch):
    grid, free = np.arange(0, 192, 3), np.arange(1, 192, 3)
    assert curation.fine_share(v.POSITION + grid) == 0 and curation.fine_share(v.POSITION + free) == 0.75
    assert curation.fine_share(v.POSITION + free[:4]) == 0
    store = Store(work / "train")
    off = np.arange(len(store)) == 0
    monkeypatch.setattr(settings, "fine_shares", lambda _: np.where(off, 0.5, 0.0))
    drawn = np.diff(source(Setting("", songs="on the grid"), store, 0)._cumulative, prepend=0.0)
    assert drawn[0] == 0 and drawn[1:].sum() == pytest.approx(1)


def test_a_song_is_costed_by_what_its_notes_are_made_of(work, monkeypatch):
    store = Store(work / "train")
    assert sorted(curation.sample(store, 0)) == [0, 1, 2]
    cost = curation.song_cost(Setting("", SMALL).build(0).eval(), store, 1, 0)
    assert cost.notes > 0 and 0 < sum(cost.by_kind.values()) < cost.bits and cost.fine == 0
    shares = curation.suggested_shares(store)
    assert sum(shares.values()) == pytest.approx(1)
    page = curation.write_page(store, [cost, replace(cost, bits=2 * cost.bits, fine=0.5)], 1.0, 0)
    assert f"| {cost.collection} |" in page and "Songs off the grid make up 66.7% of the loss" in page


def test_the_law_is_found_again():
    sizes, tokens = np.repeat([2.0, 4.0, 8.0, 10.0], 5), np.tile([0.1, 0.2, 0.4, 0.8, 1.6], 4)
    law = fit(sizes, tokens, 2.0 + 1.5 * sizes ** -0.3 + 0.8 * tokens ** -0.5)
    assert law.bits(5.0, 50.0) == pytest.approx(2.0 + 1.5 * 5.0 ** -0.3 + 0.8 * 50.0 ** -0.5, abs=0.1)
    assert law.bits(5.0, law.tokens_to(5.0, 3.5)) == pytest.approx(3.5)
    assert law.tokens_to(5.0, 1.0) == float("inf")
    falling = fit(sizes, tokens, 3.0 + 0.1 * sizes + 0.8 * tokens ** -0.5)  # larger is worse: no gain is claimed
    assert falling.of_size == 0


def progress(size: float, speed: float, extra: float = 0.0, length: int = 2) -> Progress:
    notes = [10] * 24
    marks = []
    for times in [times for times in MARKS if times <= length]:
        bits = 3.0 + 2.0 * size ** -0.3 + 1.5 * (speed * times) ** -0.4 + extra
        count = 24 if times in (1.0, length) else 8
        marks.append(Mark(times, 1, int(1e6 * speed * times), [10 * bits] * count))
    return Progress(int(1e6 * size), marks, notes, [i // 4 for i in range(24)], [TASKS[i % 4] for i in range(24)], True)


def test_the_page_names_the_size_that_promises_most_within_the_wait(monkeypatch):
    monkeypatch.setattr(scaling_study, "RESAMPLES", 5)
    first = {"small": progress(2, 1.0), "base": progress(4, 0.8), "large": progress(10, 0.4),
             "better": progress(4, 0.8, -0.5, 1), "by size": progress(4, 0.8, 0.25, 1)}
    study = Study(1.0, 0, "32-true", first, {"base": [first["base"]] * 2, "better": [first["better"]] * 2},
                  ["small", "base", "large"], ["by size"], "base", ["hymns"] * 24)
    assert difference(study, "better").value == pytest.approx(-0.5)
    assert difference(study, "better", 2.0) is None
    steps = {"small": 0.003, "base": 0.005, "large": 0.02, "better": 0.004}
    page = write_page(study, 3, 3, steps, 400)
    assert "Lowest predicted bits per note within that: **base**" in page  # the large one is too slow
    assert "cannot tell the sizes apart" not in page
    assert "**large**" in write_page(study, 3, 3, steps | {"large": 0.01}, 400)
    assert "-0.500 ± 0.000" in page
    anchored = replace(study, anchor=Anchor(4_000_000, 10 ** 8, [30.0] * 8))
    assert "as good as the shipped model" in write_page(anchored, 3, 3, steps, 400)
    assert law_of(anchored).bits(4, 100) < law_of(study).bits(4, 100)
    assert "| hymns | 24 | 240 |" in page and "+0.250" in page


def test_a_request_is_as_long_as_its_cells(work, monkeypatch):
    monkeypatch.setattr(decoding, "TRACKS", 3)  # all songs have three: four notes, one note, four strokes a bar
    assert 8 * 9 * 2 < decoding.tokens_of_request(Store(work / "valid")) < 8 * 9 * 4
    assert 0 < decoding.step_seconds({"small": Setting("", SMALL).build(0)})["small"] < 1
