"""Builds that are killed, at any moment: what stands is the old store or none, and what follows makes it whole."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from core.corpus.build import build_store
from core.corpus.store import Store
from core.files.midi import write_midi
from tests.core.corpus.folders import InThisProcess, contents, write_music
from tests.core.tokens.songs import dense_song

SCRIPT = Path(__file__).with_name("build_and_die.py")
MOMENTS = ["core.corpus.build.encode_all:1", "core.corpus.work.encode_path:1", "core.corpus.work.encode_path:3",
           "core.corpus.build.find_repeats:1", "core.corpus.build.StoreWriter:1", "core.corpus.build.SongEntry:11",
           "core.corpus.build.put_in_place:1", "os.rename:1", "os.rename:2", "shutil.rmtree:2", "shutil.rmtree:4",
           "core.corpus.build.report_of:1"]


def change(folder: Path) -> None:
    """Some files change, one goes, one comes."""
    for number in (0, 3, 6):
        write_midi(dense_song(7, 2, seed=300 + number), next(folder.rglob(f"song{number:03}.mid")))
    next(folder.rglob("song004.mid")).unlink()
    write_midi(dense_song(7, 1, seed=400), folder / "c" / "zz.mid")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> dict[str, Path]:
    """A folder before and after a change, and the store of each, made in one go."""
    home = tmp_path_factory.mktemp("killed")
    places = {name: home / name for name in ("before", "after", "store before", "store after")}
    write_music(places["before"], 18)
    shutil.copytree(places["before"], places["after"])  # with the times of the files
    change(places["after"])
    for name in ("before", "after"):
        build_store(places[name], places[f"store {name}"], executor=InThisProcess())
    return places


@pytest.mark.parametrize("old", [pytest.param(False, id="anew", marks=pytest.mark.slow),
                                 pytest.param(True, id="over an older store")])
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_chosen_moment(built, tmp_path, moment, old):
    store = tmp_path / "store"
    if old:
        shutil.copytree(built["store before"], store)
    run = subprocess.run([sys.executable, SCRIPT, built["after"], store, moment], timeout=60)
    if run.returncode == 0:
        pytest.skip("this build has no such moment")
    assert run.returncode == -signal.SIGKILL
    assert_old_new_or_none(store, built)
    build_store(built["after"], store, executor=InThisProcess())
    assert contents(store) == contents(built["store after"])
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def assert_old_new_or_none(store: Path, built: dict[str, Path]) -> None:
    if store.exists():
        assert contents(store) in (contents(built["store before"]), contents(built["store after"]))
        Store(store)


def killed_after(seconds: float, folder: Path, store: Path) -> bool:
    """Start a build with processes of its own and kill it; False if it was done before. No process outlives it."""
    build = psutil.Popen([sys.executable, SCRIPT, folder, store])
    deadline = time.monotonic() + seconds
    children: set[psutil.Process] = set()
    while time.monotonic() < deadline and build.poll() is None:
        children.update(build.children(recursive=True))
        time.sleep(0.02)
    was_running = build.poll() is None
    if was_running:
        children.update(build.children(recursive=True))
        build.kill()
    build.wait(30)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive
    return was_running


def kill_again_and_again(times: int, songs: int, tmp_path: Path, seed: int) -> int:
    """Builds of one store, killed at random moments until so many were; then one to the end. Returns the kills."""
    folder, store = write_music(tmp_path / "music", songs), tmp_path / "store"
    build_store(folder, tmp_path / "whole", executor=InThisProcess())
    start = time.monotonic()
    assert not killed_after(300, folder, tmp_path / "timed")
    whole = time.monotonic() - start
    rng, kills = random.Random(seed), 0
    for _ in range(4 * times):
        if kills == times:
            break
        kills += killed_after(rng.uniform(0.2, 1.0) * whole, folder, store)
        if store.exists():
            assert contents(store) == contents(tmp_path / "whole")
            shutil.rmtree(store)
    build_store(folder, store, processes=1)
    assert contents(store) == contents(tmp_path / "whole")
    return kills


def test_killed_at_a_random_moment(tmp_path):
    assert kill_again_and_again(1, 30, tmp_path, seed=1) == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_at_ten_random_moments(tmp_path):
    assert kill_again_and_again(10, 600, tmp_path, seed=2) == 10
