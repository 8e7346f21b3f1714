"""The instance: what this server says of itself. Figures of its use, its directory, its emoji, its contact."""

from .model import Activity, Emoji, Usage
from .queries import directory, emojis
from .reader import InstanceReader

__all__ = ["Activity", "Emoji", "InstanceReader", "Usage", "directory", "emojis"]
