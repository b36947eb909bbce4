"""Files that are dropped on the window."""

from __future__ import annotations

from pathlib import Path

from app.files import SONG_SUFFIXES


def dropped_path(event) -> Path | None:
    """The first song among the files of a drag, None if there is none."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() in SONG_SUFFIXES), None)
