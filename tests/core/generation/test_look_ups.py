"""Look-ups: what is told is what attention used, and it belongs to the bars, tracks and notes of the song."""

import numpy as np
import pytest
import torch

from core.generation.look import look_at_note
from core.generation.prompt import answered_window
from core.generation.remembering import Reader
from core.model.library import Library
from core.model.looking import look_back
from core.training.start import with_memories
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.songs import dense_song

CONTEXT, BARS, BAR = 128, 30, 1920
ASKED = 0, 26 * BAR + 480
CLOSE = {"atol": 2e-5, "rtol": 1e-4}


def model_of(length: int = 0):
    model = with_memories(tiny_model(context=CONTEXT), length, 2).eval()
    with torch.no_grad():
        model.blocks[1].attention.gate.copy_(torch.tensor([-2.0, 0.0, 1.0, 3.0]))
    return model


@pytest.fixture(scope="module")
def song():
    return dense_song(bars=BARS, tracks=2, notes_a_bar=4)


def a_library(model):
    keys, values = (torch.randn(4, 50, 8, generator=torch.Generator().manual_seed(n)) for n in (1, 2))
    places = torch.stack([torch.arange(50) // 25, torch.arange(50) % 7, torch.full((50,), 128)], dim=1).int()
    return Library(torch.nn.functional.normalize(keys, dim=-1) * 3, values, places, ["a.mid", "b.mid"])


def look(model, song, reader=None):
    track, onset = ASKED
    notes = song.tracks[track].notes
    return look_at_note(model, song, track, onset, int(notes["pitch"][notes["onset"] == onset][0]), reader)


@torch.inference_mode()
@pytest.mark.parametrize("beside", [False, True])
def test_what_is_told_is_what_attention_used(song, beside):
    """The layer's output is its values mixed by the weights that are told, opened by the gates that are told."""
    model = model_of()
    reader = Reader(model, library=a_library(model) if beside else None, dtype=torch.float32)
    window, first_bar = answered_window(song, (26, 0), CONTEXT, in_song=True)
    assert first_bar > 10
    rows = torch.from_numpy(window.features[:window.answer_start + 5])
    memories = reader.before([song], [first_bar])
    attention, caught = model.blocks[1].attention, {}
    hook = attention.register_forward_hook(lambda _, given, out: caught.update(given=given, out=out))
    seen = look_back(model, rows, memories)
    hook.remove()
    unrotated, _, _, _, own = attention.project(*caught["given"][:2])

    memory, library = memories.retrieval, reader.library
    keys, values = memory._keys[0], memory._values[0]
    if beside:
        keys, values = torch.cat([keys, library.keys], dim=1), torch.cat([values, library.values], dim=1)
    scores = (keys @ unrotated[0, :, -1][..., None])[..., 0] / 8 ** 0.5
    best = scores.topk(32)
    wanted = torch.zeros_like(scores).scatter(1, best.indices, best.values.softmax(dim=1))
    told = torch.zeros_like(scores).scatter(1, torch.from_numpy(seen.found), torch.from_numpy(seen.shares))
    torch.testing.assert_close(told, wanted, **CLOSE)

    local = torch.from_numpy(seen.weights[1])[:, None] @ own[0]
    mixed = torch.lerp(local[:, 0], (told[:, None] @ values)[:, 0], torch.from_numpy(seen.gates)[:, None])
    torch.testing.assert_close(attention.out(mixed.reshape(1, -1)), caught["out"][0, -1:], **CLOSE)
    assert not torch.allclose(attention.out(local.reshape(1, -1)), caught["out"][0, -1:], **CLOSE)
    assert np.allclose(seen.gates, torch.tensor([-2.0, 0.0, 1.0, 3.0]).sigmoid())


def test_they_are_notes_and_bars_of_the_song_before_the_window(song):
    attention, looked = look(model_of(), song)
    assert looked.layer == 1 and looked.first_bar > 10
    assert np.allclose(looked.shares.sum(axis=1), 1, atol=1e-5) and looked.library == ()
    assert looked.passages[:, 0].max() < looked.first_bar
    known = {(index, *note[:3]) for index, one in enumerate(song.tracks) for note in one.notes[["onset", "pitch",
                                                                                              "duration"]].tolist()}
    for track, note, weight in zip(looked.tracks.tolist(), looked.notes, looked.weights.T):
        if not song.tracks[track].is_drum:
            assert (track, int(note["onset"]), int(note["pitch"]), int(note["duration"])) in known
        passage = (looked.passages == [note["onset"] // BAR, track]).all(axis=1)
        assert passage.sum() == 1 and (looked.shares[:, passage][:, 0] >= weight - 1e-5).all()
    assert attention.notes["onset"].min() >= looked.first_bar * BAR
    assert np.allclose(attention.weights.sum(axis=-1) + attention.elsewhere + attention.remembered, 1, atol=1e-5)


def test_segments_that_were_read_before_have_their_share(song):
    attention, _ = look(model_of(64), song)
    assert np.allclose(attention.weights.sum(axis=-1) + attention.elsewhere + attention.remembered, 1, atol=1e-5)
    assert attention.remembered.min() > 0


def test_passages_of_a_library_are_named(song):
    model = model_of()
    _, looked = look(model, song, Reader(model, library=a_library(model)))
    assert looked.library and {(name, track) for name, _, track in looked.library} <= {("a.mid", -1), ("b.mid", -1)}
    assert np.allclose(looked.shares.sum(axis=1) + looked.library_shares.sum(axis=1), 1, atol=1e-5)


def test_the_window_of_a_short_song_leaves_nothing_to_look_up():
    short, model = dense_song(bars=4, tracks=1, notes_a_bar=2), model_of()
    note = short.tracks[0].notes[3]
    _, looked = look_at_note(model, short, 0, int(note["onset"]), int(note["pitch"]))
    assert not looked.gates.any() and not len(looked.passages) and not len(looked.notes) and looked.first_bar == 0


def test_each_place_of_the_memory_is_the_row_that_is_told(song):
    reader = Reader(model_of())
    rows, bars = reader.rows_before(song, 12)
    memory = reader.before([song], [12]).retrieval
    assert len(rows) == int(memory._present.sum())
    assert (memory.places[0, :len(rows), 1].numpy() == bars).all()
    assert (memory.places[0, :len(rows), 2].numpy() == rows[:, 3]).all()
