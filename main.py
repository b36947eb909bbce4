"""Ritornello: `python3 main.py` opens the window, `python3 main.py --help` lists what else it does.

The first start sets up everything the program needs (see packaging/bootstrap.py); later starts only look whether that
is still so. This file must parse on Python 3.6, so that an old Python gets a sentence instead of a SyntaxError.
"""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OLDEST, NEWEST = (3, 11), (3, 13)

COMMANDS = (
    ("continue", "write new bars after the end of a song, one file per take"),
    ("infill", "write the given bars of the given tracks anew, one file per take"),
    ("render", "turn a MIDI file into a WAV or FLAC file"),
    ("score", "write a MIDI file as MusicXML, for notation programs"),
    ("inspect", "say what is in a MIDI file"),
    ("encode", "turn a folder of MIDI files into training data"),
    ("train", "train a model from encoded songs"),
    ("average", "one model from several of one training"),
    ("merges", "learn tokens that stand for several, for train --merges"),
    ("finetune", "make a style of your own from a folder of your MIDI files"),
    ("library", "make a folder of songs one that a model can look up while it writes"),
    ("evaluate", "measure a model on songs it has not seen"),
    ("findings", "make the pages of docs/findings from scratch, from a corpus"),
    ("training-log", "draw the log of a training, docs/model"),
    ("look", "draw what a model has learned and where in a song it looks"),
    ("benchmark", "time parts of the program, beside its peers; `benchmark editor` times the window"),
    ("pictures", "take the pictures of docs/images anew: every panel, light and dark"),
    ("translations", "make or update the files for translators in resources/translations, and compile them"),
)
WITHOUT_SCREEN = {
    ("benchmark", "editor"): "app.benchmark",
    ("pictures",): "app.pictures",
    ("translations",): "app.language_files",
}
"""Commands that use the window's own widgets, which core knows nothing of; they need no screen for it."""
EXTRA_LAYERS = {"findings": ["research"], "training-log": ["research"], "benchmark": ["research", "library"],
                "look": ["research"], "score": ["notation"]}

HELP = """Ritornello, a desktop composition assistant.

usage: python3 main.py [window] [FILE]      open the window, with a song if one is named
       python3 main.py window --model MODEL [FILE]
                                            the same, with a model of your own instead of the shipped one
       python3 main.py test [--core|--slow] run the tests (pytest's own options may follow)
       python3 main.py COMMAND --help       one of the commands below, without a window

commands:
{commands}

The first start sets up .venv beside this file. RITORNELLO_NO_SETUP=1 uses the Python at hand as it is instead.
""".format(commands="\n".join("  {:<12} {}".format(*command) for command in COMMANDS))


def main(arguments):
    """Run one command line (without the program's name); returns the exit status."""
    if arguments[:1] in (["--help"], ["-h"], ["help"]):
        print(HELP)
        return 0
    check_python()
    command = arguments[0] if arguments else "window"
    if command == "test":
        return run_tests(arguments[1:])
    if command in dict(COMMANDS):
        return run_command(arguments)
    return open_window(arguments[1:] if command == "window" else arguments)


def check_python():
    """End the program on a Python that the pinned packages do not support."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return
    from shutil import which

    names = ["python3.{}".format(minor) for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    found = [name for name in names if which(name)]
    raise SystemExit(
        "ritornello: this is Python {}.{}, but 3.{} to 3.{} is needed. {}".format(
            sys.version_info[0], sys.version_info[1], OLDEST[1], NEWEST[1],
            "You have one: {} main.py".format(found[0]) if found else "Please install one of those.",
        )
    )


def open_window(arguments):
    """Open the window, on one file if it is named, and with another model than the shipped one if that is."""
    files, model = list(arguments), None
    if "--model" in files:
        place = files.index("--model")
        model = "".join(files[place + 1:place + 2])
        del files[place:place + 2]
        if not os.path.isfile(os.path.join(model, "config.json")):
            raise SystemExit("ritornello: '{}' is no folder of a model, as train makes them: RUN/best".format(model))
    if len(files) > 1:
        raise SystemExit("ritornello: one file at a time, please; `python3 main.py --help` lists the commands")
    for name in files:
        if not os.path.isfile(name):
            raise SystemExit("ritornello: '{}' is neither a file nor a command; see `main.py --help`".format(name))
    display = load("display")
    display.check()
    ensure(["core", "window"])
    display.check_answers()
    from app.application import run

    return run(files, model)


def run_command(arguments):
    """Run a command that needs no window."""
    from importlib import import_module

    for words, module in WITHOUT_SCREEN.items():
        if tuple(arguments[:len(words)]) == words:
            ensure(["core", "window"])
            return import_module(module).main(arguments[len(words):])
    layers = ["core", *EXTRA_LAYERS.get(arguments[0], [])]
    if any(argument.split("=")[0] == "--scheduler" for argument in arguments):
        layers.append("cluster")
    ensure(layers)
    from core.cli import main as run

    return run(arguments)


def run_tests(arguments):
    """Run the tests: all, `--core` those that need no Qt, `--slow` the slow ones.

    Where no file is named, several processes share them, a file at a time. The slow ones measure: they come alone."""
    core_only = "--core" in arguments
    slow = "--slow" in arguments
    ensure(["core", "cluster", "test"] if core_only else ["core", "cluster", "window", "test"])
    os.chdir(HERE)
    options = [argument for argument in arguments if argument not in ("--core", "--slow")]
    everything = not any(os.path.exists(option.split("::")[0]) for option in options)
    if slow:
        options += ["-m", "slow"]
    elif everything:
        options = ["--numprocesses", str(test_processes()), "--dist", "loadfile", *options]
    if core_only:
        options += ["-p", "no:pytest-qt"]
        if everything:
            options += ["tests/core", "tests/packaging", "tests/test_walls.py"]
    import pytest

    return int(pytest.main(options))


def test_processes():
    """One more than there are cores, as those who play sound wait; more than six gain little: each imports torch."""
    return min((os.cpu_count() or 1) + 1, 6)


def ensure(layers):
    """Go on in an environment that has these layers of the program (see packaging/bootstrap.py)."""
    if not (getattr(sys, "frozen", False) or os.environ.get("RITORNELLO_NO_SETUP")):
        load("bootstrap").ensure(layers, load("native"))


def load(name):
    """A module of packaging/, by path: that folder shares its name with a library and so must not be a package."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("ritornello_" + name, os.path.join(HERE, "packaging", name + ".py"))
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(main(sys.argv[1:]))
