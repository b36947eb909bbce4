"""Experiments that make the pages of docs/findings from scratch. Each module has ``run(corpus, out, minutes, say)``."""
