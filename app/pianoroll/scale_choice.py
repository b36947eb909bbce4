"""The scale that the roll keeps to: one that was chosen, or the one that the notes tell."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.music.song import Song, Track
from core.music.theory import Key, estimated_key, key_named, key_of

FROM_NOTES = "from the notes"


class ScaleChoice(QObject):
    """``chosen`` is the name of a ``Key``, or ``FROM_NOTES``."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.chosen = FROM_NOTES
        self._song = Song()
        self._estimate: Key | None = None
        self._estimated_for: Song | None = None

    def choose(self, name: str) -> None:
        """A key's name; anything else is ``FROM_NOTES``."""
        name = name if key_named(name) else FROM_NOTES
        if name != self.chosen:
            self.chosen = name
            self.changed.emit()

    def show_song(self, song: Song) -> None:
        self._song = song

    @property
    def key(self) -> Key | None:
        """The chosen key, or the song's likely one; None where the notes tell none."""
        if chosen := key_named(self.chosen):
            return chosen
        if self._estimated_for is not self._song:
            self._estimate, self._estimated_for = key_of(self._song), self._song
        return self._estimate

    def key_for(self, track: Track | None) -> Key | None:
        """The same, but a drum track in a song without other notes still has steps to go by: its own."""
        return self.key or (estimated_key([track.notes]) if track is not None else None)
