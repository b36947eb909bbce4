"""Native libraries: what is missing, and who is asked for it in which words."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import main

native = main.load("native")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the table is of Linux libraries")


@pytest.fixture
def ran(monkeypatch):
    """A Debian machine whose commands are only written down."""
    commands = []
    monkeypatch.setattr(native.shutil, "which", lambda name: name if name in ("apt-get", "sudo") else None)
    monkeypatch.setattr(native.subprocess, "run", lambda command, **_: commands.append(command))
    return commands


def be(monkeypatch, user_id, at_a_terminal):
    monkeypatch.setattr(os, "geteuid", lambda: user_id, raising=False)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: at_a_terminal))


LIBRARIES = [library for library in native.LINUX if library.name.startswith(("libportaudio", "libfluidsynth"))]


def test_root_installs_without_being_asked(monkeypatch, ran):
    be(monkeypatch, 0, at_a_terminal=False)
    native.install(LIBRARIES, False, lambda line: None)
    assert ran[-1] == ["apt-get", "install", "-y", "--no-install-recommends", "libfluidsynth3", "libportaudio2"]


def test_someone_at_a_terminal_is_asked_for_a_password(monkeypatch, ran):
    be(monkeypatch, 1000, at_a_terminal=True)
    native.install(LIBRARIES, False, lambda line: None)
    assert [command[:2] for command in ran] == [["sudo", "apt-get"]] * 2


def test_without_rights_the_exact_command_is_said_and_nothing_is_run(monkeypatch, ran):
    be(monkeypatch, 1000, at_a_terminal=False)
    said = []
    native.install(LIBRARIES, True, said.append)
    assert ran == []
    version = "{}.{}".format(*sys.version_info)
    packages = f"libfluidsynth3 libportaudio2 python{version}-venv"
    assert f"sudo apt-get install -y --no-install-recommends {packages}" in said[0]


@linux_only
def test_only_the_layers_asked_for_are_looked_at(monkeypatch, tmp_path):
    monkeypatch.setattr(native, "find_library", lambda name: None)
    monkeypatch.setattr(native.ctypes, "CDLL", lambda name: (_ for _ in ()).throw(OSError(name)))
    assert [library.layer for library in native.missing(["core"], tmp_path)] == ["core"]
    assert len(native.missing(["core", "window"], tmp_path)) == len(native.LINUX)


@pytest.mark.skipif(os.name != "posix", reason="no wheel carries FluidSynth on Windows")
def test_fluidsynth_of_a_wheel_is_found_where_pyfluidsynth_looks(monkeypatch, tmp_path):
    monkeypatch.setattr(native, "find_library", lambda name: None)
    monkeypatch.setenv("HOMEBREW_PREFIX", "/nowhere")
    libraries = tmp_path / "lib/python3.11/site-packages/pygame_ce.libs"
    libraries.mkdir(parents=True)
    (libraries / "libfluidsynth-2d6ca569.so.3.5.6").write_text("a library")
    assert native.lacks_fluidsynth(["core"], tmp_path)

    native.link_fluidsynth_wheel(tmp_path)
    native.link_fluidsynth_wheel(tmp_path)  # a second time changes nothing
    assert not native.lacks_fluidsynth(["core"], tmp_path)
    native.point_to_fluidsynth(tmp_path)
    assert Path(os.environ["HOMEBREW_PREFIX"], "lib", "libfluidsynth.dylib").read_text() == "a library"
