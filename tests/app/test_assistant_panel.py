"""The assistant's panel with a real (fake-minded) model process: ask, watch, hear, keep, discard."""

import os
import signal
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
from PySide6.QtGui import QEnterEvent, QFocusEvent
from PySide6.QtWidgets import QApplication

from core.model.styles import Style, write_style
from core.music.song import Song, Track, make_notes
from tests.app import fake_model_worker
from tests.app.desk import BAR, SONG, Desk


@pytest.fixture
def make_desk(qtbot, tmp_path):
    desks = []

    def make(target=fake_model_worker.run):
        desk = Desk(tmp_path, target)
        qtbot.addWidget(desk.panel)
        desk.panel.resize(320, 800)
        desk.panel.show()
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.client.close()


@pytest.fixture
def desk(make_desk):
    return make_desk()


@pytest.fixture
def with_takes(desk, qtbot):
    """Four finished takes of bars 2–3 on two tracks."""
    desk.mark()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        qtbot.mouseClick(desk.form.generate_button, Qt.MouseButton.LeftButton)
    return desk


def answer_question(button_text, seen):
    """Press a button of the next message box, and keep its words."""

    def press():
        box = QApplication.activeModalWidget()
        seen.append(box.text())
        next(button for button in box.buttons() if button.text() == button_text).click()

    QTimer.singleShot(50, press)


def test_the_panel_says_in_words_what_is_marked(desk):
    desk.mark(3, 6, (0, 2))
    assert desk.form.marked.text() == "Bars 4–7 on Piano, Flute"
    desk.form.continue_button.click()
    assert desk.form.marked.text() == "Bars 9–12 on all 3 tracks"
    desk.form.bars.setValue(1)
    desk.form.only_selected.setChecked(True)
    assert desk.form.marked.text() == "Bar 9 on Piano, Flute"
    assert desk.form.cells() == {(8, 0), (8, 2)}


def test_asking_with_nothing_marked_says_what_to_do(desk):
    desk.document.selection.clear_bars()
    desk.form.generate_button.click()
    assert "select bars on the ruler" in desk.status and desk.form.seed.text() == "0"
    assert not desk.cards
    desk.mark()
    assert desk.status == ""
    desk.document.load(Song(tracks=(Track(),)))
    desk.form.continue_button.click()
    desk.form.generate_button.click()
    assert desk.status == "The song has no notes to continue from."


def test_takes_arrive_as_cards_with_their_notes(with_takes):
    assert [card.title.text() for card in with_takes.cards] == ["Take 1", "Take 2", "Take 3", "Take 4"]
    assert all(card.facts.text().startswith("16 notes · 0.5 s") for card in with_takes.cards)
    assert with_takes.status.startswith("4 takes in ")
    assert with_takes.form.generate_button.isEnabled() and not with_takes.form.cancel_button.isEnabled()


def test_takes_that_are_all_alike_or_in_the_song_already_say_so(with_takes, qtbot):
    desk = with_takes
    desk.cards[1].keep_button.click()
    desk.form.lock_seed.setChecked(True)
    desk.set_style("alike")
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
    assert desk.status.startswith("4 takes, all alike")
    assert [card.keep_button.text() for card in desk.cards[:4]] == ["In the song"] * 4


def test_a_card_shows_its_notes_while_they_are_written(desk, qtbot):
    desk.mark()
    desk.set_style("slow")
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
        qtbot.waitUntil(lambda: "writing" in desk.cards[0].facts.text(), timeout=30_000)
        early = desk.cards[0].picture.grab().toImage()
        assert not desk.cards[0].keep_button.isEnabled() and desk.cards[0].audition_button.isEnabled()
        assert 0 < desk.form.progress.value() < desk.form.progress.maximum()
        assert desk.previews[-1].note_count > 0
    late = desk.cards[0].picture.grab().toImage()
    assert early != late
    colour = desk.themes.theme.track_colour(0).name()
    assert colour in {late.pixelColor(x, y).name() for x in range(late.width()) for y in range(late.height())}


def test_a_request_waits_for_a_model_that_is_still_loading(make_desk, qtbot):
    desk = make_desk(fake_model_worker.run_slow_to_load)
    desk.mark()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
        assert desk.status == "Loading the model…"
        assert desk.cards[0].facts.text() == "waiting…"
    assert len(desk.cards) == 4


def test_seed_is_shown_drawn_anew_and_can_be_kept(desk, qtbot):
    desk.mark()
    seeds = []
    for keep in (False, False, True):
        desk.form.lock_seed.setChecked(keep)
        with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
            desk.form.generate()
        seeds.append(int(desk.form.seed.text()))
        assert desk.cards[0].draft.request.seed == seeds[-1]
    assert seeds[0] != seeds[1] == seeds[2]


def test_cancel_keeps_nothing_that_is_unfinished(desk, qtbot):
    desk.mark(0, 30)
    desk.set_style("slow")
    with qtbot.waitSignal(desk.client.notesWritten, timeout=30_000):
        desk.form.generate()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.cancel_button.click()
    assert desk.status == "Cancelled."
    assert not desk.cards
    assert desk.document.song == SONG and desk.previews[-1] is None


def test_discarding_every_take_of_a_running_request_cancels_it(desk, qtbot):
    desk.mark(0, 30)
    desk.set_style("slow")
    desk.form.takes.setValue(2)
    with qtbot.waitSignal(desk.client.notesWritten, timeout=30_000):
        desk.form.generate()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000) as finished:
        for card in desk.cards:
            card.discard_button.click()
    assert finished.args[0].cancelled


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are killed in another way here")
def test_a_killed_model_process_is_told_and_the_song_and_earlier_takes_stay(with_takes, qtbot):
    desk = with_takes
    desk.set_style("slow")
    desk.mark(0, 30)
    with qtbot.waitSignal(desk.client.notesWritten, timeout=30_000):
        desk.form.generate()
    with qtbot.waitSignal(desk.client.requestFailed, timeout=30_000):
        os.kill(desk.client.worker_pid, signal.SIGKILL)
    assert "Your song is as it was" in desk.status
    assert desk.document.song == SONG and len(desk.cards) == 4
    desk.mark()
    desk.set_style("")
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
    assert len(desk.cards) == 8


def test_a_refused_request_shows_the_reason(desk, qtbot):
    desk.mark()
    desk.set_style("refuse")
    with qtbot.waitSignal(desk.client.requestFailed, timeout=30_000):
        desk.form.generate()
    assert desk.status == "The model has no room for so many bars."
    assert not desk.cards and desk.form.generate_button.isEnabled()


def test_keeping_is_one_undoable_step_and_the_takes_stay(with_takes):
    desk, stack = with_takes, with_takes.document.undo_stack
    take = desk.cards[1].draft.take
    desk.cards[1].keep_button.click()
    assert stack.count() == 1 and stack.undoText() == "Keep take 2"
    assert desk.document.song == take.applied_to(SONG)
    assert desk.cards[1].keep_button.text() == "In the song"
    assert desk.previews[-1] is None
    stack.undo()
    assert desk.document.song == SONG
    assert len(desk.cards) == 4 and desk.cards[1].keep_button.text() == "Keep"
    stack.redo()
    assert desk.document.song == take.applied_to(SONG)


def test_another_take_of_the_same_request_replaces_the_kept_one_without_a_question(with_takes):
    with_takes.cards[0].keep_button.click()
    with_takes.cards[2].keep_button.click()
    assert with_takes.document.song == with_takes.cards[2].draft.take.applied_to(SONG)


def test_keeping_into_bars_that_changed_meanwhile_asks_first(with_takes):
    desk, seen = with_takes, []
    edited = SONG.with_track(0, replace(SONG.tracks[0], notes=make_notes([BAR], [480], [90], [80])))
    desk.document.replace_song(edited, "Draw a note")
    answer_question("Cancel", seen)
    desk.cards[0].keep_button.click()
    assert desk.document.song == edited
    answer_question("Keep the take", seen)
    desk.cards[0].keep_button.click()
    assert desk.document.song == desk.cards[0].draft.take.applied_to(edited)
    assert seen == ["Bars 2–3 on Piano, Bass have changed since this take was written."] * 2


def test_a_take_goes_into_the_song_as_it_is_now(with_takes):
    flute = replace(SONG.tracks[2], notes=make_notes([0], [480], [90], [80]))
    with_takes.document.replace_song(SONG.with_track(2, flute), "Draw a note")
    with_takes.cards[0].keep_button.click()
    assert with_takes.document.song.tracks[2] == flute
    assert with_takes.document.song.tracks[0].notes["pitch"].tolist()[1:9] == [60, 62, 64, 66] * 2


def test_a_take_whose_track_is_gone_says_so(with_takes):
    with_takes.document.replace_song(replace(SONG, tracks=SONG.tracks[:1]), "Delete tracks")
    shorter = with_takes.document.song
    with_takes.cards[0].keep_button.click()
    assert "Bass, which this take was written for, is no longer in the song" in with_takes.status
    with_takes.cards[0].audition_button.click()
    assert not with_takes.cards[0].audition_button.isChecked()
    assert with_takes.document.song == shorter and not with_takes.playback.playing


def test_audition_plays_the_take_in_place_and_then_gives_the_song_back(with_takes):
    desk = with_takes
    desk.cards[0].audition_button.click()
    assert desk.playback.playing and desk.playback.located == [0] and not desk.playback.at_bar
    assert desk.playback.song == desk.cards[0].draft.take.applied_to(SONG)
    desk.cards[2].audition_button.click()
    assert desk.playback.located == [0], "going to another take keeps the position"
    assert desk.playback.at_bar, "and the other take comes in with the next bar"
    assert desk.playback.song == desk.cards[2].draft.take.applied_to(SONG)
    assert [card.audition_button.isChecked() for card in desk.cards] == [False, False, True, False]
    assert desk.panel.takes.selected is desk.cards[2].draft, "Keep keeps the take that is heard"
    desk.panel.next_take()
    assert desk.playback.song == desk.cards[3].draft.take.applied_to(SONG) and desk.playback.located == [0]
    assert desk.document.song == SONG
    desk.playback.stop()
    assert desk.playback.song == SONG and not desk.playback.at_bar
    assert not any(card.audition_button.isChecked() for card in desk.cards)


def test_a_take_where_the_song_plays_already_comes_in_without_a_jump(with_takes):
    desk = with_takes
    desk.playback.playing, desk.playback.tick = True, BAR + 700
    desk.cards[0].audition_button.click()
    assert desk.playback.located == [] and desk.playback.at_bar
    desk.playback.stop()
    desk.playback.playing, desk.playback.tick = True, 6 * BAR
    desk.cards[0].audition_button.click()
    assert desk.playback.located == [0], "too far away: heard from a bar before the take"


def test_keeping_the_take_that_is_heard_goes_on_playing(with_takes):
    desk = with_takes
    desk.cards[0].audition_button.click()
    desk.cards[0].keep_button.click()
    assert desk.playback.playing
    assert desk.playback.song == desk.document.song == desk.cards[0].draft.take.applied_to(SONG)


def test_a_take_can_be_heard_while_it_is_written(desk, qtbot):
    desk.mark(4, 7)
    desk.set_style("slow")
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
        qtbot.waitUntil(lambda: desk.cards[0].audition_button.isEnabled(), timeout=30_000)
        desk.cards[0].audition_button.click()
        assert desk.playback.located == [3 * BAR]
    assert desk.playback.song == desk.cards[0].draft.take.applied_to(SONG)


def test_a_card_under_the_mouse_previews_its_notes_and_then_the_selected_one_again(with_takes, qtbot):
    desk = with_takes
    desk.panel.takes.select(desk.cards[1])
    assert desk.previews[-1] is desk.cards[1].draft.take
    QApplication.sendEvent(desk.cards[3], enter_event())
    assert desk.previews[-1] is desk.cards[3].draft.take
    desk.cards[3].leaveEvent(None)
    assert desk.previews[-1] is desk.cards[1].draft.take


def enter_event():
    return QEnterEvent(QPointF(1, 1), QPointF(1, 1), QPointF(1, 1))


def test_keeping_by_the_button_leaves_the_focus_there_and_keys_of_actions_keep_no_other_take(with_takes, qtbot):
    desk, card = with_takes, with_takes.cards[1]
    card.keep_button.setFocus()
    qtbot.mouseClick(card.keep_button, Qt.MouseButton.LeftButton)
    kept = card.draft.take.applied_to(SONG)
    assert desk.document.song == kept and desk.panel.focusWidget() is card and desk.panel.takes.selected is None
    held = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for other in desk.cards:
        qtbot.keyClick(other, Qt.Key.Key_Return, held)
    assert desk.document.song == kept


def test_new_takes_are_shown_though_the_mouse_rests_where_older_ones_were(with_takes, qtbot):
    desk = with_takes
    QApplication.sendEvent(desk.cards[1], enter_event())
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.panel.generate()
    assert len(desk.cards) == 8 and desk.previews[-1] is desk.cards[0].draft.take


def test_the_takes_are_reachable_by_keyboard(with_takes, qtbot):
    desk = with_takes
    takes, cards = desk.panel.takes, desk.cards
    cards[0].setFocus()
    qtbot.keyClick(cards[0], Qt.Key.Key_Down)
    assert takes.selected is cards[1].draft
    qtbot.keyClick(cards[1], Qt.Key.Key_A)
    assert desk.playback.song == cards[1].draft.take.applied_to(SONG)
    qtbot.keyClick(cards[1], Qt.Key.Key_A)
    assert not desk.playback.playing
    qtbot.keyClick(cards[1], Qt.Key.Key_Delete)
    assert len(desk.cards) == 3 and takes.selected is cards[2].draft
    takes.select(None)
    QApplication.sendEvent(cards[2], QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.ActiveWindowFocusReason))
    assert takes.selected is None, "a dialog that is closed gives the focus back and chooses nothing"
    qtbot.keyClick(cards[2], Qt.Key.Key_Return)
    assert desk.document.song == cards[2].draft.take.applied_to(SONG)


def test_return_presses_generate(desk, qtbot):
    desk.mark()
    desk.form.generate_button.setFocus()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        qtbot.keyClick(desk.form.generate_button, Qt.Key.Key_Return)
    assert len(desk.cards) == 4 and desk.panel.focusWidget() is desk.cards[0]


def test_opening_another_song_clears_the_takes(with_takes):
    with_takes.document.load(Song(tracks=(Track(),)))
    assert not with_takes.cards and with_takes.previews[-1] is None


def test_fine_tuned_styles_are_listed_and_asked_for(desk, tmp_path, qtbot):
    write_style(tmp_path, Style("my songs", 7.0, 6.5, 36, 4, "2025-01-01T12:00:00", "lora"))
    desk.panel.reload_styles(choose="my songs")
    names = [desk.form.style_names.itemText(i) for i in range(desk.form.style_names.count())]
    assert names == ["Base model", "my songs"]
    assert desk.form.style_names.toolTip() == "my songs: 7.00 → 6.50 bits per note on 4 held-out songs"
    desk.mark()
    with qtbot.waitSignal(desk.client.requestFinished, timeout=30_000):
        desk.form.generate()
    assert desk.cards[0].draft.take.style == "my songs"
