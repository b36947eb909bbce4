"""Merges as a file: JSON that a person can read, of which nothing is taken on trust."""

from __future__ import annotations

import json
import os
from pathlib import Path

from core.tokens import vocabulary as v
from core.tokens.fingerprint import vocabulary_fingerprint
from core.tokens.merges.merges import Merges

FORMAT = "ritornello-merges"
VERSION = 1
LARGEST_FILE = 64 << 20
"""Bytes; 65,536 tokens of the usual length take a tenth of it."""
_NUMBER_OF = {v.describe(token): token for token in range(v.SIZE)}


class MergesError(ValueError):
    """A file of merges is missing, damaged or made for another vocabulary; the message names it."""


def write_merges(merges: Merges, path: str | Path) -> None:
    """Write the file, moved into place when it is whole. One merged token a line, as a person would say it."""
    path = Path(path)
    head = {"format": FORMAT, "version": VERSION, "kind": merges.kind, "vocabulary": vocabulary_fingerprint(),
            "fingerprint": merges.fingerprint}
    tokens = [json.dumps(", ".join(map(v.describe, parts))) for parts in merges.expansions]
    rules = [json.dumps(pair) for pair in merges.rules]
    lines = [f' "{name}": {json.dumps(value)}' for name, value in head.items()]
    lines += [f' "{name}": [\n  ' + ",\n  ".join(items) + "\n ]" for name, items in
              (("tokens", tokens), ("rules", rules))]
    draft = path.with_name(path.name + ".part")
    draft.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    os.replace(draft, path)


def read_merges(path: str | Path) -> Merges:
    """What ``write_merges`` wrote. Raises MergesError naming the file and what is wrong with it."""
    path = Path(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise MergesError(f"{path}: is far too large for a file of merges")
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MergesError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        if isinstance(error, MergesError):
            raise
        raise MergesError(f"{path}: is damaged: {error}") from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise MergesError(f"{path}: is not a {FORMAT} file")
    if data.get("version") != VERSION:
        raise MergesError(f"{path}: has version {data.get('version')}; this program reads version {VERSION}")
    if data.get("vocabulary") != vocabulary_fingerprint():
        raise MergesError(f"{path}: was made for another vocabulary than this program's: learn the merges again")
    try:
        merges = Merges(data["kind"], tuple(map(_parts, data["tokens"])), tuple(map(_pair, data["rules"])))
    except (KeyError, TypeError, ValueError) as error:
        raise MergesError(f"{path}: is damaged: {error}") from error
    if data.get("fingerprint") != merges.fingerprint:
        raise MergesError(f"{path}: is damaged: its tokens are not those it was written with")
    return merges


def _parts(text: object) -> tuple[int, ...]:
    if not isinstance(text, str):
        raise TypeError(f"a token is written as text, not as {type(text).__name__}")
    return tuple(_NUMBER_OF[word] for word in text.split(", "))


def _pair(pair: object) -> tuple[int, int]:
    if not isinstance(pair, list) or len(pair) != 2 or any(type(token) is not int for token in pair):
        raise TypeError(f"a rule is a pair of tokens, not {str(pair)[:40]}")
    return pair[0], pair[1]
