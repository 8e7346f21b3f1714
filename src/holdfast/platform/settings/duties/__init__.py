"""Settings of what the operator owes to others: the moderation desk, the notice desk, the mirror. Each class adds to the one before."""

from .notices import NoticeSettings

__all__ = ["NoticeSettings"]
