"""Which of many remembered keys are most like a query: exactly, or by Faiss where there are very many."""

from __future__ import annotations

import logging

import numpy as np
import torch
from torch import Tensor

logger = logging.getLogger(__name__)

EXACT_UP_TO = 100_000
"""Entries up to which every key is compared."""
QUERIES_AT_ONCE = 64
"""Queries whose exact scores are made together, so that they take little memory."""
LINKS, EFFORT = 32, 128
"""Of HNSW: neighbours of an entry, and candidates that a search keeps."""


class ExactSearch:
    """Compares every key. ``keys``: (H, N, D)."""

    name = "exact"

    def __init__(self, keys: Tensor) -> None:
        self.keys = keys

    def nearest(self, queries: Tensor, count: int) -> Tensor:
        """The entries most like each query, (H, T, D), by inner product: int64 (H, T, count)."""
        keys = self.keys.to(queries.dtype).transpose(1, 2)
        return torch.cat([(part @ keys).topk(count, dim=-1).indices
                          for part in queries.split(QUERIES_AT_ONCE, dim=1)], dim=1)


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
