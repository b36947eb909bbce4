"""The song pretty_midi gets is the song pretty_midi would read from the file."""

from pathlib import Path

import pretty_midi
import pytest

from core.files.midi import write_midi
from core.files.pretty import to_pretty_midi
from core.music.song import Song, Track, make_notes
from core.music.timebase import Meter, Tempo


def test_it_is_what_pretty_midi_reads_from_the_file(tmp_path: Path) -> None:
    song = Song(480, (Track(make_notes([0, 480, 960], [470, 1000, 30], [60, 64, 67], [1, 64, 127]), 40, name="Violin"),
                      Track(make_notes([0], [10], [36], [90]), is_drum=True, name="Kit")),
                (Tempo(0, 600_000), Tempo(700, 250_000)), (Meter(0, 3, 4), Meter(1440, 4, 4)))
    write_midi(song, tmp_path / "a.mid")
    made, read = to_pretty_midi(song), pretty_midi.PrettyMIDI(str(tmp_path / "a.mid"))
    assert made.resolution == read.resolution
    assert made.get_end_time() == pytest.approx(read.get_end_time())
    for ours, theirs in zip(made.instruments, read.instruments, strict=True):
        assert (ours.program, ours.is_drum, ours.name) == (theirs.program, theirs.is_drum, theirs.name)
        for a, b in zip(ours.notes, sorted(theirs.notes, key=lambda n: (n.start, n.pitch)), strict=True):
            assert (a.pitch, a.velocity) == (b.pitch, b.velocity)
            assert (a.start, a.end) == pytest.approx((b.start, b.end))
    for ours, theirs in zip(made.get_tempo_changes(), read.get_tempo_changes(), strict=True):
        assert ours == pytest.approx(theirs)
    assert [(m.numerator, m.denominator, m.time) for m in made.time_signature_changes] == [
        (m.numerator, m.denominator, pytest.approx(m.time)) for m in read.time_signature_changes]
    assert made.get_downbeats() == pytest.approx(read.get_downbeats())


def test_it_can_be_written_by_pretty_midi(tmp_path: Path) -> None:
    song = Song(96, (Track(make_notes([5], [10], [60], [64])),), (Tempo(10, 300_000),))
    to_pretty_midi(song).write(str(tmp_path / "b.mid"))
    (instrument,) = pretty_midi.PrettyMIDI(str(tmp_path / "b.mid")).instruments
    assert [(n.pitch, n.velocity) for n in instrument.notes] == [(60, 64)]
