"""Ticks, seconds, bars: each way and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.music.timebase import Meter, Tempo, Timebase, usable_meter, usable_tempo

meters = st.lists(st.builds(Meter, st.integers(0, 20_000), st.integers(1, 17), st.sampled_from([1, 2, 4, 8, 16])),
                  unique_by=lambda m: m.tick, max_size=8).map(tuple)
tempos = st.lists(st.builds(Tempo, st.integers(0, 20_000), st.integers(50_000, 4_000_000)),
                  unique_by=lambda t: t.tick, max_size=8).map(tuple)
timebases = st.builds(Timebase, st.sampled_from([1, 24, 96, 480, 960]), tempos, meters)
ticks = st.integers(0, 40_000)


@given(timebases, ticks)
def test_every_tick_lies_in_its_bar(base: Timebase, tick: int) -> None:
    bar = base.bar_at(tick)
    assert base.bar_start(bar) <= tick < base.bar_end(bar)


@given(timebases, st.integers(0, 500))
def test_a_bar_starts_in_itself_and_the_tick_before_is_in_the_one_before(base: Timebase, bar: int) -> None:
    start = base.bar_start(bar)
    assert base.bar_at(start) == bar
    if bar:
        assert base.bar_at(start - 1) == bar - 1


@given(timebases)
def test_a_meter_change_starts_a_bar_of_its_own_length_or_shorter(base: Timebase) -> None:
    for meter in base.meters:
        bar = int(base.bar_at(meter.tick))
        assert base.bar_start(bar) == meter.tick
        assert base.meter_of(bar) == meter
    for bar in range(40):
        length = base.bar_end(bar) - base.bar_start(bar)
        whole = base.meter_of(bar).bar_ticks(base.ticks_per_beat)
        cut = any(m.tick == base.bar_end(bar) for m in base.meters)
        assert length == whole or (cut and 0 < length < whole)


@given(timebases, ticks)
def test_bars_until_a_tick_hold_everything_before_it(base: Timebase, tick: int) -> None:
    count = base.bars_until(tick)
    assert base.bar_start(count) >= tick
    assert count == 0 or base.bar_start(count - 1) < tick


@given(timebases, ticks)
def test_a_tick_comes_back_from_its_second(base: Timebase, tick: int) -> None:
    assert base.tick_at(base.seconds_at(tick)) == tick


@given(timebases, st.lists(ticks, max_size=20))
def test_arrays_give_what_single_numbers_give(base: Timebase, many: list[int]) -> None:
    array = np.array(many, dtype=np.int64)
    assert base.seconds_at(array).tolist() == [float(base.seconds_at(t)) for t in many]
    assert base.bar_at(array).tolist() == [int(base.bar_at(t)) for t in many]
    assert (np.diff(base.seconds_at(np.sort(array))) >= 0).all()


def test_seconds_by_hand() -> None:
    base = Timebase(480, (Tempo(960, 1_000_000), Tempo(0, 500_000), Tempo(1440, 250_000)))
    assert base.seconds_at([0, 480, 960, 1440, 1920]).tolist() == pytest.approx([0, 0.5, 1.0, 2.0, 2.25])
    assert base.tempo_at(1439) == Tempo(960, 1_000_000)
    assert base.tempo_at(0).beats_per_minute == 120


def test_what_comes_before_the_first_change_has_midis_defaults() -> None:
    base = Timebase(480, (Tempo(960, 1_000_000),), (Meter(3840, 3, 4),))
    assert base.seconds_at(960) == 1.0
    assert base.meter_of(0) == Meter(0, 4, 4)
    assert [int(base.bar_start(bar)) for bar in range(4)] == [0, 1920, 3840, 5280]


def test_of_two_changes_at_one_tick_the_last_given_holds() -> None:
    base = Timebase(480, (Tempo(0, 600_000), Tempo(0, 300_000)), (Meter(0, 6, 8), Meter(0, 2, 4)))
    assert base.tempo_at(5) == Tempo(0, 300_000)
    assert base.meter_of(0) == Meter(0, 2, 4)


def test_a_meter_inside_a_bar_cuts_it_short() -> None:
    base = Timebase(480, meters=(Meter(0, 4, 4), Meter(480, 3, 4)))
    assert [int(base.bar_start(bar)) for bar in range(3)] == [0, 480, 1920]


def test_meters_count_their_own_note() -> None:
    assert (Meter(0, 6, 8).bar_ticks(480), Meter(0, 6, 8).beat_ticks(480)) == (1440, 240)
    assert Meter(0, 1, 64).bar_ticks(1) == 1


def test_what_no_file_should_say_is_known() -> None:
    assert not usable_tempo(0)
    assert not usable_meter(0, 4)
    assert not usable_meter(4, 2**200)
    assert usable_meter(7, 8)


def test_a_resolution_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="ticks_per_beat"):
        Timebase(0)
