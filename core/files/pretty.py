"""A Song as pretty_midi knows it, for notebooks and for its analysis helpers."""

from __future__ import annotations

import pretty_midi

from core.music.song import Song


def to_pretty_midi(song: Song) -> pretty_midi.PrettyMIDI:
    """The song with its notes, names, programs, tempos and meters; times are seconds from the start.

    Every track is an Instrument, one without notes too. Raw events and mixer settings are left behind.
    """
    timebase = song.timebase
    first = timebase.tempo_at(0)
    pretty = pretty_midi.PrettyMIDI(resolution=song.ticks_per_beat, initial_tempo=first.beats_per_minute)
    changes = [first, *(tempo for tempo in sorted(song.tempos) if tempo.tick > 0)]
    # pretty_midi has no public way to give a tempo map: these are its own (tick, seconds a tick) pairs.
    pretty._tick_scales = [(tempo.tick, tempo.microseconds_per_beat / 1e6 / song.ticks_per_beat) for tempo in changes]
    pretty._update_tick_to_time(song.end)
    pretty.time_signature_changes = [
        pretty_midi.TimeSignature(meter.numerator, meter.denominator, float(timebase.seconds_at(meter.tick)))
        for meter in song.meters]
    for track in song.tracks:
        instrument = pretty_midi.Instrument(track.program, track.is_drum, track.name)
        starts = timebase.seconds_at(track.notes["onset"]).tolist()
        ends = timebase.seconds_at(track.notes["onset"] + track.notes["duration"]).tolist()
        instrument.notes = [pretty_midi.Note(int(velocity), int(pitch), start, end) for velocity, pitch, start, end
                            in zip(track.notes["velocity"], track.notes["pitch"], starts, ends)]
        pretty.instruments.append(instrument)
    return pretty
