"""Every statement that writes notifications and the requests of those whose notifications are kept apart."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from . import queries
from .events import NotificationMade
from .model import GROUP_HOURS, GROUPED, GroupKey, Notice, NotificationKind, treated

# A group goes on for some hours after its beginning, then the next one begins.
_TELL_SQL = """
insert into notifications
    (id, account_id, kind, from_id, post_id, created_at, filtered, group_about, group_hour, subject_id)
select told.id, told.account_id, $4, $5, $6, $7, told.filtered, case when not told.filtered then $8::bigint end,
       case when $8 is null or told.filtered then null
            when $9::integer < latest.hour + $10 then latest.hour else $9 end,
       $11
from unnest($1::bigint[], $2::bigint[], $3::boolean[]) as told (id, account_id, filtered)
left join lateral (
    select max(g.group_hour) as hour from notifications g
    where g.account_id = told.account_id and g.kind = $4 and g.group_about = $8 and g.group_hour is not null
) as latest on true
on conflict do nothing
returning id, account_id, filtered, exists (
    select 1 from push_subscriptions s where s.account_id = notifications.account_id) as devices
"""
_REQUEST_SQL = """
insert into notification_requests as r (id, account_id, from_id, last_post_id, created_at, updated_at)
select told.id, told.account_id, $3, $4, $5, $5 from unnest($1::bigint[], $2::bigint[]) as told (id, account_id)
on conflict (account_id, from_id) do update
set last_post_id = coalesce(excluded.last_post_id, r.last_post_id), updated_at = excluded.updated_at
"""


async def tell(tx: Tx, notice: Notice, account_ids: list[int], now: Instant) -> None:
    """Notify those of the accounts who want to know, each once per kind, author and post."""
    unique = sorted(set(account_ids))
    author = await queries.sender(tx, notice.from_id) if unique else None
    if author is None:
        return
    if notice.kind is not NotificationKind.MENTION:
        author = msgspec.structs.replace(author, staff=False)
    told = treated(notice, author, await queries.recipients(tx, notice, unique, now), now)
    if not told:
        return
    about = None
    if notice.kind in GROUPED:
        about = notice.about_id or notice.row_post_id or 0
    rows = await tx.fetch(
        _TELL_SQL, _fresh_ids(len(told), now), [account_id for account_id, _ in told], [apart for _, apart in told],
        notice.kind.value, notice.from_id, notice.row_post_id, now, about, int(now.timestamp()) // 3600, GROUP_HOURS,
        notice.subject_id,
    )  # fmt: skip
    _touch(tx, rows)
    apart = [row["account_id"] for row in rows if row["filtered"]]
    if apart:
        await tx.execute(
            _REQUEST_SQL, _fresh_ids(len(apart), now), apart, notice.from_id, notice.row_post_id, now
        )
    for row in rows:
        if not row["filtered"]:
            tx.emit(NotificationMade(row["id"], row["account_id"], row["devices"]))


async def merge_filtered(tx: Tx, account_id: int, from_ids: list[int]) -> None:
    """Put what was kept apart of these senders among the others."""
    rows = await tx.fetch(
        "update notifications set filtered = false where account_id = $1 and from_id = any($2::bigint[]) and filtered"
        " returning account_id",
        account_id, from_ids,
    )  # fmt: skip
    _touch(tx, rows[:1])


async def dismiss_filtered(tx: Tx, account_id: int, from_ids: list[int]) -> None:
    """Hide what was kept apart of these senders for good."""
    rows = await tx.fetch(
        "update notifications set dismissed = true where account_id = $1 and from_id = any($2::bigint[]) and filtered"
        " and not dismissed returning account_id",
        account_id, from_ids,
    )  # fmt: skip
    _touch(tx, rows[:1])


async def take_requests(tx: Tx, account_id: int, request_ids: list[int]) -> list[int]:
    """Remove those of the account's requests and return whose they were."""
    rows = await tx.fetch(
        "delete from notification_requests where account_id = $1 and id = any($2::bigint[]) returning from_id",
        account_id, request_ids,
    )  # fmt: skip
    return [row[0] for row in rows]


async def dismiss_group(tx: Tx, account_id: int, group: GroupKey) -> None:
    """Hide all of a group that there are now for good."""
    rows = await tx.fetch(
        "update notifications set dismissed = true where account_id = $1 and kind = $2 and group_about = $3"
        " and group_hour = $4 and not dismissed returning account_id",
        account_id, group.kind.value, group.about, group.hour,
    )  # fmt: skip
    _touch(tx, rows[:1])


def _fresh_ids(count: int, now: Instant) -> list[int]:
    # Many at one millisecond: two that are equal would cost somebody a notification.
    ids: set[int] = set()
    while len(ids) < count:
        ids.add(new_id(now))
    return list(ids)


async def forget_post_notices(tx: Tx, kind: NotificationKind, post_id: int) -> None:
    """Take back what was told of a post, before something newer of that kind is told."""
    rows = await tx.fetch(
        "delete from notifications where post_id = $1 and kind = $2 returning account_id", post_id, kind.value
    )
    _touch(tx, rows)


async def forget_favourite(tx: Tx, post_id: int, from_id: int) -> None:
    """Take back a favourite's notification, unless it was given again since."""
    rows = await tx.fetch(
        "delete from notifications where kind = 'favourite' and post_id = $1 and from_id = $2 and not exists"
        " (select 1 from favourites f where f.post_id = $1 and f.account_id = $2) returning account_id",
        post_id, from_id,
    )  # fmt: skip
    _touch(tx, rows)


async def forget_follow(tx: Tx, follower_id: int, followed_id: int) -> None:
    """Take back a follow's notification, unless the follow began again since."""
    rows = await tx.fetch(
        "delete from notifications where kind = 'follow' and from_id = $1 and account_id = $2 and not exists"
        " (select 1 from follows f where f.follower_id = $1 and f.followed_id = $2) returning account_id",
        follower_id, followed_id,
    )  # fmt: skip
    _touch(tx, rows)


async def forget_request(tx: Tx, follower_id: int, followed_id: int) -> None:
    """Take back a request's notification, unless it was made again since."""
    rows = await tx.fetch(
        "delete from notifications where kind = 'follow_request' and from_id = $1 and account_id = $2 and not exists"
        " (select 1 from follow_requests f where f.follower_id = $1 and f.followed_id = $2) returning account_id",
        follower_id, followed_id,
    )  # fmt: skip
    _touch(tx, rows)


async def forget_subjects(tx: Tx, kind: NotificationKind, subject_ids: list[int]) -> None:
    """Take back what was told of reports or warnings, so that something newer of that kind is told."""
    rows = await tx.fetch(
        "delete from notifications where kind = $1 and subject_id = any($2::bigint[]) returning account_id",
        kind.value, subject_ids,
    )  # fmt: skip
    _touch(tx, rows)


async def dismiss(tx: Tx, account_id: int, first_id: int, last_id: int) -> bool:
    """Hide one for good, the first between these ids; False when the account has none there."""
    changed = await tx.execute(
        "update notifications set dismissed = true where id = (select n.id from notifications n"
        " where n.id between $1 and $2 and n.account_id = $3 and not n.dismissed order by n.id limit 1)",
        first_id, last_id, account_id,
    )  # fmt: skip
    if changed:
        tx.touch(Kind.NOTIFICATIONS, account_id)
    return changed > 0


async def dismiss_all(tx: Tx, account_id: int) -> None:
    """Hide all that there are now for good."""
    if await tx.execute(
        "update notifications set dismissed = true where account_id = $1 and not dismissed", account_id
    ):
        tx.touch(Kind.NOTIFICATIONS, account_id)


def _touch(tx: Tx, rows: list[Row]) -> None:
    for row in rows:
        tx.touch(Kind.NOTIFICATIONS, row["account_id"])
