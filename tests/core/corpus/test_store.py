"""From a folder of MIDI files to a store, and what is made of a damaged one."""

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import numpy as np
import pytest

from core.corpus.build import build_store
from core.corpus.store import COLUMNS, SongEntry, Store, StoreError, write_store
from core.files.midi import write_midi
from core.music.song import Song
from core.tokens.encoder import EncodedSong, encode
from tests.core.tokens.songs import dense_song


class InThisProcess(Executor):
    """Does the work at once; a stand-in for any executor."""

    def map(self, function, *iterables, timeout=None, chunksize=1):
        return map(function, *iterables)


SONGS = [encode(dense_song(bars=4 + i, tracks=1 + i, seed=i), drum_durations=False) for i in range(4)]


def entries() -> Iterator[tuple[SongEntry, EncodedSong]]:
    return ((SongEntry(f"{i}.mid", "some"), song) for i, song in enumerate(SONGS))


def assert_same(one: EncodedSong, other: EncodedSong) -> None:
    for name in COLUMNS:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
        assert getattr(one, name).dtype == getattr(other, name).dtype, name


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    for name, song in {"a/one.mid": dense_song(5, 2, seed=1), "a/again.mid": dense_song(5, 2, seed=1),
                       "b/deep/two.mid": dense_song(6, 1, seed=2), "three.mid": dense_song(4, 3, seed=3),
                       "b/short.mid": dense_song(1, 1)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_midi(song, folder / name)
    (folder / "b" / "broken.mid").write_bytes(b"nothing of the kind")
    return folder


def assert_holds_the_corpus(store: Store) -> None:
    assert [(Path(e.path).as_posix(), e.collection) for e in store.entries] == [
        ("a/again.mid", "a"), ("b/deep/two.mid", "b"), ("three.mid", "")]
    for index, song in enumerate((dense_song(5, 2, seed=1), dense_song(6, 1, seed=2), dense_song(4, 3, seed=3))):
        assert_same(store[index], encode(song, drum_durations=False))


def test_a_folder_becomes_a_store_and_a_report(corpus, tmp_path):
    seen = []
    report = build_store(corpus, tmp_path / "store", executor=InThisProcess(), on_progress=lambda *a: seen.append(a))
    assert_holds_the_corpus(Store(tmp_path / "store"))
    assert report.songs == 3
    reasons = {rejected.path.name: rejected.reason for rejected in report.rejected}
    assert set(reasons) == {"one.mid", "short.mid", "broken.mid"}
    assert "again.mid" in reasons["one.mid"]
    assert seen == [(done, 6) for done in range(1, 7)]


def test_processes_of_its_own_give_the_same_store(corpus, tmp_path):
    build_store(corpus, tmp_path / "store")
    assert_holds_the_corpus(Store(tmp_path / "store"))


def test_a_folder_without_a_usable_file_is_an_error_and_leaves_an_older_store_alone(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    write_midi(Song(), folder / "empty.mid")
    write_store(tmp_path / "store", entries())
    with pytest.raises(ValueError, match="no MIDI file that can be used"):
        build_store(folder, tmp_path / "store", executor=InThisProcess())
    assert len(Store(tmp_path / "store")) == len(SONGS)


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


def shorten_column(folder: Path) -> None:
    np.save(folder / "tokens.npy", np.load(folder / "tokens.npy")[:-1])


def change_index(**facts):
    def change(folder: Path) -> None:
        path = folder / "store.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | facts))
    return change


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "store.json").unlink(),
    lambda folder: (folder / "tokens.npy").unlink(),
    lambda folder: (folder / "slots.bounds.npy").unlink(),
    lambda folder: cut(folder / "store.json", 20),
    lambda folder: (folder / "store.json").write_bytes(b"\xff\xfe"),
    lambda folder: (folder / "store.json").write_text("[]"),
    lambda folder: cut(folder / "tokens.npy", 300),
    lambda folder: cut(folder / "tokens.npy", 0),
    lambda folder: cut(folder / "bar_units.npy", 40),
    lambda folder: cut(folder / "cell_bar.bounds.npy", 130),
    shorten_column,
    change_index(version=99),
    change_index(songs=[]),
    change_index(songs=[{"path": "x"}]),
], ids=["no index", "no column", "no bounds", "half an index", "not text", "other JSON", "truncated column",
        "empty column", "half a header", "truncated bounds", "short column", "other version", "no songs",
        "songs without a collection"])
def test_a_damaged_store_is_one_clear_error(tmp_path, damage):
    write_store(tmp_path / "store", entries())
    damage(tmp_path / "store")
    with pytest.raises(StoreError, match=r"store.* encode the corpus again"):
        Store(tmp_path / "store")


def test_a_store_that_is_not_there_is_one_clear_error(tmp_path):
    with pytest.raises(StoreError, match="nowhere"):
        Store(tmp_path / "nowhere")
