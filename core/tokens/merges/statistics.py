"""How much music a number of tokens holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.tokens.encoder import EncodedSong
from core.tokens.merges.merges import Merges
from core.tokens.stream import stream_length


@dataclass(frozen=True)
class TokenStatistics:
    """Of some songs: their ``notes`` and ``bars``, the tokens inside their cells, and all tokens of their streams
    (those that say bars, tempos and tracks too)."""

    notes: int
    bars: int
    cell_tokens: int
    stream_tokens: int

    @property
    def tokens_per_note(self) -> float:
        """Tokens inside cells for each note."""
        return self.cell_tokens / max(1, self.notes)

    @property
    def bars_per_1024_tokens(self) -> float:
        """Bars of all tracks together that 1,024 tokens of the streams hold."""
        return 1024 * self.bars / max(1, self.stream_tokens)


def token_statistics(songs: Iterable[EncodedSong], merges: Merges | None = None) -> TokenStatistics:
    """The statistics of plain songs, as they are or merged."""
    notes = bars = cell_tokens = stream_tokens = 0
    for plain in songs:
        song = merges.apply(plain) if merges else plain
        notes += int(song.cell_notes.sum())
        bars += song.bar_count
        cell_tokens += len(song.tokens)
        stream_tokens += stream_length(song)
    return TokenStatistics(notes, bars, cell_tokens, stream_tokens)
