"""Experiments that make the pages of docs/findings from scratch: ``run(corpus, valid, out, minutes, seed, say)``."""
