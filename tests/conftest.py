"""What every test gets: no screen, one thread, no sight of the user's own folders, reproducible examples."""

import os
import signal
import sys

import pytest
from hypothesis import settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The models of the tests are too small for several threads; on cores that other processes use they wait for each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# A shell that starts the tests in the background has them ignore Ctrl-C, which some of them press.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, styles and logs of the program go to a fresh folder, for child processes too."""
    monkeypatch.setenv("RITORNELLO_HOME", str(tmp_path_factory.mktemp("home")))


def pytest_sessionfinish() -> None:
    """Empty the clipboard: the offscreen one outlives Python, and what Python put there would then bring it down."""
    if "PySide6.QtGui" in sys.modules:
        gui = sys.modules["PySide6.QtGui"].QGuiApplication
        if gui.instance() is not None:
            gui.clipboard().clear()
