"""What one row of the table of actions says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Action:
    """One thing the program can do. ``help`` is a sentence for the help page.

    ``place`` is where its shortcuts work: in the whole ``window``, or only while the ``roll`` has the focus.
    ``icon`` names a picture; an action with one stands in the tool bar. ``starts_group`` puts a line before it.
    """

    id: str
    text: str
    menu: str
    handler: str
    help: str
    shortcuts: tuple[str, ...] = ()
    enabled: str = ""
    checked: str = ""
    place: str = "window"
    icon: str = ""
    starts_group: bool = False
