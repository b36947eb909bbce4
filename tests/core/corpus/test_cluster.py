"""Reading files on a Dask cluster of separate processes."""

import pytest

from core.cli import main
from core.corpus import work
from core.corpus.build import build_store
from core.corpus.scan import Reason
from core.files.midi import write_midi
from tests.core.corpus.folders import InThisProcess, contents, encode_or_misbehave, write_music
from tests.core.tokens.songs import dense_song

distributed = pytest.importorskip("distributed")
config = pytest.importorskip("dask.config")


@pytest.fixture(scope="module")
def cluster():
    # A cluster of this kind gives up workers that need longer to come back; on a busy machine they do.
    with (config.set({"distributed.deploy.lost-worker-timeout": "10 minutes"}),
          distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
                                   silence_logs=60) as cluster):
        yield cluster


def test_a_cluster_makes_the_same_store(cluster, tmp_path, capsys):
    folder = write_music(tmp_path / "music", 40)
    (folder / "broken.mid").write_bytes(b"nothing of the kind")
    assert main(["encode", str(folder), "-o", str(tmp_path / "store"), "--scheduler", cluster.scheduler_address]) == 0
    assert "40 songs" in capsys.readouterr().out
    build_store(folder, tmp_path / "here", executor=InThisProcess())
    assert contents(tmp_path / "store") == contents(tmp_path / "here")


@pytest.mark.slow  # each new worker takes seconds to come
def test_a_file_that_kills_its_worker_is_left_out(cluster, tmp_path, monkeypatch):
    folder = write_music(tmp_path / "music", 4)
    write_midi(dense_song(5, 1, seed=99), folder / "kills.mid")
    monkeypatch.setattr(work, "encode_paths", encode_or_misbehave)
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 1)  # usually 3, each at the price of a new worker
    with distributed.Client(cluster) as client:
        report = build_store(folder, tmp_path / "store", executor=client.get_executor(pure=False), in_flight=4)
    assert report.songs == 4
    assert [(rejected.path.name, rejected.kind) for rejected in report.rejected] == [("kills.mid", Reason.FAILED)]


def test_a_scheduler_that_is_not_there_is_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("core.corpus.cluster.ANSWER_SECONDS", 1)
    folder = write_music(tmp_path / "music", 2)
    for address in ("tcp://127.0.0.1:9", "nonsense://x"):
        assert main(["encode", str(folder), "-o", str(tmp_path / "store"), "--scheduler", address]) == 1
        lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("ritornello: ")]
        assert len(lines) == 1 and address in lines[0]
