"""The window's end of the model process, against a process that is really spawned."""

import os
import signal

import pytest

from app.model_client import ModelClient
from core.generation.request import Request
from core.generation.worker import run_worker
from core.music.song import Song, Track, make_notes
from tests.app import fake_model_worker

SONG = Song(tracks=(Track(notes=make_notes([0], [480], [60], [80]), name="Piano", origin="what a file reader keeps"),))


def ask(style="", bars=2, takes=2):
    return Request(SONG, frozenset((bar, 0) for bar in range(1, 1 + bars)), takes=takes, style=style)


@pytest.fixture
def make_client(qapp):
    clients = []

    def make(target=fake_model_worker.run):
        clients.append(ModelClient("model", "styles", target=target))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def test_a_request_brings_every_cell_then_every_take_then_the_end(make_client, qtbot):
    client, heard = make_client(), []
    client.notesWritten.connect(heard.append)
    client.takeFinished.connect(heard.append)
    with qtbot.waitSignal(client.requestFinished, timeout=30_000) as finished:
        request_id = client.request(ask())
    assert [type(message).__name__ for message in heard] == ["NotesWritten"] * 4 + ["TakeFinished"] * 2
    assert {message.request_id for message in heard} == {request_id} == {finished.args[0].request_id}
    assert heard[-1].take.note_count == 8
    assert heard[-1].take.applied_to(SONG).note_count == 9


def test_a_request_before_the_model_is_loaded_waits_and_is_then_sent(make_client, qtbot):
    client, order = make_client(fake_model_worker.run_slow_to_load), []
    client.loading.connect(lambda: order.append("loading"))
    client.ready.connect(order.append)
    client.requestStarted.connect(order.append)
    with qtbot.waitSignal(client.requestFinished, timeout=30_000):
        request_id = client.request(ask())
        assert not client.is_ready
    assert order == ["loading", "Fake 0.1 M", request_id]


def test_requests_are_answered_in_the_order_they_came(make_client, qtbot):
    client, done = make_client(), []
    client.requestFinished.connect(lambda message: done.append(message.request_id))
    asked = [client.request(ask("slow")), client.request(ask()), client.request(ask())]
    qtbot.waitUntil(lambda: len(done) == 3, timeout=30_000)
    assert done == asked


def test_a_running_request_can_be_cancelled(make_client, qtbot):
    client = make_client()
    with qtbot.waitSignal(client.notesWritten, timeout=30_000):
        request_id = client.request(ask("slow", bars=100))
    with qtbot.waitSignal(client.requestFinished, timeout=30_000) as finished:
        client.cancel(request_id)
    assert finished.args[0].cancelled


def test_a_waiting_request_can_be_cancelled_and_is_never_written(make_client, qtbot):
    client, started = make_client(), []
    client.requestStarted.connect(started.append)
    first, second = client.request(ask("slow")), client.request(ask())
    with qtbot.waitSignal(client.requestFinished) as finished:
        client.cancel(second)
    assert (finished.args[0].request_id, finished.args[0].cancelled) == (second, True)
    with qtbot.waitSignal(client.requestFinished, timeout=30_000) as finished:
        pass
    assert finished.args[0].request_id == first
    assert started == [first]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed in another way here")
def test_a_killed_worker_fails_the_running_request_and_the_next_one_is_answered(make_client, qtbot):
    client = make_client()
    with qtbot.waitSignal(client.notesWritten, timeout=30_000):
        first = client.request(ask("slow", bars=100))
    second = client.request(ask())
    with qtbot.waitSignal(client.requestFailed, timeout=30_000) as failed:
        os.kill(client.worker_pid, signal.SIGKILL)
    assert failed.args[0].request_id == first
    assert "memory" in failed.args[0].reason and "Your song is as it was" in failed.args[0].reason
    with qtbot.waitSignal(client.requestFinished, timeout=30_000) as finished:
        pass
    assert finished.args[0].request_id == second and not finished.args[0].cancelled


def test_a_worker_that_crashes_in_a_request_says_so_and_is_warm_again_afterwards(make_client, qtbot):
    client = make_client()
    with qtbot.waitSignal(client.requestFailed, timeout=30_000) as failed:
        client.request(ask("crash"))
    assert "exit code 9" in failed.args[0].reason
    if not client.is_ready:
        qtbot.waitSignal(client.ready, timeout=30_000).wait()
    with qtbot.waitSignal(client.requestFinished, timeout=30_000):
        client.request(ask())


def test_a_model_that_cannot_be_loaded_fails_what_waits_and_is_not_tried_for_ever(make_client, qtbot):
    client, loads = make_client(fake_model_worker.run_never_ready), []
    client.loading.connect(lambda: loads.append(1))
    with qtbot.waitSignals([client.unavailable, client.requestFailed], timeout=30_000):
        client.request(ask())
    qtbot.wait(300)
    assert loads == [1]
    assert client.worker_pid is None
    with qtbot.waitSignal(client.requestFailed, timeout=30_000) as failed:
        client.request(ask())
    assert "could not be loaded" in failed.args[0].reason
    assert loads == [1, 1]


def test_a_model_that_is_missing_is_named(make_client, qtbot, tmp_path):
    client = make_client(run_worker)
    client.model_folder = tmp_path / "nowhere"
    with qtbot.waitSignal(client.unavailable, timeout=60_000) as said:
        client.start()
    assert "nowhere" in said.args[0] and "exit code" not in said.args[0]


def test_a_refused_request_brings_its_reason(make_client, qtbot):
    client = make_client()
    with qtbot.waitSignal(client.requestFailed, timeout=30_000) as failed:
        client.request(ask("refuse"))
    assert failed.args[0].reason == "The model has no room for so many bars."


def test_closing_ends_the_process_even_in_the_middle_of_a_request(make_client, qtbot):
    client = make_client()
    with qtbot.waitSignal(client.notesWritten, timeout=30_000):
        client.request(ask("slow", bars=100))
    pid = client.worker_pid
    client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
