"""The memories: looking back over segments equals looking at them at once, and rows do not see each other."""

import pytest
import torch
from torch.nn import functional as F

from core.model.memory import RetrievalMemory, SegmentMemory
from core.model.transformer import TIME
from tests.core.model.test_transformer import CLOSE, make_features, make_model


def read(model, features, memory, lengths) -> torch.Tensor:
    return torch.cat([model(part, memory) for part in features.split(lengths, dim=1)], dim=1)


def memory_of(model, batch: int, length: int = 64) -> SegmentMemory:
    return SegmentMemory(model.config, batch, length)


@torch.inference_mode()
@pytest.mark.parametrize("lengths", [[20], [10, 10], [7, 7, 6], [1, 12, 3, 4]], ids=str)
@pytest.mark.parametrize("changes", [{}, {"musical_time_rotary": False}, {"key_value_heads": 2}], ids=str)
def test_segments_with_memory_equal_full_attention(lengths, changes):
    model, features = make_model(**changes), make_features(2, 20)
    torch.testing.assert_close(read(model, features, memory_of(model, 2), lengths), model(features), **CLOSE)


@torch.inference_mode()
def test_only_the_last_positions_are_remembered():
    """One layer sees exactly as far as the memory reaches."""
    model, features = make_model(layers=1), make_features(1, 20)
    with_memory = read(model, features, memory_of(model, 1, length=6), [10, 10])[:, 10]
    torch.testing.assert_close(with_memory, model(features[:, 4:11])[:, -1], **CLOSE)


@torch.inference_mode()
def test_a_song_that_ends_is_forgotten_in_its_row_alone():
    model, first, second = make_model(), make_features(2, 8), make_features(2, 8, seed=2)
    memory = memory_of(model, 2)
    model(first, memory)
    memory.clear(torch.tensor([True, False]))
    got = model(second, memory)
    torch.testing.assert_close(got[:1], model(second[:1]), **CLOSE)
    torch.testing.assert_close(got[1:], model(torch.cat((first, second), dim=1))[1:, 8:], **CLOSE)


@torch.inference_mode()
def test_a_ragged_segment_leaves_no_trace_in_the_next_song():
    model, features, rest = make_model(), make_features(1, 5), make_features(1, 8, seed=3)
    memory = memory_of(model, 1)
    got = model(F.pad(features, (0, 0, 0, 3)), memory)[:, :5]
    torch.testing.assert_close(got, model(features), **CLOSE)
    memory.clear(torch.tensor([True]))
    torch.testing.assert_close(model(rest, memory), model(rest), **CLOSE)


@torch.inference_mode()
def test_the_saved_memory_goes_on_exactly():
    model, features = make_model(), make_features(2, 24)
    memory, resumed = memory_of(model, 2, 10), memory_of(model, 2, 10)
    model(features[:, :8], memory)
    saved = {name: tensor.clone() for name, tensor in memory.state().items()}
    wanted = read(model, features[:, 8:], memory, [8, 8])
    resumed.load_state(saved)
    assert torch.equal(read(model, features[:, 8:], resumed, [8, 8]), wanted)
    with pytest.raises(ValueError, match="does not fit"):
        memory_of(model, 3, 10).load_state(saved)


@torch.inference_mode()
def test_positions_are_right_after_the_meter_changes():
    """Times are those of the song, so a bar of another length between two segments is just another distance."""
    model, features = make_model(), make_features(1, 16)
    features[:, 8:, TIME] += 7 * 72  # seven bars of 3/4 in which nothing sounds
    torch.testing.assert_close(read(model, features, memory_of(model, 1), [8, 8]), model(features), **CLOSE)


def test_no_gradient_passes_through_the_memory():
    model, features = make_model(), make_features(1, 8).requires_grad_(False)
    memory = memory_of(model, 1)
    model(features, memory)
    model(make_features(1, 8, seed=2), memory).sum().backward()
    assert not any(tensor.requires_grad for tensor in memory.state().values())


def retrieval_of(model, capacity: int, batch: int = 2) -> RetrievalMemory:
    return RetrievalMemory(model.config, batch, capacity)


def remember(retrieval: RetrievalMemory, features: torch.Tensor) -> None:
    retrieval.remember(features[..., 0] != 0, features[..., [1, 2, 3]])


@torch.inference_mode()
@pytest.mark.parametrize("shared", [4, 2])
def test_retrieving_everything_is_attention_over_everything(shared):
    model = make_model(retrieval_layer=2, retrieved=64, key_value_heads=shared)
    retrieval, layer = retrieval_of(model, 40), model.blocks[1].attention
    generator = torch.Generator().manual_seed(0)
    keys, values = (torch.randn(2, shared, 12, layer.head_width, generator=generator) for _ in range(2))
    queries = torch.randn(2, layer.heads, 12, layer.head_width, generator=generator)
    retrieval.attend(layer.lined_up(queries), keys, values)
    remember(retrieval, make_features(2, 12))
    found, remembers = retrieval.attend(layer.lined_up(queries), keys, values)
    assert remembers.all()
    everything = F.scaled_dot_product_attention(queries, layer.for_each_head(keys), layer.for_each_head(values))
    torch.testing.assert_close(layer.apart(found), everything, **CLOSE)


@torch.inference_mode()
def test_only_the_nearest_are_retrieved_and_say_where_they_stood():
    model = make_model(retrieval_layer=1, retrieved=1)
    retrieval, width = retrieval_of(model, 8, batch=1), model.config.head_width
    keys = 9.0 * torch.eye(width)[:4].expand(1, 4, 4, width)
    values = torch.arange(4.0)[:, None].expand(1, 4, 4, width)
    retrieval.attend(keys, keys, values)
    features = make_features(1, 4)
    remember(retrieval, features)
    found, _ = retrieval.attend(keys[:, :, [2, 0]], keys, values)
    assert found[0, :, :, 0].tolist() == [[2.0, 0.0]] * 4
    assert torch.equal(retrieval.places[0, retrieval.found[0, 0, :, 0]], features[0, [2, 0]][:, [1, 2, 3]])


@torch.inference_mode()
@pytest.mark.parametrize("shared", [4, 2])
def test_a_row_without_memories_is_as_if_there_were_no_memory(shared):
    model = make_model(retrieval_layer=2, key_value_heads=shared)
    first, second = make_features(2, 8), make_features(2, 8, seed=2)
    retrieval = retrieval_of(model, 32)
    assert torch.equal(model(first, retrieval=retrieval), model(first))
    remember(retrieval, first)
    retrieval.clear(torch.tensor([True, False]))
    got = model(second, retrieval=retrieval)
    torch.testing.assert_close(got[0], model(second)[0], **CLOSE)
    assert not torch.allclose(got[1], model(second)[1], **CLOSE)


@torch.inference_mode()
def test_the_oldest_make_way_and_the_saved_memory_goes_on():
    model = make_model(retrieval_layer=2, retrieved=4)
    retrieval, short = retrieval_of(model, 16), retrieval_of(model, 16)
    segments = [make_features(2, 8, seed=seed) for seed in range(4)]
    for segment in segments[:3]:
        model(segment, retrieval=retrieval)
        remember(retrieval, segment)
    for segment in segments[1:3]:
        model(segment, retrieval=short)
        remember(short, segment)
    again = retrieval_of(model, 16)
    again.load_state(retrieval.state())
    got = model(segments[3], retrieval=retrieval)
    assert torch.equal(model(segments[3], retrieval=again), got)
    assert torch.equal(retrieval.places.sort(dim=1).values, torch.cat(
        [segment[..., [1, 2, 3]] for segment in segments[1:3]], dim=1).sort(dim=1).values)


def test_the_gate_learns():
    model, features = make_model(retrieval_layer=2), make_features(2, 8)
    retrieval = retrieval_of(model, 32)
    model(features, retrieval=retrieval)
    remember(retrieval, features)
    model(make_features(2, 8, seed=2), retrieval=retrieval).square().mean().backward()
    assert model.blocks[1].attention.gate.grad.abs().sum() > 0


def test_what_cannot_be_remembered_is_refused():
    model, features = make_model(retrieval_layer=1), make_features(2, 8)
    retrieval = retrieval_of(model, 4)
    with pytest.raises(ValueError, match="nothing was read"):
        remember(retrieval, features)
    model(features, retrieval=retrieval)
    with pytest.raises(ValueError, match="does not fit"):
        remember(retrieval, features)
    with pytest.raises(ValueError, match="retrieval_layer"):
        make_model(retrieval_layer=4)
