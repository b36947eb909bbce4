"""``render``, ``score`` and ``inspect``: what can be done with a file without writing music."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from core.cli.errors import user_mistakes
from core.cli.songs import console, open_song, parse_bars


def register(app: typer.Typer) -> None:
    app.command()(render)
    app.command()(score)
    app.command()(inspect)


def render(
    song: Annotated[Path, typer.Argument(metavar="SONG.MID", help="A MIDI file or a project.", show_default=False)],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The .wav or .flac file to write; its folder is made "
                                                                 "if it is missing.",
                                             show_default="SONG.wav beside the song")] = None,
    bars: Annotated[str | None, typer.Option(help="Only these bars: 9-12, or 9 for one.",
                                             show_default="the whole song")] = None,
    stems: Annotated[bool, typer.Option("--stems", help="Write a file for each track that sounds: "
                                                        "OUT - 01 NAME.wav...")] = False,
    sample_rate: Annotated[int, typer.Option(min=8000, max=96000, help="Samples a second.")] = 44100,
    soundfont: Annotated[Path | None, typer.Option(help="A SoundFont (.sf2, .sf3).",
                                                   show_default="the best one found")] = None,
) -> None:
    """Turn a song into WAV (32-bit float) or FLAC (24 bit): what is heard, sample for sample. Ctrl-C leaves no file."""
    from core.files.audio import AudioError, render_stems
    from core.files.audio import render as render_audio
    from core.sound.synth import SynthUnavailable

    music = open_song(song)
    target = out or song.with_suffix(".wav")
    with user_mistakes(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
    ticks = {}
    if bars is not None:
        first, last = parse_bars(bars, music, str(song))
        ticks = {"start_tick": int(music.timebase.bar_start(first)), "end_tick": int(music.timebase.bar_end(last))}
    progress = Progress(console=console, transient=True, disable=not console.is_terminal)
    try:
        with user_mistakes(AudioError, SynthUnavailable), progress:
            task = progress.add_task(target.name, total=1.0)
            written = (render_stems if stems else render_audio)(
                music, target, sample_rate=sample_rate, soundfont=soundfont, **ticks,
                on_progress=lambda done: progress.update(task, completed=done))
    except KeyboardInterrupt:
        console.print("cancelled: no file was written")
        raise
    for path in written if stems else [target]:
        console.print(str(path), markup=False)


def score(
    song: Annotated[Path, typer.Argument(metavar="SONG.MID", help="A MIDI file or a project.", show_default=False)],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The .musicxml file to write.",
                                             show_default="SONG.musicxml beside the song")] = None,
) -> None:
    """Write a song as MusicXML: each track a part, on the nearest lengths that notes can have."""
    from core.files.musicxml import MusicXmlError, write_musicxml

    music = open_song(song)
    target = out or song.with_suffix(".musicxml")
    with user_mistakes(OSError, MusicXmlError):
        target.parent.mkdir(parents=True, exist_ok=True)
        write_musicxml(music, target, song.stem)
    console.print(str(target), markup=False)


def inspect(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A MIDI file, a project, a store made by encode, or a "
                                                              "model folder.", show_default=False)],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Write the facts to this JSON file as well.",
                                             show_default=False)] = None,
) -> None:
    """Say what is in a song, a store or a model."""
    from core.cli import inspection

    if (path / "store.json").is_file():
        facts = inspection.store_facts(path)
    elif path.is_dir():
        facts = inspection.model_facts(path)
    else:
        facts = inspection.song_facts(path, open_song(path))
    inspection.show(facts, Console(highlight=False))
    if out is not None:
        with user_mistakes(OSError):
            out.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
