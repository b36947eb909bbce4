"""Controls: chosen behind one line, asked for, shown with the takes, saved; recipes and locked notes."""

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog

from app.assistant.control_words import DENSITIES, POLYPHONIES, REGISTERS, describe_controls
from app.assistant.recipes import HarmoniseDialog
from app.tracks.instrument_picker import InstrumentPicker
from core.files.project import read_project
from core.generation.controls import NO_CONTROLS, Controls
from core.generation.messages import RequestFinished, TakeFinished
from core.generation.request import Take
from core.music.locks import locks_of
from core.music.song import make_notes
from core.tokens.attributes import CLASSES

BAR = 4 * 480


@pytest.fixture
def asked(window, monkeypatch):
    """The requests that were made, instead of a model."""
    requests = []
    monkeypatch.setattr(window.client, "request", lambda request: requests.append(request) or len(requests))
    return requests


def mark(window, first=2, last=3, tracks=(1,)):
    window.selection.select_bars(first, last)
    window.selection.select_tracks(tracks)


def finish(window, asked, notes):
    """The last request is answered by one take with these notes on its first track."""
    request = asked[-1]
    track = min(track for _, track in request.cells)
    take = Take(0, request.cells, {track: notes}, request.seed, request.adventurousness, controls=request.controls)
    window.client.takeFinished.emit(TakeFinished(len(asked), take))
    window.client.requestFinished.emit(RequestFinished(len(asked)))
    return take


@pytest.fixture
def form(window):
    return window.assistant.request_panel.controls


def choose(box, value):
    box.setCurrentIndex([box.itemData(place) for place in range(box.count())].index(value))


def test_there_are_words_for_every_class():
    assert (len(DENSITIES), len(POLYPHONIES), len(REGISTERS)) == tuple(
        CLASSES[name] for name in ("density", "polyphony", "register"))


def test_at_first_nothing_is_asked_and_the_form_is_shut(window, form, asked):
    assert not form.body.isVisibleTo(window) and form.says.text() == ""
    mark(window)
    window.qactions["infill"].trigger()
    assert asked[0].controls == NO_CONTROLS
    form.head.click()
    assert form.body.isVisibleTo(window)


def test_what_is_chosen_is_asked_and_said_on_the_line_and_with_the_takes(window, form, asked):
    choose(form.density, 4)
    choose(form.polyphony, 0)
    choose(form.scale, "dorian")
    choose(form.tonic, 2)
    assert form.says.text() == "eighth notes, one note at a time, D dorian"
    mark(window)
    window.qactions["infill"].trigger()
    wanted = Controls(density=4, polyphony=0, pitch_classes=frozenset({2, 4, 5, 7, 9, 11, 0}))
    assert asked[0].controls == wanted
    finish(window, asked, make_notes([2 * BAR], [480], [50], [90]))
    assert describe_controls(wanted) in window.assistant.takes.cards[0].toolTip()


@pytest.mark.parametrize("keep, settled", [("rhythm", "density polyphony"), ("tune", "density register scale")])
def test_what_is_kept_settles_some_of_the_rest(window, form, asked, keep, settled):
    for box, value in ((form.density, 2), (form.polyphony, 1), (form.register, 5), (form.scale, "major")):
        choose(box, value)
    choose(form.keep, keep)
    disabled = {name for name in ("density", "polyphony", "register", "scale") if not getattr(form, name).isEnabled()}
    assert disabled == set(settled.split())
    mark(window)
    window.qactions["infill"].trigger()
    controls = asked[0].controls
    assert controls.keep == keep and controls.density is None
    assert (controls.register, bool(controls.pitch_classes)) == ((5, True) if keep == "rhythm" else (None, False))


def test_the_songs_key_is_that_of_its_notes(window, form, asked):
    tune = make_notes(np.arange(8) * 480, [480] * 8, [62, 64, 66, 67, 69, 71, 73, 74], [80] * 8)
    window.document.replace_song(type(window.document.song)(tracks=(type(window.document.song.tracks[0])(tune),)), "x")
    form.head.click()
    choose(form.scale, "song")
    assert form.scale.currentText() == "The song's key: D major"
    mark(window, 0, 0, (0,))
    window.qactions["infill"].trigger()
    assert asked[0].controls.pitch_classes == {2, 4, 6, 7, 9, 11, 1}


def test_keeping_the_rhythm_is_one_action_and_leaves_the_form_as_it_was(window, form, asked):
    choose(form.density, 2)
    mark(window)
    window.qactions["keep_rhythm"].trigger()
    window.assistant.cancel()
    window.client.requestFinished.emit(RequestFinished(1, cancelled=True))
    window.qactions["keep_tune"].trigger()
    assert [request.controls for request in asked] == [Controls("rhythm"), Controls("tune")]
    assert asked[0].cells == {(2, 1), (3, 1)} and form.keep.currentData() == "nothing"


def test_harmonising_writes_on_the_other_tracks_or_on_a_new_one(window, asked, monkeypatch):
    document = window.document
    before = document.song
    mark(window, 2, 3, (0,))
    monkeypatch.setattr(HarmoniseDialog, "exec", lambda dialog: QDialog.DialogCode.Accepted)
    window.qactions["harmonise"].trigger()
    pitched = {index for index, track in enumerate(before.tracks) if index and not track.is_drum}
    assert {track for _, track in asked[0].cells} == pitched and document.song is before
    window.client.requestFinished.emit(RequestFinished(1))
    window.selection.set_current(0)

    def on_a_new_track(dialog):
        dialog.on_new.setChecked(True)
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(HarmoniseDialog, "exec", on_a_new_track)
    window.qactions["harmonise"].trigger()
    assert len(document.song.tracks) == len(before.tracks) + 1 and document.song.tracks[1].name == "String Ensemble 1"
    assert asked[1].cells == {(2, 1), (3, 1)} and asked[1].song is document.song
    window.qactions["undo"].trigger()
    assert document.song == before


def test_a_melody_is_asked_for_on_a_new_track_one_note_at_a_time(window, asked, monkeypatch):
    before = window.document.song
    mark(window)
    monkeypatch.setattr(InstrumentPicker, "exec", lambda picker: QDialog.DialogCode.Accepted)
    window.qactions["melody"].trigger()
    assert window.document.song.tracks[0].name == "Flute" and window.document.song.tracks[1:] == before.tracks
    assert asked[0].cells == {(2, 0), (3, 0)} and asked[0].controls == Controls(polyphony=0)


def test_locked_notes_are_asked_for_where_they_are_marked(window, form, asked):
    document = window.document
    window.selection.set_current(1)
    notes = document.song.tracks[1].notes
    bars = document.song.timebase.bar_at(notes["onset"])
    window.selection.select_notes(notes[:3])
    window.qactions["lock"].trigger()
    inside = locks_of(1, notes[:3][np.isin(bars[:3], (0, 1))])
    assert document.locks == locks_of(1, notes[:3]) and "3 notes locked" in form.says.text()
    assert sum(len(layer.notes) for layer in window.roll.canvas._locked.values()) == 3
    mark(window, 0, 1)
    window.qactions["infill"].trigger()
    assert asked[0].controls.locked == inside and inside
    window.client.requestFinished.emit(RequestFinished(1))
    mark(window, 20, 20)
    window.qactions["infill"].trigger()
    assert asked[1].controls == NO_CONTROLS


def test_locking_is_undone_and_the_lock_goes_with_its_note(window, song):
    document, actions = window.document, window.qactions
    window.selection.set_current(1)
    chosen = document.song.tracks[1].notes[:2]
    window.selection.select_notes(chosen)
    actions["lock"].trigger()
    actions["semitone_up"].trigger()
    moved = chosen.copy()
    moved["pitch"] += 1
    assert document.locks == locks_of(1, moved)
    actions["undo"].trigger()
    assert document.locks == locks_of(1, chosen)
    actions["undo"].trigger()
    assert document.locks == frozenset() and document.song == song and not actions["unlock_all"].isEnabled()
    actions["redo"].trigger()
    actions["lock"].trigger()
    assert document.locks == frozenset() and document.undo_stack.undoText() == "Unlock notes"
    actions["undo"].trigger()
    actions["unlock_all"].trigger()
    assert document.locks == frozenset()


def test_a_lock_sign_is_seen_in_both_themes(window):
    canvas = window.roll.canvas
    for theme in ("dark", "light"):
        window.themes.choose(theme)
        plain = canvas.grab().toImage()
        window.document.lock(locks_of(0, window.document.song.tracks[0].notes[:1]), "Lock")
        assert canvas.grab().toImage() != plain
        window.document.undo_stack.undo()
        assert canvas.grab().toImage() == plain


def test_controls_and_locks_come_back_from_a_project(window, form, asked, tmp_path):
    document = window.document
    choose(form.register, 4)
    choose(form.scale, "song")
    window.selection.set_current(1)
    window.selection.select_notes(document.song.tracks[1].notes[:1])
    window.qactions["lock"].trigger()
    locks = document.locks
    mark(window, 0, 1)
    window.qactions["keep_rhythm"].trigger()
    finish(window, asked, document.song.tracks[1].notes[:1])
    controls = asked[0].controls
    document.save(tmp_path / "song.ritornello")
    document.new()
    form.choose({"register": None, "scale": ""})
    assert document.locks == frozenset()
    document.open(tmp_path / "song.ritornello")
    assert document.locks == locks and not document.dirty
    assert form.register.currentData() == 4 and form.scale.currentData() == "song"
    draft = window.assistant.takes.cards[0].draft
    assert draft.request.controls == controls == draft.take.controls and controls.keep == "rhythm" and controls.locked
    facts = read_project(tmp_path / "song.ritornello").settings
    assert facts["locked"] == [list(lock) for lock in locks]


def test_new_bars_have_nothing_to_keep(window, form, asked):
    choose(form.keep, "rhythm")
    window.qactions["continue"].trigger()
    assert asked[0].controls == NO_CONTROLS and not form.keep.isEnabled() and form.density.isEnabled()
    window.client.requestFinished.emit(RequestFinished(1))
    mark(window)
    window.qactions["infill"].trigger()
    assert asked[1].controls.keep == "rhythm"
