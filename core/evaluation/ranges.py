"""The pitches that instruments can play, by General MIDI program, as they sound.

After the ranges that handbooks of orchestration give (Adler, The Study of Orchestration), widened to what good players
reach, and to the low relatives that files name by the same program (bass trombone, bass clarinet). Programs that are
not here (organs, voices of synthesizers, effects) have no range.
"""

from __future__ import annotations

import numpy as np

RANGES: dict[int, tuple[int, int]] = {
    **dict.fromkeys(range(0, 6), (21, 108)), 6: (29, 89), 7: (28, 88),  # pianos, harpsichord, clavinet
    8: (60, 108), 9: (77, 108), 11: (53, 89), 12: (36, 96), 13: (65, 108), 14: (60, 79),  # struck bars and bells
    24: (38, 88), 25: (38, 88), **dict.fromkeys(range(26, 31), (35, 93)),  # guitars, lowered strings included
    **dict.fromkeys(range(32, 38), (23, 67)),  # basses
    40: (55, 105), 41: (48, 93), 42: (36, 88), 43: (23, 67), 44: (23, 103), 45: (23, 103),  # strings
    46: (23, 104), 47: (36, 60), 48: (23, 103), 49: (23, 103), 52: (36, 88), 53: (36, 88),  # harp, timpani, choirs
    56: (52, 91), 57: (28, 79), 58: (22, 67), 59: (52, 91), 60: (29, 79), 61: (22, 91),  # brass
    64: (54, 93), 65: (49, 93), 66: (44, 88), 67: (36, 81),  # saxophones
    68: (57, 94), 69: (50, 84), 70: (33, 77), 71: (37, 98),  # reeds
    72: (74, 108), 73: (59, 99), 74: (41, 98), 75: (55, 98), 105: (43, 93), 110: (55, 105),  # flutes, banjo, fiddle
}
"""Lowest and highest MIDI pitch, both included."""


def out_of_range(pitches: np.ndarray, program: int, is_drum: bool) -> int:
    """How many of the pitches the instrument cannot play."""
    if is_drum or program not in RANGES:
        return 0
    low, high = RANGES[program]
    return int(np.count_nonzero((pitches < low) | (pitches > high)))
