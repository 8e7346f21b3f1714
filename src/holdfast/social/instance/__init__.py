"""The instance: what this server says of itself. Figures of its use, its directory, its contact."""

from .model import Activity, Usage
from .queries import directory
from .reader import InstanceReader

__all__ = ["Activity", "InstanceReader", "Usage", "directory"]
