"""A JACK server of our own with a dummy device: a true sound device and true MIDI ports where there is neither."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

needs_jack = pytest.mark.skipif(shutil.which("jackd") is None, reason="jackd (Debian: jackd2) is not installed")


@contextmanager
def jack_server(monkeypatch: pytest.MonkeyPatch, *options: str,
                log: IO | int = subprocess.DEVNULL) -> Iterator[subprocess.Popen]:
    """Runs while the block does; clients of this process and its children find it. Skips where it cannot run.

    With the option ``-S`` the server waits for its clients; without it one that a busy machine holds up too long
    misses what came in that time, MIDI too. ``log`` takes what it prints.
    """
    name = f"ritornello-{os.getpid()}-{time.monotonic_ns()}"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    command = ["jackd", "-n", name, "-r", "--no-realtime", *options, "-d", "dummy", "-r", "44100", "-p", "512"]
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        ready = subprocess.run(["jack_wait", "-s", name, "-w", "-t", "20"], capture_output=True, timeout=60)
        if ready.returncode or server.poll() is not None:
            pytest.skip("the JACK server does not start here")
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
        if server.returncode < 0:  # JACK keeps the places of servers that were killed, and has eight
            again = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            subprocess.run(["jack_wait", "-s", name, "-w", "-t", "10"], capture_output=True, timeout=30)
            again.terminate()
            again.wait()
