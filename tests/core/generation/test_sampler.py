"""Takes: reproducible, streamed as they are written, inside their cells, and what the model really says."""

import numpy as np
import pytest
import torch

from core.generation import sampler
from core.generation.constraints import MAX_CELL_TOKENS
from core.generation.prompt import split_request
from core.generation.request import Request, Take, continue_cells, infill_cells
from core.generation.sampler import CellWritten, generate
from core.generation.sampling import SamplingConfig
from core.model.transformer import Transformer
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter
from core.tokens import vocabulary as v
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import small_merges
from tests.core.tokens.songs import dense_song

SONG = dense_song(bars=8, tracks=3, notes_a_bar=4)
CELLS = infill_cells(3, 4, [0, 2])
MODEL = tiny_model()
MERGES = {"plain": None, "bpe": small_merges("bpe"), "action": small_merges("action")}


@pytest.fixture(autouse=True)
def short_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that knows nothing goes on until it is stopped: stop it soon."""
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", 40)


def takes_of(request: Request, model: Transformer = MODEL) -> list[Take]:
    return [event for event in generate(model, request) if isinstance(event, Take)]


def written(take: Take) -> dict[int, list]:
    return {track: notes.tolist() for track, notes in take.notes.items()}


def assert_only_the_cells_changed(song: Song, take: Take, cells) -> None:
    after = take.applied_to(song)
    assert len(after.tracks) == len(song.tracks)
    for track, (old, new) in enumerate(zip(song.tracks, after.tracks)):
        marked = [bar for bar, t in cells if t == track]
        outside = [notes[~np.isin(song.timebase.bar_at(notes["onset"]), marked)] for notes in (old.notes, new.notes)]
        assert np.array_equal(*outside)
        filled = song.timebase.bar_at(new.notes["onset"])
        assert set(marked) <= set(filled.tolist()), "a requested cell is empty"


def test_the_same_seed_gives_the_same_takes_and_another_seed_others():
    one, again = (takes_of(Request(SONG, CELLS, takes=3, seed=5)) for _ in range(2))
    assert [written(take) for take in one] == [written(take) for take in again]
    other = takes_of(Request(SONG, CELLS, takes=3, seed=6))
    every = [str(written(take)) for take in one + other]
    assert len(set(every)) == 6


def test_a_take_can_be_had_again_among_fewer():
    assert written(takes_of(Request(SONG, CELLS, takes=3))[0]) == written(takes_of(Request(SONG, CELLS, takes=1))[0])


def test_a_take_says_how_it_was_made():
    seconds = iter([10.0, 12.5])
    request = Request(SONG, CELLS, takes=1, seed=9, adventurousness=0.8, style="mine")
    take = [event for event in generate(MODEL, request, clock=lambda: next(seconds))][-1]
    assert (take.index, take.cells, take.seed, take.adventurousness, take.style) == (0, CELLS, 9, 0.8, "mine")
    assert take.seconds == 2.5


@pytest.mark.parametrize("cells", [
    CELLS, infill_cells(0, 0, [1]), continue_cells(SONG, 2), frozenset({(1, 0), (6, 2), (20, 1)}),
    infill_cells(2, 5, [0, 1, 2])], ids=["block", "start", "continue", "scattered", "several portions"])
@pytest.mark.parametrize("tokens", MERGES)
def test_takes_fill_their_cells_and_leave_the_rest_alone(cells, tokens):
    takes = takes_of(Request(SONG, cells, takes=2), tiny_model(merges=MERGES[tokens]))
    assert [take.index for take in takes] == [0, 1]
    for take in takes:
        assert_only_the_cells_changed(SONG, take, cells)
        assert take.note_count == sum(len(notes) for notes in take.notes.values())


@pytest.mark.parametrize("tokens", MERGES)
def test_odd_meters_coarse_ticks_and_an_empty_song(tokens):
    meters = (Meter(0, 7, 8), Meter(97 * 7, 5, 16), Meter(97 * 11, 3, 2))
    song = Song(97, (Track(), Track(is_drum=True)), meters=meters)
    cells = infill_cells(0, 6, [0, 1])
    for take in takes_of(Request(song, cells, takes=2), tiny_model(merges=MERGES[tokens])):
        assert_only_the_cells_changed(song, take, cells)


@pytest.mark.parametrize("tokens", MERGES)
def test_a_pitch_is_never_struck_while_it_sounds(tokens):
    for take in takes_of(Request(SONG, CELLS, takes=4), tiny_model(merges=MERGES[tokens])):
        for notes in take.notes.values():
            bars = SONG.timebase.bar_at(notes["onset"])
            for pitch in np.unique(notes["pitch"]):
                for bar in np.unique(bars):
                    same = notes[(notes["pitch"] == pitch) & (bars == bar)]
                    assert (same["onset"][1:] >= (same["onset"] + same["duration"])[:-1]).all()


def test_what_is_streamed_is_what_the_takes_hold():
    streamed: dict[tuple[int, int], list] = {}
    cells, takes = [], []
    for event in generate(MODEL, Request(SONG, CELLS, takes=3)):
        if isinstance(event, CellWritten):
            assert not takes, "a cell came after a take that was finished"
            cells.append((event.take, event.bar, event.track))
            streamed.setdefault((event.take, event.track), []).extend(event.notes.tolist())
        else:
            takes.append(event)
    assert sorted(cells) == sorted((take, *cell) for take in range(3) for cell in CELLS)
    for take in takes:
        assert {track: streamed[take.index, track] for track in take.notes} == written(take)


@pytest.mark.parametrize("cells", [infill_cells(2, 3, [0]), continue_cells(SONG, 2)], ids=["infill", "continue"])
def test_no_note_rings_on_after_the_bars_that_were_asked_for(cells):
    end = SONG.timebase.bar_end(max(bar for bar, _ in cells))
    for take in takes_of(Request(SONG, cells, takes=4, seed=3, adventurousness=1.0)):
        for notes in take.notes.values():
            assert (notes["duration"] > 0).all()
            assert (notes["onset"] + notes["duration"]).max() <= end


def test_stopping_stops_at_once():
    asked = iter(range(1000))
    assert list(generate(MODEL, Request(SONG, CELLS), should_stop=lambda: True)) == []
    events = list(generate(MODEL, Request(SONG, CELLS), should_stop=lambda: next(asked) >= 3))
    assert events == []
    assert next(asked) <= 6, "went on after it was told to stop"


def test_what_was_written_before_a_stop_was_streamed():
    stop = []
    for event in generate(MODEL, Request(SONG, CELLS, takes=1), should_stop=lambda: bool(stop)):
        assert isinstance(event, CellWritten), "a take that was stopped is not finished"
        assert len(event.notes)
        stop.append(event)
    assert len(stop) == 1


class Recorder:
    """Stands between the sampler and the model: keeps what was fed, row by row, and what came out."""

    def __init__(self, model: Transformer) -> None:
        self.model, self.config = model, model.config
        self.portions: list[dict] = []

    def __getattr__(self, name: str):
        return getattr(self.model, name)

    def __call__(self, features, cache, last_only, retrieval=None):
        logits = self.model(features, cache, last_only=last_only)
        last = self.portions[-1] if self.portions else {"steps": []}
        for_all = bool(last["steps"]) and len(features) < len(last["steps"][-1])
        if last.pop("for_all", False):  # what the prompts have in common was read before
            start = last["prompt"].expand(len(features), -1, -1)
            last |= {"prompt": torch.cat([start, features], dim=1), "first": logits}
        elif features.shape[1] > 1 or for_all:
            self.portions.append({"prompt": features, "first": logits, "steps": [], "logits": [], "for_all": for_all})
        else:
            self.portions[-1]["steps"].append(features)
            self.portions[-1]["logits"].append(logits)
        return logits


@pytest.mark.parametrize("tokens", MERGES)
@pytest.mark.parametrize(("cells", "context", "portions"), [(CELLS, 256, 1), (infill_cells(2, 5, [0, 1, 2]), 128, 2)],
                         ids=["one portion", "several"])
def test_every_choice_is_made_from_what_the_model_says_without_a_cache(cells, context, portions, tokens, monkeypatch):
    """The tokens that were sampled, fed at once and uncached, give the same scores and so the same choices."""
    merges = MERGES[tokens]
    recorder = Recorder(tiny_model(context=context, merges=merges))
    choices = []

    def sample(logits, allowed, config, generators):
        states = [generator.bit_generator.state for generator in generators]
        drawn = original(logits, allowed, config, generators)
        choices.append((logits, allowed, config, states, drawn))
        return drawn

    original = sampler._sample
    monkeypatch.setattr(sampler, "_sample", sample)
    plain = SamplingConfig(1.0, 1.0)  # without cuts, at which the smallest difference of scores may decide
    takes = [event for event in generate(recorder, Request(SONG, cells, takes=3, seed=2), sampling=plain)
             if isinstance(event, Take)]
    assert len(takes) == 3
    assert len(recorder.portions) == len(split_request(SONG, cells, context, merges)) >= portions
    assert merges is None or any((step[..., 0] >= v.SIZE).any() for part in recorder.portions for step in part["steps"])
    choice = iter(choices)
    for part in recorder.portions:
        prompt = part["prompt"].expand(3, -1, -1)
        rows = torch.cat([prompt, *part["steps"]], dim=1)
        uncached = []
        for row in rows:
            present = row[:, 0] != v.PAD
            with torch.inference_mode():
                scores = recorder.model(row[present][None])[0]
            uncached.append(torch.zeros(len(row), scores.shape[1]).index_put((present,), scores))
        length = prompt.shape[1]
        for step in range(len(part["steps"]) + 1):
            logits, allowed, config, states, drawn = next(choice)
            active = [i for i in range(3) if rows[i, length - 1 + step, 0] != v.PAD]
            scores = torch.stack([uncached[i][length - 1 + step] for i in active]).numpy()
            np.testing.assert_allclose(scores, logits, atol=2e-4, rtol=1e-3)
            generators = [np.random.default_rng() for _ in states]
            for generator, state in zip(generators, states):
                generator.bit_generator.state = state
            assert original(scores, allowed, config, generators).tolist() == drawn.tolist()
    assert next(choice, None) is None


def test_later_portions_are_written_on_from_each_take_s_own_notes():
    """So the prompts differ from take to take, in length too."""
    recorder = Recorder(tiny_model(context=128))
    takes_of(Request(SONG, infill_cells(2, 5, [0, 1, 2]), takes=3), recorder)
    first, *others = [part["prompt"] for part in recorder.portions]
    assert len(first) == 1
    assert others
    for prompt in others:
        assert len(prompt) == 3
        assert not torch.equal(prompt[0], prompt[1])
    assert any((prompt[..., 0] == v.PAD).any() for prompt in others)


@pytest.mark.parametrize("tokens", MERGES)
def test_a_model_that_never_stops_is_stopped(tokens, monkeypatch):
    """It would add to a note's duration for ever: each cell still ends, and all of them fit the cache."""
    def highest_token(logits, allowed, config, generators):
        return allowed.shape[1] - 1 - allowed[:, ::-1].argmax(axis=1)

    monkeypatch.setattr(sampler, "sample", highest_token)
    monkeypatch.setattr(sampler, "MAX_CELL_TOKENS", MAX_CELL_TOKENS)
    cells = infill_cells(2, 4, [0, 1])
    take, = takes_of(Request(SONG, cells, takes=1), tiny_model(merges=MERGES[tokens]))
    assert_only_the_cells_changed(SONG, take, cells)
    assert tokens != "plain" or take.note_count == len(cells)


def test_notes_of_a_take_are_frozen_and_sorted():
    take, = takes_of(Request(SONG, CELLS, takes=1))
    for notes in take.notes.values():
        assert not notes.flags.writeable
        assert (np.diff(notes["onset"]) >= 0).all()


def test_a_note_that_rings_into_the_first_cell_stays():
    song = Song(tracks=(Track(make_notes([0, 1920, 3840], [2400, 480, 480], [60, 62, 64], [80, 80, 80])),))
    take, = takes_of(Request(song, frozenset({(1, 0)}), takes=1))
    assert (0, 2400, 60, 80) in take.applied_to(song).tracks[0].notes.tolist()
