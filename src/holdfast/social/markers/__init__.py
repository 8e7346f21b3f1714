"""Markers: how far a member has read a timeline, shared by the member's apps."""

from .mark import save_markers
from .model import Marker
from .queries import markers

__all__ = ["Marker", "markers", "save_markers"]
