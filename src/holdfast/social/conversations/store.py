"""Every statement that writes conversations."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ..posts import PostView
from .events import ConversationChanged

# Members of this server alone have conversations; none with somebody whom they block, who blocks them, or whose
# notifications they mute. A muted thread is filed, and nobody is told of it. Who has the post already keeps it as it is.
_WANTED_SQL = """
select u.account_id,
       exists (select 1 from thread_mutes t where t.account_id = u.account_id and t.thread_id = $3) as quiet
from users u join accounts a on a.id = u.account_id and a.state = 0
where u.account_id = any($1::bigint[])
  and not exists (select 1 from conversation_posts f join conversations c on c.id = f.conversation_id
                  where f.post_id = $5 and c.account_id = u.account_id)
  and (u.account_id = $2 or (
    not exists (select 1 from blocks b where (b.account_id = u.account_id and b.target_id = $2)
                or (b.account_id = $2 and b.target_id = u.account_id))
    and not exists (select 1 from mutes m where m.account_id = u.account_id and m.target_id = $2
                    and m.hide_notifications and (m.expires_at is null or m.expires_at > $4))
    and not exists (select 1 from domain_blocks d join accounts f on f.domain = d.domain
                    where f.id = $2 and d.account_id = u.account_id)))
order by u.account_id
"""
# $6 the post is the account's own, $7 a muted thread. One that was filed late does not count as the last.
_FILE_SQL = """
insert into conversations as c (id, account_id, thread_id, participants, last_post_id, unread)
values ($1, $2, $3, $4, $5, not $6::boolean and not $7::boolean)
on conflict (account_id, thread_id, participants) do update set
  last_post_id = greatest(c.last_post_id, excluded.last_post_id),
  unread = case when $7::boolean or excluded.last_post_id < c.last_post_id then c.unread else not $6::boolean end,
  dismissed = c.dismissed and $7::boolean
returning id
"""


async def file_post(tx: Tx, post: PostView, people: list[int], now: Instant) -> None:
    """Put a direct post into the conversation of each who takes part and wants it."""
    rows = await tx.fetch(_WANTED_SQL, people, post.account_id, post.thread_id, now, post.id)
    for row in rows:
        account_id, quiet = row["account_id"], row["quiet"]
        others = [ident for ident in people if ident != account_id]
        conversation_id = await tx.fetchval(
            _FILE_SQL, new_id(now), account_id, post.thread_id, others, post.id, post.account_id == account_id, quiet
        )  # fmt: skip
        await tx.execute(
            "insert into conversation_posts (conversation_id, post_id) values ($1, $2) on conflict do nothing",
            conversation_id, post.id,
        )  # fmt: skip
        if not quiet:
            tx.emit(ConversationChanged(conversation_id, account_id))


async def take_out(tx: Tx, post_id: int, *, except_of: int) -> None:
    """Take a post out of everybody's conversations but those of one account."""
    await tx.execute(
        "delete from conversation_posts f using conversations c"
        " where c.id = f.conversation_id and f.post_id = $1 and c.account_id <> $2",
        post_id, except_of,
    )  # fmt: skip
    await settle_last(tx, post_id)


async def settle_last(tx: Tx, post_id: int) -> None:
    """Conversations whose last post went: the one before is the last; those that have none left go."""
    await tx.execute(
        "update conversations c set last_post_id = l.post_id from conversations o cross join lateral"
        " (select f.post_id from conversation_posts f where f.conversation_id = o.id order by f.post_id desc limit 1) l"
        " where o.last_post_id = $1 and c.id = o.id and c.last_post_id = $1",
        post_id,
    )
    await tx.execute(
        "delete from conversations c where c.last_post_id = $1"
        " and not exists (select 1 from conversation_posts f where f.conversation_id = c.id)",
        post_id,
    )


async def set_read(tx: Tx, account_id: int, conversation_id: int) -> bool:
    """Whether the member has such a conversation."""
    return (
        await tx.execute(
            "update conversations set unread = false where id = $1 and account_id = $2 and not dismissed",
            conversation_id, account_id,
        )
        > 0
    )  # fmt: skip


async def dismiss(tx: Tx, account_id: int, conversation_id: int) -> bool:
    """Whether the member had such a conversation."""
    return (
        await tx.execute(
            "update conversations set dismissed = true, unread = false"
            " where id = $1 and account_id = $2 and not dismissed",
            conversation_id, account_id,
        )
        > 0
    )  # fmt: skip


async def delete_with(tx: Tx, account_id: int, other_id: int) -> None:
    """A member's conversations in which another takes part go."""
    await tx.execute(
        "delete from conversations where account_id = $1 and $2 = any(participants)", account_id, other_id
    )
