"""The staff's accounts: who is here, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

import msgspec

from ...pure.errors import Invalid
from ...pure.markup import clean_text
from ...pure.permissions import Permission
from ...pure.window import Window
from ...social.bans import read_network
from ...trust.sanctions import (
    STATES,
    MemberFilter,
    Sanction,
    SanctionKind,
    decide_sign_up,
    lift_sanction,
    list_members,
    remove_member,
    sanction_account,
)
from ...trust.staff_actions import Staff
from ..answers import Answer, json_answer
from ..call import Call
from ..routes import Access, RouteTable
from .paging import PageQuery, link_header, page
from .render_account import role_of_id
from .render_admin import admin_account_entity, admin_accounts

routes = RouteTable()

_READ = Access.staff(Permission.MANAGE_USERS, "admin:read:accounts")
_WRITE = Access.staff(Permission.MANAGE_USERS, "admin:write:accounts")
_ONE = "/api/v1/admin/accounts/{id}"
_LAST_YEAR = 9000
_STAFF_ROLES = ("moderator", "admin", "owner")


class AccountsQuery(PageQuery):
    """Filters of version 2; a text asks for what begins with it."""

    origin: str = ""
    status: str = ""
    permissions: str = ""
    role_ids: list[str] = msgspec.field(default_factory=list)
    invited_by: str = ""
    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""


class AccountsQueryV1(AccountsQuery):
    """Filters of version 1, one switch each."""

    local: bool = False
    remote: bool = False
    active: bool = False
    pending: bool = False
    disabled: bool = False
    sensitized: bool = False
    silenced: bool = False
    suspended: bool = False
    staff: bool = False


class ActionForm(msgspec.Struct):
    """What is done. `until`, `reason` and `status_ids` are of this server; see docs/reference/http.md."""

    type: str = "none"
    report_id: str = ""
    warning_preset_id: str = ""
    text: str = ""
    reason: str = ""
    status_ids: list[str] = msgspec.field(default_factory=list)
    until: datetime | None = None
    send_email_notification: bool = False


def staff_page(call: Call, query: PageQuery) -> Window:
    """The bounds of a page of the staff's lists."""
    settings = call.services.settings
    return page(
        query,
        call.services.ids,
        default=settings.admin_page_size_default,
        maximum=settings.admin_page_size_max,
    )


@routes.get("/api/v2/admin/accounts", _READ)
async def list_v2(call: Call) -> Answer:
    """Accounts by filters, newest first."""
    return await _list(call, await call.params(AccountsQuery))


@routes.get("/api/v1/admin/accounts", _READ)
async def list_v1(call: Call) -> Answer:
    """The same by the switches of version 1."""
    asked = await call.params(AccountsQueryV1)
    asked.status = asked.status or next((state for state in STATES if getattr(asked, state)), "")
    asked.origin = "local" if asked.local else "remote" if asked.remote else ""
    asked.permissions = "staff" if asked.staff else ""
    return await _list(call, asked)


async def _list(call: Call, asked: AccountsQuery) -> Answer:
    bounds = staff_page(call, asked)
    roles: tuple[str, ...] | None = _STAFF_ROLES if asked.permissions == "staff" else None
    if asked.role_ids:
        roles = tuple(role for ident in asked.role_ids if (role := role_of_id(ident)) is not None)
    wanted = MemberFilter(
        local={"local": True, "remote": False}.get(_one_of("origin", asked.origin, ("local", "remote"))),
        state=_one_of("status", asked.status, STATES) or None, roles=roles,
        domain=asked.by_domain.strip().lower() or None, username=asked.username or None,
        display_name=asked.display_name or None, email=asked.email or None,
        network=read_network(asked.ip) if asked.ip else None,
    )  # fmt: skip
    # Nobody is invited here, so nobody was by anybody.
    rows = [] if asked.invited_by else await list_members(call.services.database, bounds, wanted)
    entities = await admin_accounts(call.services, rows)
    return json_answer(entities, headers=link_header(call, [row.id for row in rows], bounds))


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value and value not in allowed:
        sentence = f"is none of {', '.join(allowed)}"
        raise Invalid(f"Validation failed: {name} {sentence}", details={name: [("ERR_INCLUSION", sentence)]})
    return value


@routes.get(_ONE, _READ)
async def show(call: Call) -> Answer:
    """One account."""
    return await _entity(call, call.id_segment())


@routes.delete(_ONE, Access.staff(Permission.DELETE_USER_DATA, "admin:write:accounts"))
async def delete(call: Call) -> Answer:
    """Delete a suspended account for good; the answer is what it was."""
    account_id = call.id_segment()
    was = await _entity(call, account_id)
    async with call.services.database.transaction() as tx:
        await remove_member(tx, Staff.of(call.actor), account_id, now=call.now)
    return was


@routes.post(f"{_ONE}/approve", _WRITE)
async def approve(call: Call) -> Answer:
    """Let a sign-up in that waits."""
    account_id = call.id_segment()
    async with call.services.database.transaction() as tx:
        await decide_sign_up(tx, Staff.of(call.actor), account_id, approved=True, now=call.now)
    return await _entity(call, account_id)


@routes.post(f"{_ONE}/reject", _WRITE)
async def reject(call: Call) -> Answer:
    """Remove a sign-up that waits; the answer is what it was."""
    account_id = call.id_segment()
    was = await _entity(call, account_id)
    async with call.services.database.transaction() as tx:
        await decide_sign_up(tx, Staff.of(call.actor), account_id, approved=False, now=call.now)
    return was


@routes.post(f"{_ONE}/action", _WRITE)
async def act(call: Call) -> Answer:
    """Act on an account, or on posts of it, and tell its member."""
    account_id, asked, ids = call.id_segment(), await call.params(ActionForm), call.services.ids
    kind = SanctionKind(_one_of("type", asked.type, tuple(SanctionKind)) or "none")
    sanction = Sanction(
        account_id, kind, clean_text(_policy(call, asked)), clean_text(asked.reason),
        ids.decode(asked.report_id) or -1 if asked.report_id else None,
        tuple(ids.decode(text) or -1 for text in asked.status_ids),
        _aware(asked.until),
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        await sanction_account(tx, Staff.of(call.actor), sanction, now=call.now)
    return json_answer({})


def _policy(call: Call, asked: ActionForm) -> str:
    """What the member is told: the preset, then the text. Raises Invalid for a preset that is not there."""
    presets = call.services.settings.warning_presets
    if not asked.warning_preset_id:
        return asked.text.strip()
    number = int(asked.warning_preset_id) if asked.warning_preset_id.isdecimal() else 0
    if not 1 <= number <= len(presets):
        sentence = "is none of the setting warning_presets, which are numbered from 1"
        raise Invalid(
            f"Validation failed: warning_preset_id {sentence}",
            details={"warning_preset_id": [("ERR_INVALID", sentence)]},
        )
    return f"{presets[number - 1]}\n\n{asked.text.strip()}".strip()


def _aware(until: datetime | None) -> datetime | None:
    if until is not None and until.tzinfo is None:
        raise Invalid(
            "until must say its offset, such as 2026-01-31T12:00:00Z",
            details={"until": [("ERR_INVALID", "must say its offset from UTC")]},
        )
    if until is not None and until.year > _LAST_YEAR:
        raise Invalid(
            f"until must not lie after the year {_LAST_YEAR}; leave it out for an end that never comes"
        )
    return until


def _lifting(kind: SanctionKind) -> Callable[[Call], Coroutine[Any, Any, Answer]]:
    async def lift(call: Call) -> Answer:
        account_id = call.id_segment()
        async with call.services.database.transaction() as tx:
            await lift_sanction(tx, Staff.of(call.actor), account_id, kind, now=call.now)
        return await _entity(call, account_id)

    return lift


for _verb, _kind in (
    ("enable", SanctionKind.DISABLE),
    ("unsilence", SanctionKind.LIMIT),
    ("unsuspend", SanctionKind.SUSPEND),
    ("unsensitive", SanctionKind.SENSITIVE),
):
    routes.post(f"{_ONE}/{_verb}", _WRITE)(_lifting(_kind))


async def _entity(call: Call, account_id: int) -> Answer:
    return json_answer(await admin_account_entity(call.services, account_id))
