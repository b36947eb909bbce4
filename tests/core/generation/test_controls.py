"""Controls are promises: whatever is sampled under them, there is always a next token, and the notes keep them."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.generation.constraints import allowed_tokens
from core.generation.controls import Controls
from core.generation.guides import guide_of
from core.generation.keeping import finished_with_given
from core.generation.plans import ControlsError, note_bounds, plan_request
from core.generation.request import Request, Take, infill_cells
from core.generation.sampler import generate
from core.music.song import Song, Track, freeze_notes, make_notes
from core.music.timebase import Meter
from core.tokens import vocabulary as v
from core.tokens.attributes import classes_of
from core.tokens.decoder import decode_cells
from core.tokens.encoder import encode, encode_and_report
from core.tokens.grammar import CellPlace, CellWriter
from core.tokens.grid import MAX_SLOTS, slot_of_units
from tests.core.generation.tiny_model import tiny_model
from tests.core.tokens.merged import small_merges

MODEL = tiny_model()
LIMITS = (0, 12, 60)
"""Tokens after which a cell should end: at once, soon, and hardly ever."""


def melody(bars: int = 4) -> Song:
    """A tune off the grid over chords and drums, in C major."""
    count = 8 * bars
    onset = np.maximum(0, np.arange(count) * 240 + np.tile([0, 7, -5, 11], 2 * bars))
    tune = make_notes(onset, [201] * count, 60 + np.tile([0, 4, 2, 7, 5, 11, 12, 2], bars), [90] * count)
    chord = np.repeat(np.arange(2 * bars) * 960, 4)
    chords = make_notes(chord, [900] * count, np.tile([48, 52, 55, 60, 47, 50, 55, 59], bars), [70] * count)
    drums = make_notes(np.arange(count) * 240, [120] * count, np.tile([36, 42], 4 * bars), [99] * count)
    return Song(480, (Track(tune, name="Tune"), Track(chords, name="Chords"), Track(drums, is_drum=True)))


def takes_of(request: Request) -> list[Take]:
    return [event for event in generate(MODEL, request) if isinstance(event, Take)]


def random_song(rng: np.random.Generator) -> Song:
    """Two bars of several tracks, one of drums: chords, notes off the grid, repeated and overlapping ones."""
    resolution = int(rng.choice([480, 480, 96, 97, 10]))
    meters = (Meter(0, *[(4, 4), (3, 4), (2, 4), (5, 8), (1, 16), (17, 4)][rng.integers(6)]),)
    bar = meters[0].bar_ticks(resolution)
    step = int(rng.choice([1, max(1, resolution // 8), max(1, resolution // 4)]))
    tracks = []
    for drums in (False, True, False):
        count = int(rng.integers(0, 15))
        onset = np.minimum(rng.integers(0, 2 * bar, count) // step * step, 2 * bar - 1)
        chord = rng.random(count) < 0.4
        onset[1:] = np.where(chord[1:], onset[:-1], onset[1:])
        duration, pitch = rng.integers(0, bar, count) // 2 // step * step, rng.integers(40, 76, count)
        tracks.append(Track(make_notes(onset, duration, pitch, rng.integers(1, 128, count)), is_drum=drums))
    return Song(resolution, tuple(tracks), meters=meters)


def random_controls(rng: np.random.Generator, song: Song, bars: tuple[int, ...]) -> Controls:
    keep = ("nothing", "rhythm", "tune")[rng.integers(3)]
    every = [(track, onset, pitch) for track, t in enumerate(song.tracks)
             for onset, pitch in zip(t.notes["onset"].tolist(), t.notes["pitch"].tolist())
             if song.timebase.bar_at(onset) in bars]
    share = rng.choice([0, 0, 0.1, 0.5, 1.0])
    locked = frozenset(note for note in every if rng.random() < share)

    def perhaps(classes: int) -> int | None:
        return int(rng.integers(classes)) if rng.random() < 0.5 else None

    scale = frozenset([(), (0, 4, 7), (0, 2, 4, 5, 7, 9, 11), (1, 6)][rng.integers(4)])
    return Controls(keep, locked, perhaps(8) if keep == "nothing" else None, perhaps(4) if keep != "rhythm" else None,
                    perhaps(12) if keep != "tune" else None, scale if keep != "tune" else frozenset())


def place_of(song: Song, bar: int, track: int) -> CellPlace:
    """As ``cell_places`` has it for a window that begins with the song."""
    units = encode(song, bar_count=3).bar_units
    length = int(units[bar + 1] - units[bar])
    slots = min(MAX_SLOTS, max(1, int(slot_of_units(length - 1)) + 1))
    program = v.DRUMS if song.tracks[track].is_drum else 0
    return CellPlace(bar, track, bar, track, program, int(units[bar]), slots)


def written(request: Request, rng: np.random.Generator, limit: int) -> Take:
    """A take of what was drawn at random among the allowed tokens."""
    song, notes = request.song, {}
    last_bar = max(bar for bar, _ in request.cells)
    for cell, plan in sorted(plan_request(request).items()):
        writer = CellWriter([place_of(song, *cell)])
        writer.take(writer.closing_token)
        guide, tokens = guide_of(plan), []
        while True:
            allowed = np.flatnonzero(allowed_tokens(writer, len(tokens), max(limit, 1), None, guide))
            assert len(allowed), "there is nothing that may be written next"
            token = int(rng.choice(allowed))
            assert writer.allowed()[token]
            writer.take(token)
            if writer.done:
                break
            guide.take(token)
            tokens.append(token)
            assert len(tokens) < 2000
        decoded, _ = decode_cells(np.array(tokens), np.full(len(tokens), cell[0]), song.timebase)
        finished = finished_with_given(decoded, int(song.timebase.bar_end(last_bar)), plan.frame, guide.origins)
        notes.setdefault(cell[1], []).append(finished)
        assert len(tokens) <= max(limit, 1) + plan.token_bound + 16
    notes = {track: freeze_notes(np.concatenate(parts)) for track, parts in notes.items()}
    return Take(0, request.cells, notes, 0, 0.5)


def cell_notes(song: Song, bar: int, track: int) -> tuple[np.ndarray, np.ndarray]:
    """Slot and pitch of the notes of a cell, as the encoder sees it."""
    encoded = encode(song, bar_count=3, drum_durations=False)
    tokens, slots = np.empty(0, dtype=int), np.empty(0, dtype=int)
    for cell in range(encoded.cell_count):
        if (encoded.cell_bar[cell], encoded.cell_track[cell]) == (bar, track):
            inside = slice(encoded.cell_start[cell], encoded.cell_start[cell + 1])
            tokens, slots = np.asarray(encoded.tokens[inside], dtype=int), np.asarray(encoded.slots[inside], dtype=int)
    is_note = (tokens >= v.PITCH) & (tokens < v.DURATION)
    pitch = tokens[is_note] - v.PITCH
    return slots[is_note], np.where(pitch >= 128, pitch - 128, pitch)


def is_on_grid(song: Song) -> bool:
    return song.ticks_per_beat == 480 and encode_and_report(song)[1].worst == 0


def rhythm(notes: np.ndarray) -> Counter:
    return Counter(zip(notes["onset"].tolist(), notes["duration"].tolist()))


def in_cells(song: Song, track: int, bars) -> np.ndarray:
    notes = song.tracks[track].notes
    return notes[np.isin(song.timebase.bar_at(notes["onset"]), list(bars))]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_every_promise_holds_whatever_is_sampled(seed):
    rng = np.random.default_rng(seed)
    song, limit = random_song(rng), int(rng.choice(LIMITS))
    bars = ((0,), (1,), (0, 1))[rng.integers(3)]
    controls = random_controls(rng, song, bars)
    locked = controls.locked
    request = Request(song, frozenset((bar, track) for bar in bars for track in range(3)), controls=controls)
    try:
        plans = plan_request(request)
    except ControlsError as error:
        assert "bar" in str(error)
        return
    if controls.ask_nothing:
        return
    take = written(request, rng, limit)
    after = take.applied_to(song)
    for track in range(3):
        before, now = in_cells(song, track, bars), in_cells(after, track, bars)
        for _, onset, pitch in (note for note in locked if note[0] == track):
            same = before[(before["onset"] == onset) & (before["pitch"] == pitch)].tolist()
            assert Counter(same) <= Counter(now.tolist()), "a locked note has changed"
        assert (now["duration"] >= 0).all()
        is_drum = song.tracks[track].is_drum
        kept_bars = {bar for bar in bars if plans[bar, track].frame.given}
        if controls.keep == "rhythm" and len(kept_bars) == len(bars):
            assert rhythm(now) == rhythm(before)
        if controls.pitch_classes and not is_drum and not locked:
            new = now["pitch"] if song.timebase.meters[0].numerator < 17 else now["pitch"][:0]
            assert set((new % 12).tolist()) <= controls.pitch_classes
        if not is_on_grid(song) or any(note[0] == track for note in locked):
            continue
        for bar in bars:
            check_cell(song, after, bar, track, controls)


def check_cell(song: Song, after: Song, bar: int, track: int, controls: Controls) -> None:
    """What can be measured in a cell without locked notes, where the grid holds everything that is new."""
    is_drum = song.tracks[track].is_drum
    units = encode(song, bar_count=3).bar_units
    length = int(units[bar + 1] - units[bar])
    slot, pitch = cell_notes(after, bar, track)
    old_slot, old_pitch = cell_notes(song, bar, track)
    if song.timebase.meters[0].numerator == 17:
        return
    kept = controls.keep == "rhythm" or (controls.keep == "tune" and not is_drum)
    if kept and (len(old_slot) == 0):
        return
    assert len(slot)
    classes = classes_of(slot, pitch, length, is_drum).tolist()
    if controls.keep == "tune" and not is_drum:
        assert pitch.tolist() == old_pitch.tolist()
    if controls.keep == "rhythm":
        assert slot.tolist() == old_slot.tolist()
    if controls.density is not None:
        fewest, most = note_bounds(controls.density, length)
        assert fewest <= len(slot) <= most
    if controls.polyphony is not None:
        assert classes[1] == controls.polyphony
    if controls.register is not None and not is_drum:
        assert classes[2] == controls.register
        low = v.REGISTER_START + v.REGISTER_WIDTH * controls.register
        assert controls.register in (0, 11) or ((pitch >= low - 12) & (pitch < low + v.REGISTER_WIDTH + 12)).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_everything_asked_at_once_holds_where_there_is_hardly_room(seed):
    """Short bars, few pitches, and as many notes struck together as there may be in all."""
    rng = np.random.default_rng(seed)
    meter = Meter(0, *[(1, 4), (3, 8), (2, 4), (4, 4), (1, 16)][rng.integers(5)])
    notes = []
    if rng.random() < 0.5:  # some of them locked, at the end of the bar or anywhere
        onset = rng.choice(np.arange(0, meter.bar_ticks(480), 60), int(rng.integers(1, 3)))
        notes = [(onset, [30] * len(onset), rng.integers(48, 72, len(onset)), [80] * len(onset))]
    song = Song(480, (Track(make_notes(*notes[0]) if notes else make_notes([], [], [], [])),), meters=(meter,))
    locked = frozenset((0, onset, pitch) for onset, _, pitch, _ in song.tracks[0].notes.tolist())
    scale = frozenset([(), (0, 4, 7), (0, 6), (2, 3, 9)][rng.integers(4)])
    controls = Controls("nothing", locked, int(rng.integers(8)), int(rng.integers(4)),
                        int(rng.integers(2, 8)) if rng.random() < 0.7 else None, scale)
    request = Request(song, frozenset({(0, 0)}), controls=controls)
    try:
        plan_request(request)
    except ControlsError:
        return
    for limit in LIMITS:
        after = written(request, rng, limit).applied_to(song)
        slot, pitch = cell_notes(after, 0, 0)
        old = {(note["onset"], note["pitch"]) for note in song.tracks[0].notes}
        new = [note["pitch"] for note in after.tracks[0].notes if (note["onset"], note["pitch"]) not in old]
        length = int(encode(song, bar_count=1).bar_units[1])
        fewest, most = note_bounds(controls.density, length)
        assert fewest <= len(pitch) <= most
        together = np.bincount(slot).max()
        assert together == controls.polyphony + 1 or together >= 4 == controls.polyphony + 1
        assert {int(one) % 12 for one in new} <= (scale or set(range(12)))
        if controls.register is not None and new:
            low = v.REGISTER_START + v.REGISTER_WIDTH * controls.register
            assert low <= np.mean(new) < low + v.REGISTER_WIDTH
        assert locked <= {(0, onset, pitch) for onset, _, pitch, _ in after.tracks[0].notes.tolist()}


def test_the_rhythm_is_kept_to_the_tick_and_the_pitches_are_new():
    song = melody()
    cells = infill_cells(1, 2, [0, 1, 2])
    for take in takes_of(Request(song, cells, takes=3, controls=Controls("rhythm"))):
        after = take.applied_to(song)
        for track in range(3):
            before, now = in_cells(song, track, [1, 2]), in_cells(after, track, [1, 2])
            assert rhythm(before) == rhythm(now)
            assert before["pitch"].tolist() != now["pitch"].tolist()
        assert take.controls == Controls("rhythm")


def test_a_kept_rhythm_strikes_no_pitch_that_still_sounds():
    onset = np.arange(16) * 120
    song = Song(480, (Track(make_notes(onset, np.full(16, 480), np.arange(60, 76), np.full(16, 80))),))
    for take in takes_of(Request(song, infill_cells(0, 0, [0]), takes=4, controls=Controls("rhythm", register=4))):
        notes = take.notes[0]
        for pitch in np.unique(notes["pitch"]):
            same = notes[notes["pitch"] == pitch]
            assert (same["onset"][1:] >= (same["onset"] + same["duration"])[:-1]).all()


def test_the_tune_is_kept_and_its_rhythm_is_new():
    song = melody()
    for take in takes_of(Request(song, infill_cells(1, 2, [0, 1, 2]), takes=3, controls=Controls("tune"))):
        after = take.applied_to(song)
        for bar in (1, 2):
            for track in (0, 1):
                assert cell_notes(after, bar, track)[1].tolist() == cell_notes(song, bar, track)[1].tolist()
        assert rhythm(in_cells(after, 0, [1, 2])) != rhythm(in_cells(song, 0, [1, 2]))
        assert len(in_cells(after, 2, [1, 2])), "drums have no tune: they are written anew"


def test_locked_notes_stay_and_others_are_written_round_them():
    song = melody()
    locked = in_cells(song, 0, [1])[[1, 4]]
    controls = Controls(locked=frozenset((0, int(note["onset"]), int(note["pitch"])) for note in locked), density=4)
    for take in takes_of(Request(song, infill_cells(1, 1, [0]), takes=3, controls=controls)):
        notes = take.notes[0]
        assert Counter(locked.tolist()) <= Counter(notes.tolist())
        assert 8 <= len(notes) <= 11
        for note in locked:
            same = notes[notes["pitch"] == note["pitch"]]
            assert not any(other != note and other["onset"] < note["onset"] + note["duration"]
                           and other["onset"] + other["duration"] > note["onset"] for other in same)


def test_a_kept_note_may_ring_on_beyond_the_marked_bars():
    song = Song(480, (Track(make_notes([0, 1800, 1920], [480, 3000, 100], [60, 64, 67], [80, 80, 80])),))
    cells = infill_cells(0, 0, [0])
    for controls in (Controls("rhythm"), Controls(locked=frozenset({(0, 1800, 64)}))):
        for take in takes_of(Request(song, cells, takes=2, controls=controls)):
            assert (1800, 3000) in rhythm(take.notes[0])


def test_many_asked_notes_have_room_in_the_cache():
    """More tokens than a cell may have where nothing is asked of it."""
    song = Song(480, (Track(is_drum=True),), meters=(Meter(0, 16, 4),))
    take, = takes_of(Request(song, infill_cells(0, 0, [0]), takes=1, controls=Controls(density=7)))
    assert take.note_count >= 96


@pytest.mark.parametrize(("controls", "said"), [
    (Controls(register=3, pitch_classes=frozenset({11})), "bar 2 of track 1: no note of the scale"),
    (Controls("rhythm", pitch_classes=frozenset({0}), register=4), "4 notes are struck together"),
    (Controls("tune", polyphony=3), "bar 2 of track 1: the tune does not fit with 4 notes"),
    (Controls(density=0, polyphony=2), "3 notes cannot be struck together"),
    (Controls(locked=frozenset({(1, 1920, 48), (1, 1920, 52), (1, 1920, 55)}), polyphony=1), "3 locked notes"),
    (Controls(locked=frozenset({(1, 1920, 48), (1, 1920, 52), (1, 1920, 55)}), density=0), "3 notes are locked")])
def test_what_cannot_be_is_refused_before_anything_is_written(controls, said):
    with pytest.raises(ControlsError, match=said):
        next(generate(MODEL, Request(melody(), infill_cells(1, 2, [0, 1]), controls=controls)))


@pytest.mark.parametrize(("controls", "said"), [
    (Controls("rhythm"), ["POSITION 0", "DURATION 9", "POSITION 6", "DURATION 9", "POSITION 12"]),
    (Controls("tune", polyphony=0), ["POLYPHONY 0", "PITCH 60", "PITCH 64", "PITCH 62"]),
    (Controls(density=3, register=5), ["DENSITY 3", "REGISTER 5", "TRACK 1"]),
    (Controls(locked=frozenset({(0, 2167, 64)})), ["POSITION 6", "VELOCITY 5", "PITCH 64", "DURATION 9"])])
def test_a_model_that_knows_hints_is_told_of_the_controls(controls, said):
    """They stand behind FILL; a model that does not know them gets the promises all the same."""
    prompts = []

    class Recorder:
        def __getattr__(self, name: str):
            return getattr(model, name)

        def __call__(self, features, *args, **kwargs):
            prompts.append(features[0, :, 0].tolist())
            return model(features, *args, **kwargs)

    request = Request(melody(), infill_cells(1, 1, [0]), takes=1, controls=controls)
    model = tiny_model()
    takes = {}
    for hints in (False, True):
        model.config = replace(model.config, hints=hints)
        takes[hints] = [take for take in generate(Recorder(), request) if isinstance(take, Take)]
        longest = max(prompts, key=len)
        after = [v.describe(token) for token in longest[longest.index(v.FILL) + 1:]]
        assert (after[:len(said)] == said) is hints
    for take, in takes.values():
        locked = [(onset, pitch) for _, onset, pitch in controls.locked]
        assert set(locked) <= set(zip(take.notes[0]["onset"].tolist(), take.notes[0]["pitch"].tolist()))


def test_a_model_with_merged_tokens_says_that_it_cannot():
    request = Request(melody(), infill_cells(1, 2, [0]), controls=Controls("rhythm"))
    with pytest.raises(ControlsError, match="merged tokens"):
        next(generate(tiny_model(merges=small_merges("bpe")), request))
