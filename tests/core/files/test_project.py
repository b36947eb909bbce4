"""Project files: the identical song comes back, any MIDI program reads it, and hostile files are refused in words."""

import io
import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.files.archive import pack
from core.files.errors import MidiError
from core.files.midi import midi_bytes, parse_midi
from core.files.project import (
    CONTENT,
    LIMITS,
    NOTES,
    SONG,
    Project,
    ProjectError,
    SavedRequest,
    SavedTake,
    parse_project,
    project_bytes,
    read_project,
    read_project_lenient,
    write_project,
)
from core.music.edits import add_track, change_track, exchange_notes, move_track, shifted
from core.music.muting import mute_notes
from core.music.song import EMPTY_NOTES, RawEvent, Song, Track, make_notes
from core.music.timebase import Meter, Tempo
from tests.core.files.midi_builder import midi_files

BEAT = 480


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """Also what MIDI cannot say: notes of one pitch inside each other, none at all, colours, names of any kind."""
    rows = draw(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 3000), st.integers(0, 127),
                                   st.integers(1, 127)), max_size=8))
    ticks = sorted(draw(st.lists(st.integers(0, 9000), max_size=3)))
    byte = st.integers(0, 127)
    return Track(make_notes(*zip(*rows)) if rows else EMPTY_NOTES, draw(byte), draw(st.booleans()),
                 draw(st.text(max_size=8)), draw(st.sampled_from(["", "#12ab9f"])), draw(byte), draw(byte),
                 draw(st.booleans()), draw(st.booleans()), draw(st.none() | st.integers(0, 15)),
                 tuple(RawEvent(tick, b"\xb0\x40\x7f") for tick in ticks),
                 muted=make_notes(ticks, ticks, [60] * len(ticks), [80] * len(ticks)))


@st.composite
def songs(draw: st.DrawFn) -> Song:
    """Songs made here, and files that were read and then edited."""
    made = draw(st.lists(tracks(), max_size=4))
    if draw(st.booleans()):
        return Song(draw(st.sampled_from([24, 480, 960])), tuple(made), (Tempo(0, 400_000), Tempo(77, 2**25)),
                    (Meter(0, 3, 4), Meter(1440, 7, 8)))
    song = parse_midi(draw(midi_files()))
    for track in made:
        song = add_track(song, track)
    for index, track in enumerate(song.tracks):
        match draw(st.integers(0, 3)):
            case 0 if len(track.notes):
                song = exchange_notes(song, index, track.notes[:1], shifted(track.notes[:1], 30))
            case 1:
                song = change_track(song, index, colour="#00ff00", mute=True, name="Neu ♪")
            case 2:
                song = move_track(song, index, 0)
            case 3 if len(track.notes):
                song = mute_notes(song, index, track.notes[-1:])
    return song


def midi_or_nothing(song: Song) -> bytes | None:
    try:
        return midi_bytes(song)
    except ValueError:
        return None


@settings(max_examples=40)
@given(songs())
def test_the_identical_song_comes_back_and_exports_the_same_file(song: Song) -> None:
    back = parse_project(project_bytes(Project(song))).song
    assert back == song
    assert midi_or_nothing(back) == midi_or_nothing(song)
    assert parse_project(project_bytes(Project(song), rendition=False)).song == song


@settings(max_examples=40)
@given(songs(), st.data())
def test_takes_and_requests_come_back(song: Song, data: st.DataObject) -> None:
    if not song.tracks:
        song = add_track(song, Track())
    later = change_track(song, 0, name="renamed since")
    notes = make_notes([0, 7], [5, 9], [60, 60], [1, 127])
    takes = tuple(SavedTake(frozenset({(index, 0)}), {0: notes} if index else {}, {"seed": index, "style": "mine"})
                  for index in range(data.draw(st.integers(0, 3))))
    request = SavedRequest(song, frozenset({(0, 0), (2**20, 0)}), {"adventurousness": 0.25, "takes": 3}, takes)
    again = SavedRequest(song, frozenset({(5, 0)}), {}, takes)
    shown = {"loop": [1, 2], "view": {"left": 1.5}, "grid": "1/16"}
    back = parse_project(project_bytes(Project(later, (request, again), shown)))
    assert back.song == later and back.settings == shown and back.remark == ""
    for mine, theirs in zip((request, again), back.requests, strict=True):
        assert (mine.song, mine.cells, mine.facts) == (theirs.song, theirs.cells, theirs.facts)
        for take, other in zip(mine.takes, theirs.takes, strict=True):
            assert (take.cells, take.facts, take.notes.keys()) == (other.cells, other.facts, other.notes.keys())
            assert all(np.array_equal(take.notes[track], other.notes[track]) for track in take.notes)
    assert back.requests[0].song is back.requests[1].song
    shared = [mine is theirs for mine, theirs in zip(back.song.tracks[1:], back.requests[0].song.tracks[1:])]
    assert all(shared), "what two songs share they share again"


@pytest.fixture
def song() -> Song:
    piano = make_notes([0, 480, 960], [480] * 3, [60, 64, 67], [80] * 3)
    return Song(tracks=(Track(piano, name="Piano", colour="#ff0000", solo=True), Track(name="Empty")))


def test_unzip_and_any_midi_program_read_it(song, tmp_path) -> None:
    path = tmp_path / "song.ritornello"
    write_project(Project(song), path)
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(path), str(tmp_path / "out")], check=True)
    played = [message.note for message in mido.MidiFile(tmp_path / "out" / SONG) if message.type == "note_on"]
    assert played == [60, 64, 67]
    assert json.loads((tmp_path / "out" / CONTENT).read_text())["version"] == 1
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["song.ritornello"]


def test_the_same_project_is_the_same_file(song) -> None:
    assert project_bytes(Project(song)) == project_bytes(Project(song))


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, **content) -> bytes:
    """The project with other values in its JSON."""
    parts = members(data)
    parts[CONTENT] = json.dumps(json.loads(parts[CONTENT]) | content).encode()
    return pack(parts)


def test_midi_changed_by_another_program_is_what_counts(song) -> None:
    parts = members(project_bytes(Project(song)))
    edited = exchange_notes(song, 0, song.tracks[0].notes[:1], EMPTY_NOTES)
    back = parse_project(pack(parts | {SONG: midi_bytes(edited)}))
    assert back.song.note_count == 2 and back.song.tracks[0].colour == "#ff0000" and back.song.tracks[0].solo
    assert "changed by another program" in back.remark
    back = parse_project(pack(parts | {SONG: b"no music"}))
    assert back.song == song and "cannot be read" in back.remark


# -- refusals ----------------------------------------------------------------------------------------


def refused(tmp_path, data: bytes, *words: str) -> None:
    path = tmp_path / "bad.ritornello"
    path.write_bytes(data)
    with pytest.raises(ProjectError) as problem:
        read_project(path)
    assert str(problem.value).startswith(f"{path}: ") and "\n" not in str(problem.value)
    for word in words:
        assert word in str(problem.value), str(problem.value)


def test_what_is_no_project_is_refused(song, tmp_path) -> None:
    good = project_bytes(Project(song))
    refused(tmp_path, b"", "not a whole zip file")
    refused(tmp_path, good[:-30], "not a whole zip file", "Open another copy")
    refused(tmp_path, pack({"letter.txt": b"hello"}), "no Ritornello project")
    refused(tmp_path, changed(good, format="another"), "damaged", SONG)
    refused(tmp_path, changed(good, version=2), "newer Ritornello", "Update")
    with pytest.raises(ProjectError, match="no such file"):
        read_project(tmp_path / "none.ritornello")
    with pytest.raises(ProjectError, match="is a folder"):
        read_project(tmp_path)
    with open(tmp_path / "huge.ritornello", "wb") as file:
        file.truncate(2**40)
    with pytest.raises(ProjectError, match="too large"):
        read_project(tmp_path / "huge.ritornello")


def test_a_bomb_does_not_go_off(song, tmp_path) -> None:
    parts = members(project_bytes(Project(song)))
    bomb = pack(parts | {CONTENT: b" " * (LIMITS[CONTENT] + 1)})
    assert len(bomb) < 2**18
    refused(tmp_path, bomb, "unpacks to more than is allowed", CONTENT)
    claim = (LIMITS[CONTENT] + 1).to_bytes(4, "little")
    small = len(parts[CONTENT]).to_bytes(4, "little")
    refused(tmp_path, bomb.replace(claim, small), "not a whole zip file")


@pytest.mark.parametrize("name", ["../evil.mid", "/etc/evil", "a/../../evil", "c:evil", "a\\..\\evil"])
def test_paths_that_lead_outside_are_refused(song, tmp_path, name) -> None:
    refused(tmp_path, pack(members(project_bytes(Project(song))) | {name: b"x"}), "outside its folder")


def test_odd_archives_are_refused(song, tmp_path) -> None:
    parts = members(project_bytes(Project(song)))
    twice = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "w") as archive:
        for name, data in [*parts.items(), (CONTENT, b"{}")]:
            archive.writestr(name, data)
    refused(tmp_path, twice.getvalue(), "two files of the same name")
    odd = io.BytesIO()
    with zipfile.ZipFile(odd, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr(CONTENT, parts[CONTENT])
    refused(tmp_path, odd.getvalue(), "packed in a way")
    refused(tmp_path, pack(parts | {f"file{i}": b"" for i in range(1001)}), "which no project does")
    locked = bytearray(pack(parts))
    at = locked.index(b"PK\x01\x02")
    while at >= 0:
        locked[at + 8] |= 1
        at = locked.find(b"PK\x01\x02", at + 4)
    refused(tmp_path, bytes(locked), "encrypted")


@pytest.mark.parametrize("content", [
    {"songs": 5}, {"songs": []}, {"song": 1}, {"song": True}, {"tracks": [{}]}, {"requests": [{}]}, {"settings": []},
    {"settings": {"x": float("nan")}}, {"tracks": None}, {"song": 2**80}])
def test_unsound_content_is_refused(song, tmp_path, content) -> None:
    refused(tmp_path, changed(project_bytes(Project(song)), **content), "project.json in it is damaged", SONG)


@pytest.mark.parametrize(("key", "value"), [
    ("program", 128), ("volume", -1), ("pan", 1.5), ("name", 5), ("drum", 1), ("channel", 16), ("home", 0),
    ("notes", [0, 4]), ("notes", [-1, 1]), ("notes", None), ("events", 1), ("events", None), ("colour", None)])
def test_unsound_tracks_are_refused(song, tmp_path, key, value) -> None:
    data = project_bytes(Project(song))
    tracks = json.loads(members(data)[CONTENT])["tracks"]
    refused(tmp_path, changed(data, tracks=[{**tracks[0], key: value}, *tracks[1:]]), "damaged")


def test_unsound_tables_are_refused(song, tmp_path) -> None:
    parts = members(project_bytes(Project(song)))
    refused(tmp_path, pack(parts | {NOTES: parts[NOTES][:-1]}), "cut off")
    refused(tmp_path, pack(parts | {NOTES: b"\xff" * len(parts[NOTES])}), "damaged")
    refused(tmp_path, pack(parts | {NOTES: b"\x7f" * len(parts[NOTES])}), "beyond the end of time")
    refused(tmp_path, pack(parts | {"events.mid": b"none"}), "events.mid is not a MIDI file")
    refused(tmp_path, pack(parts | {CONTENT: b"[" * 100_000}), "damaged")
    refused(tmp_path, pack(parts | {CONTENT: b"\xff\xfe"}), "damaged")


@settings(max_examples=40)
@given(st.data())
def test_any_damage_is_an_error_in_words_or_no_damage(data: st.DataObject) -> None:
    good = bytearray(project_bytes(Project(Song(tracks=(Track(make_notes([0], [9], [60], [80])),)))))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert isinstance(parse_project(bytes(good)).song, Song)
    except ProjectError as problem:
        assert len(str(problem)) > 20


@settings(max_examples=40)
@given(st.data())
def test_any_json_is_an_error_in_words_or_a_project(data: st.DataObject) -> None:
    """What stands in the JSON is replaced by anything, here and there."""
    song = parse_midi(data.draw(midi_files()))
    song = add_track(song, Track(events=(RawEvent(3, b"\xc0\x05"),)))
    request = SavedRequest(song, frozenset({(0, 0)}), {}, (SavedTake(frozenset(), {0: song.tracks[0].notes}, {}),))
    parts = members(project_bytes(Project(song, (request,))))
    content = json.loads(parts[CONTENT])
    anything = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just([[0, 1]])
    place = content
    while isinstance(place, (dict, list)) and place:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not isinstance(place[key], (dict, list)) or not place[key] or data.draw(st.integers(0, 4)) == 0:
            place[key] = data.draw(anything)
            break
        place = place[key]
    try:
        back = parse_project(pack(parts | {CONTENT: json.dumps(content).encode()}))
        assert isinstance(back.song, Song) and parse_project(project_bytes(back)).song == back.song
    except ProjectError as problem:
        assert len(str(problem)) > 20


# -- writing and rescuing ----------------------------------------------------------------------------


def test_a_damaged_project_still_gives_its_song(song, tmp_path) -> None:
    path = tmp_path / "hurt.ritornello"
    path.write_bytes(changed(project_bytes(Project(song)), tracks=[]))
    rescued, losses = read_project_lenient(path)
    assert rescued.note_count == song.note_count and "colours" in losses[0]
    path.write_bytes(project_bytes(Project(song)))
    assert read_project_lenient(path) == (song, [])
    path.write_bytes(b"nothing")
    with pytest.raises(ProjectError):
        read_project_lenient(path)


def test_what_cannot_be_written_is_named_and_the_old_file_stays(song, tmp_path) -> None:
    path = tmp_path / "song.ritornello"
    write_project(Project(song), path)
    before = path.read_bytes()
    for bad in (change_track(song, 0, program=128), replace(song, meters=(Meter(0, 4, 128),)),
                song.with_track(0, Track(make_notes([2**31], [1], [60], [1])))):
        with pytest.raises(ProjectError, match="cannot be written"):
            write_project(Project(bad), path)
    with pytest.raises(ProjectError, match="cannot be written"):
        write_project(Project(song), tmp_path / "no" / "folder.ritornello")
    assert path.read_bytes() == before and [entry.name for entry in tmp_path.iterdir()] == ["song.ritornello"]


def test_what_midi_cannot_say_is_kept_all_the_same(song) -> None:
    slow = replace(song, tempos=(Tempo(0, 2**24),))
    with pytest.raises(ValueError, match="not a tempo"):
        midi_bytes(slow)
    data = project_bytes(Project(slow))
    assert SONG not in members(data) and parse_project(data).song == slow


def test_its_errors_are_file_errors_like_those_of_midi() -> None:
    assert issubclass(ProjectError, ValueError) and not issubclass(ProjectError, MidiError)
