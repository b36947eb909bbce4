"""The one table of actions. Menus, shortcuts, tool bar, palette, help page and tests are all made from it.

``handler`` is a dotted path from the main window to what the action calls. ``enabled`` and ``checked`` name a fact of
the window (app/facts.py); an action without ``enabled`` can always be called.
"""

from __future__ import annotations

from app.action import Action
from app.arrange_table import BAR_ACTIONS, TRACK_ACTIONS
from app.note_table import NOTE_ACTIONS
from app.translation import tr

MENUS = ("File", "Edit", "Notes", "View", "Transport", "Bars", "Track", "Assistant", "Help")

ACTIONS: tuple[Action, ...] = (
    # -- file ----------------------------------------------------------------------------------
    Action("new", "New", "File", "files.new", "Start an empty song.", ("Ctrl+N",)),
    Action("new_window", "New Window", "File", "new_window", "Open another window for another song; it has its own "
           "transport and assistant.", ("Ctrl+Shift+N",)),
    Action("open", "Open…", "File", "files.open", "Open a project or a MIDI file. Dropping one on the window does the "
           "same.", ("Ctrl+O",)),
    Action("demo", "Open the Demo Song", "File", "files.open_demo", "Open the short song that comes with the program."),
    Action("import_tracks", "Add Tracks from a File…", "File", "imports.ask", "Put the tracks of a MIDI file or "
           "project into this song, from the playhead's bar on. Dropping one on the list of tracks does the same.",
           ("Ctrl+Shift+O",)),
    Action("save", "Save", "File", "files.save", "Write the song to its file. A project keeps everything, also takes, "
           "colours, mute and solo; a MIDI file what MIDI can say.", ("Ctrl+S",), starts_group=True),
    Action("save_as", "Save As…", "File", "files.save_as", "Write the song to another file, a project or MIDI, and go "
           "on with that.", ("Ctrl+Shift+S",)),
    Action("export_midi", "Export MIDI…", "File", "files.export_midi", "Write a copy as MIDI, of format 1 or 0; the "
           "song keeps its file.", starts_group=True),
    Action("export_selection", "Export Selection as MIDI…", "File", "files.export_selection", "Write the selected "
           "notes, or the marked bars of the marked tracks, as a MIDI file of their own.", enabled="has selection"),
    Action("export_musicxml", "Export MusicXML…", "File", "files.export_musicxml", "Write the song as a score for "
           "notation programs: bars, pitches, lengths, key, tempo and sections, a part a track.", enabled="has notes"),
    Action("export_audio", "Export Audio…", "File", "files.export_audio", "Render the song or the selected bars to WAV "
           "or FLAC, as one file or as stems, one a track.", ("Ctrl+Shift+E",), enabled="has notes"),
    Action("close", "Close Window", "File", "close", "Close this window; unsaved changes are asked about.",
           ("Ctrl+W",), starts_group=True),
    Action("quit", "Quit", "File", "quit", "Close all windows; unsaved changes are asked about.", ("Ctrl+Q",)),
    # -- edit ----------------------------------------------------------------------------------
    Action("undo", "Undo", "Edit", "undo", "Take back the last step, and scroll to what it changed.", ("Ctrl+Z",),
           enabled="can undo", icon="undo"),
    Action("redo", "Redo", "Edit", "redo", "Do again what was taken back.", ("Ctrl+Shift+Z", "Ctrl+Y"),
           enabled="can redo", icon="redo"),
    Action("cut", "Cut", "Edit", "clips.cut", "Move the selected notes to the clipboard; with none selected, the "
           "marked bars of the marked tracks.", ("Ctrl+X",), enabled="has selection", starts_group=True),
    Action("copy", "Copy", "Edit", "clips.copy", "Copy the selected notes, or else the marked bars of the marked "
           "tracks.", ("Ctrl+C",), enabled="has selection"),
    Action("paste", "Paste at Playhead", "Edit", "clips.paste", "Put the clipboard's notes on the current track from "
           "the playhead on; bars go to its bar, from the current track down, in place of what begins there.",
           ("Ctrl+V",)),
    Action("duplicate", "Duplicate After", "Edit", "clips.duplicate", "Copy the selected notes, or else the marked "
           "bars of the marked tracks, to right after themselves.", ("Ctrl+D",), enabled="has selection"),
    Action("delete", "Delete", "Edit", "notes.delete",
           "Delete the selected notes; with none selected, clear the marked "
           "bars of the marked tracks.", ("Del", "Backspace"), enabled="can delete", place="roll"),
    Action("select_all", "Select All", "Edit", "select.all", "Select every note of the current track.",
           ("Ctrl+A",), enabled="has track", starts_group=True),
    Action("select_none", "Select None", "Edit", "select.none", "Cancel what the mouse is doing; else let go of "
           "the notes, then of the bars.", ("Esc",), place="roll"),
    Action("select_invert", "Invert the Selection", "Edit", "select.invert", "Select the notes of the current track "
           "that are not selected.", ("Ctrl+Shift+I",), enabled="has track"),
    Action("select_pitches", "Select the Same Pitches", "Edit", "select.same_pitches", "Select all notes of the "
           "track that have the pitch of a selected one.", ("Shift+A",), enabled="notes selected", place="roll"),
    Action("select_next", "Select the Next Note", "Edit", "select.next", "Go to the note after the selected ones; "
           "without any, to the one at the playhead.", ("N",), enabled="has track", place="roll"),
    Action("select_previous", "Select the Previous Note", "Edit", "select.previous", "The same, backwards.", ("B",),
           enabled="has track", place="roll"),
    Action("select_next_too", "Select the Next Note Too", "Edit", "select.next_too", "Add the note after the selected "
           "ones to them.", ("Shift+N",), enabled="has track", place="roll"),
    Action("select_previous_too", "Select the Previous Note Too", "Edit", "select.previous_too", "The same, backwards.",
           ("Shift+B",), enabled="has track", place="roll"),
    Action("tool_draw", "Draw", "Edit", "roll.use_draw", "Draw notes; drag on to make them longer.", ("1", "D"),
           checked="drawing", icon="draw", starts_group=True),
    Action("tool_select", "Select", "Edit", "roll.use_select", "Select by click or by a box, move, resize; Ctrl+drag "
           "copies, Alt ignores the grid.", ("2", "V"), checked="selecting", icon="select"),
    Action("tool_erase", "Erase", "Edit", "roll.use_erase", "Erase the notes under the mouse. The right button always "
           "does.", ("3", "E"), checked="erasing", icon="erase"),
    *NOTE_ACTIONS,
    # -- view ----------------------------------------------------------------------------------
    Action("zoom_in", "Zoom In", "View", "roll.zoom.nearer", "Show time wider. Ctrl+wheel does it about the mouse.",
           ("Ctrl++", "Ctrl+="), icon="zoom-in"),
    Action("zoom_out", "Zoom Out", "View", "roll.zoom.further", "Show more time.", ("Ctrl+-",), icon="zoom-out"),
    Action("zoom_selection", "Zoom to Selection", "View", "roll.zoom.to_selection", "Fill the window with the selected "
           "notes or bars.", ("Z",)),
    Action("zoom_song", "Whole Song", "View", "roll.zoom.to_song", "Fill the window with the song.", ("Ctrl+0",)),
    Action("taller_rows", "Taller Rows", "View", "roll.zoom.taller", "Show fewer pitches. Ctrl+Shift+wheel does it "
           "about the mouse.", ("Ctrl+Shift++", "Ctrl+Shift+="), starts_group=True),
    Action("flatter_rows", "Flatter Rows", "View", "roll.zoom.flatter", "Show more pitches.", ("Ctrl+Shift+-",)),
    Action("lane", "Show the Lane", "View", "lanes.toggle", "Show or hide the lane under the notes.", ("F7",),
           checked="lane shown", starts_group=True),
    Action("lane_velocity", "Lane: Velocity", "View", "lanes.velocity", "Show the velocity of the notes in the lane; "
           "drag in it to draw.", checked="lane velocity"),
    Action("lane_sustain", "Lane: Sustain", "View", "lanes.sustain", "Show where the pedal is down.",
           checked="lane sustain"),
    Action("lane_modulation", "Lane: Modulation", "View", "lanes.modulation", "Show the modulation wheel.",
           checked="lane modulation"),
    Action("lane_expression", "Lane: Expression", "View", "lanes.expression", "Show the loudness within the track.",
           checked="lane expression"),
    Action("lane_bend", "Lane: Pitch Bend", "View", "lanes.pitch_bend", "Show the pitch wheel.",
           checked="lane pitch bend"),
    Action("follow", "Follow the Playhead", "View", "look.toggle_follow", "Keep the playhead in sight while "
           "playing, as it was done last, or leave the view alone.",
           ("F",), checked="following", icon="follow", starts_group=True),
    Action("follow_page", "Follow by Pages", "View", "look.follow_page", "Turn the page when the playhead comes to its "
           "end.", checked="following pages"),
    Action("follow_continuous", "Follow Continuously", "View", "look.follow_continuous", "Let the song scroll along "
           "under a playhead that stands still.", checked="following continuously"),
    Action("note_names", "Names on Notes", "View", "look.toggle_names", "Write their names on notes that are high and "
           "wide enough.", checked="note names", starts_group=True),
    Action("chords", "Chord Names", "View", "look.toggle_chords", "Name the chords that the notes make above the roll.",
           ("Shift+C",), checked="chords shown"),
    Action("minimap", "Minimap", "View", "look.toggle_minimap", "Show the whole song below the roll.", ("F6",),
           checked="minimap shown"),
    Action("scale", "Scale…", "View", "look.choose_scale", "Choose the scale of the song, or let the notes tell it; "
           "the button at the roll's top left does it too.", ("Shift+S",)),
    Action("scale_lit", "Light the Scale", "View", "look.toggle_scale", "Darken the rows outside the scale, and mark "
           "its tonic.", ("Shift+H",), checked="scale lit"),
    Action("fold_scale", "Fold to the Scale", "View", "look.toggle_fold_scale", "Hide the rows outside the scale, "
           "except where the current track has notes.", ("Shift+F",), checked="folded to scale"),
    Action("fold_used", "Fold to Used Pitches", "View", "look.toggle_fold_used", "Hide the rows in which the current "
           "track has no notes.", ("Ctrl+Shift+F",), checked="folded to used"),
    Action("wheel_time", "Wheel Scrolls Time", "View", "look.toggle_wheel_time", "Let the wheel scroll time, and with "
           "Shift pitches, instead of the other way round. Two fingers on a touchpad scroll both, and spread to zoom.",
           checked="wheel scrolls time", starts_group=True),
    Action("zoom_turned", "Wheel Zooms the Other Way", "View", "look.toggle_zoom_turned", "Let Ctrl+wheel zoom in when "
           "it is turned towards you.", checked="zoom turned"),
    Action("history", "Show the History", "View", "toggle_history", "Show or hide the list of all steps; a click on "
           "one goes back or forth to it and scrolls to what changes.", ("F8",), checked="history shown",
           starts_group=True),
    Action("theme_system", "Theme: as the System", "View", "theme_system", "Light or dark as the desktop is.",
           checked="theme system", starts_group=True),
    Action("theme_dark", "Theme: Dark", "View", "theme_dark", "Always dark.", checked="theme dark"),
    Action("theme_light", "Theme: Light", "View", "theme_light", "Always light.", checked="theme light"),
    # -- transport -----------------------------------------------------------------------------
    Action("home", "To the Start", "Transport", "to_start", "Move the playhead to the first bar.", ("Home",),
           icon="home"),
    Action("play", "Play / Stop", "Transport", "playback.toggle", "Play from the playhead, or stop.", ("Space",),
           checked="playing", icon="play"),
    Action("record", "Record", "Transport", "recorder.toggle", "Count in and record the MIDI keyboard into the current "
           "track, from the playhead on; again to stop. It is one step of undo.", ("R",), enabled="has track",
           checked="recording", icon="record", starts_group=True),
    Action("quantise", "Put Recordings on the Grid", "Transport", "recorder.toggle_quantise", "Move what is recorded "
           "to the grid, or leave it as it was played.", checked="quantising"),
    Action("step_input", "Step Input", "Transport", "recorder.toggle_step", "Let each key of the MIDI keyboard, or of "
           "the one at the roll's left, write a note of a grid step at the playhead and move on; keys held together "
           "are a chord, the pedal leaves a step empty.", ("Shift+R",), enabled="has track", checked="stepping"),
    Action("loop", "Loop", "Transport", "transport.toggle_loop", "Play the loop over and over: what is drawn along the "
           "ruler's top edge; at first the selected bars, or the whole song.", ("L",), checked="looping", icon="loop"),
    Action("loop_selection", "Loop the Selected Bars", "Transport", "transport.loop_selection", "Make the selected "
           "bars the loop and play them over and over.", ("Ctrl+L",), enabled="bars selected"),
    Action("metronome", "Metronome", "Transport", "transport.toggle_metronome", "Click on every beat while playing, "
           "with an accent on the first of each bar.", ("K",), checked="metronome", icon="metronome",
           starts_group=True),
    Action("count_in", "Count-in", "Transport", "transport.toggle_count_in", "Click a bar before playing begins.",
           ("Shift+K",), checked="counting in", icon="count-in"),
    Action("play_slower", "Play Slower", "Transport", "transport.slower", "Play five percent slower. Pitches and the "
           "song stay as they are.", ("[",), starts_group=True),
    Action("play_faster", "Play Faster", "Transport", "transport.faster", "Play five percent faster.", ("]",)),
    Action("play_as_written", "Play at the Written Tempo", "Transport", "transport.tempo_as_written", "Play at the "
           "tempo of the song.", ("Ctrl+[",)),
    Action("previous_bar", "Previous Bar", "Transport", "bars.previous", "Move the playhead to the start of the bar, "
           "then of the one before.", ("Ctrl+Left",), place="roll", starts_group=True),
    Action("next_bar", "Next Bar", "Transport", "bars.next", "Move the playhead to the start of the next bar.",
           ("Ctrl+Right",), place="roll"),
    Action("select_bar", "Select a Bar More", "Transport", "bars.select_more", "Select the playhead's bar; again, the "
           "next one too.", ("Ctrl+Shift+Right",), place="roll"),
    Action("unselect_bar", "Select a Bar Less", "Transport", "bars.select_less", "Let go of the last selected bar.",
           ("Ctrl+Shift+Left",), enabled="bars selected", place="roll"),
    Action("sound", "Sound and MIDI…", "Transport", "sound.open", "Choose the output device, its buffer, the SoundFont "
           "and the MIDI ports, also while playing.", starts_group=True),
    # -- bars ----------------------------------------------------------------------------------
    *BAR_ACTIONS,
    # -- track ---------------------------------------------------------------------------------
    Action("add_track", "Add Track", "Track", "tracks.add", "Add a piano track after the others.", ("Ctrl+T",)),
    Action("remove_track", "Remove Track", "Track", "tracks.remove", "Remove the current track and its notes.",
           ("Ctrl+Shift+T",), enabled="has track"),
    Action("rename_track", "Rename Track", "Track", "tracks.rename", "Type another name for the current track.",
           ("F2",),
           enabled="has track"),
    Action("previous_track", "Previous Track", "Track", "tracks.choose_previous", "Go to the track above.",
           ("Ctrl+Up",),
           enabled="has track", starts_group=True),
    Action("next_track", "Next Track", "Track", "tracks.choose_next",
           "Go to the track below. A double click on its notes "
           "does it too.", ("Ctrl+Down",), enabled="has track"),
    Action("track_up", "Move Track Up", "Track", "tracks.move_up", "Put the current track one place higher.",
           ("Ctrl+Alt+Up",), enabled="has track"),
    Action("track_down", "Move Track Down", "Track", "tracks.move_down", "Put the current track one place lower.",
           ("Ctrl+Alt+Down",), enabled="has track"),
    *TRACK_ACTIONS,
    Action("mute", "Mute", "Track", "tracks.toggle_mute", "Silence the current track.", ("M",), enabled="has track",
           checked="muted", starts_group=True),
    Action("solo", "Solo", "Track", "tracks.toggle_solo", "Hear only the tracks that are solo.", ("S",),
           enabled="has track", checked="soloed"),
    Action("mark_below", "Mark the Track Below Too", "Track", "tracks.mark_below", "Let the assistant write on the "
           "next track as well.", ("Ctrl+Shift+Down",), enabled="has track"),
    Action("mark_above", "Mark the Track Above Too", "Track", "tracks.mark_above", "The same, upwards.",
           ("Ctrl+Shift+Up",), enabled="has track"),
    Action("mark_all_tracks", "Mark All Tracks", "Track", "tracks.mark_all", "Mark every track for the assistant; "
           "Ctrl+click in the list marks single ones.", ("Ctrl+Shift+A",), enabled="has track"),
    # -- assistant -----------------------------------------------------------------------------
    Action("continue", "Continue the Song", "Assistant", "continue_song",
           "Ask for takes of the bars that come after the "
           "last.", ("Ctrl+K",), enabled="has notes"),
    Action("infill", "Infill the Marked Bars", "Assistant", "infill_bars", "Ask for takes of the selected bars on the "
           "marked tracks.", ("Ctrl+I",), enabled="cells marked"),
    Action("harmonise", "Harmonise…", "Assistant", "recipes.harmonise", "Ask for an accompaniment of the current track "
           "in the selected bars, on the other tracks or a new one.", ("Ctrl+H",), enabled="bars selected"),
    Action("melody", "Write a Melody…", "Assistant", "recipes.melody", "Ask for a melody to what sounds in the "
           "selected bars, on a new track.", ("Ctrl+Shift+K",), enabled="bars selected"),
    Action("keep_rhythm", "Keep the Rhythm", "Assistant", "recipes.keep_rhythm", "Ask for other pitches on the rhythm "
           "that the marked bars of the marked tracks have.", ("Ctrl+Alt+R",), enabled="cells marked"),
    Action("keep_tune", "Keep the Tune", "Assistant", "recipes.keep_tune", "Ask for another rhythm for the tune that "
           "the marked bars of the marked tracks have.", ("Ctrl+Alt+T",), enabled="cells marked"),
    Action("lock", "Lock or Unlock Notes", "Assistant", "locks.toggle", "Have takes leave the selected notes exactly "
           "as they are, or let go of them; locked notes bear a small padlock.", ("Ctrl+Shift+L",),
           enabled="notes selected", place="roll", starts_group=True),
    Action("unlock_all", "Unlock All Notes", "Assistant", "locks.unlock_all", "Let takes change every note again.",
           enabled="has locks"),
    Action("generate", "Generate", "Assistant", "generate", "Ask for takes as the panel says.", ("Ctrl+Return",),
           starts_group=True),
    Action("cancel_request", "Cancel the Request", "Assistant", "assistant.cancel",
           "Stop writing; finished takes stay.",
           ("Ctrl+.",)),
    Action("audition", "Hear the Selected Take", "Assistant", "hear_take",
           "Play the song with the take in it; again to "
           "stop.", ("Ctrl+Space",), enabled="take selected", starts_group=True),
    Action("next_take", "Next Take", "Assistant", "assistant.next_take", "Select the take below; while one is heard, "
           "hear that.", ("Ctrl+PgDown",), enabled="has takes"),
    Action("previous_take", "Previous Take", "Assistant", "assistant.previous_take", "The same, upwards.",
           ("Ctrl+PgUp",), enabled="has takes"),
    Action("accept", "Keep the Selected Take", "Assistant", "keep_take", "Put the take into the song, as one step of "
           "undo.", ("Ctrl+Shift+Return",), enabled="take finished"),
    Action("assistant", "Show the Assistant", "Assistant", "toggle_assistant", "Show or hide the panel at the right.",
           ("F9",), checked="assistant shown", icon="assistant", starts_group=True),
    Action("studio", "Fine-tuning Studio…", "Assistant", "open_studio", "Teach the model the style of a folder of your "
           "MIDI files."),
    Action("inside", "Inside the Model…", "Assistant", "assistant.look_inside", "Show where in the song the "
           "model looks for the note that is selected in the roll, or the track's last, what a model with a memory "
           "looks up in the bars before, and how it sees pitches."),
    # -- help ----------------------------------------------------------------------------------
    Action("palette", "Command Palette…", "Help", "show_palette", "Find any action by a few letters of its name, or by "
           "what it does, and run it.", ("Ctrl+Shift+P",)),
    Action("help", "Keyboard && Actions", "Help", "show_help", "This page: everything the program does and its keys.",
           ("F1",)),
    Action("about", "About Ritornello", "Help", "show_about", "What this program is."),
)

MOUSE_HELP = (
    ("Click the ruler", "Move the playhead there."),
    ("Drag along the ruler's top edge", "Draw the loop; its ends and its middle can be dragged, with Alt by beats; a "
     "click switches it on or off."),
    ("Drag a marker on the ruler", "Move it from bar to bar, with Alt from beat to beat; a double click renames it."),
    ("Double click a tempo or meter on the ruler", "Change it or take it away."),
    ("Right click on the ruler", "What can be done with the bars, markers, tempo and meter there."),
    ("Drag on the ruler", "Select bars; Shift+click extends. On the marked tracks they are what the assistant fills."),
    ("Wheel", "Scroll pitches; with Shift, or over the ruler or the lane, scroll time. The View menu can turn that "
     "round."),
    ("Click or drag in the minimap", "Go to that part of the song."),
    ("Ctrl+wheel", "Zoom time about the mouse; with Shift too, zoom pitches."),
    ("Drag a note's edge", "Make it longer or shorter; the selected notes go along."),
    ("Ctrl+drag", "Copy notes. A Ctrl+click adds a note to the selection or takes it away; so does a Ctrl+drag around "
     "notes, and a Shift+drag adds them."),
    ("Ctrl+click a key at the left", "Select all notes of its pitch; along several keys, or with Shift, add them."),
    ("Alt while dragging", "Ignore the grid."),
    ("Drag what is selected out of the status bar", "To a folder or another program: it becomes a MIDI file."),
    ("Right button", "Erase notes; in the lane, erase what is drawn."),
    ("Drag in the lane", "Draw velocities (of the selected notes, if there are any) or a controller; with Shift as a "
     "line. Drag its top edge to make it higher; the button at its left chooses what it shows."),
    ("Drag a track in the list", "Move it; Esc lets it be where it was."),
    ("Double click volume or pan", "Back to 100, or to the middle. With the keyboard: Tab to it, arrow keys, 0."),
    ("Click a faint note", "With the select tool, go to the track of that note; with others a double click does."),
)


def plain_text(action: Action) -> str:
    """The action's text without menu marks."""
    return tr(action.text).replace("&&", "&").rstrip("…")


def with_letters(names: tuple[str, ...]) -> list[str]:
    """The names with ``&`` before a letter that no name before it has taken: Alt and that letter opens the menu."""
    taken: set[str] = set()
    titles = []
    for name in names:
        at = next((i for i, letter in enumerate(name.lower()) if letter not in taken), 0)
        taken.add(name[at].lower())
        titles.append(f"{name[:at]}&{name[at:]}")
    return titles
