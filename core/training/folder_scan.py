"""What a folder offers to fine-tuning, before anything is trained. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.training.finetune_messages import FolderReport


def scan_folder(folder: Path) -> FolderReport:
    """Which files of a folder can be learned from. Raises NotADirectoryError if it is not a folder."""
    usable, rejected = [], []
    for path in find_midi_files(Path(folder)):
        result = encode_file(path)
        if isinstance(result, Rejected):
            rejected.append((str(path), result.reason))
        else:
            usable.append(str(path))
    return FolderReport(tuple(usable), tuple(rejected))
