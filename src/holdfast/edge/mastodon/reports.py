"""POST /api/v1/reports: a member says that something is wrong."""

from __future__ import annotations

import msgspec

from ...platform.limits import Rate
from ...pure.errors import Invalid, LimitReached
from ...social.accounts import AccountNotVisible
from ...social.posts import PostNotVisible
from ...trust.reports import Category, NewReport, ReportLimits, file_report
from ..answers import Answer, json_answer
from ..call import Call
from ..ports import Services
from ..routes import Access, RouteTable
from .render_admin import report_entities

routes = RouteTable()


class ReportForm(msgspec.Struct):
    """What is reported. `collection_ids` are not read: there are no collections here that could be reported."""

    account_id: str = ""
    status_ids: list[str] = msgspec.field(default_factory=list)
    comment: str = ""
    forward: bool = False
    category: str = ""
    rule_ids: list[str] = msgspec.field(default_factory=list)


def report_limits(services: Services) -> ReportLimits:
    """The settings."""
    settings = services.settings
    return ReportLimits(settings.report_comment_characters, settings.report_posts_max, len(settings.rules))


def spend_report(call: Call, account_id: int) -> None:
    """Count one report of a member. Raises LimitReached."""
    settings = call.services.settings
    rate = Rate(settings.rate_reports, settings.rate_reports_window_seconds)
    spent = call.services.limits.spend("report", account_id, rate, call.now)
    if not spent.allowed:
        raise LimitReached(
            "You have reported a lot in a short time. What you reported will be looked at.",
            retry_after_seconds=max(1, spent.resets_at - int(call.now.timestamp())),
        )


def read_category(text: str, rule_ids: tuple[int, ...]) -> Category:
    """The category; without one, a report that names rules is about them. Raises Invalid."""
    if not text:
        return Category.VIOLATION if rule_ids else Category.OTHER
    try:
        return Category(text)
    except ValueError:
        names = ", ".join(one.value for one in Category)
        raise Invalid(
            f"Validation failed: category is none of {names}",
            details={"category": [("ERR_INCLUSION", f"is none of {names}")]},
        ) from None


def read_rule_ids(texts: list[str]) -> tuple[int, ...]:
    """Numbers of rules; what is no number is no rule, and is turned away by the use case."""
    return tuple(int(text) if text.isdecimal() and len(text) < 5 else -1 for text in texts)


@routes.post("/api/v1/reports", Access.member("write:reports"))
async def report(call: Call) -> Answer:
    """Report an account, with posts of it that the reporter can see."""
    asked, services, actor = await call.params(ReportForm), call.services, call.actor
    target_id = services.ids.decode(asked.account_id)
    target = await services.accounts.get(target_id) if target_id is not None else None
    if target is None or not target.shown:
        raise AccountNotVisible
    limits = report_limits(services)
    ids = [services.ids.decode(text) for text in dict.fromkeys(asked.status_ids[: limits.posts + 1])]
    known = [ident for ident in ids if ident is not None]
    posts = await services.posts.see(await call.viewer(), known)
    if len(posts) < len(ids):
        raise PostNotVisible
    rule_ids = read_rule_ids(asked.rule_ids)
    new = NewReport(
        target.id, posts, asked.comment, read_category(asked.category, rule_ids), rule_ids, asked.forward
    )
    spend_report(call, actor.account_id)
    async with services.database.transaction() as tx:
        filed = await file_report(tx, actor, new, limits=limits, now=call.now)
    return json_answer((await report_entities(services, [filed]))[filed.id])
