"""A checkpoint is bound to its vocabulary: the plain one of the program, and the merges it was trained with."""

import copy
import json
import shutil

import pytest
import torch

from core.folders import BASE_MODEL
from core.model.checkpoint import CONFIG, MERGES, WEIGHTS, CheckpointError, fingerprint, load_model, save_model
from core.model.config import ModelConfig
from core.model.lora import adapter_weights, merge_adapters, with_adapters
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.fingerprint import vocabulary_fingerprint
from core.tokens.merges import Merges, components
from tests.core.generation.tiny_model import tiny_model
from tests.core.model.former_model import save_as_former
from tests.core.tokens.merged import merges_of, small_merges

NOTE = (v.POSITION, v.VELOCITY + 4, v.PITCH + 60, v.DURATION + 23)
ONE, OTHER = merges_of([NOTE]), merges_of([(v.POSITION + 1, *NOTE[1:])])


@pytest.fixture
def folder(tmp_path):
    save_model(tmp_path / "model", tiny_model(merges=ONE), {"name": "tiny"})
    return tmp_path / "model"


def change_config(folder, **changes):
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | changes))


@pytest.mark.parametrize("kind", ["bpe", "action"])
def test_merges_travel_with_the_model(tmp_path, kind):
    model = tiny_model(merges=small_merges(kind))
    save_model(tmp_path, model, {})
    again, _ = load_model(tmp_path)
    assert again.merges == model.merges
    assert fingerprint(again) == fingerprint(model)
    features = torch.full((1, 5, 6), model.merges.size - 1, dtype=torch.int32)
    features[..., 1:] = 0
    assert torch.equal(again(features), model(features))


def test_they_travel_with_copies_and_adapters(tmp_path):
    model = tiny_model(merges=ONE)
    adapted = with_adapters(model, rank=2)
    assert copy.deepcopy(model).merges is adapted.merges is ONE
    assert merge_adapters(model, adapter_weights(adapted.state_dict())).merges is ONE


def test_the_shipped_model_says_which_vocabulary_it_has():
    config = json.loads((BASE_MODEL / CONFIG).read_text(encoding="utf-8"))
    known = [vocabulary_fingerprint(size) for size in (*v.FORMER_SIZES, v.SIZE)]
    assert config["vocabulary"]["plain"] in known and config["vocabulary"]["merges"] is None
    assert load_model(BASE_MODEL)[0].merges is None


def test_a_model_saved_before_vocabularies_were_written_down_has_the_first(tmp_path, monkeypatch):
    save_as_former(tmp_path, tiny_model(), v.FORMER_SIZES[0])
    config = json.loads((tmp_path / CONFIG).read_text())
    del config["vocabulary"]
    (tmp_path / CONFIG).write_text(json.dumps(config))
    assert load_model(tmp_path)[0].merges is None
    monkeypatch.setattr("core.tokens.vocabulary.FORMER_SIZES", ())
    with pytest.raises(CheckpointError, match="another vocabulary"):
        load_model(tmp_path)


@pytest.mark.parametrize("plain", ["0" * 64, None, 5])
def test_another_plain_vocabulary_is_refused(folder, plain):
    change_config(folder, vocabulary={"plain": plain, "merges": ONE.fingerprint})
    with pytest.raises(CheckpointError, match=f"(?s){CONFIG}.*another vocabulary.*train it again"):
        load_model(folder)


@pytest.mark.parametrize("vocabulary", [None, "plain", {}, {"plain": vocabulary_fingerprint()}, []])
def test_a_config_that_is_silent_about_its_vocabulary_is_refused(folder, vocabulary):
    change_config(folder, vocabulary=vocabulary)
    with pytest.raises(CheckpointError, match="vocabulary"):
        load_model(folder)


def test_missing_merges_are_named(folder):
    (folder / MERGES).unlink()
    with pytest.raises(CheckpointError, match=f"(?s){MERGES}.*cannot be read.*copy"):
        load_model(folder)


def test_damaged_merges_are_named(folder):
    text = (folder / MERGES).read_text()
    for damaged in (text[:100], "", text.replace("PITCH 60", "PITCH 61"), text.replace("POSITION 0", "FILL")):
        (folder / MERGES).write_text(damaged)
        with pytest.raises(CheckpointError, match=f"(?s){MERGES}.*damaged"):
            load_model(folder)


def test_another_model_s_merges_are_refused(folder):
    OTHER.save(folder / MERGES)
    with pytest.raises(CheckpointError, match=f"(?s){MERGES}.*another model.*copy"):
        load_model(folder)


def test_another_model_s_weights_are_refused_though_they_have_the_same_shape(folder, tmp_path):
    save_model(tmp_path / "other", tiny_model(merges=OTHER), {})
    shutil.copy(tmp_path / "other" / WEIGHTS, folder / WEIGHTS)
    with pytest.raises(CheckpointError, match=f"(?s){WEIGHTS}.*other merges"):
        load_model(folder)


@pytest.mark.parametrize("merges", [None, small_merges("bpe").fingerprint])
def test_merges_that_the_weights_do_not_have_are_refused(folder, merges):
    change_config(folder, vocabulary={"plain": vocabulary_fingerprint(), "merges": merges})
    if merges:
        small_merges("bpe").save(folder / MERGES)
        with pytest.raises(CheckpointError, match="do not belong together"):
            load_model(folder)
    else:
        with pytest.raises(CheckpointError, match="without merges"):
            load_model(folder)


def test_a_plain_model_saved_over_a_merged_one_leaves_no_merges(folder):
    save_model(folder, tiny_model(), {})
    assert not (folder / MERGES).exists()
    assert load_model(folder)[0].merges is None


def test_a_model_and_merges_of_different_sizes_cannot_be_put_together():
    with pytest.raises(ValueError, match=f"{ONE.size} tokens"):
        Transformer(ModelConfig(v.SIZE, v.COMPONENT_COUNT), torch.from_numpy(v.COMPONENTS), ONE)
    assert components(ONE).shape[0] == ONE.size
    assert isinstance(ONE, Merges)
