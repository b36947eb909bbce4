"""The lead grows where the machine is too busy, and shrinks again when it is not."""

from core.sound.lead import AHEAD, AHEAD_MOST, AHEAD_STEP, CALM_SECONDS, Lead
from tests.core.sound.listening import RATE

MINUTE = round(CALM_SECONDS * RATE)


def test_an_underrun_makes_it_longer_and_a_calm_minute_shorter_again() -> None:
    lead = Lead(RATE)
    lead.heed(1, 1000, playing=True)
    assert (lead.samples, lead.stumbles) == (AHEAD + AHEAD_STEP, 1)
    lead.heed(2, 2000, playing=True)
    lead.heed(2, 2000 + MINUTE - 1, playing=True)
    assert lead.samples == AHEAD + 2 * AHEAD_STEP
    for minute in (1, 2, 3, 4):
        lead.heed(2, 2000 + minute * MINUTE, playing=True)
    assert (lead.samples, lead.stumbles) == (AHEAD, 2), "never shorter than it began"


def test_silence_that_comes_too_late_counts_for_nothing() -> None:
    lead = Lead(RATE)
    lead.heed(5, 1000, playing=False)
    lead.heed(5, 1001, playing=True)
    assert (lead.samples, lead.stumbles) == (AHEAD, 0)


def test_it_has_an_end() -> None:
    lead = Lead(RATE)
    for count in range(1, 50):
        lead.heed(count, count, playing=True)
    assert lead.samples == AHEAD_MOST and lead.stumbles == 49
    for step in range(1, 20):
        lead.heed(49, 49 + step * MINUTE, playing=True)
    assert lead.samples == AHEAD
