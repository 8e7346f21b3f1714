"""What a member sees of the own access: password, browsers that are signed in, apps that were let in."""

from __future__ import annotations

from typing import Any

from ...platform.passwords import hash_password
from ...pure.errors import HoldfastError, Invalid, LimitReached, NotFound
from ...social.accounts import choose_locale
from ...social.credentials import (
    PasswordLimits,
    PasswordNotAllowed,
    SignInRefused,
    change_password,
    check_new_password,
    check_password,
)
from ...social.second_factors import has_second_factor, recovery_codes_left
from ...social.sessions import end_all_sessions, end_session, list_sessions
from ...social.tokens import authorised_apps, end_tokens
from ..answers import Answer, redirect
from ..attempts import Attempts
from ..call import Call
from ..routes import Access, RouteTable
from .browser import Visit, text_of
from .devices import device_name
from .pages import NO_STORE, form, page, render
from .scope_words import scope_sentences
from .translations import LANGUAGE_NAMES, wanted_language

routes = RouteTable()

_DONE = {
    "password": "Your password is changed. Every other browser and every app has been signed out.",
    "two_factor_off": "Two-factor sign-in is off.",
    "session": "That browser has been signed out.",
    "sessions": "Every other browser has been signed out.",
    "language": "Statements and pages are in that language from now on, as far as they are translated.",
    "app": "That app has no access any more.",
}


@routes.get("/auth/settings", Access.browser())
@page
async def settings_page(call: Call, visit: Visit) -> Answer:
    """Everything on one page."""
    return await show_settings(call, visit, done=text_of(await call.tree(), "done"))


@routes.post("/auth/settings/password", Access.browser())
@form
async def new_password(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Change the password; everything else that was signed in is signed out."""
    member, settings, database = visit.member(), call.services.settings, call.services.database
    password = fields.get("password", "")
    limits = PasswordLimits(settings.password_min_characters, settings.password_max_characters)
    try:
        await reauthenticate(call, visit, fields.get("current_password", ""))
    except HoldfastError as error:
        return await show_settings(call, visit, errors={"current_password": error.public}, error=error)
    try:
        await check_new_password(database, member.account_id, password, limits)
        if password != fields.get("password_again", ""):
            raise PasswordNotAllowed("ERR_CONFIRMATION", "does not match the one typed below it")
    except PasswordNotAllowed as error:
        sentence = f"This {error.details['password'][0][1]}."
        return await show_settings(call, visit, errors={"password": sentence}, error=error)
    password_hash = await hash_password(password)
    async with database.transaction() as tx:
        await change_password(tx, member.account_id, password_hash, keep_session=member.session_id)
    return redirect("/auth/settings?done=password")


@routes.post("/auth/settings/language", Access.browser())
@form
async def choose_language(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """The language that pages and letters are in."""
    language = fields.get("language", "")
    if language not in LANGUAGE_NAMES:
        raise Invalid("Choose one of the languages of the list")
    async with call.services.database.transaction() as tx:
        await choose_locale(tx, visit.member().account_id, language)
    return redirect("/auth/settings?done=language")


@routes.post("/auth/settings/sessions/{id}/end", Access.browser())
@form
async def end_one_session(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Sign one browser out."""
    member = visit.member()
    async with call.services.database.transaction() as tx:
        if not await end_session(tx, member.account_id, call.id_segment()):
            raise NotFound("That browser is signed out already.")
    return redirect("/auth/settings?done=session")


@routes.post("/auth/settings/sessions/end_others", Access.browser())
@form
async def end_other_sessions(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Sign every other browser out."""
    member = visit.member()
    async with call.services.database.transaction() as tx:
        await end_all_sessions(tx, member.account_id, but=member.session_id)
    return redirect("/auth/settings?done=sessions")


@routes.post("/auth/settings/apps/{id}/end", Access.browser())
@form
async def end_app(call: Call, visit: Visit, _fields: dict[str, str]) -> Answer:
    """Take an app's access away."""
    member = visit.member()
    async with call.services.database.transaction() as tx:
        await end_tokens(tx, member.account_id, app_id=call.id_segment())
    return redirect("/auth/settings?done=app")


async def reauthenticate(call: Call, visit: Visit, password: str) -> None:
    """Make sure that it is still the member who sits there. Raises SignInRefused or LimitReached."""
    account_id = visit.member().account_id
    attempts = Attempts(call, f"again/{account_id}")
    try:
        await check_password(call.services.database, account_id, password)
    except SignInRefused as error:
        raise SignInRefused("That is not your current password.") from error
    attempts.succeeded()


async def show_settings(
    call: Call, visit: Visit, *, errors: dict[str, str] | None = None, error: HoldfastError | None = None,
    done: str = "",
) -> Answer:  # fmt: skip
    """The page, with what went wrong beside the fields that it is about."""
    member, services = visit.member(), call.services
    sessions = await list_sessions(services.database, member.account_id, now=call.now)
    apps = await authorised_apps(services.database, member.account_id)
    status, headers = 200 if error is None else 422, [NO_STORE]
    if isinstance(error, LimitReached):
        status = 429
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    return render(
        call, visit, "settings.html", title="Sign-in and access", status=status, headers=headers, errors=errors or {},
        done=_DONE.get(done, ""), languages=LANGUAGE_NAMES, language=wanted_language(call, visit), password_min=services.settings.password_min_characters,
        two_factor=await has_second_factor(services.database, member.account_id),
        codes_left=await recovery_codes_left(services.database, member.account_id),
        sessions=[_session(call, row, row.session_id == member.session_id) for row in sessions],
        apps=[
            {
                "id": services.ids.encode(app.app_id), "name": app.name, "website": app.website,
                "since": app.since, "last_used_on": app.last_used_on, "may": scope_sentences(app.scopes),
            }
            for app in apps
        ],
    )  # fmt: skip


def _session(call: Call, row: Any, here: bool) -> dict[str, Any]:
    return {
        "id": call.services.ids.encode(row.session_id), "name": device_name(row.user_agent), "ip": row.ip,
        "created_at": row.created_at, "last_used_at": row.last_used_at, "here": here,
    }  # fmt: skip
