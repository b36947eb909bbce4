"""Anything at all, in any order: every action and gesture is one step of undo or none, and Esc takes it back.

10,000 steps: python3 main.py test --slow tests/app/test_anything.py
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytestqt.exceptions import capture_exceptions

from app.actions import ACTIONS
from tests.app.conftest import piano_and_bass
from tests.app.person import KINDS, LEAVING, WALKING, Person, Step

steps = st.builds(Step, st.sampled_from(KINDS), st.integers(0, 2**32))


def work(person: Person, session: list[Step]) -> None:
    person.begin(piano_and_bass())
    for step in session:
        with capture_exceptions() as raised:
            person.do(step)
        assert not raised, f"{person.said}: {raised[0][1]!r}"


def run(person: Person, examples: int, length: int) -> None:
    @settings(max_examples=examples, derandomize=True, database=None, deadline=None,
              phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    @given(st.lists(steps, min_size=length, max_size=length))
    def sessions(session):
        work(person, session)

    sessions()


@pytest.fixture
def person(window, monkeypatch) -> Person:
    return Person(window, monkeypatch)


def test_a_session_of_anything_at_all(person):
    run(person, examples=3, length=40)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_steps_of_anything_at_all(person):
    run(person, examples=200, length=50)


def test_every_action_can_be_undone_and_done_again(person):
    """With notes selected, with bars marked, and with nothing selected."""
    song = piano_and_bass()
    for action in ACTIONS:
        if action.id not in LEAVING | WALKING:
            person.begin(song)
            for number in range(3):
                try_action(person, action.id, number, song)


def try_action(person: Person, name: str, number: int, song) -> None:
    person.document.selection.select_notes(song.tracks[0].notes[:4 if number == 0 else 0])
    if number == 1:
        person.document.selection.select_bars(1, 3)
    person.window.refresh_actions()
    before = person.see()
    person.said = f"action: {name}"
    person.chance.seed(number)
    with capture_exceptions() as raised:
        if person.window.qactions[name].isEnabled():
            person.answer_menus()
            person.window.qactions[name].trigger()
        person.settle()
    assert not raised, f"{name}: {raised[0][1]!r}"
    person.look(before)
    person.stack.setIndex(0)
    assert person.document.song == song, name
    person.songs = [song]
    person.stack.clear()
