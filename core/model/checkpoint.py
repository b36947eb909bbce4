"""Models and training states on disk: safetensors for tensors, JSON for the rest, never a pickle.

Every file is written beside its place and then moved there, so a crash leaves the old file or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.model.config import ModelConfig
from core.model.transformer import Transformer

FORMAT = "ritornello-model"
VERSION = 1
WEIGHTS = "weights.safetensors"
CONFIG = "config.json"


class CheckpointError(ValueError):
    """A file of a model or a training run is missing, damaged or does not fit; the message names it."""


def save_model(folder: str | Path, model: Transformer, card: Mapping, dtype: torch.dtype = torch.float32) -> None:
    """Writes ``weights.safetensors`` and ``config.json``, which holds the model's config and ``card``.

    ``card`` is what a person should know of the model, as JSON. ``dtype``: how the weights are stored
    (``torch.bfloat16`` halves the file); they are loaded as fp32 in any case.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: t.to(dtype) if t.is_floating_point() else t for name, t in model.state_dict().items()}
    write_tensors(folder / WEIGHTS, weights)
    config = {"format": FORMAT, "version": VERSION, "model": model.config.to_json(), "card": dict(card)}
    write_text(folder / CONFIG, json.dumps(config, indent=2, ensure_ascii=False) + "\n")


def load_model(folder: str | Path, device: torch.device | str = "cpu") -> tuple[Transformer, dict]:
    """The model, in evaluation mode, and its card. Raises CheckpointError naming the file that is at fault."""
    folder = Path(folder)
    config, card = _read_config(folder / CONFIG)
    path = folder / WEIGHTS
    weights, _ = read_tensors(path, device)
    components = weights.get("embeddings.components")
    if components is None:
        raise CheckpointError(f"{path}: holds no embeddings.components, so it is not a model of ours")
    try:
        model = Transformer(config, components.cpu()).to(device)
        model.load_state_dict(weights)
    except (ValueError, RuntimeError) as error:
        raise CheckpointError(f"{path}: does not fit {folder / CONFIG}: {error}") from error
    return model.eval(), card


def fingerprint(model: Transformer) -> str:
    """A hash of the model's weights, hexadecimal: tells whether adapters were made for this very model."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _read_config(path: Path) -> tuple[ModelConfig, dict]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CheckpointError(f"{path}: is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CheckpointError(f"{path}: is not a {FORMAT} file")
    if data.get("version") != VERSION:
        raise CheckpointError(f"{path}: has version {data.get('version')}; this program reads version {VERSION}")
    try:
        return ModelConfig.from_json(data.get("model")), data.get("card", {})
    except ValueError as error:
        raise CheckpointError(f"{path}: {error}") from error


def write_tensors(path: Path, tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> None:
    """One safetensors file, moved into place when it is whole."""
    temporary = path.with_name(path.name + ".tmp")
    save_file({name: tensor.detach().contiguous().cpu() for name, tensor in tensors.items()}, temporary,
              metadata=dict(metadata or {}))
    os.replace(temporary, path)


def read_tensors(path: Path, device: torch.device | str = "cpu") -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors and the metadata of one safetensors file. Raises CheckpointError naming it."""
    if not path.is_file():
        raise CheckpointError(f"{path}: there is no such file")
    try:
        with safe_open(path, framework="pt", device=str(device)) as file:
            return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path}: is damaged or not a safetensors file: {error}") from error


def write_text(path: Path, text: str) -> None:
    """One UTF-8 file, moved into place when it is whole."""
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
