"""Merged tokens: one number for several plain tokens in a row, inside one cell.

Plain tokens keep their numbers; merged ones follow them. A song is merged as a whole and stays an ``EncodedSong``, so
that windows, streams and prompts are cut from it by the same functions.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.tokens import vocabulary as v
from core.tokens.encoder import EncodedSong
from core.tokens.fingerprint import vocabulary_fingerprint
from core.tokens.merges.facts import FactTable, facts_of

if TYPE_CHECKING:
    from tokenizers import Tokenizer

BPE, ACTION = "bpe", "action"
KINDS = (BPE, ACTION)
MAX_SIZE = 1 << 16
"""Tokens that a song's column of tokens (uint16) can tell apart."""
MAX_PARTS = 64
"""Plain tokens that one merged token may stand for."""
_LETTERS = 0x4E00
"""The character that stands for plain token 0 where tokens are written as text; the others follow it."""


@dataclass(frozen=True)
class Merges:
    """What the tokens from ``vocabulary.SIZE`` on stand for.

    ``kind``: ``bpe`` (byte-pair encoding, Gage 1994: the pairs of ``rules`` are joined, the first rule first) or
    ``action`` (all that starts on one slot of a cell, where that is among the ``expansions``). ``expansions``: the
    plain tokens of each merged token. ``rules``: pairs of tokens, plain or merged; none for ``action``.
    Raises ValueError where the parts do not make sense together.
    """

    kind: str
    expansions: tuple[tuple[int, ...], ...]
    rules: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"merges are of kind {' or '.join(KINDS)}, not {self.kind!r}")
        if self.size > MAX_SIZE:
            raise ValueError(f"{self.size:,} tokens are more than the {MAX_SIZE:,} that can be told apart")
        if len(set(self.expansions)) != len(self.expansions):
            raise ValueError("two merged tokens stand for the same")
        for token, parts in enumerate(self.expansions, start=v.SIZE):
            if not 2 <= len(parts) <= MAX_PARTS:
                raise ValueError(f"token {token} stands for {len(parts)} tokens, not 2 to {MAX_PARTS}")
            if not all(0 <= part < v.SIZE for part in parts) or facts_of(parts) is None:
                raise ValueError(f"token {token} stands for what can stand in no cell")
            if self.kind == ACTION and not _is_action(parts):
                raise ValueError(f"token {token} is not all of what starts on one slot")
        self._check_rules()

    def _check_rules(self) -> None:
        """Each rule joins tokens that exist already, and each merged token comes from a rule."""
        if self.kind == ACTION:
            if self.rules:
                raise ValueError("action tokens have no rules")
            return
        number_of = {parts: token for token, parts in enumerate(self.expansions, start=v.SIZE)}
        made: set[int] = set()
        for pair in self.rules:
            if not all(0 <= token < v.SIZE or token in made for token in pair):
                raise ValueError(f"the rule {pair} joins what was not made before")
            joined = number_of.get(self.expand_token(pair[0]) + self.expand_token(pair[1]))
            if joined is None:
                raise ValueError(f"the rule {pair} makes no token")
            made.add(joined)
        if len(made) != len(self.expansions) or len(set(self.rules)) != len(self.rules):
            raise ValueError("the rules and the tokens do not belong together")

    def __deepcopy__(self, memo: dict) -> Merges:
        return self  # nothing of it ever changes

    @property
    def size(self) -> int:
        """Tokens in the whole vocabulary, plain and merged."""
        return v.SIZE + len(self.expansions)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the whole vocabulary, plain and merged, hexadecimal."""
        facts = f"{vocabulary_fingerprint()}\n{self.kind}\n{self.expansions}\n{self.rules}"
        return hashlib.sha256(facts.encode()).hexdigest()

    def expand_token(self, token: int) -> tuple[int, ...]:
        """The plain tokens a token stands for; a plain one stands for itself."""
        return self.expansions[token - v.SIZE] if token >= v.SIZE else (int(token),)

    @cached_property
    def lengths(self) -> np.ndarray:
        """How many plain tokens each token stands for, int64 (size,)."""
        return np.array([1] * v.SIZE + [len(parts) for parts in self.expansions], dtype=np.int64)

    @cached_property
    def notes(self) -> np.ndarray:
        """How many notes each token writes, int64 (size,)."""
        is_note = (v.KIND_OF == v.Kind.PITCH) | (v.KIND_OF == v.Kind.DRUM)
        return np.concatenate([is_note, [is_note[list(parts)].sum() for parts in self.expansions]]).astype(np.int64)

    @cached_property
    def facts(self) -> FactTable:
        """What each merged token asks of the place where it is written."""
        return FactTable(self.expansions)

    @cached_property
    def _flat(self) -> tuple[np.ndarray, np.ndarray]:
        """The plain tokens of every token end to end, and where each token's begin."""
        parts = np.concatenate([np.arange(v.SIZE), *map(np.array, self.expansions)]).astype(np.uint16)
        return parts, np.cumsum(self.lengths) - self.lengths

    def expand_tokens(self, tokens: np.ndarray) -> np.ndarray:
        """The plain tokens of a row of tokens, uint16."""
        parts, start = self._flat
        lengths = self.lengths[tokens]
        before = np.cumsum(lengths) - lengths
        return parts[np.repeat(start[tokens] - before, lengths) + np.arange(lengths.sum())]

    def save(self, path: str | Path) -> None:
        """Write the merges as JSON."""
        from core.tokens.merges.file import write_merges

        write_merges(self, path)

    @staticmethod
    def load(path: str | Path) -> Merges:
        """What ``save`` wrote. Raises MergesError naming the file and what is wrong with it."""
        from core.tokens.merges.file import read_merges

        return read_merges(path)

    def apply(self, song: EncodedSong) -> EncodedSong:
        """The song with merged tokens. A token's slot is that of its last part: where the writing now stands.

        A merged token never reaches beyond its cell. Transpose before: merged tokens cannot be transposed.
        """
        if not len(song.tokens):
            return song
        tokens = self._join_pairs(song) if self.kind == BPE else self._join_actions(song)
        ends = np.cumsum(self.lengths[tokens])
        cell_start = np.searchsorted(ends, song.cell_start, side="right")
        return replace(song, tokens=tokens.astype(np.uint16), slots=np.asarray(song.slots)[ends - 1],
                       cell_start=cell_start.astype(np.int64))

    def expand(self, song: EncodedSong) -> EncodedSong:
        """The plain song that ``apply`` was given."""
        if not len(song.tokens):
            return song
        tokens = self.expand_tokens(song.tokens)
        # A cell says its first position, so the last one said is always the cell's own.
        said = v.KIND_OF[tokens] == v.Kind.POSITION
        latest = np.maximum.accumulate(np.where(said, np.arange(len(tokens)), 0))
        ends = np.concatenate([[0], np.cumsum(self.lengths[song.tokens])])
        return replace(song, tokens=tokens, slots=(tokens[latest] - v.POSITION).astype(np.uint8),
                       cell_start=ends[song.cell_start])

    def _join_actions(self, song: EncodedSong) -> np.ndarray:
        plain = np.ascontiguousarray(song.tokens, dtype=np.uint16)
        starts = np.flatnonzero(v.KIND_OF[plain] == v.Kind.POSITION)
        ends = np.append(starts[1:], len(plain))
        data = plain.tobytes()
        found = np.fromiter((self._actions.get(data[2 * start:2 * end], 0) for start, end in
                             zip(starts.tolist(), ends.tolist())), dtype=np.int64, count=len(starts))
        joined = found > 0
        kept = np.repeat(~joined, ends - starts)
        kept[starts] = True
        tokens = plain.copy()
        tokens[starts[joined]] = found[joined]
        return tokens[kept]

    @cached_property
    def _actions(self) -> dict[bytes, int]:
        """The merged token of each row of plain tokens, as bytes of uint16."""
        return {np.array(parts, dtype=np.uint16).tobytes(): token
                for token, parts in enumerate(self.expansions, start=v.SIZE)}

    def _join_pairs(self, song: EncodedSong) -> np.ndarray:
        encoding, = self._tokenizer.encode_batch_fast([cell_words(song)], is_pretokenized=True,
                                                      add_special_tokens=False)
        return np.array(encoding.ids, dtype=np.int64)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer
        from tokenizers.models import BPE as PairModel

        # One song at a time leaves nothing to share out, and threads would complain when a process is forked.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        words = [word_of((token,)) for token in range(v.SIZE)] + [word_of(parts) for parts in self.expansions]
        pairs = [(words[left], words[right]) for left, right in self.rules]
        return Tokenizer(PairModel({word: token for token, word in enumerate(words)}, pairs))


def cell_words(song: EncodedSong) -> list[str]:
    """The content of each cell of a plain song as a word of one character a token."""
    text = word_of(song.tokens)
    bounds = song.cell_start.tolist()
    return [text[start:end] for start, end in zip(bounds, bounds[1:])]


def word_of(tokens) -> str:
    """Plain tokens as text, one character each."""
    return (np.asarray(tokens).astype("<u4") + _LETTERS).astype("<u4").tobytes().decode("utf-32-le")


def tokens_of_word(word: str) -> tuple[int, ...]:
    """What ``word_of`` was given."""
    return tuple(ord(letter) - _LETTERS for letter in word)


def _is_action(parts: tuple[int, ...]) -> bool:
    positions = v.KIND_OF[list(parts)] == v.Kind.POSITION
    complete = v.KIND_OF[parts[-1]] in (v.Kind.DURATION, v.Kind.DRUM)
    return bool(positions[0]) and not positions[1:].any() and bool(complete)
