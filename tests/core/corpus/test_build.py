"""From a folder of MIDI files to a store: what gets in, what is read again, and what cannot stop it."""

import os
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.corpus import work
from core.corpus.build import LEFT_OUT, build_store
from core.corpus.duplicates import signature
from core.corpus.journal import Journal, JournalBusy
from core.corpus.scan import Reason
from core.corpus.store import COLUMNS, Store, StoreError, write_store
from core.corpus.work import BuildStopped, WorkersGone
from core.files.midi import write_midi
from core.music.song import Song
from core.tokens.encoder import SnapReport, encode
from tests.core.corpus.folders import InThisProcess, contents, encode_or_misbehave, transposed, write_music
from tests.core.tokens.songs import dense_song


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    for name, song in {"a/one.mid": dense_song(5, 2, seed=1), "a/again.mid": transposed(dense_song(5, 2, seed=1), 3),
                       "b/deep/two.mid": dense_song(6, 1, seed=2), "three.mid": dense_song(4, 3, seed=3),
                       "b/short.mid": dense_song(1, 3)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_midi(song, folder / name)
    (folder / "b" / "broken.mid").write_bytes(b"nothing of the kind")
    return folder


def assert_holds_the_corpus(store: Store) -> None:
    assert [(entry.path, entry.collection) for entry in store.entries] == [
        ("a/again.mid", "a"), ("b/deep/two.mid", "b"), ("three.mid", "")]
    songs = (transposed(dense_song(5, 2, seed=1), 3), dense_song(6, 1, seed=2), dense_song(4, 3, seed=3))
    for index, song in enumerate(songs):
        wanted = encode(song, drum_durations=False)
        assert all(np.array_equal(getattr(store[index], name), getattr(wanted, name)) for name in COLUMNS)


def test_a_folder_becomes_a_store_and_a_report(corpus, tmp_path):
    seen = []
    report = build_store(corpus, tmp_path / "store", executor=InThisProcess(), on_progress=lambda *a: seen.append(a))
    assert_holds_the_corpus(Store(tmp_path / "store"))
    assert list(report.usable) == ["a/again.mid", "b/deep/two.mid", "three.mid"]
    assert [(rejected.path.name, rejected.kind) for rejected in report.rejected] == [
        ("one.mid", Reason.REPEATED), ("broken.mid", Reason.BROKEN), ("short.mid", Reason.FEW_BARS)]
    assert "a/again.mid" in next(iter(report.rejected)).reason
    assert report.summary() == ("3 files left out: 1 broken, or not MIDI, 1 too few bars, "
                                "1 the same music as another file")
    assert report.snapping["a"] == SnapReport(notes=80, on_grid=80, worst=0.0, dropped=0) and report.encoded == 6
    assert seen[0] == (0, 6) and seen[-1] == (6, 6)
    assert (tmp_path / "store" / LEFT_OUT).read_text().splitlines()[0] == "a/one.mid: the same music as a/again.mid"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["music", "store"]
    assert report.in_memory().counts() == report.counts()


def test_processes_of_its_own_give_the_same_store_as_any_executor(tmp_path):
    folder = write_music(tmp_path / "music", 40)
    build_store(folder, tmp_path / "own", processes=2)
    build_store(folder, tmp_path / "here", executor=InThisProcess())
    with ThreadPoolExecutor(3) as threads:
        build_store(folder, tmp_path / "threads", executor=threads)
    assert contents(tmp_path / "own") == contents(tmp_path / "here") == contents(tmp_path / "threads")
    assert len(Store(tmp_path / "own")) == 40


def test_few_files_are_handed_out_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "FILES_AT_ONCE", 2)
    folder = write_music(tmp_path / "music", 40)
    open_now, most = set(), 0

    class Slow(ThreadPoolExecutor):
        def submit(self, function, *args):
            nonlocal most
            future = super().submit(function, *args)
            open_now.add(future)
            most = max(most, len(open_now))
            future.add_done_callback(open_now.discard)
            return future

    with Slow(2) as executor:
        build_store(folder, tmp_path / "store", executor=executor)
    assert most <= 4


def test_repetitions_can_be_kept_and_dropped_later(corpus, tmp_path):
    assert build_store(corpus, tmp_path / "store", executor=InThisProcess()).songs == 3
    report = build_store(corpus, tmp_path / "store", executor=InThisProcess(), keep_duplicates=True)
    assert report.songs == 4 and report.encoded == 1 and len(Store(tmp_path / "store")) == 4
    assert build_store(corpus, tmp_path / "store", executor=InThisProcess()).encoded == 0
    assert_holds_the_corpus(Store(tmp_path / "store"))


def test_only_what_changed_is_read_again(tmp_path):
    folder = write_music(tmp_path / "music", 12)
    build_store(folder, tmp_path / "store", executor=InThisProcess())
    before = contents(tmp_path / "store")
    report = build_store(folder, tmp_path / "store", executor=InThisProcess())
    assert report.encoded == 0 and contents(tmp_path / "store") == before

    write_midi(dense_song(9, 1, seed=100), folder / "a" / "song000.mid")
    (folder / "b" / "deep" / "song001.mid").unlink()
    write_midi(dense_song(9, 1, seed=101), folder / "b" / "new.mid")
    os.utime(folder / "c" / "song002.mid", ns=(1, 1))
    executor = InThisProcess()
    report = build_store(folder, tmp_path / "store", executor=executor)
    assert sorted(executor.order) == ["new.mid", "song000.mid", "song002.mid"] and report.encoded == 3
    build_store(folder, tmp_path / "fresh", executor=InThisProcess())
    assert contents(tmp_path / "store") == contents(tmp_path / "fresh")


def test_a_song_left_out_for_another_comes_back_when_that_goes(corpus, tmp_path):
    build_store(corpus, tmp_path / "store", executor=InThisProcess())
    (corpus / "a" / "again.mid").unlink()
    executor = InThisProcess()
    report = build_store(corpus, tmp_path / "store", executor=executor)
    assert executor.order == ["one.mid"]
    assert list(report.usable) == ["a/one.mid", "b/deep/two.mid", "three.mid"]
    build_store(corpus, tmp_path / "fresh", executor=InThisProcess())
    assert contents(tmp_path / "store") == contents(tmp_path / "fresh")


def test_a_store_that_cannot_tell_what_it_is_made_of_is_made_anew(tmp_path):
    folder = write_music(tmp_path / "music", 4)
    build_store(folder, tmp_path / "fresh", executor=InThisProcess())
    for name, damage in {"record": lambda store: (store / "files.sqlite").write_bytes(b"SQLite format 3\0" * 9),
                         "tokens": lambda store: (store / "tokens.npy").write_bytes(b""),
                         "index": lambda store: (store / "store.json").write_text('{"version": 1}')}.items():
        store = tmp_path / name
        build_store(folder, store, executor=InThisProcess())
        damage(store)
        assert build_store(folder, store, executor=InThisProcess()).encoded == 4
        assert contents(store) == contents(tmp_path / "fresh")


def test_a_build_that_is_stopped_goes_on_from_there(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "FILES_AT_ONCE", 2)
    folder = write_music(tmp_path / "music", 20)
    done = []
    with pytest.raises(BuildStopped):
        build_store(folder, tmp_path / "store", executor=InThisProcess(), on_progress=lambda n, _: done.append(n),
                    should_stop=lambda: bool(done) and done[-1] >= 8)
    assert not (tmp_path / "store").exists()
    report = build_store(folder, tmp_path / "store", executor=InThisProcess(), on_progress=lambda n, _: done.append(n))
    assert 0 < report.encoded <= 12
    build_store(folder, tmp_path / "fresh", executor=InThisProcess())
    assert contents(tmp_path / "store") == contents(tmp_path / "fresh")


def test_a_file_that_changes_between_two_halves_of_a_build_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "FILES_AT_ONCE", 2)
    folder = write_music(tmp_path / "music", 10)
    done = []
    with pytest.raises(BuildStopped):
        build_store(folder, tmp_path / "store", executor=InThisProcess(), on_progress=lambda n, _: done.append(n),
                    should_stop=lambda: bool(done) and done[-1] >= 6)
    write_midi(dense_song(8, 2, seed=77), folder / "a" / "song000.mid")
    (folder / "a" / "deep" / "song003.mid").unlink()
    build_store(folder, tmp_path / "store", executor=InThisProcess())
    build_store(folder, tmp_path / "fresh", executor=InThisProcess())
    assert contents(tmp_path / "store") == contents(tmp_path / "fresh")


def test_files_that_kill_or_hang_their_process_are_named_and_the_rest_gets_in(tmp_path, monkeypatch):
    folder = write_music(tmp_path / "music", 6)
    for name in ("kills.mid", "hangs.mid"):
        write_midi(dense_song(5, 1, seed=200), folder / "b" / name)
    monkeypatch.setattr(work, "encode_paths", encode_or_misbehave)
    report = build_store(folder, tmp_path / "store", processes=1)
    assert report.songs == 6
    assert {rejected.path.name: rejected.kind for rejected in report.rejected} == {
        name: Reason.FAILED for name in ("kills.mid", "hangs.mid")}
    monkeypatch.undo()
    again = build_store(folder, tmp_path / "store", executor=InThisProcess())
    assert again.encoded == 2 and again.songs == 7  # of two that are the same music one is left out


def test_a_worker_ends_itself_when_a_file_takes_too_long(tmp_path):
    write_midi(dense_song(5, 1), tmp_path / "song.mid")
    workers = work.OwnProcesses(1)
    try:
        good = workers.submit(work.encode_paths, [str(tmp_path / "song.mid")], 60.0).result()
        assert good[0].kind is None
        stuck = workers.submit(_encode_and_sleep, str(tmp_path / "song.mid"))
        assert isinstance(stuck.exception(30), work.BrokenExecutor)
    finally:
        workers.close()


def _encode_and_sleep(path: str) -> None:
    """As if the reader hung: the time is up while Python does nothing."""
    work.encode_path = lambda path: time.sleep(60)
    work.encode_paths([path], 0.3)


def test_an_error_of_a_foreign_executor_is_pinned_on_its_file(tmp_path, monkeypatch):
    folder = write_music(tmp_path / "music", 6)
    write_midi(dense_song(5, 1, seed=50), folder / "raises.mid")
    monkeypatch.setattr(work, "encode_paths", encode_or_misbehave)
    report = build_store(folder, tmp_path / "store", executor=InThisProcess())
    assert report.songs == 6
    assert [(rejected.path.name, rejected.kind) for rejected in report.rejected] == [("raises.mid", Reason.FAILED)]


def test_an_executor_that_answers_nothing_ends_the_build_with_a_sentence(tmp_path, monkeypatch):
    class Deaf(InThisProcess):
        def submit(self, function, *args):
            return Future()

    monkeypatch.setattr(work, "PATIENCE_SECONDS", 0.3)
    folder = write_music(tmp_path / "music", 3)
    with pytest.raises(WorkersGone, match="encode again"):
        build_store(folder, tmp_path / "store", executor=Deaf())
    assert build_store(folder, tmp_path / "store", executor=InThisProcess()).songs == 3


def test_a_broken_pool_of_somebody_else_ends_the_build_with_a_sentence(tmp_path, monkeypatch):
    folder = write_music(tmp_path / "music", 3)
    (folder / "kills.mid").write_bytes(b"x")
    with monkeypatch.context() as patch, ProcessPoolExecutor(1) as pool:
        patch.setattr(work, "encode_paths", encode_or_misbehave)
        with pytest.raises(WorkersGone, match="the workers are gone"):
            build_store(folder, tmp_path / "store", executor=pool)
    assert build_store(folder, tmp_path / "store", executor=InThisProcess()).songs == 3


def test_a_fault_of_the_program_costs_a_file_once_only(tmp_path, monkeypatch):
    folder = write_music(tmp_path / "music", 3)
    with monkeypatch.context() as patch:
        patch.setattr(work, "signature", lambda song: signature(song) if song.bar_count != 6 else 1 // 0)
        report = build_store(folder, tmp_path / "store", executor=InThisProcess())
        assert report.counts()[Reason.FAILED] == 1 and "ZeroDivisionError" in next(iter(report.rejected)).reason
    assert build_store(folder, tmp_path / "store", executor=InThisProcess()).songs == 3


def test_two_builds_of_one_store_do_not_mix(tmp_path):
    folder = write_music(tmp_path / "music", 2)
    journal = Journal(tmp_path / "store.partial")
    with pytest.raises(JournalBusy, match="another build"):
        build_store(folder, tmp_path / "store", executor=InThisProcess())
    journal.close()
    assert build_store(folder, tmp_path / "store", executor=InThisProcess()).songs == 2


def test_a_folder_without_a_usable_file_is_an_error_and_leaves_an_older_store_alone(tmp_path):
    folder = tmp_path / "music"
    folder.mkdir()
    with pytest.raises(ValueError, match="no MIDI file"):
        build_store(folder, tmp_path / "none", executor=InThisProcess())
    write_midi(Song(), folder / "empty.mid")
    write_store(tmp_path / "store", [])
    with pytest.raises(ValueError, match="no MIDI file that can be used"):
        build_store(folder, tmp_path / "store", executor=InThisProcess())
    assert len(Store(tmp_path / "store")) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["music", "store"]


def test_folders_of_other_things_are_left_alone(tmp_path):
    folder = write_music(tmp_path / "music", 2)
    for name in ("documents", "store.partial"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "thesis.txt").write_text("three years")
    for store in ("documents", "store"):
        with pytest.raises(FileExistsError):
            build_store(folder, tmp_path / store, executor=InThisProcess())
    assert (tmp_path / "store.partial" / "thesis.txt").read_text() == "three years"


def test_a_journal_that_is_damaged_is_begun_anew(tmp_path):
    folder = write_music(tmp_path / "music", 2)
    (tmp_path / "store.partial").mkdir()
    (tmp_path / "store.partial" / "journal.sqlite").write_bytes(b"not a database at all" * 100)
    assert build_store(folder, tmp_path / "store", executor=InThisProcess()).songs == 2


def test_a_record_whose_songs_are_elsewhere_is_found_out(tmp_path):
    folder = write_music(tmp_path / "music", 4)
    build_store(folder, tmp_path / "store", executor=InThisProcess())
    other = write_music(tmp_path / "other", 5)
    build_store(other, tmp_path / "mixed", executor=InThisProcess())
    os.replace(tmp_path / "mixed" / "paths.npy", tmp_path / "store" / "paths.npy")
    with pytest.raises(StoreError, match="damaged"):
        Store(tmp_path / "store")


def test_ctrl_c_in_the_middle_leaves_a_build_to_go_on_with(tmp_path):
    stop = threading.Event()
    folder = write_music(tmp_path / "music", 60)
    with pytest.raises(BuildStopped):
        build_store(folder, tmp_path / "store", processes=1, on_progress=lambda n, _: n > 10 and stop.set(),
                    should_stop=stop.is_set)
    assert (tmp_path / "store.partial" / "journal.sqlite").is_file()
    assert build_store(folder, tmp_path / "store", processes=1).encoded < 60
