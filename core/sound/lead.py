"""How far the song is rendered ahead of the sink: as little as this machine can do with, as much as it needs."""

from __future__ import annotations

from core.sound.synth import BLOCK

AHEAD = 56 * BLOCK
"""Samples rendered ahead while playing: 81 ms at 44,100 Hz."""

AHEAD_STEP, AHEAD_MOST = 16 * BLOCK, 172 * BLOCK
"""On a machine too busy for that each underrun adds 23 ms, to 250 ms at most: later edits are better than gaps."""

CALM_SECONDS = 60.0
"""After so long without an underrun a step is taken back, so that one bad moment does not last for the session."""


class Lead:
    """``samples`` is the lead, ``stumbles`` how often the sink found too few samples of a song that played."""

    def __init__(self, sample_rate: int) -> None:
        self.samples, self.stumbles = AHEAD, 0
        self._calm = round(CALM_SECONDS * sample_rate)
        self._seen = self._since = 0

    def heed(self, underruns: int, played: int, playing: bool) -> None:
        """Take note of the ring's counts. Underruns while stopped were of silence that came too late."""
        if underruns > self._seen:
            if playing:
                self.stumbles += underruns - self._seen
                self.samples = min(self.samples + AHEAD_STEP, AHEAD_MOST)
            self._seen, self._since = underruns, played
        elif self.samples > AHEAD and played - self._since >= self._calm:
            self.samples, self._since = max(AHEAD, self.samples - AHEAD_STEP), played
