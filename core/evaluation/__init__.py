"""Measuring a model on songs it has not seen."""
