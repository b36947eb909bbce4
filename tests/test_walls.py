"""The walls of the house: who may import whom is read from the table in ARCHITECTURE.md and held against the code."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
QT = {"PySide6", "shiboken6", "pyqtgraph"}
TORCH = {"torch", "lightning_fabric"}
TORCH_ROOMS = {"model", "training", "generation", "evaluation"}
TORCH_FREE = {  # read by the window, in rooms where torch is otherwise at home
    "core.generation.request",
    "core.generation.messages",
    "core.model.libraries",
    "core.model.styles",
    "core.training.finetune_messages",
}
GROUND = {"folders"}  # belongs to no room; any may stand on it


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules_in(*folders: str) -> dict[str, Path]:
    return {module_of(path): path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))}


def imports_of(path: Path, of_module_only: bool = False) -> Iterator[str]:
    """Every module a file imports, by its full name; optionally only what importing the file brings at once."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = module_of(path).split(".") if path.name == "__init__.py" else module_of(path).split(".")[:-1]
    for node in _statements(tree) if of_module_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(part for part in (start, node.module) if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            yield child
            yield from _statements(child)


def rooms() -> dict[str, set[str]]:
    """From ARCHITECTURE.md: each room of core, and the rooms it may use, directly or through those it names."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `core/(\w+)/?` \|.*\| ([^|]*) \|$", text, re.MULTILINE)
    named = {room: set(re.findall(r"\w+", may)) for room, may in rows}
    allowed = {}
    for room, may in named.items():
        reached = set(named) if "all" in may else set()
        while may - reached:
            reached |= may
            may = set().union(*(named.get(name, set()) for name in may))
        allowed[room] = (reached & set(named)) | {room} | GROUND
    return allowed


def room_of(module: str) -> str:
    return module.split(".")[1]


def test_the_table_of_rooms_names_every_room():
    there = {room_of(name) for name in modules_in("core") if name != "core"}
    assert there <= set(rooms()) | GROUND


def test_core_knows_nothing_of_the_program_around_it():
    strangers = {"app", "main", "tests", *QT}
    found = [(name, used) for name, path in modules_in("core").items() for used in imports_of(path)]
    assert [pair for pair in found if pair[1].split(".")[0] in strangers] == []


def test_app_does_not_import_main_or_tests():
    found = [(name, used) for name, path in modules_in("app").items() for used in imports_of(path)]
    assert [pair for pair in found if pair[1].split(".")[0] in {"main", "tests"}] == []


def test_every_room_uses_only_rooms_below_it():
    allowed = rooms()
    climbing = [
        f"{name} imports {used}"
        for name, path in modules_in("core").items()
        if name != "core" and room_of(name) in allowed
        for used in imports_of(path)
        if used.startswith("core.") and room_of(used) not in allowed[room_of(name)]
    ]
    assert climbing == []


def test_music_stands_on_numpy_alone():
    used = {used.split(".")[0] for path in modules_in("core/music").values() for used in imports_of(path)}
    assert used - set(sys.stdlib_module_names) <= {"core", "numpy"}


def test_torch_is_imported_only_where_models_are():
    guilty = []
    for name, path in modules_in("core", "app").items():
        at_home = name.startswith("core.") and room_of(name) in TORCH_ROOMS and name not in TORCH_FREE
        lazily = name.startswith("core.cli")  # its commands may, its start may not
        if not at_home:
            guilty += [name for used in imports_of(path, of_module_only=lazily) if used.split(".")[0] in TORCH]
    assert guilty == []


def brought_along(modules: list[str], suspects: set[str]) -> str:
    """The suspects that a fresh Python has loaded after importing the modules."""
    code = f"import sys, {', '.join(modules)}; print('brought:', *sorted({suspects!r} & set(sys.modules)))"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.rpartition("brought:")[2].strip()


def test_music_files_and_their_neighbours_start_without_torch_or_qt():
    light = [
        name
        for name in modules_in("core")
        if name in TORCH_FREE or (name != "core" and room_of(name) not in TORCH_ROOMS | {"cli"})
    ]
    assert len(light) > len(TORCH_FREE)
    assert brought_along(light, TORCH | QT) == ""


def test_the_command_line_starts_without_torch_or_qt():
    assert brought_along(["core.cli"], TORCH | QT) == ""


@pytest.mark.skipif(find_spec("PySide6") is None, reason="the window's packages are not installed")
def test_the_whole_window_starts_without_torch_or_the_command_line():
    assert brought_along(sorted(modules_in("app")), TORCH | {"typer"}) == ""


def test_the_folder_packaging_leaves_the_library_of_that_name_alone():
    assert list((ROOT / "packaging").rglob("__init__.py")) == []
    code = "import packaging.version; print(packaging.__file__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not found.stdout.startswith(str(ROOT / "packaging"))


def test_no_file_is_too_long_to_read_in_one_sitting():
    paths = [ROOT / "main.py", *modules_in("app", "core", "packaging", "tests").values()]
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}
    assert {name: lines for name, lines in long.items() if lines > 400} == {}
