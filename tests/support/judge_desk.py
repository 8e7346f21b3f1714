"""A site with an outside judge beside it, for tests of second opinions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec

from holdfast.main.second_opinions import Judge, open_judge, runner_of
from holdfast.main.subscriptions import SECOND_OPINION
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.db import Database
from holdfast.platform.errands import ErrandRunner
from holdfast.social.posts import PostState
from holdfast.trust.opinions import OpinionView, opinions
from tests.support.judge import JudgeServer
from tests.support.site import Member, Site, open_site

HELD = "I will kill you tomorrow, and everybody in your house"


class Desk:
    """A site with a judge beside it, and a clock for the errands that tests move."""

    def __init__(self, site: Site, judge: Judge, runner: ErrandRunner, clock: FixedClock) -> None:
        self.site, self.judge, self.runner, self.clock = site, judge, runner, clock

    @property
    def database(self) -> Database:
        return self.site.services.database

    async def held(self, author: Member, text: str = HELD, **form: Any) -> int:
        """A held post; its internal id."""
        post = await author.say(text, **form)
        found = self.site.services.ids.decode(post["id"])
        assert found is not None
        assert await self.state(found) is PostState.HELD
        return found

    async def state(self, post_id: int) -> PostState:
        return PostState(await self.database.fetchval("select state from posts where id = $1", post_id))

    async def rows(self) -> list[OpinionView]:
        return await opinions(self.database, limit=100)

    async def failures(self) -> list[str | None]:
        """Of every request, the oldest first."""
        return [one.failure for one in reversed(await self.rows())]

    async def waiting(self) -> list[asyncpg.Record]:
        return await self.database.fetch("select * from jobs where kind = $1 order by id", SECOND_OPINION)

    async def until_nothing_waits(self) -> int:
        """Run errands, and move the clock to the next one, until none is left; how many runs that took."""
        runs = 0
        while jobs := await self.waiting():
            self.clock.at = max(self.clock.at, *(job["run_at"] for job in jobs))
            runs += await self.runner.drain()
        return runs


def asking(settings: Settings, server: JudgeServer, **more: Any) -> Settings:
    values = {"second_opinion_url": server.url, "second_opinion_model": "judge-1", **more}
    return msgspec.structs.replace(settings, **values)


@asynccontextmanager
async def desk_at(settings: Settings, server: JudgeServer, **more: Any) -> AsyncIterator[Desk]:
    chosen = asking(settings, server, **more)
    async with open_site(chosen) as site:
        clock = FixedClock(datetime.now(UTC) + timedelta(seconds=1))
        database = site.services.database
        async with open_judge(chosen, database, clock) as judge:
            yield Desk(site, judge, runner_of(judge, chosen, database, clock), clock)
