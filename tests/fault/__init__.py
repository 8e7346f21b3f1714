"""What is killed and fails on purpose, and what must be left of it."""
