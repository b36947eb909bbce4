"""The list of tracks: name, instrument, colour, mute, solo and volume, and which of them are selected."""
