import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.cli import main
from core.cli.errors import UserError
from core.cli.songs import parse_bars, parse_tracks
from core.files.midi import read_midi, write_midi
from core.generation import sampler
from core.generation.request import Take
from core.music.song import EMPTY_NOTES, Song, Track
from tests.core.evaluation.songs import tune, write_corpus

COMMANDS = ("continue", "infill", "render", "inspect", "encode", "train", "average", "merges", "finetune",
            "evaluate", "look")


@pytest.fixture
def song_file(tmp_path):
    path = tmp_path / "song.mid"
    write_midi(tune(bars=6), path)
    return path


def run(*words):
    return main([str(word) for word in words])


def onset_bars(path, track):
    song = read_midi(path)
    return set(song.timebase.bar_at(song.tracks[track].notes["onset"]).tolist())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_has_an_output_option(command, capsys):
    assert run(command, "--help") == 0
    text = capsys.readouterr().out
    assert "-o, --out" in text and "Usage: main.py " + command in text


def test_help_lists_every_command(capsys):
    assert run("--help") == 0
    text = capsys.readouterr().out
    assert all(command in text for command in COMMANDS)


def test_the_start_is_light():
    code = ("import sys; from core.cli import main; main(['train', '--help']); "
            "print(sorted({'torch', 'lightning_fabric', 'PySide6', 'symusic', 'pretty_midi'} & set(sys.modules)))")
    found = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "[]", found.stderr


def test_infill_writes_a_whole_song_per_take(song_file, model_folder, tmp_path):
    out = tmp_path / "new" / "out"
    assert run("infill", song_file, "--bars", "3-4", "--tracks", "2", "--takes", 2, "--seed", 1,
               "--model", model_folder, "-o", out) == 0
    before = read_midi(song_file)
    takes = [read_midi(path) for path in sorted(out.iterdir())]
    assert [path.name for path in sorted(out.iterdir())] == ["song-take1.mid", "song-take2.mid"]
    for take in takes:
        assert take.tracks[0] == before.tracks[0] and take.tracks[2] == before.tracks[2]
        bars, old = (song.timebase.bar_at(song.tracks[1].notes["onset"]) for song in (take, before))
        assert np.array_equal(take.tracks[1].notes[(bars < 2) | (bars > 3)],
                              before.tracks[1].notes[(old < 2) | (old > 3)])
        assert {2, 3} <= set(bars.tolist())
    assert takes[0].tracks[1] != takes[1].tracks[1]


def test_a_silent_song_is_not_continued_and_is_named(model_folder, tmp_path, capsys):
    write_midi(Song(480, (Track(EMPTY_NOTES),)), tmp_path / "silent.mid")
    assert run("continue", tmp_path / "silent.mid", "--model", model_folder) == 1
    said = capsys.readouterr().err.replace("\n", " ")
    assert "silent.mid" in said and "no notes to continue from" in said


def test_continue_goes_on_after_the_last_bar_on_the_tracks_named(song_file, model_folder, tmp_path):
    assert run("continue", song_file, "--bars", 1, "--takes", 1, "--tracks", "bass,1", "--model", model_folder,
               "-o", tmp_path) == 0
    take = tmp_path / "song-take1.mid"
    assert onset_bars(take, 0) == onset_bars(take, 1) == set(range(7))
    assert onset_bars(take, 2) == set(range(6))


def test_the_same_seed_writes_the_same_file(song_file, model_folder, tmp_path):
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        assert run("infill", song_file, "--bars", 2, "--tracks", "1", "--takes", 1, "--seed", seed,
                   "--model", model_folder, "-o", tmp_path / folder) == 0
    first, again, other = ((tmp_path / folder / "song-take1.mid").read_bytes() for folder in "abc")
    assert first == again != other


def test_takes_that_are_all_alike_are_called_so(song_file, model_folder, tmp_path, capsys, monkeypatch):
    infill = ("infill", song_file, "--bars", "3-4", "--tracks", "2", "--takes", 2, "--model", model_folder,
              "-o", tmp_path)
    assert run(*infill) == 0
    assert "all alike" not in capsys.readouterr().err
    generate, first = sampler.generate, []

    def the_same_again(*request, **options):
        for event in generate(*request, **options):
            if isinstance(event, Take):
                first.append(event.notes)
                event = replace(event, notes=first[0])
            yield event

    monkeypatch.setattr(sampler, "generate", the_same_again)
    assert run(*infill) == 0
    assert "all alike" in capsys.readouterr().err.replace("\n", " ")


MISTAKES = {
    "no file": (["infill", "none.mid", "--bars", "1"], 1, "none.mid"),
    "not MIDI": (["inspect", "{text}"], 1, "notes.txt"),
    "bars past the end": (["infill", "{song}", "--bars", "5-9"], 1, "bars 1-6"),
    "bar zero": (["infill", "{song}", "--bars", "0"], 1, "bars 1-6"),
    "bars backwards": (["infill", "{song}", "--bars", "4-2"], 1, "(2) lies before the first (4)"),
    "bars in words": (["infill", "{song}", "--bars", "four"], 1, "9-12"),
    "no such track": (["infill", "{song}", "--bars", "1", "--tracks", "4"], 1, "tracks 1-3"),
    "no such name": (["continue", "{song}", "--tracks", "Kazoo"], 1, "Kazoo"),
    "no model": (["continue", "{song}", "--model", "{folder}"], 1, "config.json"),
    "no style": (["continue", "{song}", "--model", "{model}", "--style", "jazz"], 1, "jazz"),
    "bad ending": (["render", "{song}", "-o", "song.mp3"], 1, "song.mp3"),
    "no bars": (["infill", "{song}"], 2, "--bars"),
    "unknown option": (["inspect", "{song}", "--loud"], 2, "--loud"),
    "unknown command": (["improvise"], 2, "improvise"),
    "number wanted": (["continue", "{song}", "--takes", "many"], 2, "--takes"),
    "no folder": (["encode", "nowhere", "-o", "{folder}/store"], 1, "nowhere"),
    "no music": (["encode", "{folder}", "-o", "{folder}/store"], 1, "no MIDI file"),
    "nothing to measure on": (["evaluate", "{model}", "--valid", "{folder}"], 1, "no MIDI file"),
    "merges of another": (["train", "{folder}", "--from", "{model}", "--merges", "m.json", "-o", "{folder}/run"], 1,
                          "--merges"),
    "two budgets": (["train", "{folder}", "--steps", "1", "--minutes", "1", "-o", "{folder}/run"], 1, "budget"),
}


@pytest.mark.parametrize("words, status, reason", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_that_says_what_is_wrong(words, status, reason, song_file, model_folder, tmp_path,
                                                       capsys):
    text, folder = tmp_path / "notes.txt", tmp_path / "empty"
    text.write_text("la la la")
    folder.mkdir()
    places = {"song": song_file, "text": text, "folder": folder, "model": model_folder}
    assert run(*(word.format(**places) for word in words)) == status
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 1 and lines[0].startswith("ritornello: ") and reason in lines[0]


def test_encode_never_empties_a_folder_that_is_no_store(tmp_path, capsys):
    folder = write_corpus(tmp_path / "music")
    assert run("encode", folder, "-o", folder) == 1
    assert "not a store" in capsys.readouterr().err
    assert len(list(folder.rglob("*.mid"))) == 4


def test_a_truncated_song_is_opened_with_a_warning(song_file, capsys):
    song_file.write_bytes(song_file.read_bytes()[:-40])
    assert run("inspect", song_file) == 0
    assert "warning" in capsys.readouterr().err


def test_inspect_tells_bars_meter_tempo_and_tracks(song_file, tmp_path, capsys):
    assert run("inspect", song_file, "-o", tmp_path / "facts.json") == 0
    text = capsys.readouterr().out
    assert all(words in text for words in ("bars: 6", "4/4", "120", "Tune", "Drums", "Acoustic Bass"))
    facts = json.loads((tmp_path / "facts.json").read_text())
    assert facts["bars"] == 6 and facts["notes"] == facts["notes_on_grid"] == 54
    assert [track["notes"] for track in facts["tracks"]] == [24, 6, 24]
    assert facts["tracks"][1]["bars"] == [1, 6]
    assert facts["tracks"][1]["program"] == 33  # counted from 1, as --new-track takes it


def test_inspect_tells_of_models(model_folder, capsys):
    assert run("inspect", model_folder) == 0
    text = capsys.readouterr().out
    assert "width: 16" in text and "name: tiny" in text


@pytest.mark.parametrize("text, bars", [("2-4", (1, 3)), ("3", (2, 2)), (" 1 - 6 ", (0, 5))])
def test_bars_are_counted_from_one(text, bars):
    assert parse_bars(text, tune(6), "song.mid") == bars


@pytest.mark.parametrize("text, tracks", [("1,3", [0, 2]), ("3,1,3", [2, 0]), ("drums", [2]), ("Tune, 2", [0, 1])])
def test_tracks_go_by_number_or_name(text, tracks):
    assert parse_tracks(text, tune(6), "song.mid") == tracks


def test_a_name_that_two_tracks_share_is_refused():
    song = tune(6)
    twins = song.with_track(2, song.tracks[0])
    with pytest.raises(UserError, match="1, 3"):
        parse_tracks("tune", twins, "song.mid")
