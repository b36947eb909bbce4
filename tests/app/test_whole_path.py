"""The whole path in the real window: real model process, shipped model, real file, a sink that counts samples.

With RITORNELLO_SCREENSHOTS set to a folder, a picture of each stage is left there.
"""

import os
import random
from pathlib import Path

import mido
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog

from app.assistant.drafts import notes_in
from app.document import Document
from app.main_window import MainWindow
from app.model_client import ModelClient
from app.playback import Playback
from app.settings import Settings
from app.theme import ThemeKeeper
from core.files.midi import read_midi
from core.folders import BASE_MODEL, styles_folder
from core.generation.request import infill_cells
from core.music.locks import locks_of
from core.sound.engine import Engine

pytestmark = pytest.mark.timeout(300)

BEATS_PER_BAR, BARS, TICKS = 4, 16, 480
CHORDS = ((57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62))
FIRST, LAST = 8, 11
MARKED = (0, 1)
LOADING_MS, WRITING_MS = 120_000, 120_000


def write_song(path: Path) -> None:
    """Sixteen bars of piano, bass, strings and drums, with things in them that only a lossless editor keeps."""
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    heading = mido.MidiTrack([
        mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(112)), mido.MetaMessage("time_signature", numerator=4),
        mido.MetaMessage("text", text="a note from the composer"),
        mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(96), time=14 * BEATS_PER_BAR * TICKS)])
    file.tracks.append(heading)
    parts = [("Piano", 0, 0, piano), ("Bass", 33, 1, bass), ("Strings", 48, 2, strings), ("Drums", 0, 9, drums)]
    for name, program, channel, part in parts:
        events = [(0, mido.MetaMessage("track_name", name=name)),
                  (0, mido.Message("program_change", program=program, channel=channel)),
                  (0, mido.Message("control_change", control=91, value=40, channel=channel))]
        for bar in range(BARS):
            for beat, length, pitch, velocity in part(bar, CHORDS[bar % 4]):
                start = round((bar * BEATS_PER_BAR + beat) * TICKS)
                events.append((start, mido.Message("note_on", note=pitch, velocity=velocity, channel=channel)))
                events.append((start + round(length * TICKS) - 1,
                               mido.Message("note_off", note=pitch, velocity=64, channel=channel)))
        events.append((5 * TICKS, mido.Message("pitchwheel", pitch=300, channel=channel)))
        events.append((5 * TICKS + 1, mido.Message("pitchwheel", pitch=0, channel=channel)))
        events.sort(key=lambda event: event[0])
        ticks = [0, *(tick for tick, _ in events)]
        file.tracks.append(mido.MidiTrack(
            message.copy(time=now - before) for (now, message), before in zip(events, ticks, strict=False)))
    file.save(path)


def piano(bar, chord):
    """A tune that no bar repeats: takes differ from each other, and none is what stood there already."""
    tune = random.Random(bar).choices((57, 59, 60, 62, 64, 65, 67, 69, 71, 72, 74, 76), k=8)
    return [(beat / 2, 0.5, pitch, 70 + 10 * (beat % 2 == 0)) for beat, pitch in enumerate(tune)]


def bass(bar, chord):
    return [(beat, 1, chord[0] - 24 + (7 if beat == 3 else 0), 90) for beat in range(4)]


def strings(bar, chord):
    return [(0, 4, pitch + 12, 55) for pitch in chord]


def drums(bar, chord):
    kit = [(beat, 0.25, 36 if beat % 2 == 0 else 38, 100) for beat in range(4)]
    return sorted(kit + [(beat / 2, 0.25, 42, 70) for beat in range(8)])


class Studio:
    """The window as ``app.application`` makes it, but with a paced sink in place of a sound card."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.qtbot, self.folder = qtbot, folder
        self.document = Document()
        self.playback = Playback(Engine(sink="paced", record_seconds=60))
        styles = styles_folder()
        self.client = ModelClient(BASE_MODEL, styles)
        self.window = MainWindow(self.document, Settings(), ThemeKeeper("dark"), self.playback, self.client,
                                 BASE_MODEL, styles)
        self.panel = self.window.assistant
        self.shots = os.environ.get("RITORNELLO_SCREENSHOTS")
        self.stage = 0

    def show(self) -> None:
        self.window.show()
        self.qtbot.waitExposed(self.window)
        self.playback.start()
        self.client.start()

    def shoot(self, name: str) -> None:
        self.stage += 1
        if self.shots:
            self.qtbot.wait(100)
            Path(self.shots).mkdir(parents=True, exist_ok=True)
            self.window.grab().save(str(Path(self.shots) / f"{self.stage:02} {name}.png"))

    def do(self, action: str) -> None:
        assert self.window.qactions[action].isEnabled(), action
        self.window.qactions[action].trigger()

    def drag_bars(self, first: int, last: int) -> None:
        """Select bars as a person does: press on the first, drag to the last."""
        ruler, timebase = self.window.roll.ruler, self.document.song.timebase
        ends = [int(ruler.view.x(float(timebase.bar_start(bar)))) for bar in (first, last)]
        points = [QPoint(x + 12, 34) for x in ends]
        self.qtbot.mousePress(ruler, Qt.MouseButton.LeftButton, pos=points[0])
        self.qtbot.mouseMove(ruler, points[0] + QPoint(20, 0))
        self.qtbot.mouseMove(ruler, points[1])
        self.qtbot.mouseRelease(ruler, Qt.MouseButton.LeftButton, pos=points[1])

    def mark_tracks(self, tracks) -> None:
        rows = self.window.tracks.rows
        self.qtbot.mouseClick(rows[tracks[0]], Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
        for track in tracks[1:]:
            self.qtbot.mouseClick(rows[track], Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier,
                                  pos=QPoint(3, 3))

    def close(self) -> None:
        self.playback.close()
        self.client.close()
        self.document.undo_stack.setClean()


@pytest.fixture
def studio(qtbot, tmp_path):
    made = Studio(qtbot, tmp_path)
    qtbot.addWidget(made.window, before_close_func=lambda _: made.close())  # a test that failed is asked nothing
    return made


def events_outside(path: Path, tracks: set[str], first_tick: int, last_tick: int) -> list:
    """Every event of a file at its tick, save the notes that start in the marked bars of the marked tracks."""
    kept = []
    for track in mido.MidiFile(path).tracks:
        tick, sounding, events = 0, set(), []
        for message in track:
            tick += message.time
            is_note = message.type in ("note_on", "note_off")
            if is_note and track.name in tracks:
                starts = message.type == "note_on" and message.velocity > 0
                if starts and first_tick <= tick < last_tick:
                    sounding.add(message.note)
                    continue
                if not starts and message.note in sounding:
                    sounding.remove(message.note)
                    continue
            events.append((tick, str(message.copy(time=0))))
        kept.append(sorted(events[:-1]))  # the end of the track may move
    return kept


def test_the_whole_path(studio, qtbot, tmp_path, monkeypatch):
    source, exported = tmp_path / "source.mid", tmp_path / "exported.mid"
    write_song(source)
    window, document, panel, playback = studio.window, studio.document, studio.panel, studio.playback

    # Open
    studio.show()
    window.files.open_path(source)
    original = document.song
    assert [track.name for track in original.tracks] == ["Piano", "Bass", "Strings", "Drums"]
    assert original.bar_count == BARS
    studio.shoot("opened")

    # Select bars and tracks
    studio.do("zoom_song")
    studio.drag_bars(FIRST, LAST)
    studio.mark_tracks(MARKED)
    assert document.selection.cells == infill_cells(FIRST, LAST, MARKED)
    assert panel.request_panel.marked.text() == "Bars 9–12 on Piano, Bass"
    studio.shoot("selected")

    # Request: it may wait for the model, and is seen in the roll while it is written
    panel.request_panel.takes.setValue(3)
    seen = []
    panel.previewChanged.connect(lambda take: seen.append(take.note_count if take else 0))
    with qtbot.waitSignal(studio.client.requestFinished, timeout=LOADING_MS + WRITING_MS):
        studio.do("infill")
        qtbot.waitUntil(lambda: any(seen), timeout=LOADING_MS)
        studio.shoot("writing")
        assert not panel.takes.cards[0].keep_button.isEnabled()
    cards = panel.takes.cards
    takes = [card.draft.take for card in cards]
    assert len(takes) == 3 and all(take.note_count > 0 for take in takes)
    assert len({take.notes[0].tobytes() for take in takes}) > 1, "takes differ"
    assert document.song is original
    studio.shoot("takes")

    # Audition: the take is heard in place, from a bar before it, and another goes on from there
    start = int(original.timebase.bar_start(FIRST - 1))
    before = playback.state.samples_played
    qtbot.mouseClick(cards[1].audition_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: playback.playing and playback.state.samples_played > before + 44_100, timeout=20_000)
    assert start < playback.tick < original.timebase.bar_end(FIRST)
    here = playback.tick
    qtbot.mouseClick(cards[0].audition_button, Qt.MouseButton.LeftButton)
    assert playback.tick >= here and not cards[1].audition_button.isChecked()
    studio.shoot("auditioning")
    samples = playback.state.samples_played
    qtbot.waitUntil(lambda: playback.state.samples_played > samples + 22_050, timeout=20_000)
    qtbot.mouseClick(cards[0].audition_button, Qt.MouseButton.LeftButton)
    assert not playback.playing
    assert np.abs(playback._engine.recorded()).max() > 0.01, "something was heard"
    assert document.song is original

    # Accept, undo, redo
    qtbot.mouseClick(cards[0].keep_button, Qt.MouseButton.LeftButton)
    kept = document.song
    assert kept == takes[0].applied_to(original) != original
    assert document.undo_stack.count() == 1
    studio.shoot("accepted")
    studio.do("undo")
    assert document.song == original and len(panel.takes.cards) == 3
    studio.shoot("undone")
    studio.do("redo")
    assert document.song == kept
    assert cards[0].keep_button.text() == "In the song"

    # Export, open again, compare
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(exported), ""))
    studio.do("export_midi")
    document.undo_stack.setClean()
    window.files.open_path(exported)
    again = document.song
    for track, (expected, found) in enumerate(zip(kept.tracks, again.tracks, strict=True)):
        assert np.array_equal(expected.notes, found.notes), f"the notes of track {track + 1}"
    timebase = original.timebase
    bounds = {"Piano", "Bass"}, int(timebase.bar_start(FIRST)), int(timebase.bar_end(LAST))
    assert events_outside(source, *bounds) == events_outside(exported, *bounds)
    assert read_midi(exported).note_count == kept.note_count
    assert not panel.takes.cards
    studio.do("zoom_song")
    studio.shoot("reopened")


def test_the_rhythm_is_kept_and_locked_notes_stay(studio, qtbot, tmp_path):
    """Chosen in the form, asked of the model, accepted, undone: the same path with controls."""
    source = tmp_path / "source.mid"
    write_song(source)
    window, document, form = studio.window, studio.document, studio.panel.request_panel
    studio.show()
    window.files.open_path(source)
    original = document.song
    document.selection.select_bars(FIRST, FIRST + 1)
    studio.mark_tracks(MARKED)
    form.takes.setValue(2)
    cells = infill_cells(FIRST, FIRST + 1, MARKED)
    before = notes_in(original, cells)

    form.controls.head.click()
    form.controls.keep.setCurrentIndex(1)
    studio.shoot("keeping the rhythm")
    with qtbot.waitSignal(studio.client.requestFinished, timeout=LOADING_MS + WRITING_MS):
        studio.do("infill")
    cards = studio.panel.takes.cards
    assert "rhythm kept" in cards[0].toolTip()
    qtbot.mouseClick(cards[0].keep_button, Qt.MouseButton.LeftButton)
    after = notes_in(document.song, cells)
    for track in MARKED:
        for name in ("onset", "duration"):
            assert np.array_equal(np.sort(after[track][name]), np.sort(before[track][name])), f"{name} of {track}"
    assert any(not np.array_equal(after[track]["pitch"], before[track]["pitch"]) for track in MARKED)
    studio.shoot("rhythm kept")
    studio.do("undo")
    assert document.song == original

    form.controls.keep.setCurrentIndex(0)
    locked = before[0][:3]
    document.selection.set_current(0)
    document.selection.select_notes(locked)
    studio.do("lock")
    with qtbot.waitSignal(studio.client.requestFinished, timeout=WRITING_MS):
        studio.do("infill")
    for card in studio.panel.takes.cards[:2]:
        assert card.draft.request.controls.locked and np.isin(locked, card.draft.take.notes[0]).all()
    studio.shoot("locked notes stayed")
    qtbot.mouseClick(studio.panel.takes.cards[0].keep_button, Qt.MouseButton.LeftButton)
    assert document.song != original and document.locks == locks_of(0, locked)
    studio.do("undo")
    studio.do("undo")
    assert document.song == original and not document.locks
