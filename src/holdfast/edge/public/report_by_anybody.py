"""Reporting without an account, without any script: for those who are threatened here and are no members."""

from __future__ import annotations

from urllib.parse import urlsplit

from ...platform.limits import Rate
from ...pure.errors import HoldfastError, Invalid, LimitReached, NotAllowed, NotFound
from ...social.accounts import AccountView
from ...social.graph import ANONYMOUS
from ...social.posts import PostNotVisible, Seen
from ...trust.reports import Channel, NewReport, file_report_from_outside, get_report
from ..answers import Answer
from ..budgets import spend
from ..call import Call
from ..links import account_path
from ..reporting import read_category, report_limits
from ..routes import Access, RouteTable
from .browser import Visit, text_of
from .cards import person
from .pages import NO_STORE, form, page, render
from .reading import shown_account
from .report_outcome import outcome_path
from .translations import msg, speech

routes = RouteTable()

# A field that people do not see: who fills it in is a program.
_TRAP = "website"
_ADDRESS_CHARACTERS = 2000
_CATEGORIES = (
    (
        "legal",
        msg("It threatens somebody, or is against the law"),
        msg("Say below whom or which law, and in which country."),
    ),
    (
        "spam",
        msg("It is spam"),
        msg("Unwanted advertising, the same thing again and again, or a fake account."),
    ),
    ("other", msg("Something else"), msg("Say below what is wrong.")),
)


class AddressNotHere(NotFound):
    """The address leads to nothing here that everybody may see."""

    public = msg(
        "This address leads to no account or post of this server that everybody can see. Copy it from the page of the"
        " post; what is not for everybody can be reported by members who see it"
    )


@routes.get("/report", Access.browser())
@page
async def form_page(call: Call, visit: Visit) -> Answer:
    """The form."""
    _open(call)
    return _form(call, visit, {"address": text_of(await call.tree(), "address")})


@routes.post("/report", Access.browser())
@form
async def report(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Take the report, within what one address and all together may send."""
    _open(call)
    if fields.get(_TRAP):
        raise NotAllowed(
            "This form was filled in like a program would. Leave the last field empty and try again."
        )
    services = call.services
    settings = services.settings
    rate = Rate(settings.rate_anonymous_reports, settings.rate_anonymous_reports_window_seconds)
    try:
        account, seen = await _about(call, fields.get("address", ""))
        category = read_category(fields.get("category", ""), ())
        spend(call, "anonymous_report", rate, why="Several reports came from your network")
        new = NewReport(account.id, () if seen is None else (seen,), fields.get("comment", ""), category)
        async with services.database.transaction() as tx:
            report_id = await file_report_from_outside(
                tx, new, channel=Channel.ANONYMOUS, limits=report_limits(services),
                hour_max=settings.anonymous_reports_hour_max, now=call.now,
            )  # fmt: skip
            filed = await get_report(tx, report_id)
    except HoldfastError as error:
        return _form(call, visit, fields, error)
    return render(
        call, visit, "report_done.html", title=speech(call, visit)("Thank you"), who=person(services, account),
        path=account_path(account.acct), receipt=filed.record_id, outcome=outcome_path(call, report_id),
    )  # fmt: skip


def _open(call: Call) -> None:
    if not call.services.settings.anonymous_reports:
        raise NotFound


async def _about(call: Call, address: str) -> tuple[AccountView, Seen | None]:
    """What an address of this server leads to, as far as everybody may see it. Raises AddressNotHere."""
    parts = urlsplit(address.strip()[:_ADDRESS_CHARACTERS]).path.strip("/").split("/")
    if not parts[0].startswith("@") or len(parts) > 2:
        raise AddressNotHere
    try:
        account = await shown_account(call, parts[0][1:])
        if len(parts) == 1:
            return account, None
        ident = call.services.ids.decode(parts[1])
        if ident is None:
            raise AddressNotHere
        seen = await call.services.posts.see_one(ANONYMOUS, ident)
        if seen.post.account_id != account.id:
            raise PostNotVisible
    except NotFound:
        raise AddressNotHere from None
    return account, seen


def _form(call: Call, visit: Visit, fields: dict[str, str], error: HoldfastError | None = None) -> Answer:
    headers = [NO_STORE]
    status = 200 if error is None else 422
    if isinstance(error, LimitReached):
        status = 429
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    errors = error.details if isinstance(error, Invalid) else {}
    return render(
        call, visit, "report_by_anybody.html", title=speech(call, visit)("Report"), status=status, headers=headers,
        categories=_CATEGORIES, fields=fields, comment_max=call.services.settings.report_comment_characters,
        error="" if error is None else next(
            (f"The {field} {parts[0][1]}." for field, parts in errors.items()), speech(call, visit)(error.public)
        ),
    )  # fmt: skip
