"""Preservation: the staff places and releases legal holds, and the ledger has a record of each."""

from .lapse import lapse_holds
from .place import place
from .release import release

__all__ = ["lapse_holds", "place", "release"]
