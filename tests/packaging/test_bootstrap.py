"""Set-up, for real but small: a copy of the program whose only requirement is a wheel made here."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(300)  # making an environment on a busy machine
ROOT = Path(__file__).parents[2]
WHEEL = "tiny-{}-py3-none-any.whl"


def make_wheel(folder: Path, version: str) -> Path:
    path = folder / WHEEL.format(version)
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


class Copy:
    """A clone of the program in a folder of its own, with a one-line command in place of core."""

    def __init__(self, folder: Path):
        self.folder = folder / "a clone"
        (self.folder / "packaging").mkdir(parents=True)
        (self.folder / "core").mkdir()
        shutil.copy(ROOT / "main.py", self.folder)
        for name in ("bootstrap.py", "native.py", "display.py"):
            shutil.copy(ROOT / "packaging" / name, self.folder / "packaging")
        with open(self.folder / "packaging" / "native.py", "a") as native:
            native.write("\nLINUX = ELSEWHERE = ()\n")  # this test leaves the system's packages alone
        (self.folder / "packaging" / "constraints.txt").touch()
        (self.folder / "core" / "__init__.py").touch()
        (self.folder / "core" / "cli.py").write_text(
            "import sys, tiny\ndef main(argv): print(tiny.VERSION, *argv, sys.prefix); return 7\n"
        )
        self.require(make_wheel(folder, "1.0").as_uri())

    def require(self, requirement: str) -> None:
        (self.folder / "packaging" / "requirements-core.txt").write_text(f"tiny @ {requirement}\n")

    def start(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "main.py", "inspect", *arguments]
        environment = {name: value for name, value in os.environ.items() if name != "RITORNELLO_NO_SETUP"}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=250)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Copy:
    made = Copy(tmp_path_factory.mktemp("setup"))
    made.first = made.start("a song.mid")
    return made


def test_the_first_start_says_what_it_does_and_goes_on_with_the_command(copy):
    assert "setting up" in copy.first.stdout and "installing Python packages: tiny" in copy.first.stdout
    assert copy.first.stdout.splitlines()[-1] == f"1.0 inspect a song.mid {copy.folder / '.venv'}"
    assert copy.first.returncode == 7, "the command's own exit status is passed on"


def test_a_later_start_does_nothing_and_does_it_fast(copy):
    copy.start()
    took = []
    for _ in range(5):
        before = os.times()
        run = copy.start()
        after = os.times()
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert run.stdout == f"1.0 inspect {copy.folder / '.venv'}\n"
    assert min(took) < 0.5, "seconds of processor time, those of Python's own start among them"


def test_a_set_up_that_was_cut_short_is_made_anew(copy):
    copy.start()
    shutil.rmtree(next((copy.folder / ".venv").rglob("site-packages")) / "pip")
    (copy.folder / ".venv" / "unfinished").touch()
    run = copy.start()
    assert "making a virtual environment" in run.stdout
    assert run.stdout.splitlines()[-1].startswith("1.0 inspect")


def test_a_changed_list_is_installed_and_a_failure_of_pip_is_explained_and_repaired(copy, tmp_path):
    copy.start()
    copy.require((tmp_path / WHEEL.format("2.0")).as_uri())
    run = copy.start()
    assert run.returncode == 1
    assert "pip could not install" in run.stderr

    make_wheel(tmp_path, "2.0")
    assert copy.start().stdout.splitlines()[-1].startswith("2.0 inspect")


@pytest.mark.slow
def test_an_environment_whose_python_is_gone_is_made_anew(copy):
    copy.start()
    stamp = json.loads((copy.folder / ".venv" / "ritornello.json").read_text())
    assert stamp["complete"] == ["core"]
    for python in (copy.folder / ".venv" / "bin").glob("python*"):
        python.unlink()
    assert "inspect" in copy.start().stdout.splitlines()[-1]
