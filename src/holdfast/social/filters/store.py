"""Every statement that writes filters."""

from __future__ import annotations

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import new_id
from ...platform.stamps import Kind
from .errors import FilterNotVisible
from .events import FiltersChanged
from .model import FilterView, KeywordChange


async def lock_owner(tx: Tx, account_id: int) -> None:
    """Wait until nobody else changes this member's filters, so that the caps hold and edits do not cross."""
    await tx.execute("select 1 from users where account_id = $1 for no key update", account_id)


async def count_filters(tx: Tx, account_id: int) -> int:
    """How many the member has."""
    count: int = await tx.fetchval("select count(*) from filters where account_id = $1", account_id)
    return count


async def put_filter(tx: Tx, account_id: int, one: FilterView) -> None:
    """Insert or set everything but keywords and posts. The owner was checked."""
    await tx.execute(
        "insert into filters (id, account_id, title, contexts, action, expires_at) values ($1, $2, $3, $4, $5, $6)"
        " on conflict (id) do update set title = excluded.title, contexts = excluded.contexts,"
        " action = excluded.action, expires_at = excluded.expires_at",
        one.id, account_id, one.title, [str(context) for context in one.contexts], str(one.action), one.expires_at,
    )  # fmt: skip


async def change_keyword(tx: Tx, filter_id: int, change: KeywordChange, now: Instant) -> int:
    """Add, change or remove; its id. Raises FilterNotVisible when this filter has no such keyword."""
    if change.id is None:
        keyword_id = new_id(now)
        await tx.execute(
            "insert into filter_keywords (id, filter_id, keyword, whole_word) values ($1, $2, $3, $4)",
            keyword_id, filter_id, (change.keyword or "").strip(),
            True if change.whole_word is None else change.whole_word,
        )  # fmt: skip
        return keyword_id
    if change.gone:
        changed = await tx.execute(
            "delete from filter_keywords where id = $1 and filter_id = $2", change.id, filter_id
        )
    else:
        keyword = None if change.keyword is None else change.keyword.strip()
        changed = await tx.execute(
            "update filter_keywords set keyword = coalesce($3, keyword), whole_word = coalesce($4, whole_word)"
            " where id = $1 and filter_id = $2",
            change.id, filter_id, keyword, change.whole_word,
        )  # fmt: skip
    if not changed:
        raise FilterNotVisible
    return change.id


async def delete_filter(tx: Tx, account_id: int, filter_id: int) -> bool:
    """Whether there was one."""
    return (
        await tx.execute("delete from filters where id = $1 and account_id = $2", filter_id, account_id) > 0
    )


async def insert_post(tx: Tx, filter_id: int, post_id: int, now: Instant) -> int:
    """Name a post; the id of the naming, also when it was named before."""
    await tx.execute(
        "insert into filter_posts (id, filter_id, post_id) values ($1, $2, $3) on conflict do nothing",
        new_id(now), filter_id, post_id,
    )  # fmt: skip
    ident: int = await tx.fetchval(
        "select id from filter_posts where filter_id = $1 and post_id = $2", filter_id, post_id
    )
    return ident


async def delete_post(tx: Tx, filtered_id: int) -> None:
    """A post is not named any more."""
    await tx.execute("delete from filter_posts where id = $1", filtered_id)


def announce(tx: Tx, account_id: int) -> None:
    """The member's compiled filters stand with the relations; apps are told too."""
    tx.touch(Kind.RELATIONS, account_id)
    tx.emit(FiltersChanged(account_id))
