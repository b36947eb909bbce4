"""What the findings are made from in these tests."""

from pathlib import Path

import pytest

from core.corpus.build import build_store
from tests.core.evaluation.songs import write_corpus


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of little songs, ``corpus``, and two stores of them, ``train`` and ``valid``."""
    folder = tmp_path_factory.mktemp("work")
    corpus = write_corpus(folder / "corpus")
    for name in ("train", "valid"):
        build_store(corpus, folder / name)
    return folder
