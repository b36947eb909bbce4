"""Priority is asked for, never insisted on, and what has more keeps it."""

import os
import subprocess
import sys

import pytest

from core.sound import priority
from core.sound.priority import ask_for_priority


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was asked of a system that grants nothing."""
    asked = []

    def refuse(what: str):
        def ask(*_: object) -> None:
            asked.append(what)
            raise PermissionError
        return ask

    for name in ("sched_setscheduler", "nice"):
        monkeypatch.setattr(priority.os, name, refuse(name), raising=False)
    monkeypatch.setattr(priority.os, "sched_getscheduler", lambda pid: 0, raising=False)
    monkeypatch.setattr(priority.os, "sched_param", lambda level: level, raising=False)
    for name, value in (("SCHED_OTHER", 0), ("SCHED_RR", 2)):
        monkeypatch.setattr(priority.os, name, value, raising=False)
    return asked


def test_where_everything_is_refused_it_goes_on(system: list[str]) -> None:
    assert ask_for_priority() == ""
    assert system == ["sched_setscheduler", "nice"]


def test_a_nicer_place_will_do(system: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority.os, "nice", lambda by: by, raising=False)
    assert ask_for_priority() == "nice"


def test_a_thread_that_has_real_time_already_is_left_alone(system: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority.os, "sched_getscheduler", lambda pid: 1, raising=False)
    assert ask_for_priority() == "real time"
    assert system == []


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="only Linux tells")
def test_what_it_says_is_so() -> None:
    code = ("import os, threading\nfrom core.sound.priority import ask_for_priority\nsaid = ask_for_priority()\n"
            "found = []\nthread = threading.Thread(target=lambda: found.append(os.sched_getscheduler(0)))\n"
            "thread.start()\nthread.join()\nprint(said, found == [os.SCHED_RR], os.nice(0) < 0)")
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.strip() in ("real time True False", "nice False True", "False False")
