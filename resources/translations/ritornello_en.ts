<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source> Grid </source>
        <translation> Grid </translation>
    </message>
    <message>
        <source> Its file has been changed meanwhile: Save will ask where to.</source>
        <translation> Its file has been changed meanwhile: Save will ask where to.</translation>
    </message>
    <message>
        <source> min</source>
        <translation> min</translation>
    </message>
    <message>
        <source>&amp;From</source>
        <translation>&amp;From</translation>
    </message>
    <message>
        <source>&amp;Grid</source>
        <translation>&amp;Grid</translation>
    </message>
    <message>
        <source>&amp;Strength</source>
        <translation>&amp;Strength</translation>
    </message>
    <message>
        <source>&amp;To</source>
        <translation>&amp;To</translation>
    </message>
    <message>
        <source>, and {count} moves of pedals and wheels</source>
        <translation>, and {count} moves of pedals and wheels</translation>
    </message>
    <message>
        <source>, library {name}</source>
        <translation>, library {name}</translation>
    </message>
    <message>
        <source>1/16 dotted</source>
        <translation>1/16 dotted</translation>
    </message>
    <message>
        <source>1/16 triplet</source>
        <translation>1/16 triplet</translation>
    </message>
    <message>
        <source>1/2 dotted</source>
        <translation>1/2 dotted</translation>
    </message>
    <message>
        <source>1/2 triplet</source>
        <translation>1/2 triplet</translation>
    </message>
    <message>
        <source>1/32 triplet</source>
        <translation>1/32 triplet</translation>
    </message>
    <message>
        <source>1/4 dotted</source>
        <translation>1/4 dotted</translation>
    </message>
    <message>
        <source>1/4 triplet</source>
        <translation>1/4 triplet</translation>
    </message>
    <message>
        <source>1/8 dotted</source>
        <translation>1/8 dotted</translation>
    </message>
    <message>
        <source>1/8 triplet</source>
        <translation>1/8 triplet</translation>
    </message>
    <message>
        <source>; the right button erases</source>
        <translation>; the right button erases</translation>
    </message>
    <message>
        <source>A composition assistant that works on your own machine: write in the piano roll, select bars and tracks, and hear several takes of what could be there.</source>
        <translation>A composition assistant that works on your own machine: write in the piano roll, select bars and tracks, and hear several takes of what could be there.</translation>
    </message>
    <message>
        <source>A copy of the song as it is now was written to
{path}</source>
        <translation>A copy of the song as it is now was written to
{path}</translation>
    </message>
    <message>
        <source>A copy of the song could not be written: {problem}</source>
        <translation>A copy of the song could not be written: {problem}</translation>
    </message>
    <message>
        <source>A folder of MIDI files</source>
        <translation>A folder of MIDI files</translation>
    </message>
    <message>
        <source>A folder of MIDI files, or a library</source>
        <translation>A folder of MIDI files, or a library</translation>
    </message>
    <message>
        <source>A line of {kind} over what is selected:</source>
        <translation>A line of {kind} over what is selected:</translation>
    </message>
    <message>
        <source>A name for the style</source>
        <translation>A name for the style</translation>
    </message>
    <message>
        <source>A port of our own, for other programs to connect to</source>
        <translation>A port of our own, for other programs to connect to</translation>
    </message>
    <message>
        <source>A restored song opens as it was, unsaved; its file is not touched. What is neither restored nor discarded is offered again at the next start.</source>
        <translation>A restored song opens as it was, unsaved; its file is not touched. What is neither restored nor discarded is offered again at the next start.</translation>
    </message>
    <message>
        <source>A small adapter (LoRA)</source>
        <translation>A small adapter (LoRA)</translation>
    </message>
    <message>
        <source>About Ritornello</source>
        <translation>About Ritornello</translation>
    </message>
    <message>
        <source>About to write {note}, the model {looked}; {signs}.</source>
        <translation>About to write {note}, the model {looked}; {signs}.</translation>
    </message>
    <message>
        <source>About {name}</source>
        <translation>About {name}</translation>
    </message>
    <message>
        <source>Above the piano</source>
        <translation>Above the piano</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>Actions</translation>
    </message>
    <message>
        <source>Actions found</source>
        <translation>Actions found</translation>
    </message>
    <message>
        <source>Add Marker</source>
        <translation>Add Marker</translation>
    </message>
    <message>
        <source>Add Marker…</source>
        <translation>Add Marker…</translation>
    </message>
    <message>
        <source>Add Track</source>
        <translation>Add Track</translation>
    </message>
    <message>
        <source>Add Tracks from a File…</source>
        <translation>Add Tracks from a File…</translation>
    </message>
    <message>
        <source>Add Tracks of</source>
        <translation>Add Tracks of</translation>
    </message>
    <message>
        <source>Add a Marker at Bar {bar}…</source>
        <translation>Add a Marker at Bar {bar}…</translation>
    </message>
    <message>
        <source>Add a piano track after the others.</source>
        <translation>Add a piano track after the others.</translation>
    </message>
    <message>
        <source>Add a track</source>
        <translation>Add a track</translation>
    </message>
    <message>
        <source>Add harmony track</source>
        <translation>Add harmony track</translation>
    </message>
    <message>
        <source>Add marker</source>
        <translation>Add marker</translation>
    </message>
    <message>
        <source>Add melody track</source>
        <translation>Add melody track</translation>
    </message>
    <message>
        <source>Add the note after the selected ones to them.</source>
        <translation>Add the note after the selected ones to them.</translation>
    </message>
    <message>
        <source>Add track</source>
        <translation>Add track</translation>
    </message>
    <message>
        <source>Add tracks of {name}</source>
        <translation>Add tracks of {name}</translation>
    </message>
    <message>
        <source>Added {tracks} of {name} from bar {bar} on</source>
        <translation>Added {tracks} of {name} from bar {bar} on</translation>
    </message>
    <message>
        <source>Adventurousness</source>
        <translation>Adventurousness</translation>
    </message>
    <message>
        <source>Afterwards back to the first tempo</source>
        <translation>Afterwards back to the first tempo</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>All files (*)</translation>
    </message>
    <message>
        <source>All heads</source>
        <translation>All heads</translation>
    </message>
    <message>
        <source>All heads as far as their gates are open, or one of them</source>
        <translation>All heads as far as their gates are open, or one of them</translation>
    </message>
    <message>
        <source>All heads of all layers together, or one of them</source>
        <translation>All heads of all layers together, or one of them</translation>
    </message>
    <message>
        <source>Alt while dragging</source>
        <translation>Alt while dragging</translation>
    </message>
    <message>
        <source>Alto</source>
        <translation>Alto</translation>
    </message>
    <message>
        <source>Always dark.</source>
        <translation>Always dark.</translation>
    </message>
    <message>
        <source>Always light.</source>
        <translation>Always light.</translation>
    </message>
    <message>
        <source>Another colour…</source>
        <translation>Another colour…</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>Any</translation>
    </message>
    <message>
        <source>Any notes</source>
        <translation>Any notes</translation>
    </message>
    <message>
        <source>As in the tool bar</source>
        <translation>As in the tool bar</translation>
    </message>
    <message>
        <source>As zoom</source>
        <translation>As zoom</translation>
    </message>
    <message>
        <source>Ask for a melody to what sounds in the selected bars, on a new track.</source>
        <translation>Ask for a melody to what sounds in the selected bars, on a new track.</translation>
    </message>
    <message>
        <source>Ask for an accompaniment of the current track in the selected bars, on the other tracks or a new one.</source>
        <translation>Ask for an accompaniment of the current track in the selected bars, on the other tracks or a new one.</translation>
    </message>
    <message>
        <source>Ask for another rhythm for the tune that the marked bars of the marked tracks have.</source>
        <translation>Ask for another rhythm for the tune that the marked bars of the marked tracks have.</translation>
    </message>
    <message>
        <source>Ask for other pitches on the rhythm that the marked bars of the marked tracks have.</source>
        <translation>Ask for other pitches on the rhythm that the marked bars of the marked tracks have.</translation>
    </message>
    <message>
        <source>Ask for takes (Ctrl+Return)</source>
        <translation>Ask for takes (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Ask for takes as the panel says.</source>
        <translation>Ask for takes as the panel says.</translation>
    </message>
    <message>
        <source>Ask for takes of the bars that come after the last.</source>
        <translation>Ask for takes of the bars that come after the last.</translation>
    </message>
    <message>
        <source>Ask for takes of the selected bars on the marked tracks.</source>
        <translation>Ask for takes of the selected bars on the marked tracks.</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>Assistant</translation>
    </message>
    <message>
        <source>Audition</source>
        <translation>Audition</translation>
    </message>
    <message>
        <source>Back to 100, or to the middle. With the keyboard: Tab to it, arrow keys, 0.</source>
        <translation>Back to 100, or to the middle. With the keyboard: Tab to it, arrow keys, 0.</translation>
    </message>
    <message>
        <source>Bar</source>
        <translation>Bar</translation>
    </message>
    <message>
        <source>Bar . beat</source>
        <translation>Bar . beat</translation>
    </message>
    <message>
        <source>Bar and beat</source>
        <translation>Bar and beat</translation>
    </message>
    <message>
        <source>Bar {bars}</source>
        <translation>Bar {bars}</translation>
    </message>
    <message>
        <source>Bar {bar}</source>
        <translation>Bar {bar}</translation>
    </message>
    <message>
        <source>Bars</source>
        <translation>Bars</translation>
    </message>
    <message>
        <source>Bars {bars}</source>
        <translation>Bars {bars}</translation>
    </message>
    <message>
        <source>Bars {first}–{last}</source>
        <translation>Bars {first}–{last}</translation>
    </message>
    <message>
        <source>Base model</source>
        <translation>Base model</translation>
    </message>
    <message>
        <source>Bass</source>
        <translation>Bass</translation>
    </message>
    <message>
        <source>Beat</source>
        <translation>Beat</translation>
    </message>
    <message>
        <source>Beats a bar</source>
        <translation>Beats a bar</translation>
    </message>
    <message>
        <source>Between quarters and eighths</source>
        <translation>Between quarters and eighths</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>Blue</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>Bridge</translation>
    </message>
    <message>
        <source>Buffer</source>
        <translation>Buffer</translation>
    </message>
    <message>
        <source>Busy: 3 to 4 a beat</source>
        <translation>Busy: 3 to 4 a beat</translation>
    </message>
    <message>
        <source>By its place in the list</source>
        <translation>By its place in the list</translation>
    </message>
    <message>
        <source>Can be used</source>
        <translation>Can be used</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancel</translation>
    </message>
    <message>
        <source>Cancel the Request</source>
        <translation>Cancel the Request</translation>
    </message>
    <message>
        <source>Cancel what the mouse is doing; else let go of the notes, then of the bars.</source>
        <translation>Cancel what the mouse is doing; else let go of the notes, then of the bars.</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Cancelled.</translation>
    </message>
    <message>
        <source>Cancelled; {takes} finished.</source>
        <translation>Cancelled; {takes} finished.</translation>
    </message>
    <message>
        <source>Change colour</source>
        <translation>Change colour</translation>
    </message>
    <message>
        <source>Change instrument</source>
        <translation>Change instrument</translation>
    </message>
    <message>
        <source>Change it or take it away.</source>
        <translation>Change it or take it away.</translation>
    </message>
    <message>
        <source>Change pan</source>
        <translation>Change pan</translation>
    </message>
    <message>
        <source>Change tempo and meter</source>
        <translation>Change tempo and meter</translation>
    </message>
    <message>
        <source>Change volume</source>
        <translation>Change volume</translation>
    </message>
    <message>
        <source>Change {word}…</source>
        <translation>Change {word}…</translation>
    </message>
    <message>
        <source>Changing</source>
        <translation>Changing</translation>
    </message>
    <message>
        <source>Character</source>
        <translation>Character</translation>
    </message>
    <message>
        <source>Choose a SoundFont file (.sf2, .sf3)</source>
        <translation>Choose a SoundFont file (.sf2, .sf3)</translation>
    </message>
    <message>
        <source>Choose a folder of MIDI files. The model learns their style on this machine; some of the songs are held out, to measure on them what it has learnt.</source>
        <translation>Choose a folder of MIDI files. The model learns their style on this machine; some of the songs are held out, to measure on them what it has learnt.</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Choose a folder…</translation>
    </message>
    <message>
        <source>Choose grid, strength and swing, and see in the roll what they would do.</source>
        <translation>Choose grid, strength and swing, and see in the roll what they would do.</translation>
    </message>
    <message>
        <source>Choose the MIDI keyboard to record from</source>
        <translation>Choose the MIDI keyboard to record from</translation>
    </message>
    <message>
        <source>Choose the current track&apos;s colour; the palette&apos;s eight can be told apart by any eyes.</source>
        <translation>Choose the current track&apos;s colour; the palette&apos;s eight can be told apart by any eyes.</translation>
    </message>
    <message>
        <source>Choose the current track&apos;s instrument by family or a few letters; it is heard while the list is walked through.</source>
        <translation>Choose the current track&apos;s instrument by family or a few letters; it is heard while the list is walked through.</translation>
    </message>
    <message>
        <source>Choose the instrument of the new track</source>
        <translation>Choose the instrument of the new track</translation>
    </message>
    <message>
        <source>Choose the output device, its buffer, the SoundFont and the MIDI ports, also while playing.</source>
        <translation>Choose the output device, its buffer, the SoundFont and the MIDI ports, also while playing.</translation>
    </message>
    <message>
        <source>Choose the scale of the song, or let the notes tell it; the button at the roll&apos;s top left does it too.</source>
        <translation>Choose the scale of the song, or let the notes tell it; the button at the roll&apos;s top left does it too.</translation>
    </message>
    <message>
        <source>Choose the style in the assistant.</source>
        <translation>Choose the style in the assistant.</translation>
    </message>
    <message>
        <source>Chord Names</source>
        <translation>Chord Names</translation>
    </message>
    <message>
        <source>Chords</source>
        <translation>Chords</translation>
    </message>
    <message>
        <source>Chorus</source>
        <translation>Chorus</translation>
    </message>
    <message>
        <source>Clear This List</source>
        <translation>Clear This List</translation>
    </message>
    <message>
        <source>Clear bars</source>
        <translation>Clear bars</translation>
    </message>
    <message>
        <source>Click a bar before playing begins.</source>
        <translation>Click a bar before playing begins.</translation>
    </message>
    <message>
        <source>Click a faint note</source>
        <translation>Click a faint note</translation>
    </message>
    <message>
        <source>Click on every beat while playing, with an accent on the first of each bar.</source>
        <translation>Click on every beat while playing, with an accent on the first of each bar.</translation>
    </message>
    <message>
        <source>Click or drag in the minimap</source>
        <translation>Click or drag in the minimap</translation>
    </message>
    <message>
        <source>Click the ruler</source>
        <translation>Click the ruler</translation>
    </message>
    <message>
        <source>Click to edit this track, Ctrl+click to mark more for the assistant, double-click to rename, drag to move</source>
        <translation>Click to edit this track, Ctrl+click to mark more for the assistant, double-click to rename, drag to move</translation>
    </message>
    <message>
        <source>Close Window</source>
        <translation>Close Window</translation>
    </message>
    <message>
        <source>Close all windows; unsaved changes are asked about.</source>
        <translation>Close all windows; unsaved changes are asked about.</translation>
    </message>
    <message>
        <source>Close this window; unsaved changes are asked about.</source>
        <translation>Close this window; unsaved changes are asked about.</translation>
    </message>
    <message>
        <source>Coda</source>
        <translation>Coda</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Colour</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>Colour…</translation>
    </message>
    <message>
        <source>Command Palette</source>
        <translation>Command Palette</translation>
    </message>
    <message>
        <source>Command Palette…</source>
        <translation>Command Palette…</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Continue</translation>
    </message>
    <message>
        <source>Continue the Song</source>
        <translation>Continue the Song</translation>
    </message>
    <message>
        <source>Controls</source>
        <translation>Controls</translation>
    </message>
    <message>
        <source>Copied {clip}</source>
        <translation>Copied {clip}</translation>
    </message>
    <message>
        <source>Copied {clip} to bar {bar} on {tracks}</source>
        <translation>Copied {clip} to bar {bar} on {tracks}</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Copy</translation>
    </message>
    <message>
        <source>Copy notes</source>
        <translation>Copy notes</translation>
    </message>
    <message>
        <source>Copy notes. A Ctrl+click adds a note to the selection or takes it away; so does a Ctrl+drag around notes, and a Shift+drag adds them.</source>
        <translation>Copy notes. A Ctrl+click adds a note to the selection or takes it away; so does a Ctrl+drag around notes, and a Shift+drag adds them.</translation>
    </message>
    <message>
        <source>Copy the selected notes, or else the marked bars of the marked tracks, to right after themselves.</source>
        <translation>Copy the selected notes, or else the marked bars of the marked tracks, to right after themselves.</translation>
    </message>
    <message>
        <source>Copy the selected notes, or else the marked bars of the marked tracks.</source>
        <translation>Copy the selected notes, or else the marked bars of the marked tracks.</translation>
    </message>
    <message>
        <source>Count in and record the MIDI keyboard into the current track, from the playhead on; again to stop. It is one step of undo.</source>
        <translation>Count in and record the MIDI keyboard into the current track, from the playhead on; again to stop. It is one step of undo.</translation>
    </message>
    <message>
        <source>Count-in</source>
        <translation>Count-in</translation>
    </message>
    <message>
        <source>Ctrl+click a key at the left</source>
        <translation>Ctrl+click a key at the left</translation>
    </message>
    <message>
        <source>Ctrl+drag</source>
        <translation>Ctrl+drag</translation>
    </message>
    <message>
        <source>Ctrl+wheel</source>
        <translation>Ctrl+wheel</translation>
    </message>
    <message>
        <source>Cut</source>
        <translation>Cut</translation>
    </message>
    <message>
        <source>Cut bars</source>
        <translation>Cut bars</translation>
    </message>
    <message>
        <source>Cut notes</source>
        <translation>Cut notes</translation>
    </message>
    <message>
        <source>Cut the note under the mouse in two, on the grid.</source>
        <translation>Cut the note under the mouse in two, on the grid.</translation>
    </message>
    <message>
        <source>Cut the selected notes in two where the playhead is, or all notes of the track that sound there.</source>
        <translation>Cut the selected notes in two where the playhead is, or all notes of the track that sound there.</translation>
    </message>
    <message>
        <source>Cut {clip}</source>
        <translation>Cut {clip}</translation>
    </message>
    <message>
        <source>Damaged file</source>
        <translation>Damaged file</translation>
    </message>
    <message>
        <source>Daring</source>
        <translation>Daring</translation>
    </message>
    <message>
        <source>Darken the rows outside the scale, and mark its tonic.</source>
        <translation>Darken the rows outside the scale, and mark its tonic.</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Delete</translation>
    </message>
    <message>
        <source>Delete Bars</source>
        <translation>Delete Bars</translation>
    </message>
    <message>
        <source>Delete bar</source>
        <translation>Delete bar</translation>
    </message>
    <message>
        <source>Delete bars</source>
        <translation>Delete bars</translation>
    </message>
    <message>
        <source>Delete notes</source>
        <translation>Delete notes</translation>
    </message>
    <message>
        <source>Delete the selected notes; with none selected, clear the marked bars of the marked tracks.</source>
        <translation>Delete the selected notes; with none selected, clear the marked bars of the marked tracks.</translation>
    </message>
    <message>
        <source>Deleted {bars} from bar {first} on, on all tracks</source>
        <translation>Deleted {bars} from bar {first} on, on all tracks</translation>
    </message>
    <message>
        <source>Demo song</source>
        <translation>Demo song</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>Density</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>Discard</translation>
    </message>
    <message>
        <source>Discard the take (Delete)</source>
        <translation>Discard the take (Delete)</translation>
    </message>
    <message>
        <source>Do again what was taken back.</source>
        <translation>Do again what was taken back.</translation>
    </message>
    <message>
        <source>Double click a tempo or meter on the ruler</source>
        <translation>Double click a tempo or meter on the ruler</translation>
    </message>
    <message>
        <source>Double click volume or pan</source>
        <translation>Double click volume or pan</translation>
    </message>
    <message>
        <source>Down a Semitone</source>
        <translation>Down a Semitone</translation>
    </message>
    <message>
        <source>Down a Step of the Scale</source>
        <translation>Down a Step of the Scale</translation>
    </message>
    <message>
        <source>Down an Octave</source>
        <translation>Down an Octave</translation>
    </message>
    <message>
        <source>Drag a marker on the ruler</source>
        <translation>Drag a marker on the ruler</translation>
    </message>
    <message>
        <source>Drag a note&apos;s edge</source>
        <translation>Drag a note&apos;s edge</translation>
    </message>
    <message>
        <source>Drag a track in the list</source>
        <translation>Drag a track in the list</translation>
    </message>
    <message>
        <source>Drag along the ruler&apos;s top edge</source>
        <translation>Drag along the ruler&apos;s top edge</translation>
    </message>
    <message>
        <source>Drag in the lane</source>
        <translation>Drag in the lane</translation>
    </message>
    <message>
        <source>Drag on the ruler</source>
        <translation>Drag on the ruler</translation>
    </message>
    <message>
        <source>Drag this to a folder or another program: what is selected, as a MIDI file</source>
        <translation>Drag this to a folder or another program: what is selected, as a MIDI file</translation>
    </message>
    <message>
        <source>Drag to draw the {kind}; with Shift a line</source>
        <translation>Drag to draw the {kind}; with Shift a line</translation>
    </message>
    <message>
        <source>Drag to select bars; click to move the playhead; drag along the top edge to loop</source>
        <translation>Drag to select bars; click to move the playhead; drag along the top edge to loop</translation>
    </message>
    <message>
        <source>Drag what is selected out of the status bar</source>
        <translation>Drag what is selected out of the status bar</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Draw</translation>
    </message>
    <message>
        <source>Draw a line between two values in the lane, over the selected notes or bars.</source>
        <translation>Draw a line between two values in the lane, over the selected notes or bars.</translation>
    </message>
    <message>
        <source>Draw note</source>
        <translation>Draw note</translation>
    </message>
    <message>
        <source>Draw notes; drag on to make them longer.</source>
        <translation>Draw notes; drag on to make them longer.</translation>
    </message>
    <message>
        <source>Draw the loop; its ends and its middle can be dragged, with Alt by beats; a click switches it on or off.</source>
        <translation>Draw the loop; its ends and its middle can be dragged, with Alt by beats; a click switches it on or off.</translation>
    </message>
    <message>
        <source>Draw velocities</source>
        <translation>Draw velocities</translation>
    </message>
    <message>
        <source>Draw velocities (of the selected notes, if there are any) or a controller; with Shift as a line. Drag its top edge to make it higher; the button at its left chooses what it shows.</source>
        <translation>Draw velocities (of the selected notes, if there are any) or a controller; with Shift as a line. Drag its top edge to make it higher; the button at its left chooses what it shows.</translation>
    </message>
    <message>
        <source>Draw {controller}</source>
        <translation>Draw {controller}</translation>
    </message>
    <message>
        <source>Duplicate After</source>
        <translation>Duplicate After</translation>
    </message>
    <message>
        <source>Duplicate Track</source>
        <translation>Duplicate Track</translation>
    </message>
    <message>
        <source>Duplicate bars</source>
        <translation>Duplicate bars</translation>
    </message>
    <message>
        <source>Duplicate notes</source>
        <translation>Duplicate notes</translation>
    </message>
    <message>
        <source>Duplicate track</source>
        <translation>Duplicate track</translation>
    </message>
    <message>
        <source>Earlier by a Grid Step</source>
        <translation>Earlier by a Grid Step</translation>
    </message>
    <message>
        <source>Earlier by a Tick</source>
        <translation>Earlier by a Tick</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>Edit</translation>
    </message>
    <message>
        <source>Eighth notes: 2 to 3 a beat</source>
        <translation>Eighth notes: 2 to 3 a beat</translation>
    </message>
    <message>
        <source>Ends too</source>
        <translation>Ends too</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Erase</translation>
    </message>
    <message>
        <source>Erase notes</source>
        <translation>Erase notes</translation>
    </message>
    <message>
        <source>Erase notes; in the lane, erase what is drawn.</source>
        <translation>Erase notes; in the lane, erase what is drawn.</translation>
    </message>
    <message>
        <source>Erase the notes under the mouse. The right button always does.</source>
        <translation>Erase the notes under the mouse. The right button always does.</translation>
    </message>
    <message>
        <source>Erase {controller}</source>
        <translation>Erase {controller}</translation>
    </message>
    <message>
        <source>Evenly</source>
        <translation>Evenly</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>Export</translation>
    </message>
    <message>
        <source>Export Audio</source>
        <translation>Export Audio</translation>
    </message>
    <message>
        <source>Export Audio…</source>
        <translation>Export Audio…</translation>
    </message>
    <message>
        <source>Export MIDI</source>
        <translation>Export MIDI</translation>
    </message>
    <message>
        <source>Export MIDI…</source>
        <translation>Export MIDI…</translation>
    </message>
    <message>
        <source>Export MusicXML</source>
        <translation>Export MusicXML</translation>
    </message>
    <message>
        <source>Export MusicXML…</source>
        <translation>Export MusicXML…</translation>
    </message>
    <message>
        <source>Export Selection</source>
        <translation>Export Selection</translation>
    </message>
    <message>
        <source>Export Selection as MIDI…</source>
        <translation>Export Selection as MIDI…</translation>
    </message>
    <message>
        <source>Exported {count} stems of {name}</source>
        <translation>Exported {count} stems of {name}</translation>
    </message>
    <message>
        <source>Exported {name}</source>
        <translation>Exported {name}</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Export…</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>Expression</translation>
    </message>
    <message>
        <source>FLAC audio (*.flac)</source>
        <translation>FLAC audio (*.flac)</translation>
    </message>
    <message>
        <source>FLAC, 24 bit</source>
        <translation>FLAC, 24 bit</translation>
    </message>
    <message>
        <source>Familiar</source>
        <translation>Familiar</translation>
    </message>
    <message>
        <source>File</source>
        <translation>File</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Files</translation>
    </message>
    <message>
        <source>Fill the window with the selected notes or bars.</source>
        <translation>Fill the window with the selected notes or bars.</translation>
    </message>
    <message>
        <source>Fill the window with the song.</source>
        <translation>Fill the window with the song.</translation>
    </message>
    <message>
        <source>Find an action</source>
        <translation>Find an action</translation>
    </message>
    <message>
        <source>Find an action by name, key or what it does</source>
        <translation>Find an action by name, key or what it does</translation>
    </message>
    <message>
        <source>Find an instrument</source>
        <translation>Find an instrument</translation>
    </message>
    <message>
        <source>Find any action by a few letters of its name, or by what it does, and run it.</source>
        <translation>Find any action by a few letters of its name, or by what it does, and run it.</translation>
    </message>
    <message>
        <source>Find by name or family: strings, bass, flute…</source>
        <translation>Find by name or family: strings, bass, flute…</translation>
    </message>
    <message>
        <source>Fine-tuning Studio…</source>
        <translation>Fine-tuning Studio…</translation>
    </message>
    <message>
        <source>Fine-tuning studio</source>
        <translation>Fine-tuning studio</translation>
    </message>
    <message>
        <source>Finished.</source>
        <translation>Finished.</translation>
    </message>
    <message>
        <source>Flatter Rows</source>
        <translation>Flatter Rows</translation>
    </message>
    <message>
        <source>Fold to Used Pitches</source>
        <translation>Fold to Used Pitches</translation>
    </message>
    <message>
        <source>Fold to the Scale</source>
        <translation>Fold to the Scale</translation>
    </message>
    <message>
        <source>Follow Continuously</source>
        <translation>Follow Continuously</translation>
    </message>
    <message>
        <source>Follow by Pages</source>
        <translation>Follow by Pages</translation>
    </message>
    <message>
        <source>Follow the Playhead</source>
        <translation>Follow the Playhead</translation>
    </message>
    <message>
        <source>For at most</source>
        <translation>For at most</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>Four at once or more</source>
        <translation>Four at once or more</translation>
    </message>
    <message>
        <source>From</source>
        <translation>From</translation>
    </message>
    <message>
        <source>From the Notes</source>
        <translation>From the Notes</translation>
    </message>
    <message>
        <source>From {place} on, until the next change:</source>
        <translation>From {place} on, until the next change:</translation>
    </message>
    <message>
        <source>From {place}, slower or faster:</source>
        <translation>From {place}, slower or faster:</translation>
    </message>
    <message>
        <source>From ♩ =</source>
        <translation>From ♩ =</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>Generate</translation>
    </message>
    <message>
        <source>Go to that part of the song.</source>
        <translation>Go to that part of the song.</translation>
    </message>
    <message>
        <source>Go to the note after the selected ones; without any, to the one at the playhead.</source>
        <translation>Go to the note after the selected ones; without any, to the one at the playhead.</translation>
    </message>
    <message>
        <source>Go to the track above.</source>
        <translation>Go to the track above.</translation>
    </message>
    <message>
        <source>Go to the track below. A double click on its notes does it too.</source>
        <translation>Go to the track below. A double click on its notes does it too.</translation>
    </message>
    <message>
        <source>Gradual Tempo Change</source>
        <translation>Gradual Tempo Change</translation>
    </message>
    <message>
        <source>Gradual Tempo…</source>
        <translation>Gradual Tempo…</translation>
    </message>
    <message>
        <source>Gradual tempo change</source>
        <translation>Gradual tempo change</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>Green</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>Grey</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Grid</translation>
    </message>
    <message>
        <source>Harmonise</source>
        <translation>Harmonise</translation>
    </message>
    <message>
        <source>Harmonise…</source>
        <translation>Harmonise…</translation>
    </message>
    <message>
        <source>Have takes leave the selected notes exactly as they are, or let go of them; locked notes bear a small padlock.</source>
        <translation>Have takes leave the selected notes exactly as they are, or let go of them; locked notes bear a small padlock.</translation>
    </message>
    <message>
        <source>Head {head}, gate {gate:.0%} open</source>
        <translation>Head {head}, gate {gate:.0%} open</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>Heads</translation>
    </message>
    <message>
        <source>Heads that look up</source>
        <translation>Heads that look up</translation>
    </message>
    <message>
        <source>Hear only the tracks that are solo.</source>
        <translation>Hear only the tracks that are solo.</translation>
    </message>
    <message>
        <source>Hear the Selected Take</source>
        <translation>Hear the Selected Take</translation>
    </message>
    <message>
        <source>Hear the take in place with the rest of the song (A)</source>
        <translation>Hear the take in place with the rest of the song (A)</translation>
    </message>
    <message>
        <source>Held-out songs</source>
        <translation>Held-out songs</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Help</translation>
    </message>
    <message>
        <source>Hide the rows in which the current track has no notes.</source>
        <translation>Hide the rows in which the current track has no notes.</translation>
    </message>
    <message>
        <source>Hide the rows outside the scale, except where the current track has notes.</source>
        <translation>Hide the rows outside the scale, except where the current track has notes.</translation>
    </message>
    <message>
        <source>High</source>
        <translation>High</translation>
    </message>
    <message>
        <source>Highest there is</source>
        <translation>Highest there is</translation>
    </message>
    <message>
        <source>History</source>
        <translation>History</translation>
    </message>
    <message>
        <source>History: choose a step to go back or forth to</source>
        <translation>History: choose a step to go back or forth to</translation>
    </message>
    <message>
        <source>How alike, by interval</source>
        <translation>How alike, by interval</translation>
    </message>
    <message>
        <source>How fast to play, in percent of the written tempo; pitches stay</source>
        <translation>How fast to play, in percent of the written tempo; pitches stay</translation>
    </message>
    <message>
        <source>How full the bars are</source>
        <translation>How full the bars are</translation>
    </message>
    <message>
        <source>How many bars to write</source>
        <translation>How many bars to write</translation>
    </message>
    <message>
        <source>How many notes are struck together</source>
        <translation>How many notes are struck together</translation>
    </message>
    <message>
        <source>How many versions to choose from</source>
        <translation>How many versions to choose from</translation>
    </message>
    <message>
        <source>How the change is spread</source>
        <translation>How the change is spread</translation>
    </message>
    <message>
        <source>Humanise</source>
        <translation>Humanise</translation>
    </message>
    <message>
        <source>Humanise notes</source>
        <translation>Humanise notes</translation>
    </message>
    <message>
        <source>Ignore the grid.</source>
        <translation>Ignore the grid.</translation>
    </message>
    <message>
        <source>In its memory of what lies before bar {bar} it looked up {passages}. The gate lets {opened:.0%} of that through, in place of what is seen in the window (layer {layer}).</source>
        <translation>In its memory of what lies before bar {bar} it looked up {passages}. The gate lets {opened:.0%} of that through, in place of what is seen in the window (layer {layer}).</translation>
    </message>
    <message>
        <source>In the song</source>
        <translation>In the song</translation>
    </message>
    <message>
        <source>In use: {device}</source>
        <translation>In use: {device}</translation>
    </message>
    <message>
        <source>Indigo</source>
        <translation>Indigo</translation>
    </message>
    <message>
        <source>Infill</source>
        <translation>Infill</translation>
    </message>
    <message>
        <source>Infill the Marked Bars</source>
        <translation>Infill the Marked Bars</translation>
    </message>
    <message>
        <source>Insert Bars</source>
        <translation>Insert Bars</translation>
    </message>
    <message>
        <source>Insert bar</source>
        <translation>Insert bar</translation>
    </message>
    <message>
        <source>Insert bars</source>
        <translation>Insert bars</translation>
    </message>
    <message>
        <source>Inserted {bars} before bar {first}, on all tracks</source>
        <translation>Inserted {bars} before bar {first}, on all tracks</translation>
    </message>
    <message>
        <source>Inside the Model…</source>
        <translation>Inside the Model…</translation>
    </message>
    <message>
        <source>Inside the model</source>
        <translation>Inside the model</translation>
    </message>
    <message>
        <source>Instrument</source>
        <translation>Instrument</translation>
    </message>
    <message>
        <source>Instrument of the melody</source>
        <translation>Instrument of the melody</translation>
    </message>
    <message>
        <source>Instrument: {text}</source>
        <translation>Instrument: {text}</translation>
    </message>
    <message>
        <source>Instruments by family</source>
        <translation>Instruments by family</translation>
    </message>
    <message>
        <source>Instrument…</source>
        <translation>Instrument…</translation>
    </message>
    <message>
        <source>Interlude</source>
        <translation>Interlude</translation>
    </message>
    <message>
        <source>Intro</source>
        <translation>Intro</translation>
    </message>
    <message>
        <source>Invert the Selection</source>
        <translation>Invert the Selection</translation>
    </message>
    <message>
        <source>It has no file yet</source>
        <translation>It has no file yet</translation>
    </message>
    <message>
        <source>It {reason}</source>
        <translation>It {reason}</translation>
    </message>
    <message>
        <source>Its file has been changed meanwhile</source>
        <translation>Its file has been changed meanwhile</translation>
    </message>
    <message>
        <source>Its file: {path}</source>
        <translation>Its file: {path}</translation>
    </message>
    <message>
        <source>Join</source>
        <translation>Join</translation>
    </message>
    <message>
        <source>Join notes</source>
        <translation>Join notes</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Keep</translation>
    </message>
    <message>
        <source>Keep take {number}</source>
        <translation>Keep take {number}</translation>
    </message>
    <message>
        <source>Keep the Rhythm</source>
        <translation>Keep the Rhythm</translation>
    </message>
    <message>
        <source>Keep the Selected Take</source>
        <translation>Keep the Selected Take</translation>
    </message>
    <message>
        <source>Keep the Tune</source>
        <translation>Keep the Tune</translation>
    </message>
    <message>
        <source>Keep the playhead in sight while playing, as it was done last, or leave the view alone.</source>
        <translation>Keep the playhead in sight while playing, as it was done last, or leave the view alone.</translation>
    </message>
    <message>
        <source>Keep the take</source>
        <translation>Keep the take</translation>
    </message>
    <message>
        <source>Keep this seed for the next request instead of drawing a new one</source>
        <translation>Keep this seed for the next request instead of drawing a new one</translation>
    </message>
    <message>
        <source>Keep this take?</source>
        <translation>Keep this take?</translation>
    </message>
    <message>
        <source>Keeping the take replaces what is there now. You can undo it.</source>
        <translation>Keeping the take replaces what is there now. You can undo it.</translation>
    </message>
    <message>
        <source>Keyboard</source>
        <translation>Keyboard</translation>
    </message>
    <message>
        <source>Keyboard &amp; Actions</source>
        <translation>Keyboard &amp; Actions</translation>
    </message>
    <message>
        <source>Keyboard &amp;&amp; Actions</source>
        <translation>Keyboard &amp;&amp; Actions</translation>
    </message>
    <message>
        <source>Lane: Expression</source>
        <translation>Lane: Expression</translation>
    </message>
    <message>
        <source>Lane: Modulation</source>
        <translation>Lane: Modulation</translation>
    </message>
    <message>
        <source>Lane: Pitch Bend</source>
        <translation>Lane: Pitch Bend</translation>
    </message>
    <message>
        <source>Lane: Sustain</source>
        <translation>Lane: Sustain</translation>
    </message>
    <message>
        <source>Lane: Velocity</source>
        <translation>Lane: Velocity</translation>
    </message>
    <message>
        <source>Lane: {kind}</source>
        <translation>Lane: {kind}</translation>
    </message>
    <message>
        <source>Later by a Grid Step</source>
        <translation>Later by a Grid Step</translation>
    </message>
    <message>
        <source>Later by a Tick</source>
        <translation>Later by a Tick</translation>
    </message>
    <message>
        <source>Layer {layer}, head {head}</source>
        <translation>Layer {layer}, head {head}</translation>
    </message>
    <message>
        <source>Left keeps to what is likely, right dares most</source>
        <translation>Left keeps to what is likely, right dares most</translation>
    </message>
    <message>
        <source>Legato</source>
        <translation>Legato</translation>
    </message>
    <message>
        <source>Lengthen notes</source>
        <translation>Lengthen notes</translation>
    </message>
    <message>
        <source>Let Ctrl+wheel zoom in when it is turned towards you.</source>
        <translation>Let Ctrl+wheel zoom in when it is turned towards you.</translation>
    </message>
    <message>
        <source>Let each key of the MIDI keyboard, or of the one at the roll&apos;s left, write a note of a grid step at the playhead and move on; keys held together are a chord, the pedal leaves a step empty.</source>
        <translation>Let each key of the MIDI keyboard, or of the one at the roll&apos;s left, write a note of a grid step at the playhead and move on; keys held together are a chord, the pedal leaves a step empty.</translation>
    </message>
    <message>
        <source>Let each selected note last until the next begins.</source>
        <translation>Let each selected note last until the next begins.</translation>
    </message>
    <message>
        <source>Let go of the last selected bar.</source>
        <translation>Let go of the last selected bar.</translation>
    </message>
    <message>
        <source>Let takes change every note again.</source>
        <translation>Let takes change every note again.</translation>
    </message>
    <message>
        <source>Let the assistant write on the next track as well.</source>
        <translation>Let the assistant write on the next track as well.</translation>
    </message>
    <message>
        <source>Let the selected notes run backwards.</source>
        <translation>Let the selected notes run backwards.</translation>
    </message>
    <message>
        <source>Let the song scroll along under a playhead that stands still.</source>
        <translation>Let the song scroll along under a playhead that stands still.</translation>
    </message>
    <message>
        <source>Let the tempo rise or fall little by little over the selected bars, evenly or along a curve.</source>
        <translation>Let the tempo rise or fall little by little over the selected bars, evenly or along a curve.</translation>
    </message>
    <message>
        <source>Let the wheel scroll time, and with Shift pitches, instead of the other way round. Two fingers on a touchpad scroll both, and spread to zoom.</source>
        <translation>Let the wheel scroll time, and with Shift pitches, instead of the other way round. Two fingers on a touchpad scroll both, and spread to zoom.</translation>
    </message>
    <message>
        <source>Library</source>
        <translation>Library</translation>
    </message>
    <message>
        <source>Light or dark as the desktop is.</source>
        <translation>Light or dark as the desktop is.</translation>
    </message>
    <message>
        <source>Light the Scale</source>
        <translation>Light the Scale</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>Loading the model…</translation>
    </message>
    <message>
        <source>Lock notes</source>
        <translation>Lock notes</translation>
    </message>
    <message>
        <source>Lock or Unlock Notes</source>
        <translation>Lock or Unlock Notes</translation>
    </message>
    <message>
        <source>Longer</source>
        <translation>Longer</translation>
    </message>
    <message>
        <source>Look Again</source>
        <translation>Look Again</translation>
    </message>
    <message>
        <source>Look for what has been plugged in meanwhile</source>
        <translation>Look for what has been plugged in meanwhile</translation>
    </message>
    <message>
        <source>Looking through the folder…</source>
        <translation>Looking through the folder…</translation>
    </message>
    <message>
        <source>Looking through the folder… {words}</source>
        <translation>Looking through the folder… {words}</translation>
    </message>
    <message>
        <source>Loop</source>
        <translation>Loop</translation>
    </message>
    <message>
        <source>Loop the Selected Bars</source>
        <translation>Loop the Selected Bars</translation>
    </message>
    <message>
        <source>Louder</source>
        <translation>Louder</translation>
    </message>
    <message>
        <source>Low bass</source>
        <translation>Low bass</translation>
    </message>
    <message>
        <source>Low tenor</source>
        <translation>Low tenor</translation>
    </message>
    <message>
        <source>Lower the velocity of the selected notes.</source>
        <translation>Lower the velocity of the selected notes.</translation>
    </message>
    <message>
        <source>Lowest bass</source>
        <translation>Lowest bass</translation>
    </message>
    <message>
        <source>Lowest note that stays</source>
        <translation>Lowest note that stays</translation>
    </message>
    <message>
        <source>M</source>
        <translation>M</translation>
    </message>
    <message>
        <source>MIDI files (*.mid *.midi *.kar *.smf)</source>
        <translation>MIDI files (*.mid *.midi *.kar *.smf)</translation>
    </message>
    <message>
        <source>MIDI from</source>
        <translation>MIDI from</translation>
    </message>
    <message>
        <source>MIDI keyboard</source>
        <translation>MIDI keyboard</translation>
    </message>
    <message>
        <source>MIDI output</source>
        <translation>MIDI output</translation>
    </message>
    <message>
        <source>MIDI to</source>
        <translation>MIDI to</translation>
    </message>
    <message>
        <source>MIDI, a track for each part: format 1 (*.mid *.midi *.kar *.smf)</source>
        <translation>MIDI, a track for each part: format 1 (*.mid *.midi *.kar *.smf)</translation>
    </message>
    <message>
        <source>MIDI, everything in one track: format 0 (*.mid *.midi *.kar *.smf)</source>
        <translation>MIDI, everything in one track: format 0 (*.mid *.midi *.kar *.smf)</translation>
    </message>
    <message>
        <source>Make it longer or shorter; the selected notes go along.</source>
        <translation>Make it longer or shorter; the selected notes go along.</translation>
    </message>
    <message>
        <source>Make one note of the selected notes of each pitch; gaps between them are bridged.</source>
        <translation>Make one note of the selected notes of each pitch; gaps between them are bridged.</translation>
    </message>
    <message>
        <source>Make one track of the marked ones, or of the current one and the one below. The first gives the instrument.</source>
        <translation>Make one track of the marked ones, or of the current one and the one below. The first gives the instrument.</translation>
    </message>
    <message>
        <source>Make the selected bars the loop and play them over and over.</source>
        <translation>Make the selected bars the loop and play them over and over.</translation>
    </message>
    <message>
        <source>Mark All Tracks</source>
        <translation>Mark All Tracks</translation>
    </message>
    <message>
        <source>Mark every track for the assistant; Ctrl+click in the list marks single ones.</source>
        <translation>Mark every track for the assistant; Ctrl+click in the list marks single ones.</translation>
    </message>
    <message>
        <source>Mark the Track Above Too</source>
        <translation>Mark the Track Above Too</translation>
    </message>
    <message>
        <source>Mark the Track Below Too</source>
        <translation>Mark the Track Below Too</translation>
    </message>
    <message>
        <source>Measuring the model as it is…</source>
        <translation>Measuring the model as it is…</translation>
    </message>
    <message>
        <source>Merge Tracks</source>
        <translation>Merge Tracks</translation>
    </message>
    <message>
        <source>Merge tracks</source>
        <translation>Merge tracks</translation>
    </message>
    <message>
        <source>Merged {join} into {names}</source>
        <translation>Merged {join} into {names}</translation>
    </message>
    <message>
        <source>Meter</source>
        <translation>Meter</translation>
    </message>
    <message>
        <source>Metronome</source>
        <translation>Metronome</translation>
    </message>
    <message>
        <source>Minimap</source>
        <translation>Minimap</translation>
    </message>
    <message>
        <source>Modulation</source>
        <translation>Modulation</translation>
    </message>
    <message>
        <source>More songs or more time may help.</source>
        <translation>More songs or more time may help.</translation>
    </message>
    <message>
        <source>Mostly at the end</source>
        <translation>Mostly at the end</translation>
    </message>
    <message>
        <source>Mostly at the start</source>
        <translation>Mostly at the start</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Mouse</translation>
    </message>
    <message>
        <source>Move Track Down</source>
        <translation>Move Track Down</translation>
    </message>
    <message>
        <source>Move Track Up</source>
        <translation>Move Track Up</translation>
    </message>
    <message>
        <source>Move it from bar to bar, with Alt from beat to beat; a double click renames it.</source>
        <translation>Move it from bar to bar, with Alt from beat to beat; a double click renames it.</translation>
    </message>
    <message>
        <source>Move it; Esc lets it be where it was.</source>
        <translation>Move it; Esc lets it be where it was.</translation>
    </message>
    <message>
        <source>Move marker</source>
        <translation>Move marker</translation>
    </message>
    <message>
        <source>Move notes</source>
        <translation>Move notes</translation>
    </message>
    <message>
        <source>Move notes a tick earlier</source>
        <translation>Move notes a tick earlier</translation>
    </message>
    <message>
        <source>Move notes a tick later</source>
        <translation>Move notes a tick later</translation>
    </message>
    <message>
        <source>Move notes earlier</source>
        <translation>Move notes earlier</translation>
    </message>
    <message>
        <source>Move notes later</source>
        <translation>Move notes later</translation>
    </message>
    <message>
        <source>Move the ends of notes to the grid as well</source>
        <translation>Move the ends of notes to the grid as well</translation>
    </message>
    <message>
        <source>Move the ends of the selected notes by a step of the grid.</source>
        <translation>Move the ends of the selected notes by a step of the grid.</translation>
    </message>
    <message>
        <source>Move the playhead there.</source>
        <translation>Move the playhead there.</translation>
    </message>
    <message>
        <source>Move the playhead to the first bar.</source>
        <translation>Move the playhead to the first bar.</translation>
    </message>
    <message>
        <source>Move the playhead to the marker before.</source>
        <translation>Move the playhead to the marker before.</translation>
    </message>
    <message>
        <source>Move the playhead to the next marker.</source>
        <translation>Move the playhead to the next marker.</translation>
    </message>
    <message>
        <source>Move the playhead to the start of the bar, then of the one before.</source>
        <translation>Move the playhead to the start of the bar, then of the one before.</translation>
    </message>
    <message>
        <source>Move the playhead to the start of the next bar.</source>
        <translation>Move the playhead to the start of the next bar.</translation>
    </message>
    <message>
        <source>Move the selected notes a little off the grid and vary their velocity, as a player would.</source>
        <translation>Move the selected notes a little off the grid and vary their velocity, as a player would.</translation>
    </message>
    <message>
        <source>Move the selected notes by the smallest step there is.</source>
        <translation>Move the selected notes by the smallest step there is.</translation>
    </message>
    <message>
        <source>Move the selected notes to the clipboard; with none selected, the marked bars of the marked tracks.</source>
        <translation>Move the selected notes to the clipboard; with none selected, the marked bars of the marked tracks.</translation>
    </message>
    <message>
        <source>Move the selected notes to the grid as it was done last: fully and straight, at first.</source>
        <translation>Move the selected notes to the grid as it was done last: fully and straight, at first.</translation>
    </message>
    <message>
        <source>Move the selected notes to the left.</source>
        <translation>Move the selected notes to the left.</translation>
    </message>
    <message>
        <source>Move the selected notes to the right.</source>
        <translation>Move the selected notes to the right.</translation>
    </message>
    <message>
        <source>Move the starts of the selected notes by a step of the grid; their ends stay.</source>
        <translation>Move the starts of the selected notes by a step of the grid; their ends stay.</translation>
    </message>
    <message>
        <source>Move track</source>
        <translation>Move track</translation>
    </message>
    <message>
        <source>Move what is recorded to the grid, or leave it as it was played.</source>
        <translation>Move what is recorded to the grid, or leave it as it was played.</translation>
    </message>
    <message>
        <source>MusicXML scores (*.musicxml *.xml)</source>
        <translation>MusicXML scores (*.musicxml *.xml)</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Mute</translation>
    </message>
    <message>
        <source>Mute notes</source>
        <translation>Mute notes</translation>
    </message>
    <message>
        <source>Mute or Unmute Notes</source>
        <translation>Mute or Unmute Notes</translation>
    </message>
    <message>
        <source>Name of the section:</source>
        <translation>Name of the section:</translation>
    </message>
    <message>
        <source>Name the chords that the notes make above the roll.</source>
        <translation>Name the chords that the notes make above the roll.</translation>
    </message>
    <message>
        <source>Name what begins with the playhead&apos;s bar: a section, or a place to go to. Markers are kept in MIDI files too.</source>
        <translation>Name what begins with the playhead&apos;s bar: a section, or a place to go to. Markers are kept in MIDI files too.</translation>
    </message>
    <message>
        <source>Names on Notes</source>
        <translation>Names on Notes</translation>
    </message>
    <message>
        <source>Neither notes nor bars of marked tracks are selected.</source>
        <translation>Neither notes nor bars of marked tracks are selected.</translation>
    </message>
    <message>
        <source>New</source>
        <translation>New</translation>
    </message>
    <message>
        <source>New Window</source>
        <translation>New Window</translation>
    </message>
    <message>
        <source>New bars</source>
        <translation>New bars</translation>
    </message>
    <message>
        <source>New bars have nothing to keep</source>
        <translation>New bars have nothing to keep</translation>
    </message>
    <message>
        <source>Next Bar</source>
        <translation>Next Bar</translation>
    </message>
    <message>
        <source>Next Marker</source>
        <translation>Next Marker</translation>
    </message>
    <message>
        <source>Next Take</source>
        <translation>Next Take</translation>
    </message>
    <message>
        <source>Next Track</source>
        <translation>Next Track</translation>
    </message>
    <message>
        <source>No action has these words.</source>
        <translation>No action has these words.</translation>
    </message>
    <message>
        <source>No bars are selected on the ruler.</source>
        <translation>No bars are selected on the ruler.</translation>
    </message>
    <message>
        <source>No bars are selected, or no track is marked.</source>
        <translation>No bars are selected, or no track is marked.</translation>
    </message>
    <message>
        <source>No copy of the unsaved song can be kept for the case of a crash: {problem}</source>
        <translation>No copy of the unsaved song can be kept for the case of a crash: {problem}</translation>
    </message>
    <message>
        <source>No finished take is selected.</source>
        <translation>No finished take is selected.</translation>
    </message>
    <message>
        <source>No note is locked.</source>
        <translation>No note is locked.</translation>
    </message>
    <message>
        <source>No notes are selected.</source>
        <translation>No notes are selected.</translation>
    </message>
    <message>
        <source>No take is selected.</source>
        <translation>No take is selected.</translation>
    </message>
    <message>
        <source>No track is marked: mark one in the list, or let every track go on.</source>
        <translation>No track is marked: mark one in the list, or let every track go on.</translation>
    </message>
    <message>
        <source>None</source>
        <translation>None</translation>
    </message>
    <message>
        <source>None: a silent transport</source>
        <translation>None: a silent transport</translation>
    </message>
    <message>
        <source>Not Now</source>
        <translation>Not Now</translation>
    </message>
    <message>
        <source>Note value of a beat</source>
        <translation>Note value of a beat</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Notes</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nothing</translation>
    </message>
    <message>
        <source>Nothing is marked: select bars on the ruler and tracks in the list.</source>
        <translation>Nothing is marked: select bars on the ruler and tracks in the list.</translation>
    </message>
    <message>
        <source>Nothing was added: {before} and {count} tracks are more than {most}</source>
        <translation>Nothing was added: {before} and {count} tracks are more than {most}</translation>
    </message>
    <message>
        <source>Nothing was added: {name} has no notes</source>
        <translation>Nothing was added: {name} has no notes</translation>
    </message>
    <message>
        <source>Nothing was changed: the notes are as short as the grid, or at the song&apos;s start</source>
        <translation>Nothing was changed: the notes are as short as the grid, or at the song&apos;s start</translation>
    </message>
    <message>
        <source>Nothing was drawn: select notes or bars that the line should go over</source>
        <translation>Nothing was drawn: select notes or bars that the line should go over</translation>
    </message>
    <message>
        <source>Nothing was joined: select two or more notes of one pitch</source>
        <translation>Nothing was joined: select two or more notes of one pitch</translation>
    </message>
    <message>
        <source>Nothing was looked up: the window shows all of the song before the note, and no library is chosen.</source>
        <translation>Nothing was looked up: the window shows all of the song before the note, and no library is chosen.</translation>
    </message>
    <message>
        <source>Nothing was merged: {problem}</source>
        <translation>Nothing was merged: {problem}</translation>
    </message>
    <message>
        <source>Nothing was moved: the song&apos;s notes tell no key. Choose a scale (Shift+S)</source>
        <translation>Nothing was moved: the song&apos;s notes tell no key. Choose a scale (Shift+S)</translation>
    </message>
    <message>
        <source>Nothing was moved: {problem}</source>
        <translation>Nothing was moved: {problem}</translation>
    </message>
    <message>
        <source>Nothing was recorded</source>
        <translation>Nothing was recorded</translation>
    </message>
    <message>
        <source>Nothing was split: all notes lie on one side of {note_name}</source>
        <translation>Nothing was split: all notes lie on one side of {note_name}</translation>
    </message>
    <message>
        <source>Nothing was split: no note sounds {where}</source>
        <translation>Nothing was split: no note sounds {where}</translation>
    </message>
    <message>
        <source>Nothing was split: there is no note under the mouse</source>
        <translation>Nothing was split: there is no note under the mouse</translation>
    </message>
    <message>
        <source>Nothing was taken back.</source>
        <translation>Nothing was taken back.</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Off</translation>
    </message>
    <message>
        <source>One for each track that sounds (stems)</source>
        <translation>One for each track that sounds (stems)</translation>
    </message>
    <message>
        <source>One note at a time</source>
        <translation>One note at a time</translation>
    </message>
    <message>
        <source>One: the mix, as it is heard</source>
        <translation>One: the mix, as it is heard</translation>
    </message>
    <message>
        <source>Only the marked tracks</source>
        <translation>Only the marked tracks</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Open</translation>
    </message>
    <message>
        <source>Open Recent</source>
        <translation>Open Recent</translation>
    </message>
    <message>
        <source>Open What Is There</source>
        <translation>Open What Is There</translation>
    </message>
    <message>
        <source>Open a project or a MIDI file. Dropping one on the window does the same.</source>
        <translation>Open a project or a MIDI file. Dropping one on the window does the same.</translation>
    </message>
    <message>
        <source>Open another window for another song; it has its own transport and assistant.</source>
        <translation>Open another window for another song; it has its own transport and assistant.</translation>
    </message>
    <message>
        <source>Open the Demo Song</source>
        <translation>Open the Demo Song</translation>
    </message>
    <message>
        <source>Open the short song that comes with the program.</source>
        <translation>Open the short song that comes with the program.</translation>
    </message>
    <message>
        <source>Opened {name}</source>
        <translation>Opened {name}</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Open…</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>Orange</translation>
    </message>
    <message>
        <source>Otherwise every track that has notes goes on</source>
        <translation>Otherwise every track that has notes goes on</translation>
    </message>
    <message>
        <source>Other…</source>
        <translation>Other…</translation>
    </message>
    <message>
        <source>Output device</source>
        <translation>Output device</translation>
    </message>
    <message>
        <source>Outro</source>
        <translation>Outro</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>Pan</translation>
    </message>
    <message>
        <source>Pan {by} left</source>
        <translation>Pan {by} left</translation>
    </message>
    <message>
        <source>Pan {by} right</source>
        <translation>Pan {by} right</translation>
    </message>
    <message>
        <source>Pan {place}</source>
        <translation>Pan {place}</translation>
    </message>
    <message>
        <source>Paste at Playhead</source>
        <translation>Paste at Playhead</translation>
    </message>
    <message>
        <source>Paste bars</source>
        <translation>Paste bars</translation>
    </message>
    <message>
        <source>Paste notes</source>
        <translation>Paste notes</translation>
    </message>
    <message>
        <source>Pasted {clip} to bar {bar} on {tracks}</source>
        <translation>Pasted {clip} to bar {bar} on {tracks}</translation>
    </message>
    <message>
        <source>Piano roll</source>
        <translation>Piano roll</translation>
    </message>
    <message>
        <source>Pink</source>
        <translation>Pink</translation>
    </message>
    <message>
        <source>Pitch Bend</source>
        <translation>Pitch Bend</translation>
    </message>
    <message>
        <source>Pitch classes, joined by fifths</source>
        <translation>Pitch classes, joined by fifths</translation>
    </message>
    <message>
        <source>Pitch under the mouse</source>
        <translation>Pitch under the mouse</translation>
    </message>
    <message>
        <source>Pitches, two main directions</source>
        <translation>Pitches, two main directions</translation>
    </message>
    <message>
        <source>Play / Stop</source>
        <translation>Play / Stop</translation>
    </message>
    <message>
        <source>Play Faster</source>
        <translation>Play Faster</translation>
    </message>
    <message>
        <source>Play Slower</source>
        <translation>Play Slower</translation>
    </message>
    <message>
        <source>Play at the Written Tempo</source>
        <translation>Play at the Written Tempo</translation>
    </message>
    <message>
        <source>Play at the tempo of the song.</source>
        <translation>Play at the tempo of the song.</translation>
    </message>
    <message>
        <source>Play five percent faster.</source>
        <translation>Play five percent faster.</translation>
    </message>
    <message>
        <source>Play five percent slower. Pitches and the song stay as they are.</source>
        <translation>Play five percent slower. Pitches and the song stay as they are.</translation>
    </message>
    <message>
        <source>Play from the playhead, or stop.</source>
        <translation>Play from the playhead, or stop.</translation>
    </message>
    <message>
        <source>Play the loop over and over: what is drawn along the ruler&apos;s top edge; at first the selected bars, or the whole song.</source>
        <translation>Play the loop over and over: what is drawn along the ruler&apos;s top edge; at first the selected bars, or the whole song.</translation>
    </message>
    <message>
        <source>Play the song with the take in it; again to stop.</source>
        <translation>Play the song with the take in it; again to stop.</translation>
    </message>
    <message>
        <source>Playing tempo</source>
        <translation>Playing tempo</translation>
    </message>
    <message>
        <source>Pre-chorus</source>
        <translation>Pre-chorus</translation>
    </message>
    <message>
        <source>Preparing the songs…</source>
        <translation>Preparing the songs…</translation>
    </message>
    <message>
        <source>Preparing the songs… {words}</source>
        <translation>Preparing the songs… {words}</translation>
    </message>
    <message>
        <source>Previous Bar</source>
        <translation>Previous Bar</translation>
    </message>
    <message>
        <source>Previous Marker</source>
        <translation>Previous Marker</translation>
    </message>
    <message>
        <source>Previous Take</source>
        <translation>Previous Take</translation>
    </message>
    <message>
        <source>Previous Track</source>
        <translation>Previous Track</translation>
    </message>
    <message>
        <source>Put Recordings on the Grid</source>
        <translation>Put Recordings on the Grid</translation>
    </message>
    <message>
        <source>Put a copy of the current track below it.</source>
        <translation>Put a copy of the current track below it.</translation>
    </message>
    <message>
        <source>Put as many empty bars as are selected before them, on all tracks; with none selected, one before the playhead&apos;s. Tempo, meter, markers and the loop move along, and what sounds across the place is held.</source>
        <translation>Put as many empty bars as are selected before them, on all tracks; with none selected, one before the playhead&apos;s. Tempo, meter, markers and the loop move along, and what sounds across the place is held.</translation>
    </message>
    <message>
        <source>Put the clipboard&apos;s notes on the current track from the playhead on; bars go to its bar, from the current track down, in place of what begins there.</source>
        <translation>Put the clipboard&apos;s notes on the current track from the playhead on; bars go to its bar, from the current track down, in place of what begins there.</translation>
    </message>
    <message>
        <source>Put the current track one place higher.</source>
        <translation>Put the current track one place higher.</translation>
    </message>
    <message>
        <source>Put the current track one place lower.</source>
        <translation>Put the current track one place lower.</translation>
    </message>
    <message>
        <source>Put the notes below a pitch on a track of their own; the lowest selected note is offered.</source>
        <translation>Put the notes below a pitch on a track of their own; the lowest selected note is offered.</translation>
    </message>
    <message>
        <source>Put the selected bars of all tracks once more after themselves; what came after them comes later.</source>
        <translation>Put the selected bars of all tracks once more after themselves; what came after them comes later.</translation>
    </message>
    <message>
        <source>Put the take into the song, as one step of undo (Return)</source>
        <translation>Put the take into the song, as one step of undo (Return)</translation>
    </message>
    <message>
        <source>Put the take into the song, as one step of undo.</source>
        <translation>Put the take into the song, as one step of undo.</translation>
    </message>
    <message>
        <source>Put the tracks of a MIDI file or project into this song, from the playhead&apos;s bar on. Dropping one on the list of tracks does the same.</source>
        <translation>Put the tracks of a MIDI file or project into this song, from the playhead&apos;s bar on. Dropping one on the list of tracks does the same.</translation>
    </message>
    <message>
        <source>Quantise</source>
        <translation>Quantise</translation>
    </message>
    <message>
        <source>Quantise notes</source>
        <translation>Quantise notes</translation>
    </message>
    <message>
        <source>Quantise…</source>
        <translation>Quantise…</translation>
    </message>
    <message>
        <source>Quarter notes a minute</source>
        <translation>Quarter notes a minute</translation>
    </message>
    <message>
        <source>Quarter notes: 1 to 1½ a beat</source>
        <translation>Quarter notes: 1 to 1½ a beat</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Quit</translation>
    </message>
    <message>
        <source>Raise the velocity of the selected notes.</source>
        <translation>Raise the velocity of the selected notes.</translation>
    </message>
    <message>
        <source>Ramp: {kind}</source>
        <translation>Ramp: {kind}</translation>
    </message>
    <message>
        <source>Ramp…</source>
        <translation>Ramp…</translation>
    </message>
    <message>
        <source>Reading songs for a library: {done} of {total}.</source>
        <translation>Reading songs for a library: {done} of {total}.</translation>
    </message>
    <message>
        <source>Reading songs for a library…</source>
        <translation>Reading songs for a library…</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Record</translation>
    </message>
    <message>
        <source>Recorded {count} note</source>
        <translation>Recorded {count} note</translation>
    </message>
    <message>
        <source>Recorded {count} notes</source>
        <translation>Recorded {count} notes</translation>
    </message>
    <message>
        <source>Recording. Press the key again, or Space, to stop</source>
        <translation>Recording. Press the key again, or Space, to stop</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>Red</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Redo</translation>
    </message>
    <message>
        <source>Redo {step}</source>
        <translation>Redo {step}</translation>
    </message>
    <message>
        <source>Register</source>
        <translation>Register</translation>
    </message>
    <message>
        <source>Remove Marker</source>
        <translation>Remove Marker</translation>
    </message>
    <message>
        <source>Remove This Change</source>
        <translation>Remove This Change</translation>
    </message>
    <message>
        <source>Remove Track</source>
        <translation>Remove Track</translation>
    </message>
    <message>
        <source>Remove marker</source>
        <translation>Remove marker</translation>
    </message>
    <message>
        <source>Remove tempo and meter change</source>
        <translation>Remove tempo and meter change</translation>
    </message>
    <message>
        <source>Remove the current track</source>
        <translation>Remove the current track</translation>
    </message>
    <message>
        <source>Remove the current track and its notes.</source>
        <translation>Remove the current track and its notes.</translation>
    </message>
    <message>
        <source>Remove track</source>
        <translation>Remove track</translation>
    </message>
    <message>
        <source>Remove {word}</source>
        <translation>Remove {word}</translation>
    </message>
    <message>
        <source>Remove “{name}”</source>
        <translation>Remove “{name}”</translation>
    </message>
    <message>
        <source>Rename Marker</source>
        <translation>Rename Marker</translation>
    </message>
    <message>
        <source>Rename Marker…</source>
        <translation>Rename Marker…</translation>
    </message>
    <message>
        <source>Rename Track</source>
        <translation>Rename Track</translation>
    </message>
    <message>
        <source>Rename marker</source>
        <translation>Rename marker</translation>
    </message>
    <message>
        <source>Rename track</source>
        <translation>Rename track</translation>
    </message>
    <message>
        <source>Rename “{name}”…</source>
        <translation>Rename “{name}”…</translation>
    </message>
    <message>
        <source>Render the song or the selected bars to WAV or FLAC, as one file or as stems, one a track.</source>
        <translation>Render the song or the selected bars to WAV or FLAC, as one file or as stems, one a track.</translation>
    </message>
    <message>
        <source>Repeat Bars</source>
        <translation>Repeat Bars</translation>
    </message>
    <message>
        <source>Repeat bar</source>
        <translation>Repeat bar</translation>
    </message>
    <message>
        <source>Repeat bars</source>
        <translation>Repeat bars</translation>
    </message>
    <message>
        <source>Repeated {bars} after bar {last}, on all tracks</source>
        <translation>Repeated {bars} after bar {last}, on all tracks</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Replace</translation>
    </message>
    <message>
        <source>Replace the file?</source>
        <translation>Replace the file?</translation>
    </message>
    <message>
        <source>Replace the style?</source>
        <translation>Replace the style?</translation>
    </message>
    <message>
        <source>Resize notes</source>
        <translation>Resize notes</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Restore</translation>
    </message>
    <message>
        <source>Restore unsaved songs</source>
        <translation>Restore unsaved songs</translation>
    </message>
    <message>
        <source>Restored {song}.</source>
        <translation>Restored {song}.</translation>
    </message>
    <message>
        <source>Reverse in Time</source>
        <translation>Reverse in Time</translation>
    </message>
    <message>
        <source>Reverse notes</source>
        <translation>Reverse notes</translation>
    </message>
    <message>
        <source>Right button</source>
        <translation>Right button</translation>
    </message>
    <message>
        <source>Right click on the ruler</source>
        <translation>Right click on the ruler</translation>
    </message>
    <message>
        <source>Ritornello crashed the last time it ran. Songs that were not saved have been offered to you.</source>
        <translation>Ritornello crashed the last time it ran. Songs that were not saved have been offered to you.</translation>
    </message>
    <message>
        <source>Ritornello did not end as it should. </source>
        <translation>Ritornello did not end as it should. </translation>
    </message>
    <message>
        <source>Ritornello projects (*.ritornello)</source>
        <translation>Ritornello projects (*.ritornello)</translation>
    </message>
    <message>
        <source>Ruler with markers, tempo and meter: drag to select bars, click to move the playhead, drag at the top to loop</source>
        <translation>Ruler with markers, tempo and meter: drag to select bars, click to move the playhead, drag at the top to loop</translation>
    </message>
    <message>
        <source>S</source>
        <translation>S</translation>
    </message>
    <message>
        <source>S&amp;wing</source>
        <translation>S&amp;wing</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Save</translation>
    </message>
    <message>
        <source>Save As</source>
        <translation>Save As</translation>
    </message>
    <message>
        <source>Save As…</source>
        <translation>Save As…</translation>
    </message>
    <message>
        <source>Save the changes to “{title}”?</source>
        <translation>Save the changes to “{title}”?</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>Saved {name}</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Scale</translation>
    </message>
    <message>
        <source>Scale…</source>
        <translation>Scale…</translation>
    </message>
    <message>
        <source>Scroll pitches; with Shift, or over the ruler or the lane, scroll time. The View menu can turn that round.</source>
        <translation>Scroll pitches; with Shift, or over the ruler or the lane, scroll time. The View menu can turn that round.</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Search</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Seed</translation>
    </message>
    <message>
        <source>Seed {seed}, adventurousness {adventurousness:.0%}, {style}</source>
        <translation>Seed {seed}, adventurousness {adventurousness:.0%}, {style}</translation>
    </message>
    <message>
        <source>Select</source>
        <translation>Select</translation>
    </message>
    <message>
        <source>Select All</source>
        <translation>Select All</translation>
    </message>
    <message>
        <source>Select None</source>
        <translation>Select None</translation>
    </message>
    <message>
        <source>Select a Bar Less</source>
        <translation>Select a Bar Less</translation>
    </message>
    <message>
        <source>Select a Bar More</source>
        <translation>Select a Bar More</translation>
    </message>
    <message>
        <source>Select all notes of its pitch; along several keys, or with Shift, add them.</source>
        <translation>Select all notes of its pitch; along several keys, or with Shift, add them.</translation>
    </message>
    <message>
        <source>Select all notes of the track that have the pitch of a selected one.</source>
        <translation>Select all notes of the track that have the pitch of a selected one.</translation>
    </message>
    <message>
        <source>Select bars on the ruler first</source>
        <translation>Select bars on the ruler first</translation>
    </message>
    <message>
        <source>Select bars; Shift+click extends. On the marked tracks they are what the assistant fills.</source>
        <translation>Select bars; Shift+click extends. On the marked tracks they are what the assistant fills.</translation>
    </message>
    <message>
        <source>Select by click or by a box, move, resize; Ctrl+drag copies, Alt ignores the grid.</source>
        <translation>Select by click or by a box, move, resize; Ctrl+drag copies, Alt ignores the grid.</translation>
    </message>
    <message>
        <source>Select every note of the current track.</source>
        <translation>Select every note of the current track.</translation>
    </message>
    <message>
        <source>Select one note in the roll: this shows where in the song the model looks when it is about to write that note.</source>
        <translation>Select one note in the roll: this shows where in the song the model looks when it is about to write that note.</translation>
    </message>
    <message>
        <source>Select the Next Note</source>
        <translation>Select the Next Note</translation>
    </message>
    <message>
        <source>Select the Next Note Too</source>
        <translation>Select the Next Note Too</translation>
    </message>
    <message>
        <source>Select the Previous Note</source>
        <translation>Select the Previous Note</translation>
    </message>
    <message>
        <source>Select the Previous Note Too</source>
        <translation>Select the Previous Note Too</translation>
    </message>
    <message>
        <source>Select the Same Pitches</source>
        <translation>Select the Same Pitches</translation>
    </message>
    <message>
        <source>Select the notes of the current track that are not selected.</source>
        <translation>Select the notes of the current track that are not selected.</translation>
    </message>
    <message>
        <source>Select the playhead&apos;s bar; again, the next one too.</source>
        <translation>Select the playhead&apos;s bar; again, the next one too.</translation>
    </message>
    <message>
        <source>Select the take below; while one is heard, hear that.</source>
        <translation>Select the take below; while one is heard, hear that.</translation>
    </message>
    <message>
        <source>Selected bars</source>
        <translation>Selected bars</translation>
    </message>
    <message>
        <source>Selected notes can be locked in the roll (Ctrl+Shift+L): they stay as they are.</source>
        <translation>Selected notes can be locked in the roll (Ctrl+Shift+L): they stay as they are.</translation>
    </message>
    <message>
        <source>Set the tempo and the meter from the bar of the playhead on, or take a change of them away.</source>
        <translation>Set the tempo and the meter from the bar of the playhead on, or take a change of them away.</translation>
    </message>
    <message>
        <source>Shorten notes</source>
        <translation>Shorten notes</translation>
    </message>
    <message>
        <source>Shorter</source>
        <translation>Shorter</translation>
    </message>
    <message>
        <source>Show fewer pitches. Ctrl+Shift+wheel does it about the mouse.</source>
        <translation>Show fewer pitches. Ctrl+Shift+wheel does it about the mouse.</translation>
    </message>
    <message>
        <source>Show more pitches.</source>
        <translation>Show more pitches.</translation>
    </message>
    <message>
        <source>Show more time.</source>
        <translation>Show more time.</translation>
    </message>
    <message>
        <source>Show or hide the lane under the notes.</source>
        <translation>Show or hide the lane under the notes.</translation>
    </message>
    <message>
        <source>Show or hide the list of all steps; a click on one goes back or forth to it and scrolls to what changes.</source>
        <translation>Show or hide the list of all steps; a click on one goes back or forth to it and scrolls to what changes.</translation>
    </message>
    <message>
        <source>Show or hide the panel at the right.</source>
        <translation>Show or hide the panel at the right.</translation>
    </message>
    <message>
        <source>Show the Assistant</source>
        <translation>Show the Assistant</translation>
    </message>
    <message>
        <source>Show the History</source>
        <translation>Show the History</translation>
    </message>
    <message>
        <source>Show the Lane</source>
        <translation>Show the Lane</translation>
    </message>
    <message>
        <source>Show the loudness within the track.</source>
        <translation>Show the loudness within the track.</translation>
    </message>
    <message>
        <source>Show the modulation wheel.</source>
        <translation>Show the modulation wheel.</translation>
    </message>
    <message>
        <source>Show the pitch wheel.</source>
        <translation>Show the pitch wheel.</translation>
    </message>
    <message>
        <source>Show the velocity of the notes in the lane; drag in it to draw.</source>
        <translation>Show the velocity of the notes in the lane; drag in it to draw.</translation>
    </message>
    <message>
        <source>Show the whole song below the roll.</source>
        <translation>Show the whole song below the roll.</translation>
    </message>
    <message>
        <source>Show time wider. Ctrl+wheel does it about the mouse.</source>
        <translation>Show time wider. Ctrl+wheel does it about the mouse.</translation>
    </message>
    <message>
        <source>Show where in the song the model looks for the note that is selected in the roll, or the track&apos;s last, what a model with a memory looks up in the bars before, and how it sees pitches.</source>
        <translation>Show where in the song the model looks for the note that is selected in the roll, or the track&apos;s last, what a model with a memory looks up in the bars before, and how it sees pitches.</translation>
    </message>
    <message>
        <source>Show where the pedal is down.</source>
        <translation>Show where the pedal is down.</translation>
    </message>
    <message>
        <source>Silence the current track.</source>
        <translation>Silence the current track.</translation>
    </message>
    <message>
        <source>Silence the selected notes and keep them, hollow, or let muted ones sound again. A project keeps them; they are not in a MIDI file, and the assistant does not see them.</source>
        <translation>Silence the selected notes and keep them, hollow, or let muted ones sound again. A project keeps them; they are not in a MIDI file, and the assistant does not see them.</translation>
    </message>
    <message>
        <source>Sixteenth notes: 4 to 6 a beat</source>
        <translation>Sixteenth notes: 4 to 6 a beat</translation>
    </message>
    <message>
        <source>Softer</source>
        <translation>Softer</translation>
    </message>
    <message>
        <source>Solo</source>
        <translation>Solo</translation>
    </message>
    <message>
        <source>Something went wrong</source>
        <translation>Something went wrong</translation>
    </message>
    <message>
        <source>Songs (*.ritornello *.mid *.midi *.kar *.smf)</source>
        <translation>Songs (*.ritornello *.mid *.midi *.kar *.smf)</translation>
    </message>
    <message>
        <source>Songs that can be restored</source>
        <translation>Songs that can be restored</translation>
    </message>
    <message>
        <source>Songs whose passages the model looks up while it writes, besides those of your song</source>
        <translation>Songs whose passages the model looks up while it writes, besides those of your song</translation>
    </message>
    <message>
        <source>Soprano</source>
        <translation>Soprano</translation>
    </message>
    <message>
        <source>Sound and MIDI</source>
        <translation>Sound and MIDI</translation>
    </message>
    <message>
        <source>Sound and MIDI…</source>
        <translation>Sound and MIDI…</translation>
    </message>
    <message>
        <source>SoundFont</source>
        <translation>SoundFont</translation>
    </message>
    <message>
        <source>SoundFont {font}</source>
        <translation>SoundFont {font}</translation>
    </message>
    <message>
        <source>SoundFonts (*.sf2 *.sf3);;All files (*)</source>
        <translation>SoundFonts (*.sf2 *.sf3);;All files (*)</translation>
    </message>
    <message>
        <source>Sparse: a note in one or two beats</source>
        <translation>Sparse: a note in one or two beats</translation>
    </message>
    <message>
        <source>Split Track by Pitch</source>
        <translation>Split Track by Pitch</translation>
    </message>
    <message>
        <source>Split Track by Pitch…</source>
        <translation>Split Track by Pitch…</translation>
    </message>
    <message>
        <source>Split at the Mouse</source>
        <translation>Split at the Mouse</translation>
    </message>
    <message>
        <source>Split at the Playhead</source>
        <translation>Split at the Playhead</translation>
    </message>
    <message>
        <source>Split below this pitch</source>
        <translation>Split below this pitch</translation>
    </message>
    <message>
        <source>Split notes</source>
        <translation>Split notes</translation>
    </message>
    <message>
        <source>Split track</source>
        <translation>Split track</translation>
    </message>
    <message>
        <source>Start Earlier</source>
        <translation>Start Earlier</translation>
    </message>
    <message>
        <source>Start Later</source>
        <translation>Start Later</translation>
    </message>
    <message>
        <source>Start an empty song.</source>
        <translation>Start an empty song.</translation>
    </message>
    <message>
        <source>Start notes earlier</source>
        <translation>Start notes earlier</translation>
    </message>
    <message>
        <source>Start notes later</source>
        <translation>Start notes later</translation>
    </message>
    <message>
        <source>Start training</source>
        <translation>Start training</translation>
    </message>
    <message>
        <source>Step Input</source>
        <translation>Step Input</translation>
    </message>
    <message>
        <source>Step input</source>
        <translation>Step input</translation>
    </message>
    <message>
        <source>Step input: each key writes a note of a grid step. The pedal leaves a step empty</source>
        <translation>Step input: each key writes a note of a grid step. The pedal leaves a step empty</translation>
    </message>
    <message>
        <source>Step {step:,}  ·  {tokens_per_second:,.0f} tokens/s  ·  {duration} left</source>
        <translation>Step {step:,}  ·  {tokens_per_second:,.0f} tokens/s  ·  {duration} left</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Stop</translation>
    </message>
    <message>
        <source>Stop now and keep the best so far</source>
        <translation>Stop now and keep the best so far</translation>
    </message>
    <message>
        <source>Stop writing; finished takes stay.</source>
        <translation>Stop writing; finished takes stay.</translation>
    </message>
    <message>
        <source>Stop writing; takes that are finished stay</source>
        <translation>Stop writing; takes that are finished stay</translation>
    </message>
    <message>
        <source>Stopped early; the best so far was kept.</source>
        <translation>Stopped early; the best so far was kept.</translation>
    </message>
    <message>
        <source>Stopping, and keeping the best so far…</source>
        <translation>Stopping, and keeping the best so far…</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Strength</translation>
    </message>
    <message>
        <source>Style</source>
        <translation>Style</translation>
    </message>
    <message>
        <source>Sustain</source>
        <translation>Sustain</translation>
    </message>
    <message>
        <source>Swing</source>
        <translation>Swing</translation>
    </message>
    <message>
        <source>Take away the name of the playhead&apos;s section; its bars stay.</source>
        <translation>Take away the name of the playhead&apos;s section; its bars stay.</translation>
    </message>
    <message>
        <source>Take back the last step, and scroll to what it changed.</source>
        <translation>Take back the last step, and scroll to what it changed.</translation>
    </message>
    <message>
        <source>Take the selected bars out of all tracks, with their time; Delete alone only clears them.</source>
        <translation>Take the selected bars out of all tracks, with their time; Delete alone only clears them.</translation>
    </message>
    <message>
        <source>Take {index}</source>
        <translation>Take {index}</translation>
    </message>
    <message>
        <source>Takes</source>
        <translation>Takes</translation>
    </message>
    <message>
        <source>Takes appear here while they are written.</source>
        <translation>Takes appear here while they are written.</translation>
    </message>
    <message>
        <source>Taller Rows</source>
        <translation>Taller Rows</translation>
    </message>
    <message>
        <source>Teach the model the style of a folder of your MIDI files.</source>
        <translation>Teach the model the style of a folder of your MIDI files.</translation>
    </message>
    <message>
        <source>Tempo and Meter</source>
        <translation>Tempo and Meter</translation>
    </message>
    <message>
        <source>Tempo and Meter from Bar {bar}…</source>
        <translation>Tempo and Meter from Bar {bar}…</translation>
    </message>
    <message>
        <source>Tempo and Meter…</source>
        <translation>Tempo and Meter…</translation>
    </message>
    <message>
        <source>Tempo and meter</source>
        <translation>Tempo and meter</translation>
    </message>
    <message>
        <source>Tempo at the end</source>
        <translation>Tempo at the end</translation>
    </message>
    <message>
        <source>Tempo at the start</source>
        <translation>Tempo at the start</translation>
    </message>
    <message>
        <source>Tenor, middle C</source>
        <translation>Tenor, middle C</translation>
    </message>
    <message>
        <source>The base model, or a style fine-tuned on a folder of yours</source>
        <translation>The base model, or a style fine-tuned on a folder of yours</translation>
    </message>
    <message>
        <source>The chords that the notes make</source>
        <translation>The chords that the notes make</translation>
    </message>
    <message>
        <source>The current track has no notes.</source>
        <translation>The current track has no notes.</translation>
    </message>
    <message>
        <source>The default (none is installed)</source>
        <translation>The default (none is installed)</translation>
    </message>
    <message>
        <source>The default ({name})</source>
        <translation>The default ({name})</translation>
    </message>
    <message>
        <source>The export was cancelled</source>
        <translation>The export was cancelled</translation>
    </message>
    <message>
        <source>The grid that drawing and dragging keep to; Alt ignores it</source>
        <translation>The grid that drawing and dragging keep to; Alt ignores it</translation>
    </message>
    <message>
        <source>The last session ended in a crash</source>
        <translation>The last session ended in a crash</translation>
    </message>
    <message>
        <source>The last thing you did met an error in the program. You can go on working.</source>
        <translation>The last thing you did met an error in the program. You can go on working.</translation>
    </message>
    <message>
        <source>The library {name} holds {songs}.</source>
        <translation>The library {name} holds {songs}.</translation>
    </message>
    <message>
        <source>The model could not be loaded: {cause}.</source>
        <translation>The model could not be loaded: {cause}.</translation>
    </message>
    <message>
        <source>The model is being loaded…</source>
        <translation>The model is being loaded…</translation>
    </message>
    <message>
        <source>The model process {cause}. Your song is as it was; the model is being loaded again.</source>
        <translation>The model process {cause}. Your song is as it was; the model is being loaded again.</translation>
    </message>
    <message>
        <source>The notes of the take</source>
        <translation>The notes of the take</translation>
    </message>
    <message>
        <source>The notes that may be used; not for drums</source>
        <translation>The notes that may be used; not for drums</translation>
    </message>
    <message>
        <source>The part of the way to the grid that each note goes</source>
        <translation>The part of the way to the grid that each note goes</translation>
    </message>
    <message>
        <source>The process that wrote it {cause}.</source>
        <translation>The process that wrote it {cause}.</translation>
    </message>
    <message>
        <source>The recording was given up: its track has changed</source>
        <translation>The recording was given up: its track has changed</translation>
    </message>
    <message>
        <source>The report below says where it happened; it helps whoever mends it.</source>
        <translation>The report below says where it happened; it helps whoever mends it.</translation>
    </message>
    <message>
        <source>The rhythm</source>
        <translation>The rhythm</translation>
    </message>
    <message>
        <source>The same request with the same seed gives the same takes</source>
        <translation>The same request with the same seed gives the same takes</translation>
    </message>
    <message>
        <source>The same, backwards.</source>
        <translation>The same, backwards.</translation>
    </message>
    <message>
        <source>The same, downwards.</source>
        <translation>The same, downwards.</translation>
    </message>
    <message>
        <source>The same, to the left, as far as the grid goes.</source>
        <translation>The same, to the left, as far as the grid goes.</translation>
    </message>
    <message>
        <source>The same, to the right.</source>
        <translation>The same, to the right.</translation>
    </message>
    <message>
        <source>The same, upwards.</source>
        <translation>The same, upwards.</translation>
    </message>
    <message>
        <source>The scale that notes are transposed along, and that rows can be lit and folded by</source>
        <translation>The scale that notes are transposed along, and that rows can be lit and folded by</translation>
    </message>
    <message>
        <source>The scale&apos;s first note</source>
        <translation>The scale&apos;s first note</translation>
    </message>
    <message>
        <source>The scanning process {cause}. Nothing was changed.</source>
        <translation>The scanning process {cause}. Nothing was changed.</translation>
    </message>
    <message>
        <source>The song as it was opened</source>
        <translation>The song as it was opened</translation>
    </message>
    <message>
        <source>The song has no markers.</source>
        <translation>The song has no markers.</translation>
    </message>
    <message>
        <source>The song has no notes.</source>
        <translation>The song has no notes.</translation>
    </message>
    <message>
        <source>The song has no track.</source>
        <translation>The song has no track.</translation>
    </message>
    <message>
        <source>The song&apos;s key</source>
        <translation>The song&apos;s key</translation>
    </message>
    <message>
        <source>The song&apos;s key: its notes tell none</source>
        <translation>The song&apos;s key: its notes tell none</translation>
    </message>
    <message>
        <source>The song&apos;s key: {key}</source>
        <translation>The song&apos;s key: {key}</translation>
    </message>
    <message>
        <source>The songs of the folder</source>
        <translation>The songs of the folder</translation>
    </message>
    <message>
        <source>The sound engine has been started again.</source>
        <translation>The sound engine has been started again.</translation>
    </message>
    <message>
        <source>The sound engine is starting…</source>
        <translation>The sound engine is starting…</translation>
    </message>
    <message>
        <source>The sound engine keeps stopping. Press Play to try it again.</source>
        <translation>The sound engine keeps stopping. Press Play to try it again.</translation>
    </message>
    <message>
        <source>The system&apos;s default</source>
        <translation>The system&apos;s default</translation>
    </message>
    <message>
        <source>The system&apos;s default ({default})</source>
        <translation>The system&apos;s default ({default})</translation>
    </message>
    <message>
        <source>The training process {cause}. Nothing was changed.</source>
        <translation>The training process {cause}. Nothing was changed.</translation>
    </message>
    <message>
        <source>The tune</source>
        <translation>The tune</translation>
    </message>
    <message>
        <source>The whole model</source>
        <translation>The whole model</translation>
    </message>
    <message>
        <source>The whole song</source>
        <translation>The whole song</translation>
    </message>
    <message>
        <source>The whole song; click or drag to go there</source>
        <translation>The whole song; click or drag to go there</translation>
    </message>
    <message>
        <source>Theme: Dark</source>
        <translation>Theme: Dark</translation>
    </message>
    <message>
        <source>Theme: Light</source>
        <translation>Theme: Light</translation>
    </message>
    <message>
        <source>Theme: as the System</source>
        <translation>Theme: as the System</translation>
    </message>
    <message>
        <source>There are no MIDI files in this folder.</source>
        <translation>There are no MIDI files in this folder.</translation>
    </message>
    <message>
        <source>There are no notes in what is selected</source>
        <translation>There are no notes in what is selected</translation>
    </message>
    <message>
        <source>There are no notes to paste: copy some first</source>
        <translation>There are no notes to paste: copy some first</translation>
    </message>
    <message>
        <source>There are no takes.</source>
        <translation>There are no takes.</translation>
    </message>
    <message>
        <source>There is a style called “{name}” already.</source>
        <translation>There is a style called “{name}” already.</translation>
    </message>
    <message>
        <source>There is no marker at the playhead or before it</source>
        <translation>There is no marker at the playhead or before it</translation>
    </message>
    <message>
        <source>There is no marker that way</source>
        <translation>There is no marker that way</translation>
    </message>
    <message>
        <source>There is no room for another track.</source>
        <translation>There is no room for another track.</translation>
    </message>
    <message>
        <source>There is no track below to merge with; Ctrl+click marks the tracks to be merged</source>
        <translation>There is no track below to merge with; Ctrl+click marks the tracks to be merged</translation>
    </message>
    <message>
        <source>There is nothing in those bars or after them</source>
        <translation>There is nothing in those bars or after them</translation>
    </message>
    <message>
        <source>There is nothing to take back.</source>
        <translation>There is nothing to take back.</translation>
    </message>
    <message>
        <source>These songs were being edited; copies of them were kept:</source>
        <translation>These songs were being edited; copies of them were kept:</translation>
    </message>
    <message>
        <source>This cannot be dragged: {reason}</source>
        <translation>This cannot be dragged: {reason}</translation>
    </message>
    <message>
        <source>This model looks nothing up: what lies before its window it cannot see. Models trained with --memory retrieval can.</source>
        <translation>This model looks nothing up: what lies before its window it cannot see. Models trained with --memory retrieval can.</translation>
    </message>
    <message>
        <source>This page: everything the program does and its keys.</source>
        <translation>This page: everything the program does and its keys.</translation>
    </message>
    <message>
        <source>This song was being edited; a copy of it was kept:</source>
        <translation>This song was being edited; a copy of it was kept:</translation>
    </message>
    <message>
        <source>Three at once</source>
        <translation>Three at once</translation>
    </message>
    <message>
        <source>To</source>
        <translation>To</translation>
    </message>
    <message>
        <source>To a folder or another program: it becomes a MIDI file.</source>
        <translation>To a folder or another program: it becomes a MIDI file.</translation>
    </message>
    <message>
        <source>To the Start</source>
        <translation>To the Start</translation>
    </message>
    <message>
        <source>To this model pitches an octave apart are {octave} to each other than any within it (cosine {octaves:.2f}; a semitone {semitone:.2f}, a major seventh {seventh:.2f}). Fifths ({fifth:.2f}) are {compare} than the tritone ({tritone:.2f}) and the sixth ({sixth:.2f}) beside them.</source>
        <translation>To this model pitches an octave apart are {octave} to each other than any within it (cosine {octaves:.2f}; a semitone {semitone:.2f}, a major seventh {seventh:.2f}). Fifths ({fifth:.2f}) are {compare} than the tritone ({tritone:.2f}) and the sixth ({sixth:.2f}) beside them.</translation>
    </message>
    <message>
        <source>To ♩ =</source>
        <translation>To ♩ =</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>Together</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Tools</translation>
    </message>
    <message>
        <source>Top of the piano</source>
        <translation>Top of the piano</translation>
    </message>
    <message>
        <source>Track</source>
        <translation>Track</translation>
    </message>
    <message>
        <source>Track colour</source>
        <translation>Track colour</translation>
    </message>
    <message>
        <source>Track name</source>
        <translation>Track name</translation>
    </message>
    <message>
        <source>Track {index}</source>
        <translation>Track {index}</translation>
    </message>
    <message>
        <source>Track {number}</source>
        <translation>Track {number}</translation>
    </message>
    <message>
        <source>Track {track}</source>
        <translation>Track {track}</translation>
    </message>
    <message>
        <source>Tracks</source>
        <translation>Tracks</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Train</translation>
    </message>
    <message>
        <source>Trained on {train_songs} songs. Fewer bits per note mean that the model expected what you wrote. {advice}</source>
        <translation>Trained on {train_songs} songs. Fewer bits per note mean that the model expected what you wrote. {advice}</translation>
    </message>
    <message>
        <source>Training again replaces it.</source>
        <translation>Training again replaces it.</translation>
    </message>
    <message>
        <source>Training goes on if you close this window.</source>
        <translation>Training goes on if you close this window.</translation>
    </message>
    <message>
        <source>Training loss</source>
        <translation>Training loss</translation>
    </message>
    <message>
        <source>Transport</source>
        <translation>Transport</translation>
    </message>
    <message>
        <source>Transpose down a semitone</source>
        <translation>Transpose down a semitone</translation>
    </message>
    <message>
        <source>Transpose down a step of the scale</source>
        <translation>Transpose down a step of the scale</translation>
    </message>
    <message>
        <source>Transpose down an octave</source>
        <translation>Transpose down an octave</translation>
    </message>
    <message>
        <source>Transpose the selected notes along the scale chosen at the roll&apos;s top left, or told by the song&apos;s notes.</source>
        <translation>Transpose the selected notes along the scale chosen at the roll&apos;s top left, or told by the song&apos;s notes.</translation>
    </message>
    <message>
        <source>Transpose the selected notes by twelve semitones.</source>
        <translation>Transpose the selected notes by twelve semitones.</translation>
    </message>
    <message>
        <source>Transpose the selected notes; refused where one would leave the keyboard.</source>
        <translation>Transpose the selected notes; refused where one would leave the keyboard.</translation>
    </message>
    <message>
        <source>Transpose up a semitone</source>
        <translation>Transpose up a semitone</translation>
    </message>
    <message>
        <source>Transpose up a step of the scale</source>
        <translation>Transpose up a step of the scale</translation>
    </message>
    <message>
        <source>Transpose up an octave</source>
        <translation>Transpose up an octave</translation>
    </message>
    <message>
        <source>Turn the page when the playhead comes to its end.</source>
        <translation>Turn the page when the playhead comes to its end.</translation>
    </message>
    <message>
        <source>Two at once</source>
        <translation>Two at once</translation>
    </message>
    <message>
        <source>Type another name for the current track.</source>
        <translation>Type another name for the current track.</translation>
    </message>
    <message>
        <source>Type another name for the playhead&apos;s section.</source>
        <translation>Type another name for the playhead&apos;s section.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Undo</translation>
    </message>
    <message>
        <source>Undo {step}</source>
        <translation>Undo {step}</translation>
    </message>
    <message>
        <source>Undone: Redo or a click does it again</source>
        <translation>Undone: Redo or a click does it again</translation>
    </message>
    <message>
        <source>Unlock All Notes</source>
        <translation>Unlock All Notes</translation>
    </message>
    <message>
        <source>Unlock all notes</source>
        <translation>Unlock all notes</translation>
    </message>
    <message>
        <source>Unlock notes</source>
        <translation>Unlock notes</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>Unmute</translation>
    </message>
    <message>
        <source>Unmute notes</source>
        <translation>Unmute notes</translation>
    </message>
    <message>
        <source>Unsaved changes</source>
        <translation>Unsaved changes</translation>
    </message>
    <message>
        <source>Unsolo</source>
        <translation>Unsolo</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>Untitled</translation>
    </message>
    <message>
        <source>Up a Semitone</source>
        <translation>Up a Semitone</translation>
    </message>
    <message>
        <source>Up a Step of the Scale</source>
        <translation>Up a Step of the Scale</translation>
    </message>
    <message>
        <source>Up an Octave</source>
        <translation>Up an Octave</translation>
    </message>
    <message>
        <source>Velocity</source>
        <translation>Velocity</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Verdict</translation>
    </message>
    <message>
        <source>Verse</source>
        <translation>Verse</translation>
    </message>
    <message>
        <source>Very busy: 6 a beat or more</source>
        <translation>Very busy: 6 a beat or more</translation>
    </message>
    <message>
        <source>Very high</source>
        <translation>Very high</translation>
    </message>
    <message>
        <source>Very sparse: a note in two beats, or fewer</source>
        <translation>Very sparse: a note in two beats, or fewer</translation>
    </message>
    <message>
        <source>View</source>
        <translation>View</translation>
    </message>
    <message>
        <source>Volume</source>
        <translation>Volume</translation>
    </message>
    <message>
        <source>WAV audio (*.wav)</source>
        <translation>WAV audio (*.wav)</translation>
    </message>
    <message>
        <source>WAV, 32-bit float</source>
        <translation>WAV, 32-bit float</translation>
    </message>
    <message>
        <source>What</source>
        <translation>What</translation>
    </message>
    <message>
        <source>What can be done with the bars, markers, tempo and meter there.</source>
        <translation>What can be done with the bars, markers, tempo and meter there.</translation>
    </message>
    <message>
        <source>What is kept settles this</source>
        <translation>What is kept settles this</translation>
    </message>
    <message>
        <source>What is muted, or not solo beside a solo, is left out.</source>
        <translation>What is muted, or not solo beside a solo, is left out.</translation>
    </message>
    <message>
        <source>What must hold in the bars that are written</source>
        <translation>What must hold in the bars that are written</translation>
    </message>
    <message>
        <source>What of the notes that are there stays</source>
        <translation>What of the notes that are there stays</translation>
    </message>
    <message>
        <source>What the lane shows</source>
        <translation>What the lane shows</translation>
    </message>
    <message>
        <source>What the model looked up</source>
        <translation>What the model looked up</translation>
    </message>
    <message>
        <source>What this program is.</source>
        <translation>What this program is.</translation>
    </message>
    <message>
        <source>What was written for {before} would now go to {now} (track {number}).</source>
        <translation>What was written for {before} would now go to {now} (track {number}).</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>Wheel</translation>
    </message>
    <message>
        <source>Wheel Scrolls Time</source>
        <translation>Wheel Scrolls Time</translation>
    </message>
    <message>
        <source>Wheel Zooms the Other Way</source>
        <translation>Wheel Zooms the Other Way</translation>
    </message>
    <message>
        <source>Where every second step falls: 50 % is straight, 67 % as in triplets</source>
        <translation>Where every second step falls: 50 % is straight, 67 % as in triplets</translation>
    </message>
    <message>
        <source>Where the model looked</source>
        <translation>Where the model looked</translation>
    </message>
    <message>
        <source>Where the notes lie, in the mean; not for drums</source>
        <translation>Where the notes lie, in the mean; not for drums</translation>
    </message>
    <message>
        <source>Whole Song</source>
        <translation>Whole Song</translation>
    </message>
    <message>
        <source>Whole song</source>
        <translation>Whole song</translation>
    </message>
    <message>
        <source>With the select tool, go to the track of that note; with others a double click does.</source>
        <translation>With the select tool, go to the track of that note; with others a double click does.</translation>
    </message>
    <message>
        <source>Write a Melody…</source>
        <translation>Write a Melody…</translation>
    </message>
    <message>
        <source>Write a copy as MIDI, of format 1 or 0; the song keeps its file.</source>
        <translation>Write a copy as MIDI, of format 1 or 0; the song keeps its file.</translation>
    </message>
    <message>
        <source>Write an accompaniment for {melody}, {bars}:</source>
        <translation>Write an accompaniment for {melody}, {bars}:</translation>
    </message>
    <message>
        <source>Write new bars after the end of the song</source>
        <translation>Write new bars after the end of the song</translation>
    </message>
    <message>
        <source>Write the marked bars anew, in keeping with what surrounds them</source>
        <translation>Write the marked bars anew, in keeping with what surrounds them</translation>
    </message>
    <message>
        <source>Write the selected notes, or the marked bars of the marked tracks, as a MIDI file of their own.</source>
        <translation>Write the selected notes, or the marked bars of the marked tracks, as a MIDI file of their own.</translation>
    </message>
    <message>
        <source>Write the song as a score for notation programs: bars, pitches, lengths, key, tempo and sections, a part a track.</source>
        <translation>Write the song as a score for notation programs: bars, pitches, lengths, key, tempo and sections, a part a track.</translation>
    </message>
    <message>
        <source>Write the song to another file, a project or MIDI, and go on with that.</source>
        <translation>Write the song to another file, a project or MIDI, and go on with that.</translation>
    </message>
    <message>
        <source>Write the song to its file. A project keeps everything, also takes, colours, mute and solo; a MIDI file what MIDI can say.</source>
        <translation>Write the song to its file. A project keeps everything, also takes, colours, mute and solo; a MIDI file what MIDI can say.</translation>
    </message>
    <message>
        <source>Write their names on notes that are high and wide enough.</source>
        <translation>Write their names on notes that are high and wide enough.</translation>
    </message>
    <message>
        <source>Writing {what}…</source>
        <translation>Writing {what}…</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Writing…</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>Yellow</translation>
    </message>
    <message>
        <source>Zoom In</source>
        <translation>Zoom In</translation>
    </message>
    <message>
        <source>Zoom Out</source>
        <translation>Zoom Out</translation>
    </message>
    <message>
        <source>Zoom time about the mouse; with Shift too, zoom pitches.</source>
        <translation>Zoom time about the mouse; with Shift too, zoom pitches.</translation>
    </message>
    <message>
        <source>Zoom to Selection</source>
        <translation>Zoom to Selection</translation>
    </message>
    <message>
        <source>a port of our own</source>
        <translation>a port of our own</translation>
    </message>
    <message>
        <source>all {tracks} tracks</source>
        <translation>all {tracks} tracks</translation>
    </message>
    <message>
        <source>answers soonest</source>
        <translation>answers soonest</translation>
    </message>
    <message>
        <source>at the playhead</source>
        <translation>at the playhead</translation>
    </message>
    <message>
        <source>bar</source>
        <translation>bar</translation>
    </message>
    <message>
        <source>bar {bar}</source>
        <translation>bar {bar}</translation>
    </message>
    <message>
        <source>bar {bar} of {song} in the library ({share:.0%})</source>
        <translation>bar {bar} of {song} in the library ({share:.0%})</translation>
    </message>
    <message>
        <source>bar {bar} of {track}</source>
        <translation>bar {bar} of {track}</translation>
    </message>
    <message>
        <source>bar {bar}, beat {beat}</source>
        <translation>bar {bar}, beat {beat}</translation>
    </message>
    <message>
        <source>bar {first}</source>
        <translation>bar {first}</translation>
    </message>
    <message>
        <source>bars {first}–{last}</source>
        <translation>bars {first}–{last}</translation>
    </message>
    <message>
        <source>base model</source>
        <translation>base model</translation>
    </message>
    <message>
        <source>bits per note</source>
        <translation>bits per note</translation>
    </message>
    <message>
        <source>closer</source>
        <translation>closer</translation>
    </message>
    <message>
        <source>for a very busy machine</source>
        <translation>for a very busy machine</translation>
    </message>
    <message>
        <source>its process {cause}</source>
        <translation>its process {cause}</translation>
    </message>
    <message>
        <source>looked at no note in particular</source>
        <translation>looked at no note in particular</translation>
    </message>
    <message>
        <source>looked most at {notes}</source>
        <translation>looked most at {notes}</translation>
    </message>
    <message>
        <source>many places, each for a little</source>
        <translation>many places, each for a little</translation>
    </message>
    <message>
        <source>mean cosine</source>
        <translation>mean cosine</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>minutes</translation>
    </message>
    <message>
        <source>nats a token</source>
        <translation>nats a token</translation>
    </message>
    <message>
        <source>no better at your music</source>
        <translation>no better at your music</translation>
    </message>
    <message>
        <source>no closer</source>
        <translation>no closer</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>no key</translation>
    </message>
    <message>
        <source>none</source>
        <translation>none</translation>
    </message>
    <message>
        <source>notes of {scale}</source>
        <translation>notes of {scale}</translation>
    </message>
    <message>
        <source>on a new track</source>
        <translation>on a new track</translation>
    </message>
    <message>
        <source>on {tracks}, in place of what is there</source>
        <translation>on {tracks}, in place of what is there</translation>
    </message>
    <message>
        <source>pitch</source>
        <translation>pitch</translation>
    </message>
    <message>
        <source>rhythm kept</source>
        <translation>rhythm kept</translation>
    </message>
    <message>
        <source>selected notes</source>
        <translation>selected notes</translation>
    </message>
    <message>
        <source>semitones</source>
        <translation>semitones</translation>
    </message>
    <message>
        <source>song</source>
        <translation>song</translation>
    </message>
    <message>
        <source>stems</source>
        <translation>stems</translation>
    </message>
    <message>
        <source>stopped unexpectedly (exit code {exit_code})</source>
        <translation>stopped unexpectedly (exit code {exit_code})</translation>
    </message>
    <message>
        <source>the default</source>
        <translation>the default</translation>
    </message>
    <message>
        <source>the first bar</source>
        <translation>the first bar</translation>
    </message>
    <message>
        <source>the middle</source>
        <translation>the middle</translation>
    </message>
    <message>
        <source>the song&apos;s key</source>
        <translation>the song&apos;s key</translation>
    </message>
    <message>
        <source>track {index}</source>
        <translation>track {index}</translation>
    </message>
    <message>
        <source>track {number}</source>
        <translation>track {number}</translation>
    </message>
    <message>
        <source>track {t}</source>
        <translation>track {t}</translation>
    </message>
    <message>
        <source>tune kept</source>
        <translation>tune kept</translation>
    </message>
    <message>
        <source>under the mouse</source>
        <translation>under the mouse</translation>
    </message>
    <message>
        <source>waiting…</source>
        <translation>waiting…</translation>
    </message>
    <message>
        <source>was stopped by the system, most likely for lack of memory</source>
        <translation>was stopped by the system, most likely for lack of memory</translation>
    </message>
    <message>
        <source>{bars} no longer lie where they did when this take was written: the meter or the bars before have changed. Ask for new takes there.</source>
        <translation>{bars} no longer lie where they did when this take was written: the meter or the bars before have changed. Ask for new takes there.</translation>
    </message>
    <message>
        <source>{bars} of {tracks} ({notes})</source>
        <translation>{bars} of {tracks} ({notes})</translation>
    </message>
    <message>
        <source>{bars} on {tracks}</source>
        <translation>{bars} on {tracks}</translation>
    </message>
    <message>
        <source>{below} notes go to a new track, {notes} stay.</source>
        <translation>{below} notes go to a new track, {notes} stay.</translation>
    </message>
    <message>
        <source>{cells} have changed since this take was written.</source>
        <translation>{cells} have changed since this take was written.</translation>
    </message>
    <message>
        <source>{change:.1%} better at your music</source>
        <translation>{change:.1%} better at your music</translation>
    </message>
    <message>
        <source>{chosen} (not there)</source>
        <translation>{chosen} (not there)</translation>
    </message>
    <message>
        <source>{count} bar</source>
        <translation>{count} bar</translation>
    </message>
    <message>
        <source>{count} bars</source>
        <translation>{count} bars</translation>
    </message>
    <message>
        <source>{count} edit since it was last saved</source>
        <translation>{count} edit since it was last saved</translation>
    </message>
    <message>
        <source>{count} edits since it was last saved</source>
        <translation>{count} edits since it was last saved</translation>
    </message>
    <message>
        <source>{count} file could not be read.</source>
        <translation>{count} file could not be read.</translation>
    </message>
    <message>
        <source>{count} files could not be read.</source>
        <translation>{count} files could not be read.</translation>
    </message>
    <message>
        <source>{count} held-out song</source>
        <translation>{count} held-out song</translation>
    </message>
    <message>
        <source>{count} held-out songs</source>
        <translation>{count} held-out songs</translation>
    </message>
    <message>
        <source>{count} muted note selected</source>
        <translation>{count} muted note selected</translation>
    </message>
    <message>
        <source>{count} muted notes selected</source>
        <translation>{count} muted notes selected</translation>
    </message>
    <message>
        <source>{count} note</source>
        <translation>{count} note</translation>
    </message>
    <message>
        <source>{count} note locked</source>
        <translation>{count} note locked</translation>
    </message>
    <message>
        <source>{count} note locked: takes leave it as it is</source>
        <translation>{count} note locked: takes leave it as it is</translation>
    </message>
    <message>
        <source>{count} note of the song is locked and stays where it is in marked bars.</source>
        <translation>{count} note of the song is locked and stays where it is in marked bars.</translation>
    </message>
    <message>
        <source>{count} note selected</source>
        <translation>{count} note selected</translation>
    </message>
    <message>
        <source>{count} note unlocked</source>
        <translation>{count} note unlocked</translation>
    </message>
    <message>
        <source>{count} notes</source>
        <translation>{count} notes</translation>
    </message>
    <message>
        <source>{count} notes locked</source>
        <translation>{count} notes locked</translation>
    </message>
    <message>
        <source>{count} notes locked: takes leave them as they are</source>
        <translation>{count} notes locked: takes leave them as they are</translation>
    </message>
    <message>
        <source>{count} notes of the song are locked and stay where they are in marked bars.</source>
        <translation>{count} notes of the song are locked and stay where they are in marked bars.</translation>
    </message>
    <message>
        <source>{count} notes selected</source>
        <translation>{count} notes selected</translation>
    </message>
    <message>
        <source>{count} notes unlocked</source>
        <translation>{count} notes unlocked</translation>
    </message>
    <message>
        <source>{count} song</source>
        <translation>{count} song</translation>
    </message>
    <message>
        <source>{count} songs</source>
        <translation>{count} songs</translation>
    </message>
    <message>
        <source>{count} take</source>
        <translation>{count} take</translation>
    </message>
    <message>
        <source>{count} takes</source>
        <translation>{count} takes</translation>
    </message>
    <message>
        <source>{count} track</source>
        <translation>{count} track</translation>
    </message>
    <message>
        <source>{count} track added</source>
        <translation>{count} track added</translation>
    </message>
    <message>
        <source>{count} tracks</source>
        <translation>{count} tracks</translation>
    </message>
    <message>
        <source>{count} tracks added</source>
        <translation>{count} tracks added</translation>
    </message>
    <message>
        <source>{device} is gone, so playing has paused. Choose another output, or the same once it is back.</source>
        <translation>{device} is gone, so playing has paused. Choose another output, or the same once it is back.</translation>
    </message>
    <message>
        <source>{done:,} of {total:,} files</source>
        <translation>{done:,} of {total:,} files</translation>
    </message>
    <message>
        <source>{elsewhere:.0%} went to bar lines, tracks and other signs</source>
        <translation>{elsewhere:.0%} went to bar lines, tracks and other signs</translation>
    </message>
    <message>
        <source>{folder} cannot be locked</source>
        <translation>{folder} cannot be locked</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} h {minutes} min</translation>
    </message>
    <message>
        <source>{latency:.0f} ms of latency</source>
        <translation>{latency:.0f} ms of latency</translation>
    </message>
    <message>
        <source>{minutes} min {rest} s</source>
        <translation>{minutes} min {rest} s</translation>
    </message>
    <message>
        <source>{model} is ready.</source>
        <translation>{model} is ready.</translation>
    </message>
    <message>
        <source>{moved} of {notes} notes would change</source>
        <translation>{moved} of {notes} notes would change</translation>
    </message>
    <message>
        <source>{name} (missing)</source>
        <translation>{name} (missing)</translation>
    </message>
    <message>
        <source>{name} (rescued)</source>
        <translation>{name} (rescued)</translation>
    </message>
    <message>
        <source>{name} cannot be added</source>
        <translation>{name} cannot be added</translation>
    </message>
    <message>
        <source>{name} cannot be opened</source>
        <translation>{name} cannot be opened</translation>
    </message>
    <message>
        <source>{name} cannot be saved</source>
        <translation>{name} cannot be saved</translation>
    </message>
    <message>
        <source>{name} cannot be written</source>
        <translation>{name} cannot be written</translation>
    </message>
    <message>
        <source>{name} is damaged.</source>
        <translation>{name} is damaged.</translation>
    </message>
    <message>
        <source>{name} is there already. Replace it?</source>
        <translation>{name} is there already. Replace it?</translation>
    </message>
    <message>
        <source>{name} {value} of {most}</source>
        <translation>{name} {value} of {most}</translation>
    </message>
    <message>
        <source>{name}, percent</source>
        <translation>{name}, percent</translation>
    </message>
    <message>
        <source>{name}, which this take was written for, is no longer in the song.</source>
        <translation>{name}, which this take was written for, is no longer in the song.</translation>
    </message>
    <message>
        <source>{notes} notes in {bars} bars can still be read.</source>
        <translation>{notes} notes in {bars} bars can still be read.</translation>
    </message>
    <message>
        <source>{notes} · writing…</source>
        <translation>{notes} · writing…</translation>
    </message>
    <message>
        <source>{notes} · {seconds:.1f} s</source>
        <translation>{notes} · {seconds:.1f} s</translation>
    </message>
    <message>
        <source>{note} in bar {bar}</source>
        <translation>{note} in bar {bar}</translation>
    </message>
    <message>
        <source>{note} in bar {bar} of {track}</source>
        <translation>{note} in bar {bar} of {track}</translation>
    </message>
    <message>
        <source>{rest} s</source>
        <translation>{rest} s</translation>
    </message>
    <message>
        <source>{signs}, {remembered:.0%} to the bars it read before these</source>
        <translation>{signs}, {remembered:.0%} to the bars it read before these</translation>
    </message>
    <message>
        <source>{start} to {end}</source>
        <translation>{start} to {end}</translation>
    </message>
    <message>
        <source>{step} – saved</source>
        <translation>{step} – saved</translation>
    </message>
    <message>
        <source>{takes} in {seconds:.1f} s.</source>
        <translation>{takes} in {seconds:.1f} s.</translation>
    </message>
    <message>
        <source>{takes}, all alike: the music around leaves the model little choice. A more daring character may bring others.</source>
        <translation>{takes}, all alike: the music around leaves the model little choice. A more daring character may bring others.</translation>
    </message>
    <message>
        <source>{tracks} tracks</source>
        <translation>{tracks} tracks</translation>
    </message>
    <message>
        <source>{usable:,} of {total:,} songs can be used.</source>
        <translation>{usable:,} of {total:,} songs can be used.</translation>
    </message>
    <message>
        <source>{words} At least {least} are needed.</source>
        <translation>{words} At least {least} are needed.</translation>
    </message>
    <message>
        <source>{words}. Double-click: {rest}</source>
        <translation>{words}. Double-click: {rest}</translation>
    </message>
    <message>
        <source>“{name}”: {before:.2f} → {after:.2f} bits per note on {songs}, {verdict}.</source>
        <translation>“{name}”: {before:.2f} → {after:.2f} bits per note on {songs}, {verdict}.</translation>
    </message>
    <message>
        <source>“{title}” as of {time:%H:%M:%S} on {day}, {edits}</source>
        <translation>“{title}” as of {time:%H:%M:%S} on {day}, {edits}</translation>
    </message>
    <message>
        <source>♩ = {first:.4g} → {last:.4g} from {start} to {end}</source>
        <translation>♩ = {first:.4g} → {last:.4g} from {start} to {end}</translation>
    </message>
</context>
</TS>
