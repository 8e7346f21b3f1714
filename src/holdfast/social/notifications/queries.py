"""Reads of notifications as rows, and of who is to be told."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from ..notification_policies import NotificationPolicy, Sender, Treatment
from .model import Entry, GroupKey, Notice, NotificationKind, Recipient, Wanted

_COLUMNS = """
select n.id, n.kind, n.from_id, coalesce(p.boost_of_id, n.post_id) as post_id, n.created_at, n.group_about,
       n.group_hour, n.subject_id
from notifications n left join posts p on p.id = n.post_id
"""
_CONDITION = """
where n.account_id = $1 and not n.dismissed and n.id < $2 and n.id > $3
  and ($4::text[] is null or n.kind = any($4)) and n.kind <> all($5::text[])
  and ($6::bigint is null or n.from_id = $6) and (not n.filtered or $8)
"""
_PAGE_SQL = f"{_COLUMNS} {_CONDITION} order by n.id desc limit $7"
_PAGE_FORWARD_SQL = f"{_COLUMNS} {_CONDITION} order by n.id limit $7"
_ONE_SQL = (
    f"{_COLUMNS} where n.account_id = $1 and n.id between $2 and $3 and not n.dismissed order by n.id limit 1"
)


async def entries(reader: Reader, account_id: int, page: Window, wanted: Wanted, limit: int) -> list[Entry]:
    """Up to `limit` rows within the bounds of `page`; oldest first when it reads forward, else newest first."""
    arguments = (
        account_id, page.below, page.above, None if wanted.kinds is None else sorted(wanted.kinds),
        sorted(wanted.excluded), wanted.from_id, limit, wanted.shows_filtered,
    )  # fmt: skip
    if page.forward:
        return [_entry(row) for row in await reader.fetch(_PAGE_FORWARD_SQL, *arguments)]
    return [_entry(row) for row in await reader.fetch(_PAGE_SQL, *arguments)]


async def entry(reader: Reader, account_id: int, first_id: int, last_id: int) -> Entry | None:
    """The first of the account's rows whose id lies between these two."""
    row = await reader.fetchrow(_ONE_SQL, account_id, first_id, last_id)
    return _entry(row) if row else None


def _entry(row: Row) -> Entry:
    kind, hour = NotificationKind(row["kind"]), row["group_hour"]
    group = None if hour is None else GroupKey(kind, row["group_about"], hour)
    return Entry(row["id"], kind, row["from_id"], row["post_id"], row["created_at"], group, row["subject_id"])


# Only those who can sign in here are told, and none who wants nothing of the author, or of whom the author wants
# nothing. The rest is for the member's policy to decide.
_RECIPIENTS_SQL = """
select u.account_id, p.not_following, p.not_followers, p.new_accounts, p.private_mentions, p.limited_accounts, p.bots,
       exists (select 1 from follows f where f.follower_id = u.account_id and f.followed_id = $2) as following,
       (select f.id from follows f where f.follower_id = $2 and f.followed_id = u.account_id) as follow_id,
       exists (select 1 from notification_permissions m where m.account_id = u.account_id and m.from_id = $2) as allowed,
       about.visibility = 3 as private,
       about.visibility = 3 and exists (
           select 1 from posts own join mentions m on m.post_id = own.id and m.account_id = $2
           where own.thread_id = $4 and own.account_id = u.account_id and own.visibility = 3) as answered
from users u
join accounts a on a.id = u.account_id and a.state = 0
left join notification_policies p on p.account_id = u.account_id
left join posts about on about.id = $6
where u.account_id = any($1::bigint[]) and (u.account_id <> $2 or $5)
  and not exists (select 1 from blocks b where (b.account_id = u.account_id and b.target_id = $2)
                  or (b.account_id = $2 and b.target_id = u.account_id))
  and not exists (select 1 from mutes m where m.account_id = u.account_id and m.target_id = $2
                  and m.hide_notifications and (m.expires_at is null or m.expires_at > $3))
  and not exists (select 1 from thread_mutes t where t.account_id = u.account_id and t.thread_id = $4)
  and not exists (select 1 from domain_blocks d join accounts f on f.domain = d.domain
                  where f.id = $2 and d.account_id = u.account_id)
order by u.account_id
"""


async def recipients(reader: Reader, notice: Notice, account_ids: list[int], now: Instant) -> list[Recipient]:
    """Those of the accounts who may be told, and how each stands to who did it."""
    rows = await reader.fetch(
        _RECIPIENTS_SQL, account_ids, notice.from_id, now, notice.thread_id, notice.own, notice.row_post_id
    )
    return [_recipient(row) for row in rows]


def _recipient(row: Row) -> Recipient:
    policy = None
    if row["not_following"] is not None:
        policy = NotificationPolicy(
            Treatment(row["not_following"]), Treatment(row["not_followers"]), Treatment(row["new_accounts"]),
            Treatment(row["private_mentions"]), Treatment(row["limited_accounts"]), Treatment(row["bots"]),
        )  # fmt: skip
    return Recipient(
        row["account_id"], policy, row["following"], row["follow_id"], row["allowed"], bool(row["private"]),
        bool(row["answered"]),
    )  # fmt: skip


async def sender(reader: Reader, account_id: int) -> Sender | None:
    """What policies ask of somebody who did something."""
    row = await reader.fetchrow(
        "select a.created_at, a.limited_at is not null as limited, coalesce(u.role, 'member') <> 'member' as staff,"
        " a.bot"
        " from accounts a left join users u on u.account_id = a.id where a.id = $1",
        account_id,
    )
    return None if row is None else Sender(row["created_at"], row["limited"], row["staff"], row["bot"])


async def followers_to_tell(reader: Reader, author_id: int) -> list[int]:
    """Who asked to be told when this account posts."""
    rows = await reader.fetch("select follower_id from follows where followed_id = $1 and notify", author_id)
    return [row[0] for row in rows]


async def told_or_boosted(reader: Reader, post_id: int) -> list[int]:
    """Who boosted a post or was told of its publication."""
    rows = await reader.fetch(
        "select account_id from posts where boost_of_id = $1"
        " union select account_id from notifications where post_id = $1 and kind = 'post'",
        post_id,
    )
    return [row[0] for row in rows]


async def voters(reader: Reader, poll_id: int) -> list[int]:
    """Who voted in a poll."""
    return [
        row[0] for row in await reader.fetch("select account_id from poll_votes where poll_id = $1", poll_id)
    ]


async def staff(reader: Reader) -> list[int]:
    """Who decides about sign-ups."""
    return [row[0] for row in await reader.fetch("select account_id from users where role <> 'member'")]


# Locked, so that taking the thing back waits until its notification is there to be taken back too.
async def still_favourited(reader: Reader, post_id: int, account_id: int) -> bool:
    """Whether the favourite is still there; in a transaction it stays until that ends."""
    return bool(
        await reader.fetchval(
            "select true from favourites where post_id = $1 and account_id = $2 for key share",
            post_id,
            account_id,
        )
    )


async def still_following(reader: Reader, follower_id: int, followed_id: int) -> bool:
    """Whether the follow is still there; in a transaction it stays until that ends."""
    return bool(
        await reader.fetchval(
            "select true from follows where follower_id = $1 and followed_id = $2 for key share",
            follower_id, followed_id,
        )
    )  # fmt: skip


async def still_requested(reader: Reader, follower_id: int, followed_id: int) -> bool:
    """Whether the request is still there; in a transaction it stays until that ends."""
    return bool(
        await reader.fetchval(
            "select true from follow_requests where follower_id = $1 and followed_id = $2 for key share",
            follower_id, followed_id,
        )
    )  # fmt: skip


QUOTERS_TOLD_MOST = 1_000
"""How many authors of quotes one edit tells; more would be a flood, whoever edits."""


async def quoters(reader: Reader, post_id: int) -> list[tuple[int, int]]:
    """The posts that quote a post with consent and can be seen, with their authors, the newest first."""
    rows = await reader.fetch(
        "select p.id, p.account_id from quotes q join posts p on p.id = q.post_id"
        " where q.quoted_id = $1 and q.state = 1 and p.state = 0 order by p.id desc limit $2",
        post_id, QUOTERS_TOLD_MOST,
    )  # fmt: skip
    return [(row[0], row[1]) for row in rows]


async def still_boosted(reader: Reader, boost_id: int) -> bool:
    """Whether the boost is still there; in a transaction it stays until that ends."""
    return bool(await reader.fetchval("select true from posts where id = $1 for key share", boost_id))
