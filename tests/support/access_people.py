"""People for the access sweep, and what opens and ends their access."""

from __future__ import annotations

import itertools

from holdfast.social.accounts import reinstate_account, suspend_account
from holdfast.social.sessions import Device, SessionLimits, start_session
from holdfast.social.tokens import issue_token, register_app
from tests.support.site import Member, Site

_numbers = itertools.count()


async def session_of(member: Member) -> str:
    """The secret of a fresh browser session."""
    services = member.site.services
    async with services.database.transaction() as tx:
        return await start_session(
            tx, member.account_id, Device("test", None), limits=SessionLimits(1, 1), now=services.clock.now()
        )


async def fresh(site: Site) -> Member:
    """Somebody new."""
    return await site.member(f"p{next(_numbers)}")


async def app_token(site: Site) -> str:
    """A token of an app itself, with every scope."""
    now = site.services.clock.now()
    scopes = "read write follow push profile admin:read admin:write"
    async with site.services.database.transaction() as tx:
        app = await register_app(
            tx, "App", redirect_uris=["urn:ietf:wg:oauth:2.0:oob"], scopes=scopes, now=now
        )
        issued = await issue_token(tx, app.app.app_id, None, tuple(scopes.split()), now=now)
    return issued.secret


async def suspend(member: Member) -> None:
    """End somebody's access."""
    services = member.site.services
    async with services.database.transaction() as tx:
        await suspend_account(tx, member.account_id, now=services.clock.now())


async def reinstate(member: Member) -> None:
    """Give it back."""
    async with member.site.services.database.transaction() as tx:
        await reinstate_account(tx, member.account_id, now=member.site.services.clock.now())
