"""``main.py pictures``: every panel and dialog, light and dark, at one and two device pixels a pixel, in docs/images.

The window is the program's own, with the demo song; the takes are the shipped model's, from a seed that stays, so the
pictures come out alike each time but for the seconds they say the model took.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

ROOT = Path(__file__).parent.parent
SIZE = (1440, 860)
THEMES, SCALES = ("light", "dark"), (1, 2)
SETTLE_MS = 120
SEED, WAIT_MS = 7, 120_000
"""Of the takes, and how long to wait for them."""
COLOURS = 256

DIALOGS = {
    "palette": "palette", "help": "help", "sound": "sound", "studio": "studio", "timing": "timing",
    "export-audio": "export_audio", "quantise": "quantise_notes", "instrument": "instrument",
}
"""What opens each dialog: the id of an action."""


def main(arguments: list[str]) -> int:
    """Run the command line ``pictures``; returns the exit status."""
    parser = argparse.ArgumentParser("main.py pictures", description="Every panel and dialog, light and dark, at one "
                                     "and two device pixels a pixel.")
    parser.add_argument("-o", "--out", metavar="FOLDER", type=Path, default=ROOT / "docs" / "images",
                        help="where to put them (default: docs/images)")
    parser.add_argument("--scale", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    chosen.out.mkdir(parents=True, exist_ok=True)
    if chosen.scale:
        return shoot_all(chosen.out, chosen.scale)
    for scale in SCALES:  # Qt takes up the scale once, when it starts
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
        code = "import sys; from app.pictures import main; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "-o", str(chosen.out.resolve()), "--scale", str(scale)]
        if status := subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            return status
    print(f"{len(list(chosen.out.glob('*@*.png')))} pictures in {chosen.out}")
    return 0


def shoot_all(folder: Path, scale: int) -> int:
    application = QApplication.instance() or QApplication(sys.argv[:1])
    for theme in THEMES:
        with tempfile.TemporaryDirectory() as home:  # so that no window begins as the one before ended
            os.environ["RITORNELLO_HOME"] = home
            window = _window(theme)
            for name, widget in _panels(window):
                _keep(widget, folder / f"{name}-{theme}@{scale}x.png")
            for name, action in DIALOGS.items():
                _shoot_dialog(window, action, folder / f"{name}-{theme}@{scale}x.png")
            window.document.load(window.document.song)  # nothing is asked about when it closes
            window.close()
            window.client.close()
            application.processEvents()
    return 0


def _window(theme: str):
    from app.application import make_window
    from app.document import Document

    window = make_window(Document())
    window.settings.theme = theme
    window.themes.choose(theme)
    window.files.load_demo()
    window.resize(*SIZE)
    window.show()
    QTest.qWait(SETTLE_MS)
    return window


def _panels(window):
    """The main window in its states, one after another."""
    document, selection = window.document, window.selection
    selection.select_bars(4, 7)
    selection.select_tracks(range(min(2, len(document.song.tracks))))
    yield "window", window
    _bring_takes(window)
    yield "takes", window
    window.history_dock.show()
    track = document.current_track
    selection.select_notes(track.notes[:12])
    for name in ("octave_up", "semitone_down", "louder", "mute", "undo"):
        window.qactions[name].trigger()
    QTest.qWait(SETTLE_MS)
    yield "history", window


def _bring_takes(window) -> None:
    panel = window.assistant
    panel.request_panel.seed.setText(str(SEED))
    panel.request_panel.lock_seed.setChecked(True)
    waiting = QEventLoop()
    for ended in (window.client.requestFinished, window.client.requestFailed, window.client.unavailable):
        ended.connect(waiting.quit)
    QTimer.singleShot(WAIT_MS, waiting.quit)
    window.qactions["infill"].trigger()
    waiting.exec()
    if panel.takes.cards:
        panel.takes.select(panel.takes.cards[1])
    QTest.qWait(SETTLE_MS)


def _shoot_dialog(window, name: str, path: Path) -> None:
    """Open a dialog by its action, keep it, close it. One that waits for an answer is met from its own event loop."""
    action = window.qactions[name]

    def shoot() -> None:
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                _keep(dialog, path)
                dialog.reject()

    QTimer.singleShot(3 * SETTLE_MS, shoot)
    action.trigger()
    QTest.qWait(5 * SETTLE_MS)


def _keep(widget: QWidget, path: Path) -> None:
    few_colours(widget.grab().toImage()).save(str(path), "PNG", 0)


def few_colours(image: QImage) -> QImage:
    """The picture in the 256 colours it has most of, the others as the nearest of these: a third of the size."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    height, width = image.height(), image.width()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(height, image.bytesPerLine() // 4)[:, :width]
    found, where, count = np.unique(pixels, return_inverse=True, return_counts=True)
    kept = found[np.argsort(-count, kind="stable")[:COLOURS]]
    nearest = np.concatenate([
        np.abs(_channels(part)[:, None] - _channels(kept)[None]).sum(axis=2).argmin(axis=1)
        for part in np.array_split(found, max(1, len(found) // 512))])
    rows = np.zeros((height, -(-width // 4) * 4), dtype=np.uint8)
    rows[:, :width] = nearest[where].reshape(height, width)
    made = QImage(rows.tobytes(), width, height, rows.shape[1], QImage.Format.Format_Indexed8)
    made.setColorTable([int(colour) | 0xFF000000 for colour in kept])
    return made.copy()


def _channels(colours: np.ndarray) -> np.ndarray:
    return np.stack([(colours >> shift) & 0xFF for shift in (0, 8, 16)], axis=1).astype(np.int32)
