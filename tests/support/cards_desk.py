"""Cards at work: a site, its errands, and the web around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import msgspec

from holdfast.main.card_fetching import CardFetcher
from holdfast.main.card_pictures import CardPictures
from holdfast.main.subscriptions import FETCH_CARD
from holdfast.platform.clock import FixedClock
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner
from holdfast.platform.guarded_http import guarded_client
from holdfast.platform.jobs import RunnerLimits
from holdfast.platform.resolving import FakeResolver
from tests.support.pages import HERE, Answering, PageServer, open_pages
from tests.support.site import Member, Site, open_site

HOSTS = ("site.example", "other.example", "www.site.example")


class Cards:
    """A site, its errands, and the web around it."""

    def __init__(self, site: Site, web: PageServer, fetcher: CardFetcher, clock: FixedClock) -> None:
        self.site, self.web, self.clock = site, web, clock
        limits = RunnerLimits(batch=8, concurrency=8)
        self._runner = ErrandRunner(site.services.database, clock, {FETCH_CARD: fetcher.errand}, limits)

    async def fetch(self) -> None:
        """Run the errands that are due."""
        await self._runner.drain()

    async def card(self, member: Member, status_id: str) -> Any:
        return (await member.get(f"/api/v1/statuses/{status_id}"))["card"]

    async def carded(self, member: Member, text: str, **form: Any) -> Any:
        """The card of a new post."""
        said = await member.say(text, **form)
        await self.fetch()
        return await self.card(member, said["id"])


@asynccontextmanager
async def open_cards(
    settings: Settings, pages: Mapping[str, Answering], *, pictures: bool = False, **changes: Any
) -> AsyncIterator[Cards]:
    """A site whose cards come from these pages, which any of `HOSTS` has. The clock of its errands stands still."""
    usual = {"outbound_private_allowed": (HERE,), "card_jitter_seconds": 0, "rate_requests": 100_000}
    chosen = msgspec.structs.replace(settings, **{**usual, "card_timeout_seconds": 2, **changes})
    resolver = FakeResolver({host: ["127.0.0.1"] for host in HOSTS})
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(open_site(chosen))
        web = await stack.enter_async_context(open_pages(pages))
        outbound = await stack.enter_async_context(guarded_client(chosen, resolver=resolver))
        database, clock = site.services.database, FixedClock(site.services.clock.now() + timedelta(minutes=1))
        keeper = CardPictures(chosen, database, clock, outbound) if pictures else None
        if keeper is not None:
            stack.push_async_callback(keeper.aclose)
        yield Cards(site, web, CardFetcher(chosen, database, clock, outbound, pictures=keeper), clock)
