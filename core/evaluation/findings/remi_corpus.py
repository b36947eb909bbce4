"""The songs that ours and the peer are both trained on, as streams of each one's tokens; and how both are measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from miditok import REMI

from core.corpus.batching import DiskStreams, Pieces
from core.corpus.store import Store
from core.evaluation.findings.excerpts import BARS
from core.evaluation.findings.remi import VOCABULARY, comparable, make_tokenizer, score_of
from core.files.atomic import write_atomic

BPE_SONGS = 300
"""Songs that the byte pairs are learned from."""
TRANSPOSITIONS = 4
"""Of each song, at random among those up to six semitones that keep it in range; itself is one of them."""
REACH = 6


def choose_common(store: Store, shares: Mapping[str, float], count: int, seed: int = 0) -> np.ndarray:
    """Numbers of about ``count`` songs that both can write, of each collection as its share says, sorted. Of a
    collection that has none, as many as its size says."""
    collections = np.array([entry.collection for entry in store.entries])
    order = np.random.default_rng(seed).permutation(len(store))
    chosen: list[int] = []
    for name in sorted(set(collections.tolist())):
        share = shares.get(name, float((collections == name).mean()))
        wanted = max(1, round(share * count))
        usable = (int(i) for i in order[collections[order] == name] if comparable(store[int(i)]))
        chosen += [number for number, _ in zip(usable, range(wanted))]
    return np.sort(np.array(chosen))


class ChosenStreams:
    """The streams of some of a store's songs."""

    def __init__(self, store: Store, numbers: np.ndarray) -> None:
        self._all, self._numbers = DiskStreams(store), numbers
        self.lengths = self._all.lengths[numbers]
        self.collections = [self._all.collections[number] for number in numbers]

    def cut(self, pieces: Pieces, rows: int, context: int):
        return self._all.cut(replace(pieces, song=self._numbers[pieces.song]), rows, context)


class RemiStreams:
    """Songs in the peer's tokens, each in several transpositions; ``cut`` gives int64 (rows, context)."""

    def __init__(self, tokens: np.ndarray, bounds: np.ndarray, collections: Sequence[str], pad: int) -> None:
        self.tokens, self.bounds, self.collections, self.pad = tokens, bounds, list(collections), pad
        self.lengths = np.diff(bounds)

    def cut(self, pieces: Pieces, rows: int, context: int) -> np.ndarray:
        found = np.full((rows, context), self.pad, dtype=np.int64)
        for row, at, song, start, length in zip(*(column.tolist() for column in (
                pieces.row, pieces.at, pieces.song, pieces.start, pieces.length))):
            first = self.bounds[song] + start
            found[row, at:at + length] = self.tokens[first:first + length]
        return found


def learn_tokenizer(path: Path, store: Store, numbers: np.ndarray, seed: int = 0) -> REMI:
    """The tokenizer with its byte pairs, learned at most once."""
    if not path.exists():
        tokenizer = make_tokenizer()
        folder = path.with_suffix(".songs")
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for number in np.random.default_rng(seed).permutation(numbers)[:BPE_SONGS].tolist():
            files.append(folder / f"{number}.mid")
            score_of(store[number]).dump_midi(files[-1])
        tokenizer.train(vocab_size=VOCABULARY, model="BPE", files_paths=files)
        tokenizer.save(path)
    return REMI(params=path)


def encode_songs(path: Path, tokenizer: REMI, store: Store, numbers: np.ndarray, seed: int = 0) -> RemiStreams:
    """The songs as the peer reads them, between BOS and EOS; encoded at most once."""
    if not path.exists():
        rng, parts = np.random.default_rng(seed), []
        for number in numbers.tolist():
            plain = np.array(tokenizer.encode(score_of(store[number]), encode_ids=False).ids)
            parts += _transposed(tokenizer, plain, rng)
        bounds = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
        buffer = BytesIO()
        np.savez(buffer, tokens=np.concatenate(parts), bounds=bounds)
        write_atomic(path, buffer.getvalue())
    with np.load(path) as saved:
        tokens, bounds = saved["tokens"], saved["bounds"]
    collections = [store.entries[number].collection for number in numbers.tolist() for _ in range(TRANSPOSITIONS)]
    return RemiStreams(tokens, bounds, collections, tokenizer["PAD_None"])


def encode_excerpt(tokenizer: REMI, store: Store, number: int, bars: int = BARS) -> np.ndarray:
    """The first ``bars`` bars of a song as the peer reads them, int64, from BOS on and without EOS."""
    tokens = tokenizer.encode(score_of(store[number], bars))
    return np.array([tokenizer["BOS_None"], *tokens.ids], dtype=np.int64)


def _transposed(tokenizer: REMI, plain: np.ndarray, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """A song without byte pairs as it is and ``TRANSPOSITIONS`` - 1 times moved, with byte pairs, uint16."""
    first, last = tokenizer["Pitch_0"], tokenizer["Pitch_126"]
    is_pitch = (plain >= first) & (plain <= last)
    pitches = plain[is_pitch] - first
    lowest, highest = (int(pitches.min()), int(pitches.max())) if len(pitches) else (0, last - first)
    shifts = rng.integers(max(-REACH, -lowest), min(REACH, last - first - highest) + 1, size=TRANSPOSITIONS - 1)
    for shift in (0, *shifts.tolist()):
        paired = _pair(tokenizer, np.where(is_pitch, plain + shift, plain))
        yield np.array([tokenizer["BOS_None"], *paired, tokenizer["EOS_None"]], dtype=np.uint16)


def _pair(tokenizer: REMI, plain: np.ndarray) -> list[int]:
    """The byte pairs of plain tokens; none reaches across a bar. MidiTok does the same from a score."""
    letters = [tokenizer._vocab_base_id_to_byte[number] for number in plain.tolist()]
    bars = np.flatnonzero(plain == tokenizer["Bar_None"]).tolist()
    words = ["".join(letters[start:stop]) for start, stop in zip([0, *bars], [*bars, len(letters)]) if stop > start]
    return tokenizer._model.encode(words, is_pretokenized=True).ids
