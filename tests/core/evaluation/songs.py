"""Songs for the tests of evaluation: three tracks, a tune that returns every second bar."""

from pathlib import Path

from core.files.midi import write_midi
from core.music.song import Song, Track, make_notes

BEAT = 480


def tune(bars: int = 12, shift: int = 0, step: int = 1) -> Song:
    """``step``: semitones from one note of the melody to the next. With another, it is another tune."""
    onsets = [bar * 4 * BEAT + beat * BEAT for bar in range(bars) for beat in range(4)]
    pitches = [60 + shift + (bar % 2) * 2 + beat * step for bar in range(bars) for beat in range(4)]
    melody = make_notes(onsets, [BEAT] * len(onsets), pitches, [80] * len(onsets))
    bass = make_notes(onsets[::4], [4 * BEAT] * bars, [36 + shift] * bars, [70] * bars)
    drums = make_notes(onsets, [120] * len(onsets), [38] * len(onsets), [90] * len(onsets))
    return Song(BEAT, (Track(melody, name="Tune"), Track(bass, program=32, name="Bass"),
                       Track(drums, is_drum=True, name="Drums")))


def write_corpus(folder: Path) -> Path:
    """Two collections of two and one songs, and a file that is none."""
    for collection, number in (("hymns", 0), ("hymns", 1), ("dances", 2)):
        (folder / collection).mkdir(parents=True, exist_ok=True)
        write_midi(tune(shift=number, step=number + 1), folder / collection / f"{number}.mid")
    (folder / "dances" / "broken.mid").write_bytes(b"MThd, and no more")
    return folder
