"""Folders of MIDI files as training data: scan, encode, store, and draw examples."""
