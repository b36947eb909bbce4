"""What ``continue`` and ``infill`` can ask of the music that is written, in the words of a command line."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from core.cli.errors import UserError, user_mistakes
from core.generation.controls import Controls
from core.music.naming import pitch_classes_named, pitch_named
from core.music.song import Song, Track
from core.tokens import vocabulary as v
from core.tokens.attributes import density_class, register_class
from core.tokens.grid import UNITS_PER_BEAT

DRUMS = "drums"
DENSITY_WORDS = {"sparse": 0.75, "medium": 1.75, "dense": 3.5}
"""Notes a beat."""


class Keep(StrEnum):
    rhythm = "rhythm"
    tune = "tune"


PANEL = "What must hold in the new bars"
KeepOption = Annotated[Keep | None, typer.Option(
    help="rhythm: every note starts and ends as now and gets a new pitch. tune: the pitches stay in their order and "
         "get a new rhythm (drums have none). Bars without notes have nothing to keep.", rich_help_panel=PANEL)]
DensityOption = Annotated[str | None, typer.Option(
    metavar="NOTES", help="About how many notes a quarter-note beat each bar of a track has: 0.25 to 8, or sparse "
                          "(0.75), medium (1.75) or dense (3.5). Held between these steps: "
                          + ", ".join(f"{edge:g}" for edge in v.DENSITY_EDGES) + ".", rich_help_panel=PANEL)]
PolyphonyOption = Annotated[int | None, typer.Option(
    min=1, max=v.POLYPHONY_CLASSES, help="The most notes that are struck together in each bar of a track: 1 for a "
                                         f"single line, {v.POLYPHONY_CLASSES} for {v.POLYPHONY_CLASSES} or more.",
    rich_help_panel=PANEL)]
RegisterOption = Annotated[str | None, typer.Option(
    metavar="PITCH", help="Around which pitch the notes lie on the mean, within a few semitones: C4 (middle C), F#3, "
                          "or 60. Not for drums.", rich_help_panel=PANEL)]
ScaleOption = Annotated[str | None, typer.Option(
    metavar="SCALE", help='Notes of this scale or chord alone: "D minor", "F# dorian", Am7, or "C E G". Not for drums.',
    rich_help_panel=PANEL)]
NewTrackOption = Annotated[str | None, typer.Option(
    "--new-track", metavar="INSTRUMENT",
    help="Add a track and write the bars on it: a General MIDI number from 1 to 128, a name such as flute, or drums. "
         "Other tracks are written only if --tracks names them.", show_default=False)]


def parse_controls(keep: Keep | None, density: str | None, polyphony: int | None, register: str | None,
                   scale: str | None) -> Controls:
    """The controls that options ask for. Raises UserError for what cannot be understood."""
    classes: dict[str, object] = {"keep": str(keep) if keep else "nothing"}
    if density is not None:
        classes["density"] = _density_class(density)
    if polyphony is not None:
        classes["polyphony"] = polyphony - 1
    if register is not None:
        pitch = pitch_named(register)
        if pitch is None:
            raise UserError(f"--register: name a pitch such as C4, F#3 or 60, not {register!r}")
        classes["register"] = int(register_class(pitch, 1))
    if scale is not None:
        pitch_classes = pitch_classes_named(scale)
        if pitch_classes is None:
            raise UserError('--scale: name a key such as "D minor", a chord such as Am7, or notes such as "C E G", '
                            f"not {scale!r}")
        classes["pitch_classes"] = pitch_classes
    with user_mistakes(ValueError):
        return Controls(**classes)


def _density_class(text: str) -> int:
    try:
        notes = DENSITY_WORDS.get(text.strip().casefold()) or float(text)
    except ValueError:
        notes = 0.0
    if not 0.0 < notes <= 100.0:
        raise UserError(f"--density: write notes a beat such as 1.5, or {', '.join(DENSITY_WORDS)}, not {text!r}")
    return int(density_class(notes, UNITS_PER_BEAT))


def parse_new_track(text: str) -> Track:
    """An empty track for an instrument. Raises UserError for one that is not known."""
    from pretty_midi import program_to_instrument_name

    names = [program_to_instrument_name(program) for program in range(128)]
    word = text.strip().casefold()
    if word == DRUMS:
        return Track(is_drum=True, name="Drums")
    if word.isdecimal() and 1 <= int(word) <= 128:
        found = [int(word) - 1]
    else:
        found = [program for program, name in enumerate(names) if name.casefold() == word] or \
            [program for program, name in enumerate(names) if word and word in name.casefold()]
    if len(found) != 1:
        several = ", ".join(f"{names[program]} ({program + 1})" for program in found[:8])
        raise UserError(f"--new-track: {text!r} could be {several}" if found else
                        f"--new-track: there is no instrument {text!r}: write a General MIDI number from 1 to 128, a "
                        "name such as flute, or drums")
    return Track(program=found[0], name=names[found[0]])


def with_new_track(song: Song, text: str) -> Song:
    """The song with an empty track for an instrument at its end."""
    from core.music.edits import add_track

    return add_track(song, parse_new_track(text))
