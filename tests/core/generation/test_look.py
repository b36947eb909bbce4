"""Looking inside: the weights are the model's own, they add up, and they belong to the notes of the song."""

import numpy as np
import pytest
import torch

from core.generation.look import look_at_note, map_pitches
from core.model.config import ModelConfig
from core.model.looking import look_back
from core.model.transformer import Transformer
from core.music.song import Song, Track, make_notes
from core.tokens.vocabulary import COMPONENT_COUNT, COMPONENTS, PITCH, SIZE

BEAT = 480
BAR = 4 * BEAT


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    config = ModelConfig(SIZE, COMPONENT_COUNT, width=32, layers=2, heads=4, context=256)
    model = Transformer(config, torch.from_numpy(COMPONENTS))
    for parameter in model.parameters():
        if parameter.ndim == 2:
            torch.nn.init.normal_(parameter, std=0.3)
    return model.eval()


@pytest.fixture(scope="module")
def song():
    onsets = np.arange(32) * BEAT
    tune = make_notes(onsets, np.full(32, BEAT), 60 + np.arange(32) % 12, np.full(32, 80))
    drums = make_notes(onsets, np.full(32, BEAT // 4), np.full(32, 38), np.full(32, 80))
    return Song(BEAT, (Track(notes=tune, name="Tune"), Track(notes=drums, name="Kit", is_drum=True)))


def test_weights_are_those_the_model_attends_with(model):
    """What the first layer puts out is its values mixed by these weights."""
    rows = torch.randint(1, 20, (12, 6), dtype=torch.int32)
    weights = look_back(model, rows).weights
    assert weights.shape == (2, 4, 12) and np.allclose(weights.sum(axis=-1), 1, atol=1e-5)
    seen = {}
    attention = model.blocks[0].attention
    attention.register_forward_hook(lambda module, given, out: seen.update(given=given, out=out))
    model(rows[None])
    values = attention.project(*seen["given"][:2])[-1]
    mixed = (torch.from_numpy(weights[0])[:, None] @ values[0]).transpose(0, 1).reshape(1, -1)
    assert torch.allclose(attention.out(mixed), seen["out"][0, -1:], atol=1e-4)


@pytest.mark.parametrize("track, onset, pitch", [(0, 9 * BEAT, 69), (1, 9 * BEAT, 38), (0, 0, 60),
                                                 (0, 9 * BEAT + 7, 69)])
def test_a_look_shows_the_rest_of_the_song_and_the_note_itself_last(model, song, track, onset, pitch):
    seen, looked_up = look_at_note(model, song, track, onset, pitch)
    assert abs(int(seen.notes["onset"][-1]) - onset) <= 7 and seen.notes["pitch"][-1] == pitch
    assert seen.tracks[-1] == track and looked_up is None and not seen.remembered.any()
    assert np.allclose(seen.weights.sum(axis=-1) + seen.elsewhere, 1, atol=1e-5)
    known = {(index, int(note["onset"]), int(note["pitch"])) for index, one in enumerate(song.tracks)
             for note in one.notes}
    shown = {(t, int(note["onset"]), int(note["pitch"])) for t, note in zip(seen.tracks.tolist(), seen.notes)}
    assert shown <= known
    later_in_its_bar = {one for one in known if one[0] == track and onset + 7 < one[1] < (onset // BAR + 1) * BAR}
    assert later_in_its_bar and not later_in_its_bar & shown  # it has not written them yet
    assert any(one[1] >= (onset // BAR + 1) * BAR for one in shown)  # but it sees what comes after the bar


def test_a_song_longer_than_the_window_is_looked_at_around_the_note(model, song):
    notes = make_notes(np.arange(800) * BEAT, np.full(800, BEAT), 60 + np.arange(800) % 12, np.full(800, 80))
    seen, _ = look_at_note(model, Song(BEAT, (Track(notes=notes),)), 0, 600 * BEAT, 60)
    bars = seen.notes["onset"] // BAR
    assert len(seen.notes) < 100 and bars.min() > 120 and seen.notes["onset"][-1] == 600 * BEAT


def test_a_note_that_is_not_there_is_refused(model, song):
    with pytest.raises(ValueError, match="no such note"):
        look_at_note(model, song, 0, 9 * BEAT, 90)


def test_pitches_made_as_circles_are_found_to_be_circles(model):
    """Embeddings on a circle of fifths: fifths are alike, the tritone is not, and the map shows the circle."""
    with torch.no_grad():
        for rows in (model.embeddings.token, model.embeddings.shared):
            rows.zero_()
        angle = torch.arange(128) * 7 * 2 * torch.pi / 12
        pitch_rows = model.embeddings.token[PITCH:PITCH + 128]
        pitch_rows[:, 0], pitch_rows[:, 1] = angle.cos(), angle.sin()
    pitches = map_pitches(model)
    assert pitches.alike[12] == pytest.approx(1, abs=0.01) and pitches.alike[7] > 0.8 > pitches.alike[2]
    assert pitches.alike[6] == pytest.approx(-1, abs=0.05)
    assert pitches.shares.sum() == pytest.approx(1, abs=1e-3)
    radius = np.linalg.norm(pitches.classes, axis=1)
    assert np.allclose(radius, radius[0], rtol=0.1)

