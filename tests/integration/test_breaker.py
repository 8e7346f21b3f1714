"""The breaker on a real server: ten times as much arrives, it trips, slows new accounts down, recovers; nothing is deleted."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from holdfast.main.desk_clock import capacity_of, desk_actions, readings_of
from holdfast.platform.config import Settings
from holdfast.platform.db import Tx
from holdfast.trust import breaker, cases
from holdfast.trust.backlog import lane_figures
from holdfast.trust.cases import Signal, Source
from holdfast.trust.staff_actions import Subject
from tests.support.rulings import decided, post_id, ruling, staff
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration

API = "/api/holdfast/v1/breaker"


async def look(site: Site, now: datetime) -> int:
    """What the clock does every minute; the stage after it."""
    settings = site.services.settings
    async with site.services.database.transaction() as tx:
        figures = await lane_figures(
            tx, targets=settings.lane_targets_seconds, capacity=capacity_of(settings), now=now
        )
        move = await breaker.watch(tx, breaker.shipped_stages(), readings_of(figures), now=now)
    return move.state.stage


async def arrive(tx: Tx, template: int, count: int, opened_at: datetime, *, first: int) -> None:
    """So many more cases like one that is there, as they would be a little later."""
    columns = [
        row[0]
        for row in await tx.fetch(
            "select column_name from information_schema.columns where table_name = 'cases' order by ordinal_position"
        )
    ]
    given = {"id": "$2 + n", "subject_key": "(9000000 + $2 + n)::text", "opened_at": "$4::timestamptz"}
    given["lane"] = "(array['P1', 'P1', 'P4', 'P1', 'P0'])[1 + n % 5]"
    values = ", ".join(given.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    await tx.execute(
        f"insert into cases ({names}) select {values} from cases, generate_series(1, $3::int) n where id = $1::bigint",
        template, first, count, opened_at,
    )  # fmt: skip


async def at_stage(site: Site, stage: int, *, lane: str = "P1") -> None:
    """Let it be in a stage, as it would be under pressure."""
    now = site.services.clock.now()
    pressing = breaker.LaneReading(lane, 900, 14_400.0, None, 0.0)
    async with site.services.database.transaction() as tx:
        for number in range(stage):
            await breaker.watch(
                tx, breaker.shipped_stages(), [pressing], now=now + timedelta(minutes=10 * number)
            )


async def aged(site: Site, *members: Member) -> None:
    """No longer new."""
    async with site.services.database.transaction() as tx:
        for one in members:
            await tx.execute(
                "update accounts set created_at = created_at - interval '1 year' where id = $1",
                one.account_id,
            )
            await tx.execute("update account_counts set posts = 50 where account_id = $1", one.account_id)
        tx.touch_everything()


async def test_ten_times_as_much_trips_it_keeps_the_order_and_it_recovers(site: Site) -> None:
    mia, ann = await site.member("mia", role="moderator"), await site.member("ann")
    await site.client.get(API)
    post = await ann.say("a post that waits")
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        for lane in ("P4", "P1", "P2"):
            subject = Subject.post(post_id(site, post), ann.account_id)
            await cases.open_or_join(tx, Signal(Source.ADMIN, subject, lane=lane), now=now)
    (template,) = await cases.CaseReader(site.services.database).queue()
    assert template.lane == "P1"
    posts = await site.services.database.fetchval("select count(*) from posts")
    async with site.services.database.transaction() as tx:
        await arrive(tx, template.id, 40, now, first=1000)  # an ordinary hour
    assert await look(site, now + timedelta(minutes=1)) == 0
    stages = []
    for minute in range(2, 92):
        async with site.services.database.transaction() as tx:
            await arrive(tx, template.id, 7, now + timedelta(minutes=minute), first=minute * 100_000)
        stages.append(await look(site, now + timedelta(minutes=minute)))
    assert stages[-1] >= 2
    assert stages == sorted(stages)
    queue = [one.lane for one in await cases.CaseReader(site.services.database).queue(limit=200)]
    assert queue == sorted(queue)
    assert set(queue) >= {"P0", "P1"}
    seen = (await site.client.get(API)).json()
    assert seen["stage"] == stages[-1]
    assert seen["name"] == breaker.shipped_stages().stages[stages[-1] - 1].name
    instance = (await site.client.get("/api/v2/instance")).json()
    assert instance["holdfast"]["breaker"]["stage"] == stages[-1]
    said = instance["holdfast"]["breaker"]["says"]["en"]
    assert said in (await site.client.get("/about")).text
    # The team catches up.
    later = now + timedelta(hours=2)
    await site.services.database.fetch(
        "update cases set closed_at = $1, outcome = 'no_violation' where closed_at is null and id <> $2 returning 1",
        later, template.id,
    )  # fmt: skip
    left = [await look(site, later + timedelta(minutes=5 * number)) for number in range(60)]
    assert left[-1] == 0
    assert left == sorted(left, reverse=True)
    assert (await site.client.get(API)).json()["measures"] == []
    steps = (await site.client.get(f"{API}/steps")).json()
    assert [abs(one["to_stage"] - one["from_stage"]) for one in steps] == [1] * len(steps)
    leaves = await site.services.database.fetchval(
        "select count(*) from ledger_records where kind = 'breaker'"
    )
    verbs = await site.services.database.fetch(
        "select verb, record_id from moderation_actions where subject_kind = 'breaker' order by id"
    )
    assert leaves == len(steps) == len(verbs) == 2 * stages[-1]
    assert {row["record_id"] for row in verbs} == {one["record_id"] for one in steps}
    assert await site.services.database.fetchval("select count(*) from posts") == posts
    assert (await site.client.get(f"/api/v1/statuses/{post['id']}")).status_code == 200
    await decided(site, staff(mia), template.id, ruling("no_violation", policy=""))


async def test_stage_by_stage_new_accounts_do_less_and_others_go_on(site: Site) -> None:
    new, old = await site.members("new", "old")
    await aged(site, old)
    await at_stage(site, 1)
    for number in range(4):
        await new.say(f"post number {number}")
    refused = await new.request("POST", "/api/v1/statuses", data={"status": "one more"})
    assert refused.status_code == 429
    assert "more reports" in refused.json()["error"]
    for number in range(6):
        await old.say(f"old post number {number}")


async def test_first_posts_of_risky_kinds_wait_for_a_person_and_become_a_case(site: Site) -> None:
    new, old, mod = *await site.members("new", "old"), await site.member("mod", role="moderator")
    await aged(site, old)
    await at_stage(site, 2)
    held = await new.say("see https://example.org/a for more")
    plain = await new.say("a plain first post")
    shown = await old.say("see https://example.org/a for more, too")
    of_staff = await mod.say("the rules are at https://example.org/rules")
    await site.settle()
    for status, code in ((held, 404), (plain, 200), (shown, 200), (of_staff, 200)):
        assert (await site.client.get(f"/api/v1/statuses/{status['id']}")).status_code == code
    assert (await new.request("GET", f"/api/v1/statuses/{held['id']}")).status_code == 200
    (case,) = await cases.CaseReader(site.services.database).queue()
    assert (case.lane, case.subject.account_id) == ("P3", new.account_id)
    await decided(site, staff(mod), case.id, ruling("no_violation", policy=""))
    assert (await site.client.get(f"/api/v1/statuses/{held['id']}")).status_code == 200


async def test_what_waits_for_an_urgent_decision_is_not_passed_on_until_it_is_made(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    mod = await site.member("mod", role="moderator")
    await aged(site, ann, bob)
    post, other = await ann.say("something that may be a threat"), await ann.say("bread is good")
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        signal = Signal(Source.ADMIN, Subject.post(post_id(site, post), ann.account_id), lane="P1")
        case_id = await cases.open_or_join(tx, signal, now=now)
    await at_stage(site, 3)
    path = f"/api/v1/statuses/{post['id']}/reblog"
    refused = await bob.request("POST", path)
    assert refused.status_code == 403
    quoting = {"status": "look", "quoted_status_id": post["id"]}
    assert (await bob.request("POST", "/api/v1/statuses", data=quoting)).status_code == 403
    await bob.post(f"/api/v1/statuses/{other['id']}/reblog")
    await decided(site, staff(mod), case_id, ruling("no_violation", policy=""))
    assert (await bob.request("POST", path)).status_code == 200


async def test_in_the_last_stage_new_accounts_read_block_and_report_and_no_more(site: Site) -> None:
    new, old, mod = *await site.members("new", "old"), await site.member("mod", role="moderator")
    admin = await site.member("admin", role="admin")
    await aged(site, old)
    post = await old.say("good morning")
    await at_stage(site, 4)
    refused = await new.request("POST", "/api/v1/statuses", data={"status": "hello"})
    assert refused.status_code == 403
    assert "read-only" in refused.json()["error"]
    assert (await new.request("POST", f"/api/v1/statuses/{post['id']}/favourite")).status_code == 403
    await new.get("/api/v1/timelines/public")
    await new.post(f"/api/v1/accounts/{old.id}/block")
    await new.post("/api/v1/reports", account_id=old.id)
    await old.say("as always")
    await mod.say("as always, too")
    assert (await mod.request("POST", f"{API}/pause", data={"hours": 2, "reason": "x"})).status_code == 403
    assert (await admin.request("POST", f"{API}/pause", data={"hours": 2})).status_code == 422
    paused = await admin.post(f"{API}/pause", hours=2, reason="a drill")
    assert (paused["stage"], paused["measures"]) == (0, [])
    await new.say("hello")
    await at_stage(site, 1)
    assert (await site.client.get(API)).json()["stage"] == 0


async def test_switched_off_nothing_is_in_force_and_a_broken_file_of_stages_stops_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    broken = tmp_path / "stages.toml"
    broken.write_text("version = 'one'")
    off = msgspec.structs.replace(settings, backlog_breaker=False, breaker_stages_file=broken)
    async with open_site(off) as site:
        new = await site.member("new")
        await at_stage(site, 4)
        await new.say("hello, see https://example.org")
        seen = (await site.client.get(API)).json()
        assert (seen["on"], seen["stage"]) == (False, 0)
        assert [one["name"] for one in seen["stages"]] == [
            one.name for one in breaker.shipped_stages().stages
        ]
        actions = {name: action for name, _, action in desk_actions(off)}
        now = site.services.clock.now() + timedelta(hours=1)
        for number in range(10):
            async with site.services.database.transaction() as tx:
                await actions["watch_backlog"](tx, now + timedelta(minutes=20 * number))
        state = await breaker.state_of(site.services.database)
        assert state is not None
        assert state.stage == 0
