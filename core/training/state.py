"""All that a run needs to go on as if it had never stopped, in one safetensors file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from torch import Tensor, nn
from torch.optim import Optimizer

from core.model.checkpoint import CheckpointError, read_tensors, write_tensors
from core.model.former import TOKEN
from core.model.memories import Memories
from core.tokens.vocabulary import FORMER_SIZES


def save_state(path: Path, model: nn.Module, optimizers: Sequence[Optimizer], facts: Mapping) -> None:
    """Writes weights, optimiser state and ``facts`` (JSON) together, so that they always belong together."""
    tensors: dict[str, Tensor] = {f"model.{name}": tensor for name, tensor in model.state_dict().items()}
    for number, optimizer in enumerate(optimizers):
        for parameter, values in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{number}.{parameter}.{name}": value for name, value in values.items()}
    write_tensors(path, tensors, {"facts": json.dumps(dict(facts))})


def load_state(path: Path, model: nn.Module, optimizers: Sequence[Optimizer]) -> dict:
    """Puts back what ``save_state`` wrote and returns its facts. Raises CheckpointError naming the file.

    Learning rates and the like stay as the optimisers have them.
    """
    tensors, metadata = read_tensors(path)
    weights: dict[str, Tensor] = {}
    states: list[dict[int, dict[str, Tensor]]] = [{} for _ in optimizers]
    tokens = tensors.get(f"model.{TOKEN}")
    if tokens is not None and len(tokens) in FORMER_SIZES and len(tokens) < len(model.state_dict().get(TOKEN, ())):
        raise CheckpointError(f"{path}: an earlier version of Ritornello, which had fewer tokens, began this run: it "
                              f"cannot be resumed, but a new one can start with its weights (--from {path.parent})")
    try:
        for name, tensor in tensors.items():
            owner, _, rest = name.partition(".")
            if owner == "model":
                weights[rest] = tensor
            else:
                number, parameter, key = rest.split(".")
                states[int(number)].setdefault(int(parameter), {})[key] = tensor
        model.load_state_dict(weights)
        for optimizer, state in zip(optimizers, states):
            optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
        return json.loads(metadata["facts"])
    except (ValueError, IndexError, KeyError, RuntimeError) as error:
        raise CheckpointError(f"{path}: does not fit this model and optimiser: {error}") from error


def save_memories(folder: Path, step: int, rank: int, memories: Memories) -> None:
    """Writes what one process remembers after ``step``; beside those of earlier steps, so that the state which is
    there has its own until the next is whole."""
    write_tensors(folder / _memories_name(step, rank), memories.state())


def load_memories(folder: Path, step: int, rank: int, memories: Memories) -> None:
    """Puts back what ``save_memories`` wrote. Raises CheckpointError naming the file."""
    path = folder / _memories_name(step, rank)
    try:
        memories.load_state(read_tensors(path)[0])
    except (KeyError, ValueError) as error:
        raise CheckpointError(str(error) if isinstance(error, CheckpointError) else f"{path}: {error}") from error


def drop_memories(folder: Path, step: int) -> None:
    """Removes the memories of all steps but ``step``."""
    for path in folder.glob("memories-*.safetensors"):
        if not path.name.startswith(f"memories-{step}-"):
            path.unlink()


def _memories_name(step: int, rank: int) -> str:
    return f"memories-{step}-{rank}.safetensors"
