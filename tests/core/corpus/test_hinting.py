"""Examples whose prompts say more of their cells: what is said is true of the answer, and windows stay in bounds."""

from collections import Counter

import numpy as np
import pytest
import torch

from core.corpus.batching import DiskStreams
from core.corpus.examples import ExampleSource, validation_batches
from core.corpus.hinting import draw_plan
from core.corpus.song_walk import SongWalk
from core.corpus.store import SongEntry, Store, write_store
from core.tokens import vocabulary as v
from core.tokens.attributes import ATTRIBUTES, CellHints, cell_classes, is_note, rhythm_of, tune_of
from core.tokens.encoder import encode
from core.training.loss import TrainingLoss, hinted
from tests.core.tokens.hint_reader import read_hints
from tests.core.tokens.merged import merges_of
from tests.core.tokens.songs import dense_song

CONTEXT = 256


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("hinting") / "store"
    songs = [encode(dense_song(bars=24, tracks=tracks, notes_a_bar=notes, seed=i), drum_durations=False)
             for i, (tracks, notes) in enumerate([(6, 8), (2, 5), (1, 12), (3, 24)])]
    write_store(folder, ((SongEntry(f"{i}.mid", ""), song) for i, song in enumerate(songs)))
    return Store(folder)


def windows_of(row: np.ndarray) -> list[np.ndarray]:
    """The windows of a row of a batch; one that was cut off is left out."""
    row = row[row[:, 0] != v.PAD]
    starts = np.flatnonzero((row[:, 0] == v.SONG) | (row[:, 0] == v.EXCERPT))
    parts = [row[first:last] for first, last in zip(starts, [*starts[1:], len(row)])]
    return [part for part in parts if part[-1, 0] == v.END]


def answers(rows: np.ndarray) -> list[np.ndarray]:
    """The rows of each cell of an answer, the TRACK left out."""
    start = int(np.argmax(rows[:, 0] == v.GENERATE)) + 1
    body = rows[start:]
    body = body[(body[:, 0] != v.END) & (body[:, 0] != v.PAD)]
    opens = np.flatnonzero(v.KIND_OF[body[:, 0]] == v.Kind.TRACK)
    return [body[first + 1:last] for first, last in zip(opens, [*opens[1:], len(body)])]


def meter_units(rows: np.ndarray) -> list[int]:
    """The length of each bar of a window in units."""
    bars = rows[v.KIND_OF[rows[:, 0]] == v.Kind.BAR][:, 0] - v.BAR
    return [v.METERS[bar][0] * 96 // v.METERS[bar][1] for bar in bars.tolist()]


def assert_true(hints: CellHints, cell: np.ndarray, units: int) -> str:
    """What is said of a cell is true of it. Returns what of it is kept."""
    tokens, slots = cell[:, 0], cell[:, 2]
    notes = is_note(tokens)
    drums = bool((tokens[notes] >= v.DRUM).any())
    if not notes.any():
        assert hints == CellHints()
        return ""
    classes = cell_classes(np.zeros(int(notes.sum()), dtype=np.int64), slots[notes], tokens[notes] - v.PITCH,
                           np.array([units]), np.array([drums]))[:, 0]
    for name, value in zip(ATTRIBUTES, classes.tolist()):
        assert getattr(hints, name) in (None, value)
    if not hints.kept:
        return ""
    if list(hints.kept) == rhythm_of(tokens, slots)[0].tolist():
        return "rhythm"
    if list(hints.kept) == tune_of(tokens)[0].tolist():
        return "tune"
    written, said = strokes(tokens), strokes(np.array(hints.kept))
    assert said and not said - written
    return "notes"


def strokes(tokens: np.ndarray) -> Counter:
    """The notes of a cell: position, velocity, pitch and durations of each."""
    found, position, velocity, lasting = [], 0, 0, []
    for token in tokens.tolist():
        kind = v.KIND_OF[token]
        if kind == v.Kind.POSITION:
            position = token
        elif kind == v.Kind.VELOCITY:
            velocity = token
        elif kind == v.Kind.DURATION:
            lasting.append(token)
        else:
            lasting = []
            found.append((position, velocity, token, lasting))
    return Counter((*note, tuple(parts)) for *note, parts in found)


def test_what_is_said_is_true_of_the_answer_as_it_is_transposed(store):
    source, seen = ExampleSource(store, CONTEXT, 8, seed=1, hints=True), Counter()
    for step in range(60):
        batch = source.batch(step)
        for rows in (window for row in batch.features for window in windows_of(row)):
            first = int(np.argmax(rows[:, 0] == v.GENERATE)) + 1
            hints, cells, units = read_hints(rows[:, 0]), answers(rows), meter_units(rows)
            assert len(hints) == len(cells)
            fills = rows[:first][rows[:first, 0] == v.FILL]
            kinds = {assert_true(one, cell, units[int(fill[1])]) for one, cell, fill in zip(hints, cells, fills)} - {""}
            seen["windows"] += 1
            seen["hinted"] += any(one != CellHints() for one in hints)
            seen.update(kinds)
            seen.update(name for name in ATTRIBUTES if any(getattr(one, name) is not None for one in hints))
    for name, share in {"hinted": 0.47, "rhythm": 0.06, "tune": 0.04, "notes": 0.08}.items():
        assert seen[name] == pytest.approx(share * seen["windows"], rel=0.6), name
    assert min(seen[name] for name in ATTRIBUTES) > 0.12 * seen["windows"]


def test_half_of_the_plans_say_nothing_and_the_others_what_they_should():
    rng = np.random.default_rng(0)
    plans = [draw_plan(rng) for _ in range(8000)]
    said = [plan for plan in plans if plan is not None]
    assert len(said) == pytest.approx(4000, abs=200)
    for kept, share in {"rhythm": 0.06, "tune": 0.04, "notes": 0.08}.items():
        assert sum(plan.kept == kept for plan in said) == pytest.approx(share * len(plans), rel=0.2)
    assert np.mean([plan.attributes for plan in said], axis=0) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("context", [64, 128, 512])
def test_windows_with_hints_stay_within_the_context_and_depend_on_seed_and_step_alone(store, context):
    source = ExampleSource(store, context, 6, seed=2, hints=True)
    for step in range(25):
        batch, again = source.batch(step), ExampleSource(store, context, 6, seed=2, hints=True).batch(step)
        notes = [int(is_note(row[where, 0]).sum()) for row, where in zip(batch.features, batch.answer)]
        assert batch.note_count.tolist() == notes
        assert batch.features.shape == (6, context, 6)
        assert np.array_equal(batch.features, again.features)
        assert np.array_equal(batch.answer, again.answer)


def test_held_out_windows_say_nothing(store):
    for batch in validation_batches(store, CONTEXT, 4, 12):
        assert batch.features[:, :, 0].max() < v.DENSITY
        assert all(one == CellHints() for rows in batch.features for one in read_hints(rows[:, 0]))


def test_merged_windows_say_it_in_plain_tokens(store):
    merges = merges_of([(v.POSITION, v.VELOCITY + 4, v.PITCH + 60, v.DURATION + 5)])
    source, seen = ExampleSource(store, CONTEXT, 8, merges=merges, hints=True), 0
    for step in range(20):
        for rows in (window for row in source.batch(step).features for window in windows_of(row)):
            for hints, cell in zip(read_hints(rows[:, 0]), cells_of(rows)):
                tokens = merges.expand_tokens(cell)
                assert max(hints.kept, default=0) < v.SIZE
                assert not strokes(np.array(hints.kept, dtype=np.int64)) - strokes(tokens) or (
                    list(hints.kept) == tune_of(tokens.astype(np.int64))[0].tolist()) or (
                    not is_note(np.array(hints.kept)).any())
                seen += bool(hints.kept)
    assert seen > 10


def cells_of(rows: np.ndarray) -> list[np.ndarray]:
    """The tokens of each cell of an answer that may be merged."""
    tokens = rows[int(np.argmax(rows[:, 0] == v.GENERATE)) + 1:-1, 0]
    opens = np.flatnonzero((tokens >= v.TRACK) & (tokens < v.PROGRAM))
    return [tokens[first + 1:last] for first, last in zip(opens, [*opens[1:], len(tokens)])]


def test_a_walk_through_songs_says_it_as_its_guests_are_transposed(store):
    walk, said = SongWalk(DiskStreams(store), CONTEXT, 4, seed=3, transpose=True, hints=True), 0
    for step in range(30):
        batch = walk.batch(step)
        assert batch.features[:4, :, 0].max() < v.DENSITY  # a stream marks nothing
        for rows in (window for row in batch.features[4:] for window in windows_of(row)):
            hints, units = read_hints(rows[:, 0]), meter_units(rows)
            fills = rows[rows[:, 0] == v.FILL]
            for one, cell, fill in zip(hints, answers(rows), fills):
                assert_true(one, cell, units[int(fill[1])])
                said += one != CellHints()
    assert said > 30


def test_hints_are_not_learned_but_everything_else_is(store):
    batch = ExampleSource(store, CONTEXT, 8, seed=4, hints=True).batch(3)
    features = torch.from_numpy(batch.features)
    behind = hinted(features).numpy()
    for rows, where in zip(batch.features, behind):
        hints = [one for part in windows_of(rows) for one in read_hints(part[:, 0])]
        count = sum(len(one.kept) + sum(getattr(one, name) is not None for name in ATTRIBUTES) for one in hints)
        assert where.sum() == count
    assert behind.any()

    class Uniform(torch.nn.Module):
        """Foresees every token alike, but hints not at all."""

        def forward(self, features):
            logits = torch.zeros(*features.shape[:2], v.SIZE)
            logits[..., v.DENSITY:] = -1e4
            return logits

    loss = TrainingLoss(Uniform(), 1.0)(features, torch.from_numpy(batch.answer))
    assert float(loss) == pytest.approx(np.log(v.DENSITY), abs=1e-3)
