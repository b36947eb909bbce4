"""Fine-tuned styles as they lie on disk: one folder a style, its facts in ``style.json``. Imports no torch."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

STYLE_FILE = "style.json"
ADAPTERS = "adapters.safetensors"
"""A style's weights when it was made with low-rank adapters; a whole model otherwise."""
NAME_PATTERN = re.compile(r"\w(?:[\w .-]{0,38}\w)?")
RESERVED_NAMES = {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}


@dataclass(frozen=True)
class Style:
    """What is known of a style. ``before`` and ``after``: bits per note on the folder's own held-out songs.

    ``date``: when it was made, ISO 8601. ``method``: ``lora`` or ``full``.
    """

    name: str
    before: float
    after: float
    train_songs: int
    held_out_songs: int
    date: str
    method: str

    @property
    def proof(self) -> str:
        """``3.03 → 2.85 bits per note on 6 held-out songs``."""
        songs = f"{self.held_out_songs} held-out song{'' if self.held_out_songs == 1 else 's'}"
        return f"{self.before:.2f} → {self.after:.2f} bits per note on {songs}"


def check_style_name(name: str) -> str:
    """The name without surrounding blanks. Raises ValueError where it cannot be the name of a folder everywhere."""
    name = name.strip()
    if not NAME_PATTERN.fullmatch(name) or name.split(".")[0].lower() in RESERVED_NAMES:
        raise ValueError("a style's name has 1 to 40 letters, digits, blanks, dots or dashes, "
                         "and starts and ends with a letter or a digit")
    return name


def style_folder(folder: str | Path, name: str) -> Path:
    """Where the style ``name`` lies among the styles of ``folder``. Raises ValueError for an impossible name."""
    return Path(folder) / check_style_name(name)


def write_style(folder: str | Path, style: Style) -> Path:
    """Write the facts of a style and return its folder. Raises OSError where it cannot be written."""
    home = style_folder(folder, style.name)
    home.mkdir(parents=True, exist_ok=True)
    draft = home / f"{STYLE_FILE}.part"
    draft.write_text(json.dumps(asdict(style), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(home / STYLE_FILE)
    return home


def list_styles(folder: str | Path) -> list[Style]:
    """The styles of a folder by name. A folder that is missing has none; one that cannot be read is left out."""
    styles = []
    for file in Path(folder).glob(f"*/{STYLE_FILE}"):
        try:
            facts = json.loads(file.read_text(encoding="utf-8"))
            style = Style(**{field.name: facts[field.name] for field in fields(Style)})
            datetime.fromisoformat(style.date)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if style.name == file.parent.name:
            styles.append(style)
    return sorted(styles, key=lambda style: style.name.casefold())
