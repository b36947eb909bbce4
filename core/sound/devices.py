"""Which devices and MIDI ports there are, asked in a process that ends at once.

PortAudio looks for devices only once in a process, its drivers can hang or bring the process down, and all of them
write on the terminal: so nobody who has something to lose should ask them.
"""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection

PATIENCE_SECONDS = 20.0
"""A busy machine may need seconds to start a process; a driver that needs longer will not answer."""


@dataclass(frozen=True)
class Devices:
    """Sound outputs by ``device_name`` (``default`` is the system's own choice, or empty) and MIDI ports by name.

    ``problem`` and ``midi_problem`` say in a sentence why there are none, where that is known.
    """

    outputs: tuple[str, ...] = ()
    default: str = ""
    problem: str = ""
    midi_outputs: tuple[str, ...] = ()
    midi_inputs: tuple[str, ...] = ()
    midi_problem: str = ""


def list_devices(patience: float = PATIENCE_SECONDS) -> Devices:
    """What can be chosen now. Takes about half a second; never raises."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_main, args=(theirs,), name="device list", daemon=True)
    process.start()
    theirs.close()
    try:
        return mine.recv() if mine.poll(patience) else Devices(problem="The sound system does not answer.")
    except (EOFError, OSError):
        return Devices(problem="The sound system failed when it was asked for its devices.")
    finally:
        mine.close()
        process.kill()
        process.join()


def _main(connection: Connection) -> None:
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    connection.send(ask_devices())
    connection.close()
    os._exit(0)  # a driver's farewell may hang


def ask_devices() -> Devices:
    """The same, asked in this process."""
    from core.sound.midi_ports import MidiUnavailable, input_ports, output_ports
    from core.sound.sink import SinkUnavailable, output_devices

    outputs, default, problem = (), "", ""
    try:
        outputs, default = output_devices()
    except SinkUnavailable as error:
        problem = str(error)
    try:
        return Devices(outputs, default, problem, tuple(output_ports()), tuple(input_ports()))
    except MidiUnavailable as error:
        return Devices(outputs, default, problem, midi_problem=str(error))
