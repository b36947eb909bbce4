"""The sound process asks the system for its turn before others, and plays on as it is where that is refused."""

from __future__ import annotations

import os

ROUND_ROBIN_PRIORITY = 5
"""The least that comes before every ordinary process, and after the sound server's own threads."""

NICENESS = -11


def ask_for_priority() -> str:
    """Ask for real-time scheduling, else for a better niceness; threads started from now on have it too.

    Linux grants the first to members of the group that its sound packages set up, commonly ``audio``. Returns
    "real time", "nice" or, where both are refused or unknown, "".
    """
    if hasattr(os, "sched_setscheduler"):
        if os.sched_getscheduler(0) != os.SCHED_OTHER:
            return "real time"  # a sound server has seen to its callback's thread, and knows better
        try:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(ROUND_ROBIN_PRIORITY))
            return "real time"
        except OSError:
            pass  # it may still be nicer
    if hasattr(os, "nice"):
        try:
            os.nice(NICENESS)
            return "nice"
        except OSError:
            pass  # the ring has to do
    return ""
