"""Fine-tuning on a small folder: a style appears, is better on songs it never saw, and can be asked for."""

from pathlib import Path

import numpy as np
import pytest
import torch

from core.corpus.report import ScanReport
from core.corpus.scan import Reason
from core.files.midi import write_midi
from core.generation.library import load_style
from core.model.checkpoint import load_model, save_model
from core.model.config import ModelConfig
from core.model.styles import list_styles
from core.model.transformer import Transformer
from core.music.song import Song, Track, make_notes
from core.tokens import vocabulary as v
from core.tokens.merges import Merges, component_count, components
from core.training.finetune import finetune
from core.training.finetune_messages import FinetuneProgress, FinetuneRequest, FinetuneStarted, FolderProgress
from core.training.folder_scan import scan_folder
from tests.core.tokens.merged import small_merges


def tiny_model(seed: int, merges: Merges | None = None) -> Transformer:
    torch.manual_seed(seed)
    size = merges.size if merges else v.SIZE
    config = ModelConfig(size, component_count(merges), width=32, layers=1, heads=2, context=192)
    return Transformer(config, torch.from_numpy(components(merges)), merges)


@pytest.fixture
def base_folder(tmp_path) -> Path:
    save_model(tmp_path / "base", tiny_model(0), {"name": "tiny"})
    return tmp_path / "base"


@pytest.fixture
def music(tmp_path) -> Path:
    """Eight little songs in one manner, and three files that cannot be learned from."""
    folder = tmp_path / "music"
    folder.mkdir()
    for number in range(8):
        rng = np.random.default_rng(number)
        onsets = np.arange(32) * 240
        pitches = 60 + rng.choice([0, 4, 7], size=32)
        song = Song(tracks=(Track(notes=make_notes(onsets, np.full(32, 240), pitches, np.full(32, 80))),))
        write_midi(song, folder / f"song{number}.mid")
    (folder / "copy.mid").write_bytes((folder / "song0.mid").read_bytes())
    (folder / "text.mid").write_text("not music")
    write_midi(Song(tracks=(Track(notes=make_notes([0], [480], [60], [80])),)), folder / "short.mid")
    return folder


def run(base_folder, music, tmp_path, **wishes):
    events = []
    request = FinetuneRequest(str(music), "mine", minutes=0.06, **wishes)
    finished = finetune(base_folder, request, tmp_path / "styles", events.append)
    return finished, events


def test_scan_names_what_cannot_be_used(music):
    told = []
    report = scan_folder(music, lambda done, total: told.append((done, total)))
    assert told == [(done, 11) for done in range(11)]
    reasons = {rejected.path.name: rejected.reason for rejected in report.rejected}
    assert report.songs == 8 and report.folder == music
    assert "notes" in reasons["short.mid"] and "text.mid" not in reasons["text.mid"]
    assert reasons["song0.mid"] == "the same music as copy.mid"
    assert report.counts() == {Reason.REPEATED: 1, Reason.FEW_NOTES: 1, Reason.BROKEN: 1}


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_style_is_better_on_songs_it_never_saw(base_folder, music, tmp_path, method):
    finished, events = run(base_folder, music, tmp_path, method=method)
    events = [event for event in events if not isinstance(event, FolderProgress)]
    assert isinstance(events[0], ScanReport) and len(events[0].usable) == 8
    started = events[1]
    assert isinstance(started, FinetuneStarted) and (started.train_songs, started.held_out_songs) == (6, 1)
    assert any(isinstance(event, FinetuneProgress) for event in events)
    assert (finished.train_songs, finished.held_out_songs) == (6, 1)
    assert finished.after < finished.before
    style, = list_styles(tmp_path / "styles")
    assert (style.name, style.before, style.after) == ("mine", finished.before, finished.after)
    base, _ = load_model(base_folder)
    tuned = load_style(base, tmp_path / "styles", "mine")
    differs = any(not torch.equal(a, b) for a, b in zip(tuned.parameters(), base.parameters()))
    assert differs and tuned.state_dict().keys() == base.state_dict().keys()


def test_a_style_of_a_model_with_merges_has_them_too(music, tmp_path):
    merges = small_merges("bpe")
    save_model(tmp_path / "base", tiny_model(0, merges), {})
    finished, _ = run(tmp_path / "base", music, tmp_path, method="full")
    assert finished.after <= finished.before
    assert load_style(load_model(tmp_path / "base")[0], tmp_path / "styles", "mine").merges == merges


def test_a_style_of_another_base_model_is_refused(base_folder, music, tmp_path):
    run(base_folder, music, tmp_path, method="lora")
    with pytest.raises(ValueError, match="another base model"):
        load_style(tiny_model(1), tmp_path / "styles", "mine")


def test_stopping_keeps_the_best_so_far(base_folder, music, tmp_path):
    request = FinetuneRequest(str(music), "mine", minutes=4.0)
    finished = finetune(base_folder, request, tmp_path / "styles", should_stop=lambda: True)
    assert finished.stopped and finished.after <= finished.before
    assert load_style(load_model(base_folder)[0], tmp_path / "styles", "mine")


def test_too_few_songs_and_missing_folders_are_said(base_folder, tmp_path):
    (tmp_path / "empty").mkdir()
    for folder, message in (("empty", "no MIDI file"), ("missing", "not a folder")):
        with pytest.raises((ValueError, OSError), match=message):
            finetune(base_folder, FinetuneRequest(str(tmp_path / folder), "mine"), tmp_path / "styles")
    with pytest.raises(ValueError, match="no style called"):
        load_style(tiny_model(0), tmp_path / "styles", "mine")
