"""What can go wrong with quotes.

Invalid
└── QuoteNotAllowed          the author of the quoted post does not agree, or the quote would widen its audience
NotFound
└── QuoteNotFound            this post does not quote that one, as far as one is told
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class QuoteNotAllowed(Invalid):
    """The quoted post may not be quoted by this author, or not in this way."""

    public = "Validation failed: You are not allowed to quote this post"


class QuoteNotFound(NotFound):
    """There is no such quote of that post."""
