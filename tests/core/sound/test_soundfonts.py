"""A bad SoundFont is refused for what is wrong with it, and the good ones are found where systems keep them."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.sound import soundfonts
from core.sound.soundfonts import (
    SoundFontError,
    bundled_soundfont,
    check_soundfont,
    default_soundfont,
    find_soundfonts,
)
from core.sound.synth import FluidSynth, SynthUnavailable, load_library

RATE = 44100
GOOD = bundled_soundfont().read_bytes()


def as_compressed(data: bytes) -> bytes:
    """The SoundFont with the version of an .sf3."""
    at = data.index(b"ifil") + 8
    return data[:at] + b"\x03\x00" + data[at + 2:]


def without_chunk(data: bytes, kind: bytes) -> bytes:
    at = data.index(b"LIST", 12)
    while data[at + 8:at + 12] != kind:
        at += 8 + int.from_bytes(data[at + 4:at + 8], "little")
    return data[:at] + b"JUNK" + data[at + 4:]


def scrambled(data: bytes) -> bytes:
    """All chunks in place, with lengths that FluidSynth cannot make sense of inside the presets' chunk."""
    at = data.index(b"phdr")
    return data[:at + 4] + b"\x07\x00\x00\x00" + data[at + 8:]


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "text": (lambda: b"These are the notes I took.\n", "not a SoundFont but a text"),
    "midi": (lambda: b"MThd\0\0\0\6\0\0\0\1\0\x60", "not a SoundFont but a MIDI file"),
    "wav": (lambda: b"RIFF\x24\0\0\0WAVEfmt ", "another kind of RIFF"),
    "noise": (lambda: bytes(range(128, 228)), r"is not a SoundFont\."),
    "zip": (lambda: b"PK\x03\x04" + bytes(20), "unpack it first"),
    "truncated": (lambda: GOOD[:len(GOOD) // 2], "was cut short"),
    "almost whole": (lambda: GOOD[:-1], "was cut short"),
    "no samples": (lambda: without_chunk(GOOD, b"sdta"), "has no sdta"),
    "no presets": (lambda: without_chunk(GOOD, b"pdta"), "has no pdta"),
    "presets damaged": (lambda: scrambled(GOOD), "damaged"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_soundfont_is_refused_with_its_name_and_reason(tmp_path: Path, kind: str) -> None:
    made, reason = BAD[kind]
    path = tmp_path / "mine.sf2"
    path.write_bytes(made())
    with pytest.raises(SynthUnavailable, match=rf"mine\.sf2.*{reason}|{reason}") as refused:
        FluidSynth(RATE, path)
    assert str(path) in str(refused.value)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SynthUnavailable, match="is a folder"):
        FluidSynth(RATE, tmp_path)
    with pytest.raises(SynthUnavailable, match=r"gone\.sf2 does not exist"):
        FluidSynth(RATE, tmp_path / "gone.sf2")


def test_a_compressed_soundfont_that_this_fluidsynth_cannot_read_is_told_apart_from_a_damaged_one(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "small.sf3"
    path.write_bytes(as_compressed(GOOD))
    assert check_soundfont(path).compressed
    monkeypatch.setattr(load_library().Synth, "sfload", lambda *arguments: -1)
    with pytest.raises(SynthUnavailable, match=r"small\.sf3 has compressed samples.*Choose an \.sf2"):
        FluidSynth(RATE, path)


def test_a_good_one_tells_its_name() -> None:
    facts = check_soundfont(bundled_soundfont())
    assert facts.name == "TimGM6mb" and not facts.compressed


@given(st.data())
def test_no_bytes_make_the_check_fail_in_another_way(tmp_path_factory: pytest.TempPathFactory, data) -> None:
    path = tmp_path_factory.getbasetemp() / "any.sf2"
    head = bytearray(GOOD[:600])
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, 599), st.integers(0, 255)), max_size=8)):
        head[at] = value
    whole = b"RIFF" + len(head).to_bytes(4, "little") + bytes(head[8:]) + bytes(8)
    path.write_bytes(data.draw(st.sampled_from([bytes(head), whole])))
    with pytest.raises(SoundFontError):
        check_soundfont(path)


def test_the_bundled_one_is_the_default_and_comes_first() -> None:
    assert default_soundfont() == bundled_soundfont() == find_soundfonts()[0]


@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_soundfonts_are_found_in_the_usual_places_once_each(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    place = next(p for p in soundfonts.usual_places() if tmp_path in p.parents)
    (place / "Some Pack").mkdir(parents=True)
    (place / "a.sf2").write_bytes(b"")
    (place / "Some Pack" / "b.SF3").write_bytes(b"")
    (place / "readme.txt").write_bytes(b"")
    if platform != "win32":
        (place / "c.sf2").symlink_to(place / "a.sf2")
    assert [p.name for p in find_soundfonts() if tmp_path in p.parents] in (["a.sf2", "b.SF3"], ["c.sf2", "b.SF3"])


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(soundfonts, "usual_places", lambda: [tmp_path / "file", tmp_path / "none"])
    assert find_soundfonts() == [bundled_soundfont()]


def test_a_good_soundfont_still_sounds() -> None:
    instrument = FluidSynth(RATE, bundled_soundfont())
    instrument.note_on(0, 60, 100)
    out = np.empty((6400, 2), np.float32)
    instrument.write(out)
    assert np.abs(out).max() > 0.01
