"""Changes to the events of one chunk, gathered and then made all at once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass, field, replace

from core.files.smf import Chunk, Event

SETUP, NOTE_OFF, NOTE_ON = range(3)
"""New events at one tick come in this order; setup and note-offs before what stands there already, note-ons after."""


@dataclass(eq=False)
class ChunkEdit:
    """What is done to the events of one chunk: left out, replaced, moved to another channel, added."""

    chunk: Chunk = field(default_factory=lambda: Chunk((), 0))
    drop: set[int] = field(default_factory=set)
    replaced: dict[int, bytes] = field(default_factory=dict)
    channels: dict[int, int] = field(default_factory=dict)
    added: list[tuple[int, int, int, int, bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ticks = [tick for tick, _ in self.chunk.events]

    def add(self, tick: int, rank: int, data: bytes, before: int | None = None) -> None:
        """Add an event at a tick, directly before the event of index ``before`` if that is given."""
        if before is None:
            before = (bisect_right if rank == NOTE_ON else bisect_left)(self.ticks, tick)
        self.added.append((before, tick, rank, len(self.added), data))

    def result(self) -> Chunk:
        if not (self.drop or self.replaced or self.channels or self.added):
            return self.chunk
        added = defaultdict(list)
        for before, tick, _, _, data in sorted(self.added):
            added[before].append((tick, data))
        out: list[Event] = []
        for index, (tick, data) in enumerate(self.chunk.events):
            out += added.get(index, ())
            if index not in self.drop:
                out.append((tick, on_channel(self.replaced.get(index, data), self.channels)))
        out += added.get(len(self.chunk.events), ())
        return replace(self.chunk, events=tuple(out), end=max(self.chunk.end, out[-1][0] if out else 0))


def on_channel(data: bytes, channels: dict[int, int]) -> bytes:
    """The event, moved where ``channels`` says; what is not on a channel stays as it is."""
    if data[0] >= 0xF0 or (channel := channels.get(data[0] & 0x0F)) is None:
        return data
    return bytes((data[0] & 0xF0 | channel,)) + data[1:]
