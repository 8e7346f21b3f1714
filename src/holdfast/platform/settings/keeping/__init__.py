"""Settings of what is kept and of how it leaves: exports, the ledger, the mirror."""

from .mirror import MirrorSettings

__all__ = ["MirrorSettings"]
