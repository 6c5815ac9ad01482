"""Baselines: what is asked of an estate, as data and as functions that read it."""
