"""Stores of encoded songs: what is written is read, whole or not at all, and damage is one clear sentence."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.corpus.columns import DTYPES, song_from_bytes, song_to_bytes
from core.corpus.store import COLUMNS, SongEntry, Store, StoreError, bring_back, write_store
from core.tokens.encoder import EncodedSong, encode
from tests.core.tokens.songs import dense_song

SONGS = [encode(dense_song(bars=4 + i, tracks=1 + i, seed=i), drum_durations=False) for i in range(4)]


def entries() -> Iterator[tuple[SongEntry, EncodedSong]]:
    return ((SongEntry(f"{i}.mid", "some"), song) for i, song in enumerate(SONGS))


def assert_same(one: EncodedSong, other: EncodedSong) -> None:
    for name in COLUMNS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert getattr(one, name).dtype == getattr(other, name).dtype, name


def test_what_is_written_is_read(tmp_path):
    assert write_store(tmp_path / "store", entries()) == len(SONGS)
    store = Store(tmp_path / "store")
    assert len(store) == len(SONGS)
    assert store.token_counts().tolist() == [len(song.tokens) for song in SONGS]
    for index, song in enumerate(SONGS):
        assert_same(store[index], song)


def test_songs_of_a_store_can_be_written_to_another(tmp_path):
    write_store(tmp_path / "store", entries())
    store = Store(tmp_path / "store")
    write_store(tmp_path / "other", ((store.entries[i], store[i]) for i in (2, 0)))
    assert_same(Store(tmp_path / "other")[0], SONGS[2])


def failing() -> Iterator[tuple[SongEntry, EncodedSong]]:
    yield next(entries())
    raise KeyboardInterrupt


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        write_store(tmp_path / "store", failing())
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_store_that_was_there(tmp_path):
    write_store(tmp_path / "store", entries())
    with pytest.raises(KeyboardInterrupt):
        write_store(tmp_path / "store", failing())
    assert len(Store(tmp_path / "store")) == len(SONGS)


def test_a_store_is_replaced_whole(tmp_path):
    write_store(tmp_path / "store", entries())
    write_store(tmp_path / "store", [(SongEntry("x.mid", ""), SONGS[3])])
    assert len(Store(tmp_path / "store")) == 1


def test_a_folder_of_other_things_is_never_replaced(tmp_path):
    precious = tmp_path / "documents" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("three years")
    with pytest.raises(FileExistsError, match="documents"):
        write_store(precious.parent, entries())
    assert precious.read_text() == "three years"


def test_an_empty_folder_may_become_a_store(tmp_path):
    (tmp_path / "store").mkdir()
    write_store(tmp_path / "store", entries())
    assert len(Store(tmp_path / "store")) == len(SONGS)


def cut(path: Path, keep: int) -> None:
    path.write_bytes(path.read_bytes()[:keep])


def change_index(**facts):
    def change(folder: Path) -> None:
        path = folder / "store.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | facts))
    return change


def change_array(name: str, change):
    """Writes a whole .npy file, and the index to match its size: damage that only its contents show."""
    def damage(folder: Path) -> None:
        np.save(folder / name, change(np.load(folder / name)))
        sizes = {path.name: path.stat().st_size for path in folder.iterdir() if path.name != "store.json"}
        change_index(files=sizes)(folder)
    return damage


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "store.json").unlink(),
    lambda folder: (folder / "tokens.npy").unlink(),
    lambda folder: (folder / "bounds.npy").unlink(),
    lambda folder: cut(folder / "store.json", 20),
    lambda folder: (folder / "store.json").write_bytes(b"\xff\xfe"),
    lambda folder: (folder / "store.json").write_text("[]"),
    lambda folder: cut(folder / "tokens.npy", 300),
    lambda folder: cut(folder / "tokens.npy", 0),
    lambda folder: cut(folder / "bar_units.npy", 40),
    lambda folder: cut(folder / "bounds.npy", 130),
    lambda folder: cut(folder / "paths.npy", 130),
    change_index(files=None),
    change_index(files={"../secret": 1}),
    change_index(collections=[]),
    change_index(collections=7),
    change_array("tokens.npy", lambda a: a[:-1]),
    change_array("tokens.npy", lambda a: a.astype(np.float32)),
    change_array("cell_start.npy", lambda a: a[1:]),
    change_array("bounds.npy", lambda a: a[:-1]),
    change_array("bounds.npy", lambda a: a[::-1]),
    change_array("bounds.npy", lambda a: a * np.array([-1, 1, 1, 1])),
    change_array("bounds.npy", lambda a: a[:, 0]),
    change_array("path_bounds.npy", lambda a: a + 1),
    change_array("collections.npy", lambda a: a - 1),
    change_array("collections.npy", lambda a: a[:1]),
], ids=["no index", "no column", "no bounds", "half an index", "not text", "other JSON", "truncated column",
        "empty column", "half a header", "truncated bounds", "truncated paths", "no files", "a path outside",
        "no collections", "a number for names", "short column", "other type", "short starts", "fewer bounds",
        "bounds backwards", "negative bounds", "flat bounds", "paths elsewhere", "collection below none",
        "fewer collections"])
def test_a_damaged_store_is_one_clear_error(tmp_path, damage):
    write_store(tmp_path / "store", entries())
    damage(tmp_path / "store")
    with pytest.raises(StoreError, match=r"store.* encode the corpus again") as caught:
        Store(tmp_path / "store")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("version", "said"), [(1, "an older version"), (99, "newer"), ("x", "another")])
def test_a_store_of_another_version_says_so(tmp_path, version, said):
    write_store(tmp_path / "store", entries())
    change_index(version=version)(tmp_path / "store")
    with pytest.raises(StoreError, match=f"{said}.* encode the corpus again"):
        Store(tmp_path / "store")


def test_what_columns_hold_is_what_the_encoder_makes():
    for name in COLUMNS:
        assert getattr(SONGS[1], name).dtype == np.dtype(DTYPES[name]), name


def test_entries_are_a_sequence(tmp_path):
    names = ["b/zwei.mid", "a/ü.mid", "eins.mid", os.fsdecode(b"b/\xff.mid")]
    wanted = [SongEntry(name, name.split("/")[0] if "/" in name else "") for name in names]
    write_store(tmp_path / "store", zip(wanted, SONGS))
    store = Store(tmp_path / "store")
    assert list(store.entries) == wanted and store.entries[-1] == wanted[-1] and store.entries[1:3] == wanted[1:3]
    with pytest.raises(IndexError):
        store.entries[4]


def test_a_song_survives_as_bytes():
    for song in SONGS:
        assert_same(song_from_bytes(song_to_bytes(song)), song)
    whole = song_to_bytes(SONGS[0])
    for damaged in (b"", whole[:50], whole[:-1]):
        with pytest.raises(ValueError, match="no song"):
            song_from_bytes(damaged)


def test_a_replacement_that_was_killed_between_its_halves_is_undone(tmp_path):
    write_store(tmp_path / "store", entries())
    (tmp_path / "store").rename(tmp_path / "store.old")
    bring_back(tmp_path / "store")
    assert len(Store(tmp_path / "store")) == len(SONGS)
    assert not (tmp_path / "store.old").exists()


def test_a_store_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(StoreError, match="nowhere"):
        Store(tmp_path / "nowhere")
