"""continue and infill on a corpus of real files, looked at with other readers than our own.

    RITORNELLO_CORPUS=FOLDER [RITORNELLO_MODEL=FOLDER] python3 main.py test tests/core/cli/test_on_real_songs.py --slow

A collection is a folder in the corpus. The first and the last file of each are tried.
"""

import os
from collections import Counter, defaultdict, deque
from pathlib import Path

import mido
import numpy as np
import pretty_midi
import pytest

from core.cli import main
from core.files.midi import read_midi
from core.folders import BASE_MODEL

CORPUS = os.environ.get("RITORNELLO_CORPUS")
MODEL = os.environ.get("RITORNELLO_MODEL", str(BASE_MODEL))
FILES_OF_A_COLLECTION = 2

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def real_files():
    for folder in sorted(path for path in Path(CORPUS or "/nowhere").glob("*") if path.is_dir()):
        files = sorted(folder.rglob("*.mid"))
        picks = np.linspace(0, len(files) - 1, min(FILES_OF_A_COLLECTION, len(files))).astype(int)
        yield from (pytest.param(files[pick], id=f"{folder.name}-{files[pick].stem}") for pick in picks)


REAL_FILES = list(real_files())


def parts(path):
    """With mido: for each chunk its notes (tick, channel, pitch, velocity, end) and its other events (tick, event)."""
    found = []
    for chunk in mido.MidiFile(path, clip=True).tracks:
        tick, notes, others, open_notes = 0, [], [], defaultdict(deque)
        for message in chunk:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                open_notes[message.channel, message.note].append((tick, message.velocity))
            elif message.type in ("note_on", "note_off"):
                if waiting := open_notes[message.channel, message.note]:
                    onset, velocity = waiting.popleft()
                    notes.append((onset, message.channel, message.note, velocity, tick))
            elif message.type != "end_of_track":
                others.append((tick, message.copy(time=0).bytes()))
        found.append((notes, others))
    return found


def check_take(source, take, first, last, tracks):
    """Everything that a user is promised about a take of bars ``first`` to ``last`` (from 0) on ``tracks``."""
    song, written = read_midi(source), read_midi(take)
    start, end = int(song.timebase.bar_start(first)), int(song.timebase.bar_end(last))
    assert pretty_midi.PrettyMIDI(str(take)).instruments
    before, after = parts(source), parts(take)
    assert len(before) == len(after)
    channels = {song.tracks[track].channel for track in tracks}
    for (old_notes, old_others), (new_notes, new_others) in zip(before, after):
        assert old_others == new_others
        changed = Counter(old_notes)
        changed.subtract(new_notes)
        for (onset, channel, *_), count in changed.items():
            assert not count or (channel in channels and start <= onset < end)
    for index, (old, new) in enumerate(zip(song.tracks, written.tracks)):
        outside_old, outside_new = (notes[(notes["onset"] < start) | (notes["onset"] >= end)]
                                    for notes in (old.notes, new.notes))
        assert np.array_equal(outside_old, outside_new)
        if index not in tracks:
            assert old == new
    assert (written.meters, written.tempos) == (song.meters, song.tempos)
    for track in tracks:
        bars = set(written.timebase.bar_at(written.tracks[track].notes["onset"]).tolist())
        assert set(range(first, last + 1)) <= bars
    return [written.tracks[track].notes for track in tracks]


def check_on_the_grid(song, notes, start, end):
    """New notes stand on 32nds or triplet sixteenths of their own bar."""
    onsets = notes["onset"][(notes["onset"] >= start) & (notes["onset"] < end)]
    within = onsets - song.timebase.bar_start(song.timebase.bar_at(onsets))
    twelfths = [(2 * n * song.ticks_per_beat + 24) // 48 for n in (0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21)]
    assert set((within % song.ticks_per_beat).tolist()) <= set(twelfths)


@pytest.mark.parametrize("source", REAL_FILES)
def test_continue(source, tmp_path):
    song = read_midi(source)
    command = ["continue", str(source), "--bars", "2", "--takes", "2", "--seed", "1", "--model", MODEL, "-o"]
    for run in ("one", "two"):
        assert main([*command, str(tmp_path / run)]) == 0
    tracks = [index for index, track in enumerate(song.tracks) if len(track.notes)]
    for number in (1, 2):
        take = tmp_path / "one" / f"{source.stem}-take{number}.mid"
        first = song.bar_count
        for notes in check_take(source, take, first, first + 1, tracks):
            check_on_the_grid(song, notes, song.timebase.bar_start(first), song.timebase.bar_end(first + 1))
        assert take.read_bytes() == (tmp_path / "two" / take.name).read_bytes()


@pytest.mark.parametrize("source", REAL_FILES)
def test_infill(source, tmp_path):
    song = read_midi(source)
    first = min(8, song.bar_count // 2)
    last = min(first + 1, song.bar_count - 1)
    sounding = [index for index, track in enumerate(song.tracks) if len(track.notes)]
    tracks = sounding[-2:]
    command = ["infill", str(source), "--bars", f"{first + 1}-{last + 1}", "--takes", "2", "--seed", "1",
               "--tracks", ",".join(str(track + 1) for track in tracks), "--model", MODEL, "-o"]
    for run in ("one", "two"):
        assert main([*command, str(tmp_path / run)]) == 0
    for number in (1, 2):
        take = tmp_path / "one" / f"{source.stem}-take{number}.mid"
        for notes in check_take(source, take, first, last, tracks):
            check_on_the_grid(song, notes, song.timebase.bar_start(first), song.timebase.bar_end(last))
        assert take.read_bytes() == (tmp_path / "two" / take.name).read_bytes()
