"""Damaged files of every sort: a MidiError at the worst, and quickly."""

import random
import time
from pathlib import Path

import pytest

from core.files.bulk import read_notes
from core.files.midi import MidiError, midi_bytes, parse_midi, read_midi, read_midi_lenient
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, note


def _healthy(rng: random.Random) -> bytes:
    chunks = [chunk([(0, meta(0x51, b"\x07\xa1\x20")), (0, meta(0x58, b"\4\2\x18\x08")), (0, meta(0x59, b"\0\0"))])]
    for channel in range(rng.randrange(1, 5)):
        notes = [note(t := rng.randrange(20_000), t + rng.randrange(1, 900), rng.randrange(128), 64, channel)
                 for _ in range(rng.randrange(80))]
        chunks.append(chunk(in_order([(0, meta(3, b"name")), (0, bytes([0xC0 | channel, 7])), (0, b"\xf0\x03\1\2\xf7")],
                                     *notes)))
    return midi_file(*chunks)


def _damaged(data: bytes, rng: random.Random) -> bytes:
    out = bytearray(data)
    how = rng.randrange(4)
    if how == 0:
        return bytes(out[:rng.randrange(len(out))])
    if how == 1:
        for _ in range(rng.randrange(1, 20)):
            out[rng.randrange(len(out))] = rng.randrange(256)
    elif how == 2:
        at = rng.randrange(len(out))
        del out[at:at + rng.randrange(1, 30)]
    else:
        at = rng.randrange(len(out))
        out[at:at] = rng.randbytes(rng.randrange(1, 30))
    return bytes(out)


def _attack(path: Path, cases: int, seed: int) -> None:
    rng = random.Random(seed)
    opened = 0
    for _ in range(cases):
        path.write_bytes(_damaged(_healthy(rng), rng))
        for read in (read_midi, read_notes, lambda p: read_midi_lenient(p)[0]):
            start = time.process_time()
            try:
                song = read(path)
            except MidiError as error:
                assert str(path) in str(error)
                continue
            finally:
                assert time.process_time() - start < 2
            opened += 1
            assert song.bar_count >= 0
            if read is not read_notes:
                assert parse_midi(midi_bytes(song)) == song
    assert opened > cases / 2


def test_damaged_files_are_refused_or_opened(tmp_path: Path) -> None:
    _attack(tmp_path / "fuzz.mid", 300, seed=1)


@pytest.mark.slow
def test_many_damaged_files_are_refused_or_opened(tmp_path: Path) -> None:
    _attack(tmp_path / "fuzz.mid", 5_000, seed=2)


@pytest.mark.parametrize("body", [
    b"\xff" * 300_000, b"\x00\xf0" + b"\xff" * 300_000, b"MTrk\0\0\0\0" * 40_000, b"MTrk\xff\xff\xff\xff" * 40_000,
    b"\x00\xff\x01\x00" * 75_000])
def test_files_made_to_take_forever_do_not(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "evil.mid"
    path.write_bytes(midi_file(b"MTrk" + len(body).to_bytes(4, "big") + body, promised=65535))
    for read in (read_midi, read_midi_lenient):
        start = time.process_time()
        try:
            read(path)
        except MidiError:
            continue
        finally:
            assert time.process_time() - start < 2
