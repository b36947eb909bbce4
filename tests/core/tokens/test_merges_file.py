"""Merges on disk: they come back, a person can read them, and nothing damaged is believed."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.tokens import vocabulary as v
from core.tokens.merges import Merges, MergesError
from tests.core.tokens.merged import merges_of, small_merges

NOTE = (v.POSITION, v.VELOCITY + 4, v.PITCH + 60, v.DURATION + 23)
LITTLE = merges_of([NOTE, NOTE[1:3]])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "merges.json"


@pytest.mark.parametrize("merges", [LITTLE, small_merges("bpe"), small_merges("action")])
def test_they_come_back(path, merges):
    merges.save(path)
    again = Merges.load(path)
    assert again == merges and again.fingerprint == merges.fingerprint
    assert [file.name for file in path.parent.iterdir()] == ["merges.json"]


def test_a_person_can_read_them(path):
    LITTLE.save(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert '  "POSITION 0, VELOCITY 4, PITCH 60, DURATION 24",' in lines
    assert ' "kind": "bpe",' in lines


def test_fingerprints_tell_merges_apart():
    others = [merges_of([NOTE]), merges_of([NOTE[1:3], NOTE]), Merges("action", (NOTE,)), small_merges("bpe")]
    assert len({merges.fingerprint for merges in [LITTLE, *others]}) == 5


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.data())
def test_a_damaged_file_is_refused_or_says_the_same(path, data):
    LITTLE.save(path)
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(st.sampled_from(["cut", "flip", "drop", "repeat"]))
    path.write_bytes({"cut": whole[:at], "flip": whole[:at] + bytes([whole[at] ^ 1 << data.draw(st.integers(0, 7))])
                      + whole[at + 1:], "drop": whole[:at] + whole[at + 1:],
                      "repeat": whole[:at] + whole[at:at + 1] + whole[at:]}[damage])
    try:
        assert Merges.load(path) == LITTLE
    except MergesError as error:
        assert str(path) in str(error)


@pytest.mark.parametrize(("key", "value", "says"), [
    ("format", "something", "not a ritornello-merges"), ("version", 2, "version 2"), ("kind", "pairs", "pairs"),
    ("vocabulary", "0" * 64, "another vocabulary.*learn"), ("fingerprint", "0" * 64, "not those it was written with"),
    ("tokens", ["POSITION 0, VELOCITY 4"], "damaged"), ("tokens", 5, "damaged"), ("tokens", [5], "text"),
    ("tokens", ["POSITION 0, VELOCITY 9"], "damaged"), ("tokens", ["POSITION 0"] * 4, "damaged"),
    ("tokens", ["TRACK 0, POSITION 0", "PITCH 5, DURATION 2", "FILL, END"], "in no cell"),
    ("rules", [[0, 1, 2]], "pair"), ("rules", [["a", "b"]], "pair"), ("rules", [[0, 10**9]], "before"),
    ("rules", [[-1, -1]], "before"), ("rules", [[v.PAD, v.PAD]], "makes no token"), ("rules", [], "belong together"),
    ("rules", None, "damaged"),
])
def test_what_does_not_hold_together_is_refused(path, key, value, says):
    LITTLE.save(path)
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(MergesError, match=f"(?s)merges.json.*{says}"):
        Merges.load(path)


@pytest.mark.parametrize("text", ["", "[]", "5", "{}", "null", "[" * 100_000, "\xff\xfe", "NaN"])
def test_other_files_are_not_merges(path, text):
    path.write_text(text, encoding="latin-1")
    with pytest.raises(MergesError, match="merges.json"):
        Merges.load(path)


def test_a_missing_file_and_a_folder_are_named(path, tmp_path):
    for wrong in (path, tmp_path):
        with pytest.raises(MergesError, match="cannot be read"):
            Merges.load(wrong)


@pytest.mark.parametrize(("kind", "expansions", "rules", "says"), [
    ("action", (NOTE, NOTE), (), "the same"), ("action", (NOTE[:1],), (), "1 tokens"),
    ("action", ((v.POSITION, v.VELOCITY, *(v.PITCH + i // 2 if i % 2 == 0 else v.DURATION for i in range(64))),), (),
     "66 tokens"),
    ("action", (NOTE[1:],), (), "what starts on one slot"), ("action", (NOTE[:3],), (), "what starts on one slot"),
    ("action", ((*NOTE, v.POSITION + 1, *NOTE[2:]),), (), "what starts on one slot"),
    ("action", (NOTE,), ((NOTE[0], NOTE[1]),), "no rules"), ("bpe", (NOTE,), (), "belong together"),
    ("action", ((v.POSITION, v.VELOCITY, v.PITCH + 5, v.DRUM + 6),), (), "in no cell"),
    ("action", ((v.POSITION, v.VELOCITY, v.PITCH + 5, v.PITCH + 6),), (), "in no cell"),
])
def test_merges_that_make_no_sense_cannot_be_made(kind, expansions, rules, says):
    with pytest.raises(ValueError, match=says):
        Merges(kind, expansions, rules)


def test_more_tokens_than_a_column_can_hold_are_refused():
    pitches = [(v.POSITION + slot, v.VELOCITY + velocity, v.PITCH + pitch, v.DURATION)
               for slot in range(64) for velocity in range(8) for pitch in range(128)]
    with pytest.raises(ValueError, match=f"{v.SIZE + len(pitches):,}"):
        Merges("action", tuple(pitches))
