"""Reads of endorsements."""

from __future__ import annotations

from ...platform.db import Reader
from ...pure.window import Window
from ..accounts import SHOWN_STATES

_SHOWN = sorted(state.value for state in SHOWN_STATES)

# One that is not followed any more goes by a reaction; until then it is not shown.
_PAGE_SQL = """
select e.id, e.target_id from endorsements e join accounts a on a.id = e.target_id
join follows f on f.follower_id = e.account_id and f.followed_id = e.target_id
where e.account_id = $1 and e.id < $2 and e.id > $3 and a.state = any($5::smallint[])
order by e.id desc limit $4
"""
_PAGE_FORWARD_SQL = _PAGE_SQL.replace("order by e.id desc", "order by e.id")


async def endorsed_page(reader: Reader, account_id: int, page: Window) -> list[tuple[int, int]]:
    """One page of whom an account endorses: (id of the endorsement, account id), the last first."""
    rows = await reader.fetch(
        _PAGE_FORWARD_SQL if page.forward else _PAGE_SQL,
        account_id, page.below, page.above, page.limit, _SHOWN,
    )  # fmt: skip
    if page.forward:
        rows.reverse()
    return [(row["id"], row["target_id"]) for row in rows]
