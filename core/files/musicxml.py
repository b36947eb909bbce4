"""A song as MusicXML, for notation programs, written by music21 (packaging/requirements-notation.txt).

``core.music.notation`` says what is written; music21 knows how MusicXML says it. Takes seconds for a long song.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from os import PathLike

from core.files.atomic import write_atomic
from core.files.errors import FileError
from core.music.notation import UNITS, Piece, WrittenBar, written_bars
from core.music.song import Song, Track
from core.music.tempo import ramps
from core.music.theory import Key, key_of

SUFFIXES = (".musicxml", ".xml")
INSTALL = "`python3 main.py score SONG` brings it, or pip install -r packaging/requirements-notation.txt in .venv"
BASS_BELOW, TREBLE_FROM = 55, 60
"""A part with a mean pitch below the first gets the bass clef."""
DRUM_PLACES = {35: "E4", 36: "F4", 37: "C5", 38: "C5", 39: "C5", 40: "C5", 41: "A4", 42: "G5", 43: "A4", 44: "D4",
               45: "B4", 46: "G5", 47: "D5", 48: "E5", 49: "A5", 50: "E5", 51: "F5", 52: "A5", 53: "F5", 55: "A5",
               57: "B5", 59: "F5"}
"""Where a drum set's notation usually has each key of General MIDI's map; others stand where the snare does."""
CYMBALS = (42, 44, 46, 49, 51, 52, 53, 55, 57, 59)


class MusicXmlError(FileError):
    """Why a song cannot be written as MusicXML."""


@dataclass(frozen=True)
class Spelling:
    """Which of its names each pitch has in a key of so many ``sharps`` (flats, where negative)."""

    sharps: int

    def name(self, pitch: int) -> tuple[str, int, int]:
        """Letter, semitones up from that, octave: F♯4 is ("F", 1, 4)."""
        fifths = (pitch * 7) % 12  # C 0, G 1, ... F 11, on the circle
        while fifths > self.sharps + 8:
            fifths -= 12
        while fifths < self.sharps - 3:
            fifths += 12
        letter = "FCGDAEB"[(fifths + 1) % 7]
        signs = (fifths + 1) // 7
        sounding = "C D EF G A B".index(letter) + signs
        return letter, signs, (pitch - sounding) // 12 - 1


def sharps_of(key: Key | None) -> int:
    """The signature of a key, from -5 to 6: sharps, or flats below 0."""
    if key is None:
        return 0
    major = key.tonic if key.scale == "major" else (key.tonic + 3) % 12
    sharps = (major * 7) % 12
    return sharps - 12 if sharps > 6 else sharps


def write_musicxml(song: Song, path: str | PathLike[str], title: str = "",
                   on_progress: Callable[[float], None] | None = None) -> None:
    """Write the song as MusicXML, all or nothing. Raises MusicXmlError if that cannot be done."""
    try:
        write_atomic(path, musicxml_bytes(song, title, on_progress))
    except ImportError:
        raise MusicXmlError(path, f"cannot be written: the package music21 is missing. {INSTALL}") from None
    except OSError as error:
        raise MusicXmlError(path, f"cannot be written: {error.strerror or error}") from None


def musicxml_bytes(song: Song, title: str = "", on_progress: Callable[[float], None] | None = None) -> bytes:
    """What ``write_musicxml`` writes: a part for each track with notes. Raises ImportError without music21."""
    from music21 import metadata, stream
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    score = stream.Score()
    score.metadata = metadata.Metadata(title=title or "Untitled", composer="")
    key = key_of(song)
    tracks = [track for track in song.tracks if len(track.notes)] or [Track()]
    for number, track in enumerate(tracks):
        score.insert(0, _part(song, track, sharps_of(key), number))
        if on_progress is not None:
            on_progress((number + 1) / (len(tracks) + 1))
    exporter = GeneralObjectExporter(score)
    exporter.makeNotation = False
    return exporter.parse(score)


def _part(song: Song, track: Track, sharps: int, number: int):
    from music21 import clef, instrument, key, stream

    part = stream.Part(id=f"P{number + 1}")
    part.partName = track.name or f"Track {number + 1}"
    player = instrument.Instrument(instrumentName=part.partName)
    player.midiProgram, player.midiChannel = (0, 9) if track.is_drum else (track.program, _channel(number))
    bars = written_bars(song, track)
    meters = {bar: song.timebase.meter_of(bar) for bar in range(len(bars))}
    for index, bar in enumerate(bars):
        measure = stream.Measure(number=index + 1)
        if index == 0:
            measure.insert(0, player)
            measure.insert(0, clef.PercussionClef() if track.is_drum else _clef(track))
            if not track.is_drum:
                measure.insert(0, key.KeySignature(sharps))
        if index == 0 or meters[index] != meters[index - 1]:
            _put_meter(measure, meters[index])
        if number == 0:
            _put_signs(song, index, measure)
        _put_voices(measure, bar, track.is_drum, Spelling(sharps))
        part.append(measure)
    _put_marks(part)
    return part


def _put_marks(part) -> None:
    """Beams, brackets of triplets, and the accidentals that have to be shown."""
    from music21 import stream
    from music21.stream import makeNotation

    makeNotation.makeAccidentalsInMeasureStream(part)
    for measure in part.getElementsByClass(stream.Measure):
        for voice in measure.voices or [measure]:
            makeNotation.makeTupletBrackets(voice, inPlace=True)
    makeNotation.makeBeams(part, inPlace=True)


def _channel(number: int) -> int:
    """A MIDI channel, passing the drums' over."""
    return [channel for channel in range(16) if channel != 9][number % 15]


def _clef(track: Track):
    from music21 import clef

    mean = float(track.notes["pitch"].mean()) if len(track.notes) else TREBLE_FROM
    return clef.BassClef() if mean < BASS_BELOW else clef.TrebleClef()


def _put_meter(measure, meter) -> None:
    from music21 import meter as meters

    measure.timeSignature = meters.TimeSignature(f"{meter.numerator}/{meter.denominator}")


def _put_signs(song: Song, bar: int, measure) -> None:
    """Tempo and sections, which stand above the first part. Of a gradual change its first and last tempo."""
    from music21 import expressions, tempo

    start, end = int(song.timebase.bar_start(bar)), int(song.timebase.bar_end(bar))
    inside = {tick for ramp in ramps(song.tempos, song.ticks_per_beat)
              for tick in (mark.tick for mark in song.tempos) if ramp.start < tick < ramp.end}

    def place(tick: int) -> Fraction:
        return Fraction(tick - start, song.ticks_per_beat)

    for mark in song.tempos:
        if start <= mark.tick < end and mark.tick not in inside:
            measure.insert(place(mark.tick), tempo.MetronomeMark(number=round(mark.beats_per_minute, 2), referent=1.0))
    for marker in song.markers:
        if start <= marker.tick < end:
            measure.insert(place(marker.tick), expressions.RehearsalMark(marker.name))


def _put_voices(measure, bar: WrittenBar, drums: bool, spelling: Spelling) -> None:
    from music21 import stream

    if len(bar.voices) == 1:
        for piece in bar.voices[0]:
            measure.insert(Fraction(piece.start, UNITS), _made(piece, bar, drums, spelling))
        return
    for number, pieces in enumerate(bar.voices):
        voice = stream.Voice(id=str(number + 1))
        for piece in pieces:
            made = _made(piece, bar, drums, spelling)
            made.style.hideObjectOnPrint = number > 0 and not piece.pitches
            voice.insert(Fraction(piece.start, UNITS), made)
        measure.insert(0, voice)


def _made(piece: Piece, bar: WrittenBar, drums: bool, spelling: Spelling):
    from music21 import chord, note, percussion, tie

    length = Fraction(piece.length, UNITS)
    if not piece.pitches:
        rest = note.Rest(quarterLength=length)
        rest.fullMeasure = piece.length == bar.length
        return rest
    if drums:
        heads = [_drum(pitch) for pitch in piece.pitches]
        made = heads[0] if len(heads) == 1 else percussion.PercussionChord(heads)
    elif len(piece.pitches) == 1:
        made = note.Note(_named(piece.pitches[0], spelling))
    else:
        made = chord.Chord([_named(pitch, spelling) for pitch in piece.pitches])
    made.quarterLength = length
    if piece.tied_from or piece.tied_to:
        made.tie = tie.Tie("continue" if piece.tied_from and piece.tied_to else "start" if piece.tied_to else "stop")
    return made


def _named(sounding: int, spelling: Spelling):
    from music21 import pitch

    letter, signs, octave = spelling.name(sounding)
    made = pitch.Pitch(letter)
    if signs:
        made.accidental = pitch.Accidental(signs)
    made.octave = octave
    return made


def _drum(pitch: int):
    from music21 import note

    made = note.Unpitched(displayName=DRUM_PLACES.get(pitch, "C5"))
    if pitch in CYMBALS:
        made.notehead = "x"
    return made
