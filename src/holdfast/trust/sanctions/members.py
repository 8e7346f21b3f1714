"""Accounts as the staff sees them: with addresses, networks and everything that was taken from them."""

from __future__ import annotations

import msgspec

from ...platform.clock import Instant
from ...platform.db import Reader, Row
from ...pure.window import Window
from ...social.accounts import AccountState


class NetworkUse(msgspec.Struct, frozen=True):
    """An address that an account was used from, and when last."""

    ip: str
    used_at: Instant


class Member(msgspec.Struct, frozen=True):
    """An account with what only the staff may know. Nobody can sign in where `email` is empty."""

    id: int
    username: str
    domain: str | None
    state: AccountState
    created_at: Instant
    email: str
    role: str
    locale: str
    sign_up_reason: str | None
    app_id: int | None
    limited: bool
    sensitized: bool
    disabled: bool
    networks: list[NetworkUse]


class MemberFilter(msgspec.Struct, frozen=True):
    """Which accounts are asked for; None does not ask. Texts are the beginnings of what is looked for, in any case.

    `state`: active, pending, disabled, sensitized, silenced or suspended. `network`: an address or a network.
    """

    local: bool | None = None
    state: str | None = None
    roles: tuple[str, ...] | None = None
    domain: str | None = None
    username: str | None = None
    display_name: str | None = None
    email: str | None = None
    network: str | None = None


STATES = ("active", "pending", "disabled", "sensitized", "silenced", "suspended")

_COLUMNS = """
select a.id, a.username, a.domain, a.state, a.created_at, coalesce(u.email, '') as email,
       coalesce(u.role, 'member') as role, coalesce(u.locale, 'en') as locale, u.sign_up_reason,
       u.created_by_app_id as app_id, a.limited_at is not null as limited, a.sensitized_at is not null as sensitized,
       u.disabled_at is not null as disabled,
       (select jsonb_agg(jsonb_build_object('ip', ip, 'used_at', used_at) order by used_at desc) from (
          select host(s.ip) as ip, max(s.last_used_at) as used_at from sessions s
           where s.account_id = a.id and s.ip is not null group by 1
          union all select host(u.sign_up_ip), u.created_at where u.sign_up_ip is not null
            and not exists (select 1 from sessions s where s.account_id = a.id and s.ip = u.sign_up_ip)
          order by 2 desc limit 20) used)::text as networks
from accounts a left join users u on u.account_id = a.id
"""
_PAGE_SQL = f"""{_COLUMNS}
where a.id < $1 and a.id > $2 and a.state <> 3
  and ($5::boolean is null or (a.domain is null) = $5)
  and ($6::text is null or case $6
         when 'active' then a.state in (0, 4) and u.disabled_at is null
         when 'pending' then a.state = 1
         when 'disabled' then u.disabled_at is not null
         when 'sensitized' then a.sensitized_at is not null
         when 'silenced' then a.limited_at is not null
         else a.state = 2 end)
  and ($7::text[] is null or coalesce(u.role, 'member') = any($7))
  and ($8::text is null or a.domain = $8)
  and ($9::text is null or lower(a.username) like $9 || '%')
  and ($10::text is null or lower(a.display_name) like $10 || '%')
  and ($11::text is null or lower(u.email) like $11 || '%')
  and ($12::text is null or u.sign_up_ip <<= $12::text::inet
       or exists (select 1 from sessions s where s.account_id = a.id and s.ip <<= $12::text::inet))
order by case when $3::boolean then a.id end, a.id desc limit $4
"""
_SOME_SQL = f"{_COLUMNS} where a.id = any($1::bigint[])"
_networks = msgspec.json.Decoder(list[NetworkUse])


async def list_members(reader: Reader, page: Window, wanted: MemberFilter) -> list[Member]:
    """One page, newest first."""
    rows = await reader.fetch(
        _PAGE_SQL, page.below, page.above, page.forward, page.limit, wanted.local, wanted.state,
        None if wanted.roles is None else list(wanted.roles), wanted.domain, _prefix(wanted.username),
        _prefix(wanted.display_name), _prefix(wanted.email), wanted.network,
    )  # fmt: skip
    return [_member(row) for row in (rows[::-1] if page.forward else rows)]


async def members_by_id(reader: Reader, ids: list[int]) -> dict[int, Member]:
    """Those that are there, deleted ones too."""
    return {row["id"]: _member(row) for row in await reader.fetch(_SOME_SQL, ids)}


def _member(row: Row) -> Member:
    values = dict(row)
    values["state"] = AccountState(row["state"])
    values["networks"] = _networks.decode(row["networks"]) if row["networks"] else []
    return Member(**values)


def _prefix(text: str | None) -> str | None:
    """Lower case, and nothing in it that LIKE would read as a pattern."""
    if not text:
        return None
    return text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
