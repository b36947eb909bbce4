"""encode on the command line: stopped and gone on with, kept repetitions, and what it says."""

import re
import signal

import pytest

from core.cli import learn, main
from core.corpus import work
from core.corpus.journal import Journal
from core.corpus.store import Store
from core.files.midi import write_midi
from tests.core.corpus.folders import contents, transposed, write_music
from tests.core.tokens.songs import dense_song


def encode(folder, store, *words):
    return main(["encode", str(folder), "-o", str(store), *words])


def test_ctrl_c_stops_and_the_same_command_goes_on(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(work, "FILES_AT_ONCE", 1)
    folder, store = write_music(tmp_path / "music", 12), tmp_path / "store"
    take_down, calls, before = Journal.take_down, [], signal.getsignal(signal.SIGINT)

    def press_after_three(journal, outcomes):
        take_down(journal, outcomes)
        calls.append(outcomes)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "take_down", press_after_three)
        assert encode(folder, store) == 130
    assert signal.getsignal(signal.SIGINT) is before
    said = capsys.readouterr().err
    stopped = re.search(r"stopped after (\d+) files; the same command goes on from there", said)
    assert stopped and not store.exists()
    done = int(stopped[1])
    assert 3 <= done < 12, "files on their way when Ctrl-C was pressed may still be taken down"
    assert encode(folder, store) == 0
    said = capsys.readouterr().out
    assert "12 songs" in said and f"{12 - done} files were read, the others had not changed" in said
    assert encode(folder, tmp_path / "fresh") == 0
    assert contents(store) == contents(tmp_path / "fresh")
    said = capsys.readouterr().out
    assert "no file left out" in said and "were read" not in said


def test_repetitions_are_named_and_can_be_kept(tmp_path, capsys):
    folder, store = write_music(tmp_path / "music", 3), tmp_path / "store"
    write_midi(transposed(dense_song(5, 1, seed=0), 2), folder / "z.mid")
    assert encode(folder, store) == 0
    said = capsys.readouterr()
    assert "z.mid: the same music as a/song000.mid" in said.err
    assert "1 file left out: 1 the same music as another file" in said.out and len(Store(store)) == 3
    assert encode(folder, store, "--keep-duplicates") == 0
    assert len(Store(store)) == 4


def test_a_long_list_is_cut_and_lies_in_the_store(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(learn, "LONGEST_LIST", 2)
    folder, store = write_music(tmp_path / "music", 2), tmp_path / "store"
    for number in range(5):
        (folder / f"bad{number}.mid").write_bytes(b"")
    assert encode(folder, store) == 0
    said = capsys.readouterr()
    assert said.err.count("the file is empty") == 2 and f"and 3 more, see {store / 'left-out.txt'}" in said.err
    assert "5 files left out: 5 empty files" in said.out
    assert (store / "left-out.txt").read_text().count("the file is empty") == 5


@pytest.mark.parametrize("damage", ["{}", '{"version": 1, "songs": []}'])
def test_train_makes_its_own_store_anew_when_it_cannot_read_it(tmp_path, damage):
    folder, place = write_music(tmp_path / "music", 3), tmp_path / "run" / "songs"
    learn.open_store(folder, place, resume=False)
    (place / "store.json").write_text(damage)
    assert len(learn.open_store(folder, place, resume=False)) == 3
