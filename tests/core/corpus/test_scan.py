"""Which files of a folder can be learned from, and what is said of the others."""

import os
from pathlib import Path

import numpy as np
import pytest

from core.corpus.scan import (
    MAX_TRACKS,
    MIN_PULSE,
    Found,
    Reason,
    Rejected,
    collection_of,
    encode_file,
    find_midi_files,
    pulse,
    walk_midi_files,
)
from core.files.midi import write_midi
from core.music.columns import columns_of
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter
from core.tokens.encoder import encode
from tests.core.tokens.songs import dense_song


def test_midi_files_are_found_at_any_depth_in_order(tmp_path):
    for name in ("b.mid", "a/z.MIDI", "a/song.kar", "a/notes.txt", "c/d/e.Mid"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.mid").mkdir()
    found = [path.relative_to(tmp_path).as_posix() for path in find_midi_files(tmp_path)]
    assert found == ["a/song.kar", "a/z.MIDI", "b.mid", "c/d/e.Mid"]


def test_the_walk_is_in_the_order_of_whole_paths_and_tells_size_and_time(tmp_path):
    names = ["a.mid", "a/b.mid", "a b/c.mid", "a/b/z.mid", "a-b/c.mid", "B.mid", "ä.mid", "a/" + "deep/" * 60 + "x.mid"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * len(name))
    found = list(walk_midi_files(tmp_path))
    assert [one.path for one in found] == sorted(names, key=lambda name: [part.encode() for part in name.split("/")])
    assert all(one.size == len(one.path) and one.mtime_ns == (tmp_path / one.path).stat().st_mtime_ns for one in found)
    assert [tmp_path / one.path for one in found] == find_midi_files(tmp_path) == sorted(tmp_path / n for n in names)
    assert collection_of("a/b/z.mid") == "a" and collection_of("B.mid") == ""


def test_links_to_files_are_followed_and_loops_are_not(tmp_path):
    (tmp_path / "song.mid").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.mid").symlink_to(tmp_path / "song.mid")
    (tmp_path / "folder" / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.mid").symlink_to(tmp_path / "nowhere")
    assert [one.path for one in walk_midi_files(tmp_path)] == ["folder/link.mid", "song.mid"]


def test_a_folder_that_cannot_be_looked_into_is_said_and_the_others_are_walked(tmp_path, monkeypatch):
    for name in ("a/one.mid", "closed/two.mid", "d/three.mid"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"x")
    scandir = os.scandir

    def guarded(path):
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found = list(walk_midi_files(tmp_path))
    assert [one.path for one in found] == ["a/one.mid", "closed", "d/three.mid"]
    assert found[1] == Found("closed", 0, 0, "Permission denied")
    assert len(find_midi_files(tmp_path)) == 2


@pytest.mark.parametrize("name", ["missing", "file.mid"])
def test_a_folder_that_is_none_is_an_error(tmp_path, name):
    (tmp_path / "file.mid").write_bytes(b"")
    with pytest.raises(NotADirectoryError, match=name):
        find_midi_files(tmp_path / name)


def test_a_good_file_becomes_its_cells(tmp_path):
    song = dense_song(bars=6, tracks=3)
    write_midi(song, tmp_path / "good.mid")
    encoded = encode_file(tmp_path / "good.mid")
    wanted = encode(song, drum_durations=False)
    assert np.array_equal(encoded.tokens, wanted.tokens)
    assert np.array_equal(encoded.cell_bar, wanted.cell_bar)
    assert encoded.programs.tolist() == [0, 1, 128]


def reason(path: Path, kind: Reason | None = None) -> str:
    result = encode_file(path)
    assert isinstance(result, Rejected)
    assert result.path == path and kind in (None, result.kind)
    assert "\n" not in result.reason
    return result.reason


@pytest.mark.parametrize(("song", "said"), [
    (Song(), "no notes"),
    (dense_song(bars=5, tracks=1, notes_a_bar=1), "only 5 notes"),
    (dense_song(bars=3, tracks=2), "only 3 bars"),
    (dense_song(bars=4, tracks=MAX_TRACKS + 2, notes_a_bar=1), f"{MAX_TRACKS + 2} tracks"),
    (Song(tracks=dense_song(bars=140, tracks=1).tracks, meters=tuple(Meter(480 * i) for i in range(560))),
     "meter changes"),
    (Song(tracks=(Track(make_notes(np.arange(64) * 480 * 100 + 480 * 50, np.full(64, 60), [60] * 64, [80] * 64)),),
          meters=(Meter(0, 100, 4),)), "bars are too long"),
    (Song(1, (Track(make_notes(np.arange(16) * 500_000, np.full(16, 1), [60] * 16, [80] * 16)),)), "1,875,001 bars"),
], ids=["empty", "few notes", "few bars", "many tracks", "meters", "long bars", "a billion bars"])
def test_what_cannot_be_learned_from_is_left_out_with_the_reason(tmp_path, song, said):
    write_midi(song, tmp_path / "song.mid")
    assert said in reason(tmp_path / "song.mid")


@pytest.mark.parametrize(("damage", "kind"), [
    (lambda data: b"", Reason.EMPTY), (lambda data: b"RIFF" + data, Reason.BROKEN),
    (lambda data: data[:len(data) // 2], Reason.BROKEN), (lambda data: b"just some text", Reason.BROKEN),
], ids=["0 bytes", "RIFF", "truncated", "text"])
def test_broken_files_and_other_files_are_left_out(tmp_path, damage, kind):
    path = tmp_path / "song.mid"
    write_midi(dense_song(bars=8, tracks=2), path)
    path.write_bytes(damage(path.read_bytes()))
    assert reason(path, kind)


def test_a_file_that_is_not_there_is_left_out(tmp_path):
    assert reason(tmp_path / "gone.mid", Reason.UNREADABLE)


def played(onsets: np.ndarray) -> Song:
    """Notes at these beats."""
    ticks = np.round(onsets * 480).astype(np.int64)
    return Song(480, (Track(make_notes(ticks, np.full(len(ticks), 100), np.full(len(ticks), 60),
                                       np.full(len(ticks), 80))),))


@pytest.mark.parametrize("subdivision", [1, 2, 3, 4, 6, 8])
def test_a_human_take_to_a_click_has_a_pulse(tmp_path, subdivision):
    onsets = np.arange(300) / subdivision + np.random.default_rng(subdivision).normal(0.05, 0.02, 300)
    assert pulse(columns_of(played(np.maximum(0, onsets)))) > 3 * MIN_PULSE
    write_midi(played(np.maximum(0, onsets)), tmp_path / "take.mid")
    assert not isinstance(encode_file(tmp_path / "take.mid"), Rejected)


def test_a_take_without_a_click_is_left_out_unless_it_is_too_short_to_tell(tmp_path):
    free = np.cumsum(np.random.default_rng(0).uniform(0.2, 0.8, 300))
    write_midi(played(free), tmp_path / "free.mid")
    assert "metronome (pulse 0.0" in reason(tmp_path / "free.mid", Reason.OFF_GRID)
    write_midi(played(free[:60]), tmp_path / "short.mid")
    assert not isinstance(encode_file(tmp_path / "short.mid"), Rejected)


def test_rhythms_no_beat_explains_stay_where_they_are_on_the_grid(tmp_path):
    """Each onset on the grid, but anywhere there: that is how a score may look, not how a recording does."""
    points = np.array([0, 3, 4, 6, 8, 9, 12, 15, 16, 18, 20, 21]) / 24
    rng = np.random.default_rng(0)
    write_midi(played(np.arange(300) + rng.choice(points, 300)), tmp_path / "score.mid")
    assert not isinstance(encode_file(tmp_path / "score.mid"), Rejected)
