"""Hearing a take in place: the transport plays the song with the take in it, and gets the song back afterwards."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.assistant.drafts import Draft
from app.document import Document
from app.playback import Playback


class Audition(QObject):
    """At most one take is heard at a time. Ends when the transport stops or the song changes."""

    changed = Signal(object)
    """The draft that is heard, or None."""

    def __init__(self, document: Document, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._playback = playback
        self._draft: Draft | None = None
        playback.playingChanged.connect(self._on_playing_changed)
        document.songChanged.connect(self._on_song_changed)

    @property
    def draft(self) -> Draft | None:
        return self._draft

    def start(self, draft: Draft) -> None:
        """Play the take from a bar before it. Going from one take to another keeps the position.

        Raises ValueError where the take does not fit the song any more.
        """
        song = draft.so_far().applied_to(self._document.song)
        is_switch = self._draft is not None
        self._draft = draft
        self._playback.set_song(song)
        if not is_switch:
            first = min(bar for bar, _ in draft.request.cells)
            self._playback.locate(int(song.timebase.bar_start(max(0, first - 1))))
            self._playback.play()
        self.changed.emit(draft)

    def stop(self) -> None:
        """Stop playing, if a take is heard."""
        if self._draft is not None:
            self._playback.stop()
            self._end()

    def refresh(self, draft: Draft) -> None:
        """More of the take has been written: let it be heard."""
        if draft is self._draft:
            self._playback.set_song(draft.so_far().applied_to(self._document.song))

    def _on_playing_changed(self, playing: bool) -> None:
        if not playing:
            self._end()

    def _on_song_changed(self) -> None:
        self._end()

    def _end(self) -> None:
        if self._draft is not None:
            self._draft = None
            self._playback.set_song(self._document.song)
            self.changed.emit(None)
