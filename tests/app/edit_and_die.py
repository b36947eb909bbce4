"""A scripted editing session that somebody is going to kill: edits and saves at random, and keeps a log.

    python edit_and_die.py AUTOSAVE_FOLDER SONG_FILE LOG SEED DELAY_MS

A line of the log is a JSON list: the time, what is about to be done, and the digest of the song as it will then be.
What is about to be saved is named ``saving``, what has been saved ``saved``.
"""

import hashlib
import json
import random
import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from app.document import Document
from app.recovery import Autosave
from core.music.edits import exchange_notes, shifted
from core.music.song import EMPTY_NOTES, Song, Track, make_notes


def digest(song: Song) -> str:
    return hashlib.sha256(b"".join(track.notes.tobytes() for track in song.tracks)).hexdigest()[:16]


class Session:
    """Edits ``document`` every few milliseconds as long as it is let live."""

    def __init__(self, document: Document, path: Path, log: Path, seed: int) -> None:
        self.document, self.path = document, path
        self.log = log.open("w")
        self.random = random.Random(seed)
        QTimer.singleShot(0, self.step)

    def say(self, what: str, song: Song) -> None:
        self.log.write(json.dumps([time.time(), what, digest(song)]) + "\n")
        self.log.flush()

    def step(self) -> None:
        stack, song = self.document.undo_stack, self.document.song
        match self.random.choices(("draw", "move", "undo", "redo", "save"), (50, 30, 10, 8, 2))[0]:
            case "draw":
                onset, pitch = self.random.randrange(100_000), self.random.randrange(30, 90)
                self.edit(exchange_notes(song, 0, EMPTY_NOTES, make_notes([onset], [240], [pitch], [80])))
            case "move" if len(song.tracks[0].notes):
                note = song.tracks[0].notes[:1]
                self.edit(exchange_notes(song, 0, note, shifted(note, 120)))
            case "undo" if stack.canUndo():
                self.say("undo", stack.command(stack.index() - 1).change.before)
                stack.undo()
            case "redo" if stack.canRedo():
                self.say("redo", stack.command(stack.index()).change.after)
                stack.redo()
            case "save":
                self.say("saving", song)
                self.document.save(self.path)
                self.say("saved", song)
        QTimer.singleShot(self.random.randrange(10, 80), self.step)

    def edit(self, after: Song) -> None:
        self.say("edit", after)
        self.document.replace_song(after, "Edit")


def main() -> None:
    folder, path, log, seed, delay = sys.argv[1:]
    application = QGuiApplication([])
    document = Document()
    autosave = Autosave(document, Path(folder), int(delay))
    start = np.arange(0, 20_000 * 60, 60)
    document.load(Song(tracks=(Track(EMPTY_NOTES), Track(make_notes(start, start * 0 + 50, start * 0 + 40,
                                                                    start * 0 + 70)))), title=Path(path).stem)
    document.save(Path(path))
    session = Session(document, Path(path), Path(log), int(seed))
    session.say("saved", document.song)
    application.exec()
    autosave.close()


if __name__ == "__main__":
    main()
