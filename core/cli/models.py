"""Opening models and styles. Torch is imported by the functions, not by the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.errors import UserError, user_mistakes
from core.folders import styles_folder

if TYPE_CHECKING:
    from core.generation.remembering import Reader
    from core.model.transformer import Transformer


def open_model(folder: Path) -> tuple[Transformer, dict]:
    """A model and its card."""
    from core.generation.threads import choose_threads
    from core.model.checkpoint import CheckpointError, load_model

    choose_threads()
    with user_mistakes(CheckpointError):
        return load_model(folder)


def open_style(folder: Path, style: str) -> Transformer:
    """The model of a style made from the base model in ``folder``; without a name that base model."""
    from core.generation.library import ModelLibrary
    from core.generation.threads import choose_threads
    from core.model.checkpoint import CheckpointError

    choose_threads()
    with user_mistakes(CheckpointError, ValueError):
        return ModelLibrary(folder, styles_folder()).model(style)


def open_reader(model: Transformer, library: Path) -> Reader:
    """What reads songs for a model, with a library to look up in besides."""
    from core.generation.remembering import Reader
    from core.model.checkpoint import CheckpointError
    from core.model.library import load_library

    if not model.config.retrieval_layer:
        raise UserError("this model was not trained to look up what is alike, so it has no use for a library: train "
                        "one with --memory retrieval or both")
    with user_mistakes(CheckpointError):
        return Reader(model, library=load_library(library, model))
