"""Where models and styles lie, and opening them. Torch is imported by the functions, not by the file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.errors import user_mistakes
from core.folders import user_data_folder

if TYPE_CHECKING:
    from core.model.transformer import Transformer

BASE_MODEL = Path(__file__).parents[2] / "resources" / "models" / "base"


def styles_home() -> Path:
    """Where the window, too, looks for styles."""
    return user_data_folder() / "styles"


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
        return ModelLibrary(folder, styles_home()).model(style)
