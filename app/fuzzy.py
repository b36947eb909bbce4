"""Finding an action by a few letters of its name. No Qt here."""

from __future__ import annotations

import re
from collections.abc import Sequence

WORD_START, RUN, INITIALS, WHOLE_PREFIX = 8.0, 4.0, 12.0, 20.0
"""What a letter is worth at the start of a word and right after the one before; what typing the words' first letters
is worth, and what typing the very beginning of the name is (twice that if it is all of it)."""
ELSEWHERE = 2.0
"""What a word is worth that is only in the rest: the help sentence, the menu, the keys."""


def score(typed: str, name: str, rest: str = "") -> float | None:
    """How well ``name`` answers to what was typed, higher is better; None where a word of it is nowhere to be found.

    Each word typed must be in the name, its letters in order though not side by side, or stand as it is in ``rest``.
    """
    words = typed.lower().split()
    if not words:
        return 0.0
    name = name.lower()
    phrase = " ".join(words)
    total = WHOLE_PREFIX * (name.startswith(phrase) + (name == phrase))
    for word in words:
        found = _in_name(word, name)
        if found is None:
            if word not in name and (len(word) < 2 or word not in rest.lower()):
                return None
            found = ELSEWHERE
        total += found
    return total - len(name) * 0.01


def _in_name(word: str, name: str) -> float | None:
    starts = [match.start() for match in re.finditer(r"\w+", name)]
    best = INITIALS * len(word) if "".join(name[at] for at in starts).startswith(word) else None
    for first in starts:
        worth = _letters(word, name, first, set(starts))
        if worth is not None and (best is None or worth > best):
            best = worth
    return best


def _letters(word: str, name: str, first: int, starts: set[int]) -> float | None:
    """Match greedily from ``first``: a run goes on if it can, else at the next start of a word, else anywhere."""
    worth, at = 0.0, first - 1
    for index, letter in enumerate(word):
        goes_on = at + 1 < len(name) and name[at + 1] == letter
        if index and goes_on:
            at, worth = at + 1, worth + RUN
            continue
        places = [i for i in range(at + 1, len(name)) if name[i] == letter]
        if not places or (index == 0 and places[0] != first):
            return None
        at = next((i for i in places if i in starts), places[0])
        worth += WORD_START if at in starts else 0.0
    return worth


def ranked(typed: str, names: Sequence[tuple[str, str]], favoured: Sequence[int] = ()) -> list[int]:
    """The indices of the (name, rest) pairs that match, best first; among equals, and with nothing typed, the
    ``favoured`` come first, in their order, and then the order of ``names``."""
    place = {index: rank for rank, index in enumerate(favoured)}
    scores = {index: score(typed, *pair) for index, pair in enumerate(names)}
    found = [index for index, worth in scores.items() if worth is not None]
    return sorted(found, key=lambda index: (-round(scores[index], 1), place.get(index, len(place)), index))
