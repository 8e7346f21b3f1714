"""OAuth 2 for programs: tokens, their end, and what this server offers. The page that asks members is
`/oauth/authorize`, among the public pages."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from urllib.parse import unquote_plus

from ...pure.errors import NotFound
from ...social.credentials import (
    AccountNotOpen,
    CodeRequired,
    SignInRefused,
    admit,
    check_password,
    login_key,
)
from ...social.tokens import (
    SCOPES,
    App,
    IssuedToken,
    authenticate_app,
    covers_all,
    end_tokens,
    exchange_code,
    find_token,
    issue_token,
    parse_scopes,
)
from ..answers import Answer, Header, json_answer
from ..attempts import Attempts
from ..call import Call
from ..links import account_url, avatar_url
from ..routes import Access, Limit, RouteTable

routes = RouteTable()

_NO_STORE: list[Header] = [(b"cache-control", b"no-store"), (b"pragma", b"no-cache")]

_INVALID_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, "
    "or unsupported authentication method."
)
_INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI "
    "used in the authorization request, or was issued to another client."
)


@routes.post("/oauth/token", Access.anyone(), limit=Limit.DEFAULT)
async def token(call: Call) -> Answer:
    """Exchange a code, or an app's own credentials, for an access token."""
    tree = await call.tree()
    app = await _client(call, tree)
    if app is None:
        return _refusal("invalid_client", _INVALID_CLIENT, status=401)
    grant = _text(tree, "grant_type")
    if grant == "authorization_code":
        return await _by_code(call, app, tree)
    if grant == "client_credentials":
        return await _for_app(call, app, tree)
    if grant == "password" and call.services.settings.oauth_password_grant:
        return await _by_password(call, app, tree)
    if not grant:
        return _refusal("invalid_request", "Missing required parameter: grant_type.")
    return _refusal(
        "unsupported_grant_type",
        "Use grant_type authorization_code or client_credentials; no other is offered.",
    )


async def _by_code(call: Call, app: App, tree: dict[str, Any]) -> Answer:
    code = _text(tree, "code")
    if not code:
        return _refusal("invalid_request", "Missing required parameter: code.")
    async with call.services.database.transaction() as tx:
        issued = await exchange_code(
            tx, app, code,
            redirect_uri=_text(tree, "redirect_uri"), code_verifier=_text(tree, "code_verifier") or None, now=call.now,
        )  # fmt: skip
    return _token(issued) if issued else _refusal("invalid_grant", _INVALID_GRANT)


async def _by_password(call: Call, app: App, tree: dict[str, Any]) -> Answer:
    """For test suites of clients (setting `oauth_password_grant`); an account with a second factor has none."""
    scopes = parse_scopes(_text(tree, "scope"))
    if scopes is None or not covers_all(app.scopes, scopes):
        return _refusal("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    services, login = call.services, _text(tree, "username").removeprefix("@")
    attempts = Attempts(call, await login_key(services.database, login))
    try:
        proof = await check_password(services.database, login, _text(tree, "password"))
        async with services.database.transaction() as tx:
            await admit(tx, proof, code=None, keyring=services.keyring, now=call.now)
            issued = await issue_token(tx, app.app_id, proof.account_id, scopes, now=call.now)
    except (SignInRefused, CodeRequired, AccountNotOpen):
        return _refusal("invalid_grant", _INVALID_GRANT)
    attempts.succeeded()
    return _token(issued)


async def _for_app(call: Call, app: App, tree: dict[str, Any]) -> Answer:
    scopes = parse_scopes(_text(tree, "scope"))
    if scopes is None or not covers_all(app.scopes, scopes):
        return _refusal("invalid_scope", "The requested scope is invalid, unknown, or malformed.")
    async with call.services.database.transaction() as tx:
        issued = await issue_token(tx, app.app_id, None, scopes, now=call.now)
    return _token(issued)


@routes.post("/oauth/revoke", Access.anyone())
async def revoke(call: Call) -> Answer:
    """End a token of the calling app. A token that does not exist is as ended as can be (RFC 7009)."""
    tree = await call.tree()
    app = await _client(call, tree)
    refused = _refusal("unauthorized_client", "You are not authorized to revoke this token", status=403)
    if app is None:
        return refused
    services = call.services
    found = await find_token(services.database, _text(tree, "token"))
    if found is not None:
        if found.app_id != app.app_id:
            return refused
        async with services.database.transaction() as tx:
            await end_tokens(tx, found)
    return json_answer({}, headers=_NO_STORE)


@routes.get("/.well-known/oauth-authorization-server", Access.anyone())
async def metadata(call: Call) -> Answer:
    """What this server offers (RFC 8414)."""
    at = call.services.base_url
    return json_answer(
        {
            "issuer": f"{at}/",
            "service_documentation": f"{at}/about",
            "authorization_endpoint": f"{at}/oauth/authorize",
            "token_endpoint": f"{at}/oauth/token",
            "app_registration_endpoint": f"{at}/api/v1/apps",
            "revocation_endpoint": f"{at}/oauth/revoke",
            "userinfo_endpoint": f"{at}/oauth/userinfo",
            "scopes_supported": SCOPES,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }
    )


@routes.get("/oauth/userinfo", Access.member("profile", "read:accounts"))
async def userinfo(call: Call) -> Answer:
    """Who the member is, for apps that only sign people in."""
    services = call.services
    account = await services.accounts.get(call.actor.account_id)
    if account is None:
        raise NotFound
    url = account_url(services, account.acct)
    return json_answer(
        {
            "iss": f"{services.base_url}/",
            "sub": url,
            "name": account.display_name or account.username,
            "preferred_username": account.username,
            "profile": url,
            "picture": avatar_url(services, account),
        },
        headers=_NO_STORE,
    )


@routes.post("/oauth/userinfo", Access.member("profile", "read:accounts"))
async def userinfo_by_post(call: Call) -> Answer:
    """The same, for clients that post."""
    return await userinfo(call)


async def _client(call: Call, tree: dict[str, Any]) -> App | None:
    """The app that calls, by HTTP Basic or by parameters."""
    kind, _, encoded = call.header(b"authorization").partition(" ")
    client_id, client_secret = _text(tree, "client_id"), _text(tree, "client_secret")
    if kind.lower() == "basic":
        try:
            plain = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return None
        left, _, right = plain.partition(":")
        client_id, client_secret = unquote_plus(left), unquote_plus(right)
    return await authenticate_app(call.services.database, client_id, client_secret)


def _token(issued: IssuedToken) -> Answer:
    return json_answer(token_entity(issued), headers=_NO_STORE)


def token_entity(issued: IssuedToken) -> dict[str, Any]:
    """The Token entity."""
    return {
        "access_token": issued.secret,
        "token_type": "Bearer",
        "scope": " ".join(issued.scopes),
        "created_at": int(issued.created_at.timestamp()),
    }


def _refusal(code: str, description: str, *, status: int = 400) -> Answer:
    headers = list(_NO_STORE)
    if status == 401:
        headers.append((b"www-authenticate", b'Basic realm="Holdfast"'))
    return json_answer({"error": code, "error_description": description}, status=status, headers=headers)


def _text(tree: dict[str, Any], name: str) -> str:
    value = tree.get(name)
    return value.strip() if isinstance(value, str) else ""
