"""``continue`` and ``infill``: new music, one whole song per take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from core.cli.asking import (
    DensityOption,
    KeepOption,
    NewTrackOption,
    PolyphonyOption,
    RegisterOption,
    ScaleOption,
    parse_controls,
    with_new_track,
)
from core.cli.errors import UserError, user_mistakes
from core.cli.models import open_reader, open_style
from core.cli.songs import console, open_song, parse_bars, parse_tracks
from core.folders import BASE_MODEL
from core.generation.controls import Controls
from core.generation.plans import ControlsError, plan_request
from core.generation.request import Cell, Request, continue_cells, infill_cells
from core.music.song import Song

SongFile = Annotated[Path, typer.Argument(metavar="SONG.MID", help="A MIDI file or a project.", show_default=False)]
Takes = Annotated[int, typer.Option(min=1, max=16, help="How many versions to write.")]
Seed = Annotated[int, typer.Option(min=0, help="The same seed gives the same takes.")]
Adventurousness = Annotated[float, typer.Option(min=0, max=1, help="0 keeps to what is likely, 1 dares most.")]
StyleName = Annotated[str, typer.Option("--style", help="A style made with finetune.", show_default=False)]
LibraryFolder = Annotated[Path | None, typer.Option("--library", metavar="FOLDER", help="Songs whose passages may be "
                                                    "looked up, made by library.", show_default=False)]
ModelFolder = Annotated[Path, typer.Option("--model", help="A model folder.", show_default="the one shipped")]
OutFolder = Annotated[Path, typer.Option("-o", "--out", help="The folder for the takes; made if it is missing.")]


def register(app: typer.Typer) -> None:
    app.command("continue")(continue_song)
    app.command("infill")(infill)


def continue_song(
    song: SongFile,
    bars: Annotated[int, typer.Option(min=1, max=512, help="How many bars to add.")] = 8,
    tracks: Annotated[str | None, typer.Option(help="Which tracks go on: 1,3 or by name.",
                                               show_default="all that have notes")] = None,
    density: DensityOption = None, polyphony: PolyphonyOption = None, register: RegisterOption = None,
    scale: ScaleOption = None,
    takes: Takes = 4, seed: Seed = 0, adventurousness: Adventurousness = 0.5, style: StyleName = "",
    model: ModelFolder = BASE_MODEL, library: LibraryFolder = None, out: OutFolder = Path("."),
) -> None:
    """Write new bars after the end of a song: SONG-take1.mid, SONG-take2.mid..."""
    music = open_song(song)
    chosen = parse_tracks(tracks, music, str(song)) if tracks is not None else None
    try:
        cells = continue_cells(music, bars, chosen)
    except ValueError as problem:
        raise UserError(f"{song}: {problem}") from None
    controls = parse_controls(None, density, polyphony, register, scale)
    _write_takes(song, music, cells, controls, takes, seed, adventurousness, style, model, library, out)


def infill(
    song: SongFile,
    bars: Annotated[str, typer.Option(help="Which bars: 9-12, or 9 for one.", show_default=False)],
    tracks: Annotated[str | None, typer.Option(help="On which tracks: 2,3 or by name.",
                                               show_default="all that have notes")] = None,
    new_track: NewTrackOption = None,
    keep: KeepOption = None, density: DensityOption = None, polyphony: PolyphonyOption = None,
    register: RegisterOption = None, scale: ScaleOption = None,
    takes: Takes = 4, seed: Seed = 0, adventurousness: Adventurousness = 0.5, style: StyleName = "",
    model: ModelFolder = BASE_MODEL, library: LibraryFolder = None, out: OutFolder = Path("."),
) -> None:
    """Write the given bars of the given tracks anew; everything else stays as it is.

    To harmonise a melody, name the accompanying tracks, or a new one: --bars 1-8 --new-track 1 (a piano). For a
    melody over chords: --bars 1-8 --new-track flute --polyphony 1.
    """
    music = open_song(song)
    first, last = parse_bars(bars, music, str(song))
    if tracks is not None:
        chosen = parse_tracks(tracks, music, str(song))
    elif new_track is not None:
        chosen = []
    else:
        chosen = [index for index, track in enumerate(music.tracks) if len(track.notes)]
    if new_track is not None:
        chosen.append(len(music.tracks))
        music = with_new_track(music, new_track)
    controls = parse_controls(keep, density, polyphony, register, scale)
    cells = infill_cells(first, last, chosen)
    _write_takes(song, music, cells, controls, takes, seed, adventurousness, style, model, library, out)


def _write_takes(path: Path, song: Song, cells: frozenset[Cell], controls: Controls, takes: int, seed: int,
                 adventurousness: float, style: str, model_folder: Path, library: Path | None, out: Path) -> None:
    targets = [out / f"{path.stem}-take{number}.mid" for number in range(1, takes + 1)]
    with user_mistakes(ValueError):
        request = Request(song, cells, takes, seed, adventurousness, style, controls)
        plan_request(request)  # says what cannot be before anything is loaded
    with user_mistakes(OSError):
        out.mkdir(parents=True, exist_ok=True)
    model = open_style(model_folder, style)
    reader = open_reader(model, library) if library is not None else None

    from core.files.midi import MidiError, write_midi
    from core.generation.request import Take, are_alike
    from core.generation.sampler import generate

    columns = (TextColumn("writing"), BarColumn(), TextColumn("{task.completed}/{task.total} cells"),
               TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task, written = progress.add_task("", total=takes * len(cells)), []
        for event in _with_mistakes(generate(model, request, reader=reader)):
            if not isinstance(event, Take):
                progress.advance(task)
                continue
            with user_mistakes(MidiError):
                write_midi(event.applied_to(song), targets[event.index])
            written.append(event)
            progress.console.print(f"{targets[event.index]}  {event.note_count} notes", markup=False)
    if are_alike(written):
        console.print("The takes are all alike: the music around leaves the model little choice. A higher "
                      "--adventurousness may bring others.")


def _with_mistakes(events: Iterator) -> Iterator:
    """The events; what the model cannot be asked for ends the command with a line."""
    with user_mistakes(ControlsError):
        yield from events
