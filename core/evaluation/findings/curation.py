"""docs/findings/curation.md: which of the songs we train on cost the shipped model most, and why."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

from core.corpus.batching.songs import song_weights
from core.corpus.build import build_store
from core.corpus.examples import CORPUS_SHARES, TASKS, draw_example, stack
from core.corpus.store import Store
from core.evaluation.statistics import estimate
from core.evaluation.tables import table
from core.folders import BASE_MODEL
from core.model.checkpoint import fingerprint, load_model
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.tokens.grid import SLOTS_PER_BEAT
from core.training.loss import token_losses

SONGS_A_COLLECTION = 60
WORST, LEAST_NOTES = 12, 24
"""Songs that the page names, and notes that were measured of each at least."""
FINE_SLOTS = (1, 2, 5, 7, 10, 11)
"""Slots of a beat that are neither sixteenths nor eighth triplets."""
OFF_GRID = 0.25
"""A song with so many of its onsets, or more, on fine slots was played freely or is quantised to another grid: chance
alone gives 0.5."""
LEAST_ONSETS = 16
READ = 100e6
"""Tokens of a training, to say how often it reads each collection."""
PASSES = 8.0
"""Times that a collection may be read in it. Text read four times teaches nearly as much as new text (Muennighoff et
al. 2023); songs are transposed and marked anew each time."""
SELDOM = 2.0
"""Collections read less often than that can take what others give up."""
KINDS = {"onset": (v.Kind.POSITION,), "pitch": (v.Kind.PITCH, v.Kind.DRUM), "duration": (v.Kind.DURATION,),
         "velocity": (v.Kind.VELOCITY,)}
"""What a note's bits are spent on; the rest is for cells and bars."""


@dataclass(frozen=True)
class SongCost:
    """One window of a song: ``bits`` in all and by kind, for ``notes`` notes. ``fine``: share of the song's onsets on
    fine slots."""

    path: str
    collection: str
    notes: int
    bits: float
    by_kind: dict[str, float]
    fine: float

    @property
    def bits_per_note(self) -> float:
        return self.bits / self.notes


def run(corpus: Path, valid: Path, out: Path, minutes: float, seed: int, say: Callable[[str], None]) -> Path:
    """Make the page in ``out`` and return it. At most ``minutes`` of processor time are measured; what was measured
    before is not measured again. ``valid`` is not looked at: this is about the songs that are trained on."""
    work = out / "work"
    build_store(corpus, work / "train")
    store = Store(work / "train")
    path = out / "curation.md"
    path.write_text(write_page(store, _measured(store, work, minutes, seed, say), minutes, seed), encoding="utf-8")
    return path


def _measured(store: Store, work: Path, minutes: float, seed: int, say: Callable[[str], None]) -> list[SongCost]:
    """The costs of a sample of each collection, as even as the time allows."""
    model, _ = load_model(BASE_MODEL)
    kept = work / f"curation-{fingerprint(model)[:8]}-seed{seed}.jsonl"
    costs = [SongCost(**json.loads(line)) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    known = {cost.path for cost in costs}
    torch.set_num_threads(1)
    model.freeze_embeddings()
    began = time.process_time()
    with kept.open("a", encoding="utf-8") as file:
        for number in sample(store, seed):
            if time.process_time() - began > 60 * minutes:
                say(f"{minutes:g} minutes are over after {len(costs):,} songs")
                break
            if store.entries[number].path in known:
                continue
            cost = song_cost(model, store, number, seed)
            if cost is not None:
                costs.append(cost)
                file.write(json.dumps(asdict(cost), ensure_ascii=False) + "\n")
                file.flush()
    return costs


def sample(store: Store, seed: int) -> list[int]:
    """Songs of every collection in turn, ``SONGS_A_COLLECTION`` of each at most."""
    names = np.array([entry.collection for entry in store.entries])
    rng = np.random.default_rng(seed)
    picked = [rng.permutation(np.flatnonzero(names == name))[:SONGS_A_COLLECTION] for name in np.unique(names)]
    return [int(some[place]) for place in range(SONGS_A_COLLECTION) for some in picked if place < len(some)]


@torch.inference_mode()
def song_cost(model: Transformer, store: Store, number: int, seed: int) -> SongCost | None:
    """What the answer of one window of a song costs, not transposed; None when it has no note."""
    song, entry = store[number], store.entries[number]
    rng = np.random.default_rng([seed, number])
    task = TASKS[number % len(TASKS)]
    window = draw_example(song, model.config.context, rng, task=task, transpose=False)
    if not window.note_count:
        return None
    batch = stack([[window]], [task], len(window.features))
    features = torch.from_numpy(batch.features)
    losses, real = token_losses(model, features)
    asked = F.pad(torch.from_numpy(batch.answer)[:, 1:], (0, 1)) & real
    kinds = F.pad(torch.from_numpy(v.KIND_OF)[features[..., 0].long()][:, 1:], (0, 1))
    bits = (losses * asked / np.log(2)).double()
    by_kind = {name: float(bits[sum(kinds == int(kind) for kind in some).bool()].sum())
               for name, some in KINDS.items()}
    return SongCost(entry.path, entry.collection, window.note_count, float(bits.sum()), by_kind,
                    fine_share(song.tokens))


def fine_share(tokens: np.ndarray) -> float:
    """Share of the onsets in a song's tokens that are on fine slots; 0 where there are few onsets."""
    slots = tokens[(tokens >= v.POSITION) & (tokens < v.POSITION + v.SIZES[v.Kind.POSITION])] - v.POSITION
    if len(slots) < LEAST_ONSETS:
        return 0.0
    return float(np.isin(slots % SLOTS_PER_BEAT, FINE_SLOTS).mean())


def fine_shares(store: Store) -> np.ndarray:
    """``fine_share`` of every song; float64 (songs,)."""
    return np.array([fine_share(store[number].tokens) for number in range(len(store))])


def write_page(store: Store, costs: Sequence[SongCost], minutes: float, seed: int) -> str:
    """The page as Markdown."""
    return "\n".join([
        "# Findings: the songs we train on\n",
        "Made by `python3 main.py findings curation --corpus FOLDER --valid FOLDER "
        f"--minutes {minutes:g} --seed {seed}`, from the shipped weights.\n",
        f"{len(costs):,} songs, at most {SONGS_A_COLLECTION} of each collection, one window of each as training draws "
        "it, not transposed: what the cells asked for cost the shipped model, which has trained on these very songs. "
        "*Fine*: share of a song's onsets that are neither on a sixteenth nor on an eighth "
        f"triplet; onsets thrown at random would give 50 %. *Off the grid*: songs with {OFF_GRID:.0%} or more.\n",
        *_by_collection(store, costs), *_by_grid(store, costs), *_worst(costs)]) + "\n"


def _by_collection(store: Store, costs: Sequence[SongCost]) -> list[str]:
    names = [entry.collection for entry in store.entries]
    counts = store.token_counts()
    root = np.sqrt(counts.astype(np.float64))
    drawn = song_weights(root, names, CORPUS_SHARES)
    owners, fine = np.array(names), fine_shares(store)
    asked = {name: drawn[owners == name].sum() * np.mean([cost.bits for cost in costs if cost.collection == name])
             for name in {cost.collection for cost in costs}}
    of_loss = {name: bits / sum(asked.values()) for name, bits in asked.items()}
    better = suggested_shares(store)
    rows = []
    for name in sorted({cost.collection for cost in costs}, key=lambda name: -_level(costs, name)):
        some = [cost for cost in costs if cost.collection == name]
        inside = owners == name
        notes = sum(cost.notes for cost in some)
        each = [cost.bits_per_note for cost in some]
        rows.append([name, f"{inside.sum():,}", f"{counts[inside].sum() / counts.sum():.1%}",
                     f"{drawn[inside].sum():.1%}",
                     estimate([cost.bits for cost in some], [cost.notes for cost in some]),
                     f"{np.median(each):.2f}", f"{np.quantile(each, 0.9):.2f}",
                     f"{READ * drawn[inside].sum() / counts[inside].sum():.1f}", f"{better[name]:.1%}",
                     f"{of_loss[name]:.1%}",
                     *(f"{sum(cost.by_kind[kind] for cost in some) / notes:.2f}" for kind in KINDS),
                     f"{np.average(fine[inside], weights=counts[inside]):.1%}",
                     f"{(fine[inside] >= OFF_GRID).mean():.1%}"])
    return ["## By collection\n", "*Of the loss*: of all bits of what was asked for, drawn as training draws. "
            f"*Suggested*: as now, but no collection is read more than {PASSES:g} times in {READ / 1e6:g} M tokens; "
            f"what that frees goes to those read less than {SELDOM:g} times, in proportion to what they have now. A "
            "high figure is no fault in itself: late quartets and orchestras are hard to foresee, not badly made.\n",
            *table(
        ["collection", "songs", "of all tokens", "of what is drawn", "bits per note", "median song", "worst tenth from",
         f"passes in {READ / 1e6:g} M tokens", "suggested", "of the loss", *KINDS, "fine onsets", "songs off the grid"],
        rows)]


def suggested_shares(store: Store) -> dict[str, float]:
    """What each collection's share of what is drawn had better be."""
    names = np.array([entry.collection for entry in store.entries])
    counts = store.token_counts()
    drawn = song_weights(np.sqrt(counts.astype(np.float64)), names, CORPUS_SHARES)
    now, passes = {}, {}
    for name in np.unique(names).tolist():
        now[name] = float(drawn[names == name].sum())
        passes[name] = READ * now[name] / counts[names == name].sum()
    capped = {name: share * min(1.0, PASSES / passes[name]) for name, share in now.items()}
    takers = {name: share for name, share in capped.items() if passes[name] < SELDOM}
    freed = sum(now.values()) - sum(capped.values())
    shares = {name: share + (freed * share / sum(takers.values()) if name in takers else 0.0)
              for name, share in capped.items()}
    return {name: share / sum(shares.values()) for name, share in shares.items()}


def _level(costs: Sequence[SongCost], collection: str) -> float:
    some = [cost for cost in costs if cost.collection == collection]
    return sum(cost.bits for cost in some) / sum(cost.notes for cost in some)


def _by_grid(store: Store, costs: Sequence[SongCost]) -> list[str]:
    counts, fine = store.token_counts(), fine_shares(store)
    drawn = song_weights(np.sqrt(counts.astype(np.float64)), [entry.collection for entry in store.entries],
                         CORPUS_SHARES)
    bounds = (0.0, 0.02, 0.1, OFF_GRID, 1.01)
    rows = []
    for low, high in zip(bounds[:-1], bounds[1:]):
        some = [cost for cost in costs if low <= cost.fine < high]
        if not some:
            continue
        inside = (fine >= low) & (fine < high)
        notes = sum(cost.notes for cost in some)
        rows.append([f"{low:.0%} to {min(1.0, high):.0%}", f"{inside.sum():,}", f"{drawn[inside].sum():.1%}", len(some),
                     estimate([cost.bits for cost in some], [cost.notes for cost in some]),
                     *(f"{sum(cost.by_kind[kind] for cost in some) / notes:.2f}" for kind in KINDS)])
    likeness = np.corrcoef([cost.fine for cost in costs], [cost.bits_per_note for cost in costs])[0, 1]
    return ["\n## On the grid and off it\n", *table(
        ["fine onsets", "songs", "of what is drawn", "measured", "bits per note", *KINDS], rows),
        f"\nCorrelation of a song's fine onsets with its bits per note: {likeness:.2f}.",
        *_without(costs, drawn, [entry.collection for entry in store.entries]), ""]


def _without(costs: Sequence[SongCost], drawn: np.ndarray, names: Sequence[str]) -> list[str]:
    """What the loss would be without songs off the grid. Each measured song stands for its collection's share."""
    owners = np.array(names)
    weight = {name: drawn[owners == name].sum() / sum(cost.collection == name for cost in costs)
              for name in {cost.collection for cost in costs}}

    def level(some: Sequence[SongCost]) -> float:
        return (sum(weight[cost.collection] * cost.bits for cost in some)
                / sum(weight[cost.collection] * cost.notes for cost in some))

    on = [cost for cost in costs if cost.fine < OFF_GRID]
    if len(on) in (0, len(costs)):
        return []
    lost = sum(weight[cost.collection] * cost.bits for cost in costs if cost.fine >= OFF_GRID)
    share = lost / sum(weight[cost.collection] * cost.bits for cost in costs)
    return [f"Songs off the grid make up {share:.1%} of the loss; "
            f"without them what is drawn would cost {level(on):.2f} bits per note instead of {level(costs):.2f}. "
            "Most of them are drums as they were played, whose timing and loudness are the point: to drop them is to "
            "give up on drums that groove. What leaving them out of a short training does to held-out music is in "
            "[scaling.md](scaling.md)."]


def _worst(costs: Sequence[SongCost]) -> list[str]:
    rows = [[f"{cost.collection}/{Path(cost.path).name}", cost.notes, f"{cost.bits_per_note:.1f}", f"{cost.fine:.0%}",
             *(f"{cost.by_kind[kind] / cost.notes:.1f}" for kind in KINDS)]
            for cost in sorted((cost for cost in costs if cost.notes >= LEAST_NOTES),
                               key=lambda cost: -cost.bits_per_note)[:WORST]]
    return ["## The songs that cost most\n", f"Of those with at least {LEAST_NOTES} notes measured.\n",
            *table(["song", "notes", "bits per note", "fine onsets", *KINDS], rows)]
