"""Pictures of what is inside a model: its pitches, where it looked for a note and what it looked up. By matplotlib."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.evaluation.plots import COLOURS
from core.generation.messages import LookUps, NoteAttention, PitchMap
from core.music.song import Song

CLASSES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
BY_FIFTHS = [7 * step % 12 for step in range(13)]
OCTAVES, FIFTHS = (12, 24), (7, 19)
NAMED, LONGEST_NAME = 6, 48
"""Passages of a library that are named below the picture, and letters of their songs' names."""


def draw_pitches(path: Path, pitches: PitchMap) -> None:
    """Pitches on a plane, how alike they are by interval, and the pitch classes joined by fifths."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(13, 4.2), dpi=110, layout="constrained")
    plane, intervals, ring = figure.subplots(1, 3)
    points, classes = pitches.points, (np.arange(len(pitches.points)) + pitches.lowest) % 12
    plane.plot(points[:, 0], points[:, 1], color="#cccccc", linewidth=0.8)
    plane.scatter(points[:, 0], points[:, 1], c=classes, cmap="hsv", vmin=0, vmax=12, s=26)
    for index in np.flatnonzero(classes == 0).tolist():
        octave = (index + pitches.lowest) // 12 - 1
        plane.annotate(f"C{octave}", points[index], textcoords="offset points", xytext=(4, 4))
    first, second = pitches.shares
    plane.set_title(f"pitches; {first:.0%} and {second:.0%} of the spread", fontsize=10)
    steps = np.arange(1, len(pitches.alike))
    colours = [COLOURS[0] if step in OCTAVES else COLOURS[4] if step in FIFTHS else "#bbbbbb"
               for step in steps.tolist()]
    intervals.bar(steps, pitches.alike[1:], color=colours)
    intervals.set_title("mean cosine by interval; octaves blue, fifths red", fontsize=10)
    intervals.set_xlabel("semitones")
    joined = pitches.classes[BY_FIFTHS]
    ring.plot(joined[:, 0], joined[:, 1], color="#cccccc", linewidth=0.8)
    ring.scatter(*pitches.classes.T, c=np.arange(12), cmap="hsv", vmin=0, vmax=12, s=40)
    for number, name in enumerate(CLASSES):
        ring.annotate(name, pitches.classes[number], textcoords="offset points", xytext=(5, 5))
    ring.set_title("pitch classes, joined by fifths", fontsize=10)
    for axes in (plane, ring):
        axes.set_xticks([])
        axes.set_yticks([])
    intervals.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)


def draw_attention(path: Path, song: Song, seen: NoteAttention) -> None:
    """Where the model looked for the note that is red: all heads together, and each head by itself."""
    from matplotlib.figure import Figure

    layers, heads = seen.weights.shape[:2]
    figure = Figure(figsize=(2.2 * heads, 3.2 + 1.5 * layers), dpi=110, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=(3.2, 1.5 * layers))
    average = upper.subplots()
    _draw_notes(average, song, seen, seen.weights.mean(axis=(0, 1)))
    elsewhere = float(seen.elsewhere.mean())
    remembered = f", {float(seen.remembered.mean()):.0%} on the bars before" if seen.remembered.any() else ""
    average.set_title(f"all heads; {elsewhere:.0%} on bar lines, tracks and other signs{remembered}", fontsize=10)
    average.set_xlabel("bar")
    average.set_ylabel("pitch")
    grid = lower.subplots(layers, heads, sharex=True, sharey=True, squeeze=False)
    for layer in range(layers):
        for head in range(heads):
            axes = grid[layer, head]
            _draw_notes(axes, song, seen, seen.weights[layer, head])
            on_notes = float(seen.weights[layer, head].sum())
            axes.set_title(f"layer {layer + 1}, head {head + 1}: {on_notes:.0%} on notes", fontsize=6)
            axes.tick_params(labelsize=5)
    figure.savefig(path)


def draw_look_ups(path: Path, song: Song, note: np.void, looked: LookUps) -> None:
    """What was looked up for ``note``, which is black, on the roll of the song: by all heads, as far as their gates are
    open, and by each, in a colour for each track. What the window shows is shaded: nothing is looked up there."""
    from matplotlib.figure import Figure

    heads = len(looked.gates)
    figure = Figure(figsize=(13, 4.6 + 1.9 * -(-heads // 4)), dpi=110, layout="constrained")
    upper, lower = figure.subfigures(2, 1, height_ratios=(4.2, 1.9 * -(-heads // 4)))
    whole, gates = upper.subplots(), looked.gates
    through = gates / max(float(gates.sum()), 1e-9)
    _draw_looked_up(whole, song, note, looked, through @ looked.weights)
    whole.set_title(f"looked up by layer {looked.layer + 1}: all heads, as far as their gates are open", fontsize=10)
    shares = through @ looked.library_shares
    named = [f"{_shortened(looked.library[i][0])}, bar {looked.library[i][1] + 1} ({shares[i]:.0%})"
             for i in np.argsort(-shares)[:NAMED]]
    lines = ["; ".join(named[i:i + 3]) for i in range(0, len(named), 3)]
    of_library = [f"{shares.sum():.0%} was looked up in the library, most of it in"] if named else []
    whole.set_xlabel("\n".join(["bar", *of_library, *lines]), fontsize=8)
    whole.set_ylabel("pitch")
    grid = lower.subplots(-(-heads // 4), min(4, heads), sharex=True, sharey=True, squeeze=False).ravel()
    for head, axes in enumerate(grid):
        axes.set_visible(head < heads)
        if head < heads:
            _draw_looked_up(axes, song, note, looked, looked.weights[head])
            axes.set_title(f"head {head + 1}: gate open {gates[head]:.0%}", fontsize=7)
            axes.tick_params(labelsize=5)
    figure.savefig(path)


def _shortened(name: str) -> str:
    """The end of a long name, which tells songs of one folder apart."""
    return name if len(name) <= LONGEST_NAME else "…" + name[1 - LONGEST_NAME:]


def _draw_looked_up(axes, song: Song, note: np.void, looked: LookUps, weights: np.ndarray) -> None:
    for track in song.tracks:
        axes.hlines(track.notes["pitch"], _bars(song, track.notes["onset"]),
                    _bars(song, track.notes["onset"] + track.notes["duration"]), colors="#dddddd", linewidth=1)
    starts, ends = _bars(song, looked.notes["onset"]), _bars(song, looked.notes["onset"] + looked.notes["duration"])
    share = np.sqrt(weights / max(float(weights.max(initial=0.0)), 1e-9))
    start, end = _bars(song, np.array([note["onset"], note["onset"] + note["duration"]]))
    last = end + 0.05 * (end - 1)
    widths = np.maximum(ends - starts, last / 300)  # also in a long song something is to be seen
    for i in np.flatnonzero(weights > 0).tolist():
        axes.barh(int(looked.notes["pitch"][i]), widths[i], left=starts[i], height=1.6, linewidth=0, zorder=3,
                  color=COLOURS[int(looked.tracks[i]) % len(COLOURS)], alpha=0.2 + 0.8 * float(share[i]))
    axes.barh(int(note["pitch"]), max(end - start, last / 300), left=start, height=2, linewidth=0, zorder=3,
              color="#000000")
    axes.axvspan(1 + looked.first_bar, last, color="#f0f0f0", zorder=0)
    axes.set_xlim(1, last)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_notes(axes, song: Song, seen: NoteAttention, weights: np.ndarray) -> None:
    starts, ends = _bars(song, seen.notes["onset"]), _bars(song, seen.notes["onset"] + seen.notes["duration"])
    share = np.sqrt(weights / max(float(weights[:-1].max(initial=0.0)), 1e-9)).clip(0.08, 1.0)
    colours = ["#000000"] * (len(weights) - 1) + [COLOURS[4]]
    share[-1] = 1.0
    for start, end, pitch, colour, alpha in zip(starts, ends, seen.notes["pitch"].tolist(), colours, share.tolist()):
        axes.barh(pitch, end - start, left=start, height=0.9, color=colour, alpha=alpha, linewidth=0)
    axes.spines[["top", "right"]].set_visible(False)


def _bars(song: Song, ticks: np.ndarray) -> np.ndarray:
    """Where ticks lie, in bars counted from 1."""
    timebase = song.timebase
    bar = timebase.bar_at(ticks)
    start, end = timebase.bar_start(bar), timebase.bar_end(bar)
    return 1 + bar + (ticks - start) / np.maximum(1, end - start)
