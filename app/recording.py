"""Playing in: from the MIDI keyboard while the song runs, or step by step, a note for each key."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.document import Change, Document
from app.pianoroll.roll import PianoRoll
from app.playback import COUNT_IN_BARS, Playback
from app.settings import Settings
from app.translation import counted, later, tr
from app.transport import TransportActions
from core.music.edits import exchange_notes
from core.music.recording import (
    ControlEvent,
    KeyEvent,
    quantised,
    recorded_controls,
    recorded_notes,
    with_recording,
)
from core.music.song import EMPTY_NOTES, make_notes
from core.sound.schedule import BEND, CONTROL, NOTE_OFF, NOTE_ON, PRESSURE
from core.sound.setup import KeyHeard

SUSTAIN = 64
EARLY_SECONDS = 0.2
"""A key pressed so soon before the count-in is over was meant for the first beat."""
STEP_VELOCITY = 90
"""Of notes that are entered with the mouse on the keyboard at the roll's left."""


class Recording(QObject):
    """Records into the track that is current when it begins, and steps into the one that is current."""

    changed = Signal()
    """Recording or step input has begun or ended."""
    said = Signal(str)
    """What happened, or why nothing did, for the status bar."""
    keyboardWanted = Signal()
    """There is no MIDI keyboard to record from."""
    stepped = Signal(int)
    """Step input goes on at this tick."""

    def __init__(self, document: Document, playback: Playback, roll: PianoRoll, settings: Settings,
                 transport: TransportActions) -> None:
        super().__init__(roll)
        self._document, self._playback, self._roll, self._settings = document, playback, roll, settings
        self._transport = transport
        self.recording = self.stepping = False
        self._track = 0
        self._events: list[KeyEvent] = []
        self._controls: list[ControlEvent] = []
        self._down: set[int] = set()
        self._onset: int | None = None
        playback.keyHeard.connect(self._key_heard)
        playback.playingChanged.connect(self._playing_changed)
        document.songChanged.connect(self._song_changed)
        document.selection.currentChanged.connect(self._tell_instrument)
        roll.keyboard.pitchClicked.connect(self._clicked)
        self._tell_instrument()

    @property
    def quantising(self) -> bool:
        return self._settings.quantise_recording

    def toggle_quantise(self) -> None:
        """Put what is recorded on the grid, or leave it as it was played."""
        self._settings.quantise_recording = not self.quantising
        self.changed.emit()

    def _tell_instrument(self) -> None:
        if (track := self._document.current_track) is not None:
            self._playback.set_keys(track)

    # -- recording -----------------------------------------------------------------------------

    def toggle(self) -> None:
        """Count in and record from the playhead on; again to stop."""
        if self.recording:
            self._playback.stop()
        elif not (self._playback.facts.midi_input or self._playback.setup.midi_input):
            self.said.emit(tr("Choose the MIDI keyboard to record from"))
            self.keyboardWanted.emit()
        else:
            self._begin()

    def _begin(self) -> None:
        self._playback.stop()
        self._track, self.recording = self._document.selection.current, True
        self._events, self._controls = [], []
        self.stepping = False
        self._playback.play(count_in_bars=COUNT_IN_BARS, endless=True)
        self.said.emit(tr("Recording. Press the key again, or Space, to stop"))
        self.changed.emit()

    def _playing_changed(self, playing: bool) -> None:
        if self.recording and not playing:
            self.recording = False
            self._keep(self._playback.tick)
            self.changed.emit()

    def _keep(self, end: int) -> None:
        song = self._document.song
        controls = recorded_controls(self._controls, end, self._loop(), self._channel())
        notes = recorded_notes(self._events, end, self._loop())
        self._events, self._controls = [], []
        self._roll.clear_preview()
        if not len(notes) and not controls:
            self.said.emit(tr("Nothing was recorded"))
            return
        if self.quantising:
            notes = quantised(notes, lambda tick: self._roll.snapped(tick, free=False), self._roll.draw_length)
        after = with_recording(song, self._track, notes, controls)
        on_it = self._track == self._document.selection.current
        self._document.replace_song(after, tr("Record"), select=notes if on_it else None)
        also = tr(", and {count} moves of pedals and wheels", count=len(controls)) if controls else ""
        self.said.emit(counted(len(notes), later("Recorded {count} note"), later("Recorded {count} notes")) + also)

    def _channel(self) -> int:
        tracks = self._document.song.tracks
        return (tracks[self._track].channel or 0) if self._track < len(tracks) else 0

    def _loop(self) -> tuple[int, int] | None:
        return self._transport.loop if self._transport.looping else None

    def _song_changed(self, change: Change) -> None:
        """The recording stays with its track, wherever that is moved; where the track is gone, so is the recording."""
        self._tell_instrument()
        if not self.recording:
            return
        own = change.before.tracks[self._track]
        place = next((number for number, track in enumerate(change.after.tracks) if track is own), None)
        if place is not None and not change.opened:
            self._track = place
        elif change.opened or len(change.after.tracks) != len(change.before.tracks):
            self._events, self._controls = [], []
            self.said.emit(tr("The recording was given up: its track has changed"))
            self._playback.stop()

    # -- keys ----------------------------------------------------------------------------------

    def _key_heard(self, key: KeyHeard) -> None:
        if self.recording and key.moving:
            self._record(key)
        elif self.stepping and not self._playback.playing:
            self._step(key)

    def _record(self, key: KeyHeard) -> None:
        if key.status in (CONTROL, PRESSURE, BEND):  # also while counting in: a pedal is down before the first note
            self._controls.append(ControlEvent(key.tick, key.status, key.a, key.b))
        if key.status not in (NOTE_ON, NOTE_OFF) or key.ahead > EARLY_SECONDS:
            return
        self._events.append(KeyEvent(key.tick, key.a, key.b if key.status == NOTE_ON else 0))
        self._roll.set_preview({self._track: recorded_notes(self._events, key.tick, self._loop())})

    # -- step input ----------------------------------------------------------------------------

    def toggle_step(self) -> None:
        """Let each key write a note at the playhead, or no longer."""
        self.stepping = not self.stepping
        self._down.clear()
        self._onset = None
        if self.stepping:
            self._playback.start()
            self.said.emit(tr("Step input: each key writes a note of a grid step. The pedal leaves a step empty"))
        self.changed.emit()

    def _step(self, key: KeyHeard) -> None:
        """Keys that are down together are a chord: the step is over when the last of them is let go."""
        if key.status == NOTE_ON:
            if not self._down:
                self._onset = self._cursor()
            self._down.add(key.a)
            self._write(self._onset, key.a, key.b)
        elif key.status == NOTE_OFF and key.a in self._down:
            self._down.discard(key.a)
            if not self._down:
                self._move_on(self._onset)
        elif key.status == CONTROL and key.a == SUSTAIN and key.b >= 64 and not self._down:
            self._move_on(self._cursor())

    def _clicked(self, pitch: int) -> None:
        if self.stepping and not self._playback.playing:
            at = self._cursor()
            self._write(at, pitch, STEP_VELOCITY)
            self._move_on(at)

    def _cursor(self) -> int:
        return self._roll.snapped(self._roll.canvas.playhead, free=False, down=True)

    def _write(self, at: int, pitch: int, velocity: int) -> None:
        if self._document.current_track is None:
            return
        note = make_notes([at], [self._roll.draw_length(at)], [pitch], [velocity])
        song, track = self._document.song, self._document.selection.current
        self._document.replace_song(exchange_notes(song, track, EMPTY_NOTES, note), tr("Step input"), select=note)

    def _move_on(self, onset: int) -> None:
        self.stepped.emit(onset + self._roll.draw_length(onset))
