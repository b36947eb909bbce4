"""The transformer: its shape, positions, attention, key and value cache, and checkpoints. Imports torch."""
