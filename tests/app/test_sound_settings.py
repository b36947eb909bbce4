"""The dialog for sound and MIDI: what it offers, what choosing does at once, what is refused, what is remembered."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from app.playback import Playback
from app.settings import Settings
from app.sound_settings import SoundActions, SoundSettings
from core.music.song import Song, Track, make_notes
from core.sound.devices import Devices
from core.sound.engine import Engine
from core.sound.midi_ports import VIRTUAL
from core.sound.setup import NO_DEVICE, SoundFacts, SoundSetup
from core.sound.soundfonts import bundled_soundfont

WAIT = 20_000
FOUND = Devices(("Speakers (ALSA)", "Headphones (ALSA)"), "Speakers (ALSA)", "", ("Synth:in",), ("Keys:out",))
SONG = Song(480, (Track(make_notes([0], [480 * 100], [60], [90]), program=19),))


@pytest.fixture
def dialog(window, qtbot):
    made = SoundSettings(window.playback, window.settings, window, ask=lambda: FOUND)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.again.isEnabled, timeout=WAIT)
    return made


def texts(box) -> list[str]:
    return [box.itemText(i) for i in range(box.count())]


def choose(box, value: object) -> None:
    box.setCurrentIndex(box.findData(value))
    box.activated.emit(box.currentIndex())


def test_what_was_found_is_offered_and_the_default_is_chosen(dialog):
    assert texts(dialog.device) == ["The system's default (Speakers (ALSA))", "Speakers (ALSA)", "Headphones (ALSA)",
                                    "None: a silent transport"]
    assert "30 ms – the default" in texts(dialog.latency) and dialog.latency.currentData() == 0.03
    assert texts(dialog.soundfont)[0] == "The default (TimGM6mb)"
    assert texts(dialog.midi_output)[0] == "None" and texts(dialog.midi_output)[-1] == "Synth:in"
    assert "Keys:out" in texts(dialog.midi_input) and VIRTUAL in [dialog.midi_input.itemData(1)]
    assert dialog.chosen == SoundSetup()


def test_choosing_holds_at_once_and_is_remembered(dialog, window, tmp_path):
    choose(dialog.device, "Headphones (ALSA)")
    choose(dialog.latency, 0.1)
    choose(dialog.midi_output, "Synth:in")
    choose(dialog.midi_input, "Keys:out")
    expected = SoundSetup("Headphones (ALSA)", 0.1, "", "Synth:in", "Keys:out")
    assert window.playback.setup == expected
    window.settings._store.sync()
    assert Settings(tmp_path / "settings.ini").sound == expected


def test_what_is_chosen_but_not_there_stays_chosen_and_can_be_seen(window, qtbot):
    window.playback.setup = SoundSetup(device="Gone (ALSA)", midi_input="Gone:keys")
    dialog = SoundSettings(window.playback, window.settings, window, ask=lambda: FOUND)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT)
    assert dialog.device.currentText() == "Gone (ALSA) (not there)"
    choose(dialog.latency, 0.05)
    assert window.playback.setup == SoundSetup(device="Gone (ALSA)", latency=0.05, midi_input="Gone:keys")


def test_why_there_are_no_ports_or_devices_is_said(window, qtbot):
    found = Devices(problem="PortAudio is not installed.", midi_problem="MIDI ports need python-rtmidi.")
    dialog = SoundSettings(window.playback, window.settings, window, ask=lambda: found)
    dialog.show()
    qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT)
    assert dialog.problem.isVisible() and dialog.problem.text() == f"{found.problem} {found.midi_problem}"
    assert not dialog.midi_input.isEnabled() and dialog.device.isEnabled()
    dialog.close()


def test_a_slow_answer_neither_stalls_nor_outlives_the_dialog(window, qtbot):
    answered = threading.Event()

    def ask() -> Devices:
        answered.wait(20)
        return FOUND

    start = time.perf_counter()
    dialog = SoundSettings(window.playback, window.settings, window, ask=ask)
    dialog.show()
    assert time.perf_counter() - start < 10 and not dialog.again.isEnabled(), "the answer takes twenty seconds"
    dialog.close()
    dialog.deleteLater()
    qtbot.wait(10)
    answered.set()
    qtbot.wait(50)


def test_a_soundfont_file_is_chosen_by_dialog(dialog, window, tmp_path, monkeypatch):
    path = str(tmp_path / "mine.sf2")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *arguments: (path, ""))
    dialog.other.click()
    assert window.playback.setup.soundfont == path and dialog.soundfont.currentText() == "mine"


def test_a_refused_soundfont_goes_back_to_the_old_one_also_in_what_is_remembered(dialog, window):
    window.playback.setup = replace(window.playback.setup, soundfont="")
    window.settings.sound = SoundSetup(soundfont="/bad.sf2")
    window.playback.soundFontRefused.emit("/bad.sf2 is not a SoundFont but a text. The SoundFont before stays.")
    assert "not a SoundFont but a text" in dialog.problem.text() and dialog.problem.isVisible()
    assert dialog.soundfont.currentData() == "" and window.settings.sound.soundfont == ""


def test_what_is_in_use_is_shown(dialog, window):
    window.playback.factsChanged.emit(SoundFacts("Speakers (ALSA)", 0.034, "", VIRTUAL, "Keys:out"))
    shown = dialog.in_use.text()
    assert all(word in shown for word in ("Speakers (ALSA)", "34 ms", "TimGM6mb", "a port of our own", "Keys:out"))


def test_a_lost_device_opens_the_dialog_with_the_others(window, qtbot, monkeypatch):
    monkeypatch.setattr("app.sound_settings.SoundSettings.__init__.__defaults__", (None, lambda: FOUND))
    window.playback.deviceLost.emit("Speakers (ALSA)")
    dialog = window.sound.dialog
    qtbot.waitUntil(dialog.again.isEnabled, timeout=WAIT)
    assert dialog.isVisible() and "Speakers (ALSA) is gone" in dialog.problem.text()
    assert "Headphones (ALSA)" in texts(dialog.device)
    dialog._fill(replace(FOUND, midi_problem="There is no MIDI."))
    assert "is gone" in dialog.problem.text() and "no MIDI" in dialog.problem.text(), "one does not hide the other"
    choose(dialog.device, FOUND.outputs[1])
    assert dialog.problem.text() == "There is no MIDI."
    dialog.close()
    assert window.sound.dialog is None


def test_a_spoilt_latency_reads_as_the_default(tmp_path: Path):
    (tmp_path / "settings.ini").write_text("[sound]\nlatency=soon\ndevice=Speakers\n")
    assert Settings(tmp_path / "settings.ini").sound == SoundSetup(device="Speakers")


# -- with the engine -----------------------------------------------------------------------------


@pytest.fixture
def playing(qtbot, tmp_path):
    """A real engine without a device, playing, and its dialog."""
    playback = Playback(Engine(sink="paced", record_seconds=10))
    playback.set_song(SONG)
    settings = Settings(tmp_path / "settings.ini")
    dialog = SoundSettings(playback, settings, ask=lambda: FOUND)
    qtbot.addWidget(dialog)
    playback.play(0)
    qtbot.waitUntil(lambda: playback.tick > 480, timeout=WAIT)
    yield playback, dialog, settings
    playback.close()


def test_a_bad_soundfont_is_refused_while_playing_goes_on(playing, qtbot, tmp_path, monkeypatch):
    playback, dialog, settings = playing
    bad = tmp_path / "bad.sf2"
    bad.write_bytes(bundled_soundfont().read_bytes()[:100_000])
    said: list[str] = []
    playback.message.connect(said.append)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *arguments: (str(bad), ""))
    dialog.other.click()
    qtbot.waitUntil(lambda: bool(said), timeout=WAIT)
    assert "bad.sf2 was cut short" in said[0] and said[0] == dialog.problem.text()
    assert dialog.soundfont.currentData() == "" and settings.sound.soundfont == "" and playback.playing


def test_another_device_and_soundfont_keep_the_place(playing, qtbot, tmp_path):
    playback, dialog, settings = playing
    copy = tmp_path / "copy.sf2"
    copy.write_bytes(bundled_soundfont().read_bytes())
    choose(dialog.latency, 0.1)
    at = playback.tick
    choose(dialog.device, NO_DEVICE)
    assert playback.playing
    qtbot.waitUntil(lambda: playback.tick > at + 240, timeout=WAIT)
    dialog._offer(dialog.soundfont, {"": "default", str(copy): "copy"}, str(copy))
    dialog._apply()
    qtbot.waitUntil(lambda: "SoundFont copy" in dialog.in_use.text(), timeout=WAIT)
    assert playback.playing and playback.facts.soundfont == str(copy)
    assert settings.sound == SoundSetup(NO_DEVICE, 0.1, str(copy))


def test_the_actions_open_one_dialog_only(window):
    window.qactions["sound"].trigger()
    first = window.sound.dialog
    window.qactions["sound"].trigger()
    assert window.sound.dialog is first and isinstance(window.sound, SoundActions)
    first.close()
