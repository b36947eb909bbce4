"""MIDI ports of the system through python-rtmidi, which need not be installed: then every port is missing, and why is
said. Importing this module loads no library."""

from __future__ import annotations

import contextlib
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

VIRTUAL = "virtual"
"""The name that asks for a port of our own, to which other programs connect."""

CLIENT = "Ritornello"
ALSA_SEQUENCER = "/dev/snd/seq"
NO_LIBRARY = ("MIDI ports need the package python-rtmidi, which is not installed. Install it with "
              f"`{sys.executable} -m pip install python-rtmidi` and start the program again.")

POLL_SECONDS = 0.002

OnMessage = Callable[[tuple[int, ...]], None]


class MidiUnavailable(RuntimeError):
    """The port cannot be opened. The message says which and why in a sentence."""


def output_ports() -> list[str]:
    """The ports that music can be sent to, by name. Raises MidiUnavailable without python-rtmidi."""
    return _names("MidiOut")


def input_ports() -> list[str]:
    """The ports that music can come from, by name. Raises MidiUnavailable without python-rtmidi."""
    return _names("MidiIn")


class OutPort:
    """An open port. ``send`` takes one message as bytes; what a port that has gone away is sent, is lost."""

    def __init__(self, name: str) -> None:
        """Raises MidiUnavailable."""
        self.name = name
        self._port = _open("MidiOut", name)

    def send(self, message: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._port.send_message(message)

    def close(self) -> None:
        _close(self._port)


class InPort:
    """An open port. ``on_message`` gets each channel message, in a thread of the port's own.

    It asks the library every ``POLL_SECONDS``. A callback would run in the thread in which the system delivers the
    messages; Python can make that wait, and JACK drops what a client that is late should have got.
    """

    def __init__(self, name: str, on_message: OnMessage) -> None:
        """Raises MidiUnavailable."""
        self.name = name
        self._port, self._on_message = _open("MidiIn", name), on_message
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="midi in", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        _close(self._port)

    def _listen(self) -> None:
        while not self._closing.wait(POLL_SECONDS):
            while (event := self._port.get_message()) is not None:
                self._on_message(tuple(event[0]))


def _library() -> ModuleType:
    try:
        import rtmidi
    except ImportError as error:
        raise MidiUnavailable(NO_LIBRARY) from error
    return rtmidi


def _clients(kind: str) -> Iterator[Any]:
    """A client for each of the system's MIDI services that runs. A service that does not raises SystemError, an
    OSError of rtmidi's own."""
    rtmidi = _library()
    for service in rtmidi.get_compiled_api():
        if service == rtmidi.API_RTMIDI_DUMMY:
            continue
        if service == rtmidi.API_LINUX_ALSA and sys.platform == "linux" and not os.path.exists(ALSA_SEQUENCER):
            continue
        try:
            with _hushed():
                client = getattr(rtmidi, kind)(service, CLIENT)
        except (OSError, ValueError):
            continue
        yield client


def _names(kind: str) -> list[str]:
    names: dict[str, None] = {}
    for client in _clients(kind):
        with contextlib.suppress(OSError):
            names |= dict.fromkeys(map(plain_name, client.get_ports()))
        client.delete()
    return [name for name in names if not name.startswith(CLIENT)]


def _open(kind: str, name: str) -> Any:
    reason = "no MIDI service of this system answers"
    for client in _clients(kind):
        try:
            if name == VIRTUAL:
                client.open_virtual_port("out" if kind == "MidiOut" else "in")
                return client
            ports = client.get_ports()
            chosen = [index for index, port in enumerate(ports) if name in (port, plain_name(port))]
            if chosen:
                client.open_port(chosen[0], "out" if kind == "MidiOut" else "in")
                return client
            reason = "it is not there any more"
        except (OSError, NotImplementedError) as error:  # Windows knows no virtual ports
            reason = str(error).rstrip(".")
        client.delete()
    shown = "of our own" if name == VIRTUAL else name
    raise MidiUnavailable(f"The MIDI port {shown} cannot be opened: {reason}.")


def _close(port: Any) -> None:
    with contextlib.suppress(OSError):
        port.close_port()
    port.delete()


def plain_name(port: str) -> str:
    """A port's name without the numbers that ALSA gives anew each time: ``Keys:Keys MIDI 1 20:0``."""
    return re.sub(r" \d+:\d+$", "", port)


@contextlib.contextmanager
def _hushed() -> Iterator[None]:
    """The libraries of ALSA and JACK complain on the terminal when their service does not run."""
    try:
        kept = os.dup(2)
    except OSError:
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
