"""What every way of signing up shares: what is asked, and what is wrong with the answers."""

from __future__ import annotations

from datetime import date

import msgspec

from ..platform.clock import Instant
from ..platform.config import Settings
from ..pure.ages import age_on
from ..social.credentials import PasswordLimits, password_problem

REASON_CHARACTERS = 2000

Problems = dict[str, list[tuple[str, str]]]
"""By field: code and sentence, as `Invalid.details` has them."""


class AskedSignUp(msgspec.Struct, frozen=True):
    """What somebody answers who signs up. `date_of_birth`: as YYYY-MM-DD."""

    username: str = ""
    email: str = ""
    password: str = ""
    agreement: bool = False
    reason: str = ""
    date_of_birth: str = ""


def problems_of(asked: AskedSignUp, settings: Settings, now: Instant) -> Problems:
    """What can be said without asking the database."""
    problems: Problems = {}
    limits = PasswordLimits(settings.password_min_characters, settings.password_max_characters)
    username, email = asked.username.strip(), asked.email.strip()
    problem = password_problem(asked.password, limits, username=username, email=email)
    if problem:
        problems["password"] = [problem]
    if not asked.agreement:
        problems["agreement"] = [("ERR_ACCEPTED", "must be accepted")]
    if settings.registrations == "approval" and settings.sign_up_reason_required and not asked.reason.strip():
        problems["reason"] = [("ERR_BLANK", "can't be blank")]
    if settings.sign_up_min_age:
        problem = _age_problem(asked.date_of_birth.strip(), settings.sign_up_min_age, now.date())
        if problem:
            problems["date_of_birth"] = [problem]
    return problems


def _age_problem(written: str, youngest: int, today: date) -> tuple[str, str] | None:
    if not written:
        return "ERR_BLANK", "can't be blank"
    try:
        born = date.fromisoformat(written)
    except ValueError:
        return "ERR_INVALID", "must be a date such as 2001-12-31"
    if born > today:
        return "ERR_INVALID", "must be a date of the past"
    if age_on(today, born) < youngest:
        return "ERR_BELOW_LIMIT", f"is below the age limit of {youngest} years"
    return None
