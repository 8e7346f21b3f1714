"""Legal holds: what no deletion may remove. Every path that deletes for good asks here first."""

from .model import Subject
from .queries import held
from .store import lift_hold, place_hold

__all__ = ["Subject", "held", "lift_hold", "place_hold"]
