"""What can go wrong with webhooks.

NotFound
└── WebhookNotThere          none has this id
Invalid
└── WebhookNotAllowed        no address, no such event, too many
"""

from __future__ import annotations

from ...pure.errors import Invalid, NotFound


class WebhookNotThere(NotFound):
    """There is none with this id."""

    public = "there is no such webhook; `holdfast webhook list` names them"


class WebhookNotAllowed(Invalid):
    """It cannot be added."""
