"""Composes the demo song: "Evening Round", sixteen bars in D major for flute, guitar, bass and brushes.

Run from the root of the project: ``python resources/demo/compose.py`` writes ``resources/demo/demo.mid``.

The form is A A' B A''. The theme is stated in bars 1-4, answered in 5-8, led away in 9-12, and begins to come back
in 13-14; bars 15-16 close, so that *Continue* can go round again. Bars 11-12 of the flute are left empty: a place to
press *Infill* on.
"""

from __future__ import annotations

from pathlib import Path

from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo

TICKS = 480
FLUTE, NYLON_GUITAR, ACOUSTIC_BASS = 73, 24, 32
KICK, SIDE_STICK, CLOSED_HAT, OPEN_HAT, CRASH = 36, 37, 42, 46, 49

CHORDS = (
    ("D", 38, (62, 66, 69, 74)),
    ("Bm7", 35, (59, 62, 66, 69)),
    ("G", 43, (59, 62, 67, 71)),
    ("A7", 33, (61, 64, 67, 69)),
    ("D", 38, (62, 66, 69, 74)),
    ("Bm7", 35, (59, 62, 66, 69)),
    ("Em7", 40, (59, 62, 64, 67)),
    ("A7", 33, (61, 64, 67, 69)),
    ("G", 43, (59, 62, 67, 71)),
    ("F#m7", 42, (61, 64, 66, 69)),
    ("Em7", 40, (59, 62, 64, 67)),
    ("A7sus4", 33, (62, 64, 67, 69)),
    ("D", 38, (62, 66, 69, 74)),
    ("Bm7", 35, (59, 62, 66, 69)),
    ("G", 43, (59, 62, 67, 71)),
    ("D", 38, (62, 66, 69, 74)),
)
"""Name, bass note and guitar voicing of each bar."""

THEME = (
    # (beat from the bar's start, length in beats, pitch, velocity), bar by bar
    ((0, 1, 78, 84), (1, 0.5, 76, 76), (1.5, 0.5, 74, 78), (2, 1.5, 81, 92), (3.5, 0.5, 79, 80)),
    ((0, 1, 78, 86), (1, 0.5, 76, 76), (1.5, 0.5, 74, 76), (2, 2, 71, 82)),
    ((0, 0.5, 71, 76), (0.5, 0.5, 74, 80), (1, 1, 79, 90), (2, 0.5, 78, 84), (2.5, 0.5, 76, 80), (3, 1, 74, 82)),
    ((0, 2.5, 76, 88), (3, 0.5, 73, 74), (3.5, 0.5, 76, 78)),
)
ANSWER = (
    THEME[0],
    THEME[1],
    ((0, 0.5, 67, 76), (0.5, 0.5, 71, 80), (1, 1, 76, 90), (2, 0.5, 74, 84), (2.5, 0.5, 71, 80), (3, 1, 67, 80)),
    ((0, 1, 69, 84), (1, 0.5, 73, 80), (1.5, 0.5, 76, 84), (2, 1.75, 79, 90)),
)
BRIDGE = (
    ((0, 1.5, 83, 96), (1.5, 0.5, 81, 88), (2, 1, 79, 90), (3, 1, 74, 82)),
    ((0, 1.5, 81, 94), (1.5, 0.5, 79, 86), (2, 1, 78, 88), (3, 1, 73, 80)),
    (),
    (),
)
RETURN = (
    THEME[0],
    THEME[1],
    ((0, 0.5, 71, 76), (0.5, 0.5, 74, 80), (1, 1, 79, 88), (2, 0.5, 78, 82), (2.5, 0.5, 74, 78), (3, 1, 76, 76)),
    ((0, 3.5, 74, 80),),
)


def compose() -> Song:
    """The song: four tracks, sixteen bars of 4/4 at 96 quarter notes a minute."""
    return Song(TICKS, (
        Track(_notes(flute()), FLUTE, name="Flute", volume=104),
        Track(_notes(guitar()), NYLON_GUITAR, name="Guitar", volume=88, pan=50),
        Track(_notes(bass()), ACOUSTIC_BASS, name="Bass", volume=100),
        Track(_notes(drums()), is_drum=True, name="Brushes", volume=80, pan=72),
    ), (Tempo(0, 625_000),), (Meter(0, 4, 4),))


def flute() -> list[tuple]:
    lines = THEME + ANSWER + BRIDGE + RETURN
    return [(4 * bar + beat, length * 0.96, pitch, velocity)
            for bar, line in enumerate(lines) for beat, length, pitch, velocity in line]


def guitar() -> list[tuple]:
    """Picked quavers that rise and fall through the chord; the last bar is let ring."""
    notes = []
    for bar, (_, _, chord) in enumerate(CHORDS[:-1]):
        for step, voice in enumerate((0, 2, 1, 3, 2, 3, 1, 2)):
            length = 1.0 if step % 2 == 0 else 0.75
            notes.append((4 * bar + step / 2, length, chord[voice], 70 - 8 * (step % 2) + 6 * (step == 0) + swell(bar)))
    last = len(CHORDS) - 1
    return notes + [(4 * last + 0.06 * i, 3.8 - 0.06 * i, pitch, 72 - 3 * i) for i, pitch in enumerate(CHORDS[-1][2])]


def bass() -> list[tuple]:
    """The root, its fifth, and a step that leads into the next bar's root."""
    notes = []
    for bar, (_, root, _) in enumerate(CHORDS[:-1]):
        following = CHORDS[bar + 1][1]
        fifth = root + 7 if root + 7 <= 47 else root - 5
        lead = following + (2 if following < root else -1 if following > root else -5)
        notes += [(4 * bar, 1.4, root, 88 + swell(bar)), (4 * bar + 1.5, 0.45, root, 68), (4 * bar + 2, 1.3, fifth, 80),
                  (4 * bar + 3.5, 0.45, in_key(lead), 72)]
    last = len(CHORDS) - 1
    return [*notes, (4 * last, 3.8, CHORDS[-1][1], 84)]


def drums() -> list[tuple]:
    """A quiet beat; the hat opens before each new line, and a cymbal begins the bridge and the return."""
    notes = []
    for bar in range(len(CHORDS) - 1):
        start = 4 * bar
        notes += [(start, 0.25, KICK, 84), (start + 2.5, 0.25, KICK, 66), (start + 1, 0.25, SIDE_STICK, 66),
                  (start + 3, 0.25, SIDE_STICK, 70)]
        opening = bar % 4 == 3
        for step in range(8):
            hat = OPEN_HAT if opening and step == 7 else CLOSED_HAT
            notes.append((start + step / 2, 0.25, hat, 58 if step % 2 == 0 else 42))
        if bar in (8, 12):
            notes.append((start, 1.0, CRASH, 64))
    end = 4 * (len(CHORDS) - 1)
    return [*notes, (end, 0.25, KICK, 78), (end, 1.5, CRASH, 56)]


def swell(bar: int) -> int:
    """Velocity that grows towards the bridge and falls away at the end."""
    return (0, 2, 3, 2, 2, 4, 5, 6, 10, 10, 8, 8, 6, 4, 0, -4)[bar]


def in_key(pitch: int) -> int:
    """The pitch, or the one below it where D major lacks it."""
    return pitch if pitch % 12 in (1, 2, 4, 6, 7, 9, 11) else pitch - 1


def _notes(rows: list[tuple]):
    """Notes from (beat, beats long, pitch, velocity)."""
    onset, length, pitch, velocity = zip(*rows, strict=True)
    return make_notes([round(b * TICKS) for b in onset], [round(b * TICKS) for b in length], pitch, velocity)


if __name__ == "__main__":
    from core.files.midi import write_midi

    write_midi(compose(), Path(__file__).with_name("demo.mid"))
