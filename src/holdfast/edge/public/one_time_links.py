"""The page behind a one-time link: set a password without knowing one."""

from __future__ import annotations

from ...platform.passwords import hash_password
from ...social.credentials import (
    AccountNotOpen,
    CodeRequired,
    PasswordLimits,
    PasswordNotAllowed,
    check_new_password,
    look_up_link,
    use_one_time_link,
)
from ..answers import Answer, redirect
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .browser import HOME, Visit
from .pages import form, page, render
from .sign_in import enter

routes = RouteTable()


@routes.get("/auth/password/{secret}", Access.browser(), limit=Limit.LINK)
@page
async def link_page(call: Call, visit: Visit) -> Answer:
    """Whose password it is, and the form. Looking at it does not use the link up: mail programs look too."""
    return await _form(call, visit)


@routes.post("/auth/password/{secret}", Access.browser(), limit=Limit.LINK)
@form
async def set_password(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Set it, and sign in where no second factor stands in between."""
    services, settings = call.services, call.services.settings
    link = await look_up_link(services.database, call.segment("secret"), now=call.now)
    password = fields.get("password", "")
    limits = PasswordLimits(settings.password_min_characters, settings.password_max_characters)
    try:
        await check_new_password(services.database, link.account_id, password, limits)
        if password != fields.get("password_again", ""):
            raise PasswordNotAllowed("ERR_CONFIRMATION", "does not match the one typed below it")
    except PasswordNotAllowed as error:
        return await _form(call, visit, error=error.details["password"][0][1])
    password_hash = await hash_password(password)
    async with services.database.transaction() as tx:
        proof = await use_one_time_link(tx, call.segment("secret"), password_hash, now=call.now)
    try:
        return await enter(call, visit, proof, code=None, back_to=HOME)
    except (CodeRequired, AccountNotOpen):
        return redirect("/auth/sign_in")


async def _form(call: Call, visit: Visit, error: str = "") -> Answer:
    secret = call.segment("secret")
    link = await look_up_link(call.services.database, secret, now=call.now)
    return render(
        call, visit, "set_password.html", title="Choose a password", status=422 if error else 200,
        username=link.username, first=link.purpose == "first_sign_in", action=f"/auth/password/{secret}",
        error=f"This {error}." if error else "", password_min=call.services.settings.password_min_characters,
    )  # fmt: skip
