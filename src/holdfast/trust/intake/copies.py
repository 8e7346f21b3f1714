"""Copies that nobody flagged: new posts are compared with what waits and with what was decided, in passing."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from ...platform.clock import Instant
from ...platform.db import Tx
from ...platform.ids import id_at
from ...social.posts import PostEdited
from .. import cases
from ..copies import KNOWN_DAYS, contents, suspects
from ..staff_actions import Subject

FACT = "copies_linked_until"
"""Its row of the table `facts`: the post up to which all were looked at."""
POSTS_AT_ONCE = 2000
_LOOK_BACK = timedelta(seconds=60)
"""A post gets its id before it is committed, so the last minute is looked at again."""

_NEW_SQL = """
select p.id from posts p
where p.id > $1 and p.boost_of_id is null and p.state in (0, 1)
  and not exists (select 1 from case_members m where m.subject_kind = 'post' and m.subject_key = p.id::text)
order by p.id limit $2
"""


async def link_copies(tx: Tx, now: Instant) -> None:
    """Compare the posts since the last time; a periodic action of the workers. Nothing is read while no case has a text."""
    await tx.execute("insert into facts (name, value) values ($1, '0') on conflict do nothing", FACT)
    kept = int(await tx.fetchval("select value from facts where name = $1 for update", FACT))
    floor = id_at(now - timedelta(hours=1)) if kept == 0 else kept
    if not await tx.fetchval("select exists (select 1 from case_prints)"):
        await _keep(tx, id_at(now - _LOOK_BACK))
        return
    ids = [row["id"] for row in await tx.fetch(_NEW_SQL, floor, POSTS_AT_ONCE)]
    found = await contents(tx, ids)
    for content in await suspects(tx, found.values(), now - timedelta(days=KNOWN_DAYS)):
        await cases.link_copy(tx, _signal(content.post_id, content.account_id), now=now)
    last = ids[-1] if len(ids) == POSTS_AT_ONCE else id_at(now)
    await _keep(tx, max(min(last, id_at(now - _LOOK_BACK)), kept))


async def link_edited(tx: Tx, payload: bytes, now: Instant) -> None:
    """PostEdited: what it says now may be a copy; and whoever reads its case reads something else now."""
    event = msgspec.json.decode(payload, type=PostEdited)
    row = await tx.fetchrow("select account_id from posts where id = $1", event.post_id)
    if row is None:
        return
    signal = _signal(event.post_id, row["account_id"])
    if await cases.note_edited(tx, signal, now=now) is None:
        await cases.link_copy(tx, signal, now=now)


def _signal(post_id: int, account_id: int) -> cases.Signal:
    return cases.Signal(source=cases.Source.COPY, subject=Subject.post(post_id, account_id))


async def _keep(tx: Tx, until: int) -> None:
    await tx.execute("update facts set value = $2 where name = $1", FACT, str(until))
