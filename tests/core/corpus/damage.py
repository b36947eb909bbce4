"""MIDI files made from a seed, and what may be wrong with them: cut, flipped, spliced, absurd on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.core.files.midi_builder import Events, chunk, in_order, meta, midi_file, note, number

LONGEST_DELTA = b"\xff\xff\xff\x7f"
TEMPO, METER = 0x51, 0x58


def sound_file(rng: random.Random) -> bytes:
    """A file that could be learned from, or nearly: a few tracks, drums, names, controllers, meters and tempos."""
    ticks_per_beat = rng.choice([24, 96, 120, 220, 480, 480, 960, 1024])
    bars = rng.randrange(3, 24)
    end = 4 * ticks_per_beat * bars
    maps = [(tick, meta(TEMPO, rng.randrange(200_000, 2_000_000).to_bytes(3, "big"))) for tick in _ticks(rng, 3, end)]
    maps += [(tick, meta(METER, bytes([rng.randrange(1, 16), rng.randrange(1, 5), 24, 8])))
             for tick in _ticks(rng, 3, end)]
    chunks = [chunk(in_order(maps))]
    for _ in range(rng.randrange(1, 6)):
        channel = rng.randrange(16)
        notes = [note(onset, onset + rng.choice([0, 1, 30, ticks_per_beat, 5 * ticks_per_beat]), rng.randrange(128),
                      rng.randrange(1, 128), channel)
                 for onset in _ticks(rng, rng.choice([20, 60, 300]), end, rng.choice([ticks_per_beat // 4, 1]))]
        others: Events = [(tick, bytes([0xB0 | channel, rng.randrange(128), rng.randrange(128)]))
                          for tick in _ticks(rng, 5, end)]
        others += [(tick, bytes([0xC0 | channel, rng.randrange(128)])) for tick in _ticks(rng, 2, end)]
        others += [(0, meta(3, b"part")), (0, b"\xf0\x03\1\2\xf7")]
        chunks.append(chunk(in_order(others, *notes)))
    if rng.random() < 0.1:
        return midi_file(chunks[1], file_format=0, ticks_per_beat=ticks_per_beat)
    return midi_file(*chunks, ticks_per_beat=ticks_per_beat)


def damaged_file(rng: random.Random) -> bytes:
    """A sound file with one to three things wrong with it."""
    data = bytearray(sound_file(rng))
    for _ in range(rng.choice([1, 1, 2, 3])):
        rng.choice(DAMAGES)(data, rng)
    if rng.random() < 0.5:
        mend_lengths(data)
    return bytes(data)


def mend_lengths(data: bytearray) -> None:
    """Every track says truly where it ends, so that a reader gets to what is wrong inside."""
    starts = [at for at in range(14, len(data) - 8) if data[at:at + 4] == b"MTrk"]
    for at, end in zip(starts, [*starts[1:], len(data)]):
        data[at + 4:at + 8] = max(0, end - at - 8).to_bytes(4, "big")


def _ticks(rng: random.Random, most: int, end: int, step: int = 1) -> list[int]:
    return sorted(rng.randrange(0, end, step) for _ in range(rng.randrange(most + 1)))


# -- what may be wrong -------------------------------------------------------------------------------


def cut_off(data: bytearray, rng: random.Random) -> None:
    del data[_place(data, rng, 0):]


def flip_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.randrange(1, 20)):
        if data:
            data[_place(data, rng, 0)] ^= 1 << rng.randrange(8)


def write_over(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at:at + rng.randrange(1, 8)] = rng.choice([rng.randbytes(4), b"\0" * 8, b"\xff" * 8, LONGEST_DELTA])


def leave_out(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    del data[at:at + rng.randrange(1, 30)]


def repeat_a_piece(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at:at] = data[at:at + rng.randrange(1, 200)] * _many(rng, 400)


def put_in(data: bytearray, rng: random.Random) -> None:
    at = _place(data, rng)
    data[at:at] = rng.randbytes(rng.randrange(1, 30))


def splice(data: bytearray, rng: random.Random) -> None:
    data[_place(data, rng):] = sound_file(rng)[rng.randrange(14):]


def chunk_length(data: bytearray, rng: random.Random) -> None:
    starts = [at for at in range(len(data) - 8) if data[at:at + 4] == b"MTrk"]
    if starts:
        at = rng.choice(starts) + 4
        length = int.from_bytes(data[at:at + 4], "big")
        absurd = rng.choice([0, 1, length - 1, length + 1, length // 2, 2**31 - 1, 2**31, 2**32 - 1])
        data[at:at + 4] = (absurd % 2**32).to_bytes(4, "big")


def header(data: bytearray, rng: random.Random) -> None:
    at, values = rng.choice([(4, [0, 5, 7, 2**16, 2**31, 2**32 - 1]), (8, [0, 1, 2, 3, 2**16 - 1]),
                             (10, [0, 1, 2, 100, 2**16 - 1]),
                             (12, [0, 1, 2, 5, 23, 2**15 - 1, 2**15, 0xE728, 2**16 - 1])])
    data[at:at + (4 if at == 4 else 2)] = rng.choice(values).to_bytes(4 if at == 4 else 2, "big")


def event(data: bytearray, rng: random.Random) -> None:
    """An event that is absurd, behind the header of a random track."""
    length = rng.choice([2**7, 2**14, 2**28 - 1])
    _insert(data, rng, rng.choice([
        b"\0" + meta(TEMPO, rng.choice([b"\0\0\0", b"\0\0\1", b"\xff\xff\xff", b"", b"\7\7\7\7"])),
        b"\0" + meta(METER, rng.choice([b"\0\0\0\0", b"\xff\0\x18\x08", b"\1\6\x18\x08", b"\1\xff\0\0", b"\4", b""])),
        b"\0\xff" + bytes([rng.randrange(128)]) + number(length),
        b"\0\xf0" + number(length), b"\0\xf7" + number(length),
        b"\0\xf4", b"\0\xff\x2f\0", b"\0\xff\x2f\5", b"\0\xfe", b"\xff\xff\xff\xff\xff\x7f\x90\x40\x40",
        LONGEST_DELTA + b"\x90\x40\x40" + LONGEST_DELTA + b"\x80\x40\x40",
        (LONGEST_DELTA + b"\xb0\7\7") * _many(rng, 40)]))


def endless_notes(data: bytearray, rng: random.Random) -> None:
    """Notes that sound until the file's end, which is far away."""
    notes = b"".join(bytes([0, 0x90 | rng.randrange(16), rng.randrange(128), 64]) for _ in range(_many(rng, 4_000)))
    ends = b"".join(bytes([0, 0x80 | channel, pitch, 0]) for channel in range(16) for pitch in range(128))
    _insert(data, rng, notes + rng.choice([LONGEST_DELTA, b"\xff\xff\x7f"]) + b"\xb0\7\7" + ends)


def running_status(data: bytearray, rng: random.Random) -> None:
    """Thousands of events of three bytes each."""
    events = {"notes": b"\0\x40\x40\1\x40\0", "starts": b"\0\x40\x40", "ends": b"\1\x40\0"}[
        rng.choice(["notes", "starts", "ends"])]
    _insert(data, rng, b"\0\x90\x40\x40" + events * _many(rng, 20_000))


def many_changes(data: bytearray, rng: random.Random) -> None:
    """A meter, a tempo or a program at every tick."""
    change = rng.choice([b"\1" + meta(METER, b"\1\6\x18\x08"), b"\1" + meta(TEMPO, b"\7\xa1\x20"), b"\1\xc0\5",
                         b"\1\xc0\5\0\x90\x40\x40\1\x80\x40\0\0\xc0\6\0\x90\x40\x40\1\x80\x40\0"])
    _insert(data, rng, change * _many(rng, 10_000))


def many_tracks(data: bytearray, rng: random.Random) -> None:
    count = _many(rng, 5_000)
    data[10:12] = (2**16 - 1 if rng.random() < 0.2 else count).to_bytes(2, "big")
    data += rng.choice([chunk([]), chunk(note(0, 96))]) * count


DAMAGES: list[Callable[[bytearray, random.Random], None]] = [
    cut_off, flip_bits, flip_bits, write_over, leave_out, repeat_a_piece, put_in, splice, chunk_length, header, header,
    event, event, event, endless_notes, running_status, many_changes, many_tracks]


def _many(rng: random.Random, most: int) -> int:
    """From 1 to ``most``, tens as often as hundreds or thousands."""
    return int(most ** rng.random())


def _place(data: bytearray, rng: random.Random, first: int = 14) -> int:
    return rng.randrange(first, len(data)) if len(data) > first else 0


def _insert(data: bytearray, rng: random.Random, events: bytes) -> None:
    """At the start of a track, whose length stays true."""
    starts = [at for at in range(len(data) - 8) if data[at:at + 4] == b"MTrk"]
    if starts:
        at = rng.choice(starts)
        length = int.from_bytes(data[at + 4:at + 8], "big") + len(events)
        data[at + 4:at + 8] = (length % 2**32).to_bytes(4, "big")
        data[at + 8:at + 8] = events
