"""FluidSynth gives the same samples every time, and says plainly when it cannot."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from core.sound import synth
from core.sound.synth import FluidSynth, SynthUnavailable, soft_limit

RATE = 44100


def rendered(instrument: FluidSynth, frames: int) -> np.ndarray:
    out = np.empty((frames, 2), np.float32)
    instrument.write(out)
    return out


def struck(channel: int = 0) -> np.ndarray:
    instrument = FluidSynth(RATE)
    instrument.note_on(channel, 60, 100)
    return rendered(instrument, 6400)


def test_two_alike_give_the_same_samples() -> None:
    first = struck()
    assert np.abs(first).max() > 0.01
    assert np.array_equal(first, struck())


def test_channels_beyond_the_sixteenth_sound() -> None:
    assert np.abs(struck(channel=200)).max() > 0.01


def test_the_limiter_leaves_quiet_samples_alone_and_keeps_loud_ones_below_one() -> None:
    loud = np.linspace(-4, 4, 2001, dtype=np.float32).reshape(-1, 1).repeat(2, axis=1)
    limited = loud.copy()
    soft_limit(limited)
    quiet = np.abs(loud) <= 0.8
    assert np.array_equal(limited[quiet], loud[quiet])
    assert np.abs(limited).max() <= 1
    assert (np.diff(limited[:, 0]) >= 0).all()


def test_without_a_soundfont_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synth, "default_soundfont", lambda: None)
    with pytest.raises(SynthUnavailable, match="No SoundFont"):
        FluidSynth(RATE)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "fluidsynth", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    monkeypatch.setattr(synth, "carried_library", lambda: None)
    monkeypatch.delenv("HOMEBREW_PREFIX", raising=False)
    with pytest.raises(SynthUnavailable, match="libfluidsynth3"):
        FluidSynth(RATE)


def test_a_library_inside_a_wheel_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert synth.carried_library() is None or Path(synth.carried_library()).is_file()
    library = tmp_path / "pygame_ce.libs" / "libfluidsynth-1a2b3c.so.3.2.0"
    library.parent.mkdir()
    library.write_bytes(b"")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert synth.carried_library() == str(library)


def test_the_import_says_nothing_even_in_ci(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setenv("CI", "true")
    monkeypatch.delitem(sys.modules, "fluidsynth", raising=False)
    synth.load_library()
    FluidSynth(RATE).close()
    assert capsys.readouterr().out == ""


def test_others_may_have_imported_the_library_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "fluidsynth", raising=False)
    importlib.import_module("fluidsynth")
    assert np.abs(struck()).max() > 0.01
