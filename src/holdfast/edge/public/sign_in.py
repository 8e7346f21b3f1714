"""Signing in and out: name and password, then a code when the member has a second factor."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from urllib.parse import urlencode

import msgspec
from cryptography.exceptions import InvalidTag

from ...platform.clock import Instant
from ...pure.errors import HoldfastError, LimitReached
from ...social.credentials import (
    AccountNotOpen,
    CodeRefused,
    CodeRequired,
    Proof,
    SignInRefused,
    check_password,
    login_key,
    sign_in,
)
from ...social.sessions import SessionLimits, end_session
from ..answers import Answer, Header, redirect, status_of
from ..attempts import Attempts
from ..call import Call
from ..routes import Access, RouteTable
from .browser import HOME, Visit, device, local_path, signed_in_cookies, signed_out_cookies, text_of
from .pages import NO_STORE, closed_form, form, page, render

routes = RouteTable()

_SECOND_STEP = timedelta(minutes=5)
_SECOND_STEP_CONTEXT = "sign in/second step"
_LOGIN_CHARACTERS = 320
_OPEN_TO_CLOSED = "/statements"


class _Pending(msgspec.Struct):
    """A right password that waits for its code."""

    proof: Proof
    until: Instant


@routes.get("/auth/sign_in", Access.browser())
@page
async def sign_in_page(call: Call, visit: Visit) -> Answer:
    """The form; who is signed in already goes on, unless `force` asks for another account."""
    tree = await call.tree()
    back_to = local_path(text_of(tree, "next") or HOME)
    if visit.session is not None and not text_of(tree, "force"):
        return redirect(back_to)
    return _sign_in_form(call, visit, back_to)


@routes.post("/auth/sign_in", Access.browser())
@form
async def sign_in_with_password(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """First step."""
    back_to = local_path(fields.get("next", HOME))
    login = fields.get("login", "").strip()[:_LOGIN_CHARACTERS]
    try:
        attempts = Attempts(call, await login_key(call.services.database, login))
        proof = await check_password(call.services.database, login, fields.get("password", ""))
    except (SignInRefused, LimitReached) as error:
        return _sign_in_form(call, visit, back_to, login=login, error=error)
    attempts.succeeded()
    try:
        return await enter(call, visit, proof, code=None, back_to=back_to)
    except CodeRequired:
        return _code_form(call, visit, back_to, _sealed(call, proof))
    except HoldfastError as error:
        return _sign_in_form(call, visit, back_to, login=login, error=error)


@routes.post("/auth/sign_in/code", Access.browser())
@form
async def sign_in_with_code(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Second step."""
    back_to = local_path(fields.get("next", HOME))
    sealed = fields.get("proof", "")
    proof = _opened(call, sealed)
    if proof is None:
        error = SignInRefused("That took too long. Please sign in again.")
        return _sign_in_form(call, visit, back_to, error=error)
    try:
        attempts = Attempts(call, f"code/{proof.account_id}")
        answer = await enter(call, visit, proof, code=fields.get("code", ""), back_to=back_to)
    except (CodeRefused, CodeRequired, LimitReached) as error:
        return _code_form(call, visit, back_to, sealed, error=error)
    except HoldfastError as error:
        return _sign_in_form(call, visit, back_to, error=error)
    attempts.succeeded()
    return answer


@routes.post("/auth/sign_out", Access.browser())
@closed_form
async def sign_out(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """End the session of this browser."""
    if visit.session is not None:
        async with call.services.database.transaction() as tx:
            await end_session(tx, visit.session.account_id, visit.session.session_id)
    return redirect("/auth/sign_in", headers=signed_out_cookies(visit))


async def enter(call: Call, visit: Visit, proof: Proof, *, code: str | None, back_to: str) -> Answer:
    """Open a session and go on; what was signed in before in this browser ends. Raises as `sign_in` does.

    A member whose account is suspended or disabled is led to what was decided about it.
    """
    try:
        return await _enter(call, visit, proof, code=code, back_to=back_to)
    except AccountNotOpen as error:
        if not error.may_read:
            raise
    back_to = back_to if back_to.startswith(_OPEN_TO_CLOSED) else _OPEN_TO_CLOSED
    return await _enter(call, visit, proof, code=code, back_to=back_to, closed_too=True)


async def _enter(
    call: Call, visit: Visit, proof: Proof, *, code: str | None, back_to: str, closed_too: bool = False
) -> Answer:
    services = call.services
    settings = services.settings
    async with services.database.transaction() as tx:
        secret = await sign_in(
            tx, proof, code=code, device=device(call), keyring=services.keyring, closed_too=closed_too,
            limits=SessionLimits(settings.session_lifetime_days, settings.session_idle_days), now=call.now,
        )  # fmt: skip
        if visit.session is not None:
            await end_session(tx, visit.session.account_id, visit.session.session_id)
    return redirect(back_to, headers=signed_in_cookies(call, visit, secret))


def _sign_in_form(
    call: Call, visit: Visit, back_to: str, *, login: str = "", error: HoldfastError | None = None
) -> Answer:
    return render(
        call, visit, "sign_in.html", title="Sign in", status=_status(error), headers=_headers(error),
        next=back_to, sign_up_path=f"/auth/sign_up?{urlencode({'next': back_to})}", login=login,
        error=error.public if error else "",
    )  # fmt: skip


def _code_form(
    call: Call, visit: Visit, back_to: str, sealed: str, error: HoldfastError | None = None
) -> Answer:
    return render(
        call, visit, "sign_in_code.html", title="Enter your code", status=_status(error), headers=_headers(error),
        next=back_to, proof=sealed, error=error.public if error else "",
    )  # fmt: skip


def _status(error: HoldfastError | None) -> int:
    if error is None:
        return 200
    return 429 if isinstance(error, LimitReached) else 422 if status_of(error) == 403 else status_of(error)


def _headers(error: HoldfastError | None) -> list[Header]:
    if isinstance(error, LimitReached):
        return [NO_STORE, (b"retry-after", str(error.retry_after_seconds).encode())]
    return [NO_STORE]


def _sealed(call: Call, proof: Proof) -> str:
    plain = msgspec.json.encode(_Pending(proof, call.now + _SECOND_STEP))
    sealed = call.services.keyring.seal(plain, context=_SECOND_STEP_CONTEXT)
    return base64.urlsafe_b64encode(sealed).decode()


def _opened(call: Call, sealed: str) -> Proof | None:
    try:
        raw = base64.urlsafe_b64decode(sealed.encode())
        plain = call.services.keyring.open(raw, context=_SECOND_STEP_CONTEXT)
        pending = msgspec.json.decode(plain, type=_Pending)
    except (binascii.Error, ValueError, InvalidTag, msgspec.DecodeError):
        return None
    return pending.proof if pending.until > call.now else None
