"""Sign-up in the browser: open, after approval, or closed, and honest about which."""

from __future__ import annotations

from ...platform.limits import Rate
from ...platform.passwords import hash_password
from ...pure.errors import HoldfastError, Invalid, LimitReached, NotAllowed
from ...social.accounts import AccountState, NewAccount, RegistrationsClosed, create_account
from ...social.credentials import PasswordLimits, password_problem
from ...social.sessions import SessionLimits, start_session
from ..addresses import network_of
from ..answers import Answer, redirect
from ..call import Call
from ..routes import Access, Limit, RouteTable
from .browser import HOME, Visit, device, local_path, signed_in_cookies, text_of
from .pages import NO_STORE, form, page, render

routes = RouteTable()

_REASON_CHARACTERS = 2000
# A field that people do not see: who fills it in is a program.
_TRAP = "website"

Problems = dict[str, list[tuple[str, str]]]


@routes.get("/auth/sign_up", Access.browser())
@page
async def sign_up_page(call: Call, visit: Visit) -> Answer:
    """The form, or why there is none."""
    back_to = local_path(text_of(await call.tree(), "next") or HOME)
    if visit.session is not None:
        return redirect(back_to)
    if call.services.settings.registrations == "closed":
        return render(call, visit, "sign_up_closed.html", title="Sign-ups are closed")
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
            _spend(call)
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
        reason=fields.get("reason", "")[:_REASON_CHARACTERS] or None, ip=call.client_ip,
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
    settings = call.services.settings
    problems: Problems = {}
    problem = password_problem(
        fields.get("password", ""),
        PasswordLimits(settings.password_min_characters, settings.password_max_characters),
        username=fields.get("username", "").strip(),
        email=fields.get("email", "").strip(),
    )
    if problem:
        problems["password"] = [problem]
    if fields.get("agreement") != "1":
        problems["agreement"] = [("ERR_ACCEPTED", "must be accepted")]
    return problems


def _spend(call: Call) -> None:
    """Count against the limit of sign-ups, the one that apps count against too."""
    settings = call.services.settings
    rate = Rate(settings.rate_signups, settings.rate_signups_window_seconds)
    spent = call.services.limits.spend("sign_up", network_of(call.client_ip), rate, call.now)
    if not spent.allowed:
        wait = max(1, spent.resets_at - int(call.now.timestamp()))
        raise LimitReached(
            f"Too many sign-ups from your network. Wait {-(-wait // 60)} minutes and try again.",
            retry_after_seconds=wait,
        )


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
        error=message, values={name: fields.get(name, "") for name in ("username", "email", "reason", "next")},
        password_min=settings.password_min_characters, username_max=settings.username_max_characters,
        domain=settings.domain,
    )  # fmt: skip


def _sentence(problem: str) -> str:
    """`has already been taken` as a sentence of its own under the field."""
    return f"This {problem}." if not problem.endswith(".") else f"This {problem}"
