"""The list of tracks: name, instrument, colour, mute, solo, volume and pan, and which of them are selected."""
