"""Reads of accounts. What a viewer may see is asked of `AccountReader`; nothing else shows an account."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

import msgspec

from ...platform.cache import PageCache, StampedCache
from ...platform.clock import Instant
from ...platform.db import Database, Reader, Row
from ...platform.stamps import Kind, slot
from .model import AccountState, AccountView, Field, Preferences

LOAD_SQL = """
select a.id, a.username, a.domain, a.display_name, a.note, a.fields, a.state, a.locked, a.bot, a.discoverable,
       a.indexable, a.hide_collections, a.badge, a.created_at, a.avatar, a.avatar_still, a.avatar_description,
       a.header, a.header_still, a.header_description, coalesce(c.followers, 0) as followers,
       coalesce(c.following, 0) as following, coalesce(c.posts, 0) as posts, c.last_post_on,
       a.moved_to_id, a.show_media, a.show_media_replies, a.show_featured, a.attribution_domains,
       coalesce(u.role, 'member') as role, a.limited_at is not null as limited, a.sensitized_at is not null as sensitized
from accounts a left join account_counts c on c.account_id = a.id left join users u on u.account_id = a.id
where a.id = any($1::bigint[])
"""
# Where one is asked for, PostgreSQL takes the general plan; of a list it would plan anew each time, for longer.
LOAD_ONE_SQL = LOAD_SQL.replace("any($1::bigint[])", "$1")


class AccountReader:
    """Accounts by id, cached. A suspended, pending or deleted account is there with its `state`: `shown` says."""

    def __init__(self, database: Database, capacity: int = 20_000) -> None:
        self._database = database
        self._cache: StampedCache[AccountView] = StampedCache(database.stamps, Kind.ACCOUNT, capacity)
        self._preferences: PageCache[int, Preferences | None] = PageCache(database.stamps, capacity)

    async def get_many(self, ids: Iterable[int]) -> dict[int, AccountView]:
        """Those that exist, by id."""
        return await self._cache.get_many(ids, self._load)

    async def get(self, account_id: int) -> AccountView | None:
        """One, or None."""
        return (await self.get_many((account_id,))).get(account_id)

    async def preferences(self, account_id: int) -> Preferences | None:
        """What a member chose; None for an account that cannot sign in here."""
        return await self._preferences.get(
            account_id, [slot(Kind.PREFERENCES, account_id)], lambda: preferences(self._database, account_id)
        )

    async def _load(self, ids: list[int]) -> dict[int, AccountView]:
        if len(ids) == 1:
            rows = await self._database.fetch(LOAD_ONE_SQL, ids[0])
        else:
            rows = await self._database.fetch(LOAD_SQL, ids)
        views = {row["id"]: _view(row) for row in rows}
        moved = [view for view in views.values() if view.moved_to_id is not None]
        if moved:
            targets = await self._database.fetch(LOAD_SQL, [view.moved_to_id for view in moved])
            shown = {row["id"]: view for row in targets if (view := _view(row)).shown}
            for view in moved:
                view.moved = shown.get(view.moved_to_id or 0)
        return views


def _view(row: Row) -> AccountView:
    values = dict(row)
    values["state"] = AccountState(row["state"])
    values["fields"] = msgspec.json.decode(row["fields"], type=list[Field])
    return AccountView(**values)


async def find_by_handle(reader: Reader, username: str, domain: str | None = None) -> int | None:
    """The id of an account by name; the caller still asks `AccountReader` whether it is shown."""
    found: int | None = await reader.fetchval(
        "select id from accounts where lower(username) = lower($1) and coalesce(domain, '') = coalesce($2, '')",
        username, domain,
    )  # fmt: skip
    return found


async def find_handles(reader: Reader, usernames: list[str]) -> dict[str, int]:
    """Ids of shown local accounts, by lower-cased name."""
    rows = await reader.fetch(
        "select lower(username) as name, id from accounts"
        " where lower(username) = any($1::text[]) and coalesce(domain, '') = '' and state = any($2::smallint[])",
        [name.lower() for name in usernames], [AccountState.ACTIVE.value, AccountState.UNCLAIMED.value],
    )  # fmt: skip
    return {row["name"]: row["id"] for row in rows}


async def preferences(reader: Reader, account_id: int) -> Preferences | None:
    """What a member chose; None for an account that cannot sign in here."""
    row = await reader.fetchrow(
        "select email, role, locale, posting_visibility, posting_sensitive, posting_language, posting_quote_policy, expand_media,"
        " expand_spoilers from users where account_id = $1",
        account_id,
    )
    return Preferences(**dict(row)) if row else None


# The first names of the alphabet are as good as any when thousands begin alike, and bound what a single letter costs.
SEARCHED_NAMES_MOST = 1000
_SEARCH_SQL = """
with named as (
    (select id from accounts where lower(username) like $1 || '%' order by lower(username) limit $8)
    union (select id from accounts where discoverable and lower(display_name) like $1 || '%'
           order by lower(display_name) limit $8)
    union (select a.id from unnest($7::bigint[]) as first (id) join accounts a using (id)
           where lower(a.username) like $1 || '%' or lower(a.display_name) like $1 || '%'))
select a.id from named join accounts a using (id) left join account_counts c on c.account_id = a.id
where a.state = any($2::smallint[])
  and (a.limited_at is null or a.id = any($7) or lower(a.username) = $5)
  and (not $6::boolean or a.id = any($7))
order by (lower(a.username) = $5) desc, a.id = any($7) desc, c.followers desc nulls last, a.id limit $3 offset $4
"""


async def search_accounts(
    reader: Reader, words: str, *, limit: int, offset: int = 0, followed: Collection[int] = (),
    only_followed: bool = False,
) -> list[int]:  # fmt: skip
    """Ids of shown accounts whose name, or (discoverable or followed ones) display name, begins with `words`: exact
    names first, then those of `followed`, then those with most followers.

    One that the staff limited is found by its whole name, or among those followed.
    """
    folded = words.lstrip("@").lower()
    prefix = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = await reader.fetch(
        _SEARCH_SQL, prefix, [AccountState.ACTIVE.value, AccountState.UNCLAIMED.value], limit, offset, folded,
        only_followed, list(followed), SEARCHED_NAMES_MOST,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def list_members(reader: Reader, *, pending: bool = False, account_id: int | None = None) -> list[Row]:
    """Accounts that can sign in here, for the operator, the newest first: id, username, email, role, state,
    created_at, sign_up_reason. `pending`: only those that wait for approval."""
    return await reader.fetch(
        "select a.id, a.username, u.email, u.role, a.state, a.created_at, u.sign_up_reason"
        " from users u join accounts a on a.id = u.account_id"
        " where (not $1::boolean or a.state = $2) and ($3::bigint is null or a.id = $3) order by a.id desc",
        pending, AccountState.PENDING.value, account_id,
    )  # fmt: skip


async def signed_up_by_day(
    reader: Reader, mail_domains: list[str], *, since: Instant
) -> dict[tuple[str, date], int]:
    """How many signed up with an address of each mail domain, or of one below it, per UTC day; for staff."""
    rows = await reader.fetch(
        "select d.domain, (u.created_at at time zone 'UTC')::date as day, count(*) as accounts"
        " from unnest($1::text[]) as d (domain) join users u on u.created_at >= $2"
        " and (split_part(u.email_canonical, '@', 2) = d.domain"
        "      or right(split_part(u.email_canonical, '@', 2), length(d.domain) + 1) = '.' || d.domain)"
        " group by 1, 2",
        mail_domains, since,
    )  # fmt: skip
    return {(row["domain"], row["day"]): row["accounts"] for row in rows}
