"""Ticks and samples agree in both directions, and the playhead reads what is heard, not what is rendered."""

from hypothesis import given
from hypothesis import strategies as st

from core.music.timebase import Tempo, Timebase
from core.sound.transport import SampleClock, Segment, Timeline, Transport

tempos = st.lists(st.builds(Tempo, st.integers(0, 5000), st.integers(200_000, 2_000_000)), max_size=5)


@given(tempos, st.integers(0, 100_000), st.sampled_from([22050, 44100, 48000]))
def test_a_tick_is_found_again_from_its_sample(changes: list[Tempo], tick: int, rate: int) -> None:
    clock = SampleClock(Timebase(480, tuple(changes)), rate)
    assert clock.tick_of(int(clock.sample_of(tick))) == tick


def test_the_timeline_tells_what_is_heard_and_forgets_the_past() -> None:
    clock = SampleClock(Timebase(480), 48000)
    timeline = Timeline(Segment(0, 0, False, clock, 0))
    timeline.append(Segment(1000, 24000, True, clock, 1))
    timeline.append(Segment(5000, 0, True, clock, 2))
    assert timeline.at(999).tick_at(999) == 0
    assert timeline.at(3400).tick_at(3400) == 528
    assert timeline.at(7400).tick_at(7400) == 48
    timeline.append(Segment(2000, 96000, False, clock, 3))  # a stop takes back what was planned after it
    assert timeline.at(9000).tick_at(9000) == 1920
    timeline.forget(2500)
    assert timeline.at(2500).serial == 3


def test_a_loop_keeps_the_samples_by_which_a_block_overshot_it() -> None:
    transport = Transport(SampleClock(Timebase(480), 48000))
    transport.set_loop((100, 1100))
    transport.position = 1107
    transport.jump_back()
    assert transport.position == 107


def test_a_loop_behind_us_does_not_catch_us() -> None:
    transport = Transport(SampleClock(Timebase(480), 48000))
    transport.set_loop((0, 1000))
    transport.locate(2000)
    assert transport.loop_end is None
    transport.locate(500)
    assert transport.loop_end == 1000


def test_another_tempo_keeps_the_place_in_the_music() -> None:
    transport = Transport(SampleClock(Timebase(480), 48000))
    transport.locate(24000)
    transport.set_loop((24000, 48000))
    transport.set_clock(SampleClock(Timebase(480, (Tempo(0, 250_000),)), 48000))
    assert transport.position == 12000
    assert transport.loop == (12000, 24000)
