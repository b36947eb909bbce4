"""Merged tokens (byte pairs, actions): learned, applied to songs, taken back, saved."""

from core.tokens.merges.components import component_count, components
from core.tokens.merges.file import MergesError
from core.tokens.merges.learning import learn_actions, learn_bpe, transposed
from core.tokens.merges.merges import Merges
from core.tokens.merges.statistics import TokenStatistics, token_statistics

__all__ = ["Merges", "MergesError", "TokenStatistics", "component_count", "components", "learn_actions", "learn_bpe",
           "token_statistics", "transposed"]
