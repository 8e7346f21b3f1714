"""What the groups of the desk's routes share: where they are, who may call them, how ids, names and times are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...platform.clock import Instant
from ...pure.errors import Invalid, NotFound
from ...pure.permissions import Permission
from ...trust.staff_actions import Staff, Subject, SubjectKind
from ..call import Call
from ..ports import Services
from ..routes import Access

API: Final = "/api/holdfast/v1"
CURSOR_MOST: Final = 200
"""Rows of a page at most."""


class ScopedAccess:
    """The declarations that the desk's routes use."""

    read: Final = Access.staff(Permission.MANAGE_REPORTS, "admin:read:reports")
    write: Final = Access.staff(Permission.MANAGE_REPORTS, "admin:write:reports")
    audit: Final = Access.staff(Permission.VIEW_AUDIT_LOG, "admin:read:reports")
    settings: Final = Access.staff(Permission.MANAGE_SETTINGS, "admin:write:reports")


def staff_of(call: Call) -> Staff:
    """Who acts."""
    return Staff.of(call.actor)


def iso(at: Instant | None) -> str | None:
    """An instant as it is written here: RFC 3339, UTC, milliseconds."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def public_id(services: Services, ident: int | None) -> str | None:
    """An id as others see it."""
    return None if ident is None else services.ids.encode(ident)


def id_of(services: Services, text: str, name: str) -> int | None:
    """The id that a parameter names; None for an empty one. Raises Invalid for what we never gave out."""
    if not text:
        return None
    found = services.ids.decode(text)
    if found is None:
        raise Invalid(f"{name}: this is no id of this server")
    return found


def subject_entity(services: Services, subject: Subject) -> dict[str, Any]:
    """What something is about."""
    return {
        "kind": subject.kind.value,
        "id": public_id(services, subject.id),
        "name": subject.name,
        "account_id": public_id(services, subject.account_id),
    }


def subject_of_path(call: Call) -> Subject:
    """The subject of `{kind}/{key}` of a path. Raises NotFound."""
    try:
        kind = SubjectKind(call.segment("kind"))
    except ValueError:
        raise NotFound from None
    key = call.segment("key")
    internal = call.services.ids.decode(key)
    return Subject(kind, internal) if internal is not None else Subject(kind, None, key)


def limit_of(asked: int, default: int = 50) -> int:
    """Rows of a page."""
    return min(max(asked, 1), CURSOR_MOST) if asked else default


async def names_of(services: Services, ids: Iterable[int | None]) -> dict[int, dict[str, Any]]:
    """Accounts by id, as the desk shows them in a line; those that are deleted too, as far as they are known."""
    wanted = sorted({ident for ident in ids if ident is not None})
    views = await services.accounts.get_many(wanted)
    return {
        ident: {
            "id": services.ids.encode(ident),
            "acct": view.acct,
            "display_name": view.display_name,
            "state": view.state.name.lower(),
            "bot": view.bot,
            "limited": view.limited,
            "created_at": iso(view.created_at),
            "followers": view.followers,
            "posts": view.posts,
        }
        for ident, view in views.items()
    }
