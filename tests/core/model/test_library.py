"""A library: found again whole, refused by another model, and looked up as if it had been read in the song itself."""

import pytest
import torch

from core.cli import main
from core.files.midi import write_midi
from core.generation.remembering import Reader
from core.generation.request import Request, Take, infill_cells
from core.generation.sampler import generate
from core.model import nearest
from core.model.checkpoint import CheckpointError, read_tensors, save_model, write_tensors
from core.model.library import Library, build_library, load_library
from core.model.memory import RetrievalMemory
from core.model.nearest import ExactSearch, FaissSearch, build_search
from core.training.start import with_memories
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import little_songs
from tests.core.tokens.songs import dense_song

CLOSE = {"atol": 2e-5, "rtol": 1e-4}


def model_of(seed: int = 0):
    return with_memories(tiny_model(seed, context=96), 0, 1).eval()


@pytest.fixture
def folder(tmp_path):
    songs = [(f"{number}.mid", song) for number, song in enumerate(little_songs())]
    build_library(tmp_path / "library", model_of(), songs)
    return tmp_path / "library"


def test_every_entry_knows_its_song_bar_and_track(folder):
    library = load_library(folder, model_of())
    assert library.songs == ("0.mid", "1.mid", "2.mid") and len(library) == len(library.places)
    assert library.places[:, 0].unique().tolist() == [0, 1, 2]
    assert library.places[:, 1].max() == 7
    assert {0, 1, 2} <= set(library.places[:, 2].tolist())


def test_another_models_library_and_a_damaged_one_are_refused(folder, tmp_path):
    with pytest.raises(CheckpointError, match="another model"):
        load_library(folder, model_of(seed=1))
    with pytest.raises(CheckpointError, match="is not a library"):
        load_library(tmp_path, model_of())
    entries = folder / "entries.safetensors"
    tensors, _ = read_tensors(entries)
    write_tensors(entries, {**tensors, "keys": tensors["keys"] * torch.nan})
    with pytest.raises(CheckpointError, match="entries.*numbers"):
        load_library(folder, model_of())
    entries.write_bytes(entries.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="entries"):
        load_library(folder, model_of())
    with pytest.raises(ValueError, match="look up"):
        build_library(tmp_path / "none", tiny_model(), [])


@torch.inference_mode()
@pytest.mark.parametrize("in_library", [0, 7, 20])
def test_what_is_in_the_library_counts_as_what_was_read(in_library):
    """Entries shared out between memory and library give what all of them give in memory."""
    model, count = model_of(), 20
    layer = model.blocks[0].attention
    generator = torch.Generator().manual_seed(0)
    keys, values, queries = (torch.randn(1, layer.heads, count, layer.head_width, generator=generator)
                             for _ in range(3))
    places = torch.arange(3 * count).view(count, 3).int()

    def ask(own: int):
        memory = RetrievalMemory(model.config, 1, 32)
        memory.nearest = 5
        memory.take_row(0, [{"keys": keys[0, :, :own], "values": values[0, :, :own], "places": places[:own]}])
        if own < count:
            memory.library = Library(keys[0, :, own:], values[0, :, own:], places[own:], ["song"])
        said, remembers = memory.attend(queries, keys, values)
        assert remembers.all()
        return said, memory.places_of(0, memory.found[0])

    (said, where), (wanted, wanted_where) = ask(count - in_library), ask(count)
    torch.testing.assert_close(said, wanted, **CLOSE)
    assert torch.equal(where, wanted_where)


def test_takes_with_a_library_are_others_and_the_same_each_time(folder):
    model, song = model_of(), dense_song(bars=6, tracks=2, notes_a_bar=4)
    torch.nn.init.constant_(model.blocks[0].attention.gate, 2.0)
    request = Request(song, infill_cells(2, 3, [0]), takes=1)
    library = Library(*(torch.randn(4, 50, 8, generator=torch.Generator().manual_seed(n)) for n in (1, 2)),
                      torch.zeros(50, 3).int(), ["a"])

    def notes(reader):
        take, = (event for event in generate(model, request, reader=reader) if isinstance(event, Take))
        return take.notes[0].tolist()

    with_library = notes(Reader(model, library=library))
    assert with_library == notes(Reader(model, library=library)) != notes(Reader(model))


def test_many_entries_are_searched_by_faiss_and_without_it_exactly(monkeypatch, caplog):
    keys = torch.randn(2, 3000, 16, generator=torch.Generator().manual_seed(0))
    monkeypatch.setattr(nearest, "EXACT_UP_TO", 1000)
    monkeypatch.setitem(__import__("sys").modules, "faiss", None)
    assert isinstance(build_search(keys), ExactSearch)
    assert "faiss-cpu is not installed" in caplog.text


@pytest.mark.parametrize("kind", ["hnsw", "ivf"])
def test_faiss_finds_nearly_what_is_nearest(kind):
    pytest.importorskip("faiss")
    generator = torch.Generator().manual_seed(0)
    keys = torch.nn.functional.normalize(torch.randn(2, 4000, 16, generator=generator), dim=-1)
    queries = keys[:, ::100] + 0.1 * torch.randn(2, 40, 16, generator=generator)
    exact, near = ExactSearch(keys).nearest(queries, 8), FaissSearch(keys, kind).nearest(queries, 8)
    assert torch.equal(exact[..., 0], near[..., 0]) or (exact[..., 0] == near[..., 0]).float().mean() > 0.9
    shared = [len(set(a.tolist()) & set(b.tolist())) for a, b in zip(exact.flatten(0, 1), near.flatten(0, 1))]
    assert sum(shared) > 0.6 * 8 * len(shared)


def test_the_commands(tmp_path, capsys):
    save_model(tmp_path / "model", model_of(), {})
    save_model(tmp_path / "plain", tiny_model(), {})
    (tmp_path / "songs").mkdir()
    for seed in (1, 2):
        write_midi(dense_song(bars=8, tracks=2, notes_a_bar=4, seed=seed), tmp_path / "songs" / f"{seed}.mid")

    def run(*words):
        return main([str(word) for word in words])

    assert run("library", tmp_path / "songs", "-o", tmp_path / "library", "--model", tmp_path / "model") == 0
    assert "entries in" in capsys.readouterr().out
    song = tmp_path / "songs" / "1.mid"
    asking = ("infill", song, "--bars", 3, "--takes", 1, "--library", tmp_path / "library", "-o", tmp_path / "out")
    assert run(*asking, "--model", tmp_path / "model") == 0
    assert (tmp_path / "out" / "1-take1.mid").is_file()
    assert run(*asking, "--model", tmp_path / "plain") == 1
    assert "not trained to look up" in capsys.readouterr().err
    assert run("library", tmp_path / "songs", "-o", tmp_path / "other", "--model", tmp_path / "plain") == 1
