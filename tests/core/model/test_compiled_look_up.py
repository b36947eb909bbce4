"""Looking up in compiled steps finds nearly all that comparing all finds, and says of it what torch says."""

import numpy as np
import pytest
import torch

from core.model import compiled, native, nearest, steps
from core.model.entries import entries_of
from core.model.library import Library
from core.model.memory import RetrievalMemory
from tests.core.model.test_steps import by_torch, make_model, needs_compiler, prompted, some_features

CLOSE = {"atol": 0.05, "rtol": 0.02}
pytestmark = needs_compiler


@pytest.fixture(params=["for this processor", "for any processor"], autouse=True, scope="module")
def instructions(request, tmp_path_factory):
    """Compiled with the instructions of this very processor, and with those that all of its kind have."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "for any processor":
            folder = tmp_path_factory.mktemp("compiled")
            patch.setattr(compiled, "FLAGS", (("-O2",),))
            patch.setattr(compiled, "user_cache_folder", lambda: folder)
        compiled.compiled.cache_clear()
        yield
    compiled.compiled.cache_clear()


def gate_open(**changes):
    model = make_model(retrieval_layer=1, **{"retrieved": 8, **changes})
    torch.nn.init.constant_(model.blocks[0].attention.gate, 2.0)
    return model


def some_entries(model, count: int, seed: int = 0) -> dict[str, torch.Tensor]:
    """Alike in groups, as the bars of a song are."""
    generator = torch.Generator().manual_seed(seed)
    shape = model.config.shared_heads, count, model.config.head_width
    themes = torch.randn(shape[0], 5, shape[2], generator=generator)
    keys = themes[:, torch.arange(count) % 5] + 0.3 * torch.randn(shape, generator=generator)
    return {"keys": keys, "values": 3 * torch.randn(shape, generator=generator),
            "places": torch.zeros(count, 3, dtype=torch.int32)}


def memory_of(model, counts, dtype=torch.float32) -> RetrievalMemory:
    memory = RetrievalMemory(model.config, len(counts), max(64, *counts), dtype=dtype)
    for row, count in enumerate(counts):
        memory.take_row(row, [some_entries(model, count, row)])
    return memory


def library_of(model, count: int) -> Library:
    told = some_entries(model, count, 9)
    return Library(told["keys"], told["values"], told["places"], ["a song"])


@torch.inference_mode()
def assert_same_steps(model, memory, rows, monkeypatch, forgetful=True, by_torch_in=None):
    prompts = some_features(len(memory.places) if rows > 1 else 1, 15)
    made = steps.start_steps(model, prompted(model, prompts), rows, memory)
    assert isinstance(made, native.NativeSteps)
    plain = by_torch(model, prompted(model, prompts), rows, monkeypatch, by_torch_in or memory)
    alone = by_torch(model, prompted(model, prompts), rows, monkeypatch)
    for ending in some_features(6, rows):
        got = made(ending)
        np.testing.assert_allclose(got, plain(ending), **CLOSE)
        assert not forgetful or not np.allclose(got, alone(ending), atol=0.3)


@pytest.mark.parametrize("changes", [{}, {"query_key_norm": False}, {"layers": 1},
                                     {"width": 256, "heads": 8, "key_value_heads": 2, "layers": 1}], ids=str)
@pytest.mark.parametrize("counts", [(3,), (1000,), (700, 5, 64)], ids=str)
def test_what_is_looked_up_counts_as_it_does_in_torch(changes, counts, monkeypatch):
    """One memory for all rows, or one each; with less in it than is looked for, and more."""
    model = gate_open(**changes)
    assert_same_steps(model, memory_of(model, counts), 3, monkeypatch)


def test_one_row_that_remembers_nothing_keeps_what_it_sees(monkeypatch):
    model = gate_open()
    assert_same_steps(model, memory_of(model, (0,)), 1, monkeypatch, forgetful=False)


def test_half_precision_is_looked_up_as_it_is(monkeypatch):
    """Torch compares scores rounded to half precision too, so it is asked for the same numbers in full."""
    model = gate_open()
    halves = memory_of(model, (900,), torch.bfloat16)
    full = RetrievalMemory(model.config, 1, 900)
    full.take_row(0, [{name: halves.state()[name][0] for name in ("keys", "values", "places")}])
    assert_same_steps(model, halves, 2, monkeypatch, by_torch_in=full)


@torch.inference_mode()
@pytest.mark.parametrize("counts", [(0,), (4,), (600,)], ids=str)
def test_a_library_is_looked_up_besides(counts, monkeypatch):
    model = gate_open()
    memory = memory_of(model, counts)
    memory.library = library_of(model, 300)
    assert_same_steps(model, memory, 5, monkeypatch)
    with_it = by_torch(model, prompted(model, some_features(1, 15)), 1, monkeypatch, memory)(some_features(1))
    memory.library = None
    without = by_torch(model, prompted(model, some_features(1, 15)), 1, monkeypatch, memory)(some_features(1))
    assert not np.allclose(with_it, without, atol=0.1)


def test_a_memory_that_changed_is_looked_up_anew(monkeypatch):
    model = gate_open()
    memory = memory_of(model, (500,))
    assert_same_steps(model, memory, 2, monkeypatch)
    before = memory.entries()
    assert memory.entries() is before
    memory.take_row(0, [some_entries(model, 9, 5)], 400)
    assert_same_steps(model, memory, 2, monkeypatch)
    assert memory.entries() is not before


def test_all_that_torch_finds_is_found_where_scales_differ_much(monkeypatch):
    """Keys of which some numbers are far larger than others, equal ones, and many more than stay in the race."""
    model = gate_open(query_key_norm=False)
    told = some_entries(model, 3000)
    told["keys"] *= torch.logspace(-2, 1, model.config.head_width)
    told["keys"][:, 1000:1100] = told["keys"][:, :1]
    told["values"][:, 1000:1100] = told["values"][:, :1]
    memory = RetrievalMemory(model.config, 1, 3008)
    memory.take_row(0, [told])
    assert_same_steps(model, memory, 4, monkeypatch)


@pytest.mark.parametrize(("count", "themes", "missed"), [(200, 5, 0), (10_000, 5, 0.001), (10_000, 300, 0.01),
                                                         (10_000, 10_000, 0.001)], ids=str)
def test_nearly_all_is_found_that_comparing_all_finds(count, themes, missed):
    """Keys in a few groups; in many, parts of two in a block; and each for itself. Of few, all are looked at."""
    generator = torch.Generator().manual_seed(1)
    themes = torch.randn(2, themes, 32, generator=generator)
    keys = themes[:, torch.arange(count) % themes.shape[1]] + 0.2 * torch.randn(2, count, 32, generator=generator)
    queries = keys[:, torch.randint(count, (500,), generator=generator)] + torch.randn(2, 500, 32, generator=generator)
    places = entries_of(keys[None], keys[None], [count]).nearest(queries, 32)
    scores = queries @ keys.transpose(1, 2)
    least = scores.topk(32).values[..., -1:]
    assert (scores.gather(2, places) < least - 1e-4).float().mean() <= missed
    assert (places.sort().values.diff() > 0).all()  # none twice


def test_what_stays_the_same_is_found_as_before():
    """A memory whose end changes again and again, and one of two rows that begins like it."""
    model = gate_open(layers=1)
    memory, two = (RetrievalMemory(model.config, rows, 6016) for rows in (1, 2))
    queries = torch.randn(2, 100, 32)

    def assert_nearest(memory: RetrievalMemory, row: int, told: list) -> None:
        keys = torch.cat([part["keys"] for part in told], dim=1)
        scores = queries @ keys.transpose(1, 2)
        found = scores.gather(2, memory.entries().nearest(queries, 8, row))
        assert (found < scores.topk(8).values[..., -1:] - 1e-4).float().mean() < 0.01

    theme = some_entries(model, 4000)
    for number, more in enumerate((1000, 30, 0, 2000, 1500)):
        told = [theme, some_entries(model, more, number + 1)]
        memory.take_row(0, told[1:] if number else told, 4000 if number else 0)
        assert_nearest(memory, 0, told)
    apart = [[theme, some_entries(model, more, more)] for more in (300, 700)]
    for row, told in enumerate(apart):
        two.take_row(row, told)
    two.begins_like(memory, 4000)
    for row, told in enumerate(apart):
        assert_nearest(two, row, told)


@pytest.mark.parametrize("count", [40, 5000])
def test_as_many_are_found_where_all_are_alike(count):
    keys = torch.ones(2, 1, 32).expand(2, count, 32).contiguous()
    for queries in (torch.ones(2, 3, 32), -torch.ones(2, 3, 32), torch.zeros(2, 3, 32)):
        places = entries_of(keys[None], keys[None], [count]).nearest(queries, 32)
        assert places.min() >= 0 and places.max() < count and (places.sort().values.diff() > 0).all()


def test_what_the_compiled_step_cannot_look_up_is_left_to_torch():
    model = gate_open()
    with_gaps = memory_of(model, (100,))
    with_gaps.hold(torch.zeros(1, 2, 3, 32), torch.zeros(1, 2, 3, 32))
    with_gaps.remember(torch.tensor([[True, False, True]]), torch.zeros(1, 3, 3, dtype=torch.int32))
    assert with_gaps.entries() is None and not native.can_run(model, with_gaps)
    assert native.can_run(model, memory_of(model, (100,)))


def test_a_library_that_faiss_searches_is_left_to_torch(monkeypatch):
    pytest.importorskip("faiss")
    monkeypatch.setattr(nearest, "EXACT_UP_TO", 200)
    model = gate_open()
    memory = memory_of(model, (100,))
    memory.library = library_of(model, 4000)
    assert memory.library.search.name == "ivf" and not native.can_run(model, memory)
    with torch.inference_mode():
        step = steps.start_steps(model, prompted(model, some_features(1, 9)), 2, memory)
        assert not isinstance(step, native.NativeSteps) and step(some_features(2)).shape[0] == 2
