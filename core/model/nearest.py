"""Which of many remembered keys are most like a query: exactly, or by Faiss where there are very many."""

from __future__ import annotations

import logging

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

logger = logging.getLogger(__name__)

EXACT_UP_TO = 100_000
"""Entries up to which every key is compared."""
BLOCK = 32
"""Neighbouring keys of which the best is found first."""
SCORES_AT_ONCE = {"cpu": 1 << 20, "gpu": 1 << 26}
"""Scores that are made together: so few that they stay in a processor's cache, or in little of a GPU's memory."""
LINKS, EFFORT = 32, 128
"""Of HNSW: neighbours of an entry, and candidates that a search keeps."""


def look_up_format() -> torch.dtype:
    """In which keys are compared fastest on this processor: bf16 where it multiplies that."""
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32


@torch.no_grad()
def most_alike(queries: Tensor, keys: Tensor, count: int, stored: int | None = None, absent: Tensor | None = None
               ) -> Tensor:
    """The ``count`` keys most like each query by inner product, best first: int64 (H, T, count).

    ``queries``: (H, T, D), compared in the format of ``keys``, (H, N, D). ``stored``: keys that count, the first ones
    (default: all); ``absent``: bool (N,), others that do not. Those that do not are found where there are too few.
    """
    heads, new, _ = queries.shape
    stored = keys.shape[1] if stored is None else stored
    columns = min(keys.shape[1], -(-max(stored, count) // BLOCK) * BLOCK)
    keys, queries = keys[:, :columns].transpose(1, 2), queries.to(keys.dtype)
    bias = None
    if absent is not None:
        bias = torch.zeros(columns, device=keys.device).masked_fill(absent[:columns], -torch.inf)

    def best(scores: Tensor) -> Tensor:
        scores = scores.flatten(0, -2).float()
        if bias is not None:
            scores += bias
        scores[:, stored:] = -torch.inf
        return largest(scores, count)

    on_cpu = keys.device.type == "cpu"
    at_once = SCORES_AT_ONCE["cpu" if on_cpu else "gpu"] // columns
    if heads * new <= at_once:  # a product of all heads would first copy the keys on a CPU
        scores = torch.stack([q @ k for q, k in zip(queries, keys)]) if on_cpu else queries @ keys
        return best(scores).view(heads, new, count)
    return torch.stack([torch.cat([best(part @ of_head) for part in asked.split(max(1, at_once))])
                        for asked, of_head in zip(queries, keys)])


def largest(scores: Tensor, count: int) -> Tensor:
    """Where the ``count`` largest of each row, (R, N), are, the largest first: int64 (R, count).

    Of many they lie in the blocks whose largest are largest, as many blocks as are looked for; to look for them there
    alone takes a fraction of the time.
    """
    rows, columns = scores.shape
    if columns % BLOCK or columns // BLOCK < 2 * count:
        return scores.topk(count).indices
    blocks = scores.view(rows, -1, BLOCK)
    best = blocks.amax(dim=-1).topk(count, sorted=False).indices
    first = torch.arange(rows, device=scores.device)[:, None] * blocks.shape[1]
    at = F.embedding(best + first, blocks.flatten(0, 1)).flatten(1).topk(count).indices
    return best.gather(1, at // BLOCK) * BLOCK + at % BLOCK


class ExactSearch:
    """Compares every key. ``keys``: (H, N, D)."""

    name = "exact"

    def __init__(self, keys: Tensor) -> None:
        self.keys = keys

    def nearest(self, queries: Tensor, count: int) -> Tensor:
        """The entries most like each query, (H, T, D), by inner product: int64 (H, T, count)."""
        return most_alike(queries, self.keys, count)


class FaissSearch:
    """An approximate index of each head: ``hnsw`` (Malkov and Yashunin 2016), or ``ivf`` (inverted lists)."""

    def __init__(self, keys: Tensor, kind: str = "ivf") -> None:
        import faiss

        self.name = kind
        self.indexes = []
        for of_head in keys.float().numpy():
            if kind == "hnsw":
                index = faiss.IndexHNSWFlat(of_head.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
                index.hnsw.efSearch = EFFORT
            else:
                lists = max(1, round(4 * len(of_head) ** 0.5))
                quantizer = faiss.IndexFlatIP(of_head.shape[1])
                index = faiss.IndexIVFFlat(quantizer, of_head.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
                index.nprobe = max(1, lists // 32)
                index.train(of_head[::max(1, len(of_head) // (lists * 64))])
            index.add(np.ascontiguousarray(of_head))
            self.indexes.append(index)

    def nearest(self, queries: Tensor, count: int) -> Tensor:
        """As ``ExactSearch.nearest``, nearly."""
        found = [index.search(np.ascontiguousarray(of_head), count)[1]
                 for index, of_head in zip(self.indexes, queries.detach().float().cpu().numpy())]
        return torch.from_numpy(np.maximum(np.stack(found), 0)).to(queries.device)


def build_search(keys: Tensor) -> ExactSearch | FaissSearch:
    """Exact for a moderate number of keys, (H, N, D), or where Faiss is not installed; else by Faiss."""
    if keys.shape[1] <= EXACT_UP_TO:
        return ExactSearch(keys)
    try:
        return FaissSearch(keys)
    except ImportError:
        logger.warning("faiss-cpu is not installed (packaging/requirements-library.txt): each of %s entries is "
                       "compared, which is slow", f"{keys.shape[1]:,}")
        return ExactSearch(keys)
