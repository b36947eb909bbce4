"""Songs as MidiTok's REMI writes them, for a peer that is trained on the same music and measured on the same notes.

REMI gets what our tokens say and no more: the notes of an encoded song with their eight classes of velocity, meters,
programs, and no tempo. See ``UNLIKE`` for what is not the same.
"""

from __future__ import annotations

import numpy as np
from miditok import REMI, TokenizerConfig
from symusic import Note, Score, TimeSignature, Track

from core.music.timebase import Meter, Timebase
from core.tokens import vocabulary as v
from core.tokens.decoder import decode
from core.tokens.encoder import EncodedSong
from core.tokens.grid import UNITS_PER_BEAT

VOCABULARY = 1024
METERS = {2: [2, 3, 4], 4: [1, 2, 3, 4, 5, 6], 8: [3, 4, 5, 6, 7, 8, 9, 12]}
"""The meters the peer knows: those of nearly all songs. Songs with others are used by neither."""
VELOCITIES = np.linspace(0, 127, v.VELOCITY_CLASSES + 1).astype(np.int64)[1:]
"""What REMI makes of 8 classes."""
UNLIKE = (
    "REMI divides a quarter note evenly by 12; our grid also has the thirty-seconds between, which it moves by a 24th.",
    "REMI's notes last 16 quarter notes at most, in coarser steps from the fifth on.",
    "REMI knows instruments, not tracks: two tracks of one program are one to it. Ours pays for telling them apart.",
    "Our tokens say the tempo, which REMI is spared: these tokens' bits are not counted, though ours can read them.",
)


def make_tokenizer() -> REMI:
    """An untrained tokenizer."""
    return REMI(TokenizerConfig(
        pitch_range=(0, 127), beat_res={(0, 4): 12, (4, 16): 4}, num_velocities=v.VELOCITY_CLASSES,
        special_tokens=["PAD", "BOS", "EOS"], encode_ids_split="bar", use_programs=True, use_time_signatures=True,
        use_tempos=False, use_pitchdrum_tokens=True, use_note_duration_programs=list(range(128)),
        programs=list(range(-1, 128)), one_token_stream_for_programs=True, program_changes=False,
        time_signature_range=METERS, remove_duplicated_notes=False))


def comparable(song: EncodedSong) -> bool:
    """Whether both can write the song: meters that the peer knows, and no bar that was cut short."""
    for meter, length in set(zip(song.bar_meter.tolist(), np.diff(song.bar_units).tolist())):
        numerator, denominator = v.METERS[meter]
        if numerator not in METERS.get(denominator, ()) or length * denominator != 4 * numerator * UNITS_PER_BEAT:
            return False
    return True


def score_of(song: EncodedSong, bars: int | None = None) -> Score:
    """The notes of the first ``bars`` bars (all by default), in 24ths of a quarter note."""
    changes = np.flatnonzero(np.diff(song.bar_meter.astype(np.int64), prepend=-1))
    meters = tuple(Meter(int(song.bar_units[bar]), *v.METERS[song.bar_meter[bar]]) for bar in changes)
    score = Score(UNITS_PER_BEAT)
    end = int(song.bar_units[min(bars or song.bar_count, song.bar_count)])
    score.time_signatures = [TimeSignature(meter.tick, meter.numerator, meter.denominator) for meter in meters
                             if meter.tick < end]
    for program, notes in zip(song.programs.tolist(), decode(song, Timebase(UNITS_PER_BEAT, meters=meters))):
        drums = program == v.DRUMS
        track = Track(program=0 if drums else program, is_drum=drums)
        velocity = VELOCITIES[notes["velocity"] // v.VELOCITY_WIDTH]
        for note, loudness in zip(notes[notes["onset"] < end], velocity.tolist()):
            track.notes.append(Note(int(note["onset"]), int(note["duration"]), int(note["pitch"]), loudness))
        score.tracks.append(track)
    return score
