"""Timings of parts of the program, some beside their peers: ``run(corpus, say)`` of each module returns Markdown."""
