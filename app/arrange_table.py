"""The rows of the table of actions (app/actions.py) that are about tracks and bars as a whole."""

from __future__ import annotations

from app.action import Action

BAR_ACTIONS: tuple[Action, ...] = (
    Action("insert_bars", "Insert Bars", "Bars", "bar_edits.insert", "Put as many empty bars as are selected before "
           "them, on all tracks; with none selected, one before the playhead's. Tempo, meter, markers and the loop "
           "move along, and what sounds across the place is held.", ("Ins",)),
    Action("delete_bars", "Delete Bars", "Bars", "bar_edits.delete", "Take the selected bars out of all tracks, with "
           "their time; Delete alone only clears them.", ("Ctrl+Del",), enabled="bars selected"),
    Action("repeat_bars", "Repeat Bars", "Bars", "bar_edits.repeat", "Put the selected bars of all tracks once more "
           "after themselves; what came after them comes later.", ("Ctrl+Shift+D",), enabled="bars selected"),
    Action("add_marker", "Add Marker…", "Bars", "markers.add", "Name what begins with the playhead's bar: a section, "
           "or a place to go to. Markers are kept in MIDI files too.", ("Ctrl+M",), starts_group=True),
    Action("rename_marker", "Rename Marker…", "Bars", "markers.rename", "Type another name for the playhead's section.",
           enabled="has markers"),
    Action("remove_marker", "Remove Marker", "Bars", "markers.remove", "Take away the name of the playhead's section; "
           "its bars stay.", enabled="has markers"),
    Action("next_marker", "Next Marker", "Bars", "markers.go_next", "Move the playhead to the next marker.", (".",),
           enabled="has markers"),
    Action("previous_marker", "Previous Marker", "Bars", "markers.go_previous", "Move the playhead to the marker "
           "before.", (",",), enabled="has markers"),
    Action("timing", "Tempo and Meter…", "Bars", "timing.change", "Set the tempo and the meter from the bar of the "
           "playhead on, or take a change of them away.", ("T",), starts_group=True),
    Action("gradual_tempo", "Gradual Tempo…", "Bars", "timing.gradual", "Let the tempo rise or fall little by little "
           "over the selected bars, evenly or along a curve.", ("Shift+T",)),
)

TRACK_ACTIONS: tuple[Action, ...] = (
    Action("duplicate_track", "Duplicate Track", "Track", "track_actions.duplicate", "Put a copy of the current track "
           "below it.", ("Ctrl+Alt+D",), enabled="has track", starts_group=True),
    Action("merge_tracks", "Merge Tracks", "Track", "track_actions.merge", "Make one track of the marked ones, or of "
           "the current one and the one below. The first gives the instrument.", ("Ctrl+Shift+M",),
           enabled="has track"),
    Action("split_track", "Split Track by Pitch…", "Track", "track_actions.split", "Put the notes below a pitch on a "
           "track of their own; the lowest selected note is offered.", enabled="track has notes"),
    Action("instrument", "Instrument…", "Track", "track_actions.choose_instrument", "Choose the current track's "
           "instrument by family or a few letters; it is heard while the list is walked through.", ("I",),
           enabled="has track"),
    Action("track_colour", "Colour…", "Track", "track_actions.colour", "Choose the current track's colour; the "
           "palette's eight can be told apart by any eyes.", enabled="has track"),
)
