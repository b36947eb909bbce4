"""Arrays on disk that grow: ``.npy`` files written piece by piece, and songs as bytes on their way to them."""

from __future__ import annotations

import os
import struct
from dataclasses import fields
from pathlib import Path

import numpy as np

from core.tokens.encoder import EncodedSong

DTYPES = {"tokens": "<u2", "slots": "|u1", "cell_start": "<i8", "cell_bar": "<i4", "cell_track": "<u2",
          "cell_notes": "<i4", "bar_units": "<i8", "bar_meter": "|u1", "bar_tempo": "|u1", "programs": "|u1"}
COLUMNS = tuple(field.name for field in fields(EncodedSong))
_LENGTHS = struct.Struct(f"<{len(COLUMNS)}Q")


class GrowingArray:
    """An array on disk to which rows are added. Holds none of them; whole once it is closed."""

    def __init__(self, path: Path, dtype: str, row_shape: tuple[int, ...] = ()) -> None:
        self._dtype, self._row_shape, self._rows = np.dtype(dtype), row_shape, 0
        self._file = open(path, "wb")
        self._write_header()
        self._start = self._file.tell()

    def add(self, rows: np.ndarray) -> None:
        """Add rows of the array's own kind."""
        rows = np.ascontiguousarray(rows, dtype=self._dtype)
        self._file.write(rows.tobytes())
        self._rows += len(rows)

    def close(self) -> None:
        """Say in the header how many rows there are, and see to it that all is on the disk."""
        self._file.seek(0)
        self._write_header()
        if self._file.tell() != self._start:  # numpy leaves room for more digits than a disk can hold
            raise RuntimeError("the header of an .npy file has outgrown its place")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()

    def _write_header(self) -> None:
        np.lib.format.write_array_header_1_0(self._file, {
            "descr": self._dtype.str, "fortran_order": False, "shape": (self._rows, *self._row_shape)})


def song_to_bytes(song: EncodedSong) -> bytes:
    """A song's columns, one after another, behind their lengths."""
    columns = [np.ascontiguousarray(getattr(song, name), dtype=DTYPES[name]) for name in COLUMNS]
    return b"".join([_LENGTHS.pack(*map(len, columns)), *(column.tobytes() for column in columns)])


def song_from_bytes(data: bytes) -> EncodedSong:
    """The song in ``song_to_bytes``. Raises ValueError for other bytes."""
    if len(data) < _LENGTHS.size:
        raise ValueError("these bytes are no song")
    at, columns = _LENGTHS.size, {}
    for name, length in zip(COLUMNS, _LENGTHS.unpack_from(data)):
        end = at + length * np.dtype(DTYPES[name]).itemsize
        if end > len(data):
            raise ValueError("these bytes are no song")
        columns[name] = np.frombuffer(data[at:end], dtype=DTYPES[name])
        at = end
    return EncodedSong(**columns)
