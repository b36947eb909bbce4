"""The system's clipboard: notes, or bars of tracks. Another window can paste them, at another resolution too."""

from __future__ import annotations

import json

import numpy as np
from PySide6.QtCore import QByteArray, QMimeData

from core.music.cells import CellClip, ClipPart
from core.music.song import EMPTY_NOTES, NOTE_DTYPE, Track, freeze_notes

MIME_TYPE = "application/x-ritornello-notes"
CELLS_TYPE = "application/x-ritornello-cells"
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


def cells_to_mime(clip: CellClip) -> QMimeData:
    """A line of JSON, and the notes of one track after another."""
    tracks = [{"below": part.below, "notes": len(part.track.notes), "program": part.track.program,
               "is_drum": part.track.is_drum, "name": part.track.name, "volume": part.track.volume,
               "pan": part.track.pan} for part in clip.parts]
    head = json.dumps({"ticks_per_beat": clip.ticks_per_beat, "bars": clip.bars, "ticks": clip.ticks,
                       "tracks": tracks})
    data = QMimeData()
    data.setData(CELLS_TYPE, QByteArray(b"\n".join([head.encode(), b"".join(part.track.notes.tobytes()
                                                                            for part in clip.parts)])))
    return data


def cells_from_mime(data: QMimeData) -> CellClip | None:
    """The bars on the clipboard, None when there are none."""
    if data is None or not data.hasFormat(CELLS_TYPE):
        return None
    head, _, table = data.data(CELLS_TYPE).data().partition(b"\n")
    try:
        facts = json.loads(head)
        rows = np.frombuffer(table, dtype=NOTE_DTYPE)
        parts, at = [], 0
        for fact in facts["tracks"]:
            count = fact.pop("notes")
            parts.append(ClipPart(fact.pop("below"), Track(freeze_notes(rows[at:at + count]), **fact)))
            at += count
        return CellClip(facts["ticks_per_beat"], facts["bars"], facts["ticks"], tuple(parts))
    except (ValueError, TypeError, KeyError):  # of another version of the program
        return None
