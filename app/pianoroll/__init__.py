"""The piano roll: a canvas of notes between a ruler of bars and a keyboard, and the gestures that edit them."""
