"""Moderation, notices and evidence. Empty until the first of its rooms moves in."""
