"""What is enforced while sampling, beyond the grammar: masks over the next token."""

from __future__ import annotations

import numpy as np

from core.generation.guides import Guide
from core.tokens import vocabulary as v
from core.tokens.grammar import CellWriter
from core.tokens.merges import Merges

MAX_CELL_TOKENS = 192
"""Tokens after which a cell is closed as soon as it may be."""


def allowed_tokens(writer: CellWriter, cell_tokens: int, cell_limit: int, merges: Merges | None = None,
                   guide: Guide | None = None) -> np.ndarray:
    """What ``writer`` may sample next, bool (vocabulary,): the grammar, and moreover

    a requested cell is not left empty; a pitch is struck once at a time; a cell that has used up its
    ``cell_limit`` tokens ends at once. A merged token is allowed when each of its parts is, one after another.
    ``guide``: what holds the present cell to the controls of a request (no merged tokens then); such a cell ends as
    soon as they are met.
    """
    if guide is not None and writer.index >= 0 and not writer.done:
        return guide.narrow(writer, _allowed_plain_tokens(writer, 0, 1), cell_tokens >= cell_limit)
    plain = _allowed_plain_tokens(writer, cell_tokens, cell_limit)
    if merges is None:
        return plain
    return np.concatenate([plain, merges.facts.allowed(writer, plain, cell_tokens >= cell_limit)])


def _allowed_plain_tokens(writer: CellWriter, cell_tokens: int, cell_limit: int) -> np.ndarray:
    mask = writer.allowed()
    if writer.index < 0 or writer.done:
        return mask
    closing = writer.closing_token
    if writer.note_count == 0:
        mask[closing] = False
    elif cell_tokens >= cell_limit and mask[closing]:
        mask[:] = False
        mask[closing] = True
        return mask
    if writer.pitch >= 0:
        mask[(v.DRUM if writer.place.program == v.DRUMS else v.PITCH) + writer.pitch] = False
        if writer.pitch == 127:  # no note can follow at this position, so no velocity either
            mask[v.VELOCITY:v.VELOCITY + v.VELOCITY_CLASSES] = False
    return mask
