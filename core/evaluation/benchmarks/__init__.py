"""Timings of parts of the program, some beside their peers. Each module has ``run(corpus, say)``, which returns Markdown."""
