"""Dialects. Each parses a request, calls one use case and renders the answer: no SQL, no rules."""
