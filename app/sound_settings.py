"""The dialog for sound and MIDI: device, buffer, SoundFont and ports. What is chosen holds at once."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QWidget,
)

from app.form import Form
from app.playback import Playback
from app.settings import Settings
from app.translation import later, tr
from core.sound.devices import Devices, list_devices
from core.sound.midi_ports import VIRTUAL
from core.sound.setup import LATENCIES, NO_DEVICE, SoundFacts, SoundSetup
from core.sound.sink import DEVICE_LATENCY
from core.sound.soundfonts import default_soundfont, find_soundfonts

REMARKS = {LATENCIES[0]: later("answers soonest"), DEVICE_LATENCY: later("the default"),
           LATENCIES[-1]: later("for a very busy machine")}


class SoundActions(QObject):
    """Opens the dialog, one at a time, also by itself when a device has gone away."""

    def __init__(self, playback: Playback, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._playback, self._settings, self._window = playback, settings, window
        self.dialog: SoundSettings | None = None
        playback.deviceLost.connect(self._offer_others)

    def open(self) -> None:
        if self.dialog is None:
            self.dialog = SoundSettings(self._playback, self._settings, self._window)
            self.dialog.finished.connect(self._closed)
        self.dialog.show()
        self.dialog.raise_()

    def _closed(self) -> None:
        self.dialog.deleteLater()
        self.dialog = None

    def _offer_others(self, device: str) -> None:
        self.open()
        self.dialog.say(tr("{device} is gone, so playing has paused. Choose another output, "
                           "or the same once it is back.",
                           device=device))


class SoundSettings(QDialog):
    """Chooses among what ``ask`` finds, which is asked in a thread and may take seconds."""

    _listed = Signal(object)

    def __init__(self, playback: Playback, settings: Settings, parent: QWidget | None = None,
                 ask: Callable[[], Devices] = list_devices) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Sound and MIDI"))
        self._playback, self._settings, self._ask = playback, settings, ask
        self._said = self._missing = ""
        self.device = self._box(tr("Output device"))
        self.latency = self._box(tr("Buffer"))
        self.soundfont = self._box(tr("SoundFont"))
        self.midi_output = self._box(tr("MIDI output"))
        self.midi_input = self._box(tr("MIDI keyboard"))
        self.other = QPushButton(tr("Other…"), autoDefault=False, toolTip=tr("Choose a SoundFont file (.sf2, .sf3)"))
        self.problem = QLabel(wordWrap=True, objectName="Problem", visible=False)
        self.in_use = QLabel(wordWrap=True, objectName="InUse")
        self._lay_out()
        self._fill(Devices())
        self._fill_soundfonts()
        self._connect()
        playback.start()
        self._show_facts(playback.facts)
        self.look_again()

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(accessibleName=name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(34)
        return box

    def _lay_out(self) -> None:
        form = Form(self)
        form.setVerticalSpacing(10)
        fonts = QHBoxLayout()
        fonts.setSpacing(8)
        fonts.addWidget(self.soundfont, 1)
        fonts.addWidget(self.other)
        form.addRow(self.problem)
        form.addRow(tr("Output device"), self.device)
        form.addRow(tr("Buffer"), self.latency)
        form.addRow(tr("SoundFont"), fonts)
        form.addRow(tr("MIDI output"), self.midi_output)
        form.addRow(tr("MIDI keyboard"), self.midi_input)
        form.addRow(self.in_use)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.again = buttons.addButton(tr("Look Again"), QDialogButtonBox.ButtonRole.ActionRole)
        for button in buttons.buttons():
            button.setAutoDefault(False)
        self.again.setToolTip(tr("Look for what has been plugged in meanwhile"))
        buttons.rejected.connect(self.reject)
        form.addRow(buttons)
        self.setMinimumWidth(520)

    def _connect(self) -> None:
        for box in (self.device, self.latency, self.soundfont, self.midi_output, self.midi_input):
            box.activated.connect(self._apply)
        self.other.clicked.connect(self._choose_file)
        self.again.clicked.connect(self.look_again)
        self._listed.connect(self._fill)
        self._playback.factsChanged.connect(self._show_facts)
        self._playback.soundFontRefused.connect(self._refused)

    # -- what there is -------------------------------------------------------------------------

    def look_again(self) -> None:
        """Ask for the devices and ports anew."""
        self.again.setEnabled(False)

        def ask() -> None:
            found = self._ask()
            try:
                self._listed.emit(found)
            except RuntimeError:
                return  # the dialog was closed meanwhile

        threading.Thread(target=ask, name="device list", daemon=True).start()

    def _fill(self, found: Devices) -> None:
        setup = self._playback.setup
        default = tr("The system's default ({default})", default=found.default) if found.default \
            else tr("The system's default")
        self._offer(self.device, {"": default, **{name: name for name in found.outputs},
                                  NO_DEVICE: tr("None: a silent transport")}, setup.device)
        self._offer(self.latency, {seconds: _words_for(seconds) for seconds in LATENCIES}, setup.latency)
        own = {VIRTUAL: tr("A port of our own, for other programs to connect to")}
        if found.midi_problem or sys.platform == "win32":  # Windows knows no such ports
            own = {}
        for box, names, chosen in ((self.midi_output, found.midi_outputs, setup.midi_output),
                                   (self.midi_input, found.midi_inputs, setup.midi_input)):
            self._offer(box, {"": tr("None"), **own, **{name: name for name in names}}, chosen)
            box.setEnabled(not found.midi_problem)
            box.setToolTip(found.midi_problem)
        self.again.setEnabled(True)
        self._missing = " ".join(filter(None, (found.problem, found.midi_problem)))
        self._show_problem()

    def _fill_soundfonts(self) -> None:
        default, chosen = default_soundfont(), self._playback.setup.soundfont
        fonts = {"": tr("The default ({name})", name=default.stem) if default
                 else tr("The default (none is installed)")}
        fonts |= {str(path): path.stem for path in find_soundfonts() if path != default}
        if chosen:
            fonts.setdefault(chosen, Path(chosen).stem)
        self._offer(self.soundfont, fonts, chosen)

    def _offer(self, box: QComboBox, texts: dict, chosen: object) -> None:
        """Fill a box with what can be chosen, by value; what is chosen but not there can be seen and stays chosen."""
        with QSignalBlocker(box):
            box.clear()
            for value, text in texts.items():
                box.addItem(text, value)
                box.setItemData(box.count() - 1, str(value) if value and value != text else "",
                                Qt.ItemDataRole.ToolTipRole)
            if chosen not in texts:
                box.addItem(tr("{chosen} (not there)", chosen=chosen), chosen)
            box.setCurrentIndex(box.findData(chosen))

    # -- choosing ------------------------------------------------------------------------------

    @property
    def chosen(self) -> SoundSetup:
        return SoundSetup(self.device.currentData(), self.latency.currentData(), self.soundfont.currentData(),
                          self.midi_output.currentData(), self.midi_input.currentData())

    def _apply(self) -> None:
        self.say("")
        self._settings.sound = self.chosen
        self._playback.change_setup(self.chosen)

    def _choose_file(self) -> None:
        folder = str(Path(self.soundfont.currentData() or self._settings.folder).parent)
        name, _ = QFileDialog.getOpenFileName(self, tr("SoundFont"), folder,
                                              tr("SoundFonts (*.sf2 *.sf3);;All files (*)"))
        if name:
            fonts = {self.soundfont.itemData(i): self.soundfont.itemText(i) for i in range(self.soundfont.count())}
            self._offer(self.soundfont, fonts | {name: Path(name).stem}, name)
            self._apply()

    def _refused(self, reason: str) -> None:
        """The old one stays, also in what is remembered."""
        self._settings.sound = replace(self._settings.sound, soundfont=self._playback.setup.soundfont)
        self._fill_soundfonts()
        self.say(reason)

    # -- what is said --------------------------------------------------------------------------

    def say(self, sentence: str) -> None:
        """Say what has happened, until something is chosen; why there are no devices or ports is told below it."""
        self._said = sentence
        self._show_problem()

    def _show_problem(self) -> None:
        text = "\n".join(filter(None, (self._said, self._missing)))
        self.problem.setText(text)
        self.problem.setVisible(bool(text))

    def _show_facts(self, facts: SoundFacts) -> None:
        if not facts.device:
            self.in_use.setText(tr("The sound engine is starting…"))
            return
        font = Path(facts.soundfont).stem if facts.soundfont else getattr(default_soundfont(), "stem", tr("none"))
        parts = [tr("In use: {device}", device=facts.device), tr("SoundFont {font}", font=font)]
        if facts.latency:
            parts.insert(1, tr("{latency:.0f} ms of latency", latency=facts.latency * 1000))
        for label, port in ((tr("MIDI to"), facts.midi_output), (tr("MIDI from"), facts.midi_input)):
            if port:
                own = tr("a port of our own")
                parts.append(f"{label} {own if port == VIRTUAL else port}")
        self.in_use.setText("   ·   ".join(parts))


def _words_for(seconds: float) -> str:
    remark = REMARKS.get(seconds)
    return f"{seconds * 1000:.0f} ms" + (f" – {tr(remark)}" if remark else "")
