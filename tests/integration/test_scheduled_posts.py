"""Posts that wait for their time: kept, changed, taken back, and published once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from holdfast.main.scheduled_publishing import Publisher, publishing_runner
from holdfast.platform.clock import FixedClock, Instant
from holdfast.platform.config import Settings
from holdfast.platform.errands import ErrandRunner, count_errands
from holdfast.social.accounts import suspend_account
from holdfast.social.schedules import PUBLISH_SCHEDULED
from tests.support.site import Member, Site, open_site

LIST = "/api/v1/scheduled_statuses"


@dataclass
class Waiting:
    """A site with the worker's part, whose clock is moved by hand."""

    site: Site
    clock: FixedClock

    @property
    def runner(self) -> ErrandRunner:
        """What publishes."""
        return self.worker()

    def later(self, **by: float) -> str:
        """A time from now, as clients write it."""
        return (self.site.services.clock.now() + timedelta(**by)).isoformat()

    async def pass_time(self, **by: float) -> int:
        """Move the worker's clock and publish what is due; how many errands ran."""
        self.clock.advance(timedelta(**by))
        return await self.runner.drain()

    def worker(self) -> ErrandRunner:
        """One more worker at the same clock."""
        services = self.site.services
        publisher = Publisher(services.settings, services.database, self.clock, screen=services.screen)
        return publishing_runner(publisher, services.database, self.clock)


@pytest.fixture
async def waiting(settings: Settings) -> AsyncIterator[Waiting]:
    small = msgspec.structs.replace(settings, scheduled_posts_max=3, scheduled_posts_per_day=2)
    async with open_site(small) as site:
        yield Waiting(site, FixedClock(site.services.clock.now()))


async def posts_of(member: Member) -> list[Any]:
    posts: list[Any] = await member.get(f"/api/v1/accounts/{member.id}/statuses")
    return posts


async def test_a_post_appears_at_its_time_with_all_that_was_asked_for(waiting: Waiting) -> None:
    ann, bob = await waiting.site.members("ann", "bob")
    parent = await bob.say("a question")
    at = waiting.later(hours=2)
    form = {
        "status": "an answer for @bob #town", "spoiler_text": "later", "visibility": "unlisted", "language": "en",
        "in_reply_to_id": parent["id"], "scheduled_at": at, "quote_approval_policy": "nobody",
        "poll": {"options": ["yes", "no"], "expires_in": 3600, "multiple": True},
    }  # fmt: skip
    answer = await ann.request("POST", "/api/v1/statuses", json=form)
    assert answer.status_code == 200
    kept = answer.json()
    params = kept["params"]
    assert (params["text"], params["spoiler_text"], params["visibility"]) == (
        form["status"],
        "later",
        "unlisted",
    )
    assert params["in_reply_to_id"] == int(parent["id"])
    assert params["poll"] == {
        "options": ["yes", "no"],
        "expires_in": 3600,
        "multiple": True,
        "hide_totals": False,
    }
    assert params["quote_approval_policy"] == "nobody"
    assert await ann.get(f"{LIST}/{kept['id']}") == kept
    assert await ann.get(LIST) == [kept]
    assert await bob.get(LIST) == []
    assert await waiting.pass_time(hours=1) == 0
    assert await posts_of(ann) == []
    assert await waiting.pass_time(hours=1, seconds=1) == 1
    (post,) = await posts_of(ann)
    assert post["spoiler_text"] == "later"
    assert post["in_reply_to_id"] == parent["id"]
    assert [option["title"] for option in post["poll"]["options"]] == ["yes", "no"]
    assert post["quote_approval"]["automatic"] == []
    assert await ann.get(LIST) == []
    await waiting.site.settle()
    assert [row["type"] for row in await bob.get("/api/v1/notifications")] == ["mention"]


async def test_a_post_is_published_once_whoever_tries(waiting: Waiting) -> None:
    (ann,) = await waiting.site.members("ann")
    await ann.say("once", scheduled_at=waiting.later(hours=1))
    waiting.clock.advance(timedelta(hours=2))
    # A worker that died after its transaction, and before it could remove the errand.
    jobs = await waiting.site.services.database.fetch(
        "select payload from jobs where kind = $1", PUBLISH_SCHEDULED
    )
    publishers = [
        Publisher(
            waiting.site.services.settings, waiting.site.services.database, waiting.clock,
            screen=waiting.site.services.screen,
        )
        for _ in range(3)
    ]  # fmt: skip
    await asyncio.gather(*(publisher.errand(jobs[0]["payload"]) for publisher in publishers))
    await asyncio.gather(waiting.runner.drain(), waiting.worker().drain())
    assert len(await posts_of(ann)) == 1
    assert await count_errands(waiting.site.services.database, PUBLISH_SCHEDULED) == (0, 0)


async def test_another_time_counts_and_the_first_no_more(waiting: Waiting) -> None:
    (ann,) = await waiting.site.members("ann")
    first = await ann.say("one", scheduled_at=waiting.later(hours=1))
    second = await ann.say("two", scheduled_at=waiting.later(hours=30))
    answer = await ann.request("PUT", f"{LIST}/{first['id']}", data={"scheduled_at": waiting.later(hours=9)})
    assert answer.status_code == 200
    earlier = await ann.request(
        "PUT", f"{LIST}/{second['id']}", data={"scheduled_at": waiting.later(hours=3)}
    )
    assert earlier.json()["scheduled_at"] < second["scheduled_at"]
    await waiting.pass_time(hours=4)
    assert [post["content"] for post in await posts_of(ann)] == ["<p>two</p>"]
    await waiting.pass_time(hours=6)
    assert [post["content"] for post in await posts_of(ann)] == ["<p>one</p>", "<p>two</p>"]


async def test_what_is_taken_back_is_not_published(waiting: Waiting) -> None:
    ann, bob = await waiting.site.members("ann", "bob")
    kept = await ann.say("never", scheduled_at=waiting.later(hours=1))
    for method, data in (("GET", None), ("PUT", {"scheduled_at": waiting.later(hours=3)}), ("DELETE", None)):
        assert (await bob.request(method, f"{LIST}/{kept['id']}", data=data)).status_code == 404
    answer = await ann.request("DELETE", f"{LIST}/{kept['id']}")
    assert (answer.status_code, answer.json()) == (200, {})
    assert (await ann.request("DELETE", f"{LIST}/{kept['id']}")).status_code == 404
    await waiting.pass_time(hours=2)
    assert await posts_of(ann) == []


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2020-01-01T00:00:00Z", "in the future"),
        ("tomorrow", "must be a time"),
        ("9999-12-31T23:59:59Z", "within"),
    ],
)
async def test_a_time_that_cannot_be_is_refused(waiting: Waiting, at: str, words: str) -> None:
    (ann,) = await waiting.site.members("ann")
    answer = await ann.request("POST", "/api/v1/statuses", data={"status": "x", "scheduled_at": at})
    assert answer.status_code == 422
    assert words in answer.text
    kept = await ann.say("x", scheduled_at=waiting.later(minutes=6))
    assert (await ann.request("PUT", f"{LIST}/{kept['id']}", data={"scheduled_at": at})).status_code == 422
    soon = {"status": "x", "scheduled_at": waiting.later(minutes=4)}
    assert (await ann.request("POST", "/api/v1/statuses", data=soon)).status_code == 422


async def test_only_so_many_wait_in_all_and_on_one_day(waiting: Waiting) -> None:
    (ann,) = await waiting.site.members("ann")

    def day(number: int) -> str:
        return f"2027-03-0{number}T12:00:00Z"

    async def status(at: str) -> int:
        answer = await ann.request("POST", "/api/v1/statuses", data={"status": "x", "scheduled_at": at})
        return answer.status_code

    assert [await status(day(1)) for _ in range(3)] == [200, 200, 422]
    assert [await status(day(number)) for number in (2, 3)] == [200, 422]
    rows = await ann.get(LIST)
    other = next(row for row in rows if row["scheduled_at"].startswith("2027-03-02"))
    answer = await ann.request("PUT", f"{LIST}/{other['id']}", data={"scheduled_at": day(1)})
    assert answer.status_code == 422
    assert (
        await ann.request("PUT", f"{LIST}/{other['id']}", data={"scheduled_at": day(4)})
    ).status_code == 200


async def test_the_same_key_keeps_the_same_post(waiting: Waiting) -> None:
    (ann,) = await waiting.site.members("ann")
    form = {"status": "x", "scheduled_at": waiting.later(hours=1)}
    asked = [
        ann.request("POST", "/api/v1/statuses", data=form, headers={"idempotency-key": "one"})
        for _ in range(3)
    ]
    answers = [answer.json()["id"] for answer in await asyncio.gather(*asked)]
    assert len(set(answers)) == 1
    await waiting.pass_time(hours=2)
    assert len(await posts_of(ann)) == 1


async def test_what_is_wrong_with_a_post_is_said_when_it_is_scheduled(waiting: Waiting) -> None:
    ann, bob = await waiting.site.members("ann", "bob")
    closed = await bob.say("closed", quote_approval_policy="nobody")
    for form in ({"status": ""}, {"status": "x" * 501}, {"status": "x", "quoted_status_id": closed["id"]}):
        answer = await ann.request(
            "POST", "/api/v1/statuses", data={**form, "scheduled_at": waiting.later(hours=1)}
        )
        assert answer.status_code == 422
    assert await ann.get(LIST) == []


async def test_a_post_is_screened_when_it_is_published(waiting: Waiting) -> None:
    ann, bob = await waiting.site.members("ann", "bob")
    await ann.say("I will kill the senator tomorrow at noon", scheduled_at=waiting.later(hours=1))
    await waiting.pass_time(hours=2)
    (held,) = await posts_of(ann)
    assert held["holdfast"]["state"] == "held"
    assert await bob.get(f"/api/v1/accounts/{ann.id}/statuses") == []


async def test_what_cannot_be_published_stays_with_its_reason_and_can_be_tried_again(
    waiting: Waiting,
) -> None:
    ann, bob = await waiting.site.members("ann", "bob")
    post = await bob.say("original")
    at = waiting.later(hours=1)
    kept = await ann.say("as bob says", scheduled_at=at, quoted_status_id=post["id"])
    assert kept["params"]["quoted_status_id"] == post["id"]
    path = f"/api/v1/statuses/{post['id']}/interaction_policy"
    await bob.request("PUT", path, data={"quote_approval_policy": "nobody"})
    await waiting.pass_time(hours=2)
    assert await posts_of(ann) == []
    failed = await ann.get(f"{LIST}/{kept['id']}")
    assert "not allowed to quote" in failed["holdfast"]["reason"]
    await bob.request("PUT", path, data={"quote_approval_policy": "public"})
    again = await ann.request("PUT", f"{LIST}/{kept['id']}", data={"scheduled_at": waiting.later(hours=5)})
    assert "holdfast" not in again.json()
    await waiting.pass_time(hours=5)
    (published,) = await posts_of(ann)
    assert published["quote"]["state"] == "accepted"


async def test_who_cannot_post_is_not_posted_for(waiting: Waiting) -> None:
    (ann,) = await waiting.site.members("ann")
    await ann.say("later", scheduled_at=waiting.later(hours=1))
    services = waiting.site.services
    async with services.database.transaction() as tx:
        await suspend_account(tx, ann.account_id, now=services.clock.now())
    await waiting.pass_time(hours=2)
    assert await services.database.fetchval("select count(*) from posts") == 0
    failure = await services.database.fetchval("select failure from scheduled_posts")
    assert "cannot post" in failure


async def test_the_answers_are_paged(waiting: Waiting) -> None:
    (ann,) = await waiting.site.members("ann")
    kept = [(await ann.say("x", scheduled_at=f"2027-04-0{day}T00:00:00Z"))["id"] for day in (1, 2, 3)]
    newest = list(reversed(kept))
    assert await ann.ids(LIST) == newest
    assert await ann.ids(LIST, limit="1") == newest[:1]
    assert await ann.ids(LIST, max_id=newest[0]) == newest[1:]
    assert await ann.ids(LIST, min_id=newest[2], limit="1") == [newest[1]]


def test_times_are_read_in_utc() -> None:
    from holdfast.edge.mastodon.scheduled import time_of

    expected: Instant = time_of("2030-01-31T18:00:00Z")
    assert time_of("2030-01-31T19:00:00+01:00") == expected
    assert time_of("2030-01-31T18:00:00") == expected
