"""The decoding step as machine code (``step.c``, see ``core.model.compiled``).

Nothing depends on it. Without a compiler, on a device other than the CPU, for a model it does not know, or where Faiss
searches a library, torch does the same, several times slower.
"""

from __future__ import annotations

import ctypes
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from core.model.cache import PAD, KeyValueCache
from core.model.compiled import LANES, TOGETHER, compiled
from core.model.entries import Entries
from core.model.memory import RetrievalMemory
from core.model.transformer import TOKEN, Transformer


class _Block(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in (
        "attention_norm", "feed_forward_norm", "query_gain", "key_gain", "qkv", "out", "gate_up", "down")]


class _Model(ctypes.Structure):
    _fields_ = [*((name, ctypes.c_int32) for name in (
        "blocks", "width", "heads", "kept_heads", "head_width", "hidden", "outputs", "columns", "looks_up",
        "retrieved")), *((name, ctypes.c_void_p) for name in (
            "table", "offsets", "embedding_norm", "output_norm", "logits", "frequencies", "kinds", "shares", "block"))]


class _Store(ctypes.Structure):
    _fields_ = [("keys", ctypes.c_void_p), ("values", ctypes.c_void_p), ("lengths", ctypes.c_void_p),
                ("owners", ctypes.c_int32), ("columns", ctypes.c_int32)]


def can_run(model: Transformer, retrieval: RetrievalMemory | None = None) -> bool:
    """Whether the compiled step computes what this model does, where it looks up what is in ``retrieval``."""
    if not isinstance(model, Transformer):
        return False
    config, weight = model.config, model.embeddings.token
    return (weight.device.type == "cpu" and weight.dtype == torch.float32
            and config.width % LANES == 0 and config.head_width % (2 * LANES) == 0 and compiled() is not None
            and (retrieval is None or not config.retrieval_layer or None not in _looked_up(retrieval)))


def _looked_up(retrieval: RetrievalMemory) -> list[Entries | None]:
    """What is in a memory, and in the library beside it if there is one."""
    return [store.entries() for store in (retrieval, retrieval.library) if store is not None]


_packed: WeakKeyDictionary[Transformer, PackedModel] = WeakKeyDictionary()


def packed(model: Transformer) -> PackedModel:
    """The model's weights as they were when its embeddings were frozen; packed at most once after that."""
    table = model.frozen_table()
    found = _packed.get(model)
    if found is None or found.table is not table:
        found = _packed[model] = PackedModel(model, table)
    return found


class PackedModel:
    """A model's weights as the compiled step reads them: bf16, ``LANES`` outputs side by side."""

    def __init__(self, model: Transformer, table: Tensor) -> None:
        """``table``: the composed embeddings, see ``Transformer.freeze_embeddings``."""
        self.config, self.table = model.config, table
        config = model.config
        self._alive: list[np.ndarray] = []
        heads, kept, frequencies = config.heads, config.shared_heads, model.rotary.frequencies
        kinds = np.arange(kept) // (kept // len(frequencies))
        self.outputs = -(-config.vocabulary_size // LANES) * LANES
        blocks = (_Block * config.layers)()
        for block, layer in zip(blocks, model.blocks):
            attention, forward = layer.attention, layer.feed_forward
            gains = (None, None) if attention.gain is None else attention.gain[:, 0]
            for name, tensor in (("attention_norm", layer.attention_norm.weight),
                                 ("feed_forward_norm", layer.feed_forward_norm.weight),
                                 ("query_gain", gains[0]), ("key_gain", gains[1])):
                setattr(block, name, None if tensor is None else self._floats(tensor))
            for name, tensor in (("qkv", _by_head(attention.qkv.weight, heads, kept)), ("out", attention.out.weight),
                                 ("gate_up", forward.gate_up.weight), ("down", forward.down.weight)):
                setattr(block, name, self._packed(tensor))
        hidden = model.blocks[0].feed_forward.down.in_features
        shares = [layer.attention.gate for layer in model.blocks if layer.attention.gate is not None]
        self.address = ctypes.pointer(_Model(
            config.layers, config.width, heads, kept, config.head_width, hidden, self.outputs,
            len(model.embeddings.offsets), config.retrieval_layer, config.retrieved, self._floats(table),
            self._integers(model.embeddings.offsets.numpy()),
            self._floats(model.embedding_norm.weight), self._floats(model.output_norm.weight),
            self._packed(table[:config.vocabulary_size]), self._floats(frequencies.expand(2, -1)
                                                                       if len(frequencies) == 1 else frequencies),
            self._integers(np.concatenate([kinds.repeat(heads // kept), kinds])),
            self._floats(shares[0].sigmoid()) if shares else None, ctypes.addressof(blocks)))
        self._blocks = blocks

    def work_floats(self, rows: int, columns: int) -> int:
        """Room the step needs for ``rows`` rows that look at ``columns`` columns."""
        config = self.config
        hidden = config.feed_forward_multiple * config.width
        return rows * (8 * config.width + 2 * hidden + 2 * config.head_width) + columns

    def _floats(self, tensor: Tensor) -> int:
        return self._keep(tensor.detach().float().contiguous().numpy())

    def _integers(self, values: np.ndarray) -> int:
        return self._keep(np.ascontiguousarray(values, dtype=np.int32))

    def _packed(self, weight: Tensor) -> int:
        """(outputs, inputs) to bf16 (outputs / LANES, inputs, LANES), zeros beyond the last output."""
        outputs, inputs = weight.shape
        wide = torch.zeros(-(-outputs // LANES) * LANES, inputs)
        wide[:outputs] = weight.detach()
        blocks = wide.view(-1, LANES, inputs).transpose(1, 2)
        return self._keep(blocks.to(torch.bfloat16, memory_format=torch.contiguous_format).view(torch.int16).numpy())

    def _keep(self, array: np.ndarray) -> int:
        self._alive.append(array)
        return array.ctypes.data


class NativeSteps:
    """Rows that go on from the prompts in a cache, step by step; see ``core.model.steps``."""

    def __init__(self, packed: PackedModel, cache: KeyValueCache, rows: int, retrieval: RetrievalMemory | None = None
                 ) -> None:
        """``rows``: in all, as many for each row of ``cache``. ``retrieval``: what they look up, see ``can_run``."""
        self.packed, self.rows = packed, rows
        self._looked_up = _looked_up(retrieval) if retrieval is not None and packed.config.retrieval_layer else []
        keys_values, present, positions = cache.contents()
        prompts, room = cache.batch, cache.capacity - cache.length
        lengths = [int(row.sum()) for row in present]
        self._prompts = _Columns(packed, prompts, max(lengths))
        for prompt, seen in enumerate(present):
            self._prompts.fill(prompt, keys_values[:, :, prompt][:, :, :, seen])
        self._own = _Columns(packed, rows, room)
        self._positions = np.repeat(positions.numpy().astype(np.int32), rows // prompts)
        columns = self._prompts.columns + self._own.columns
        padded = -(-rows // TOGETHER) * TOGETHER
        self._work = np.zeros(packed.work_floats(padded, columns), dtype=np.float32)
        self._logits = np.zeros((padded, packed.outputs), dtype=np.float32)
        self._found = max((store.room(packed.config.retrieved) for store in self._looked_up), key=len, default=None)

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """``features``: int32 (rows, 6), rows of PAD take no part. Logits, float32 (rows, V)."""
        owners = np.flatnonzero(features[:, TOKEN] != PAD).astype(np.int32)
        lengths = self._own.lengths[owners]
        if len(owners) and int(lengths.max()) >= self._own.columns:
            raise ValueError(f"a row holds {self._own.columns} tokens; one more is needed")
        asked, positions = np.ascontiguousarray(features[owners], dtype=np.int32), self._positions[owners] + lengths
        found = _at(self._found) if self._found is not None else None
        memory, library = [*(store.address for store in self._looked_up), None, None][:2]
        compiled().step(self.packed.address, self._prompts.address, self._own.address, memory, library, len(owners),
                        _at(owners), _at(asked), _at(positions), _at(self._work), found, _at(self._logits))
        logits = np.zeros((self.rows, self.packed.config.vocabulary_size), dtype=np.float32)
        logits[owners] = self._logits[:len(owners), :logits.shape[1]]
        return logits


class _Columns:
    """Keys and values of some owners, as the compiled step reads them."""

    def __init__(self, packed: PackedModel, owners: int, columns: int) -> None:
        config = packed.config
        self.columns = max(LANES, -(-columns // LANES) * LANES)
        shape = (config.layers, owners, config.shared_heads)
        self.keys = torch.zeros(*shape, self.columns // LANES, config.head_width, LANES, dtype=torch.bfloat16)
        self.values = torch.zeros(*shape, self.columns, config.head_width, dtype=torch.bfloat16)
        self.lengths = np.zeros(owners, dtype=np.int32)
        self.address = ctypes.pointer(_Store(self.keys.data_ptr(), self.values.data_ptr(), _at(self.lengths).value,
                                             owners, self.columns))

    def fill(self, owner: int, keys_values: Tensor) -> None:
        """Gives an owner its columns: (layers, 2, heads, columns, head width)."""
        length = keys_values.shape[3]
        wide = torch.zeros(*self.values.shape[:1], *self.values.shape[2:], dtype=self.values.dtype)
        wide[:, :, :length] = keys_values[:, 0]
        self.keys[:, owner] = wide.unflatten(2, (-1, LANES)).transpose(3, 4)
        self.values[:, owner, :, :length] = keys_values[:, 1]
        self.lengths[owner] = length


def _by_head(qkv: Tensor, heads: int, kept: int) -> Tensor:
    """A projection's rows in the order of the heads: queries that share a head of keys and values are neighbours."""
    parts = qkv.detach().unflatten(0, (heads // kept + 2, kept, -1))
    return torch.cat((parts[:-2].transpose(0, 1).flatten(0, 2), parts[-2:].flatten(0, 2)))


def _at(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)


