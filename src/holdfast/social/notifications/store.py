"""Every statement that writes notifications and markers."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Row, Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from .events import NotificationMade
from .model import NotificationKind


class Notice(msgspec.Struct, frozen=True):
    """What is to be told. `row_post_id` is the row it goes away with: the post, or the boost itself.

    thread_id: members who muted that thread are not told. own: the author is told as well.
    """

    kind: NotificationKind
    from_id: int
    row_post_id: int | None = None
    thread_id: int | None = None
    own: bool = False


# Only those who can sign in here are told, and none who wants nothing of the author, or of whom the author wants
# nothing.
_TELL_SQL = """
insert into notifications (id, account_id, kind, from_id, post_id, created_at)
select told.id, told.account_id, $3, $4, $5, $6
from unnest($1::bigint[], $2::bigint[]) as told (id, account_id)
join users u on u.account_id = told.account_id
join accounts a on a.id = told.account_id and a.state = 0
where (told.account_id <> $4 or $8)
  and not exists (select 1 from blocks b where (b.account_id = told.account_id and b.target_id = $4)
                  or (b.account_id = $4 and b.target_id = told.account_id))
  and not exists (select 1 from mutes m where m.account_id = told.account_id and m.target_id = $4
                  and m.hide_notifications and (m.expires_at is null or m.expires_at > $6))
  and not exists (select 1 from thread_mutes t where t.account_id = told.account_id and t.thread_id = $7)
  and not exists (select 1 from domain_blocks d join accounts f on f.domain = d.domain
                  where f.id = $4 and d.account_id = told.account_id)
on conflict do nothing
returning id, account_id
"""


async def keep_post(tx: Tx, post_id: int) -> None:
    """Hold off the post's deletion until this transaction ends: it would wait for our rows, and they for it."""
    await tx.execute("select 1 from posts where id = $1 for key share", post_id)


async def tell(tx: Tx, notice: Notice, account_ids: list[int], now: Instant) -> None:
    """Notify those of the accounts who want to know, each once per kind, author and post."""
    unique = sorted(set(account_ids))
    if not unique:
        return
    rows = await tx.fetch(
        _TELL_SQL, _fresh_ids(len(unique), now), unique, notice.kind.value, notice.from_id, notice.row_post_id, now,
        notice.thread_id, notice.own,
    )  # fmt: skip
    _touch(tx, rows)
    for row in rows:
        tx.emit(NotificationMade(row["id"], row["account_id"]))


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


async def dismiss(tx: Tx, account_id: int, notification_id: int) -> bool:
    """Hide one for good; False when the account has none with that id."""
    changed = await tx.execute(
        "update notifications set dismissed = true where id = $1 and account_id = $2 and not dismissed",
        notification_id, account_id,
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


async def save_marker(tx: Tx, account_id: int, timeline: str, last_read_id: str, now: Instant) -> None:
    """Set a marker; its version counts the changes."""
    await tx.execute(
        "insert into markers as m (account_id, timeline, last_read_id, updated_at) values ($1, $2, $3, $4)"
        " on conflict (account_id, timeline) do update set last_read_id = excluded.last_read_id,"
        " version = m.version + 1, updated_at = excluded.updated_at",
        account_id, timeline, last_read_id, now,
    )  # fmt: skip


def _touch(tx: Tx, rows: list[Row]) -> None:
    for row in rows:
        tx.touch(Kind.NOTIFICATIONS, row["account_id"])
