"""The parts of the report that are about answers: what was written into the windows, figure by figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.evaluation.answers import BASELINES, COMPOSER, METHODS, MODEL, WHOLE_SONG
from core.evaluation.borrowing import LONGEST
from core.evaluation.faults import ALIKE, FAULTS
from core.evaluation.infill import NOTE_F1
from core.evaluation.resemblance import ENTROPY, GROOVE, RESEMBLANCE
from core.evaluation.scores import Score, by_song, choose, compare, format_p, mean
from core.evaluation.statistics import estimate_of
from core.evaluation.tables import comparison_table, protocols_table, seeds_line, share, shown, table
from core.evaluation.two_sample import FOLDS, TOLD_APART
from core.evaluation.windows import CONTINUE, NEW_BARS, PROTOCOLS, WINDOW_BARS


def infill_section(scores: Sequence[Score]) -> list[str]:
    """Note F1: methods down and protocols across, then the model against each baseline, then by collection."""
    found = choose(scores, figure=NOTE_F1.name)
    methods = methods_in(found)
    collections = sorted({one.collection for one in found})
    return [
        "## Note F1 of infilling\n",
        f"{NOTE_F1.meaning} Songs are put on the model's grid first. The model is shown the {WINDOW_BARS} bars; copies "
        "may look at the whole song. To be filled: *0half*, half of the bars of the tracks, drawn one by one; "
        "*1singleinst*, one track throughout; *2last*, the last bar of every track. A difference with p above 0.05 may "
        "well be chance.\n",
        *protocols_table(found, methods, list(PROTOCOLS)),
        *comparisons(found, "higher is better"),
        *seeds_line(found, MODEL),
        "\nBy collection, all protocols:\n",
        *table(["collection", "windows", *methods],
               [[name or "(no folder)", len(choose(found, collection=name, method=methods[0])),
                 *(shown(mean(choose(found, collection=name, method=method))) for method in methods)]
                for name in collections]),
        ""]


def music_section(scores: Sequence[Score]) -> list[str]:
    """How far the filled bars are from the composer's: figures down and methods across, then the two that are usual."""
    names = [figure.name for figure in RESEMBLANCE]
    found = [one for one in scores if one.figure in names]
    methods = methods_in(found)
    lines = [
        "## The filled bars as music, beside the composer's\n",
        "The nearer to the composer's the better; only for content preservation higher is better.\n",
        *(f"- {figure.name}: {figure.meaning}" for figure in RESEMBLANCE), "",
        *table(["figure", *methods], [[name, *(shown(mean(choose(found, figure=name, method=method)))
                                               for method in methods)] for name in names]), ""]
    others = [method for method in BASELINES if method in methods]
    if MODEL in methods and others:
        lines += ["The model less each baseline, all protocols:\n",
                  *table(["figure", *others], [[name, *(shown(compare(choose(found, figure=name), MODEL, other))
                                                        for other in others)] for name in names]), ""]
    for figure in (ENTROPY, GROOVE):
        some = choose(found, figure=figure.name)
        lines += [f"### {figure.name}\n", *protocols_table(some, methods, list(PROTOCOLS)),
                  *comparisons(some, "lower is better"), *seeds_line(some, MODEL), ""]
    return lines


def faults_section(scores: Sequence[Score]) -> list[str]:
    """What a listener would reject: figures down, methods across, infilling and continuing apart."""
    names = [figure.name for figure in FAULTS]
    found = [one for one in scores if one.figure in names]
    methods = methods_in(found)
    lines = ["## What a listener would reject\n",
             "The composer's own bars say what is usual; a target is what the model's should be. Copies are what they "
             "are called.\n",
             *(f"- {figure.name}: {figure.meaning}" for figure in FAULTS), ""]
    continuing = choose(found, protocol=CONTINUE)
    for title, some in (("Infilling, all protocols", [one for one in found if one.protocol != CONTINUE]),
                        (f"Continuing {WINDOW_BARS} bars by {NEW_BARS}", continuing)):
        windows = len({(one.song, one.protocol, one.seed) for one in some})
        rows = [[figure.name, figure.target, *(share(mean(choose(some, figure=figure.name, method=method)))
                                               for method in methods)]
                for figure in FAULTS if choose(some, figure=figure.name)]
        if rows:
            lines += [f"{title} ({windows} windows):\n", *table(["figure", "target", *methods], rows), ""]
    if COMPOSER in methods and MODEL in methods:
        told = [(name, compare(choose(found, figure=name), MODEL, COMPOSER)) for name in names if name != ALIKE.name]
        lines += ["The model less the composer, all windows:\n",
                  *table(["figure", "difference"], [[name, shown(one)] for name, one in told]), ""]
    return lines


def originality_section(scores: Sequence[Score], training_notes: int) -> list[str]:
    """The longest matches with the training music: medians, and each method against the composer."""
    found = choose(scores, figure=LONGEST.name)
    protocols = [name for name in (*PROTOCOLS, CONTINUE) if choose(found, protocol=name)]
    rows = []
    for method in methods_in(found):
        own = choose(found, method=method)
        against = compare(found, method, COMPOSER)
        rows.append([method, median(own), *(median(choose(own, protocol=name)) for name in protocols),
                     "–" if method == COMPOSER or against is None else
                     f"{against.difference} ({format_p(against.p)})"])
    return [
        "## Originality\n",
        f"Longest match, in notes: {LONGEST.meaning} The medians are of takes, each counted by itself, as a composer's "
        f"passage is. One no longer than the composer's, whose songs are held out too, means that no more is borrowed "
        f"than composers do. The training music has {training_notes:,} notes.\n",
        *table(["method", "median", *protocols, "mean difference from the composer"], rows), ""]


def two_sample_section(scores: Sequence[Score]) -> list[str]:
    """How often passages are told from the composer's: methods down, protocols across, then the comparisons."""
    protocols = [name for name in (*PROTOCOLS, CONTINUE) if choose(scores, protocol=name)]
    songs = len({one.song for one in scores})
    return [
        "## Told from the composer's bars\n",
        f"{TOLD_APART.meaning} A small network learns from traits of passages, the composer's and the method's "
        f"for the same prompts; {songs} songs in {FOLDS} parts, each judged by what was learned from the others.\n",
        *table(["method", "all", *protocols],
               [[method, share(mean(choose(scores, method=method))),
                 *(share(mean(choose(scores, method=method, protocol=name))) for name in protocols)]
                for method in methods_in(scores)]),
        *comparisons(scores, "lower is better"), ""]


def median(scores: Sequence[Score]) -> str:
    """With its bootstrap interval, songs resampled."""
    if not scores:
        return "–"
    found = estimate_of(np.median, by_song(scores))
    return f"{found.value:.1f} ({found.low:.1f} to {found.high:.1f})"


def comparisons(scores: Sequence[Score], better: str) -> list[str]:
    """The model, however much it is shown, against all that come after it, protocol by protocol; nothing where it did
    not write."""
    lines, methods = [], methods_in(scores)
    for method in (MODEL, WHOLE_SONG):
        others = methods[methods.index(method) + 1:] if method in methods else []
        if others:
            lines += ["", *comparison_table(scores, method, others, list(PROTOCOLS))]
    return [f"\nDifferences, window by window ({better}):", *lines] if lines else []


def methods_in(scores: Sequence[Score]) -> list[str]:
    there = {one.method for one in scores}
    return [method for method in METHODS if method in there]
