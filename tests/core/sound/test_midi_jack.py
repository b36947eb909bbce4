"""Through true MIDI ports (JACK's): a thousand notes out of the engine and into it, none lost, and when they arrive."""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from core.music.recording import KeyEvent, recorded_notes
from core.music.song import Song, Track, make_notes
from core.sound.engine import Engine
from core.sound.midi_ports import VIRTUAL, input_ports, output_ports
from core.sound.setup import KeyHeard, Notice, SoundSetup
from tests.core.sound.engines import level, running, wait_for, wait_samples
from tests.core.sound.jack import jack_server, needs_jack
from tests.core.sound.listening import BEAT, RATE

pytestmark = needs_jack
rtmidi = pytest.importorskip("rtmidi")

COUNT, STEP = 1000, 5
"""So many notes, ``STEP`` ticks apart: 192 a second."""

PITCHES = [36 + i * 7 % 60 for i in range(COUNT)]
ONSETS = [BEAT + i * STEP for i in range(COUNT)]
THOUSAND = Song(BEAT, tuple(
    Track(make_notes(ONSETS[t::4], [STEP] * (COUNT // 4), PITCHES[t::4], [80] * (COUNT // 4)), program=t * 8)
    for t in range(4)))
MILLISECONDS_PER_TICK = 500 / BEAT


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with jack_server(monkeypatch, "-S", "-t", "5000"):
        yield


@pytest.fixture
def port() -> Iterator[Callable]:
    """Makes a virtual port of another program, ``kind`` MidiIn or MidiOut, called Witness."""
    made = []

    def make(kind: str):
        made.append(getattr(rtmidi, kind)(rtmidi.API_UNIX_JACK, "Witness"))
        made[-1].open_virtual_port("port")
        return made[-1]

    yield make
    for one in made:
        one.delete()


def news(engine: Engine, kind: type) -> list:
    return [one for one in engine.news() if isinstance(one, kind)]


def report(what: str, milliseconds: np.ndarray) -> None:
    middle, most = np.median(milliseconds), np.percentile(milliseconds, 99)
    print(f"\n{what}: median {middle:.1f} ms, 99 in 100 within {most:.1f} ms, last {milliseconds.max():.1f} ms")


def test_a_thousand_notes_go_out_and_come_in_and_the_delay_is_that_of_the_ports() -> None:
    """The engine listens to its own port: what it hears has gone all the way out and in again."""
    with running(THOUSAND, setup=SoundSetup(midi_output=VIRTUAL, midi_input="Ritornello:out")) as engine:
        wait_for(lambda: engine.facts.midi_input)
        engine.play(0, endless=True)
        heard: list[KeyHeard] = []
        wait_for(lambda: heard.extend(news(engine, KeyHeard)) or sum(k.status == 0x80 for k in heard) >= COUNT, 60)
    downs = [key for key in heard if key.status == 0x90]
    assert [key.a for key in downs] == PITCHES
    assert all(key.b == 80 and key.moving for key in downs)
    late = (np.array([key.tick for key in downs]) - ONSETS) * MILLISECONDS_PER_TICK
    report("MIDI out and in again, by the sample clock", late)
    assert np.median(late) < 60 and late.min() > -15
    events = [KeyEvent(key.tick, key.a, key.b if key.status == 0x90 else 0) for key in heard
              if key.status in (0x80, 0x90)]
    assert len(recorded_notes(events, events[-1].tick)) == COUNT


def test_another_program_gets_every_note_in_order_and_in_time(port: Callable) -> None:
    got: list[tuple[float, list[int]]] = []
    port("MidiIn").set_callback(lambda event, _: got.append((time.perf_counter(), event[0])))
    with running(THOUSAND) as engine:
        assert "Witness:port" in output_ports()
        engine.change_setup(SoundSetup(midi_output="Witness:port"))
        wait_for(lambda: engine.facts.midi_output == "Witness:port")
        engine.play(0)
        wait_for(lambda: sum(message[0] & 0xF0 == 0x80 for _, message in got) >= COUNT, 60)
    downs = [(at, message) for at, message in got if message[0] & 0xF0 == 0x90]
    assert [message[1] for _, message in downs] == PITCHES
    assert {message[0] & 15 for _, message in downs} == {0, 1, 2, 3}
    programs = {message[0] & 15: message[1] for _, message in got if message[0] & 0xF0 == 0xC0}
    assert programs == {0: 0, 1: 8, 2: 16, 3: 24}
    times = np.array([at for at, _ in downs]) * 1000
    stray = np.abs(times - times[0] - (np.array(ONSETS) - ONSETS[0]) * MILLISECONDS_PER_TICK)
    stray -= stray.min()
    report("MIDI out, away from the even beat", stray)
    assert np.median(stray) < 40


def test_stopping_lets_go_of_every_note_outside(port: Callable) -> None:
    got: list[list[int]] = []
    port("MidiIn").set_callback(lambda event, _: got.append(event[0]))
    held = Song(BEAT, (Track(make_notes([0], [100 * BEAT], [60], [90])),))
    with running(held, setup=SoundSetup(midi_output="Witness:port")) as engine:
        wait_for(lambda: engine.facts.midi_output)
        engine.play(0)
        wait_for(lambda: [0x90, 60, 90] in got)
        engine.stop()
        wait_for(lambda: [0xB0, 123, 0] in got and any(m[:2] == [0x80, 60] for m in got))


def test_a_keyboard_sounds_at_once_and_a_thousand_of_its_notes_arrive(port: Callable) -> None:
    keyboard = port("MidiOut")
    assert "Witness:port" in input_ports()
    with running(setup=SoundSetup(midi_input="Witness:port")) as engine:
        wait_for(lambda: engine.facts.midi_input == "Witness:port")
        engine.set_keys(19, False)
        at = engine.state.samples_played
        keyboard.send_message([0x90, 60, 100])
        wait_samples(engine, 0.5)
        heard = np.abs(engine.recorded()[at:]).max(axis=1)
        assert np.argmax(heard > 0.1 * heard.max()) / RATE < 0.15 and level(heard) > 0.01
        keyboard.send_message([0x80, 60, 0])
        found: list[KeyHeard] = []
        for i in range(COUNT):
            keyboard.send_message([0x90 if i % 2 == 0 else 0x80, PITCHES[i // 2], 70])
            if i % 8 == 7:
                time.sleep(0.005)
        wait_for(lambda: found.extend(news(engine, KeyHeard)) or len(found) >= COUNT + 2)
    assert [(key.status, key.a) for key in found[2:]] == [
        (0x90 if i % 2 == 0 else 0x80, PITCHES[i // 2]) for i in range(COUNT)]
    assert not any(key.moving for key in found)


def test_a_port_that_is_not_there_is_told_and_the_song_plays(port: Callable) -> None:
    with running(THOUSAND, setup=SoundSetup(midi_output="Nowhere:port")) as engine:
        said: list[Notice] = []
        wait_for(lambda: said.extend(news(engine, Notice)) or said)
        assert "Nowhere:port cannot be opened: it is not there" in said[0].text
        engine.play(0)
        wait_for(lambda: engine.state.tick > BEAT)
        assert engine.facts.midi_output == ""
        engine.change_setup(SoundSetup(midi_output="Witness:port"))
        wait_for(lambda: any("Witness:port" in one.text for one in news(engine, Notice)))
        port("MidiIn")
        engine.change_setup(engine.setup)
        wait_for(lambda: engine.facts.midi_output == "Witness:port")
