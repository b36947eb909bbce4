"""Thousands of damaged and absurd files: each is read, or refused with a reason, soon and in little memory.

They are read in a process of its own, which a crash, a hang or too much memory would end.
"""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.corpus.scan import Rejected, encode_file
from core.files.bulk import MAX_CHANGES, MAX_NOTES, read_columns
from core.files.errors import MidiError
from tests.core.files.midi_builder import chunk, in_order, meta, midi_file, note

ROOT = Path(__file__).parents[3]
SECONDS, MEGABYTES = 2.0, 200

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is limited by Linux's means")


def read_damaged(folder: Path, cases: int, seed: int) -> dict:
    command = [sys.executable, "-m", "tests.core.corpus.read_damaged", str(folder), str(cases), str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    why = "reading hangs" if done.returncode == -signal.SIGXCPU else f"exit {done.returncode}"
    assert done.returncode == 0, f"{why}; the file is {folder / 'damaged.mid'}\n{done.stderr[-3000:]}"
    return json.loads(done.stdout)


def check(found: dict, cases: int) -> None:
    for name, counts in found["outcomes"].items():
        assert counts["read"] + counts["refused"] == cases
        assert min(counts.values()) > cases / 20, (name, counts)  # else the files are too tame, or too broken
    assert max(found["slowest"].values()) < SECONDS, found["slowest"]
    assert found["megabytes"] < MEGABYTES


@linux
@pytest.mark.timeout(600)
def test_damaged_files_are_read_or_refused(tmp_path):
    check(read_damaged(tmp_path, 200, seed=1), 200)


@linux
@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_many_damaged_files_are_read_or_refused(tmp_path):
    found = read_damaged(tmp_path, 5_000, seed=2)
    print(json.dumps(found))
    check(found, 5_000)


# -- absurd on purpose -------------------------------------------------------------------------------

FAR = 2**28 - 1
MUSIC = [event for onset in range(0, 64 * 96, 96) for event in note(onset, onset + 90)]


def refusal(tmp_path: Path, data: bytes) -> str:
    (tmp_path / "absurd.mid").write_bytes(data)
    result = encode_file(tmp_path / "absurd.mid")
    assert isinstance(result, Rejected)
    return result.reason


@pytest.mark.parametrize(("data", "said"), [
    (midi_file(chunk(in_order([(0, meta(0x58, b"\1\6\x18\x08"))], MUSIC, note(FAR, FAR + 9))), ticks_per_beat=1),
     "bars for 65 notes"),
    (midi_file(chunk(in_order(*[note(0, FAR, pitch, 64, channel) for pitch in range(128) for channel in range(16)])),
               ticks_per_beat=1), "sound far longer"),
    (midi_file(chunk([*[(FAR * n, b"\xb0\7\7") for n in range(9)], *note(FAR * 9, FAR * 9 + 96)])), "time runs away"),
    (midi_file(chunk([(tick, meta(0x58, b"\4\2\x18\x08")) for tick in range(MAX_CHANGES + 1)]), chunk(MUSIC)),
     "65,537 meter changes"),
    (midi_file(chunk([(tick, meta(0x51, b"\7\xa1\x20")) for tick in range(MAX_CHANGES + 1)]), chunk(MUSIC)),
     "65,537 tempo changes"),
    (midi_file(*[chunk(note(0, 96))] * 2_000), "2,000 tracks"),
], ids=["bars", "sounding", "ticks", "meters", "tempos", "tracks"])
def test_what_is_larger_than_any_music_is_refused_for_it(tmp_path, data, said):
    assert said in refusal(tmp_path, data)


def test_more_notes_than_any_music_are_refused(tmp_path):
    path = tmp_path / "black.mid"
    events = b"\0\x90\x40\x40" + b"\1\x40\0\0\x40\x40" * (MAX_NOTES + 1)
    path.write_bytes(midi_file(b"MTrk" + (len(events) + 4).to_bytes(4, "big") + events + b"\0\xff\x2f\0"))
    with pytest.raises(MidiError, match="1,048,577 notes"):
        read_columns(path)


def test_a_broken_file_is_refused_for_what_is_broken(tmp_path):
    data = midi_file(chunk(MUSIC), chunk(MUSIC))
    assert refusal(tmp_path, data[:-5]) == "is cut off inside track 2: 5 bytes are missing"
