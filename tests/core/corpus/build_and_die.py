"""A build in a process of its own, for tests that kill it: ``python build_and_die.py FOLDER STORE [MOMENT]``.

``MOMENT`` is the function before whose call the process kills itself, and which call that is: ``os.rename:2``.
"""

import importlib
import os
import signal
import sys
from pathlib import Path


def die_at(moment: str) -> None:
    place, number = moment.split(":")
    module, name = place.rsplit(".", 1)
    module = importlib.import_module(module)
    function, calls = getattr(module, name), 0

    def call(*args, **options):
        nonlocal calls
        calls += 1
        if calls == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **options)

    setattr(module, name, call)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[3]))
    from core.corpus import work
    from core.corpus.build import build_store
    from tests.core.corpus.folders import InThisProcess

    work.FILES_AT_ONCE = 2
    at_a_moment = len(sys.argv) > 3
    if at_a_moment:
        die_at(sys.argv[3])
    build_store(Path(sys.argv[1]), Path(sys.argv[2]), processes=2, executor=InThisProcess() if at_a_moment else None)
