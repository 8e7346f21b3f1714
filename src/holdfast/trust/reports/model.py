"""What a report is, and the pure decisions about one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from ...platform.clock import Instant
from ...pure.markup import clean_text
from ...records import ledger
from ...social.posts import Seen
from .errors import PostOfAnother, ReportNotAllowed


class Category(StrEnum):
    """What a report says is wrong."""

    SPAM = "spam"
    LEGAL = "legal"  # against the law: the notice desk hears of it
    VIOLATION = "violation"  # against rules of this server, which it names
    OTHER = "other"


class Channel(StrEnum):
    """By what way a report came."""

    MEMBER = "member"
    ANONYMOUS = "anonymous"  # the form that needs no account
    PEER = "peer"  # another server
    ADMIN = "admin"


class ReportLimits(msgspec.Struct, frozen=True):
    """How large a report may be; every number is a setting."""

    comment_characters: int = 1000
    posts: int = 100
    rules: int = 0
    """How many rules this server has: they are numbered from 1."""


class NewReport(msgspec.Struct, frozen=True):
    """What a member reports. `posts` were read for the reporter, through the gate."""

    target_id: int
    posts: Sequence[Seen] = ()
    comment: str = ""
    category: Category = Category.OTHER
    rule_ids: tuple[int, ...] = ()
    forward: bool = False


class Report(msgspec.Struct, frozen=True):
    """A report as the staff sees it. `account_id` None: who reported is not here any more."""

    id: int
    account_id: int | None
    target_id: int
    category: Category
    comment: str
    rule_ids: list[int]
    post_ids: list[int]
    forward: bool
    assigned_id: int | None
    resolved_at: Instant | None
    resolved_by: int | None
    created_at: Instant
    updated_at: Instant
    source: Channel = Channel.MEMBER
    record_id: str | None = None
    """Its record in the evidence ledger: the reporter's receipt. None for reports that are older than the ledger."""


class ReportFilter(msgspec.Struct, frozen=True):
    """Which reports are asked for. `resolved` None: both."""

    resolved: bool | None = None
    account_id: int | None = None
    target_id: int | None = None


def checked(new: NewReport, limits: ReportLimits) -> NewReport:
    """The report with its comment cleaned. Raises ReportNotAllowed, PostOfAnother."""
    comment = clean_text(new.comment)
    problems: dict[str, list[tuple[str, str]]] = {}
    if len(comment) > limits.comment_characters:
        problems["comment"] = [
            ("ERR_TOO_LONG", f"is too long (maximum is {limits.comment_characters} characters)")
        ]
    if len(new.posts) > limits.posts:
        problems["status_ids"] = [("ERR_TOO_MANY", f"names more than {limits.posts} posts")]
    rule_ids = tuple(dict.fromkeys(new.rule_ids))
    if any(not 1 <= number <= limits.rules for number in rule_ids):
        problems["rule_ids"] = [("ERR_INVALID", "names a rule that this server does not have")]
    if new.category is not Category.VIOLATION and rule_ids:
        rule_ids = ()
    if problems:
        raise ReportNotAllowed(problems)
    if any(seen.post.account_id != new.target_id for seen in new.posts):
        raise PostOfAnother
    return msgspec.structs.replace(new, comment=comment, rule_ids=rule_ids)


def received(report_id: int, report: NewReport, channel: Channel) -> ledger.Entry:
    """The leaf that says that a report came. What it says, and about whom, can be erased with the report."""
    body = {"target": str(report.target_id), "posts": [str(seen.post.id) for seen in report.posts]}
    return ledger.Entry(
        kind=ledger.Kind.REPORT_RECEIVED,
        subject=ledger.Subject.report(report_id),
        public={"category": report.category.value, "channel": channel.value, "posts": len(report.posts)},
        private={"comment": report.comment, "about": msgspec.json.encode(body).decode()},
    )
