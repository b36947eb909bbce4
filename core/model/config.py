"""The shape of a model, and its way to JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

ADDED_LATER = {"hints", "key_value_heads", "memory_length", "query_key_norm", "retrieval_layer", "retrieved"}
MAY_BE_ZERO = {"key_value_heads", "memory_length", "retrieval_layer"}
"""Fields that models saved before them lack: they have the defaults."""


@dataclass(frozen=True)
class ModelConfig:
    """Everything that decides the shapes of a model's weights and what its positions mean.

    ``vocabulary_size``: tokens, padding (token 0) included.
    ``component_count``: rows of the shared embedding table, the zero row (row 0) included.
    ``width``: numbers in one token's vector. ``layers``: transformer blocks. ``heads``: attention heads a block.
    ``feed_forward_multiple``: hidden units of the SwiGLU layer for each unit of width.
    ``context``: tokens a training example holds at most; a longer sequence still runs, untrained for.
    ``structured_embeddings``: add the shared rows of a token and its bar, slot, track and program to its own row.
    ``musical_time_rotary``: the second half of the heads rotates by musical time instead of token index.
    ``query_key_norm``: queries and keys are normalised, so that attention cannot grow without bound.
    ``memory_length``: positions before the window that every block was trained to look back at; 0 for none.
    ``retrieval_layer``: the block, from 1, that also looks up what was read long before; 0 for none.
    ``retrieved``: remembered positions that each query of that block sees.
    ``key_value_heads``: heads of keys and values, each shared by as many of the ``heads`` (grouped queries, Ainslie et
    al. 2023); 0 for as many as there are heads. ``shared_heads`` says the number.
    ``hints``: it was shown what prompts can say of marked cells besides FILL (``core.tokens.attributes``).
    """

    vocabulary_size: int
    component_count: int
    width: int = 256
    layers: int = 4
    heads: int = 8
    feed_forward_multiple: int = 3
    context: int = 1024
    structured_embeddings: bool = True
    musical_time_rotary: bool = True
    query_key_norm: bool = True
    memory_length: int = 0
    retrieval_layer: int = 0
    retrieved: int = 32
    key_value_heads: int = 0
    hints: bool = False

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            wanted = bool if field.type == "bool" else int
            if type(value) is not wanted:
                raise ValueError(f"{field.name} must be of type {wanted.__name__}, not {value!r}")
            least = 0 if field.name in MAY_BE_ZERO else 1
            if wanted is int and value < least:
                raise ValueError(f"{field.name} must be at least {least}, not {value}")
        if self.width % (2 * self.heads):
            raise ValueError(f"width {self.width} must be a multiple of twice the {self.heads} heads")
        if self.retrieval_layer > self.layers:
            raise ValueError(f"retrieval_layer is one of the {self.layers} layers or 0, not {self.retrieval_layer}")
        if self.heads % self.shared_heads:
            raise ValueError(f"{self.heads} heads cannot share {self.shared_heads} heads of keys and values evenly")
        if self.musical_time_rotary and self.shared_heads % 2:
            raise ValueError("musical_time_rotary needs an even number of heads, of keys and values too, not "
                             f"{self.heads} and {self.shared_heads}")

    @property
    def remembers(self) -> bool:
        """Whether the model was trained to look back beyond its window."""
        return bool(self.memory_length or self.retrieval_layer)

    @property
    def shared_heads(self) -> int:
        """Heads of keys and values."""
        return self.key_value_heads or self.heads

    @property
    def head_width(self) -> int:
        """Numbers in one head's key or value."""
        return self.width // self.heads

    def to_json(self) -> dict:
        """The fields as a dict that ``json.dump`` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping) -> ModelConfig:
        """The config that ``to_json`` gave. Raises ValueError naming unknown, missing or ill-typed keys."""
        if not isinstance(data, Mapping):
            raise ValueError(f"a model config must be a JSON object, not {type(data).__name__}")
        names = {field.name for field in fields(cls)}
        if unknown := sorted(set(data) - names):
            raise ValueError(f"unknown keys in the model config: {', '.join(unknown)}")
        if missing := sorted(names - set(data) - ADDED_LATER):
            raise ValueError(f"missing keys in the model config: {', '.join(missing)}")
        return cls(**data)
