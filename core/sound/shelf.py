"""Fresh synthesizers, always one ahead, and the change to another SoundFont while the music goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from core.sound.setup import SoundFontRefused
from core.sound.synth import FluidSynth, SilentSynth, Synth, SynthUnavailable


@dataclass(frozen=True, eq=False)
class NewSound:
    """Two synthesizers with another SoundFont, loaded and ready: one for the song, one for the keys."""

    soundfont: str
    song: Synth
    keys: Synth


class SynthShelf:
    """Hands out fresh synthesizers at once, because the next is always being made in a thread.

    Falls back to the default SoundFont and then to silence; ``message`` says so. ``soundfont`` is the one in use, ""
    for the default.
    """

    def __init__(self, sample_rate: int, soundfont: str, silent: bool) -> None:
        self._rate, self.soundfont = sample_rate, soundfont
        self.message = ""
        self._wish = soundfont
        self._maker = None
        if not silent:
            self._maker = ThreadPoolExecutor(1, "synth")
            try:
                self._first = self._open()
            except SynthUnavailable as error:
                self.message = str(error)
                self._maker = None
        self._next: Future[Synth] | None = None

    @property
    def silent(self) -> bool:
        return self._maker is None

    def _open(self) -> Synth:
        try:
            return self._make(self.soundfont)
        except SynthUnavailable as error:
            if not self.soundfont:
                raise
            self.soundfont, self.message = "", f"{error} The default SoundFont is used instead."
            return self._make("")

    def _make(self, soundfont: str) -> Synth:
        return FluidSynth(self._rate, soundfont or None)

    def take(self) -> Synth:
        if self._maker is None:
            return SilentSynth()
        try:
            synth = self._first if self._next is None else self._next.result()
        except SynthUnavailable:  # the SoundFont was there before: its disk may have been taken away
            try:
                synth = self._open()
            except SynthUnavailable as error:
                self.message, self._maker = str(error), None
                return SilentSynth()
        self._next = self._maker.submit(self._make, self.soundfont)
        return synth

    def change(self, soundfont: str, done: Callable[[Any], None]) -> None:
        """Load another SoundFont in a thread, which takes what it takes. ``done`` gets a ``NewSound``, to be given to
        ``adopt``, or a ``SoundFontRefused``."""
        self._wish = soundfont

        def load() -> None:
            try:
                done(NewSound(soundfont, self._make(soundfont), self._make(soundfont)))
            except SynthUnavailable as error:
                done(SoundFontRefused(f"{error} The SoundFont before stays.", soundfont, self.soundfont))

        threading.Thread(target=load, name="soundfont", daemon=True).start()

    def adopt(self, new: NewSound) -> bool:
        """Hand out synthesizers like these from now on; ``new.song`` is the next. False when meanwhile yet another
        SoundFont was asked for."""
        if new.soundfont != self._wish:
            new.song.close()
            new.keys.close()
            return False
        if self._next is not None:
            self._next.add_done_callback(lambda made: made.exception() or made.result().close())
        self._maker = self._maker or ThreadPoolExecutor(1, "synth")
        self.soundfont, self._first, self._next = new.soundfont, new.song, None
        self.message = ""
        return True
