"""What the program remembers between starts, in one INI file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from app.pianoroll.quantise_choice import QuantiseChoice, choice_of
from core.folders import user_settings_file
from core.sound.setup import LATENCIES, SoundSetup

MOST_RECENT = 10
MOST_RECENT_ACTIONS = 12


class Settings:
    """Reads and writes at once; a missing or spoilt entry reads as its default."""

    def __init__(self, path: Path | None = None) -> None:
        self._store = QSettings(str(path or user_settings_file()), QSettings.Format.IniFormat)

    def _text(self, key: str, default: str) -> str:
        value = self._store.value(key, default)
        return value if isinstance(value, str) else default

    def _bytes(self, key: str) -> QByteArray:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    @property
    def window(self) -> tuple[QByteArray, QByteArray, QByteArray]:
        """The window's geometry, its docks and the splitter; empty on a first start."""
        return self._bytes("window/geometry"), self._bytes("window/state"), self._bytes("window/splitter")

    @window.setter
    def window(self, state: tuple[QByteArray, QByteArray, QByteArray]) -> None:
        for key, value in zip(("geometry", "state", "splitter"), state, strict=True):
            self._store.setValue(f"window/{key}", value)

    @property
    def folder(self) -> str:
        """Where the last file was opened, saved or exported; the home folder at first."""
        folder = self._text("files/folder", "")
        return folder if folder and Path(folder).is_dir() else str(Path.home())

    @property
    def recent(self) -> list[Path]:
        """The files opened or saved last, newest first; some may be there no more."""
        value = self._store.value("files/recent", [])
        names = [value] if isinstance(value, str) else value or []
        return [Path(name) for name in names if isinstance(name, str) and Path(name).is_absolute()]

    def remember_file(self, path: Path) -> None:
        path = path.resolve()
        others = [other for other in self.recent if other != path]
        self._store.setValue("files/recent", [str(p) for p in [path, *others][:MOST_RECENT]])
        self.remember_folder(path.parent)

    def forget_recent(self) -> None:
        self._store.remove("files/recent")

    def remember_folder(self, folder: Path) -> None:
        self._store.setValue("files/folder", str(folder.resolve()))

    @property
    def language(self) -> str:
        """A code such as "de" or "pt_BR"; empty for the system's. It can be set in the file alone."""
        return self._text("view/language", "")

    @property
    def theme(self) -> str:
        """"system", "dark" or "light"."""
        theme = self._text("view/theme", "system")
        return theme if theme in ("dark", "light") else "system"

    @theme.setter
    def theme(self, choice: str) -> None:
        self._store.setValue("view/theme", choice)

    def _is_on(self, key: str, default: bool) -> bool:
        return self._text(key, "yes" if default else "no") == "yes"

    @property
    def follow(self) -> str:
        """How the roll follows the playhead: "page", "continuous" or ""."""
        how = self._text("view/follow", "page")
        return {"no": "", "continuous": "continuous"}.get(how, "page")

    @follow.setter
    def follow(self, how: str) -> None:
        self._store.setValue("view/follow", how or "no")

    def shows(self, part: str, default: bool = True) -> bool:
        """Whether a part of the window, or a manner of it, is on."""
        return self._is_on(f"view/{part}", default)

    def set_shows(self, part: str, on: bool) -> None:
        self._store.setValue(f"view/{part}", "yes" if on else "no")

    @property
    def metronome(self) -> bool:
        return self._is_on("transport/metronome", False)

    @metronome.setter
    def metronome(self, on: bool) -> None:
        self._store.setValue("transport/metronome", "yes" if on else "no")

    @property
    def count_in(self) -> bool:
        return self._is_on("transport/count_in", False)

    @count_in.setter
    def count_in(self, on: bool) -> None:
        self._store.setValue("transport/count_in", "yes" if on else "no")

    @property
    def grid(self) -> str:
        return self._text("view/grid", "")

    @grid.setter
    def grid(self, name: str) -> None:
        self._store.setValue("view/grid", name)

    @property
    def library(self) -> str:
        """The folder of the library that was chosen for requests last; empty for none."""
        return self._text("assistant/library", "")

    @library.setter
    def library(self, folder: str) -> None:
        self._store.setValue("assistant/library", folder)

    @property
    def recent_actions(self) -> list[str]:
        """The ids of the actions that were run from the palette last, newest first."""
        value = self._store.value("palette/recent", [])
        names = [value] if isinstance(value, str) else value or []
        return [name for name in names if isinstance(name, str)]

    def remember_action(self, name: str) -> None:
        others = [other for other in self.recent_actions if other != name]
        self._store.setValue("palette/recent", [name, *others][:MOST_RECENT_ACTIONS])

    def _whole(self, key: str, default: int) -> int:
        value = self._text(key, "")
        return int(value) if value.isdecimal() else default

    @property
    def lane(self) -> str:
        """What the lane under the notes shows; it may be the name of nothing."""
        return self._text("view/lane", "")

    @lane.setter
    def lane(self, kind: str) -> None:
        self._store.setValue("view/lane", kind)

    @property
    def lane_shown(self) -> bool:
        return self._is_on("view/lane_shown", True)

    @lane_shown.setter
    def lane_shown(self, on: bool) -> None:
        self._store.setValue("view/lane_shown", "yes" if on else "no")

    @property
    def lane_height(self) -> int:
        """In pixels."""
        return self._whole("view/lane_height", 96)

    @lane_height.setter
    def lane_height(self, height: int) -> None:
        self._store.setValue("view/lane_height", str(height))

    @property
    def quantise(self) -> QuantiseChoice:
        """How notes were quantised last."""
        return choice_of(self._text("notes/quantise", ""))

    @quantise.setter
    def quantise(self, choice: QuantiseChoice) -> None:
        self._store.setValue("notes/quantise", choice.as_text())

    @property
    def sound(self) -> SoundSetup:
        """The sound output, SoundFont and MIDI ports that were chosen."""
        default = SoundSetup()
        try:
            latency = float(self._text("sound/latency", str(default.latency)))
        except ValueError:
            latency = default.latency
        names = {key: self._text(f"sound/{key}", "") for key in ("device", "soundfont", "midi_output", "midi_input")}
        return SoundSetup(latency=latency if latency in LATENCIES else default.latency, **names)

    @sound.setter
    def sound(self, setup: SoundSetup) -> None:
        for key, value in vars(setup).items():
            self._store.setValue(f"sound/{key}", str(value))

    @property
    def quantise_recording(self) -> bool:
        """Whether what is recorded is put on the grid."""
        return self._text("recording/quantise", "yes") != "no"

    @quantise_recording.setter
    def quantise_recording(self, on: bool) -> None:
        self._store.setValue("recording/quantise", "yes" if on else "no")
