"""Requests to a model that remembers: what it read is what came before, it reads nothing twice, and forgets none."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.generation.prompt import build_prompt, empty_cells, split_request
from core.generation.remembering import Reader
from core.generation.request import Request, Take, continue_cells, infill_cells
from core.generation.sampler import generate
from core.model.memories import Memories
from core.model.transformer import TIME, Transformer
from core.music.edits import replace_cells
from core.music.song import Song
from core.music.timebase import Meter
from core.tokens.encoder import encode
from core.tokens.stream import SongStream
from core.training.start import with_memories
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.songs import dense_song

CLOSE = {"atol": 2e-5, "rtol": 1e-4}
KINDS = [(64, 0), (0, 1), (64, 1)]
BARS, CONTEXT = 30, 128


def model_of(length: int, layer: int) -> Transformer:
    model = with_memories(tiny_model(context=CONTEXT), length, layer)
    if layer:
        torch.nn.init.constant_(model.blocks[layer - 1].attention.gate, 1.0)
    return model.eval()


def song_of(seed: int = 0, bars: int = BARS) -> Song:
    song = dense_song(bars=bars, tracks=2, notes_a_bar=4, seed=seed)
    return replace(song, meters=(Meter(0, 4, 4), Meter(10 * 4 * song.ticks_per_beat, 3, 4)))


def takes_of(model, request, reader=None) -> list[Take]:
    return [event for event in generate(model, request, reader=reader) if isinstance(event, Take)]


def assert_same_takes(first, second):
    for a, b in zip(first, second, strict=True):
        assert all(np.array_equal(a.notes[track], b.notes[track]) for track in a.notes)


@torch.inference_mode()
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_a_window_behind_a_cache_sees_what_it_would_see_beside_the_stream(kind):
    """Written token by token, with the bars before read by the reader, as in one pass with all of them remembered."""
    model, song = model_of(*kind), song_of()
    cells = infill_cells(24, 25, [0, 1])
    base = empty_cells(song, cells)
    prompt = build_prompt(base, split_request(base, cells, CONTEXT)[0], (), CONTEXT, in_song=True)
    assert prompt.first_bar > 15
    features = torch.from_numpy(prompt.features)[None]
    segment_times = SongStream(encode(base, drum_durations=False))
    start = int(segment_times.bar_starts[prompt.first_bar])
    assert int(prompt.features[0, TIME]) == int(segment_times.cut(start, start + 1)[0, 5])

    got_memories = Reader(model, dtype=torch.float32).before([base], [prompt.first_bar])
    cache = model.new_cache(1, 64 + features.shape[1])
    if got_memories.segments is not None:
        cache.begin_with(got_memories.segments)
    got = torch.cat([model(part, cache, retrieval=got_memories.retrieval)
                     for part in features.split([40, *[1] * (features.shape[1] - 40)], dim=1)], dim=1)

    by_hand = Memories(model.config, 1, 4096)
    pieces = Reader(model)._pieces(base, prompt.first_bar)
    for rows in (piece.rows for piece in pieces):
        model(torch.from_numpy(rows)[None], by_hand.segments, retrieval=by_hand.retrieval)
        by_hand.remember(torch.ones(1, len(rows), dtype=torch.bool), torch.zeros(1, len(rows), 3, dtype=torch.int32))
    wanted = model(features, by_hand.segments, retrieval=by_hand.retrieval)
    torch.testing.assert_close(got, wanted, **CLOSE)
    assert not torch.allclose(got, model(features), **CLOSE)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_takes_do_not_depend_on_what_was_read_before(kind):
    model, song = model_of(*kind), song_of()
    request = Request(song, continue_cells(song, 3), takes=2, seed=4)
    fresh = takes_of(model, request)
    reader = Reader(model)
    takes_of(model, Request(song_of(seed=5), infill_cells(12, 12, [0]), takes=1), reader)
    takes_of(model, Request(song, infill_cells(20, 20, [0]), takes=1), reader)
    assert_same_takes(takes_of(model, request, reader), fresh)
    assert_same_takes(takes_of(model, request, reader), fresh)
    nearly_nothing = Reader(model, kept_bytes=1)
    assert_same_takes(takes_of(model, request, nearly_nothing), fresh)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_nothing_is_read_twice_and_an_edit_costs_what_follows_it(kind):
    model, song = model_of(*kind), song_of()
    reader, cells = Reader(model), infill_cells(26, 27, [0])
    takes_of(model, Request(song, cells, takes=1), reader)
    first = reader.tokens_read
    takes_of(model, Request(song, cells, takes=2, seed=9), reader)
    assert 0 < first == reader.tokens_read
    edited = replace_cells(song, infill_cells(18, 18, [0]), {})
    takes_of(model, Request(edited, cells, takes=1), reader)
    assert reader.tokens_read > first
    if kind[1]:
        assert reader.tokens_read - first < first
    takes_of(model, Request(song, cells, takes=1), reader)  # undone
    assert reader.tokens_read < 2 * first + 1
    assert 0 < reader.size < 64 << 20


def test_a_long_song_costs_no_more_to_read_than_a_short_one_where_only_segments_are_remembered():
    model = model_of(64, 0)
    read = []
    for bars in (30, 300):
        song, reader = song_of(bars=bars), Reader(model)
        takes_of(model, Request(song, infill_cells(bars - 3, bars - 2, [0]), takes=1), reader)
        read.append(reader.tokens_read)
    assert read[1] <= 2 * CONTEXT and read[0] <= 2 * CONTEXT


@torch.inference_mode()
@pytest.mark.parametrize("shape", [(2, 64, 1), (2, 64, 2), (2, 0, 1), (4, 40, 3), (4, 40, 2)], ids=str)
def test_reading_gives_what_a_full_pass_does(shape):
    """Layers, memory length and the layer that looks up: whatever is left out in reading, nothing that counts is."""
    layers, length, looks_up = shape
    tiny = tiny_model(context=CONTEXT)
    torch.manual_seed(1)
    model = Transformer(replace(tiny.config, layers=layers, memory_length=length, retrieval_layer=looks_up),
                        tiny.embeddings.components).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.15 if parameter.ndim == 2 else 1.0)
    song = song_of()
    reader, whole = Reader(model, dtype=torch.float32), Memories(model.config, 1, 4096)
    for bar in (8, 25):
        got, whole = reader.before([song], [bar]), Memories(model.config, 1, 4096)
        for rows in (piece.rows for piece in reader._pieces(song, bar)):
            model(torch.from_numpy(rows)[None], whole.segments, retrieval=whole.retrieval)
            whole.remember(torch.ones(1, len(rows), dtype=torch.bool), torch.zeros(1, len(rows), 3, dtype=torch.int32))
        if length:
            torch.testing.assert_close(got.segments.state(), whole.segments.state(), **CLOSE)
        count = int(whole.retrieval.state()["present"].sum())
        for name in ("keys", "values"):
            torch.testing.assert_close(got.retrieval.state()[name][:, :, :count],
                                       whole.retrieval.state()[name][:, :, :count], **CLOSE)


def test_the_same_prompt_is_read_once_and_gives_other_takes_all_the_same():
    model, song = model_of(64, 1), song_of()
    reader, cells = Reader(model), infill_cells(26, 27, [0])
    passes = []
    forward = model.forward
    model.forward = lambda features, *args, **kwargs: (passes.append(features.shape[1]), forward(
        features, *args, **kwargs))[1]
    first = takes_of(model, Request(song, cells, takes=2, seed=1), reader)
    assert max(passes) > 1
    passes.clear()
    takes_of(model, Request(song, cells, takes=2, seed=2), reader)
    assert_same_takes(takes_of(model, Request(song, cells, takes=2, seed=1), reader), first)
    assert max(passes) == 1


@torch.inference_mode()
def test_what_is_looked_up_is_made_ready_once_for_bars_that_are_asked_for_again():
    """Though other bars of the song, and all that is read on the way to them, came between."""
    model, song = model_of(0, 1), song_of(bars=60)
    reader = Reader(model)

    def looked_up(bar: int):
        memory = reader.before([song], [bar]).retrieval
        return memory, memory.entries(), {name: tensor.clone() for name, tensor in memory.state().items()}

    memory, entries, state = looked_up(41)
    looked_up(55)
    again, same_entries, same_state = looked_up(41)
    assert again is memory and same_entries is entries
    assert all(torch.equal(same_state[name], tensor) for name, tensor in state.items())
    looked_up(30)  # a third one takes the place of the one used longest ago
    _, _, anew = looked_up(55)
    fresh = Reader(model).before([song], [55]).retrieval.state()
    count = int(fresh["present"].sum())
    assert int(anew["present"].sum()) == count
    for name in ("keys", "values"):
        torch.testing.assert_close(anew[name][:, :, :count], fresh[name][:, :, :count], atol=0.01, rtol=0.01)


def test_a_request_that_is_stopped_reads_no_further():
    model, song = model_of(0, 1), song_of()
    reader = Reader(model)
    request = Request(song, infill_cells(26, 27, [0]), takes=1)
    assert not list(generate(model, request, reader=reader, should_stop=lambda: reader.tokens_read > 0))
    assert 0 < reader.tokens_read <= CONTEXT


@torch.inference_mode()
def test_look_ups_in_half_precision_find_nearly_the_same():
    model, song = model_of(0, 1), song_of(bars=120)
    queries = torch.randn(1, model.config.heads, 50, model.config.head_width)
    found = []
    for dtype in (torch.float32, torch.bfloat16):
        memory = Reader(model, dtype=dtype).before([song], [119]).retrieval
        memory.attend(queries, queries, queries)
        found.append(memory.found[..., :, None])
    assert (found[0] == found[1].transpose(-1, -2)).any(dim=-1).float().mean() > 0.9


def test_places_say_which_bar_and_track_was_looked_up():
    model, song = model_of(0, 1), song_of()
    reader = Reader(model)
    places = reader.before([song], [12]).retrieval.places[0, :reader.tokens_read]
    bars = places[:, 1]
    assert set(places[:, 0].tolist()) == {-1} and bars.min() == 0 and bars.max() == 11
    assert torch.equal(bars, bars.sort().values)


def test_a_model_that_does_not_remember_is_asked_as_before():
    model, song = tiny_model(context=CONTEXT), song_of()
    request = Request(song, infill_cells(20, 21, [0]), takes=2, seed=1)
    assert_same_takes(takes_of(model, request), takes_of(with_memories(model, 0, 0).eval(), request))


def test_tracks_without_number_are_not_read():
    model, song = model_of(64, 1), song_of(bars=4)
    many = replace(song, tracks=song.tracks + song.tracks[:1] * 130)
    assert not Reader(model).before([many], [3]).segments.present.any()
