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
    if others_would_see(route):
        raise AccountFrozen


def others_would_see(route: Route) -> bool:
    """Whether a route of the API changes what anybody but its caller sees."""
    changes = route.method not in ("GET", "HEAD") and route.path not in _OWN_AFFAIR
    return changes and bool(_SCOPES.intersection(route.access.scopes))


def check_thawed_form(path: str) -> None:
    """The same for a form of a page."""
    if path.startswith(_FORMS):
        raise AccountFrozen
