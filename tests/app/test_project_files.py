"""Projects in the window: everything that belongs to a song comes back with it, and MIDI files stay MIDI files."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.beside import drafts_of
from app.files import MIDI_FILTER, PROJECT_FILTER
from core.files.midi import midi_bytes, read_midi, write_midi
from core.files.project import Project, SavedRequest, SavedTake, project_bytes, read_project, write_project
from core.generation.messages import RequestFinished, TakeFinished
from core.generation.request import Request, Take
from core.music.edits import add_track, change_track
from core.music.song import Song, Track, make_notes

BAR = 4 * 480


@pytest.fixture
def save_as(window, monkeypatch, tmp_path):
    """Saves under a name, with a kind of file chosen in the dialog; the names that the dialog began with."""
    offered = []

    def save(name: str, kind: str = PROJECT_FILTER) -> Path:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: (offered.append(args[2:4]),
                                                                          (str(tmp_path / name), kind))[1])
        window.qactions["save_as"].trigger()
        return window.document.path

    save.offered = offered
    return save


def ask_for_takes(window, monkeypatch, count: int = 2, bars: tuple[int, int] = (2, 3)) -> Request:
    """A request that has been answered by takes with one note each."""
    asked = []
    monkeypatch.setattr(window.client, "request", lambda request: asked.append(request) or 7)
    window.selection.select_bars(*bars)
    window.selection.select_tracks([1])
    window.qactions["infill"].trigger()
    request = asked[0]
    for index in range(count):
        notes = {1: make_notes([2 * BAR], [480], [50 + index], [90])}
        take = Take(index, request.cells, notes, request.seed, request.adventurousness, "", 1.5)
        window.client.takeFinished.emit(TakeFinished(7, take))
    window.client.requestFinished.emit(RequestFinished(7))
    return request


def test_everything_comes_back_from_a_project(window, song, save_as, monkeypatch, tmp_path):
    document = window.document
    changed = change_track(add_track(song, Track(name="Empty")), 0, colour="#aa3377", solo=True)
    document.replace_song(change_track(changed, 1, mute=True), "Change")
    window.assistant.request_panel.takes.setValue(5)
    request = ask_for_takes(window, monkeypatch)
    window.transport.set_loop((BAR, 3 * BAR), True)
    window.locate(960)
    window.roll.zoom.to_selection()
    view, saved = window.roll.view, document.song
    assert save_as("mine") == tmp_path / "mine.ritornello"
    assert not document.dirty and not document.unsaved
    document.new()
    assert not window.assistant.takes.cards and window.transport.loop is None
    window.files.open_path(tmp_path / "mine.ritornello")
    assert document.song == saved and document.path == tmp_path / "mine.ritornello"
    assert not document.dirty and not document.unsaved and document.title == "mine"
    drafts = [card.draft for card in window.assistant.takes.cards]
    assert [draft.take.index for draft in drafts] == [0, 1] and len({id(d.request) for d in drafts}) == 1
    assert drafts[0].request.song == request.song and drafts[0].request.cells == request.cells
    assert drafts[1].take.notes[1].tolist() == [(2 * BAR, 480, 51, 90)] and drafts[1].take.seconds == 1.5
    assert window.assistant.takes.selected is None
    assert window.transport.loop == (BAR, 3 * BAR) and window.transport.looping and window.playback.tick == 960
    assert window.selection.bars == (2, 3) and window.selection.tracks == (1,)
    assert window.assistant.request_panel.takes.value() == 5
    assert (window.roll.view.left, window.roll.view.scale) == (view.left, view.scale)
    window.assistant.keep(drafts[0])
    assert document.song.tracks[1].notes["pitch"].tolist().count(50) == 1, "a take of last week can still be kept"


def test_takes_of_several_requests_come_back_in_their_order(window, save_as, monkeypatch):
    first = ask_for_takes(window, monkeypatch, 3)
    second = ask_for_takes(window, monkeypatch, 1, (5, 5))
    before = [(card.draft.request.cells, card.draft.take.index) for card in window.assistant.takes.cards]
    assert first.cells != second.cells and len(before) == 4
    window.files.open_path(save_as("two"))
    assert [(card.draft.request.cells, card.draft.take.index) for card in window.assistant.takes.cards] == before


def test_new_takes_make_a_project_dirty_but_not_a_midi_file(window, save_as, monkeypatch):
    save_as("song", MIDI_FILTER)
    ask_for_takes(window, monkeypatch)
    assert not window.document.dirty and window.document.unsaved
    save_as("song")
    assert not window.document.unsaved
    window.assistant.discard(window.assistant.takes.cards[0].draft)
    assert window.document.dirty and window.isWindowModified()
    window.qactions["save"].trigger()
    assert not window.document.dirty and not window.isWindowModified()
    assert len(read_project(window.document.path).requests[0].takes) == 1


def test_a_midi_file_stays_one_and_a_new_song_becomes_a_project(window, song, save_as, tmp_path):
    save_as("new")
    assert save_as.offered[-1][0].endswith("Test song.ritornello") and save_as.offered[-1][1].startswith(PROJECT_FILTER)
    path = tmp_path / "old.mid"
    write_midi(song, path)
    before = path.read_bytes()
    window.files.open_path(path)
    window.document.replace_song(change_track(window.document.song, 0, colour="#ffffff"), "Colour")
    window.qactions["save"].trigger()
    assert path.read_bytes() == before and not window.document.dirty
    save_as("again", MIDI_FILTER)
    assert save_as.offered[-1][0].endswith("old.mid") and save_as.offered[-1][1].startswith(MIDI_FILTER)
    assert window.document.path == tmp_path / "again.mid"


def test_what_was_read_from_midi_is_exported_as_it_was_after_a_project(window, song, save_as, tmp_path):
    path = tmp_path / "old.mid"
    write_midi(song, path)
    window.files.open_path(path)
    window.files.open_path(save_as("project"))
    assert midi_bytes(window.document.song) == path.read_bytes()


def test_a_project_is_one_whatever_it_is_called(window, song, tmp_path):
    write_project(Project(song), tmp_path / "named.mid")
    window.files.open_path(tmp_path / "named.mid")
    assert window.document.song == song


def test_a_remark_is_told(window, song, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(QMessageBox, "information", lambda parent, title, text: told.append((title, text)))
    monkeypatch.setattr(window.document, "open", lambda path: "It was changed.")
    window.files.open_path(tmp_path / "any.ritornello")
    assert told == [("About any.ritornello", "It was changed.")]


@pytest.mark.parametrize("take", [True, False])
def test_a_damaged_project_can_be_opened_as_far_as_it_goes(window, song, tmp_path, monkeypatch, take):
    from tests.core.files.test_project import changed

    path = tmp_path / "hurt.ritornello"
    path.write_bytes(changed(project_bytes(Project(song)), tracks=[]))
    said = []

    def answer(box):
        said.append(f"{box.text()} {box.informativeText()}")
        role = QMessageBox.ButtonRole.AcceptRole if take else QMessageBox.ButtonRole.RejectRole
        next(b for b in box.buttons() if box.buttonRole(b) == role).click()

    monkeypatch.setattr(QMessageBox, "exec", answer)
    window.files.open_path(path)
    assert "hurt.ritornello is damaged" in said[0] and "takes" in said[0]
    assert window.document.path is None
    assert (window.document.song is song) is not take
    assert window.document.song.note_count == song.note_count


@pytest.mark.parametrize("settings", [
    {"view": {"left": 1e300, "scale": -5, "top": float("inf"), "row": "x"}, "loop": [5, 2], "bars": [0, 2**30]},
    {"view": 7, "loop": [1], "bars": "ab", "current": 99, "marked": [-1], "takes": 10**9, "adventurousness": True},
    {"playhead": -1, "style": 5, "tempo_percent": 10**9, "continuing": "yes", "view": {"left": -9e99, "scale": 1e-99,
                                                                                     "top": 1e99, "row": 1e9}}])
def test_settings_that_make_no_sense_are_left_out(window, song, settings):
    window.beside.take_up(Project(song, (), settings))
    assert window.selection.current == 0 and window.selection.bars is None and window.transport.loop is None
    assert window.assistant.request_panel.takes.value() <= window.assistant.request_panel.takes.maximum()
    view = window.roll.view
    assert view.shortest_scale <= view.scale <= view.longest_scale and 0 <= view.left <= view.furthest_left
    window.grab()


def test_requests_that_make_no_sense_are_left_out(song):
    cells, notes = frozenset({(0, 0)}), {0: make_notes([0], [1], [60], [1])}
    good = {"index": 0, "seed": 1, "adventurousness": 0.5}

    def drafts(facts=None, take=good, take_cells=cells, take_notes=notes):
        return drafts_of(SavedRequest(song, cells, facts or {}, (SavedTake(take_cells, take_notes, take),)))

    assert len(drafts()) == 1 and len(drafts({"unheard of": 5}, good | {"later": None})) == 1
    assert not drafts({"takes": 99}) and not drafts({"seed": "x"}) and not drafts(take={}) and not drafts({"style": 1})
    assert not drafts(take_cells=frozenset({(1, 0)})) and not drafts(take_notes={1: notes[0]})


def test_recent_files_are_in_the_menu_and_missing_ones_are_shown_as_such(window, song, tmp_path):
    (tmp_path / "other").mkdir()
    paths = [tmp_path / "recent.mid", tmp_path / "gone.mid", tmp_path / "twice.mid", tmp_path / "other" / "twice.mid"]
    for path in paths:
        write_midi(song, path)
        window.files.open_path(path)
    paths[1].unlink()
    window.recent_menu.aboutToShow.emit()
    items = window.recent_menu.actions()
    assert [(a.text(), a.isEnabled()) for a in items[:4]] == [
        ("twice.mid (other)", True), (f"twice.mid ({tmp_path.name})", True), ("gone.mid (missing)", False),
        ("recent.mid", True)]
    assert items[0].statusTip() == str(paths[3])
    window.document.new()
    items[3].trigger()
    assert window.document.path == paths[0]
    items[-1].trigger()
    window.recent_menu.aboutToShow.emit()
    assert window.settings.recent == [] and not window.recent_menu.actions()[-1].isEnabled()


def test_saving_midi_writes_the_notes_and_a_project_the_rest(window, song, save_as, tmp_path):
    inside = Song(480, (Track(make_notes([0, 100], [900, 50], [60, 60], [9, 9]), name="One inside the other"),))
    window.document.replace_song(inside, "Draw")
    save_as("a.mid", MIDI_FILTER)
    assert not np.array_equal(read_midi(tmp_path / "a.mid").tracks[0].notes, inside.tracks[0].notes)
    assert read_project(save_as("a")).song == inside
