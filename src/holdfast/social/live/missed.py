"""What happened while nobody listened: found in the tables when the connection to the database is back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import timedelta

from ...platform.clock import Clock
from ...platform.db import Database
from ...platform.ids import new_id
from ...platform.live import LiveEvent
from .fan_out import MADE, POSTED, FanOut
from .watchers import Watchers

_REMEMBERED = 5_000
_MOST = 1_000
# Ids are given before the commit, and commits do not come in the order of ids.
_BEFORE = timedelta(seconds=10)

_POSTS_SQL = "select id from posts where id > $1 and state = 0 order by id desc limit $2"
_NOTIFICATIONS_SQL = """
select id, account_id from notifications where account_id = any($1::bigint[]) and id > $2 order by id desc limit $3
"""


class Missed:
    """Remembers what was told, so that a look into the tables tells the rest and nothing twice."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._told: deque[tuple[str, int]] = deque(maxlen=_REMEMBERED)
        self._since: int | None = None

    def heard(self, events: Iterable[LiveEvent]) -> None:
        """These are told."""
        self._told.extend((event.name, event.ids[0]) for event in events if event.ids)
        self._since = new_id(self._clock.now() - _BEFORE)

    async def catch_up(self, fan_out: FanOut, watchers: Watchers) -> None:
        """Tell the posts and notifications since then that nobody told; nothing at the start of the process.

        Whoever needs more than the newest of them loads a timeline anyway.
        """
        since, self._since = self._since, new_id(self._clock.now() - _BEFORE)
        if since is None or not len(watchers):
            return
        told = set(self._told)
        posts = [row[0] for row in await self._database.fetch(_POSTS_SQL, since, _MOST)]
        made = await self._database.fetch(_NOTIFICATIONS_SQL, list(watchers), since, _MOST)
        events = [LiveEvent(POSTED, (ident,)) for ident in reversed(posts) if (POSTED, ident) not in told]
        events += [
            LiveEvent(MADE, (row["id"], row["account_id"]))
            for row in reversed(made)
            if (MADE, row["id"]) not in told
        ]
        self.heard(events)
        await fan_out.tell(events)
