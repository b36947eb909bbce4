"""What a port is sent: every note of the song when its sample is heard, and no note that is never let go."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from core.music.song import RawEvent, Song, Track, make_notes
from core.sound.midi_out import ALL_NOTES_OFF, HeardClock, MidiOut
from core.sound.renderer import Renderer
from core.sound.schedule import compile_song
from core.sound.synth import BLOCK, SilentSynth

RATE = 44100
BEAT = 480
OFF, ON, CONTROL, PROGRAM = 0x80, 0x90, 0xB0, 0xC0


class Port:
    """Keeps what it is sent, with the sample that was heard then."""

    def __init__(self, heard: Callable[[], int]) -> None:
        self.name, self.heard, self.got, self.closed = "port", heard, [], False

    def send(self, message: bytes) -> None:
        self.got.append((self.heard(), message))

    def close(self) -> None:
        self.closed = True


class Stage:
    """A renderer that is always ``ahead`` of a sink which goes on when told to."""

    def __init__(self, song: Song, ahead: int = 40 * BLOCK) -> None:
        self.played, self.ahead = 0, ahead
        self.port = Port(lambda: self.played)
        self.midi = MidiOut(HeardClock(lambda: self.played, lambda: (0, 0.0), lambda: 0, RATE), RATE)
        self.renderer = Renderer(self._make, compile_song(song, RATE))
        self.midi.use(self.port)

    def _make(self):
        return self.midi.tee(SilentSynth(), lambda: self.renderer.stream)

    def go_on(self, samples: int) -> None:
        """Let the sink take so many samples, a block at a time, and the port what they bring."""
        goal = self.played + samples
        while self.played < goal:
            self.renderer.render(max(0, (self.played + self.ahead - self.renderer.stream) // BLOCK))
            self.played += BLOCK
            self._let_it_send()

    def _let_it_send(self) -> None:
        sender = self.midi._sender
        end = time.monotonic() + 20
        while sender is not None and sender._waiting and sender._waiting[0][0] <= self.played - BLOCK:
            assert time.monotonic() < end
            time.sleep(0.0002)

    def stop(self) -> None:
        """As the host does it: what is rendered but not heard is taken back."""
        at = self.played + 8 * BLOCK
        self.renderer.rewind(at, np.zeros((0, 2), np.float32))
        self.renderer.stop()
        self.midi.hush(at)

    def messages(self, status: int) -> list[tuple[int, bytes]]:
        return [(at, m) for at, m in self.port.got if m[0] & 0xF0 == status]


@pytest.fixture
def stage() -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(song: Song, **options) -> Stage:
        made.append(Stage(song, **options))
        return made[-1]

    yield make
    for one in made:
        one.midi.close()


def stuck(port: Port) -> set[tuple[int, int]]:
    """The keys that are down after all that was sent."""
    down: set[tuple[int, int]] = set()
    for _, (status, *data) in port.got:
        channel, kind = status & 15, status & 0xF0
        if kind == ON:
            down.add((channel, data[0]))
        elif kind == OFF:
            down.discard((channel, data[0]))
        elif kind == CONTROL and data[0] == ALL_NOTES_OFF:
            down = {key for key in down if key[0] != channel}
    return down


def melody(*pitches: int, beats: float = 0.25) -> np.ndarray:
    count = len(pitches)
    return make_notes([round(i * beats * BEAT) for i in range(count)], [round(beats * BEAT)] * count, pitches,
                      [90] * count)


BAND = Song(BEAT, (Track(melody(60, 62, 64, 65), program=33), Track(melody(36, 38, 36, 38), is_drum=True),
                   Track(melody(72, 74, 76, 77), events=(RawEvent(BEAT // 2, b"\xb0\x40\x7f"),))))


def test_every_note_is_sent_when_its_sample_is_heard(stage) -> None:
    on = stage(BAND)
    on.renderer.play()
    on.go_on(RATE)
    notes = on.messages(ON)
    assert Counter((m[0] & 15, m[1]) for _, m in notes) == Counter(
        [(0, p) for p in (60, 62, 64, 65)] + [(9, p) for p in (36, 38) * 2] + [(2, p) for p in (72, 74, 76, 77)])
    for at, message in notes:
        if message[0] & 15 == 0:
            due = {60: 0, 62: 0.125, 64: 0.25, 65: 0.375}[message[1]] * RATE
            assert abs(at - due) <= 3 * BLOCK
    assert not stuck(on.port)


def test_programs_and_controllers_come_before_the_notes(stage) -> None:
    on = stage(BAND)
    on.renderer.play()
    on.go_on(RATE // 2)
    of_bass = [m for _, m in on.port.got if m[0] & 15 == 0]
    last_program = max(i for i, m in enumerate(of_bass) if m[0] == PROGRAM)
    assert of_bass[last_program] == bytes((PROGRAM, 33))
    assert last_program < next(i for i, m in enumerate(of_bass) if m[0] == ON)
    assert (CONTROL | 2, 64, 127) in [tuple(m) for _, m in on.port.got]


def test_stopping_lets_every_note_go_and_sends_nothing_more(stage) -> None:
    on = stage(Song(BEAT, (Track(melody(*range(40, 80), beats=0.05)), Track(melody(50, beats=30)))))
    on.renderer.play()
    on.go_on(RATE // 3)
    before = len(on.messages(ON))
    assert stuck(on.port)
    on.stop()
    on.go_on(RATE)
    assert not stuck(on.port)
    assert len(on.messages(ON)) <= before + 5, "only what sounds before the stop is heard"


@pytest.mark.parametrize("at", range(1000, 20000, 2345))
def test_wherever_it_is_stopped_and_located_no_note_hangs(stage, at: int) -> None:
    on = stage(BAND)
    on.renderer.play()
    on.go_on(at)
    on.renderer.rewind(on.played + 8 * BLOCK, np.zeros((0, 2), np.float32))
    on.renderer.locate(0)
    on.go_on(at)
    on.stop()
    on.go_on(RATE // 4)
    assert not stuck(on.port)


def test_closing_lets_go_at_once(stage) -> None:
    on = stage(Song(BEAT, (Track(melody(50, beats=30)),)))
    on.renderer.play()
    on.go_on(RATE // 10)
    assert stuck(on.port)
    on.midi.close()
    assert not stuck(on.port) and on.port.closed and on.midi.name == ""


def test_a_port_opened_while_playing_is_told_what_is_in_force(stage) -> None:
    on = stage(BAND)
    on.midi.close()
    on.renderer.play()
    on.go_on(RATE // 10)
    on.port.got.clear()
    on.midi.use(on.port)
    on.go_on(60 * BLOCK)
    assert bytes((PROGRAM, 33)) in [m for _, m in on.port.got]


def test_a_muted_track_is_not_sent_and_the_metronome_never(stage) -> None:
    on = stage(BAND.with_track(0, replace(BAND.tracks[0], mute=True)))
    on.renderer.set_metronome(True)
    on.renderer.play()
    on.go_on(RATE)
    assert {m[0] & 15 for _, m in on.messages(ON)} == {2, 9}
    assert {m[1] for _, m in on.messages(ON) if m[0] & 15 == 9} == {36, 38}


def test_more_tracks_than_channels_still_play(stage) -> None:
    on = stage(Song(BEAT, tuple(Track(melody(40 + i), program=i) for i in range(20))))
    on.renderer.play()
    on.go_on(RATE // 4)
    notes = on.messages(ON)
    assert {m[1] for _, m in notes} == set(range(40, 60))
    assert {m[0] & 15 for _, m in notes} == set(range(16)) - {9}


def test_between_two_steps_of_the_sink_time_goes_on_but_never_further() -> None:
    now, played, last_read = 0.0, 1000, (500, 0.0)
    heard = HeardClock(lambda: played, lambda: last_read, lambda: 100, 1000, lambda: now)
    assert heard.now() == 400
    now = 0.2
    assert heard.now() == pytest.approx(600)
    now = 9.0
    assert heard.now() == 900
    played, last_read = 1500, (500, 9.0)
    assert heard.now() == 900
