"""The lists of devices and ports come from a process of its own, whatever happens there."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.sound import devices, midi_ports
from core.sound.devices import Devices, ask_devices, list_devices
from core.sound.midi_ports import MidiUnavailable, OutPort, output_ports, plain_name

ROOT = Path(__file__).parents[3]


def hang(connection) -> None:
    time.sleep(60)


def crash(connection) -> None:
    raise SystemExit(3)


def test_a_list_comes_back_and_nothing_is_written_on_the_terminal() -> None:
    code = ("from core.sound.devices import Devices, list_devices\nif __name__ == '__main__':\n"
            "    assert isinstance(list_devices(), Devices)\n    print('done')")
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert (run.stdout, run.stderr) == ("done\n", "")


def test_drivers_that_hang_or_crash_are_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "_main", hang)
    start = time.monotonic()
    assert "does not answer" in list_devices(patience=0.2).problem
    assert time.monotonic() - start < 10
    monkeypatch.setattr(devices, "_main", crash)
    assert "failed" in list_devices().problem


def test_without_portaudio_and_rtmidi_both_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = ask_devices()
    assert isinstance(found, Devices) and found.outputs == ()
    assert "PortAudio is not installed" in found.problem
    assert "pip install python-rtmidi" in found.midi_problem


class Service:
    """Stands in for python-rtmidi with one service: ``ports``, or an error of the library's."""

    API_RTMIDI_DUMMY, API_LINUX_ALSA = 5, 2

    def __init__(self, ports: list[str] | None) -> None:
        self.ports = ports

    def get_compiled_api(self) -> list[int]:
        return [5, 3]

    def MidiOut(self, service: int, name: str) -> "Service":
        if self.ports is None:
            raise OSError("error creating ALSA sequencer client object")
        return self

    def get_ports(self) -> list[str]:
        return self.ports

    def delete(self) -> None:
        """Nothing to free."""

    def open_virtual_port(self, name: str) -> None:
        raise NotImplementedError("virtual ports are not supported here")

    def open_port(self, index: int, name: str) -> None:
        self.opened = index


def use(monkeypatch: pytest.MonkeyPatch, ports: list[str] | None) -> Service:
    service = Service(ports)
    monkeypatch.setattr(midi_ports, "_library", lambda: service)
    return service


def test_a_service_that_does_not_run_has_no_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, None)
    assert output_ports() == []
    with pytest.raises(MidiUnavailable, match="port Piano cannot be opened: no MIDI service"):
        OutPort("Piano")


def test_a_port_is_known_by_its_name_without_the_numbers_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    service = use(monkeypatch, ["Ritornello:out 128:0", "Midi Through:Port-0 14:0", "Keys:Keys MIDI 1 24:0"])
    assert output_ports() == ["Midi Through:Port-0", "Keys:Keys MIDI 1"]
    assert OutPort("Keys:Keys MIDI 1").name == "Keys:Keys MIDI 1" and service.opened == 2
    assert plain_name("Device 1") == "Device 1"


def test_what_cannot_be_opened_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, ["Keys 20:0"])
    with pytest.raises(MidiUnavailable, match="port Gone cannot be opened: it is not there any more"):
        OutPort("Gone")
    with pytest.raises(MidiUnavailable, match="port of our own cannot be opened: virtual ports are not supported"):
        OutPort(midi_ports.VIRTUAL)
