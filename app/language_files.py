"""`main.py translations`: the Qt Linguist files of resources/translations, made from the sources.

lupdate finds what stands in ``tr("...")`` and ``later("...")``. The tables of actions and the names that the core gives
to grids and controllers are data: they are written into a file of such calls first. English says every text as it is;
other languages keep what their translators wrote.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import PySide6

from app.actions import ACTIONS, MENUS, MOUSE_HELP
from app.facts import NEEDS
from app.pianoroll.lane import LANES
from app.pianoroll.snap import GRIDS
from core.folders import TRANSLATIONS

APP = Path(__file__).parent
UNTRANSLATED = re.compile(r'(<source>(.*?)</source>\s*)<translation type="unfinished"></translation>', re.S)


def main(arguments: list[str]) -> int:
    """Update the English file, and make or update the languages that are named; returns the exit status."""
    parser = argparse.ArgumentParser("main.py translations", description="Make or update the translation files "
                                     "(Qt Linguist's .ts) from the sources, and compile them (.qm) for the window.")
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help="a code such as de or pt_BR; English always")
    parser.add_argument("-o", "--output", type=Path, default=TRANSLATIONS, metavar="FOLDER",
                        help="keep the files there (default: where the window looks for them)")
    options = parser.parse_args(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    write_english(options.output / "ritornello_en.ts")
    for language in options.languages:
        if language != "en":
            ts = options.output / f"ritornello_{language}.ts"
            extract(ts, language)
            compile_file(ts, ts.with_suffix(".qm"))
            print(f"{ts}: translate it with pyside6-linguist and run this again")
    return 0


def table_texts() -> list[str]:
    """What is shown of data, in which lupdate cannot see it."""
    texts = [text for action in ACTIONS for text in (action.text, action.help)]
    texts += [*MENUS, *(text for row in MOUSE_HELP for text in row), *NEEDS.values(), *LANES, *GRIDS]
    return [text for text in dict.fromkeys(texts) if re.search("[^\\W\\d]", text)]


def extract(ts: Path, language: str = "en") -> None:
    """Bring ``ts`` up to date with the sources; it is made where it is missing."""
    with tempfile.TemporaryDirectory() as folder:
        tables = Path(folder) / "tables.py"
        tables.write_text("".join(f"tr({json.dumps(text, ensure_ascii=False)})\n" for text in table_texts()),
                          encoding="utf-8")
        sources = [*sorted(str(path) for path in APP.rglob("*.py") if path.name != "translation.py"), str(tables)]
        _run("lupdate", "-silent", "-locations", "none", "-no-obsolete", "-sort-messages", "-source-language", "en",
             "-target-language", language, "-tr-function-alias", "QT_TR_NOOP+=later", *sources, "-ts", str(ts))


def write_english(ts: Path) -> None:
    """Every text said as it is."""
    say(ts, lambda text: text)


def say(ts: Path, words: Callable[[str], str]) -> None:
    """A new file in which every text is translated by ``words``; it gets and gives them as XML has them."""
    ts.unlink(missing_ok=True)
    extract(ts)
    text = ts.read_text(encoding="utf-8")
    text = UNTRANSLATED.sub(lambda found: f"{found[1]}<translation>{words(found[2])}</translation>", text)
    ts.write_text(text, encoding="utf-8", newline="\n")


def compile_file(ts: Path, qm: Path) -> None:
    """``ts`` as the window loads it."""
    _run("lrelease", "-silent", str(ts), "-qm", str(qm))


def _run(tool: str, *arguments: str) -> None:
    subprocess.run([str(Path(PySide6.__file__).parent / tool), *arguments], check=True)
