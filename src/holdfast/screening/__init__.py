"""Judges every text on arrival."""
