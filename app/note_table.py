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
    Action("scale_step_up", "Up a Step of the Scale", "Notes", "notes.scale_step_up", "Transpose the selected notes "
           "along the scale chosen at the roll's top left, or told by the song's notes.", ("Alt+Shift+Up",),
           enabled="notes selected", place="roll"),
    Action("scale_step_down", "Down a Step of the Scale", "Notes", "notes.scale_step_down", "The same, downwards.",
           ("Alt+Shift+Down",), enabled="notes selected", place="roll"),
    Action("nudge_earlier", "Earlier by a Grid Step", "Notes", "notes.nudge_earlier", "Move the selected notes to the "
           "left.", ("Left",), enabled="notes selected", place="roll"),
    Action("nudge_later", "Later by a Grid Step", "Notes", "notes.nudge_later", "Move the selected notes to the right.",
           ("Right",), enabled="notes selected", place="roll"),
    Action("tick_earlier", "Earlier by a Tick", "Notes", "notes.tick_earlier", "Move the selected notes by the "
           "smallest step there is.", ("Alt+Left",), enabled="notes selected", place="roll"),
    Action("tick_later", "Later by a Tick", "Notes", "notes.tick_later", "The same, to the right.", ("Alt+Right",),
           enabled="notes selected", place="roll"),
    Action("longer", "Longer", "Notes", "shape.longer", "Move the ends of the selected notes by a step of the grid.",
           ("Shift+Right",), enabled="notes selected", place="roll", starts_group=True),
    Action("shorter", "Shorter", "Notes", "shape.shorter", "The same, to the left, as far as the grid goes.",
           ("Shift+Left",), enabled="notes selected", place="roll"),
    Action("start_earlier", "Start Earlier", "Notes", "shape.start_earlier", "Move the starts of the selected notes by "
           "a step of the grid; their ends stay.", ("Alt+Shift+Left",), enabled="notes selected", place="roll"),
    Action("start_later", "Start Later", "Notes", "shape.start_later", "The same, to the right.", ("Alt+Shift+Right",),
           enabled="notes selected", place="roll"),
    Action("split", "Split at the Playhead", "Notes", "shape.split_at_playhead", "Cut the selected notes in two where "
           "the playhead is, or all notes of the track that sound there.", ("Ctrl+E",), enabled="has track",
           place="roll", starts_group=True),
    Action("split_pointer", "Split at the Mouse", "Notes", "shape.split_at_pointer", "Cut the note under the mouse in "
           "two, on the grid.", ("Shift+E",), enabled="has track", place="roll"),
    Action("join", "Join", "Notes", "shape.join", "Make one note of the selected notes of each pitch; gaps between "
           "them are bridged.", ("Ctrl+J",), enabled="notes selected", place="roll"),
    Action("quick_quantise", "Quantise", "Notes", "shape.quick_quantise", "Move the selected notes to the grid as it "
           "was done last: fully and straight, at first.", ("Q",), enabled="notes selected", place="roll",
           starts_group=True),
    Action("quantise_notes", "Quantise…", "Notes", "shape.quantise", "Choose grid, strength and swing, and see in the "
           "roll what they would do.", ("Shift+Q",), enabled="notes selected", place="roll"),
    Action("humanise", "Humanise", "Notes", "shape.humanise", "Move the selected notes a little off the grid and vary "
           "their velocity, as a player would.", ("H",), enabled="notes selected", place="roll"),
    Action("legato", "Legato", "Notes", "shape.legato", "Let each selected note last until the next begins.",
           ("Shift+L",), enabled="notes selected", place="roll"),
    Action("reverse", "Reverse in Time", "Notes", "shape.reverse", "Let the selected notes run backwards.", ("Ctrl+R",),
           enabled="notes selected", place="roll"),
    Action("mute_notes", "Mute or Unmute Notes", "Notes", "shape.toggle_muted", "Silence the selected notes and keep "
           "them, hollow, or let muted ones sound again. A project keeps them; they are not in a MIDI file, and the "
           "assistant does not see them.", ("Shift+M",), enabled="any notes selected", place="roll"),
    Action("louder", "Louder", "Notes", "notes.louder", "Raise the velocity of the selected notes.", ("Alt+Up",),
           enabled="notes selected", place="roll", starts_group=True),
    Action("softer", "Softer", "Notes", "notes.softer", "Lower the velocity of the selected notes.", ("Alt+Down",),
           enabled="notes selected", place="roll"),
    Action("ramp", "Ramp…", "Notes", "lanes.ramp", "Draw a line between two values in the lane, over the selected "
           "notes or bars.", ("Shift+V",), enabled="has track", place="roll"),
)
