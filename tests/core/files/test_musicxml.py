"""MusicXML as another program reads it: the same pitches in the same bars, of lengths that fill them."""

import sys
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.files.midi import read_midi
from core.files.musicxml import MusicXmlError, Spelling, musicxml_bytes, sharps_of, write_musicxml
from core.music.song import Marker, Song, Track, make_notes
from core.music.tempo import ramp_tempo
from core.music.theory import Key
from core.music.timebase import Meter, Tempo

DEMO = Path(__file__).parents[3] / "resources" / "demo" / "demo.mid"
BEAT = 480
BAR = 4 * BEAT
STEPS = dict(zip("CDEFGAB", (0, 2, 4, 5, 7, 9, 11)))


def music21():
    return pytest.importorskip("music21")


def parts_of(data: bytes) -> list[list[list[tuple[Fraction, int]]]]:
    """By part and bar, (place in quarter notes, pitch) of every note that begins there. Bars must be filled exactly."""
    found = []
    for part in ElementTree.fromstring(data).iter("part"):
        divisions, length, bars = 1, Fraction(4), []
        for measure in part.iter("measure"):
            at = before = longest = 0
            notes: list[tuple[Fraction, int]] = []
            for thing in measure:
                divisions = int(thing.findtext("divisions") or divisions)
                duration = int(thing.findtext("duration") or 0)
                if thing.tag == "attributes" and thing.find("time") is not None:
                    length = Fraction(4 * int(thing.findtext("time/beats")), int(thing.findtext("time/beat-type")))
                elif thing.tag in ("backup", "forward"):
                    at += duration if thing.tag == "forward" else -duration
                elif thing.tag == "note":
                    start = before if thing.find("chord") is not None else at
                    begins = all(tie.get("type") != "stop" for tie in thing.findall("tie"))
                    if thing.find("pitch") is not None and begins:
                        step, octave = thing.findtext("pitch/step"), int(thing.findtext("pitch/octave"))
                        pitch = 12 * (octave + 1) + STEPS[step] + int(thing.findtext("pitch/alter") or 0)
                        notes.append((Fraction(start, divisions), pitch))
                    before, at = start, start + duration
                    longest = max(longest, at)
            assert Fraction(longest, divisions) == length, (len(bars) + 1, Fraction(longest, divisions), length)
            bars.append(sorted(notes))
        found.append(bars)
    return found


def test_the_demo_song_has_its_pitches_in_its_bars_at_its_places():
    music21()
    song = read_midi(DEMO)
    for track, bars in zip(song.tracks, parts_of(musicxml_bytes(song)), strict=True):
        assert len(bars) == song.bar_count
        if not track.is_drum:
            base = song.timebase
            for number, notes in enumerate(bars):
                start, end = int(base.bar_start(number)), int(base.bar_end(number))
                inside = track.notes[(track.notes["onset"] >= start) & (track.notes["onset"] < end)]
                wanted = sorted((Fraction(round((n[0] - start) * 24 / song.ticks_per_beat), 24), n[2])
                                for n in inside.tolist())
                assert [pitch for _, pitch in notes] == [pitch for _, pitch in wanted]
                assert all(abs(a[0] - b[0]) <= Fraction(1, 8) for a, b in zip(notes, wanted))


NOTE = st.tuples(st.integers(0, 16).map(lambda n: n * 120), st.integers(1, 16).map(lambda n: n * 120),
                 st.integers(30, 100), st.just(80))


@settings(max_examples=12)
@given(st.lists(NOTE, min_size=1, max_size=12, unique_by=lambda n: (n[0], n[2])),
       st.sampled_from([(Meter(0),), (Meter(0, 6, 8),), (Meter(0, 3, 4), Meter(3 * BEAT, 5, 8))]))
def test_notes_on_the_grid_come_back_exactly(rows, meters):
    music21()
    song = Song(BEAT, (Track(make_notes(*zip(*rows, strict=True))),), meters=meters)
    (bars,) = parts_of(musicxml_bytes(song))
    starts = [Fraction(int(song.timebase.bar_start(bar)), BEAT) for bar in range(len(bars))]
    found = sorted((start + place, pitch) for start, notes in zip(starts, bars) for place, pitch in notes)
    assert found == sorted((Fraction(onset, BEAT), pitch) for onset, _, pitch, _ in rows)


@pytest.mark.slow
def test_an_independent_program_reads_it(tmp_path):
    music21()
    muspy = pytest.importorskip("muspy")
    song = read_midi(DEMO)
    write_musicxml(song, tmp_path / "demo.musicxml", "Demo")
    read = muspy.read_musicxml(tmp_path / "demo.musicxml")
    assert [track.name for track in read.tracks] == [track.name for track in song.tracks]
    assert [len(track.notes) for track in read.tracks] == [len(track.notes) for track in song.tracks]
    assert len(read.barlines) == song.bar_count and read.tempos[0].qpm == 96
    for mine, theirs in zip(song.tracks, read.tracks):
        assert mine.is_drum or sorted(note.pitch for note in theirs.notes) == sorted(mine.notes["pitch"].tolist())


def test_meter_tempo_key_sections_and_the_programs_are_in_it():
    music21()
    notes = make_notes([0, 480, 960, BAR, BAR + 480], [480] * 5, [62, 66, 69, 73, 74], [80] * 5)
    song = Song(BEAT, (Track(notes, 40, name="Violin"), Track(make_notes([0], [3 * BAR], [38], [80]), 32)),
                (Tempo(0, 600_000),), (Meter(0), Meter(BAR, 3, 4)), (Marker(BAR, "Refrain"),))
    song = ramp_tempo(song, BAR, BAR + 3 * BEAT, 100, 60)
    score = ElementTree.fromstring(musicxml_bytes(song, "A piece"))
    assert score.findtext("work/work-title") == "A piece" or score.findtext("movement-title") == "A piece"
    assert [p.text for p in score.iter("part-name")] == ["Violin", "Track 2"]
    assert [p.text for p in score.iter("midi-program")] == ["41", "33"]
    assert [f.text for f in score.iter("fifths")] == ["2", "2"]
    first = score.find("part")
    assert [(t.findtext("beats"), t.findtext("beat-type")) for t in first.iter("time")] == [("4", "4"), ("3", "4")]
    assert [float(t.text) for t in first.iter("per-minute")] == [100, 100, 60]
    assert [r.text for r in first.iter("rehearsal")] == ["Refrain"]
    assert [c.findtext("sign") for c in score.iter("clef")] == ["G", "F"]


def test_drums_stand_on_their_lines_without_pitches():
    music21()
    drums = Track(make_notes([0, 0, 480], [120] * 3, [36, 42, 38], [80] * 3), is_drum=True)
    score = ElementTree.fromstring(musicxml_bytes(Song(BEAT, (drums,))))
    places = [(u.findtext("display-step"), u.findtext("display-octave")) for u in score.iter("unpitched")]
    assert sorted(places) == [("C", "5"), ("F", "4"), ("G", "5")] and not list(score.iter("pitch"))
    assert score.findtext(".//clef/sign") == "percussion" and [h.text for h in score.iter("notehead")] == ["x"]


@given(st.integers(0, 127), st.integers(-5, 6))
def test_names_sound_as_the_pitch_and_belong_to_the_key_where_they_can(pitch, sharps):
    letter, signs, octave = Spelling(sharps).name(pitch)
    assert 12 * (octave + 1) + STEPS[letter] + signs == pitch and abs(signs) <= 1 + (abs(sharps) > 4)
    position = "FCGDAEB".index(letter) + 7 * signs - 1
    assert sharps - 3 <= position <= sharps + 8


@pytest.mark.parametrize(("key", "sharps"), [(Key(0), 0), (Key(2), 2), (Key(9, "minor"), 0), (Key(10), -2),
                                             (Key(6), 6), (Key(1), -5), (Key(3, "minor"), 6), (None, 0)])
def test_signatures(key, sharps):
    assert sharps_of(key) == sharps


def test_without_the_package_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "music21", None)
    with pytest.raises(MusicXmlError, match="requirements-notation.txt"):
        write_musicxml(Song(), tmp_path / "a.musicxml")
    assert list(tmp_path.iterdir()) == []
