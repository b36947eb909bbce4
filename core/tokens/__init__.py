"""Songs as tokens and back: the grid, the vocabulary, the grammar, and the windows a model reads."""
