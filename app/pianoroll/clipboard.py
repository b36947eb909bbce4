"""Notes on the system's clipboard: they can be pasted into another window, or a song of another resolution."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QByteArray, QMimeData

from core.music.song import EMPTY_NOTES, NOTE_DTYPE, freeze_notes

MIME_TYPE = "application/x-ritornello-notes"
_HEADER = 4


def to_mime(notes: np.ndarray, ticks_per_beat: int) -> QMimeData:
    data = QMimeData()
    packed = int(ticks_per_beat).to_bytes(_HEADER, "little") + notes.tobytes()
    data.setData(MIME_TYPE, QByteArray(packed))
    return data


def from_mime(data: QMimeData, ticks_per_beat: int) -> np.ndarray:
    """The notes in ticks of a song with ``ticks_per_beat``; empty when there are none on the clipboard."""
    packed = data.data(MIME_TYPE).data() if data is not None and data.hasFormat(MIME_TYPE) else b""
    if len(packed) <= _HEADER or (len(packed) - _HEADER) % NOTE_DTYPE.itemsize:
        return EMPTY_NOTES
    theirs = int.from_bytes(packed[:_HEADER], "little")
    notes = np.frombuffer(packed[_HEADER:], dtype=NOTE_DTYPE).copy()
    for name in ("onset", "duration"):
        notes[name] = np.round(notes[name] * (ticks_per_beat / theirs))
    return freeze_notes(notes)
