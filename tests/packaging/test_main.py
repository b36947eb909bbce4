"""The one entry: what it lists, what it refuses and in which words."""

import ast
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

import main
from core import cli

ROOT = Path(__file__).parents[2]


def start(*arguments, **environment):
    cleared = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    cleared = {**cleared, "RITORNELLO_NO_SETUP": "1", **environment}
    return subprocess.run(
        [sys.executable, ROOT / "main.py", *arguments], env=cleared, capture_output=True, text=True, timeout=60
    )


def test_help_lists_the_window_the_tests_and_every_command():
    run = start("--help")
    assert run.returncode == 0
    for word in ("window", "test", *dict(main.COMMANDS)):
        assert word in run.stdout


def test_every_command_of_core_is_listed():
    """One that is not listed is taken for a file to open."""
    assert set(typer.main.get_command(cli.app).commands) <= set(dict(main.COMMANDS))


@pytest.mark.parametrize("command", dict(main.COMMANDS))
def test_every_listed_command_is_there_and_writes_where_it_is_told(command):
    if (command,) in main.WITHOUT_SCREEN:
        pytest.importorskip("PySide6", reason="the command draws with the window's widgets")
    run = start(command, "--help", NO_COLOR="1", COLUMNS="100")
    assert run.returncode == 0, run.stderr
    assert "-o" in run.stdout


def test_an_old_python_can_read_the_file_and_is_told_what_is_needed(monkeypatch):
    ast.parse((ROOT / "main.py").read_text(), feature_version=(3, 6))
    monkeypatch.setattr(main, "sys", SimpleNamespace(version_info=(3, 8, 1)))
    with pytest.raises(SystemExit, match=r"Python 3\.8, but 3\.11 to 3\.13 is needed"):
        main.check_python()


def test_a_python_that_is_too_new_is_refused_too(monkeypatch):
    monkeypatch.setattr(main, "sys", SimpleNamespace(version_info=(3, 14, 0)))
    with pytest.raises(SystemExit, match=r"this is Python 3\.14"):
        main.check_python()


@pytest.mark.parametrize("words", [("--model",), ("--model", "nowhere"), ("song.mid", "--model", "{folder}")])
def test_a_model_for_the_window_that_is_none_is_refused_by_name(words, tmp_path):
    run = start("window", *(word.format(folder=tmp_path) for word in words), QT_QPA_PLATFORM="offscreen")
    assert run.returncode == 1 and "is no folder of a model" in run.stderr
    assert words[-1].format(folder=tmp_path) in run.stderr or words == ("--model",)


def test_the_window_opens_with_another_model_and_a_song(tmp_path, monkeypatch):
    application = pytest.importorskip("app.application", reason="needs the window's packages")
    opened = []
    monkeypatch.setattr(main, "load", lambda name: SimpleNamespace(check=lambda: None, check_answers=lambda: None))
    monkeypatch.setattr(main, "ensure", lambda layers: None)
    monkeypatch.setattr(application, "run", lambda files, model: opened.append((files, model)) or 0)
    song, model = tmp_path / "song.mid", tmp_path / "model"
    model.mkdir()
    for path in (song, model / "config.json"):
        path.touch()
    assert main.open_window([str(song)]) == main.open_window(["--model", str(model), str(song)]) == 0
    assert opened == [([str(song)], None), ([str(song)], str(model))]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only X and Wayland sessions can lack a display")
class TestWithoutADisplay:
    def test_the_window_names_a_command_that_needs_none(self):
        run = start(QT_QPA_PLATFORM="")
        assert run.returncode == 1
        assert "no display" in run.stderr and "main.py continue" in run.stderr

    @pytest.mark.skipif(find_spec("PySide6") is None, reason="the window's packages are not installed")
    def test_a_display_that_does_not_answer_is_not_left_to_qt(self):
        run = start(QT_QPA_PLATFORM="", DISPLAY=":98765")
        assert run.returncode == 1
        assert "nothing answers" in run.stderr and "main.py continue" in run.stderr


def test_a_file_that_is_not_there_is_named():
    run = start("no-such-song.mid")
    assert run.returncode == 1
    assert "no-such-song.mid" in run.stderr


def test_two_files_are_one_too_many(tmp_path):
    (tmp_path / "a.mid").touch()
    run = start(str(tmp_path / "a.mid"), str(tmp_path / "a.mid"))
    assert run.returncode == 1
    assert "one file" in run.stderr
