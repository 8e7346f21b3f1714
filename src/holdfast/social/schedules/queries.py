"""Reads of posts that wait: each account sees its own alone."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from ..accounts import AccountState
from ..drafts import Draft
from .errors import ScheduledNotFound
from .model import DuePost, ScheduledPost

_draft = msgspec.json.Decoder(Draft)

_PAGE_SQL = (
    """
    select id, account_id, app_id, scheduled_at, draft, created_at, failed_at, failure from scheduled_posts
    where account_id = $1 and id < $2 and id > $3 order by id desc limit $4
    """,
    """
    select id, account_id, app_id, scheduled_at, draft, created_at, failed_at, failure from scheduled_posts
    where account_id = $1 and id < $2 and id > $3 order by id limit $4
    """,
)


def view(row: Row) -> ScheduledPost:
    """A row as what it stands for."""
    values = dict(row)
    values["draft"] = _draft.decode(row["draft"])
    return ScheduledPost(**values)


async def scheduled_page(reader: Reader, account_id: int, page: Window) -> list[ScheduledPost]:
    """One page of what an account scheduled, the last made first."""
    newest_down, oldest_up = _PAGE_SQL
    arguments = (account_id, page.below, page.above, page.limit)
    if page.forward:
        rows = await reader.fetch(oldest_up, *arguments)
        rows.reverse()
    else:
        rows = await reader.fetch(newest_down, *arguments)
    return [view(row) for row in rows]


async def scheduled_post(reader: Reader, account_id: int, post_id: int) -> ScheduledPost:
    """One that the account scheduled. Raises ScheduledNotFound."""
    row = await reader.fetchrow(
        "select id, account_id, app_id, scheduled_at, draft, created_at, failed_at, failure from scheduled_posts"
        " where id = $1 and account_id = $2",
        post_id, account_id,
    )  # fmt: skip
    if row is None:
        raise ScheduledNotFound
    return view(row)


async def due_post(reader: Reader, due: DuePost) -> ScheduledPost | None:
    """The post that an errand is about; None when it was published, cancelled, given another time, or failed."""
    row = await reader.fetchrow(
        "select id, account_id, app_id, scheduled_at, draft, created_at, failed_at, failure from scheduled_posts"
        " where id = $1 and scheduled_at = $2 and failed_at is null",
        due.id, due.at,
    )  # fmt: skip
    return None if row is None else view(row)


async def may_post(reader: Reader, account_id: int) -> bool:
    """Whether the account could post by its own hand now: nobody hid it, and it can be signed in to."""
    return bool(
        await reader.fetchval(
            "select 1 from accounts a join users u on u.account_id = a.id"
            " where a.id = $1 and a.state = $2 and u.disabled_at is null and a.frozen_at is null",
            account_id, AccountState.ACTIVE.value,
        )
    )  # fmt: skip


async def of_key(reader: Reader, account_id: int, key: str, since: Instant) -> int | None:
    """The post that an Idempotency-Key scheduled, if any since that instant, and if it still waits."""
    found: int | None = await reader.fetchval(
        "select id from scheduled_posts where account_id = $1 and idempotency_key = $2 and created_at > $3",
        account_id, key, since,
    )  # fmt: skip
    return found


async def how_many(reader: Reader, account_id: int, at: Instant, *, besides: int) -> tuple[int, int]:
    """How many posts of an account wait, and how many of those on the day of `at`, in UTC; `besides` not counted."""
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    row = await reader.fetchrow(
        "select count(*) as waiting, count(*) filter (where scheduled_at >= $2 and scheduled_at < $3) as that_day"
        " from scheduled_posts where account_id = $1 and id <> $4",
        account_id, day, day + timedelta(days=1), besides,
    )  # fmt: skip
    return (row["waiting"], row["that_day"]) if row else (0, 0)
