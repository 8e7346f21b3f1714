"""Reporting an account or a post to the people who run the server, without any script."""

from __future__ import annotations

from ...pure.errors import HoldfastError, Invalid, LimitReached, NotFound
from ...social.accounts import AccountView, Actor
from ...social.posts import PostNotVisible, Seen
from ...trust.reports import NewReport, file_report
from ..answers import Answer
from ..call import Call
from ..links import account_path, post_path
from ..reporting import read_category, read_rule_ids, report_limits, spend_report
from ..routes import Access, RouteTable
from .browser import Visit
from .cards import excerpt, person
from .pages import NO_STORE, form, page, render
from .reading import shown_account, viewer_of
from .translations import msg, speech

routes = RouteTable()

_CATEGORIES = (
    (
        "spam",
        msg("It is spam"),
        msg("Unwanted advertising, the same thing again and again, or a fake account."),
    ),
    ("violation", msg("It breaks a rule of this server"), msg("Say which below.")),
    ("legal", msg("I believe that it is against the law"), msg("Say below which law, and in which country.")),
    ("other", msg("Something else"), msg("Say below what is wrong.")),
)


@routes.get("/@{name}/report", Access.browser())
@page
async def account_page(call: Call, visit: Visit) -> Answer:
    """The form about an account."""
    account, _ = await _about(call, visit)
    return _form(call, visit, account, None, {})


@routes.post("/@{name}/report", Access.browser())
@form
async def report_account(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Report an account."""
    account, _ = await _about(call, visit)
    return await _file(call, visit, account, None, fields)


@routes.get("/@{name}/{id}/report", Access.browser())
@page
async def post_page(call: Call, visit: Visit) -> Answer:
    """The form about a post."""
    account, seen = await _about(call, visit, post=True)
    return _form(call, visit, account, seen, {})


@routes.post("/@{name}/{id}/report", Access.browser())
@form
async def report_post(call: Call, visit: Visit, fields: dict[str, str]) -> Answer:
    """Report a post, and with it its author."""
    account, seen = await _about(call, visit, post=True)
    return await _file(call, visit, account, seen, fields)


async def _about(call: Call, visit: Visit, *, post: bool = False) -> tuple[AccountView, Seen | None]:
    """What is reported, as far as whoever is there may see it; and then, that somebody is signed in."""
    account = await shown_account(call, call.segment("name"))
    seen: Seen | None = None
    if post:
        seen = await call.services.posts.see_one(await viewer_of(call, visit), call.id_segment())
        if seen.post.account_id != account.id:
            raise PostNotVisible
    visit.member()
    return account, seen


async def _file(
    call: Call, visit: Visit, account: AccountView, seen: Seen | None, fields: dict[str, str]
) -> Answer:
    member = visit.member()
    try:
        rule_ids = read_rule_ids([name.removeprefix("rule_") for name in fields if name.startswith("rule_")])
        new = NewReport(
            account.id, () if seen is None else (seen,), fields.get("comment", ""),
            read_category(fields.get("category", ""), rule_ids), rule_ids,
        )  # fmt: skip
        spend_report(call, member.account_id)
        async with call.services.database.transaction() as tx:
            actor = Actor(member.account_id, member.role)
            filed = await file_report(tx, actor, new, limits=report_limits(call.services), now=call.now)
    except NotFound:
        raise
    except HoldfastError as error:
        return _form(call, visit, account, seen, fields, error)
    return render(
        call, visit, "report_done.html", title=speech(call, visit)("Thank you"), who=person(call.services, account),
        path=_path(call, account, seen), receipt=filed.record_id,
    )  # fmt: skip


def _form(
    call: Call,
    visit: Visit,
    account: AccountView,
    seen: Seen | None,
    fields: dict[str, str],
    error: HoldfastError | None = None,
) -> Answer:
    headers = [NO_STORE]
    status = 200
    if isinstance(error, LimitReached):
        status = 429
        headers.append((b"retry-after", str(error.retry_after_seconds).encode()))
    elif error is not None:
        status = 422
    errors = error.details if isinstance(error, Invalid) else {}
    path = _path(call, account, seen)
    return render(
        call, visit, "report.html", title=speech(call, visit)("Report"), status=status, headers=headers,
        who=person(call.services, account), text=None if seen is None else excerpt(seen.post),
        action=f"{path}/report", path=path, categories=_CATEGORIES, rules=call.services.settings.rules,
        fields=fields, comment_max=call.services.settings.report_comment_characters,
        error="" if error is None else next(
            (f"The {field} {parts[0][1]}." for field, parts in errors.items()), speech(call, visit)(error.public)
        ),
    )  # fmt: skip


def _path(call: Call, account: AccountView, seen: Seen | None) -> str:
    return (
        account_path(account.acct) if seen is None else post_path(call.services, account.acct, seen.post.id)
    )
