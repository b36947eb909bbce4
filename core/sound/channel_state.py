"""What the channels of a synthesizer are set to, so that a jump sends what differs and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from core.sound.schedule import (
    BANK_LSB,
    BANK_MSB,
    BEND,
    CONTROL,
    KEY_PRESSURE,
    PRESSURE,
    PROGRAM,
    RESET_CONTROLLERS,
)
from core.sound.synth import Synth

KIND, RPN = 0, 1
DATA_MSB, DATA_LSB, RPN_LSB, RPN_MSB = 6, 38, 100, 101
SUSTAIN, SOSTENUTO = 64, 66

Key = tuple[int, int, Any]
"""(channel, status or KIND or RPN, number): what one setting is known by."""

CONTROL_DEFAULTS = {7: 100, 8: 64, 10: 64, 11: 127, 43: 127} | dict.fromkeys(range(70, 80), 64) | dict.fromkeys(
    range(98, 102), 127)
RPN_DEFAULTS = {(0, 0, DATA_MSB): 2, (0, 1, DATA_MSB): 64, (0, 2, DATA_MSB): 64}
RESET_BY_121 = (1, 2, 4, 11, 64, 65, 66, 67, 68, 69, 98, 99, 100, 101)


def default_of(key: Key) -> Any:
    """The value a fresh synthesizer has."""
    _, kind, number = key
    if kind == CONTROL:
        return CONTROL_DEFAULTS.get(number, 0)
    if kind == RPN:
        return RPN_DEFAULTS.get(number, 0)
    return {PROGRAM: (0, 0, 0), BEND: 8192, KIND: None}.get(kind, 0)


class ChannelState(dict[Key, Any]):
    """Settings by key; what is not there has its default."""

    def note(self, channel: int, status: int, a: int, b: int) -> None:
        """Write down a message that was sent, or is to be."""
        if status == CONTROL:
            self._note_control(channel, a, b)
        elif status == PROGRAM:
            banks = (self._value(channel, CONTROL, BANK_MSB), self._value(channel, CONTROL, BANK_LSB))
            self[channel, PROGRAM, 0] = (*banks, a)
        elif status == BEND:
            self[channel, BEND, 0] = a | b << 7
        elif status == PRESSURE:
            self[channel, PRESSURE, 0] = a
        elif status == KEY_PRESSURE:
            self[channel, KEY_PRESSURE, a] = b

    def _note_control(self, channel: int, number: int, value: int) -> None:
        if number == RESET_CONTROLLERS:
            for key in [k for k in self if k[0] == channel]:
                if key[1] in (BEND, PRESSURE, KEY_PRESSURE) or (key[1] == CONTROL and key[2] in RESET_BY_121):
                    del self[key]
        elif number < 120:
            self[channel, CONTROL, number] = value
            selected = (self._value(channel, CONTROL, RPN_MSB), self._value(channel, CONTROL, RPN_LSB))
            if number in (DATA_MSB, DATA_LSB) and selected != (127, 127):
                self[channel, RPN, (*selected, number)] = value

    def _value(self, channel: int, kind: int, number: Any) -> Any:
        key = (channel, kind, number)
        return self.get(key, default_of(key))


def wanted_state(kinds: Iterable[bool], messages: Iterable[tuple[int, int, int, int]]) -> ChannelState:
    """The state after ``messages``, on channels of which ``kinds`` says whether they play drums."""
    state = ChannelState({(channel, KIND, 0): drums for channel, drums in enumerate(kinds)})
    for message in messages:
        state.note(*message)
    return state


def send(synth: Synth, channel: int, status: int, a: int, b: int) -> None:
    """One channel message that is not a note."""
    if status == CONTROL:
        synth.control(channel, a, b)
    elif status == PROGRAM:
        synth.program(channel, a)
    elif status == BEND:
        synth.bend(channel, a | b << 7)
    elif status == PRESSURE:
        synth.pressure(channel, a)
    elif status == KEY_PRESSURE:
        synth.key_pressure(channel, a, b)


def bring_to(synth: Synth, now: ChannelState, wanted: ChannelState) -> set[int]:
    """Send what leads from one state to the other and update ``now``. Returns the channels whose sound changed
    (program or kind), on which notes that ring would go on with the old one."""
    changed, stale = set(), set()
    keys = sorted(now.keys() | wanted.keys(), key=lambda key: (key[1] not in (KIND, RPN), key[1] != PROGRAM))
    for key in keys:
        channel, kind, number = key
        value = wanted.get(key, default_of(key))
        if now.get(key, default_of(key)) == value and key not in stale:
            continue
        if kind == KIND:
            synth.make_drums(channel, bool(value))
            stale.add((channel, PROGRAM, 0))  # the new kind takes hold with the next program change
        elif kind == RPN:
            msb, lsb, entry = number
            for controller, setting in ((RPN_MSB, msb), (RPN_LSB, lsb), (entry, value)):
                synth.control(channel, controller, setting)
            stale |= {(channel, CONTROL, n) for n in (RPN_MSB, RPN_LSB)}
        elif kind == PROGRAM:
            synth.control(channel, BANK_MSB, value[0])
            synth.control(channel, BANK_LSB, value[1])
            synth.program(channel, value[2])
            changed.add(channel)
        elif kind == CONTROL:
            synth.control(channel, number, value)
        elif kind == BEND:
            synth.bend(channel, value)
        elif kind == PRESSURE:
            synth.pressure(channel, value)
        else:
            synth.key_pressure(channel, number, value)
    now.clear()
    now.update(wanted)
    return changed
