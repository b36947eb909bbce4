"""Models on disk: what is saved comes back, what is damaged is named."""

import json

import pytest
import torch

from core.model.checkpoint import CONFIG, WEIGHTS, CheckpointError, load_model, save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer

SHAPE = ModelConfig(vocabulary_size=20, component_count=4, width=16, layers=1, heads=2, context=16)
GROUPED = ModelConfig(vocabulary_size=20, component_count=4, width=16, layers=1, heads=4, context=16, key_value_heads=2)


@pytest.fixture(params=[SHAPE, GROUPED], ids=["usual", "grouped"])
def model(request) -> Transformer:
    torch.manual_seed(3)
    return Transformer(request.param, torch.randint(0, 4, (20, 2))).eval()


@pytest.fixture
def folder(tmp_path, model):
    save_model(tmp_path / "model", model, {"songs": 12, "title": "première"})
    return tmp_path / "model"


def test_round_trip(folder, model):
    again, card = load_model(folder)
    assert card == {"songs": 12, "title": "première"}
    assert again.config == model.config
    assert not again.training
    features = torch.ones(1, 5, 6, dtype=torch.int32)
    assert torch.equal(again(features), model(features))
    assert torch.equal(again.embeddings.components, model.embeddings.components)
    assert sorted(path.name for path in folder.iterdir()) == [CONFIG, WEIGHTS]


def test_bfloat16_halves_the_file_and_loads_as_fp32(folder, model, tmp_path):
    save_model(tmp_path / "small", model, {}, dtype=torch.bfloat16)
    again, _ = load_model(tmp_path / "small")
    assert (tmp_path / "small" / WEIGHTS).stat().st_size < 0.7 * (folder / WEIGHTS).stat().st_size
    assert again.embeddings.token.dtype == torch.float32
    torch.testing.assert_close(again.embeddings.token, model.embeddings.token, atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_missing_file(folder, name):
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        load_model(folder)


@pytest.mark.parametrize("keep", [0, 5, 200, -1])
@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_truncated_file(folder, name, keep):
    data = (folder / name).read_bytes()
    (folder / name).write_bytes(data[:keep] if keep >= 0 else data[:-3])
    with pytest.raises(CheckpointError, match=name):
        load_model(folder)


@pytest.mark.parametrize(("key", "value", "says"), [
    ("width", 32, "size mismatch"), ("layers", 2, "[Mm]issing"), ("vocabulary_size", 21, "21 rows"),
    ("width", "16", "width must be of type int"), ("heads", 3, "multiple"), ("wdith", 4, "unknown keys.*wdith"),
])
def test_config_that_does_not_fit(folder, key, value, says):
    data = json.loads((folder / CONFIG).read_text())
    data["model"][key] = value
    (folder / CONFIG).write_text(json.dumps(data))
    with pytest.raises(CheckpointError, match=f"(?s){CONFIG}.*{says}"):
        load_model(folder)


def test_other_json_is_not_a_model(folder):
    for text, says in (("[]", "not a ritornello-model"), ('{"format": "ritornello-model", "version": 9}', "version 9")):
        (folder / CONFIG).write_text(text)
        with pytest.raises(CheckpointError, match=says):
            load_model(folder)


def test_config_round_trip_and_missing_key():
    data = SHAPE.to_json()
    assert ModelConfig.from_json(json.loads(json.dumps(data))) == SHAPE
    del data["heads"]
    with pytest.raises(ValueError, match="missing keys.*heads"):
        ModelConfig.from_json(data)


def test_a_failed_save_leaves_the_old_model(folder, model, monkeypatch):
    monkeypatch.setattr("core.model.checkpoint.os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with torch.no_grad():
        model.embeddings.token.add_(1.0)
    with pytest.raises(OSError, match="disk full"):
        save_model(folder, model, {})
    assert load_model(folder)[0].embeddings.token.abs().max() < 0.5
