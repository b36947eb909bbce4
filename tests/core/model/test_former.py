"""Models of an earlier vocabulary load, foresee what they did, and have their styles and libraries still."""

import json

import numpy as np
import pytest
import torch

from core.folders import BASE_MODEL
from core.generation.library import load_style
from core.model.checkpoint import CONFIG, WEIGHTS, CheckpointError, is_model, load_model, read_tensors, write_tensors
from core.model.former import TOKEN, as_it_was, with_all_tokens
from core.model.lora import adapter_weights, with_adapters
from core.model.styles import ADAPTERS
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.encoder import encode
from core.tokens.fingerprint import vocabulary_fingerprint
from core.tokens.window import Layout, build_window
from core.training.state import load_state
from tests.core.generation.tiny_model import tiny_model
from tests.core.model.former_model import FORMER, save_as_former
from tests.core.tokens.merged import merges_of
from tests.core.tokens.songs import dense_song


@pytest.fixture(scope="module")
def features():
    song = encode(dense_song(4, 2))
    window = build_window(song, Layout(0, 3, (0, 1), (0, 1)), [(1, 0), (2, 1)])
    return torch.from_numpy(window.features[None])


def test_the_first_tokens_are_those_of_the_earlier_vocabulary():
    assert FORMER == 867
    assert vocabulary_fingerprint(FORMER) == "97328233bc0a48b303a189b672e4567781bda759091252dbb81469bac31697d8"
    assert v.COMPONENTS[:FORMER].max() == 77 < v.COMPONENTS[FORMER:].max(axis=1).min()


def test_an_earlier_model_foresees_exactly_what_it_did(tmp_path, features):
    model = tiny_model()
    folder = save_as_former(tmp_path, model)
    again, card = load_model(folder)
    assert card == {"name": "old"} and not again.config.hints
    assert again.config.vocabulary_size == v.SIZE and again.config.component_count == v.COMPONENT_COUNT
    with torch.no_grad():
        was, now = model(features), again(features)
    assert torch.equal(now[..., :FORMER], was[..., :FORMER])
    assert torch.allclose(now[..., FORMER:], now[..., :1].expand(-1, -1, v.SIZE - FORMER), atol=1e-5)  # as padding


def test_to_a_trained_model_the_new_tokens_are_all_but_impossible(features):
    weights, _ = read_tensors(BASE_MODEL / WEIGHTS)
    if len(weights[TOKEN]) != FORMER:
        pytest.skip("the shipped model knows all tokens")
    with torch.no_grad():
        chances = load_model(BASE_MODEL)[0](features).double().softmax(dim=-1)
    assert chances[..., FORMER:].sum(dim=-1).max() < 1e-3
    assert chances[..., FORMER:].sum(dim=-1).mean() < 1e-4


def test_a_model_without_shared_rows_is_extended_too(features):
    shape = tiny_model().config
    config = type(shape)(FORMER, 78, width=32, layers=1, heads=4, structured_embeddings=False)
    torch.manual_seed(1)
    model = Transformer(config, torch.from_numpy(v.COMPONENTS[:FORMER]))
    config, weights = with_all_tokens(config, model.state_dict())
    again = Transformer(config, weights["embeddings.components"])
    again.load_state_dict(weights)
    with torch.no_grad():
        assert torch.equal(again(features)[..., :FORMER], model(features))


def test_styles_of_an_earlier_base_model_are_still_its_own(tmp_path, features):
    from core.model.checkpoint import fingerprint

    model = tiny_model()
    save_as_former(tmp_path / "base", model)
    old = Transformer(*_as_saved(tmp_path / "base"))
    old.load_state_dict(read_tensors(tmp_path / "base" / WEIGHTS)[0])
    adapted = with_adapters(old, rank=2)
    for parameter in adapted.parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, std=0.1)
    style = tmp_path / "styles" / "mine"
    style.mkdir(parents=True)
    write_tensors(style / ADAPTERS, adapter_weights(adapted.state_dict()), {"base": fingerprint(old)})
    base, _ = load_model(tmp_path / "base")
    assert is_model(base, fingerprint(old)) and is_model(base, fingerprint(base)) and not is_model(base, "another")
    styled = load_style(base, tmp_path / "styles", "mine")
    with torch.no_grad():
        assert torch.allclose(styled(features)[..., :FORMER], adapted.eval()(features), atol=1e-4)
    with pytest.raises(ValueError, match="another base model"):
        load_style(tiny_model(seed=3), tmp_path / "styles", "mine")


def test_an_earlier_run_is_not_resumed_but_says_how_to_go_on(tmp_path):
    model = tiny_model()
    weights = as_it_was(model.state_dict(), FORMER)
    write_tensors(tmp_path / "state", {f"model.{name}": tensor for name, tensor in weights.items()}, {"facts": "{}"})
    with pytest.raises(CheckpointError, match=f"(?s)earlier version.*--from {tmp_path}"):
        load_state(tmp_path / "state", model, [])


def test_an_earlier_model_with_merges_is_refused_and_told_why(tmp_path):
    from core.model.checkpoint import save_model

    save_model(tmp_path, tiny_model(merges=merges_of([(v.POSITION, v.VELOCITY, v.PITCH + 60, v.DURATION)])), {})
    config = json.loads((tmp_path / CONFIG).read_text())
    config["vocabulary"]["plain"] = vocabulary_fingerprint(FORMER)
    (tmp_path / CONFIG).write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="(?s)merged tokens.*earlier vocabulary.*train it again"):
        load_model(tmp_path)


@pytest.mark.parametrize("damage", ["token", "components"])
def test_a_damaged_earlier_model_is_refused(tmp_path, damage):
    save_as_former(tmp_path, tiny_model())
    weights, _ = read_tensors(tmp_path / WEIGHTS)
    name = f"embeddings.{damage}"
    weights[name] = weights[name][:-1]
    write_tensors(tmp_path / WEIGHTS, weights)
    with pytest.raises(CheckpointError, match=f"(?s){WEIGHTS}.*does not fit"):
        load_model(tmp_path)


def _as_saved(folder):
    from core.model.config import ModelConfig

    config = ModelConfig.from_json(json.loads((folder / CONFIG).read_text())["model"])
    return config, torch.from_numpy(np.array(v.COMPONENTS[:FORMER]))
