"""The one way in: finds who calls, checks access and limits, runs the handler, answers every error.

Mounted per path by `main/asgi.py`. Default deny: a method without a declared route is 405, a
route without access cannot be written (see `routes.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

from ..continuity.standing import check_writable
from ..platform.crypto import new_secret
from ..platform.db import Deadlock, ForeignKeyViolation
from ..platform.limits import Spent
from ..pure.errors import HoldfastError, NotAllowed, NotAuthenticated, NotFound
from ..pure.permissions import permits
from ..social.tokens import allows
from .answers import (
    Answer,
    AnyAnswer,
    FileAnswer,
    Header,
    SocketAnswer,
    StreamingAnswer,
    error_answer,
    json_answer,
)
from .breaking import check_new_accounts
from .budgets import spend_request
from .call import Call
from .frozen import check_thawed
from .kept_tokens import kept_secret, named_account
from .lasting import refuse, send_file, stream, talk
from .params import from_query
from .public import refusal_page
from .routes import WEBSOCKET, Route, Who

log = structlog.get_logger(__name__)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Dispatch = Callable[[Call, Send], Awaitable[None]]

_DEADLOCK_RETRIES = 3
_SAFE = ("GET", "HEAD", WEBSOCKET)
_OPEN_TO_ALL_ORIGINS = ("/api", "/oauth", "/.well-known", "/nodeinfo", "/relaunch.json")
_CORS: list[Header] = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id, ETag, Idempotency-Key, Holdfast-Receipt",
    ),
]
_PREFLIGHT: list[Header] = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, PATCH, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, X-Requested-With"),
    (b"access-control-max-age", b"86400"),
]
_ALWAYS: list[Header] = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]


def dispatcher(routes: Mapping[str, Route]) -> Dispatch:
    """Answers every method of one path: `routes` maps a method to its route."""
    allowed = ", ".join(sorted({*routes, "OPTIONS"})).encode()

    async def dispatch(call: Call, send: Send) -> None:
        method = call.method
        cross_origin = call.path.startswith(_OPEN_TO_ALL_ORIGINS)
        if method == "OPTIONS":
            headers = _PREFLIGHT if cross_origin else [(b"allow", allowed)]
            await _send(send, Answer(204, b"", headers=headers), b"")
            return
        route = routes.get("GET" if method == "HEAD" else method)
        request_id = new_secret(12)
        answer: AnyAnswer
        if route is None:
            answer = json_answer({"error": "Method not allowed"}, status=405, headers=[(b"allow", allowed)])
        else:
            try:
                answer = await _answer(call, route, request_id)
            finally:
                call.close_files()
        if cross_origin:
            answer.headers = [*answer.headers, *_CORS]
        if isinstance(answer, Answer):
            await _send(send, answer, request_id.encode(), head_only=method == "HEAD")
        elif isinstance(answer, StreamingAnswer):
            headers = [(b"x-request-id", request_id.encode()), *_ALWAYS, *answer.headers]
            await stream(call, send, answer, headers, head_only=method == "HEAD")
        elif isinstance(answer, FileAnswer):
            headers = [(b"x-request-id", request_id.encode()), *_ALWAYS, *answer.headers]
            await send_file(send, answer, headers, head_only=method == "HEAD")

    return dispatch


def socket_dispatcher(route: Route | None) -> Dispatch:
    """Answers WebSockets of one path by the same rules; None: there is none."""

    async def dispatch(call: Call, send: Send) -> None:
        request_id = new_secret(12)
        answer: AnyAnswer = (
            error_answer(NotFound()) if route is None else await _answer(call, route, request_id)
        )
        headers = [(b"x-request-id", request_id.encode()), *_ALWAYS, *answer.headers]
        if isinstance(answer, SocketAnswer):
            await talk(call, send, answer, headers)
        elif isinstance(answer, Answer):
            await refuse(call, send, answer, headers)

    return dispatch


async def _answer(call: Call, route: Route, request_id: str) -> AnyAnswer:
    try:
        if await call.services.networks.shut_out(call.client_ip, call.now):
            raise NotAllowed("Access from your network is blocked by the people who run this server.")
        if route.method not in _SAFE:
            check_writable(call.services.settings.data)
        await _authorise(call, route)
        await check_new_accounts(call, route)
        await spend_request(call, route)
        # What renders does not wait, so what it shows of emoji is read before.
        await call.services.emojis.look()
        answer = await _handle(call, route)
    except ForeignKeyViolation:
        # What the request names was deleted while it ran.
        answer = error_answer(NotFound())
    except HoldfastError as error:
        if error.private:
            log.info("request.refused", path=call.path, request_id=request_id, why=error.private)
        for_people = route.access.who is Who.BROWSER and not call.path.startswith(_OPEN_TO_ALL_ORIGINS)
        answer = refusal_page(call, error) if for_people else error_answer(error)
    except Exception:
        # The last line of defence: whatever it was, the client learns only where to ask.
        log.exception("request.failed", path=call.path, method=call.method, request_id=request_id)
        answer = json_answer({"error": f"Something went wrong here (request {request_id})."}, status=500)
    if call.spent:
        answer.headers = [*answer.headers, *_limit_headers(call.spent)]
    return answer


async def _handle(call: Call, route: Route) -> AnyAnswer:
    """Run the handler. Of two commands that wait for each other the database ends one, whole: that one goes again."""
    for _ in range(_DEADLOCK_RETRIES):
        try:
            return await route.handler(call)
        except Deadlock:
            log.info("request.deadlock", path=call.path, method=call.method)
    return await route.handler(call)


async def _authorise(call: Call, route: Route) -> None:
    access = route.access
    if access.who is Who.BROWSER:
        return
    named = named_account(call, socket=route.method == WEBSOCKET)
    call.secret = _secret(call, route, named)
    if call.secret:
        call.token = await call.services.tokens.find(call.secret)
        if named and call.token is not None and call.services.ids.encode(call.token.account_id or 0) != named:
            raise NotAuthenticated
        # Where nothing depends on who asks, a token that has ended is no obstacle: clients send it along
        # when they ask what server this is, and when they sign in anew.
        if call.token is None and (access.who is not Who.ANYONE or access.scopes):
            raise NotAuthenticated
    if call.token is None:
        if access.who is Who.ANYONE and not (named and access.scopes):
            return
        raise NotAuthenticated
    if access.scopes and not allows(call.token.scopes, access.scopes):
        raise NotAllowed("This action is outside the authorized scopes")
    if access.who is Who.MEMBER and call.token.account_id is None:
        raise NotAuthenticated("This method requires an authenticated user")
    if call.token.frozen:
        check_thawed(route)
    if access.permission is not None and not permits(call.token.role, access.permission):
        raise NotAllowed(
            "This action is for the people who run this server, and your role does not include it"
        )


def _secret(call: Call, route: Route, named: str) -> str:
    """The access token that the request brings; empty when there is none. `named`: the account of the app at work."""
    kind, _, secret = call.header(b"authorization").partition(" ")
    if kind.lower() == "bearer":
        return secret.strip()
    if named:
        return kept_secret(call, named, socket=route.method == WEBSOCKET)
    if not route.lasting:
        return ""
    if route.method == WEBSOCKET and (protocol := call.header(b"sec-websocket-protocol")):
        return protocol.partition(",")[0].strip()
    given = from_query(call.scope["query_string"]).get("access_token")
    return given if isinstance(given, str) else ""


def _limit_headers(spent: list[Spent]) -> list[Header]:
    """Of the limits that a request met, the one that is used up, else the one that is nearest to it."""
    tightest = min(spent, key=lambda one: (one.allowed, one.remaining))
    resets = datetime.fromtimestamp(tightest.resets_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return [
        (b"x-ratelimit-limit", str(tightest.limit).encode()),
        (b"x-ratelimit-remaining", str(tightest.remaining).encode()),
        (b"x-ratelimit-reset", resets.encode()),
    ]


async def _send(send: Send, answer: Answer, request_id: bytes, *, head_only: bool = False) -> None:
    headers = [
        (b"content-type", answer.content_type),
        (b"content-length", str(len(answer.body)).encode()),
        (b"x-request-id", request_id),
        *_ALWAYS,
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head_only else answer.body})
