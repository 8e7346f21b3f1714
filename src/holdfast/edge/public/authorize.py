"""`/oauth/authorize`: a member is asked whether an app may act for them (RFC 6749, 4.1; PKCE, RFC 7636).

Nobody is sent anywhere before the client and its address are known to belong together; from there on,
errors go back to the app.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from ...pure.errors import Invalid
from ...social.tokens import (
    OUT_OF_BAND,
    App,
    covers_all,
    find_app,
    issue_code,
    parse_scopes,
    valid_challenge,
)
from ..answers import Answer, redirect
from ..call import Call
from ..links import avatar_path
from ..routes import Access, RouteTable
from .browser import Visit, text_of
from .pages import form, page, render, sign_in_path
from .scope_words import scope_sentences

routes = RouteTable()

_PASSED_ON = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method", "lang",
)  # fmt: skip
_STATE_CHARACTERS = 2000
_YES = frozenset(("1", "true", "t", "yes", "on"))


class _Request(msgspec.Struct, frozen=True):
    """A request that may be put to the member."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    code_challenge: str | None
    fields: dict[str, str]


class _SentBack(Exception):
    """The request is wrong in a way that the app is told, by this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("sent back to the app")
        self.answer = answer


@routes.get("/oauth/authorize", Access.browser())
@page
async def ask(call: Call, visit: Visit) -> Answer:
    """Sign-in first where needed, then the question."""
    tree = await call.tree()
    try:
        request = await _checked(call, visit, tree)
    except _SentBack as sent:
        return sent.answer
    here = f"/oauth/authorize?{urlencode(request.fields)}"
    force = text_of(tree, "force_login").lower() in _YES
    if visit.session is None or force:
        return redirect(sign_in_path(here) + ("&force=1" if force else ""))
    return await _consent(call, visit, request, here)


@routes.post("/oauth/authorize", Access.browser())
@form
async def decide(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """The member's answer."""
    try:
        request = await _checked(call, visit, dict(fields))
    except _SentBack as sent:
        return sent.answer
    member = visit.member()
    if fields.get("decision") != "allow":
        return _send_back(
            call, visit, request.redirect_uri, request.state,
            error="access_denied", error_description="The resource owner or authorization server denied the request.",
        )  # fmt: skip
    async with call.services.database.transaction() as tx:
        code = await issue_code(
            tx, member.account_id, request.app, redirect_uri=request.redirect_uri, scopes=request.scopes,
            code_challenge=request.code_challenge,
            lifetime_seconds=call.services.settings.authorization_code_seconds, now=call.now,
        )  # fmt: skip
    return _send_back(call, visit, request.redirect_uri, request.state, code=code)


async def _checked(call: Call, visit: Visit, tree: dict[str, Any]) -> _Request:
    """The request. Raises Invalid for what must not be sent anywhere, _SentBack for the rest."""
    fields = {name: text_of(tree, name) for name in _PASSED_ON if text_of(tree, name)}
    app = await find_app(call.services.database, fields.get("client_id", ""))
    if app is None:
        raise Invalid("No app with this client_id is registered here. Ask the app to register again.")
    redirect_uri = fields.get("redirect_uri", "")
    if not redirect_uri and len(app.redirect_uris) == 1:
        redirect_uri = fields["redirect_uri"] = app.redirect_uris[0]
    if redirect_uri not in app.redirect_uris:
        raise Invalid("The address to return to (redirect_uri) is not one that this app registered.")
    state = fields.get("state", "")

    def sent_back(error: str, description: str) -> _SentBack:
        return _SentBack(
            _send_back(call, visit, redirect_uri, state, error=error, error_description=description)
        )

    if len(state) > _STATE_CHARACTERS:
        state = ""
        raise sent_back("invalid_request", f"state is longer than {_STATE_CHARACTERS} characters.")
    if fields.get("response_type") != "code":
        raise sent_back("unsupported_response_type", "The only response_type offered here is code.")
    scopes = parse_scopes(fields.get("scope", ""))
    if scopes is None or not covers_all(app.scopes, scopes):
        raise sent_back(
            "invalid_scope", "The requested scope is invalid, unknown, or not registered by the app."
        )
    challenge = fields.get("code_challenge")
    if challenge is not None or "code_challenge_method" in fields:
        if fields.get("code_challenge_method", "plain") != "S256":
            raise sent_back("invalid_request", "The code_challenge_method must be S256.")
        if challenge is None or not valid_challenge(challenge):
            raise sent_back("invalid_request", "The code_challenge is not one of method S256.")
    return _Request(app, redirect_uri, scopes, state, challenge, fields)


async def _consent(call: Call, visit: Visit, request: _Request, here: str) -> Answer:
    services, member = call.services, visit.member()
    account = await services.accounts.get(member.account_id)
    permissions = scope_sentences(request.scopes)
    return render(
        call, visit, "authorize.html", title=f"Let {request.app.name} in?",
        form_targets=_form_targets(request.redirect_uri), app=request.app, website=_host(request.app.website),
        permissions=permissions, moderates=any(one.weight == 2 for one in permissions), fields=request.fields,
        destination=_destination(request.redirect_uri), switch_path=sign_in_path(here) + "&force=1",
        display_name=(account.display_name if account else "") or member.username,
        avatar="" if account is None else avatar_path(services, account),
        handle=f"@{member.username}@{services.settings.domain}",
    )  # fmt: skip


def _send_back(call: Call, visit: Visit, redirect_uri: str, state: str, **values: str) -> Answer:
    """To the app's address with the outcome; for apps without an address, a page that shows it."""
    if redirect_uri == OUT_OF_BAND:
        if "code" in values:
            return render(call, visit, "authorize_code.html", title="Copy this code", code=values["code"])
        denied = values["error"] == "access_denied"
        return render(
            call, visit, "error.html", status=200 if denied else 400,
            title="You said no" if denied else "That did not work",
            message="The app got no access. You can close this page." if denied else values["error_description"],
        )  # fmt: skip
    if state:
        values["state"] = state
    joint = "&" if "?" in redirect_uri else "?"
    return redirect(f"{redirect_uri}{joint}{urlencode(values)}", headers=[(b"cache-control", b"no-store")])


def _form_targets(redirect_uri: str) -> list[str]:
    """Browsers hold the form's policy against where its answer redirects to, so the app's address joins it."""
    if redirect_uri == OUT_OF_BAND:
        return []
    parts = urlsplit(redirect_uri)
    if parts.scheme in ("http", "https"):
        return [f"{parts.scheme}://{parts.netloc}"] if not set(parts.netloc) & set(" ;,'\"") else []
    return [f"{parts.scheme}:"]


def _destination(redirect_uri: str) -> str:
    if redirect_uri == OUT_OF_BAND:
        return ""
    parts = urlsplit(redirect_uri)
    return parts.netloc if parts.scheme in ("http", "https") else f"the app that opens {parts.scheme}: links"


def _host(website: str | None) -> str:
    return urlsplit(website).hostname or "" if website else ""
