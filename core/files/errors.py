"""What the readers of this room raise."""

from __future__ import annotations

from os import PathLike, fspath


class FileError(ValueError):
    """A file that cannot be read or written. The message names the file and the reason, in one line."""

    def __init__(self, path: str | PathLike[str], reason: str) -> None:
        super().__init__(f"{fspath(path)}: {reason}")
        self.path = fspath(path)
        self.reason = reason

    def __reduce__(self):
        return type(self), (self.path, self.reason)


class MidiError(FileError):
    """A MIDI file that cannot be read or written."""


class ProjectError(FileError):
    """A project file that cannot be read or written."""
