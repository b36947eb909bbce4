"""Which files of a folder can be learned from, and what is said of the others."""

from pathlib import Path

import numpy as np
import pytest

from core.corpus.scan import MAX_TRACKS, Rejected, encode_file, find_midi_files
from core.files.midi import write_midi
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


def reason(path: Path) -> str:
    result = encode_file(path)
    assert isinstance(result, Rejected)
    assert result.path == path
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
], ids=["empty", "few notes", "few bars", "many tracks", "meters", "long bars"])
def test_what_cannot_be_learned_from_is_left_out_with_the_reason(tmp_path, song, said):
    write_midi(song, tmp_path / "song.mid")
    assert said in reason(tmp_path / "song.mid")


@pytest.mark.parametrize("damage", [lambda data: b"", lambda data: b"RIFF" + data, lambda data: data[:len(data) // 2],
                                    lambda data: b"just some text"], ids=["0 bytes", "RIFF", "truncated", "text"])
def test_broken_files_and_other_files_are_left_out(tmp_path, damage):
    path = tmp_path / "song.mid"
    write_midi(dense_song(bars=8, tracks=2), path)
    path.write_bytes(damage(path.read_bytes()))
    assert reason(path)


def test_a_file_that_is_not_there_is_left_out(tmp_path):
    assert reason(tmp_path / "gone.mid")
