"""The rows of the table of actions that change notes."""

from __future__ import annotations

from app.action import Action

NOTE_ACTIONS: tuple[Action, ...] = (
    Action("semitone_up", "Up a Semitone", "Notes", "notes.semitone_up", "Transpose the selected notes; refused where "
           "one would leave the keyboard.", ("Up",), enabled="notes selected", place="roll"),
    Action("semitone_down", "Down a Semitone", "Notes", "notes.semitone_down", "The same, downwards.", ("Down",),
           enabled="notes selected", place="roll"),
    Action("octave_up", "Up an Octave", "Notes", "notes.octave_up", "Transpose the selected notes by twelve semitones.",
           ("Shift+Up",), enabled="notes selected", place="roll"),
    Action("octave_down", "Down an Octave", "Notes", "notes.octave_down", "The same, downwards.", ("Shift+Down",),
           enabled="notes selected", place="roll"),
    Action("nudge_earlier", "Earlier by a Grid Step", "Notes", "notes.nudge_earlier", "Move the selected notes to the "
           "left.", ("Left",), enabled="notes selected", place="roll"),
    Action("nudge_later", "Later by a Grid Step", "Notes", "notes.nudge_later", "Move the selected notes to the right.",
           ("Right",), enabled="notes selected", place="roll"),
    Action("louder", "Louder", "Notes", "notes.louder", "Raise the velocity of the selected notes.", ("Alt+Up",),
           enabled="notes selected", place="roll"),
    Action("softer", "Softer", "Notes", "notes.softer", "Lower the velocity of the selected notes.", ("Alt+Down",),
           enabled="notes selected", place="roll"),
)
