"""Small merges for tests, and merges of any expansions one likes."""

from collections.abc import Iterable
from functools import cache

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong, encode
from core.tokens.merges import Merges, learn_actions, learn_bpe
from tests.core.tokens.songs import dense_song


def little_songs() -> list[EncodedSong]:
    return [encode(dense_song(bars=8, tracks=3, notes_a_bar=notes, seed=notes), drum_durations=False)
            for notes in (2, 4, 8)]


@cache
def small_merges(kind: str) -> Merges:
    """Some 200 merges of one kind, learned from three little songs in many keys."""
    learn = {"bpe": learn_bpe, "action": learn_actions}[kind]
    return learn(little_songs() * 20, v.SIZE + 200, seed=1)


def merges_of(expansions: Iterable[tuple[int, ...]]) -> Merges:
    """Byte-pair merges that have these expansions, and those on the way to them: each is joined from the left."""
    rules: dict[tuple[int, ...], tuple[int, int]] = {}
    number_of: dict[tuple[int, ...], int] = {}
    for parts in expansions:
        for end in range(2, len(parts) + 1):
            if parts[:end] not in number_of:
                left = number_of[parts[:end - 1]] if end > 2 else parts[0]
                rules[parts[:end]] = (left, parts[end - 1])
                number_of[parts[:end]] = v.SIZE + len(number_of)
    return Merges("bpe", tuple(number_of), tuple(rules.values()))
