"""The engine's MIDI ports: they are opened in a thread, because that can take longer than the sound may wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from core.sound.midi_out import HeardClock, MidiOut
from core.sound.midi_ports import InPort, MidiUnavailable, OutPort
from core.sound.setup import Notice, UseMidi


@dataclass(frozen=True)
class FromKeyboard:
    """``message``, which came while sample ``heard`` of the stream was heard."""

    heard: int
    message: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class PortsOpened:
    """To be given to ``Outside.adopt``. A port that is None stays as it is; "" is none."""

    output: OutPort | str | None
    input: InPort | str | None


class Outside:
    """The ports in use. ``put`` takes, in any thread, what the thread that renders has to deal with."""

    def __init__(self, out: MidiOut, heard: HeardClock, put: Callable[[Any], None]) -> None:
        self._out, self._heard, self._put = out, heard, put
        self._in: InPort | None = None
        self._wish = UseMidi("", "")

    @property
    def input(self) -> str:
        """The port that is listened to, or empty."""
        return "" if self._in is None else self._in.name

    def use(self, wish: UseMidi) -> None:
        """Open the ports that differ from those in use. They come back through ``put``, a refusal as a ``Notice``."""
        before, self._wish = self._wish, wish

        def open_them() -> None:
            output = self._opened(OutPort, "output", wish) if wish.output != before.output else None
            input_ = self._opened(self._listen, "input", wish) if wish.input != before.input else None
            self._put(PortsOpened(output, input_))

        if wish != before:
            threading.Thread(target=open_them, name="midi ports", daemon=True).start()

    def _opened(self, kind: Callable[[str], Any], side: str, wish: UseMidi) -> Any:
        name = getattr(wish, side)
        try:
            return kind(name) if name else ""
        except MidiUnavailable as error:
            if getattr(self._wish, side) == name:  # so that asking for it again tries again
                self._wish = replace(self._wish, **{side: ""})
            self._put(Notice(str(error)))
            return ""

    def _listen(self, name: str) -> InPort:
        return InPort(name, lambda message: self._put(FromKeyboard(int(self._heard.now()), message)))

    def adopt(self, opened: PortsOpened) -> None:
        """Use these ports from now on and let go of those before."""
        if opened.output is not None:
            self._out.use(opened.output or None)
        if opened.input is not None:
            if self._in is not None:
                threading.Thread(target=self._in.close, name="midi in", daemon=True).start()
            self._in = opened.input or None

    def close(self) -> None:
        self._out.close()
        if self._in is not None:
            self._in.close()
            self._in = None
