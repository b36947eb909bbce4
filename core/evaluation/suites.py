"""Which answers a suite needs and which figures it takes of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence

from core.evaluation.answers import Answer
from core.evaluation.borrowing import LONGEST, longest_matches
from core.evaluation.faults import fault_figures
from core.evaluation.infill import infill_figures
from core.evaluation.originality import OriginalityIndex
from core.evaluation.resemblance import resemblance_figures
from core.evaluation.scores import Figure, Score
from core.evaluation.two_sample import passage_of, told_apart
from core.evaluation.windows import CONTINUE, PROTOCOLS

PROTOCOLS_OF = {"infill": tuple(PROTOCOLS), "music": tuple(PROTOCOLS), "faults": (*PROTOCOLS, CONTINUE),
                "originality": (*PROTOCOLS, CONTINUE), "two-sample": (*PROTOCOLS, CONTINUE)}
"""The suites that measure answers, and the protocols whose answers they measure."""


def protocols_for(suites: Iterable[str]) -> list[str]:
    """All that the suites need, each once."""
    return list(dict.fromkeys(name for suite in suites for name in PROTOCOLS_OF[suite]))


def measure_answers(answers: Iterable[Answer], suites: Sequence[str], index: OriginalityIndex | None
                    ) -> dict[str, list[Score]]:
    """The scores of every suite, of answers as they come. What cannot be told of an answer has no score.

    ``index`` is needed for originality, which has a score for each take; the other figures are means of the takes.
    """
    measures: dict[str, Callable[[Answer], Mapping[Figure, float]]] = {
        "infill": infill_figures, "music": resemblance_figures, "faults": fault_figures}
    found: dict[str, list[Score]] = {suite: [] for suite in suites}
    passages = []
    for answer in answers:
        if "two-sample" in suites:
            passages.append(passage_of(answer))
        facts = (answer.song, answer.collection, answer.protocol, answer.seed, answer.method)
        if "originality" in suites and index is not None:
            found["originality"] += [Score(*facts, LONGEST.name, length) for length in longest_matches(index, answer)]
        for suite in suites:
            if suite in measures and answer.protocol in PROTOCOLS_OF[suite]:
                found[suite] += [Score(*facts, figure.name, value)
                                 for figure, value in measures[suite](answer).items() if not math.isnan(value)]
    if "two-sample" in suites:
        found["two-sample"] = told_apart(passages)
    return found
