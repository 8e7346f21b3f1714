"""What a member whose account is frozen may not do: everything that others would see."""

from __future__ import annotations

from ..pure.errors import NotAllowed
from .routes import Route

_SCOPES = frozenset(("write:statuses", "write:media", "write:favourites", "write:follows", "write:accounts"))
# Of those, what nobody else sees.
_OWN_AFFAIR = frozenset(
    (
        "/api/v1/markers",
        "/api/v1/announcements/{id}/dismiss",
        "/api/v1/accounts/{id}/note",
        "/api/v1/accounts/{id}/unfollow",
        "/api/v1/accounts/{id}/remove_from_followers",
    )
)
_FORMS = ("/settings/pictures", "/settings/move", "/settings/import", "/settings/archive/import")


class AccountFrozen(NotAllowed):
    """The account may read, and do nothing that others see."""

    public = (
        "Your account is read-only for now: you can read, block, report and appeal, and nothing that others would see."
        " What was decided and why stands at /statements"
    )


def check_thawed(route: Route) -> None:
    """Raises AccountFrozen for a route of the API that others would see the effect of. Its caller is frozen."""
    changes = route.method not in ("GET", "HEAD") and route.path not in _OWN_AFFAIR
    if changes and _SCOPES.intersection(route.access.scopes):
        raise AccountFrozen


def check_thawed_form(path: str) -> None:
    """The same for a form of a page."""
    if path.startswith(_FORMS):
        raise AccountFrozen
