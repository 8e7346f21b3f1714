"""What every way of reporting shares: the limits, and how a category and rules are read."""

from __future__ import annotations

from ..platform.limits import Rate
from ..pure.errors import Invalid
from ..trust.reports import Category, ReportLimits
from .budgets import spend
from .call import Call
from .ports import Services


def report_limits(services: Services) -> ReportLimits:
    """The settings."""
    settings = services.settings
    return ReportLimits(settings.report_comment_characters, settings.report_posts_max, len(settings.rules))


def spend_report(call: Call, account_id: int) -> None:
    """Count one report of a member. Raises LimitReached."""
    settings = call.services.settings
    rate = Rate(settings.rate_reports, settings.rate_reports_window_seconds)
    why = "You have reported a lot in a short time, and what you reported will be looked at"
    spend(call, "report", rate, account_id=account_id, why=why)


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
