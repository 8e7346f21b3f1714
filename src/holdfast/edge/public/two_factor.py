"""Two-factor sign-in: set up with an authenticator app, recovery codes, and turning it off."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from io import BytesIO

import msgspec
import segno
from cryptography.exceptions import InvalidTag

from ...platform.clock import Instant
from ...platform.crypto import random_bytes
from ...pure.errors import HoldfastError, LimitReached
from ...pure.totp import SECRET_BYTES, provisioning_uri, secret_text
from ...social.second_factors import (
    CodeNotRight,
    FactorAlreadySet,
    disable_totp,
    enable_totp,
    has_second_factor,
    renew_recovery_codes,
)
from ..answers import Answer, redirect
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit
from .pages import form, page, render
from .settings import reauthenticate, show_settings

routes = RouteTable()

_SET_UP = timedelta(minutes=30)


class _SetUp(msgspec.Struct):
    """A secret that is shown but not yet in force."""

    secret: bytes
    until: Instant


@routes.get("/auth/settings/two_factor", Access.browser())
@page
async def set_up_page(call: Call, visit: Visit) -> Answer:
    """The secret, as a picture and as text, and the form that proves the app has it."""
    member = visit.member()
    if await has_second_factor(call.services.database, member.account_id):
        return redirect("/auth/settings")
    secret = random_bytes(SECRET_BYTES)
    return _set_up_form(call, visit, secret)


@routes.post("/auth/settings/two_factor", Access.browser())
@form
async def turn_on(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Turn it on and show the recovery codes, this once."""
    member = visit.member()
    secret = _opened(call, visit, fields.get("set_up", ""))
    if secret is None:
        return redirect("/auth/settings/two_factor")
    try:
        await reauthenticate(call, visit, fields.get("current_password", ""))
    except HoldfastError as error:
        return _set_up_form(call, visit, secret, {"current_password": error.public}, error)
    try:
        async with call.services.database.transaction() as tx:
            codes = await enable_totp(
                tx, member.account_id, secret=secret, code=fields.get("code", ""),
                keyring=call.services.keyring, now=call.now,
            )  # fmt: skip
    except FactorAlreadySet:
        return redirect("/auth/settings")
    except CodeNotRight as error:
        return _set_up_form(call, visit, secret, {"code": error.public}, error)
    return _codes_page(call, visit, codes, fresh=True)


@routes.post("/auth/settings/two_factor/disable", Access.browser())
@form
async def turn_off(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Turn it off, after the password."""
    try:
        await reauthenticate(call, visit, fields.get("current_password", ""))
    except HoldfastError as error:
        return await show_settings(call, visit, errors={"disable_password": error.public}, error=error)
    async with call.services.database.transaction() as tx:
        await disable_totp(tx, visit.member().account_id)
    return redirect("/auth/settings?done=two_factor_off")


@routes.post("/auth/settings/recovery_codes", Access.browser())
@form
async def new_codes(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """A fresh list, after the password."""
    member = visit.member()
    try:
        await reauthenticate(call, visit, fields.get("current_password", ""))
    except HoldfastError as error:
        return await show_settings(call, visit, errors={"codes_password": error.public}, error=error)
    if not await has_second_factor(call.services.database, member.account_id):
        return redirect("/auth/settings")
    async with call.services.database.transaction() as tx:
        codes = await renew_recovery_codes(tx, member.account_id)
    return _codes_page(call, visit, codes, fresh=False)


def _set_up_form(
    call: Call, visit: Visit, secret: bytes, errors: dict[str, str] | None = None,
    error: HoldfastError | None = None,
) -> Answer:  # fmt: skip
    settings = call.services.settings
    account = f"{visit.member().username}@{settings.domain}"
    address = provisioning_uri(secret, account=account, issuer=settings.title)
    status = 200 if error is None else 429 if isinstance(error, LimitReached) else 422
    return render(
        call, visit, "two_factor.html", title="Set up two-factor sign-in", status=status, errors=errors or {},
        picture=_picture(address), secret_text=secret_text(secret), address=address,
        set_up=_sealed(call, visit, secret),
    )  # fmt: skip


def _codes_page(call: Call, visit: Visit, codes: list[str], *, fresh: bool) -> Answer:
    return render(call, visit, "recovery_codes.html", title="Your recovery codes", codes=codes, fresh=fresh)


def _picture(address: str) -> str:
    """The QR code as a data: address of an SVG; dark on light in both colour schemes, as cameras want it."""
    svg = BytesIO()
    segno.make(address, error="m", micro=False).save(
        svg, kind="svg", scale=5, border=3, light="#ffffff", dark="#10201b"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.getvalue()).decode()


def _context(visit: Visit) -> str:
    return f"two factor set-up/{visit.member().account_id}"


def _sealed(call: Call, visit: Visit, secret: bytes) -> str:
    plain = msgspec.json.encode(_SetUp(secret, call.now + _SET_UP))
    return base64.urlsafe_b64encode(call.services.keyring.seal(plain, context=_context(visit))).decode()


def _opened(call: Call, visit: Visit, sealed: str) -> bytes | None:
    try:
        plain = call.services.keyring.open(base64.urlsafe_b64decode(sealed.encode()), context=_context(visit))
        set_up = msgspec.json.decode(plain, type=_SetUp)
    except (binascii.Error, ValueError, InvalidTag, msgspec.DecodeError):
        return None
    return set_up.secret if set_up.until > call.now else None
