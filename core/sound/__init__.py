"""From a song to sound: scheduling, FluidSynth, the one clock, the device, and the process that runs them."""
