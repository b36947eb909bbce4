"""Batches on their way to the training loop: ready in time, in order, the same wherever their streams live."""

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from core.corpus.batching import Contiguous, LongSequence, MemoryStreams, PerSong
from core.corpus.store import Store
from core.model.config import ModelConfig
from core.model.transformer import Transformer
from core.tokens import vocabulary as v
from core.training.device_batches import DeviceStreams
from core.training.loader import Loader
from core.training.loss import bits_per_note
from core.training.sources import EXAMPLES, LOCATIONS, batch_source, held_out_batches
from core.training.trainer import TrainerConfig, train
from tests.core.corpus.batching.songs import small_store

CONTEXT = 48


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return small_store(tmp_path_factory.mktemp("loader") / "store")


def make_model() -> Transformer:
    torch.manual_seed(1)
    config = ModelConfig(v.SIZE, v.COMPONENT_COUNT, width=16, layers=1, heads=2, context=CONTEXT)
    return Transformer(config, torch.from_numpy(v.COMPONENTS))


@pytest.mark.parametrize("kind", [LongSequence, PerSong, Contiguous])
@pytest.mark.parametrize("transpose", [False, True])
def test_a_device_cuts_the_same_batches_as_memory(store, kind, transpose):
    memory, device = (kind(streams, CONTEXT, 4, seed=7, transpose=transpose)
                      for streams in (MemoryStreams(store), DeviceStreams(store, "cpu")))
    for step in range(20):
        one, other = memory.batch(step), device.batch(step)
        for name in ("features", "answer", "note_count", "song_ended"):
            array, tensor = getattr(one, name), getattr(other, name)
            assert torch.is_tensor(tensor) and tensor.numpy().dtype == array.dtype
            assert np.array_equal(array, tensor.numpy()), name
        assert one.task == other.task
    assert bits_per_note(make_model(), [one]) == bits_per_note(make_model(), [other])


def test_a_run_on_device_batches_resumes_as_if_it_had_never_stopped(store, tmp_path: Path):
    source = Contiguous(DeviceStreams(store, "cpu"), CONTEXT, 4, seed=3, transpose=True)
    config = TrainerConfig(steps=8, compile=False, warm_up_steps=2, validate_every=100, threads=1)
    whole, fresh = make_model(), make_model()
    train(whole, source, [], config, tmp_path / "whole")
    steps = iter(range(100))
    train(make_model(), source, [], config, tmp_path / "parts", should_stop=lambda: next(steps) == 3)
    again = Contiguous(MemoryStreams(store), CONTEXT, 4, seed=3, transpose=True)
    train(fresh, again, [], config, tmp_path / "parts", resume=True)
    assert all(torch.equal(a, b) for a, b in zip(whole.state_dict().values(), fresh.state_dict().values()))


@pytest.mark.parametrize("examples", EXAMPLES)
def test_every_kind_of_examples_gives_batches_from_everywhere_and_can_be_measured(store, examples):
    first, *others = (batch_source(examples, location, store, CONTEXT, 4, seed=2).batch(6) for location in LOCATIONS)
    for other in others:
        assert np.array_equal(first.features, np.asarray(other.features))
    measured = bits_per_note(make_model(), held_out_batches(examples, store, CONTEXT, 4))
    assert measured["all"] > 0
    assert ("stream" in measured) == (examples != "windows")


class Counting:
    """Gives the step as the batch, and remembers which were asked for, and on which thread."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.threads: set[int] = set()

    def batch(self, step: int):
        self.asked.append(step)
        self.threads.add(threading.get_ident())
        if step == 9:
            raise OSError("the disk is gone")
        return type("Batch", (), {"features": np.full((1, 2, 6), step), "answer": np.zeros((1, 2), dtype=bool)})


def test_the_loader_keeps_ahead_in_order_on_a_thread_of_its_own():
    source = Counting()
    with Loader(source, lambda tensor: tensor, step=5, depth=2) as loader:
        assert int(loader.next().features[0, 0, 0]) == 5
        loader.wait()
        assert source.asked == [5, 6, 7]
        assert int(loader.next().features[0, 0, 0]) == 6
    assert threading.get_ident() not in source.threads and len(source.threads) == 1


def test_what_goes_wrong_in_making_a_batch_is_raised_where_it_is_taken():
    with Loader(Counting(), lambda tensor: tensor, step=8) as loader:
        assert int(loader.next().features[0, 0, 0]) == 8
        with pytest.raises(OSError, match="disk is gone"):
            loader.next()
