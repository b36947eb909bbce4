"""Files in and out: MIDI, projects, audio. Imports neither torch nor Qt."""
