"""Sign-up in the browser: open, after approval, or closed, and honest about which."""

from __future__ import annotations

from ...platform.passwords import hash_password
from ...pure.errors import HoldfastError, Invalid, LimitReached, NotAllowed
from ...social.accounts import AccountState, NewAccount, RegistrationsClosed, create_account
from ...social.sessions import SessionLimits, start_session
from ..answers import Answer, redirect
from ..budgets import spend_mailbox, spend_of
from ..call import Call
from ..routes import Access, Limit, RouteTable
from ..sign_ups import REASON_CHARACTERS, AskedSignUp, Problems, problems_of
from .browser import HOME, Visit, device, local_path, signed_in_cookies, text_of
from .pages import NO_STORE, form, page, render
from .translations import wanted_language

routes = RouteTable()

# A field that people do not see: who fills it in is a program.
_TRAP = "website"
_KEPT = ("username", "email", "reason", "next", "date_of_birth")


@routes.get("/auth/sign_up", Access.browser())
@page
async def sign_up_page(call: Call, visit: Visit) -> Answer:
    """The form, or why there is none."""
    back_to = local_path(text_of(await call.tree(), "next") or HOME)
    if visit.session is not None:
        return redirect(back_to)
    if call.services.settings.registrations == "closed":
        message = call.services.settings.registrations_message
        return render(call, visit, "sign_up_closed.html", title="Sign-ups are closed", message=message)
    return _form(call, visit, {"next": back_to})


@routes.post("/auth/sign_up", Access.browser(), limit=Limit.DEFAULT)
@form
async def sign_up(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Create the account; signed in at once where no approval is needed."""
    settings = call.services.settings
    if settings.registrations == "closed":
        raise RegistrationsClosed
    if fields.get(_TRAP):
        raise NotAllowed(
            "This form was filled in like a program would. Leave the last field empty and try again."
        )
    back_to = local_path(fields.get("next", HOME))
    try:
        problems = _problems(call, fields)
        if not problems:
            # The limit of sign-ups that apps count against too.
            spend_of(call, Limit.SIGN_UP)
            spend_mailbox(call, fields.get("email", ""))
        account_id = await _create(call, fields, problems)
    except HoldfastError as error:
        return _form(call, visit, {**fields, "next": back_to}, error)
    account = await call.services.accounts.get(account_id)
    if account is not None and account.state is AccountState.PENDING:
        return render(
            call,
            visit,
            "sign_up_pending.html",
            title="Thank you",
            username=fields.get("username", "").strip(),
        )
    limits = SessionLimits(settings.session_lifetime_days, settings.session_idle_days)
    async with call.services.database.transaction() as tx:
        secret = await start_session(tx, account_id, device(call), limits=limits, now=call.now)
    return redirect(back_to, headers=signed_in_cookies(call, visit, secret))


async def _create(call: Call, fields: dict[str, str], problems: Problems) -> int:
    """The new account's id. Raises Invalid with every problem that can be known at once."""
    password_hash = None if problems else await hash_password(fields.get("password", ""))
    new = NewAccount(
        username=fields.get("username", "").strip(), email=fields.get("email", ""), password_hash=password_hash,
        reason=fields.get("reason", "")[:REASON_CHARACTERS] or None, ip=call.client_ip,
        locale=wanted_language(call, Visit(None, "", secure=True)),
    )  # fmt: skip
    async with call.services.database.transaction() as tx:
        try:
            account_id = await create_account(
                tx, new, registrations=call.services.settings.registrations, now=call.now
            )
        except Invalid as error:
            raise Invalid(details={**error.details, **problems}) from error
        if problems:
            raise Invalid(details=problems)
    return account_id


def _problems(call: Call, fields: dict[str, str]) -> Problems:
    answers = AskedSignUp(
        fields.get("username", ""), fields.get("email", ""), fields.get("password", ""),
        fields.get("agreement") == "1", fields.get("reason", ""), fields.get("date_of_birth", ""),
    )  # fmt: skip
    return problems_of(answers, call.services.settings, call.now)


def _form(call: Call, visit: Visit, fields: dict[str, str], error: HoldfastError | None = None) -> Answer:
    settings = call.services.settings
    errors: dict[str, str] = {}
    message = ""
    headers = [NO_STORE]
    status = 200
    if isinstance(error, Invalid) and error.details:
        status = 422
        errors = {field: _sentence(parts[0][1]) for field, parts in error.details.items()}
    elif error is not None:
        status = 429 if isinstance(error, LimitReached) else 422
        message = error.public
    if isinstance(error, LimitReached):
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    return render(
        call, visit, "sign_up.html", title="Create an account", status=status, headers=headers, errors=errors,
        error=message, values={name: fields.get(name, "") for name in _KEPT},
        min_age=settings.sign_up_min_age, reason_required=settings.sign_up_reason_required,
        password_min=settings.password_min_characters, username_max=settings.username_max_characters,
        domain=settings.domain,
    )  # fmt: skip


def _sentence(problem: str) -> str:
    """`has already been taken` as a sentence of its own under the field."""
    return f"This {problem}." if not problem.endswith(".") else f"This {problem}"
