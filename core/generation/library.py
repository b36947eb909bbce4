"""The models a request can name: the base model and the styles fine-tuned from it."""

from __future__ import annotations

from pathlib import Path

from core.generation.remembering import Reader
from core.model.checkpoint import WEIGHTS, is_model, load_model, read_tensors
from core.model.library import load_library
from core.model.lora import merge_adapters
from core.model.styles import ADAPTERS, list_styles, style_folder
from core.model.transformer import Transformer


class ModelLibrary:
    """Loads the base model at once and each style when it is first asked for."""

    def __init__(self, model_folder: Path, styles_folder: Path) -> None:
        self.styles_folder = Path(styles_folder)
        self.base, card = load_model(model_folder)
        self.description = f"{card.get('name', 'base model')}, {self.base.parameter_count / 1e6:.1f} M parameters"
        self._style = ""
        self._style_model: Transformer | None = None
        self._reader: Reader | None = None
        self._library = ""

    def model(self, style: str = "") -> Transformer:
        """The model of a style, or the base model for an empty name. Raises what ``load_style`` raises."""
        if not style:
            return self.base
        if style != self._style or self._style_model is None:
            self._style_model = load_style(self.base, self.styles_folder, style)
            self._style = style
        return self._style_model

    def reader(self, style: str = "", library: str = "") -> Reader | None:
        """What keeps the songs that the model of a style has read, with the library of a folder beside them; None for a
        model that does not remember. Raises ValueError where there is a library and the model does not look up, and
        what ``load_library`` raises."""
        model = self.model(style)
        if library and not model.config.retrieval_layer:
            raise ValueError("This model was not trained to look up passages, so it has no use for a library.")
        if self._reader is None or self._reader.model is not model:
            self._reader, self._library = Reader(model) if model.config.remembers else None, ""
        if self._reader is not None and library != self._library:
            self._reader.library = load_library(Path(library), model) if library else None
            self._library = library
        return self._reader

    def forget_library(self) -> None:
        """It has been written anew: read it again when it is next asked for."""
        if self._reader is not None:
            self._reader.library, self._library = None, ""


def load_style(base: Transformer, styles_folder: Path, name: str) -> Transformer:
    """The model of a style. Raises ValueError for a style that is missing or not made from this base model,
    CheckpointError for a damaged one."""
    home = style_folder(styles_folder, name)
    if (home / ADAPTERS).is_file():
        adapters, facts = read_tensors(home / ADAPTERS)
        if not is_model(base, facts.get("base")):
            raise ValueError(f"the style {name!r} was made from another base model: fine-tune it again")
        return merge_adapters(base, adapters)
    if (home / WEIGHTS).is_file():
        return load_model(home)[0]
    names = ", ".join(style.name for style in list_styles(styles_folder))
    others = f", but {names}" if names else ", nor another: finetune makes one of a folder of MIDI files"
    raise ValueError(f"there is no style called {name!r}{others}")
