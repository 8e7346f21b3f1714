"""Append-only ledger and legal holds. Empty until the first of its rooms moves in."""
