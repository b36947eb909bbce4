"""The machine code of ``step.c``, compiled for this very processor where there is a C compiler."""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import torch

from core.folders import user_cache_folder

SOURCE = Path(__file__).with_name("step.c")
HEADERS = ("lanes.h", "entries.h", "look_up.h")
LANES, TOGETHER = 16, 4
"""As in the source: numbers side by side, and rows that a weight, or keys, are multiplied with when they are read."""
FLAGS = (("-O3", "-march=native"), ("-O3", "-mcpu=native"), ("-O3",))
"""The first that the compiler takes; which of them names this processor depends on its kind."""
SECONDS = 60
"""After which a compiler is given up."""


@lru_cache(maxsize=1)
def compiled() -> ctypes.CDLL | None:
    """The library, compiled now or earlier; None where that cannot be done."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or os.name == "nt":
        return None
    source = b"".join(path.read_bytes() for path in (SOURCE, *map(SOURCE.with_name, HEADERS)))
    machine = f"{platform.node()} {platform.machine()} {torch.backends.cpu.get_cpu_capability()} {compiler}"
    name = f"step-{hashlib.sha256(source + machine.encode()).hexdigest()[:16]}.so"
    try:
        path = user_cache_folder() / name
        if not path.exists():
            _compile(compiler, path)
        library = ctypes.CDLL(str(path))
    except (OSError, subprocess.SubprocessError):
        return None
    library.step.restype = library.encode.restype = library.find.restype = None
    library.look_up_room.restype, library.look_up_room.argtypes = ctypes.c_long, (ctypes.c_long, ctypes.c_long)
    return library


def _compile(compiler: str, path: Path) -> None:
    """Compiled beside and moved into place, since several processes may do so at once."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        fresh = Path(folder) / path.name
        for flags in FLAGS:
            command = [compiler, *flags, "-w", "-shared", "-fPIC", "-o", str(fresh), str(SOURCE), "-lm"]
            if subprocess.run(command, capture_output=True, timeout=SECONDS, check=False).returncode == 0:
                os.replace(fresh, path)
                return
    raise OSError("the compiler takes none of the options")
