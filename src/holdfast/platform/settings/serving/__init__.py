"""Settings of the server itself: where it lives, whom it serves, and the bounds of everything."""

from .caps import CapSettings

__all__ = ["CapSettings"]
