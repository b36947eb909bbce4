"""The models a request can name: the base model and the styles fine-tuned from it."""

from __future__ import annotations

from pathlib import Path

from core.model.checkpoint import load_model
from core.model.transformer import Transformer


class ModelLibrary:
    """Loads the base model at once and each style when it is first asked for."""

    def __init__(self, model_folder: Path, styles_folder: Path) -> None:
        self.styles_folder = Path(styles_folder)
        self.base, card = load_model(model_folder)
        self.description = f"{card.get('name', 'base model')}, {self.base.parameter_count / 1e6:.1f} M parameters"
        self._style = ""
        self._style_model: Transformer | None = None

    def model(self, style: str = "") -> Transformer:
        """The model of a style, or the base model for an empty name. Raises ValueError for an unknown style."""
        if not style:
            return self.base
        if style != self._style or self._style_model is None:
            from core.training.finetune import load_style

            self._style_model = load_style(self.base, self.styles_folder, style)
            self._style = style
        return self._style_model
