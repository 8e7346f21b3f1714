"""What can go wrong with notifications.

NotFound
└── NotificationNotVisible       missing, of another member, dismissed, or about something hidden now
"""

from __future__ import annotations

from ...pure.errors import NotFound


class NotificationNotVisible(NotFound):
    """Missing or hidden: the member is never told which."""
