"""What can go wrong with push subscriptions.

NotFound
└── NoSubscription       this access token has none
Invalid
└── PushNotAllowed       the endpoint, a key or a choice is wrong; says which
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class NoSubscription(NotFound):
    """This access token has no push subscription."""


class PushNotAllowed(Invalid):
    """One field of the subscription is wrong."""

    def __init__(self, field: str, code: str, problem: str) -> None:
        super().__init__(f"Validation failed: {field} {problem}", details={field: [(code, problem)]})
