"""Functions without I/O, clock or randomness."""
