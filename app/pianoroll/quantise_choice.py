"""How a person wants notes quantised: what the dialog shows and the settings remember."""

from __future__ import annotations

from dataclasses import dataclass

from app.pianoroll.snap import GRIDS, OFF, ZOOM
from app.translation import later
from core.music.quantise import Quantise

AS_TOOL_BAR = later("As in the tool bar")
QUANTISE_GRIDS = (AS_TOOL_BAR, *(name for name in GRIDS if name not in (OFF, ZOOM)))
STRAIGHT, LATEST = 50, 75
"""Swing in percent of a pair of steps."""


@dataclass(frozen=True)
class QuantiseChoice:
    """``grid`` is one of ``QUANTISE_GRIDS``; ``strength`` and ``swing`` are percents."""

    grid: str = AS_TOOL_BAR
    strength: int = 100
    swing: int = STRAIGHT
    ends: bool = False

    def how(self, grid_now: str) -> Quantise:
        """``grid_now``: the grid of the tool bar."""
        name = grid_now if self.grid == AS_TOOL_BAR else self.grid
        return Quantise(GRIDS[name], self.strength / 100, self.swing / 100, ends=self.ends)

    def as_text(self) -> str:
        return f"{self.grid};{self.strength};{self.swing};{'ends' if self.ends else 'starts'}"


def choice_of(text: str) -> QuantiseChoice:
    """What ``as_text`` wrote; the default for anything else."""
    match text.split(";"):
        case [grid, strength, swing, what] if (grid in QUANTISE_GRIDS and strength.isdecimal() and swing.isdecimal()
                                               and int(strength) <= 100 and STRAIGHT <= int(swing) <= LATEST):
            return QuantiseChoice(grid, int(strength), int(swing), what == "ends")
    return QuantiseChoice()
