"""``merges``: tokens that stand for several, learned from a store, for ``train --merges``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.cli.errors import UserError, user_mistakes
from core.cli.songs import console

if TYPE_CHECKING:
    from core.tokens.merges import Merges

MEASURED_SONGS = 200


MergesFile = Annotated[Path | None, typer.Option("--merges", metavar="FILE", help="Train in merged tokens, made by "
                                                 "the command of that name.", show_default=False)]


class Kind(StrEnum):
    bpe = "bpe"
    action = "action"


def register(app: typer.Typer) -> None:
    app.command("merges")(learn_merges)


def learn_merges(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store made by encode.", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The file to write.", show_default=False)],
    kind: Annotated[Kind, typer.Option(help="bpe: pairs that often stand together, again and again; action: all that "
                                            "starts at one point of a bar.")] = Kind.bpe,
    size: Annotated[int, typer.Option(help="Tokens in all, the plain ones included.")] = 2048,
    seed: Annotated[int, typer.Option(min=0, help="Of the choice of songs to learn from.")] = 0,
) -> None:
    """Learn merged tokens for train --merges, and say how much shorter they make the songs."""
    import numpy as np

    from core.corpus.store import Store, StoreError
    from core.tokens.merges import learn_actions, learn_bpe, token_statistics

    with user_mistakes(StoreError, OSError, ValueError):
        songs = Store(store)
        learn = learn_bpe if kind is Kind.bpe else learn_actions
        merges = learn(songs, size, seed)
        out.parent.mkdir(parents=True, exist_ok=True)
        merges.save(out)
    picks = np.random.default_rng(seed).permutation(len(songs))[:MEASURED_SONGS]
    for name, some in (("plain", None), (str(kind), merges)):
        found = token_statistics((songs[int(i)] for i in picks), some)
        print(f"{name}: {found.tokens_per_note:.2f} tokens a note, "
              f"{found.bars_per_1024_tokens:.1f} bars in 1,024 tokens")
    console.print(f"{out}  {merges.size:,} tokens", markup=False)


def merges_to_train(file: Path | None, run: Path, resume: bool) -> Merges | None:
    """The merges in ``file``; for a run that is resumed, those it began with, which ``file`` may not contradict."""
    from core.model.checkpoint import MERGES
    from core.tokens.merges import Merges, MergesError

    with user_mistakes(MergesError):
        given = Merges.load(file) if file is not None else None
        if not resume or not (run / "last").is_dir():
            return given
        own = Merges.load(run / "last" / MERGES) if (run / "last" / MERGES).is_file() else None
    if file is not None and given != own:
        raise UserError(f"{run} was not begun with the merges in {file}: resume it without --merges")
    return own
