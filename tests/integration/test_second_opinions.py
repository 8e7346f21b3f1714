"""Second opinions over a real database and a real HTTP server: what is asked, recorded, counted, and never done."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from holdfast.main.jobs_runner import run_worker
from holdfast.main.second_opinions import keep_asking, runner_of
from holdfast.main.subscriptions import ERRANDS, HANDLERS, SECOND_OPINION
from holdfast.platform.config import Settings
from holdfast.platform.jobs import JobRunner
from holdfast.pure.errors import Invalid
from holdfast.screening.opinions import MAX_ATTEMPTS
from holdfast.social.posts import PostState, decide_post
from holdfast.trust.opinions import (
    AlreadyAnswered,
    BudgetSpent,
    MayNotBeSent,
    NotInQueue,
    latest_opinions,
    spent_on,
)
from tests.support.judge import (
    SCORES,
    breaks_off,
    endless,
    good,
    open_judge_server,
    says,
    status,
    waits_for,
)
from tests.support.judge_desk import HELD, desk_at
from tests.support.site import open_site

pytestmark = pytest.mark.integration

RULES = """
name = "fruit"
version = 1
[banks.plums]
kind = "words"
entries = ["plum"]
[[rules]]
id = "plum"
title = "Plums"
lane = "P3"
action = "flag"
stage = "live"
when = 'bank("plums")'
"""


async def test_a_held_post_gets_an_opinion_and_nothing_else_changes(
    settings: Settings, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text("sk-secret\n")
    async with (
        open_judge_server(good("A threat\u202e to\na household.")) as server,
        desk_at(settings, server, second_opinion_key_file=key) as desk,
    ):
        ann = await desk.site.member("ann")
        post_id = await desk.held(ann, spoiler_text="careful")
        verdicts = await desk.database.fetch("select * from post_verdicts")
        await desk.until_nothing_waits()
        [row] = await desk.rows()
        assert (row.post_id, row.model, row.prompt_version, row.by_hand) == (post_id, "judge-1", "1", False)
        assert (row.scores, row.reason, row.failure) == (SCORES, "A threat to a household.", None)
        assert (row.prompt_tokens, row.completion_tokens, row.cost) == (500, 50, 0.001)
        assert row.seconds is not None
        assert 0 < row.seconds < 30
        assert (await spent_on(desk.database, desk.clock.now())) == (1, 550)
        # It decides nothing.
        assert await desk.state(post_id) is PostState.HELD
        assert await desk.database.fetch("select * from post_verdicts") == verdicts
        # What was sent: the post, and nothing about its author.
        assert server.posts() == [{"text": HELD, "content_warning": "careful", "truncated": False}]
        assert server.heads[0].startswith("POST /v1/chat/completions HTTP/1.1\r\n")
        assert "authorization: Bearer sk-secret" in server.heads[0].replace("Authorization", "authorization")
        assert "ann" not in json.dumps(server.requests[0]["messages"][1]) + server.heads[0]


async def test_a_flagged_post_is_asked_about_and_stays_visible(settings: Settings, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    async with (
        open_judge_server(good()) as server,
        desk_at(settings, server, screening_rules_file=rules) as desk,
    ):
        ann = await desk.site.member("ann")
        post = await ann.say("a plum", **{"poll[options][]": ["ripe", "green"], "poll[expires_in]": "3600"})
        await desk.until_nothing_waits()
        assert server.posts() == [{"text": "a plum", "poll_options": ["ripe", "green"], "truncated": False}]
        assert (await desk.site.client.get(f"/api/v1/statuses/{post['id']}")).status_code == 200
        # Edited into something that nobody has to look at, it is out of the queue.
        answer = await ann.request("PUT", f"/api/v1/statuses/{post['id']}", data={"status": "a pear"})
        assert answer.status_code == 200
        with pytest.raises(NotInQueue):
            await desk.judge.ask((await desk.rows())[0].post_id, by_hand=True)


async def test_off_by_default_nothing_is_asked(settings: Settings) -> None:
    async with open_site(settings) as site:
        ann = await site.member("ann")
        await ann.say(HELD)
        kinds = {row["kind"] for row in await site.services.database.fetch("select kind from jobs")}
        assert "index_post" in kinds
        assert SECOND_OPINION not in kinds
        with pytest.raises(Invalid, match="second opinions are off"):
            await keep_asking(settings, site.services.database, site.services.clock, asyncio.Event())


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (says("I think it is fine."), "not_an_answer"),
        (says(json.dumps({**SCORES, "incitement": 7, "reason": "x"})), "not_an_answer"),
        (status(200, b"\xff\x00<html>"), "not_a_completion"),
        (status(401, b'{"error": "no such key"}'), "refused"),
        (status(302, b"", "location: http://127.0.0.1:1/"), "redirected"),
        (endless, "too_large"),
    ],
    ids=["prose", "out_of_range", "bytes", "401", "redirect", "huge"],
)
async def test_a_failure_that_stays_is_recorded_once(settings: Settings, answer: Any, failure: str) -> None:
    async with open_judge_server(answer) as server, desk_at(settings, server) as desk:
        post_id = await desk.held(await desk.site.member("ann"))
        assert await desk.until_nothing_waits() == 1
        assert await desk.failures() == [failure]
        assert len(server.requests) == 1
        assert await desk.state(post_id) is PostState.HELD
        assert await latest_opinions(desk.database, [post_id]) == {}


async def test_failures_that_may_pass_are_tried_again_later(settings: Settings) -> None:
    answers = [status(429), status(500), breaks_off, good()]
    async with open_judge_server(*answers) as server, desk_at(settings, server) as desk:
        await desk.held(await desk.site.member("ann"))
        assert await desk.runner.drain() == 1
        [job] = await desk.waiting()
        assert timedelta(seconds=20) < job["run_at"] - desk.clock.now() < timedelta(seconds=40)
        assert await desk.runner.drain() == 0  # not yet
        await desk.until_nothing_waits()
        assert await desk.failures() == ["busy", "server_error", "broken_off", None]


async def test_a_dead_endpoint_is_given_up_after_some_attempts(settings: Settings) -> None:
    async with open_judge_server(good()) as server:
        pass  # nobody listens there any more
    async with desk_at(settings, server) as desk:
        post_id = await desk.held(await desk.site.member("ann"))
        await desk.until_nothing_waits()
        assert await desk.failures() == ["unreachable"] * MAX_ATTEMPTS
        # Nothing was sent, so no tokens were spent; the attempts count.
        assert (await spent_on(desk.database, desk.clock.now())).tokens == 0
        assert await desk.state(post_id) is PostState.HELD


async def test_a_slow_endpoint_delays_no_post_and_no_other_job(settings: Settings) -> None:
    never = asyncio.Event()
    async with (
        open_judge_server(waits_for(never, good())) as server,
        desk_at(settings, server, second_opinion_timeout_seconds=1) as desk,
    ):
        ann = await desk.site.member("ann")
        for number in range(3):
            await desk.held(ann, f"{HELD} {number}")
        asked = asyncio.create_task(desk.runner.run_batch())
        await server.until_asked(2)
        # While the judge is silent, no transaction is open, posting goes on, and a runner of other jobs finishes.
        open_ones = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in%'"
        assert await desk.database.fetchval(open_ones) == 0
        await ann.say("good morning")
        others = JobRunner(desk.database, desk.site.services.clock, HANDLERS, elsewhere=ERRANDS)
        await others.drain()
        assert not asked.done()
        assert {job["state"] for job in await desk.waiting()} == {0, 1}
        assert await desk.database.fetchval("select count(*) from jobs where kind <> $1", SECOND_OPINION) == 0
        await asked
        assert server.most_under_way == 2  # of three that wait
        assert await desk.failures() == ["timeout", "timeout"]
        # Nobody knows what the judge did with them, so the most is counted.
        assert (await spent_on(desk.database, desk.clock.now())).tokens > 2_000
        never.set()


async def test_the_budget_of_requests_is_kept_and_whole_again_the_next_day(settings: Settings) -> None:
    async with (
        open_judge_server(good()) as server,
        desk_at(settings, server, second_opinion_daily_budget_requests=2) as desk,
    ):
        ann = await desk.site.member("ann")
        desk.clock.at = desk.clock.at.replace(hour=23, minute=0) + timedelta(days=1)
        post_ids = [await desk.held(ann, f"{HELD} {number}") for number in range(4)]
        await desk.runner.drain()
        assert len(server.requests) == 2
        assert await desk.failures() == [None, None]
        midnight = desk.clock.at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        for job in await desk.waiting():
            assert midnight <= job["run_at"] <= midnight + timedelta(hours=1)
        with pytest.raises(BudgetSpent) as spent:
            await desk.judge.ask(post_ids[0], by_hand=True)
        assert 3500 < spent.value.retry_after_seconds < 3700
        await desk.until_nothing_waits()
        assert len(server.requests) == 4
        assert {one.post_id for one in await desk.rows()} == set(post_ids)


async def test_the_budget_of_tokens_is_never_overrun_even_at_the_same_time(settings: Settings) -> None:
    async with (
        open_judge_server(good(prompt_tokens=1500, completion_tokens=100)) as server,
        desk_at(settings, server, second_opinion_daily_budget_tokens=10_000) as desk,
    ):
        ann = await desk.site.member("ann")
        for number in range(12):
            await desk.held(ann, f"{HELD} {number}")
        runners = [
            runner_of(desk.judge, desk.site.services.settings, desk.database, desk.clock) for _ in range(2)
        ]
        await asyncio.gather(*(runner.drain() for runner in runners))
        spent = await spent_on(desk.database, desk.clock.now())
        assert 3 <= spent.requests <= 6
        assert spent.tokens == spent.requests * 1600
        assert len(server.requests) == spent.requests


async def test_only_posts_that_may_leave_are_sent(settings: Settings) -> None:
    async with open_judge_server(good()) as server, desk_at(settings, server) as desk:
        ann = await desk.site.member("ann")
        for visibility in ("public", "unlisted", "private", "direct"):
            await desk.held(ann, f"{HELD} {visibility}", visibility=visibility)
        hidden = await desk.database.fetchval("select id from posts where visibility = 3")
        await desk.until_nothing_waits()
        assert sorted(post["text"] for post in server.posts()) == [f"{HELD} public", f"{HELD} unlisted"]
        with pytest.raises(MayNotBeSent, match="direct"):
            await desk.judge.ask(hidden, by_hand=True)


async def test_what_does_not_wait_is_not_asked_about(settings: Settings) -> None:
    async with open_judge_server(good()) as server, desk_at(settings, server) as desk:
        ann = await desk.site.member("ann")
        released, deleted = await desk.held(ann, f"{HELD} 1"), await desk.held(ann, f"{HELD} 2")
        async with desk.database.transaction() as tx:
            await decide_post(tx, released, PostState.VISIBLE)
        public = desk.site.services.ids.encode(deleted)
        assert (await ann.request("DELETE", f"/api/v1/statuses/{public}")).status_code == 200
        ordinary = desk.site.services.ids.decode((await ann.say("good morning"))["id"])
        await desk.until_nothing_waits()
        assert server.requests == []
        for post_id in (released, deleted, ordinary, 1):
            with pytest.raises(NotInQueue):
                await desk.judge.ask(post_id or 0, by_hand=True)


async def test_an_edit_is_asked_about_anew_and_the_same_text_is_not(settings: Settings) -> None:
    async with open_judge_server(good()) as server, desk_at(settings, server) as desk:
        ann = await desk.site.member("ann")
        post_id = await desk.held(ann)
        await desk.until_nothing_waits()
        with pytest.raises(AlreadyAnswered):
            await desk.judge.ask(post_id, by_hand=False)
        await desk.judge.ask(post_id, by_hand=True)
        await desk.database.fetch(
            "update posts set text = 'milder', edited_at = now() where id = $1", post_id
        )
        assert not (await latest_opinions(desk.database, [post_id]))[post_id].current
        await desk.judge.ask(post_id, by_hand=False)
        assert [post["text"] for post in server.posts()] == [HELD, HELD, "milder"]
        assert (await latest_opinions(desk.database, [post_id]))[post_id].current


async def test_records_are_only_added_and_answers_go_with_their_post(settings: Settings) -> None:
    async with open_judge_server(good()) as server, desk_at(settings, server) as desk:
        ann = await desk.site.member("ann")
        post_id = await desk.held(ann)
        await desk.until_nothing_waits()
        for statement in (
            "update second_opinion_requests set model = 'x'", "delete from second_opinion_requests",
            "update second_opinions set reason = 'x'", "delete from second_opinions",
        ):  # fmt: skip
            with pytest.raises(asyncpg.RaiseError, match="only ever added"):
                await desk.database.fetch(statement)
        before = await spent_on(desk.database, desk.clock.now())
        public = desk.site.services.ids.encode(post_id)
        assert (await ann.request("DELETE", f"/api/v1/statuses/{public}")).status_code == 200
        [row] = await desk.rows()
        assert (row.failure, row.answer, row.reason) == ("no_answer", "", "")
        # Deleting posts gives no budget back.
        after = await spent_on(desk.database, desk.clock.now())
        assert after.requests == before.requests
        assert after.tokens >= before.tokens


async def test_a_post_deleted_while_the_judge_thinks_leaves_no_answer(settings: Settings) -> None:
    go = asyncio.Event()
    async with open_judge_server(waits_for(go, good())) as server, desk_at(settings, server) as desk:
        ann = await desk.site.member("ann")
        post_id = await desk.held(ann)
        asked = asyncio.create_task(desk.judge.ask(post_id, by_hand=True))
        await server.until_asked()
        public = desk.site.services.ids.encode(post_id)
        assert (await ann.request("DELETE", f"/api/v1/statuses/{public}")).status_code == 200
        go.set()
        assert (await asked).failure is None
        assert await desk.failures() == ["no_answer"]


async def test_a_worker_that_dies_in_the_middle_spends_nothing_twice(settings: Settings) -> None:
    never = asyncio.Event()
    async with (
        open_judge_server(waits_for(never, good()), good()) as server,
        desk_at(settings, server) as desk,
    ):
        await desk.held(await desk.site.member("ann"))
        dying = asyncio.create_task(desk.runner.run_batch())
        await server.until_asked()
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
        # Counted although nobody heard the answer; the job comes back when its lease ends.
        assert (await spent_on(desk.database, desk.clock.now())).requests == 1
        assert await desk.runner.drain() == 0
        desk.clock.advance(timedelta(seconds=91))
        stop = asyncio.Event()
        working = asyncio.create_task(desk.runner.run(stop))
        await server.until_asked()
        stop.set()  # what was claimed is finished first
        await working
        assert await desk.waiting() == []
        assert await desk.failures() == ["no_answer", None]
        never.set()


async def test_a_worker_asks_and_its_stop_does_not_wait_for_the_judge(settings: Settings) -> None:
    never = asyncio.Event()
    async with open_judge_server(waits_for(never, good())) as server, desk_at(settings, server) as desk:
        await desk.held(await desk.site.member("ann"))
        stop = asyncio.Event()
        working = asyncio.create_task(run_worker(desk.site.services.settings, stop))
        await server.until_asked()
        stop.set()
        await asyncio.wait_for(working, 10)
        assert await desk.failures() == ["no_answer"]
        never.set()


async def test_a_missing_key_costs_nothing_and_says_so(settings: Settings, tmp_path: Path) -> None:
    key = tmp_path / "key"
    async with (
        open_judge_server(good()) as server,
        desk_at(settings, server, second_opinion_key_file=key) as desk,
    ):
        post_id = await desk.held(await desk.site.member("ann"))
        for content in (None, "", "two words", "caf\u00e9"):
            if content is not None:
                key.write_text(content)
            with pytest.raises(Invalid, match="second_opinion_key_file"):
                await desk.judge.ask(post_id, by_hand=True)
        assert await desk.rows() == []
        key.write_text("good-key")
        await desk.until_nothing_waits()
        assert await desk.failures() == [None]


async def test_a_redirect_leads_nowhere(settings: Settings) -> None:
    async with open_judge_server(good()) as elsewhere:
        away = status(307, b"", f"location: {elsewhere.url}/chat/completions")
        async with open_judge_server(away) as server, desk_at(settings, server) as desk:
            await desk.held(await desk.site.member("ann"))
            await desk.until_nothing_waits()
            assert await desk.failures() == ["redirected"]
            assert elsewhere.requests == []
