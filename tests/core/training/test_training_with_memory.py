"""Training with memories: rows remember their own song alone, a run resumes exactly, processes share the work."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from core.corpus.batching import DiskStreams
from core.corpus.song_walk import HeldOutWalk, SongWalk
from core.corpus.store import SongEntry, Store, write_store
from core.model.checkpoint import CheckpointError, load_model
from core.model.memories import Memories
from core.model.transformer import Transformer
from core.training.loss import bits_per_note, take_in, token_losses
from core.training.start import with_memories
from core.training.trainer import TrainerConfig, train
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import little_songs

CONTEXT, ROWS = 96, 2
QUICK = {"compile": False, "warm_up_steps": 2, "validate_every": 4, "report_every_seconds": 0.0, "threads": 1}
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = tmp_path_factory.mktemp("songs") / "store"
    write_store(place, ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(little_songs() * 2)))
    return Store(place)


def remembering(length: int = 64, layer: int = 2) -> Transformer:
    return with_memories(tiny_model(context=CONTEXT), length, layer)


def memories_of(model: Transformer) -> Memories:
    return Memories(model.config, ROWS, 256)


def walk_of(store: Store) -> SongWalk:
    return SongWalk(DiskStreams(store), CONTEXT, ROWS, seed=2, transpose=True)


def losses_of(folder: Path) -> list[tuple[int, float]]:
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [(line["step"], line["loss"]) for line in lines if "loss" in line]


def read(model, walk, memories, steps):
    for step in range(steps):
        batch = walk.batch(step)
        features = torch.from_numpy(batch.features)
        losses, _ = token_losses(model, features, memories)
        take_in(memories, batch, features)
    return losses


@pytest.mark.parametrize("memory", [(64, 0), (0, 2), (64, 2)], ids=str)
def test_a_resumed_run_equals_an_uninterrupted_one(store, tmp_path, memory):
    held_out = HeldOutWalk(store, CONTEXT, ROWS, 3, 2)
    validation = [held_out.batch(step) for step in range(len(held_out))]
    config = TrainerConfig(steps=9, **QUICK)
    whole, parts = remembering(*memory), remembering(*memory)
    ended = train(whole, walk_of(store), validation, config, tmp_path / "whole", memories=memories_of(whole))
    assert ended.last_validation["all"] > 0 and "stream" not in ended.last_validation
    steps = iter(range(100))
    train(parts, walk_of(store), validation, config, tmp_path / "parts", should_stop=lambda: next(steps) == 5,
          memories=memories_of(parts))
    fresh = load_model(tmp_path / "parts" / "last")[0]
    assert (fresh.config.memory_length, fresh.config.retrieval_layer) == memory
    train(fresh, walk_of(store), validation, config, tmp_path / "parts", resume=True, memories=memories_of(fresh))
    assert losses_of(tmp_path / "parts") == losses_of(tmp_path / "whole")
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), fresh.state_dict().values()))
    assert len(list((tmp_path / "parts" / "last").glob("memories-*"))) == 1


def test_a_run_whose_memories_are_lost_is_not_resumed_as_if_nothing_were(store, tmp_path):
    model = remembering()
    train(model, walk_of(store), [], TrainerConfig(steps=2, **QUICK), tmp_path, memories=memories_of(model))
    next((tmp_path / "last").glob("memories-*")).unlink()
    with pytest.raises(CheckpointError, match="memories-2-0"):
        train(model, walk_of(store), [], TrainerConfig(steps=3, **QUICK), tmp_path, resume=True,
              memories=memories_of(model))


@torch.inference_mode()
def test_a_guest_sees_what_comes_next_would_see_and_leaves_no_trace(store):
    model, batch = remembering(), walk_of(store).batch(0)
    alone, with_guests = memories_of(model), memories_of(model)
    stream = torch.from_numpy(batch.features[:ROWS])
    for memories, features in ((alone, stream), (with_guests, torch.from_numpy(batch.features))):
        token_losses(model, features, memories)
        take_in(memories, batch, stream)
    for name, tensor in alone.state().items():
        torch.testing.assert_close(with_guests.state()[name], tensor, atol=2e-5, rtol=1e-4)
    later = walk_of(store).batch(1).features[ROWS:]
    twice = torch.from_numpy(later).repeat(2, 1, 1)
    first, second = token_losses(model, twice, with_guests)[0].split(ROWS)
    torch.testing.assert_close(first, second, atol=2e-5, rtol=1e-4)


@torch.inference_mode()
def test_a_song_that_ends_is_forgotten_in_its_row_alone(store):
    model, walk = remembering(), walk_of(store)
    memories, kept = memories_of(model), memories_of(model)
    read(model, walk, memories, 1)
    read(model, walk, kept, 1)
    memories.clear(torch.tensor([True, False]))
    fresh = memories_of(model)
    features = torch.from_numpy(walk.batch(1).features)
    cleared, remembered, empty = (token_losses(model, features, one)[0] for one in (memories, kept, fresh))
    close = {"atol": 2e-5, "rtol": 1e-4}
    torch.testing.assert_close(cleared[::2], empty[::2], **close)
    torch.testing.assert_close(cleared[1::2], remembered[1::2], **close)
    assert not torch.allclose(cleared[::2], remembered[::2], **close)


def test_memory_of_a_toy_song_is_learned_to_be_used(store, tmp_path):
    """The songs of the store come twice, so that what is learned by heart is known without memory as well: here only
    the way from the loss through memory to the weights is tried."""
    model = remembering()
    before = bits_of(model, store)
    train(model, walk_of(store), [], TrainerConfig(steps=25, **QUICK), tmp_path, memories=memories_of(model))
    assert bits_of(model, store) < before
    assert float((model.blocks[1].attention.gate - remembering().blocks[1].attention.gate).detach().abs().max()) > 0


def bits_of(model, store) -> float:
    held_out = HeldOutWalk(store, CONTEXT, ROWS, 3, 2)
    return bits_per_note(model, [held_out.batch(i) for i in range(len(held_out))], memories_of(model))["all"]


SCRIPT = """
import sys, torch
sys.path.insert(0, {root!r})
from tests.core.training.test_training_with_memory import *
from core.training.processes import rank_and_ranks
rank, ranks = rank_and_ranks()
store, out = Store({store!r}), Path({out!r})
model = remembering()
walk = SongWalk(DiskStreams(store), CONTEXT, ROWS, seed=2, rank=rank, ranks=ranks)
result = train(model, walk, [], TrainerConfig(steps=int(sys.argv[1]), **QUICK), out, resume=sys.argv[1] != "2",
               memories=memories_of(model))
songs = sorted({{int(s) for step in range(result.step) for s in walk.batch(step).places[:, 0, 0]}})
total = float(sum(p.detach().double().abs().sum() for p in model.parameters()))
(out / f"result-{{rank}}.json").write_text(json.dumps([result.step, songs, total]))
"""


@pytest.mark.timeout(240)
def test_two_processes_train_one_model_on_songs_of_their_own(store, tmp_path):
    script, out = tmp_path / "script.py", tmp_path / "run"
    script.write_text(SCRIPT.format(root=str(ROOT), store=str(store.folder), out=str(out)))
    environment = os.environ | {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    for steps in ("2", "3"):  # the second resumes
        done = subprocess.run([sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
                               str(script), steps], capture_output=True, text=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        (step, ours, total), (_, theirs, other) = (
            json.loads((out / f"result-{rank}.json").read_text()) for rank in (0, 1))
        assert step == int(steps) and total == other
        assert ours and theirs and not set(ours) & set(theirs)
    assert {path.name for path in (out / "last").glob("memories-*")} == {"memories-3-0.safetensors",
                                                                      "memories-3-1.safetensors"}
    assert load_model(out / "last")[1]["step"] == 3
