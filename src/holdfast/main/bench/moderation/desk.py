"""The flood lands: accounts, posts, reports, the closer look, cases; all of it by the product's own use cases."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta

import msgspec

from holdfast.main.bench.data import Progress
from holdfast.main.bench.moderation.model import Flood
from holdfast.main.reported_posts import as_reported, marked
from holdfast.platform.clock import FixedClock, Instant
from holdfast.platform.db import Database
from holdfast.platform.outbox import Event, NewJob
from holdfast.pure.errors import Unavailable
from holdfast.screening import Screen, Verdict
from holdfast.social.accounts import AccountReader, Actor, NewAccount, create_account
from holdfast.social.drafts import Draft, PostLimits
from holdfast.social.graph import RelationsReader
from holdfast.social.posts import (
    PostFlagged,
    PostHeld,
    PostReader,
    Rejudged,
    Seen,
    prepare,
    publish_post,
    rescreen_posts,
)
from holdfast.trust import cases, intake
from holdfast.trust.case_order import TARGET_SECONDS
from holdfast.trust.history import stored_posts
from holdfast.trust.reports import Category, NewReport, ReportFiled, ReportLimits, file_report

_BATCH = 50
_YEAR = timedelta(days=365)


class Desk:
    """A database with the flood in it. Reactions that make cases are run here, in the order of the events."""

    def __init__(self, database: Database, screen: Screen, flood: Flood, at: Instant) -> None:
        self.database, self.screen, self.flood, self.at = database, screen, flood, at
        self.accounts: list[int] = []
        self.team: list[int] = []
        self.posts: list[int] = []
        self._events: list[Event] = []
        database.reactions = self._remember

    def _remember(self, event: Event) -> Iterable[NewJob]:
        if isinstance(event, ReportFiled | PostFlagged | PostHeld):
            self._events.append(event)
        return ()

    async def people(self, reviewers: int) -> None:
        """Members of a year's standing, others who joined an hour ago, and the team."""
        names = [f"m{number}" for number in range(self.flood.people)]
        fresh = [f"new{number}" for number in range(self.flood.fresh)]
        for names_now, role, ids, since in (
            (names, "member", self.accounts, self.at - _YEAR),
            (fresh, "member", self.accounts, self.at - timedelta(hours=1)),
            ([f"team{n}" for n in range(reviewers)], "moderator", self.team, self.at - _YEAR),
        ):
            for start in range(0, len(names_now), _BATCH):
                async with self.database.transaction() as tx:
                    for name in names_now[start : start + _BATCH]:
                        new = NewAccount(name, f"{name}@bench.example", None, role=role, by_operator=True)
                        made = await create_account(tx, new, registrations="open", now=since)
                        ids.append(made)

    async def publish(self, progress: Progress) -> None:
        """The posts, which were there before anything screened them."""
        reader, unscreened = AccountReader(self.database), Screen([])
        total = len(self.flood.texts)
        for start in range(0, total, _BATCH):
            async with self.database.transaction() as tx:
                for number in range(start, min(start + _BATCH, total)):
                    author = await reader.get(self.accounts[self.flood.authors[number]])
                    if author is None:
                        raise Unavailable("an account of the rehearsal is gone")
                    draft = Draft(self.flood.texts[number], language="en")
                    ready = prepare(
                        draft, author, parent=None, screen=unscreened, limits=PostLimits(), now=self.at
                    )
                    when = self.at - timedelta(hours=2)
                    self.posts.append(
                        await publish_post(tx, Actor(author.id), ready, limits=PostLimits(), now=when)
                    )
            progress("posts", min(start + _BATCH, total), total)

    async def report(self, progress: Progress) -> float:
        """File every report and let it become a signal; seconds that it took."""
        began, total = time.perf_counter(), len(self.flood.reports)
        seen = await self._seen()
        for start in range(0, total, _BATCH):
            async with self.database.transaction() as tx:
                for who, number in self.flood.reports[start : start + _BATCH]:
                    post = seen[number]
                    new = NewReport(
                        post.post.account_id, (post,), "please look at this", category=Category.OTHER
                    )
                    actor = Actor(self.accounts[who])
                    await file_report(tx, actor, new, limits=ReportLimits(), now=self.at)
                for event in self._taken():
                    await intake.take_report(tx, msgspec.json.encode(event), self.at)
            progress("reports", min(start + _BATCH, total), total)
        return time.perf_counter() - began

    async def look_closer(self, progress: Progress) -> None:
        """Screening reads what is reported with all it has, and flags or holds."""
        verdicts: dict[str, Verdict] = {}
        for start in range(0, len(self.posts), _BATCH):
            found = await stored_posts(self.database, self.posts[start : start + _BATCH])
            judged = []
            for post in found:
                content = as_reported(post)
                if content.text not in verdicts:
                    verdicts[content.text] = marked(self.screen.assess(content))
                judged.append(Rejudged(post.id, post.edited_at, verdicts[content.text]))
            async with self.database.transaction() as tx:
                await rescreen_posts(tx, judged, may_hold=True, now=self.at)
                for event in self._taken():
                    await intake.take_flagged(tx, msgspec.json.encode(event), self.at)
            progress("closer look", min(start + _BATCH, len(self.posts)), len(self.posts))

    async def order(self) -> None:
        """Work out the numbers of all cases, as the clock does."""
        clock = FixedClock(self.at + timedelta(seconds=1))
        for _ in range(1000):
            async with self.database.transaction() as tx:
                if not await cases.reorder_stale(
                    tx, targets=TARGET_SECONDS, older_than=clock.now(), now=clock.now()
                ):
                    return

    async def _seen(self) -> list[Seen]:
        reader = PostReader(self.database, AccountReader(self.database), FixedClock(self.at))
        viewer = await RelationsReader(self.database).viewer(self.team[0])
        return [await reader.see_one(viewer, one) for one in self.posts]

    def _taken(self) -> list[Event]:
        found, self._events = self._events, []
        return found
