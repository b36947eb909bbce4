"""The design this project grew from: MidiTok's REMI with byte pairs, and a decoder by x-transformers.

Both are trained on the same songs for the same processor time, and measured on the same held-out notes.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.corpus.batching import LongSequence
from core.corpus.examples import CORPUS_SHARES
from core.corpus.store import Store
from core.evaluation.findings.excerpts import bits_in_windows, choose_excerpts, notes_of, own_bits
from core.evaluation.findings.plain_training import train_plainly
from core.evaluation.findings.remi_corpus import (
    ChosenStreams,
    choose_common,
    encode_excerpt,
    encode_songs,
    learn_tokenizer,
)
from core.evaluation.findings.trial import BATCH_SIZE, CONTEXT, Counted
from core.evaluation.findings.variants import (
    WARM_UP_STEPS,
    Measured,
    VariantTrial,
    build_variant,
    trainer_config,
)
from core.files.atomic import write_atomic
from core.training.trainer import train

SONGS = 1_500
"""Songs that both learn from, about; MidiTok takes a while to write them."""


@dataclass(frozen=True)
class PeerTrial:
    """``rate``: AdamW's. ``memory``: train as Transformer-XL: half of each row is read first and remembered."""

    rate: float
    memory: bool
    minutes: float
    seed: int
    precision: str

    @property
    def label(self) -> str:
        return f"REMI + x-transformers, rate {self.rate:g}{', trained with memory' if self.memory else ''}"

    @property
    def name(self) -> str:
        return (f"peer-{self.rate:g}{'-memory' if self.memory else ''}-{self.minutes:g}min-seed{self.seed}-"
                f"{self.precision}")


def prepare(work: Path, say: Callable[[str], None]) -> None:
    """Write the songs as the peer reads them, once; not counted as training."""
    store = Store(work / "train")
    numbers = choose_common(store, CORPUS_SHARES, SONGS)
    tokenizer = learn_tokenizer(work / "remi.json", store, numbers)
    streams = encode_songs(work / "remi.npz", tokenizer, store, numbers)
    say(f"REMI: {len(numbers):,} songs, {len(tokenizer):,} tokens in the vocabulary, {streams.lengths.sum():,} in all")


def build_peer(vocabulary: int) -> nn.Module:
    """A decoder of our small model's size: rotary positions, SwiGLU, QK-norm, RMSNorm and a memory of a context."""
    from x_transformers import Decoder, TransformerWrapper

    layers = Decoder(dim=128, depth=4, heads=4, attn_dim_head=32, rotary_pos_emb=True, rotary_emb_dim=32, ff_swish=True,
                     ff_glu=True, ff_mult=3, ff_no_bias=True, attn_qk_norm=True, use_rmsnorm=True, attn_flash=True)
    return TransformerWrapper(num_tokens=vocabulary, max_seq_len=CONTEXT, max_mem_len=CONTEXT, tie_embedding=True,
                              use_abs_pos_emb=False, attn_layers=layers)


def run_peer(trial: PeerTrial, work: Path, should_stop: Callable[[], bool]) -> Measured:
    """Train and measure the peer, or read what an earlier run in ``work`` found. One thread."""
    return _kept(work / f"{trial.name}.json", lambda: _train_peer(trial, work, should_stop))


def run_on_streams(trial: VariantTrial, work: Path, should_stop: Callable[[], bool]) -> Measured:
    """The same for a variant of our model, trained on whole songs."""
    return _kept(work / f"streams-{trial.name}.json", lambda: _train_own(trial, work, should_stop))


def _train_peer(trial: PeerTrial, work: Path, should_stop: Callable[[], bool]) -> Measured:
    torch.set_num_threads(1)
    songs, held_out = Store(work / "train"), Store(work / "valid")
    numbers = choose_common(songs, CORPUS_SHARES, SONGS)
    tokenizer = learn_tokenizer(work / "remi.json", songs, numbers)
    streams = encode_songs(work / "remi.npz", tokenizer, songs, numbers)
    batches = LongSequence(streams, CONTEXT + 1, BATCH_SIZE, trial.seed, CORPUS_SHARES)
    torch.manual_seed(trial.seed)
    model = build_peer(len(tokenizer))

    def loss_of(step: int) -> Tensor:
        tokens = torch.from_numpy(batches.batch(step))
        if not trial.memory:
            return _loss(model(tokens[:, :-1]), tokens[:, 1:])
        half = CONTEXT // 2
        first, memory = model(tokens[:, :half], return_mems=True)
        second = model(tokens[:, half:-1], mems=[one.detach() for one in memory])
        return _loss(torch.cat((first, second), dim=1), tokens[:, 1:])

    spent = train_plainly(model, loss_of, trial.rate, trial.minutes, trial.precision, WARM_UP_STEPS, should_stop)
    chosen = choose_excerpts(held_out)
    bits = peer_bits(model, [encode_excerpt(tokenizer, held_out, number) for number in chosen], should_stop)
    return _measured(model, spent.steps, spent.steps * BATCH_SIZE * CONTEXT, spent.seconds, bits, held_out, chosen)


def _train_own(trial: VariantTrial, work: Path, should_stop: Callable[[], bool]) -> Measured:
    torch.set_num_threads(1)
    songs, held_out = Store(work / "train"), Store(work / "valid")
    streams = ChosenStreams(songs, choose_common(songs, CORPUS_SHARES, SONGS))
    model = build_variant(trial.variant, trial.seed)
    counted = Counted(LongSequence(streams, CONTEXT, BATCH_SIZE, trial.seed, CORPUS_SHARES, transpose=True))
    result = train(model, counted, [], trainer_config(trial), work / f"streams-{trial.name}", should_stop=should_stop,
                   clock=time.process_time)
    chosen = choose_excerpts(held_out)
    return _measured(model, result.step, counted.tokens_before(result.step), result.seconds,
                     own_bits(model, held_out, chosen, should_stop), held_out, chosen)


@torch.no_grad()
def peer_bits(model: nn.Module, streams: Sequence[np.ndarray], pause: Callable[[], object]) -> list[float]:
    """What each excerpt costs the peer: in overlapping windows, or segment after segment with its memory, whichever
    is less for all of them together."""
    def losses(tokens: np.ndarray) -> np.ndarray:
        found = torch.from_numpy(tokens)[None]
        return F.cross_entropy(model(found)[0, :-1], found[0, 1:], reduction="none").numpy()

    model.eval()
    in_windows, with_memory = [], []
    for stream in streams:
        in_windows.append(bits_in_windows(losses, stream, np.ones(len(stream), dtype=bool), CONTEXT))
        with_memory.append(_bits_with_memory(model, torch.from_numpy(stream)))
        pause()
    return min(in_windows, with_memory, key=sum)


def _bits_with_memory(model: nn.Module, stream: Tensor) -> float:
    nats, memory = 0.0, None
    for shown, wanted in zip(stream[:-1].split(CONTEXT), stream[1:].split(CONTEXT)):
        logits, memory = model(shown[None], mems=memory, return_mems=True)
        nats += float(F.cross_entropy(logits[0], wanted, reduction="sum"))
    return nats / np.log(2)


def _loss(logits: Tensor, wanted: Tensor) -> Tensor:
    return F.cross_entropy(logits.flatten(0, 1).float(), wanted.flatten())


def _measured(model: nn.Module, steps: int, tokens: int, seconds: float, bits: list[float], store: Store,
              chosen: list[int]) -> Measured:
    return Measured(sum(p.numel() for p in model.parameters()), steps, tokens, seconds, bits,
                    [notes_of(store, number) for number in chosen], chosen, ["stream"] * len(chosen))


def _kept(path: Path, make: Callable[[], Measured]) -> Measured:
    if path.exists():
        return Measured(**json.loads(path.read_text("utf-8")))
    measured = make()
    write_atomic(path, json.dumps(asdict(measured)).encode())
    return measured
