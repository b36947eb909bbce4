"""Folders of models as earlier versions wrote them, when there were fewer tokens."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from core.model.checkpoint import CONFIG, WEIGHTS, save_model, write_tensors
from core.model.former import as_it_was, former_components
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.fingerprint import vocabulary_fingerprint

FORMER = v.FORMER_SIZES[-1]


def save_as_former(folder: Path, model: Transformer, size: int = FORMER) -> Path:
    """Writes the model without the tokens that came after the first ``size``."""
    save_model(folder, model, {"name": "old"})
    config = json.loads((folder / CONFIG).read_text())
    shape = replace(model.config, vocabulary_size=size, component_count=former_components(size))
    config["model"] = {name: value for name, value in asdict(shape).items() if name != "hints"}
    config["vocabulary"] = {"plain": vocabulary_fingerprint(size), "merges": None}
    (folder / CONFIG).write_text(json.dumps(config))
    write_tensors(folder / WEIGHTS, as_it_was(model.state_dict(), size))
    return folder
