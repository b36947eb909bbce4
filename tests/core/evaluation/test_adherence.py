"""Control adherence: what is enforced is there, and the report says what was asked beside what was measured."""

import pytest
import torch

from core.cli import main
from core.evaluation.adherence import (
    EXACT,
    F1,
    HELD,
    NEAR,
    NEITHER,
    NEXT,
    OWN,
    TOLD,
    adherence_section,
    measure_adherence,
)
from core.evaluation.held_out import choose_songs
from core.evaluation.scores import Score, choose
from core.generation import sampler
from core.model.checkpoint import save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.merges import component_count, components
from tests.core.evaluation.songs import write_corpus
from tests.core.tokens.merged import small_merges


def tiny(hints: bool = False, merges=None) -> Transformer:
    torch.manual_seed(0)
    config = ModelConfig(merges.size if merges else v.SIZE, component_count(merges), width=16, layers=1, heads=2,
                         context=256, hints=hints)
    return Transformer(config, torch.from_numpy(components(merges)), merges)


@pytest.fixture(autouse=True)
def short_cells(monkeypatch):
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", 24)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.mark.parametrize("hints", [False, True])
def test_what_is_enforced_is_there_and_what_is_kept_is_known(corpus, hints):
    steps = []
    scores = measure_adherence(tiny(hints), choose_songs(corpus, 2), takes=1, seeds=[0], adventurousness=0.5,
                               on_song=lambda: steps.append(1))
    assert len(steps) == 2
    assert {one.method for one in scores} == ({HELD, TOLD, NEITHER} if hints else {HELD, NEITHER})
    for attribute in ("density", "polyphony"):
        for asked in (OWN, NEXT):
            held = choose(scores, protocol=f"{attribute}, {asked}", method=HELD)
            assert {one.figure for one in held} == {EXACT, NEAR}
            assert all(one.value == 1.0 for one in held), "a promise was broken"
    rhythm = choose(scores, protocol="rhythm kept", figure=F1)
    assert len(choose(rhythm, method=HELD)) == len(choose(rhythm, method=NEITHER)) == 2


def test_the_section_tells_each_control_by_way():
    def score(song, protocol, way, figure, value):
        return Score(song, "hymns", protocol, 0, way, figure, value)

    lines = adherence_section([
        *(score(song, f"density, {OWN}", way, figure, value) for song in ("a", "b")
          for way, figure, value in ((HELD, EXACT, 1.0), (HELD, NEAR, 1.0), (NEITHER, EXACT, 0.25),
                                     (NEITHER, NEAR, 0.5))),
        *(score(song, "rhythm kept", way, F1, value) for song in ("a", "b")
          for way, value in ((HELD, 0.6), (NEITHER, 0.2)))])
    text = "\n".join(lines)
    assert "(2 windows)" in text
    assert f"| density, {OWN} | 100.0 ± 0.0 % / 100.0 ± 0.0 % | 25.0 ± 0.0 % / 50.0 ± 0.0 % |" in text
    assert "| rhythm kept | 0.600 ± 0.000 | 0.200 ± 0.000 | 0.400" in text
    assert f"| register, {NEXT} | – | – |" in text


def test_the_command_measures_it_and_says_why_it_cannot(corpus, tmp_path, capsys):
    save_model(tmp_path / "plain", tiny(), {"name": "tiny"})
    assert main(["evaluate", str(tmp_path / "plain"), "--valid", str(corpus), "--suite", "controls", "--songs", "1",
                 "--seeds", "1", "--takes", "1"]) == 0
    assert "## Control adherence" in capsys.readouterr().out
    save_model(tmp_path / "merged", tiny(merges=small_merges("bpe")), {"name": "tiny"})
    assert main(["evaluate", str(tmp_path / "merged"), "--valid", str(corpus), "--suite", "controls"]) == 1
    assert "--suite controls" in capsys.readouterr().err
