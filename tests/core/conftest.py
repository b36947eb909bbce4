"""What tests of several rooms of core ask for."""

from pathlib import Path

import pytest
import torch

from core.model.checkpoint import save_model
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder whose model is tiny and knows nothing."""
    torch.manual_seed(0)
    config = ModelConfig(v.SIZE, v.COMPONENT_COUNT, width=16, layers=1, heads=2, context=256)
    folder = tmp_path_factory.mktemp("model")
    save_model(folder, Transformer(config, torch.from_numpy(v.COMPONENTS)), {"name": "tiny"})
    return folder
