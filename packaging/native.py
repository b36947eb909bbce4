"""The native libraries that no wheel brings: which are missing, and how the platform's package manager adds them."""

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from ctypes.util import find_library
from pathlib import Path
from typing import NamedTuple

MANAGERS = {
    "apt-get": "apt-get install -y --no-install-recommends",
    "dnf": "dnf install -y",
    "pacman": "pacman -S --needed --noconfirm",
    "zypper": "zypper --non-interactive install --no-recommends",
    "brew": "brew install",
}


class Library(NamedTuple):
    """A shared library, the layer of the program that needs it, and the package that holds it, by package manager."""

    name: str
    layer: str
    packages: dict[str, str]


def _read(table: str, *managers: str) -> tuple[Library, ...]:
    rows = [line.split() for line in table.strip().splitlines()]
    return tuple(Library(name, layer, dict(zip(managers, packages, strict=True))) for name, layer, *packages in rows)


# The window's rows are what PySide6's own libraries are linked with.
LINUX = _read(
    """
    libfluidsynth.so.3      core    libfluidsynth3       fluidsynth-libs      fluidsynth           libfluidsynth3
    libportaudio.so.2       window  libportaudio2        portaudio            portaudio            libportaudio2
    libEGL.so.1             window  libegl1              libglvnd-egl         libglvnd             libglvnd
    libGL.so.1              window  libgl1               libglvnd-glx         libglvnd             libglvnd
    libdbus-1.so.3          window  libdbus-1-3          dbus-libs            dbus                 libdbus-1-3
    libfontconfig.so.1      window  libfontconfig1       fontconfig           fontconfig           libfontconfig1
    libglib-2.0.so.0        window  libglib2.0-0         glib2                glib2                libglib-2_0-0
    libX11-xcb.so.1         window  libx11-xcb1          libX11-xcb           libx11               libX11-xcb1
    libxkbcommon-x11.so.0   window  libxkbcommon-x11-0   libxkbcommon-x11     libxkbcommon-x11     libxkbcommon-x11-0
    libxcb-cursor.so.0      window  libxcb-cursor0       xcb-util-cursor      xcb-util-cursor      libxcb-cursor0
    libxcb-icccm.so.4       window  libxcb-icccm4        xcb-util-wm          xcb-util-wm          libxcb-icccm4
    libxcb-image.so.0       window  libxcb-image0        xcb-util-image       xcb-util-image       libxcb-image0
    libxcb-keysyms.so.1     window  libxcb-keysyms1      xcb-util-keysyms     xcb-util-keysyms     libxcb-keysyms1
    libxcb-randr.so.0       window  libxcb-randr0        libxcb               libxcb               libxcb-randr0
    libxcb-render-util.so.0 window  libxcb-render-util0  xcb-util-renderutil  xcb-util-renderutil  libxcb-render-util0
    libxcb-shape.so.0       window  libxcb-shape0        libxcb               libxcb               libxcb-shape0
    libxcb-sync.so.1        window  libxcb-sync1         libxcb               libxcb               libxcb-sync1
    libxcb-util.so.1        window  libxcb-util1         xcb-util             xcb-util             libxcb-util1
    libxcb-xfixes.so.0      window  libxcb-xfixes0       libxcb               libxcb               libxcb-xfixes0
    libxcb-xkb.so.1         window  libxcb-xkb1          libxcb               libxcb               libxcb-xkb1
    """,
    "apt-get", "dnf", "pacman", "zypper",
)  # fmt: skip
ELSEWHERE = _read("libfluidsynth core fluid-synth", "brew")  # wheels carry the rest there

ADVICE = r"FluidSynth's own Windows release, unpacked to C:\tools\fluidsynth, is found there."
FLUIDSYNTH_WHEEL = "pygame-ce==2.5.8"  # its Linux and macOS wheels carry libfluidsynth: the way out without root


def missing(layers: Iterable[str], venv: Path) -> list[Library]:
    """The libraries that these layers need and neither the system nor a wheel in the environment has."""
    table = LINUX if sys.platform.startswith("linux") else ELSEWHERE
    return [library for library in table if library.layer in layers and not _is_there(library.name, venv)]


def lacks_fluidsynth(layers: Iterable[str], venv: Path) -> bool:
    """Whether FluidSynth is among what is missing."""
    return any(library.name.startswith("libfluidsynth") for library in missing(layers, venv))


def is_only_sound(library: Library) -> bool:
    """Whether the program runs without this library, only silently."""
    return library.name.startswith(("libfluidsynth", "libportaudio"))


def install(libraries: Iterable[Library], needs_venv: bool, say: Callable[[str], None]) -> None:
    """Try to install libraries (and the distribution's `venv`); where we may not, say what would do it."""
    tool = next((name for name in MANAGERS if shutil.which(name)), None)
    packages = [library.packages[tool] for library in libraries if tool in library.packages]
    if needs_venv and tool == "apt-get":
        packages.append("python{}.{}-venv".format(*sys.version_info))
    if not packages:
        return
    sudo = [] if tool == "brew" or os.geteuid() == 0 else ["sudo"]
    command = [*sudo, *MANAGERS[tool].split(), *dict.fromkeys(packages)]
    if sudo and not (shutil.which("sudo") and sys.stdin.isatty()):
        say("system packages are missing, and adding them takes an administrator's command:\n  " + " ".join(command))
        return
    say("adding system packages:\n  " + " ".join(command))
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if tool == "apt-get":
        subprocess.run([*sudo, "apt-get", "update", "-q"], env=environment)
    subprocess.run(command, env=environment)


def link_fluidsynth_wheel(venv: Path) -> None:
    """Give the library in FLUIDSYNTH_WHEEL a place and a name that pyfluidsynth looks for."""
    for library in sorted(venv.glob("lib/python*/site-packages/**/libfluidsynth*[0-9]*")):
        name = library.parent / "libfluidsynth.dylib"
        home = venv / "fluidsynth"
        home.mkdir(exist_ok=True)
        for link, target in ((name, library.name), (home / "lib", library.parent)):
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def point_to_fluidsynth(venv: Path) -> None:
    """Where the library is no system library, tell pyfluidsynth its place: $HOMEBREW_PREFIX/lib, on every system."""
    for home in _homes(venv):
        if _library_in(home).exists():
            os.environ["HOMEBREW_PREFIX"] = str(home)
            return


def _homes(venv: Path) -> tuple[Path, ...]:
    return venv / "fluidsynth", Path(os.environ.get("HOMEBREW_PREFIX", "/opt/homebrew"))


def _library_in(home: Path) -> Path:
    return home / "lib" / "libfluidsynth.dylib"


def _is_there(name: str, venv: Path) -> bool:
    if name.startswith("libfluidsynth"):
        return _finds_fluidsynth(venv)
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _finds_fluidsynth(venv: Path) -> bool:
    """Whether pyfluidsynth will find the library, by the names and in the places that it tries."""
    places = (*map(_library_in, _homes(venv)), Path(r"C:\tools\fluidsynth\bin"))
    return any(map(find_library, ("fluidsynth", "fluidsynth-3", "libfluidsynth-3"))) or any(map(Path.exists, places))
