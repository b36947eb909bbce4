"""What the tests need to know of the songs a model was trained on, made once and kept on disk."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.corpus.store import INDEX, Store
from core.evaluation.ngrams import NgramModel, train_ngrams
from core.evaluation.originality import OriginalityIndex, build_index
from core.tokens.encoder import EncodedSong

_VERSION = 1
_FACTS, _NGRAMS = "reference.json", "ngrams.npz"


class Reference:
    """``ngrams`` and ``index`` of the music at ``train``: a store, or a folder of MIDI files.

    They lie in a folder beside it (``NAME.reference``) or in ``kept``, and are made anew when the music has changed.
    Raises StoreError, NotADirectoryError, OSError, and ValueError when there is no music.
    """

    def __init__(self, train: Path, kept: Path | None = None, say: Callable[[str], None] = lambda line: None) -> None:
        self.train = Path(train)
        self.folder = Path(kept) if kept else self.train.resolve().with_name(self.train.resolve().name + ".reference")
        self._is_store = (self.train / INDEX).is_file()
        facts = {"version": _VERSION, "music": self._fingerprint()}
        try:
            if json.loads((self.folder / _FACTS).read_text("utf-8")) != facts:
                raise ValueError("it is of other music")
            self._open()
        except (OSError, ValueError):
            self._make(facts, say)
            self._open()

    def _open(self) -> None:
        self.ngrams = NgramModel.load(self.folder / _NGRAMS)
        self.index = OriginalityIndex(self.folder)

    def _make(self, facts: dict, say: Callable[[str], None]) -> None:
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / _FACTS).is_file():
            raise FileExistsError(f"{self.folder} is there already and was not made by evaluate: choose another folder")
        partial = self.folder.with_name(self.folder.name + ".writing")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        try:
            say(f"counting the n-grams of {self.train}")
            train_ngrams(song for _, song in self._songs()).save(partial / _NGRAMS)
            say(f"indexing the passages of {self.train}")
            build_index(partial, self._songs())
            (partial / _FACTS).write_text(json.dumps(facts), "utf-8")
            shutil.rmtree(self.folder, ignore_errors=True)
            partial.rename(self.folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)

    def _songs(self) -> Iterator[tuple[str, EncodedSong]]:
        if self._is_store:
            store = Store(self.train)
            for number, entry in enumerate(store.entries):
                yield entry.path, store[number]
            return
        for path in find_midi_files(self.train):
            encoded = encode_file(path)
            if not isinstance(encoded, Rejected):
                yield str(path.relative_to(self.train)), encoded

    def _fingerprint(self) -> str:
        """Of a store its facts and bounds; of a folder the names, sizes and times of its files."""
        found = hashlib.sha256()
        if self._is_store:
            Store(self.train)  # which says what is wrong with it
            for name in (INDEX, "bounds.npy", "paths.npy"):
                found.update((self.train / name).read_bytes())
        else:
            for path in find_midi_files(self.train):
                facts = path.stat()
                found.update(f"{path.relative_to(self.train)}\n{facts.st_size} {facts.st_mtime_ns}\n".encode(
                    "utf-8", "surrogateescape"))
        return found.hexdigest()
