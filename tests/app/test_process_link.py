"""The window's end of a child process: whatever the child does, the window does not wait for it."""

import os
import signal

from app.process_link import ProcessLink
from tests.app import busy_child

LONG = b"note" * 2_000_000


def begin(qtbot) -> tuple[ProcessLink, list]:
    link, heard = ProcessLink(busy_child.run, ()), []
    link.received.connect(heard.append)
    qtbot.waitUntil(lambda: heard == ["busy"], timeout=30_000)
    return link, heard


def test_a_long_message_to_a_busy_child_arrives_later_and_in_order(qtbot):
    link, heard = begin(qtbot)
    for message in (LONG, b"next"):
        link.send(message)
    assert heard == ["busy"]  # neither has been taken, and the window goes on
    qtbot.waitUntil(lambda: len(heard) == 4, timeout=30_000)
    assert heard[1:] == ["listening", len(LONG), 4]
    link.close("go")


def test_a_child_that_dies_with_a_long_message_on_its_way_is_told_of(qtbot):
    link, _ = begin(qtbot)
    link.send(LONG)
    with qtbot.waitSignal(link.ended, timeout=30_000) as ended:
        os.kill(link.pid, signal.SIGKILL)
    assert ended.args == [-9]
    link.send(LONG)


def test_a_child_that_never_listens_can_be_left(qtbot):
    link, _ = begin(qtbot)
    link.send(LONG)
    link.close("go", grace=0.01)
