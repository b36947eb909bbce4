"""From a request to takes: prompt, sampling, constraints, and the process that does it."""
