"""Hearing a take in place: the transport plays the song with the take in it, and gets the song back afterwards.

From one take to another the music goes on: the other one comes in with the next bar.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.assistant.drafts import Draft, TakeDoesNotFit, what_changed
from app.document import Document
from app.playback import Playback
from core.music.song import Song


class Audition(QObject):
    """At most one take is heard at a time. Ends when the transport stops or the song changes."""

    changed = Signal(object)
    """The draft that is heard, or None."""
    refused = Signal(str)
    """Why a take cannot be heard, as a sentence."""

    def __init__(self, document: Document, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._playback = playback
        self._draft: Draft | None = None
        playback.playingChanged.connect(self._on_playing_changed)
        document.songChanged.connect(self._end)

    @property
    def draft(self) -> Draft | None:
        return self._draft

    def start(self, draft: Draft) -> None:
        """Play the take from a bar before it. While another is heard, or the song plays there already, the take comes
        in with the next bar instead."""
        try:
            what_changed(draft, [], self._document.song)
        except TakeDoesNotFit as problem:
            self.refused.emit(str(problem))
            self.changed.emit(self._draft)
            return
        song = draft.so_far().applied_to(self._document.song)
        start, end = _surroundings(draft, song)
        in_place = self._draft is not None or (self._playback.playing and start <= self._playback.tick < end)
        self._draft = draft
        self._playback.set_song(song, at_bar=in_place)
        if not in_place:
            self._playback.play(start)
        self.changed.emit(draft)

    def stop(self) -> None:
        """Stop playing, if a take is heard."""
        if self._draft is not None:
            self._playback.stop()

    def refresh(self, draft: Draft) -> None:
        """More of the take has been written: let it be heard from the next bar on."""
        if draft is self._draft:
            self._playback.set_song(draft.so_far().applied_to(self._document.song), at_bar=True)

    def _on_playing_changed(self, playing: bool) -> None:
        if not playing and self._draft is not None:
            self._playback.set_song(self._document.song)
            self._end()

    def _end(self) -> None:
        """After a change of the song the transport already has, or is about to get, the new one."""
        if self._draft is not None:
            self._draft = None
            self.changed.emit(None)


def _surroundings(draft: Draft, song: Song) -> tuple[int, int]:
    """The ticks from a bar before the take to its end."""
    bars = [bar for bar, _ in draft.request.cells]
    return int(song.timebase.bar_start(max(0, min(bars) - 1))), int(song.timebase.bar_end(max(bars)))
