"""Looking up in a large library: every key compared, or an index of Faiss, HNSW and inverted lists.

The keys are real: what the shipped weights make of a corpus in the layer that looks up, and the queries those of other
songs. A look-up is one query of all heads. Processor time on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from core.corpus.scan import Rejected, encode_file, find_midi_files
from core.evaluation.tables import table
from core.folders import BASE_MODEL
from core.model.checkpoint import load_model
from core.model.library import read_song
from core.model.nearest import EFFORT, LINKS, ExactSearch, FaissSearch
from core.training.start import with_memories

LAYER = 3
ENTRIES = 120_000
QUERIES = 128
NEAREST = 32


@torch.inference_mode()
def run(corpus: Path, say: Callable[[str], None]) -> str:
    """The report on keys of a folder's songs. Raises ValueError when they are too few."""
    import faiss

    faiss.omp_set_num_threads(1)
    torch.set_num_threads(1)
    keys, queries = _keys(corpus, say)
    began = time.process_time()
    exact = ExactSearch(keys).nearest(queries, NEAREST)
    rows = [["exact", "0.0", f"{1e3 * (time.process_time() - began) / QUERIES:.2f}", "100 %"]]
    for kind in ("hnsw", "ivf"):
        began = time.process_time()
        search = FaissSearch(keys, kind)
        built = time.process_time() - began
        say(f"{kind}: built")
        began = time.process_time()
        found = search.nearest(queries, NEAREST)
        taken = time.process_time() - began
        shared = sum(len(set(a) & set(b)) for a, b in zip(exact.flatten(0, 1).tolist(), found.flatten(0, 1).tolist()))
        rows.append([kind, f"{built:.1f}", f"{1e3 * taken / QUERIES:.2f}", f"{shared / exact.numel():.1%}"])
    return "\n".join([
        "# Looking up in a large library\n",
        f"{keys.shape[1]:,} entries, {len(keys)} heads of {keys.shape[2]} numbers; the {NEAREST} nearest by inner "
        f"product. HNSW with {LINKS} links and {EFFORT} candidates; inverted lists, four times the root of the "
        "entries, of which one in 32 is searched.\n",
        *table(["search", "seconds to build", "ms a look-up", "of the exact nearest found"], rows)]) + "\n"


def _keys(corpus: Path, say: Callable[[str], None]) -> tuple[Tensor, Tensor]:
    """Keys (H, ENTRIES, D) of songs, and keys of others (H, QUERIES, D) to ask with: alike in kind to queries."""
    model = with_memories(load_model(BASE_MODEL)[0], 0, LAYER).eval()
    model.freeze_embeddings()
    parts, count = [], 0
    for path in find_midi_files(corpus):
        song = encode_file(path)
        if isinstance(song, Rejected):
            continue
        some = [part["keys"] for part in read_song(model, song, 0)]
        if count >= ENTRIES + QUERIES:
            asked = torch.cat(some, dim=1)
            if asked.shape[1] >= QUERIES:
                say(f"{count:,} entries")
                step = asked.shape[1] // QUERIES
                return torch.cat(parts, dim=1)[:, :ENTRIES], asked[:, :step * QUERIES:step].contiguous()
            continue
        parts += some
        count += sum(part.shape[1] for part in some)
    raise ValueError(f"{corpus} has too few songs for {ENTRIES:,} entries")
