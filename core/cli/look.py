"""``look``: pictures of what is inside a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from core.cli.errors import UserError, user_mistakes
from core.cli.models import open_model, open_reader
from core.cli.songs import console, open_song, parse_tracks
from core.music.song import Song


def register(app: typer.Typer) -> None:
    app.command()(look)


def look(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="A model folder.", show_default=False)],
    song: Annotated[Path | None, typer.Argument(metavar="[SONG]", help="A song, to see where in it the model looks.",
                                                show_default=False)] = None,
    bar: Annotated[int | None, typer.Option(min=1, help="Of the note that the model is about to write.",
                                            show_default="one in the middle that has notes")] = None,
    track: Annotated[str, typer.Option(help="Its track, by number or name.", show_default="the first with notes")] = "",
    note: Annotated[int, typer.Option(min=1, help="Which note of the track in that bar.")] = 1,
    library: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Passages that it may look up besides, made by "
                                                 "library.", show_default=False)] = None,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FOLDER", help="Where the pictures go.")] = Path("look"),
) -> None:
    """Draw how a model sees pitches and, with a song, where in it the model looks when it is about to write a note, and
    what it looks up in the bars before its window and in a library."""
    from core.evaluation.plots import can_draw

    if not can_draw():
        raise UserError("look draws with matplotlib, which is not installed")
    transformer, _ = open_model(model)

    from core.evaluation.look_pictures import draw_attention, draw_look_ups, draw_pitches
    from core.generation.look import look_at_note, map_pitches

    with user_mistakes(OSError, ValueError):
        out.mkdir(parents=True, exist_ok=True)
        draw_pitches(out / "pitches.png", map_pitches(transformer))
        console.print(str(out / "pitches.png"), markup=False)
        if song is not None:
            read = open_song(song)
            place = _choose(read, song.name, bar, track, note)
            reader = open_reader(transformer, library) if library is not None else None
            seen, looked_up = look_at_note(transformer, read, *place, reader)
            draw_attention(out / "attention.png", read, seen)
            console.print(str(out / "attention.png"), markup=False)
            if looked_up is None:
                print("This model looks nothing up: it was not trained with --memory retrieval or both.")
            elif not looked_up.gates.any():
                print("Nothing was looked up: its window shows all of the song before the note.")
            else:
                draw_look_ups(out / "look-ups.png", read, seen.notes[-1], looked_up)
                console.print(str(out / "look-ups.png"), markup=False)


def _choose(song: Song, name: str, bar: int | None, track: str, number: int) -> tuple[int, int, int]:
    """Track, onset in ticks and pitch of the note that was named."""
    sounding = [index for index, one in enumerate(song.tracks) if len(one.notes)]
    if not sounding:
        raise UserError(f"{name}: has no notes")
    index = parse_tracks(track, song, name)[0] if track else sounding[0]
    notes = song.tracks[index].notes
    bars = song.timebase.bar_at(notes["onset"])
    if not len(notes):
        raise UserError(f"{name}: track {index + 1} has no notes")
    wanted = int(bars[len(bars) // 2]) if bar is None else bar - 1
    inside = notes[bars == wanted]
    if len(inside) < number:
        raise UserError(f"{name}: track {index + 1} has {len(inside)} notes in bar {wanted + 1}")
    return index, int(inside["onset"][number - 1]), int(inside["pitch"][number - 1])
