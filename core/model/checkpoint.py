"""Models and training states on disk: safetensors for tensors, JSON for the rest, never a pickle.

Every file is written beside its place and then moved there, so a crash leaves the old file or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from core.model.config import ModelConfig
from core.model.former import as_it_was, former_size, with_all_tokens
from core.model.transformer import Transformer
from core.tokens import vocabulary
from core.tokens.fingerprint import vocabulary_fingerprint
from core.tokens.merges import Merges, MergesError, components

FORMAT = "ritornello-model"
VERSION = 1
WEIGHTS = "weights.safetensors"
CONFIG = "config.json"
MERGES = "merges.json"
"""What the tokens of a model with merges stand for; a plain model has no such file."""
FIRST_VOCABULARY = "97328233bc0a48b303a189b672e4567781bda759091252dbb81469bac31697d8"
"""The vocabulary of models that were saved before their vocabulary was written down."""


class CheckpointError(ValueError):
    """A file of a model or a training run is missing, damaged or does not fit; the message names it."""


def save_model(folder: str | Path, model: Transformer, card: Mapping, dtype: torch.dtype = torch.float32) -> None:
    """Writes ``weights.safetensors`` and ``config.json``, which holds the model's config, what tells its vocabulary
    from any other, and ``card``; and ``merges.json``, if the model has merges.

    ``card`` is what a person should know of the model, as JSON. ``dtype``: how the weights are stored
    (``torch.bfloat16`` halves the file); they are loaded as fp32 in any case.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: t.to(dtype) if t.is_floating_point() else t for name, t in model.state_dict().items()}
    write_tensors(folder / WEIGHTS, weights)
    if model.merges is not None:
        model.merges.save(folder / MERGES)
    tokens = {"plain": vocabulary_fingerprint(), "merges": model.merges.fingerprint if model.merges else None}
    config = {"format": FORMAT, "version": VERSION, "model": model.config.to_json(), "vocabulary": tokens,
              "card": dict(card)}
    write_text(folder / CONFIG, json.dumps(config, indent=2, ensure_ascii=False) + "\n")
    if model.merges is None:
        (folder / MERGES).unlink(missing_ok=True)


def load_model(folder: str | Path, device: torch.device | str = "cpu") -> tuple[Transformer, dict]:
    """The model, in evaluation mode, and its card. Raises CheckpointError naming the file that is at fault.

    A model whose vocabulary is not this program's, or whose merges are not those it was trained with, is refused;
    one of an earlier vocabulary is given the tokens it lacks.
    """
    folder = Path(folder)
    config, merges, card, is_former = _read_config(folder)
    path = folder / WEIGHTS
    weights, _ = read_tensors(path, device)
    table = weights.get("embeddings.components")
    if table is None:
        raise CheckpointError(f"{path}: holds no embeddings.components, so it is not a model of ours")
    if merges is not None and not np.array_equal(table.cpu().numpy(), components(merges)):
        raise CheckpointError(f"{path}: was trained with other merges than those in {folder / MERGES}: "
                              "put both back from the same training run")
    try:
        if is_former:
            config, weights = with_all_tokens(config, weights)
            table = weights["embeddings.components"]
        model = Transformer(config, table.cpu(), merges).to(device)
        model.load_state_dict(weights)
    except (ValueError, RuntimeError, KeyError, IndexError) as error:
        raise CheckpointError(f"{path}: does not fit {folder / CONFIG}: {error}") from error
    return model.eval(), card


def fingerprint(model: Transformer) -> str:
    """A hash of the model's weights, hexadecimal: tells whether adapters were made for this very model."""
    return _hash_of(model.state_dict())


def is_model(model: Transformer, mark: object) -> bool:
    """Whether ``mark`` is the model's fingerprint, or was before its vocabulary grew."""
    weights = model.state_dict()
    marks = [_hash_of(weights)]
    if model.merges is None and model.config.vocabulary_size == vocabulary.SIZE:
        marks += [_hash_of(as_it_was(weights, size)) for size in vocabulary.FORMER_SIZES]
    return mark in marks


def _hash_of(weights: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for name, tensor in sorted(weights.items()):
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _read_config(folder: Path) -> tuple[ModelConfig, Merges | None, dict, bool]:
    """The config, the merges and the card, and whether the model lacks tokens of today's vocabulary."""
    path = folder / CONFIG
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CheckpointError(f"{folder}: is not the folder of a model: there is no {CONFIG} in it") from error
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise CheckpointError(f"{path}: is not JSON: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise CheckpointError(f"{path}: is not a {FORMAT} file")
    if data.get("version") != VERSION:
        raise CheckpointError(f"{path}: has version {data.get('version')}; this program reads version {VERSION}")
    try:
        config = ModelConfig.from_json(data.get("model"))
    except ValueError as error:
        raise CheckpointError(f"{path}: {error}") from error
    said = data.get("vocabulary", {"plain": FIRST_VOCABULARY, "merges": None})
    merges = _read_merges(folder, said)
    plain = former_size(said["plain"]) or vocabulary.SIZE
    if merges is None and config.vocabulary_size > plain:
        raise CheckpointError(f"{path}: the model has {config.vocabulary_size} tokens; without merges there are "
                              f"{plain}: it is damaged")
    is_former = plain < vocabulary.SIZE and config.vocabulary_size == plain
    if merges is not None and merges.size != config.vocabulary_size:
        raise CheckpointError(f"{path}: the model has {config.vocabulary_size} tokens, {folder / MERGES} "
                              f"{merges.size}: they do not belong together")
    return config, merges, data.get("card", {}), is_former


def _read_merges(folder: Path, said: object) -> Merges | None:
    """The merges a config speaks of, once its plain vocabulary is found to be this program's."""
    path = folder / CONFIG
    if not isinstance(said, dict) or not {"plain", "merges"} <= said.keys():
        raise CheckpointError(f"{path}: does not say what vocabulary the model has: it is damaged")
    if said["plain"] != vocabulary_fingerprint() and former_size(said["plain"]) is not None:
        if said["merges"] is None:
            return None
        raise CheckpointError(f"{path}: the model has merged tokens that were made for an earlier vocabulary: learn "
                              "merges and train it again, or use the version of Ritornello that made it")
    if said["plain"] != vocabulary_fingerprint():
        raise CheckpointError(f"{path}: the model was trained with another vocabulary than this program's: "
                              "train it again, or use the version of Ritornello that made it")
    if said["merges"] is None:
        return None
    try:
        merges = Merges.load(folder / MERGES)
    except MergesError as error:
        raise CheckpointError(f"{error}; the model cannot be used without its merges: copy {MERGES} from the folder "
                              "where it was trained") from error
    if merges.fingerprint != said["merges"]:
        raise CheckpointError(f"{folder / MERGES}: holds the merges of another model: copy {MERGES} from the folder "
                              "where this one was trained")
    return merges


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
