"""Make this machine able to run the program: virtual environment, pinned packages, native libraries. Says what it does.

A stamp in .venv remembers what is done, so that a later start reads one small file. What was cut short is made anew.
The program is installed in layers, requirements-LAYER.txt each: `core` for the commands, `window`, `test`,
`cluster` for Dask, `notation` for MusicXML, `library` for Faiss, `research` for plots and peers to measure against.
"""

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import NoReturn

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "ritornello.json"
UNFINISHED = VENV / "unfinished"  # is there while packages are being installed
ROOM_NEEDED = 2 * 10**9  # bytes, with a CPU build of torch; a CUDA build takes several times that

DISK_FULL = "the disk is full (of this folder, or of the one for temporary files; TMPDIR can name another)"
NO_NETWORK = "the package index can't be reached: is there a network? Start again to go on from here"
SIGNS = {  # what pip says when it fails, for the user's reason
    DISK_FULL: "No space left|not enough space",
    NO_NETWORK: "NewConnectionError|name resolution|unreachable|timed out|ProxyError|Connection broken",
}


def ensure(layers: Sequence[str], native: ModuleType) -> None:
    """Return only inside the project's own Python with these layers installed, starting the program anew if need be.

    `native` is the module beside this one. Ends the program with a sentence for the user where set-up can't be done."""
    if not is_ready(layers):
        with _alone():
            if not is_ready(layers):  # another start may have done it while this one waited
                set_up(layers, native)
    native.point_to_fluidsynth(VENV)
    if not _inside():
        _start_inside()


def is_ready(layers: Sequence[str]) -> bool:
    """Whether all of this is installed, from today's lists and with every library, for a Python that is still there."""
    stamp = _read_stamp()
    right_python = stamp["python"] == _version() if _inside() else PYTHON.exists()
    complete = all(stamp["wheels"].get(layer) == _digest(layer) and layer in stamp["complete"] for layer in layers)
    return right_python and complete and not UNFINISHED.exists()


def set_up(layers: Sequence[str], native: ModuleType) -> None:
    """Do what is not done yet. A layer that lacks a library is looked at again on the next start."""
    if not STAMP.exists():
        say(f"setting up in {VENV}; this is done once and takes some minutes")
    try:
        lacking = native.missing(layers, VENV)
        needs_venv = not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None
        if lacking or needs_venv:
            native.install(lacking, needs_venv, say)
        if UNFINISHED.exists() or not _works():
            _create_venv()
        wanted = [layer for layer in layers if _read_stamp()["wheels"].get(layer) != _digest(layer)]
        if wanted:
            _install(wanted)
        if os.name == "posix" and native.lacks_fluidsynth(layers, VENV):
            say("taking FluidSynth from a wheel that carries it")
            if not _pip([native.FLUIDSYNTH_WHEEL]):
                native.link_fluidsynth_wheel(VENV)
    except KeyboardInterrupt:
        stop("set-up was interrupted; the next start goes on with it")
    lacking = native.missing(layers, VENV)
    stamp = _read_stamp()
    lame = {library.layer for library in lacking}
    stamp["complete"] = sorted({*stamp["complete"], *layers} - lame)
    _write_stamp(stamp)
    _report(lacking, native)


def _install(layers: Sequence[str]) -> None:
    free = shutil.disk_usage(ROOT).free
    if "core" in layers and free < ROOM_NEEDED:
        stop(f"too little room in {ROOT}: {free / 1e9:.1f} GB are free, at least {ROOM_NEEDED / 1e9:.0f} GB are needed")
    say("installing Python packages: " + ", ".join(_names(layers)))
    UNFINISHED.touch()
    lists = [part for layer in layers for part in ("-r", str(HERE / f"requirements-{layer}.txt"))]
    if failure := _pip([*lists, "-c", str(HERE / "constraints.txt")]):
        if failure != DISK_FULL:  # which pip meets half-way; after any other failure the environment is as it was
            UNFINISHED.unlink()
        stop(failure)
    stamp = _read_stamp()
    stamp["wheels"].update({layer: _digest(layer) for layer in layers})
    _write_stamp({**stamp, "python": _version()})
    UNFINISHED.unlink()


def _pip(arguments: Sequence[str]) -> str:
    """Run pip install in the environment, its output shown; returns why it failed, or nothing."""
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, errors="replace")
    complaints = []
    for line in process.stderr:
        complaints.append(line)
        sys.stderr.write(line)
    if process.wait() == 0:
        return ""
    text = "".join(complaints)
    reasons = (reason for reason, sign in SIGNS.items() if re.search(sign, text, re.IGNORECASE))
    return next(reasons, "pip could not install the packages; its own words are above")


def _create_venv() -> None:
    say("making a virtual environment")
    python = getattr(sys, "_base_executable", sys.executable)
    has_venv = importlib.util.find_spec("ensurepip") is not None
    if not (has_venv or importlib.util.find_spec("pip")):
        stop("this Python comes without `venv`, which on Debian and Ubuntu is a package of its own: "
             "python{}.{}-venv. With it installed, start again".format(*sys.version_info))  # fmt: skip
    try:
        if VENV.exists():
            shutil.rmtree(VENV)
        VENV.mkdir()
        UNFINISHED.touch()
    except OSError as reason:
        stop(f"can't write to {VENV}: {reason.strerror}")
    made = subprocess.run([python, "-m", "venv", str(VENV)]).returncode == 0 if has_venv else _virtualenv(python)
    if not made:
        stop("no virtual environment could be made; the reason is above")
    UNFINISHED.unlink()


def _virtualenv(python: str) -> bool:
    """Make the environment with pip's `virtualenv`, where Python has pip but not the parts that `venv` needs."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "-q", "--target", folder, "virtualenv"]
        virtualenv = [python, "-m", "virtualenv", "-q", str(VENV)]
        environment = {**os.environ, "PYTHONPATH": folder}
        return not subprocess.run(pip).returncode and not subprocess.run(virtualenv, env=environment).returncode


def _works() -> bool:
    """Whether there is an environment of this Python's version, with pip."""
    probe = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        found = subprocess.run([str(PYTHON), "-c", probe], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    except OSError:
        return False
    return found.stdout.strip() == _version()


def _report(lacking: Sequence, native: ModuleType) -> None:
    """Say what the missing libraries mean for the user; end the program if there can be no window without them."""
    for library in lacking:
        if not native.is_only_sound(library):
            continue
        say(f"{library.name} is missing: there will be no sound. {native.ADVICE if os.name == 'nt' else ''}".rstrip())
    if needed := [library.name for library in lacking if not native.is_only_sound(library)]:
        stop("the window needs system libraries that are missing: " + ", ".join(needed))


def _names(layers: Sequence[str]) -> list[str]:
    lines = [line for layer in layers for line in (HERE / f"requirements-{layer}.txt").read_text().splitlines()]
    return [line.partition("==")[0] for line in lines if line and not line.startswith("#")]


def _digest(layer: str) -> str:
    texts = [(HERE / name).read_bytes() for name in (f"requirements-{layer}.txt", "constraints.txt")]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def _read_stamp() -> dict:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {"python": None, "wheels": {}, "complete": []}


def _write_stamp(stamp: dict) -> None:
    new = STAMP.with_suffix(".new")
    new.write_text(json.dumps(stamp, indent=1))
    os.replace(new, STAMP)


def _version() -> str:
    return "{}.{}".format(*sys.version_info)


def _inside() -> bool:
    return VENV.exists() and os.path.samefile(sys.prefix, VENV)


def _start_inside() -> NoReturn:
    """Run this same command line in the environment's Python, in place of this process where the platform can."""
    command = [str(PYTHON), str(ROOT / "main.py"), *sys.argv[1:]]
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    process = subprocess.Popen(command)
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # the child gets it too, and decides
            sys.exit(process.wait())


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Hold a lock that a second start waits for, and that goes with the process that holds it."""
    try:
        file = open(ROOT / ".venv.lock", "w")
    except OSError as reason:
        stop(f"can't write to {ROOT}: {reason.strerror}")
    with file:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        else:
            import msvcrt

            while True:
                with contextlib.suppress(OSError):  # gives up after ten seconds: ask again
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
                    break
        yield


def say(line: str) -> None:
    print(f"ritornello: {line}", flush=True)


def stop(reason: str) -> NoReturn:
    raise SystemExit(f"ritornello: {reason}")
