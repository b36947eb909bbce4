"""The transport's state in shared memory is read whole or not at all."""

import multiprocessing
import threading
from dataclasses import replace

from core.sound.state import SharedState, Snapshot

FIRST = Snapshot(480, 1000, True, 3, 0, False)


def test_what_is_written_is_read() -> None:
    state = SharedState.create(multiprocessing.get_context("spawn"))
    assert state.read() == Snapshot(0, 0, False, 0, 0)
    state.write(FIRST)
    assert SharedState(state.memory).read() == FIRST


def test_a_writer_that_stops_half_way_leaves_the_reader_what_it_had() -> None:
    writer = SharedState.create(multiprocessing.get_context("spawn"))
    reader = SharedState(writer.memory)
    writer.write(FIRST)
    assert reader.read() == FIRST
    writer._record["version"] += 1  # as it is while it writes
    writer._record["tick"] = 99_999
    assert reader.read() == FIRST
    writer._record["version"] += 1
    assert reader.read() == replace(FIRST, tick=99_999)


def test_no_reader_ever_sees_two_moments_mixed() -> None:
    writer = SharedState.create(multiprocessing.get_context("spawn"))
    reader, done = SharedState(writer.memory), threading.Event()

    def write() -> None:
        for i in range(20_000):
            writer.write(Snapshot(i, 2 * i, bool(i % 2), i, 3 * i))
        done.set()

    thread = threading.Thread(target=write)
    thread.start()
    last = 0
    while not done.is_set():
        seen = reader.read()
        assert seen.tick >= last
        assert (seen.played, seen.serial, seen.underruns) == (2 * seen.tick, seen.tick, 3 * seen.tick)
        last = seen.tick
    thread.join()
    assert reader.read().tick == 19_999
