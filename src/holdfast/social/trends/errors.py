"""What can go wrong with trends.

NotFound
└── TrendNotVisible       no such hashtag, public post or link
"""

from __future__ import annotations

from ...pure.errors import NotFound


class TrendNotVisible(NotFound):
    """Nothing of this kind and id can trend."""
