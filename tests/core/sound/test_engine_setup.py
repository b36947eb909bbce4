"""Another SoundFont or device while the music plays: heard, or refused with a reason, and the place is kept."""

import struct
from pathlib import Path

import numpy as np
import pytest

from core.music.song import Song, Track
from core.sound.devices import list_devices
from core.sound.engine import Engine
from core.sound.setup import NO_DEVICE, SoundFontRefused, SoundSetup
from core.sound.soundfonts import bundled_soundfont
from tests.core.sound.engines import HELD, level, running, wait_for, wait_samples
from tests.core.sound.jack import jack_server, needs_jack
from tests.core.sound.listening import BEAT, RATE, notes

LONG = Song(BEAT, (Track(notes((0, 200, 60)), program=19), Track(notes((0, 200, 43)), program=19)))


@pytest.fixture
def quiet_soundfont(tmp_path: Path) -> str:
    """The bundled SoundFont with every sample at a quarter of its level."""
    data = bytearray(bundled_soundfont().read_bytes())
    at = data.index(b"smpl", data.index(b"sdta"))
    size = struct.unpack_from("<I", data, at + 4)[0]
    samples = np.frombuffer(data, "<i2", size // 2, at + 8) // 4
    data[at + 8:at + 8 + size // 2 * 2] = samples.astype("<i2").tobytes()
    path = tmp_path / "quiet.sf2"
    path.write_bytes(data)
    return str(path)


def refusals(engine: Engine) -> list[SoundFontRefused]:
    return [one for one in engine.news() if isinstance(one, SoundFontRefused)]


def test_another_soundfont_is_heard_while_playing_and_the_place_is_kept(quiet_soundfont: str) -> None:
    with running(HELD, record_seconds=40) as engine:
        engine.play(0)
        wait_for(lambda: engine.state.tick > 2 * BEAT)
        for _ in range(4):  # a machine that is too busy just then gets another try
            before = engine.state
            engine.change_setup(SoundSetup(soundfont=quiet_soundfont))
            wait_for(lambda: engine.facts.soundfont == quiet_soundfont)
            wait_samples(engine, 1)
            after, heard = engine.state, engine.recorded()
            if after.underruns == before.underruns:
                break
            engine.change_setup(SoundSetup())
            wait_for(lambda: engine.facts.soundfont == "")
            wait_samples(engine, 1)
        assert after.playing and after.underruns == before.underruns
        seconds = (after.samples_played - before.samples_played) / RATE
        assert (after.tick - before.tick) / (2 * BEAT) == pytest.approx(seconds, abs=0.01), "the clock went on"
        loud, quiet = level(heard[before.samples_played - RATE // 4:before.samples_played]), level(heard[-RATE // 4:])
        assert 0.15 < quiet / loud < 0.4
        steps = np.abs(np.diff(heard[before.samples_played - RATE // 4:], axis=0)).max()
        assert steps < 2 * np.abs(np.diff(heard[before.samples_played - RATE // 4:before.samples_played], axis=0)).max()
        engine.change_setup(SoundSetup())
        wait_for(lambda: engine.facts.soundfont == "")
        wait_samples(engine, 1)
        assert level(engine.recorded()[-RATE // 4:]) > 0.8 * loud


def test_a_bad_soundfont_is_refused_with_its_reason_and_the_old_one_goes_on(tmp_path: Path) -> None:
    bad = tmp_path / "bad.sf2"
    bad.write_bytes(b"only words")
    with running(HELD) as engine:
        engine.play(0)
        wait_for(lambda: engine.state.tick > BEAT)
        loud = level(engine.recorded())
        engine.change_setup(SoundSetup(soundfont=str(bad)))
        found: list[SoundFontRefused] = []
        wait_for(lambda: found.extend(refusals(engine)) or found)
        assert "bad.sf2 is not a SoundFont but a text" in found[0].text and "before stays" in found[0].text
        assert engine.setup.soundfont == "" and engine.facts.soundfont == ""
        wait_samples(engine, 0.5)
        assert engine.state.playing and level(engine.recorded()[-RATE // 4:]) > 0.5 * loud


def test_a_soundfont_whose_disk_is_taken_away_gives_way_to_the_default_and_can_be_chosen_again(tmp_path: Path) -> None:
    own = tmp_path / "own.sf2"
    own.write_bytes(bundled_soundfont().read_bytes())
    with running(HELD, setup=SoundSetup(soundfont=str(own))) as engine:
        pid = engine.pid
        own.rename(tmp_path / "away.sf2")
        for _ in range(2):  # the next synthesizer was made before
            engine.play(0)
            wait_samples(engine, 0.5)
            engine.stop()
        assert engine.state.alive and engine.pid == pid and engine.facts.soundfont == ""
        assert "own.sf2 does not exist. The default SoundFont is used instead." in engine.state.message
        engine.play(0)
        at = engine.state.samples_played
        wait_samples(engine, 0.5)
        assert level(engine.recorded()[at:]) > 0.01
        (tmp_path / "away.sf2").rename(own)
        engine.change_setup(engine.setup)
        wait_for(lambda: engine.facts.soundfont == str(own))
        assert engine.state.message == ""


def test_of_soundfonts_chosen_in_a_hurry_the_last_one_stays(quiet_soundfont: str) -> None:
    with running(HELD) as engine:
        for path in (quiet_soundfont, "", quiet_soundfont, "", quiet_soundfont):
            engine.change_setup(SoundSetup(soundfont=path))
        wait_for(lambda: engine.facts.soundfont == quiet_soundfont)
        wait_samples(engine, 0.7)
        assert engine.facts.soundfont == quiet_soundfont


def test_another_buffer_goes_on_where_it_was() -> None:
    with running(LONG) as engine:
        engine.play(0)
        wait_for(lambda: engine.state.tick > 3 * BEAT)
        tick = engine.state.tick
        engine.change_setup(SoundSetup(latency=0.1))
        assert engine.state.playing and tick <= engine.state.tick < tick + BEAT
        wait_for(lambda: engine.state.tick > tick + BEAT)


def test_no_device_is_a_choice_that_needs_no_apology() -> None:
    with running(LONG, sink="device", setup=SoundSetup(device=NO_DEVICE)) as engine:
        assert engine.state.message == "" and engine.facts.device == "no device"
        engine.play(0)
        wait_for(lambda: engine.state.tick > BEAT)


@needs_jack
def test_devices_are_chosen_by_name_and_one_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server(monkeypatch):
        found = list_devices()
        assert found.default in found.outputs
        with running(LONG, sink="device", setup=SoundSetup(device="no longer there (JACK)")) as engine:
            assert "no longer there (JACK) is not there" in engine.state.message
            assert engine.facts.device == found.default, "the system's default plays instead"
            pid = engine.pid
            engine.change_setup(engine.setup)
            wait_for(lambda: engine.state.device)
            assert engine.pid != pid, "choosing it once more looks for it again"
            engine.play(0)
            wait_for(lambda: engine.state.tick > BEAT)
            tick = engine.state.tick
            engine.change_setup(SoundSetup(device=found.outputs[0], latency=0.05))
            wait_for(lambda: engine.state.device == found.outputs[0])
            assert engine.state.playing and engine.state.message == "" and engine.facts.latency > 0
            wait_for(lambda: engine.state.tick > tick + BEAT)


@needs_jack
def test_a_device_that_goes_away_pauses_says_so_and_can_be_chosen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with jack_server(monkeypatch) as server, running(LONG, sink="device") as engine:
        device = engine.state.device
        assert "JACK" in device
        engine.play(0)
        wait_for(lambda: engine.state.tick > 2 * BEAT)
        server.kill()
        server.wait()
        wait_for(lambda: engine.facts.lost)
        assert engine.facts.lost == device and f"{device} is gone, so playing has paused" in engine.state.message
        wait_for(lambda: not engine.state.playing)
        at = engine.state.tick
        assert at >= 2 * BEAT and engine.state.alive
        engine.play()
        wait_for(lambda: engine.state.tick > at + BEAT)
        engine.stop()
        with jack_server(monkeypatch):
            at = engine.state.tick
            engine.change_setup(engine.setup)
            wait_for(lambda: engine.state.device == device)
            assert not engine.facts.lost and engine.state.message == ""
            assert abs(engine.state.tick - at) < BEAT and not engine.state.playing
