"""Writing the marked cells of a request: prefill once, then all takes as one batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch

from core.generation.constraints import MAX_CELL_TOKENS, allowed_tokens
from core.generation.guides import Guide, guide_of
from core.generation.keeping import finished_cell, finished_with_given
from core.generation.loops import GivenBars, LoopBreak, Loops
from core.generation.plans import CellPlan, ControlsError, plan_request
from core.generation.prompt import Portion, Prompt, build_prompt, empty_cells, split_request
from core.generation.remembering import Prefilled, Reader
from core.generation.request import Cell, Request, Take, task_of
from core.generation.sampling import SamplingConfig, sample
from core.model.steps import feed_prompts, start_steps
from core.model.transformer import Transformer
from core.music.edits import replace_cells
from core.music.song import EMPTY_NOTES, Song, freeze_notes
from core.tokens import vocabulary as v
from core.tokens.decoder import decode_cells
from core.tokens.grammar import CellPlace, CellWriter
from core.tokens.merges import Merges


@dataclass(frozen=True, eq=False)
class CellWritten:
    """Take ``take`` has finished the cell ``(bar, track)``; ``notes`` in ticks of the request's song."""

    take: int
    bar: int
    track: int
    notes: np.ndarray


Plans = Mapping[Cell, CellPlan]
"""What the controls ask of marked cells; empty where they ask nothing."""


class _Row:
    """One take in the making: its song so far, its random numbers, and the cell it is writing: its plain ``tokens``,
    the ``steps`` they took (a merged token is one), and the ``guide`` that holds it to the request's controls.
    ``loops``: the take's, where loops are broken."""

    def __init__(self, index: int, song: Song, request: Request, plans: Plans, merges: Merges | None,
                 loops: Loops | None) -> None:
        self.index = index
        self.merges = merges
        self.song = song
        self.cells = request.cells
        self.plans = plans
        self.guide: Guide | None = None
        self.loops = loops
        self.breaks: list[LoopBreak] = []
        self.generator = np.random.default_rng([request.seed, index])
        self.notes: dict[int, list[np.ndarray]] = {}

    def start(self, prompt: Prompt) -> None:
        """Begin a portion. The TRACK token that opens its first cell is forced, so it belongs to the prompt."""
        self.writer = CellWriter(prompt.places)
        self.tokens: list[int] = []
        self.steps = 0
        self.pending = self.writer.closing_token
        self.writer.take(self.pending)
        self._open_cell()

    def _open_cell(self) -> None:
        plan = self.plans.get((self.writer.place.bar, self.writer.place.track))
        self.guide = guide_of(plan) if plan is not None else None
        if self.loops is not None and not self.writer.done:
            place = self.writer.place
            self.breaks = [] if self.guide else self.loops.breaks(place.bar, place.track, self.generator)

    def allowed(self, cell_limit: int) -> np.ndarray:
        """What may come next, bool (vocabulary of the model,)."""
        mask = allowed_tokens(self.writer, self.steps, cell_limit, self.merges, self.guide)
        for one in self.breaks:
            one.narrow(self.writer, mask)
        return mask

    def take(self, token: int) -> CellWritten | None:
        """Take a sampled token; the cell, if that ended one."""
        place, index = self.writer.place, self.writer.index
        parts = self.merges.expand_token(token) if self.merges else (token,)
        for part in parts:
            self.writer.take(part)
        self.pending = token
        if self.writer.index == index and not self.writer.done:
            self.tokens.extend(parts)
            self.steps += 1
            if self.guide is not None:
                self.guide.take(token)
            for one in self.breaks:
                one.take(self.writer, parts)
            return None
        notes, _ = decode_cells(np.array(self.tokens, dtype=np.int64), np.full(len(self.tokens), place.bar),
                                self.song.timebase)
        self.tokens, self.steps = [], 0
        end = self._end_of_block(place)
        if self.guide is None:
            notes = finished_cell(notes, end)
        else:
            notes = finished_with_given(notes, end, self.guide.plan.frame, self.guide.origins)
        if self.loops is not None:
            self.loops.wrote(place.bar, place.track, notes)
        if self.guide is not None or self.loops is not None:
            self._open_cell()
        self.notes.setdefault(place.track, []).append(notes)
        return CellWritten(self.index, place.bar, place.track, notes)

    def _end_of_block(self, place: CellPlace) -> int:
        """The tick at which the run of marked bars around a cell ends on its track."""
        last = place.bar
        while (last + 1, place.track) in self.cells:
            last += 1
        return int(self.song.timebase.bar_end(last))

    @property
    def written(self) -> dict[int, np.ndarray]:
        return {track: freeze_notes(np.concatenate(parts)) for track, parts in self.notes.items()}


@torch.inference_mode()
def generate(model: Transformer, request: Request, *, should_stop: Callable[[], bool] = lambda: False,
             clock: Callable[[], float] = time.perf_counter, reader: Reader | None = None, enforced: bool = True,
             hinted: bool = True, sampling: SamplingConfig | None = None) -> Iterator[CellWritten | Take]:
    """Write every take of a request, all at the same time, yielding each cell as it is finished and each take.

    ``should_stop`` is asked at every step; when it says so nothing more comes. Seconds are those of ``clock``. A model
    that remembers reads the bars before the window; ``reader`` (the model's) keeps them for the next request.
    ``sampling``: in place of what the request's adventurousness means.

    A model that knows hints is told of the request's controls in its prompts, and whatever it would write, they are
    enforced; ``hinted`` and ``enforced`` leave either out, to measure what it brings.

    Raises ControlsError (a ValueError) before anything is written where the controls cannot be met.
    """
    started = clock()
    if model.merges and not request.controls.ask_nothing:
        raise ControlsError("this model has merged tokens, with which nothing can be kept or asked of notes: choose "
                            "a model without")
    plans = plan_request(request)
    model.eval()
    model.freeze_embeddings()
    base = empty_cells(request.song, request.cells)
    portions = _portions(model, request, plans)
    if sampling is None:
        task = task_of(request.song, request.cells)
        sampling = SamplingConfig.of_adventurousness(request.adventurousness, task)
    given = GivenBars(base, request.cells) if sampling.breaks_loops and model.merges is None else None
    rows = [_Row(index, base, request, plans if enforced else {}, model.merges, Loops(given) if given else None)
            for index in range(request.takes)]
    if model.config.remembers and reader is None:
        reader = Reader(model)
    for number in range(len(portions)):
        asked = _ask(model, rows, portions[number:], plans if hinted else {}, shared=number == 0, reader=reader)
        yield from _write_portion(model, rows, asked, sampling, should_stop, reader)
        if should_stop():
            return
        for row in rows:
            row.song = replace_cells(base, request.cells, row.written)
    for row in rows:
        notes = {track: row.written.get(track, EMPTY_NOTES) for _, track in request.cells}
        yield Take(row.index, request.cells, notes, request.seed, request.adventurousness, request.style,
                   clock() - started, request.controls)


@torch.inference_mode()
def read_ahead(model: Transformer, request: Request, reader: Reader, should_stop: Callable[[], bool]) -> bool:
    """Let ``reader`` (the model's) read all that ``generate`` would before it writes; False when ``should_stop``, asked
    piece by piece, said so: what was read until then stays. Raises what ``generate`` does."""
    plans = plan_request(request)
    model.eval()
    model.freeze_embeddings()
    rows = [_Row(0, empty_cells(request.song, request.cells), request, plans, model.merges, None)]
    asked = _ask(model, rows, _portions(model, request, plans), plans, shared=True, reader=reader)
    if request.takes == 1:  # whose prompt is not kept, since its only take goes on from it
        reader.read(asked.songs[0], asked.bars[0], should_stop)
        return not should_stop()
    return asked.prefill(reader, True, should_stop) is not None


def _portions(model: Transformer, request: Request, plans: Plans) -> list[Portion]:
    """The request cut into what is written in one go each."""
    expected = {cell: plan.expected_tokens for cell, plan in plans.items() if plan.expected_tokens is not None}
    return split_request(request.song, request.cells, model.config.context, model.merges, expected)


@dataclass(frozen=True, eq=False)
class _Asked:
    """The prompts of a portion as they are read, ``features`` int32 (prompts, T, 6), of which the first ``alike``
    columns are the same in all where there are several; and the columns (``capacity``) that a cache of them and of
    ``room`` tokens of the answer takes. ``least``: tokens that must be left for cells whose controls ask for so many.
    ``shared``: one prompt serves all rows. ``songs``, ``bars``: of each prompt, its song and the bar with which its
    window begins."""

    features: np.ndarray
    alike: int
    capacity: int
    room: int
    least: Mapping[Cell, int]
    shared: bool
    songs: list[Song]
    bars: list[int]

    def prefill(self, reader: Reader, keep: bool, should_stop: Callable[[], bool]) -> Prefilled | None:
        return reader.prefill(torch.from_numpy(self.features), self.alike, self.capacity, self.songs, self.bars, keep,
                              should_stop)


def _ask(model: Transformer, rows: list[_Row], portions: list[Portion], plans: Plans, shared: bool,
         reader: Reader | None) -> _Asked:
    """Start the first of ``portions`` in every row. ``plans``: what the model is told of. ``shared``: all rows still
    have the same song, so one prompt serves all."""
    portion, pending = portions[0], {cell for later in portions[1:] for cell in later.cells}
    hints = {cell: plans[cell].hints for cell in portion.cells if cell in plans} if model.config.hints else {}
    asking = rows[:1] if shared else rows
    prompts = [build_prompt(row.song, portion, pending, model.config.context, model.merges, in_song=reader is not None,
                            hints=hints) for row in asking]
    for row, prompt in zip(rows, prompts * len(rows) if shared else prompts):
        row.start(prompt)
    least = {cell: rows[0].plans[cell].token_bound for cell in portion.cells if cell in rows[0].plans}
    room = max(portion.expected_tokens * 2, 64 * len(portion.cells)) + sum(least.values())
    capacity = max(len(prompt.features) for prompt in prompts) + 1 + room + MAX_CELL_TOKENS
    asked = [np.vstack([prompt.features, row.writer.features(row.pending)]) for row, prompt in zip(rows, prompts)]
    alike = _alike_at_the_start(asked)
    features = np.concatenate([np.stack([prompt[:alike] for prompt in asked]),
                               _stack_left([prompt[alike:] for prompt in asked])], axis=1)
    return _Asked(features, alike, capacity, room, least, shared, [row.song for row in asking],
                  [prompt.first_bar for prompt in prompts])


def _write_portion(model: Transformer, rows: list[_Row], asked: _Asked, sampling: SamplingConfig,
                   should_stop: Callable[[], bool], reader: Reader | None) -> Iterator[CellWritten]:
    """Write the portion that was started in every row."""
    if reader is not None:
        begun = asked.prefill(reader, asked.shared and len(rows) > 1, should_stop)
        if begun is None:
            return
        cache, logits, retrieval = begun.cache, begun.logits, begun.retrieval
    else:
        cache, logits = feed_prompts(model, torch.from_numpy(asked.features), asked.alike, asked.capacity)
        retrieval = None
    room, least = asked.room, asked.least
    scores = logits[:, -1].float().numpy()
    if asked.shared:
        scores = scores.repeat(len(rows), axis=0)
    steps = start_steps(model, cache, len(rows), retrieval)
    spent = 0
    while not should_stop():
        active = [i for i, row in enumerate(rows) if not row.writer.done]
        masks = np.stack([rows[i].allowed(_cell_limit(room - spent, rows[i].writer, least)) for i in active])
        tokens = _sample(scores[active], masks, sampling, [rows[i].generator for i in active])
        step = np.zeros((len(rows), asked.features.shape[2]), dtype=np.int32)
        for i, token in zip(active, tokens.tolist()):
            if (cell := rows[i].take(token)) is not None:
                yield cell
            if not rows[i].writer.done:
                step[i] = rows[i].writer.features(token)
        if all(row.writer.done for row in rows):
            return
        scores = steps(step)
        spent += 1


def _sample(scores: np.ndarray, masks: np.ndarray, sampling: SamplingConfig,
            generators: list[np.random.Generator]) -> np.ndarray:
    """One token a row. Only tokens that some row may take are sorted, for speed."""
    columns = np.flatnonzero(masks.any(axis=0))
    return columns[sample(scores[:, columns], masks[:, columns], sampling, generators)]


def _cell_limit(room: int, writer: CellWriter, least: Mapping[Cell, int]) -> int:
    """Tokens the present cell may take so that every later cell still has room for a note, or for the ``least`` that
    its controls take."""
    later = len(writer.places) - writer.index - 1
    if not least:
        return min(MAX_CELL_TOKENS, room - 8 * later)
    here, *others = [least.get((place.bar, place.track), 8) for place in writer.places[max(0, writer.index):]]
    return min(max(MAX_CELL_TOKENS, here), room - sum(others))


def _alike_at_the_start(prompts: list[np.ndarray]) -> int:
    """How many rows at the start are the same in several prompts, the last of each apart; 0 for a single one."""
    if len(prompts) == 1:
        return 0
    length = min(len(prompt) for prompt in prompts) - 1
    differ = [(prompt[:length] != prompts[0][:length]).any(axis=1) for prompt in prompts[1:]]
    where = np.flatnonzero(np.any(differ, axis=0))
    return int(where[0]) if len(where) else length


def _stack_left(prompts: list[np.ndarray]) -> np.ndarray:
    """Prompts of different lengths as one batch, padded with PAD on the left."""
    length = max(len(prompt) for prompt in prompts)
    stacked = np.full((len(prompts), length, prompts[0].shape[1]), v.PAD, dtype=np.int32)
    for row, prompt in zip(stacked, prompts):
        row[length - len(prompt):] = prompt
    return stacked
