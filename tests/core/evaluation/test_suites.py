import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.corpus.build import build_store
from core.corpus.examples import TASKS
from core.evaluation.answers import (
    BASELINES,
    COMPOSER,
    METHODS,
    MODEL,
    NGRAM,
    PREVIOUS,
    WHOLE_SONG,
    write_answers,
    writers_of,
)
from core.evaluation.borrowing import LONGEST
from core.evaluation.held_out import choose_songs
from core.evaluation.hinted import NOTHING_SAID, SAID, draw_hinted, evaluate_hints
from core.evaluation.infill import NOTE_F1
from core.evaluation.likelihood import Likelihood, answer_keys, evaluate_likelihood
from core.evaluation.ngrams import cell_keys
from core.evaluation.reference import Reference
from core.evaluation.report import Measured, write_report
from core.evaluation.scores import choose
from core.evaluation.speed import time_requests
from core.evaluation.suites import PROTOCOLS_OF, measure_answers, protocols_for
from core.generation import sampler
from core.model.checkpoint import save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.merges import learn_bpe
from core.tokens.window import Layout, build_window
from tests.core.evaluation.songs import write_corpus
from tests.core.tokens.test_hints import without_hints


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus"))


@pytest.fixture(scope="module")
def songs(corpus):
    return choose_songs(corpus, 10)


@pytest.fixture(scope="module")
def reference(corpus, tmp_path_factory):
    return Reference(corpus, tmp_path_factory.mktemp("kept") / "reference")


@pytest.fixture(autouse=True)
def short_cells(monkeypatch):
    """A model that knows nothing would go on for long."""
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", 24)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = ModelConfig(v.SIZE, v.COMPONENT_COUNT, width=16, layers=1, heads=2, context=256)
    return Transformer(config, torch.from_numpy(v.COMPONENTS)).eval()


def test_usable_songs_are_taken_from_the_collections_in_turn(songs, tmp_path):
    assert [song.collection for song in songs] == ["dances", "hymns", "hymns"]
    folder = write_corpus(tmp_path)
    assert [song.collection for song in choose_songs(folder, 2)] == ["dances", "hymns"]
    assert [song.name for song in choose_songs(folder, 9, seed=3)] == [s.name for s in choose_songs(folder, 9, seed=3)]
    with pytest.raises(NotADirectoryError):
        choose_songs(folder / "none", 2)


def test_a_model_that_knows_nothing_pays_the_log_of_the_vocabulary_a_token(songs, model):
    uniform = Transformer(model.config, torch.from_numpy(v.COMPONENTS)).eval()
    for parameter in uniform.parameters():
        torch.nn.init.zeros_(parameter)
    found = evaluate_likelihood(uniform, songs)
    assert {one.task for one in found} == set(TASKS)
    for one in found:
        tokens = one.bits / np.log2(v.SIZE)
        assert tokens == pytest.approx(round(tokens), abs=1e-3)
        assert tokens > one.notes


def test_the_counting_model_reads_the_very_cells_that_were_asked_for(songs, model):
    song = songs[0].encoded
    marked = [(1, 0), (1, 2), (3, 1)]
    cells = [next(i for i in range(song.cell_count) if (song.cell_bar[i], song.cell_track[i]) == cell)
             for cell in marked]
    parts = [song.tokens[song.cell_start[i]:song.cell_start[i + 1]] for i in cells]
    wanted = cell_keys(np.concatenate(parts), np.cumsum([0, *map(len, parts)]), np.array([0, v.DRUMS, 32]))
    merges = learn_bpe([one.encoded for one in songs], v.SIZE + 8, 0)
    for some, known in ((song, None), (merges.apply(song), merges)):
        window = build_window(some, Layout(0, 4, (0, 1, 2), (0, 1, 2)), marked)
        assert answer_keys(window, known).tolist() == wanted.tolist()
        cut = replace(window, features=window.features[:-2])  # END and a token
        assert answer_keys(cut, known).tolist() == wanted[:len(answer_keys(cut, known))].tolist()


def test_every_suite_measures_the_same_answers(songs, model, reference):
    writers = writers_of(model, reference.ngrams, 0.5, whole_song=True)
    suites = list(PROTOCOLS_OF)
    answers = list(write_answers(writers, songs[:1], protocols=protocols_for(suites), takes=2, seeds=[1]))
    assert {one.method for one in answers} == set(METHODS)
    again = list(write_answers({MODEL: writers[MODEL]}, songs[:1], protocols=["0half"], takes=2, seeds=[1]))
    first = next(one for one in answers if one.method == MODEL)
    assert all(np.array_equal(first.takes[1][track], again[1].takes[1][track]) for track in first.takes[1])
    scores = measure_answers(answers, suites, reference.index)
    assert set(scores) == set(suites)
    assert np.isfinite([one.value for some in scores.values() for one in some]).all()
    assert {one.method for one in scores["infill"]} == set(METHODS) - {COMPOSER}
    human = choose(scores["originality"], method=COMPOSER, figure=LONGEST.name)
    assert human and all(one.value >= 2 for one in human)  # the songs are those of the reference
    assert all(one.value.is_integer() for one in scores["originality"]), "notes of one take, not a mean of several"
    assert len(choose(scores["originality"], method=MODEL)) > len(choose(scores["infill"], method=MODEL,
                                                                         figure=NOTE_F1.name))

    likelihoods = [*evaluate_likelihood(model, songs[:1], 1, ngrams=reference.ngrams),
                   *evaluate_likelihood(model, songs[:1], 2, ngrams=reference.ngrams)]
    page = write_report({"model": "tiny"}, Measured(likelihoods, scores, None, reference.index.notes),
                        {"infill": "pictures/infill.png"})
    for words in ("- model: tiny", *TASKS, *METHODS, "dances", "0half (1 windows)", "By seed (1, 2), model:",
                  "![infill](pictures/infill.png)", "## Originality", "## What a listener", "Beside baselines"):
        assert words in page
    f1 = choose(scores["infill"], figure=NOTE_F1.name, method=MODEL, protocol="0half")[0].value
    assert f"| {f1:.3f} |" in next(line for line in page.splitlines() if line.startswith(f"| {MODEL} | {f1:.3f}"))
    for block in re.findall(r"(?:^\|.*\|\n)+", page, re.MULTILINE):  # each table has one number of columns
        assert len({line.count("|") for line in block.splitlines()}) == 1


def test_without_a_reference_or_the_whole_song_fewer_methods_write(songs, model):
    assert set(writers_of(model, None, 0.5)) == {MODEL, *BASELINES} - {NGRAM}
    assert WHOLE_SONG in writers_of(model, None, 0.5, whole_song=True)


def test_a_suite_that_was_not_run_is_not_in_the_report(songs, model):
    page = write_report({}, Measured(evaluate_likelihood(model, songs[:1])))
    assert "Bits per note" in page and "Note F1" not in page and "Beside baselines" not in page


def test_a_baseline_that_is_surely_worse_is_told_by_the_test():
    found = [Likelihood(f"{i}", "", "track", bits + i, 10, method) for i in range(10)
             for method, bits in ((MODEL, 30.0), (NGRAM, 60.0))]
    page = write_report({}, Measured(found))
    assert "-3.000 ± 0.000 (p = 0.002)" in page  # 2 of 1,024 ways to flip the signs


def test_pictures_are_drawn_where_matplotlib_is(songs, model, tmp_path):
    pytest.importorskip("matplotlib", reason="matplotlib is installed only for research")
    from core.evaluation.plots import draw_pictures

    writers = writers_of(None, None, 0.5)
    suites = ["infill", "music", "faults"]
    scores = measure_answers(write_answers(writers, songs, protocols=protocols_for(suites), takes=1, seeds=[0]), suites,
                             None)
    assert PREVIOUS in {one.method for one in scores["faults"]}
    drawn = draw_pictures(tmp_path / "new", Measured(evaluate_likelihood(model, songs[:1]), scores))
    assert set(drawn) == {"likelihood", *suites}
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in drawn.values())


def test_the_reference_is_made_once_and_anew_when_the_music_changes(corpus, tmp_path):
    folder = write_corpus(tmp_path / "corpus")
    said = []
    first = Reference(folder, say=said.append)
    assert len(said) == 2 and first.folder == tmp_path / "corpus.reference"
    assert Reference(folder, say=said.append).index.notes == first.index.notes and len(said) == 2
    (folder / "hymns" / "0.mid").unlink()
    assert Reference(folder, say=said.append).index.notes < first.index.notes and len(said) == 4
    (first.folder / "ngrams.npz").write_bytes(b"damaged")
    assert Reference(folder, say=said.append).ngrams.tokens and len(said) == 6


def test_a_store_and_its_folder_are_the_same_reference(corpus, reference, tmp_path):
    build_store(corpus, tmp_path / "store")
    of_store = Reference(tmp_path / "store")
    assert of_store.index.notes == reference.index.notes and of_store.ngrams.tokens == reference.ngrams.tokens


def test_a_reference_is_not_written_over_other_things(corpus, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(FileExistsError, match="choose another"):
        Reference(corpus, tmp_path / "mine")
    with pytest.raises(NotADirectoryError):
        Reference(tmp_path / "nowhere")


def test_requests_are_timed_from_outside(songs, model, tmp_path):
    save_model(tmp_path / "model", model, {})
    asked = []
    timings = time_requests(tmp_path / "model", songs, requests=2, on_request=lambda: asked.append(1))
    assert len(timings) == len(asked) == 2
    for one in timings:
        assert 0.0 < one.first_cell <= one.first_bar <= one.all_takes
        assert 0.0 < one.processor_first_bar <= one.processor
        assert one.notes >= 4 * 8 * 3  # no take leaves a bar of a track empty
    page = write_report({}, Measured(timings=timings))
    assert "2 requests for 8 bars of a song of 4 tracks" in page and "first whole bar of a take" in page


@pytest.mark.parametrize("merged", [False, True])
def test_what_is_said_of_cells_is_measured_on_the_same_cells(songs, model, merged):
    merges = learn_bpe([one.encoded for one in songs], v.SIZE + 8, 0) if merged else None
    for task in TASKS:
        windows = draw_hinted(songs[0].encoded, 512, task, np.random.default_rng(1), merges)
        assert set(windows) == set(SAID)
        plain = windows[NOTHING_SAID]
        for window in windows.values():
            assert len(window.features) <= 512
            assert np.array_equal(window.features[window.answer_start:], plain.features[plain.answer_start:])
            assert np.array_equal(without_hints(window), plain.features)
        assert len(windows["half of the notes"].features) > len(plain.features)
    found = evaluate_hints(model, songs[:2], seed=1)
    assert {one.method for one in found} == set(SAID)
    page = write_report({"model": "tiny"}, Measured(hinted=found))
    assert all(f"| {said} |" in page for said in SAID)
