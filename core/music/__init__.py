"""The song itself: time, notes, tracks and the pure edits on them. Imports numpy alone."""
