"""Alembic migrations, written as SQL text."""
