"""The vocabulary: one number, one meaning, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tokens import vocabulary as v

KINDS = list(v.Kind)


def test_every_token_parses_to_what_makes_it():
    for number in range(v.SIZE):
        found = v.parse(number)
        assert v.token(found.kind, found.value) == number


def test_no_two_tokens_read_the_same():
    assert len({v.describe(number) for number in range(v.SIZE)}) == v.SIZE


@pytest.mark.parametrize(("number", "text"), [
    (v.PAD, "PAD"), (v.FILL, "FILL"), (v.GENERATE, "GENERATE"), (v.POSITION + 12, "POSITION 12"),
    (v.BAR + v.meter_class(3, 4), "BAR 3/4"), (v.PITCH + 60, "PITCH 60"), (v.DURATION + 23, "DURATION 24"),
])
def test_tokens_read_as_a_person_would_say_them(number, text):
    assert v.describe(number) == text


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_a_kind_does_not_have_is_refused(kind):
    for value in (-1, v.SIZES[kind]):
        with pytest.raises(ValueError, match=kind.name):
            v.token(kind, value)


def test_kinds_tile_the_vocabulary():
    assert v.KIND_OF.shape == (v.SIZE,)
    for kind in KINDS:
        assert np.flatnonzero(kind == v.KIND_OF).tolist() == [v.token(kind, i) for i in range(v.SIZES[kind])]


def test_durations_ascend_and_start_with_one_unit():
    assert v.DURATIONS[0] == 1
    assert (np.diff(v.DURATIONS) > 0).all()
    assert v.DRUM_DURATION in v.DURATIONS


def test_components_name_rows_of_one_table():
    assert v.COMPONENTS.shape == (v.SIZE, 3)
    assert v.COMPONENTS.min() == 0
    assert set(range(1, v.COMPONENT_COUNT)) <= set(v.COMPONENTS.ravel().tolist())
    assert (v.COMPONENTS[:, 0] > 0).all()


def test_octaves_share_a_pitch_class_and_beats_a_place():
    pitch = v.COMPONENTS[v.PITCH:v.PITCH + 128]
    assert (pitch[60] == pitch[72]).tolist() == [True, True, False]
    assert (pitch[60] == pitch[71]).tolist() == [True, False, True]
    position = v.COMPONENTS[v.POSITION:v.POSITION + 24]
    assert (position[3] == position[15]).tolist() == [True, True, False]
    # What a pitch shares with a pitch it shares with nothing else.
    assert not set(pitch[:, 1:].ravel()) & set(position[:, 1:].ravel())


@given(st.sampled_from(v.METERS))
def test_a_meter_with_a_token_is_said_exactly(meter):
    assert v.METERS[v.meter_class(*meter)] == meter


@pytest.mark.parametrize(("meter", "beats"), [((6, 32), 0.75), ((17, 16), 4.25), ((64, 4), 16.0), ((3, 1), 12.0)])
def test_another_meter_becomes_the_one_nearest_in_length(meter, beats):
    numerator, denominator = v.METERS[v.meter_class(*meter)]
    assert abs(4 * numerator / denominator - beats) <= 0.25


def test_tempo_classes_rise_from_slow_to_fast():
    classes = [v.tempo_class(tempo) for tempo in range(5, 600)]
    assert classes == sorted(classes)
    assert set(classes) == set(range(v.TEMPO_CLASSES))
