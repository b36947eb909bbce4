"""What memory gains: repeats are found wherever they stand, cells are told apart by where, and the page says it."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.corpus.build import build_store
from core.corpus.store import SongEntry, Store, write_store
from core.evaluation.findings import memory as page
from core.evaluation.findings import memory_trial as trials
from core.evaluation.findings.memory import MEMORIES, MemoryOutcome, difference, lengths_section, section
from core.evaluation.remembering import (
    INSIDE,
    KINDS,
    NEW,
    OUTSIDE,
    SongBits,
    bits_by_kind,
    held_out_steps,
    read_held_out,
)
from core.evaluation.repeats import Repeats
from core.model.checkpoint import save_model
from core.model.memories import Memories
from core.music.song import Song, Track, make_notes
from core.tokens.encoder import encode
from core.training.start import with_memories
from tests.core.evaluation.songs import write_corpus
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import little_songs

TUNE = ((0, 60), (480, 64), (720, 67), (1440, 65))


def song_of(bars: dict[int, tuple], drum: bool = False) -> Song:
    notes = [(bar * 1920 + onset, pitch) for bar, tune in sorted(bars.items()) for onset, pitch in tune]
    onset, pitch = zip(*notes)
    return Song(tracks=(Track(notes=make_notes(onset, [240] * len(notes), pitch, [80] * len(notes)), is_drum=drum),))


def shifted(tune, semitones):
    return tuple((onset, pitch + semitones) for onset, pitch in tune)


def test_a_repeat_is_found_in_any_key_and_a_change_lessens_it():
    other = ((0, 60), (240, 50), (960, 71), (1200, 40))
    song = encode(song_of({0: TUNE, 1: shifted(TUNE, -5), 2: other, 3: TUNE[:3], 5: (*TUNE[:3], (1440, 66))}))
    assert Repeats(song).likeness(0).tolist() == [1.0, 1.0, 0.25, 0.75, 0.75]


def test_drums_are_not_transposed():
    song = encode(song_of({0: TUNE, 1: shifted(TUNE, 1), 2: TUNE}, drum=True))
    assert Repeats(song).likeness(0).tolist() == [1.0, 0.0, 1.0]


def tune_of(seed: int) -> tuple:
    rng = np.random.default_rng(seed)
    return tuple(zip((np.sort(rng.choice(16, 5, replace=False)) * 120).tolist(), rng.integers(40, 80, 5).tolist()))


def test_cells_are_told_apart_by_where_their_nearest_repeat_is():
    """Eight bars that are all different, then the same eight again: what is asked of the second eight is outside."""
    tunes = [tune_of(seed) for seed in range(8)]
    song = encode(song_of({bar: tunes[bar % 8] for bar in range(16)}), drum_durations=False)
    context = 230
    steps = held_out_steps(song, 0, context, 8)
    kinds = [(int(step.window[step.window[:, 0] > 5][0, 5]), kind) for step in steps for kind in step.kinds.tolist()]
    assert {kind for time, kind in kinds if time >= 8 * 96} == {OUTSIDE}
    assert NEW in {kind for time, kind in kinds if time == 0} or INSIDE in {kind for time, kind in kinds if time == 0}


@torch.inference_mode()
def test_every_bit_is_counted_once_and_rows_do_not_matter(tmp_path):
    write_store(tmp_path / "store", ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(little_songs() * 2)))
    songs = read_held_out(Store(tmp_path / "store"), 5, 128, 3)
    model = with_memories(tiny_model(context=128), 64, 2)
    memories = Memories(model.config, 1, 512)
    together, alone = bits_by_kind(model, songs, memories, rows=5), bits_by_kind(model, songs, memories, rows=1)
    off = bits_by_kind(model, songs, None)
    for a, b, c, steps in zip(together, alone, off, songs):
        assert a.bits == pytest.approx(b.bits, rel=1e-4) and a.notes == b.notes == c.notes
        assert sum(a.notes.values()) == sum(int(step.notes.sum()) for step in steps)
        assert a.bits != pytest.approx(c.bits, rel=1e-4)
    uniform = replace_logits(model)
    tokens = sum(len(step.window) - step.answer_start for step in songs[0] if len(step.kinds))
    assert sum(bits_by_kind(uniform, songs[:1], None)[0].bits.values()) == pytest.approx(
        tokens * math.log2(model.config.vocabulary_size), rel=1e-4)


def replace_logits(model):
    uniform = tiny_model(context=128)
    torch.nn.init.zeros_(uniform.output_norm.weight)
    return uniform


def outcome_of(seed: int, gain: float) -> MemoryOutcome:
    rng = np.random.default_rng(seed)
    off = [SongBits({kind: float(40 + rng.random()) for kind in KINDS}, dict.fromkeys(KINDS, 10)) for _ in range(12)]
    on = [replace(song, bits=song.bits | {OUTSIDE: song.bits[OUTSIDE] - gain}) for song in off]
    return MemoryOutcome(5, 1000, on, off)


def test_the_page_says_which_memory_helps_and_which_does_not():
    outcomes = {memory: [outcome_of(seed, 10.0 * (memory == "segments")) for seed in range(3)] for memory in MEMORIES}
    text = "\n".join(section(outcomes, 2.5, (0, 1, 2)))
    assert "*segments*, where the nearest repeat lies outside the window: fewer bits per note by 1.000" in text
    assert "*retrieval*, where the nearest repeat lies outside the window: no difference" in text
    gap, chance = difference([o.on for o in outcomes["segments"]], [o.off for o in outcomes["segments"]], [OUTSIDE])
    assert gap.value == pytest.approx(-1.0) and chance < 0.001


def test_memories_of_other_lengths_are_measured_once_with_the_weights_of_one(tmp_path, monkeypatch):
    for name, value in {"CONTEXT": 128, "ROWS": 2, "HELD_OUT_SONGS": 3, "LONGEST": 3, "OTHER_LENGTHS": (400, 512),
                        "MEMORIES": {"segments": (64, 0)}, "fastest_precision": lambda: "32-true"}.items():
        monkeypatch.setattr(trials, name, value)
    monkeypatch.setattr(page, "LENGTH", 64)
    build_store(write_corpus(tmp_path / "corpus"), tmp_path / "train", processes=1)
    (tmp_path / "valid").symlink_to(tmp_path / "train")
    save_model(tmp_path / "base", tiny_model(context=128), {})
    lines = lengths_section(tmp_path, 0.002, 3, tmp_path / "base")
    rows = {line.split(" | ")[0].strip("| "): line.split(" | ")[1:] for line in lines if line.startswith("| ")}
    assert list(rows) == ["positions", "---", "0", "64", "400", "512"]
    assert rows["400"] == rows["512"] != rows["64"]  # both remember all that is read of a song
    assert rows["0"][:4] != rows["64"][:4] != rows["400"][:4]
    monkeypatch.setattr(trials, "train", None)
    monkeypatch.setattr(trials, "bits_by_kind", None)
    assert lengths_section(tmp_path, 0.002, 3, tmp_path / "base") == lines
