"""A look inside the model: where it looked for a note, and how it sees pitches."""
