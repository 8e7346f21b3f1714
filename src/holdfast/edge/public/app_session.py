"""The app of this server signs in by the session of the browser, and is given a token that its scripts never see."""

from __future__ import annotations

from ...pure.errors import NotAllowed, NotAuthenticated
from ...pure.permissions import Permission, permits
from ...social.tokens import end_tokens, issue_token, parse_scopes, register_app
from ..answers import Answer, json_answer
from ..call import Call
from ..kept_tokens import foreign, forget, keep, named_account
from ..routes import Access, Limit, RouteTable
from .browser import find_visit

routes = RouteTable()

APP_NAME = "Holdfast"
APP_SCOPES = "read write follow push profile"
DESK_SCOPES = "admin:read:reports admin:write:reports"
"""Besides, for whoever may decide about reports when they sign in; the role is asked anew at every request."""


class NotFromTheApp(NotAllowed):
    """The request did not come from a page of this server."""

    public = "Only this server's own app can sign in this way. Use /oauth/authorize for any other."


@routes.post("/api/holdfast/v1/session", Access.browser(), limit=Limit.SIGN_IN)
async def begin(call: Call) -> Answer:
    """A token for who is signed in here, kept by the browser; answers `{"account_id": "..."}`."""
    # A header of our own, so that no form of another site can ask for it.
    if foreign(call) or call.header(b"x-requested-with") != APP_NAME:
        raise NotFromTheApp
    visit = await find_visit(call)
    if visit.session is None:
        raise NotAuthenticated("Sign in first, at /auth/sign_in.")
    services, member = call.services, visit.session
    account_view = await services.accounts.get(member.account_id)
    moderates = account_view is not None and permits(account_view.role, Permission.MANAGE_REPORTS)
    wanted = f"{APP_SCOPES} {DESK_SCOPES}" if moderates else APP_SCOPES
    scopes = parse_scopes(wanted) or ()
    async with services.database.transaction() as tx:
        # An app of its own for each browser, so that each can be taken back alone.
        new = await register_app(
            tx, APP_NAME, redirect_uris=[f"{services.base_url}/app"], scopes=wanted, website=services.base_url, now=call.now
        )  # fmt: skip
        issued = await issue_token(tx, new.app.app_id, member.account_id, scopes, now=call.now)
    account = services.ids.encode(member.account_id)
    return json_answer(
        {"account_id": account}, headers=[keep(call, account, issued.secret), (b"cache-control", b"no-store")]
    )


@routes.delete("/api/holdfast/v1/session", Access.member(), limit=Limit.DEFAULT)
async def end(call: Call) -> Answer:
    """The token ends, and the browser forgets it; of other apps the token ends as well."""
    if call.token is None:
        raise NotAuthenticated
    async with call.services.database.transaction() as tx:
        await end_tokens(tx, call.token)
    named = named_account(call)
    return json_answer({}, headers=[forget(call, named)] if named else [])
