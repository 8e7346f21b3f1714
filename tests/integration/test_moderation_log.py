"""The moderation log: only added to, a chain for each subject, a leaf for each event; statuses follow from it alone."""

from __future__ import annotations

import itertools
from typing import Any

import asyncpg
import msgspec
import pytest

from holdfast.trust import cases
from holdfast.trust.staff_actions import (
    OPERATOR,
    ActorKind,
    Change,
    LogActor,
    Place,
    Rebuilt,
    Staff,
    Status,
    Strike,
    Subject,
    Takedown,
    rebuild_page,
    record_action,
    record_event,
    record_events,
    subject_status,
)
from tests.support.site import Site

pytestmark = pytest.mark.integration


async def statuses(site: Site) -> dict[tuple[str, str], Any]:
    rows = await site.services.database.fetch(
        "select subject_kind, subject_key, seq, status::text as status, review_state, takedown from subject_status"
    )
    return {
        (row[0], row[1]): (row[2], msgspec.json.decode(row[3], type=Status), row[4], row[5]) for row in rows
    }


async def rebuilt(site: Site, *, write: bool) -> Rebuilt:
    done = Rebuilt()
    after: Place | None = Place()
    while after is not None:
        async with site.services.database.transaction() as tx:
            after = await rebuild_page(tx, after, done, write=write, now=site.services.clock.now())
    return done


async def busy_day(site: Site) -> None:
    """Reports, copies, sanctions that come and go, a case that is decided, rules, strikes, a server blocked."""
    members = await site.members("ann", "bob", "cat", "dan")
    ann, bob, cat, dan = members
    mod, admin = await site.member("mod", role="moderator"), await site.member("adm", role="admin")
    text = "Everybody who reads this long advertisement should buy our wonderful things at https://shop.example/now"
    posts = [await one.say(text) for one in (bob, cat, dan)]
    for reporter, about, post in ((ann, bob, posts[0]), (dan, bob, posts[0]), (ann, cat, posts[1])):
        form = {"status_ids[]": post["id"], "category": "spam"}
        await reporter.post("/api/v1/reports", account_id=about.id, **form)
        await site.settle()
    await ann.post("/api/v1/reports", account_id=dan.id, comment="he is not nice")
    await site.settle()
    for action, undo in (("silence", "unsilence"), ("sensitive", "unsensitive"), ("suspend", "unsuspend")):
        await mod.post(f"/api/v1/admin/accounts/{dan.id}/action", type=action, text="Mind the rules.")
        if action != "suspend":
            await mod.post(f"/api/v1/admin/accounts/{dan.id}/{undo}")
    await admin.post("/api/v1/admin/domain_blocks", domain="bad.example", severity="suspend")
    now, database = site.services.clock.now(), site.services.database
    staff = Staff(mod.account_id, "moderator")
    found = await cases.CaseReader(database).queue()
    spam = next(one for one in found if one.members > 1)
    async with database.transaction() as tx:
        await cases.close(
            tx, spam.id, version=spam.version, decision_id=71, outcome="violation", staff=staff, now=now
        )
        await record_action(
            tx, staff, "account.strike", Subject.account(bob.account_id), now=now, decision_id=71,
            change=Change(strikes=(Strike(1, None, 71),)),
        )  # fmt: skip
        ids = [site.services.ids.decode(one["id"]) or 0 for one in posts]
        await record_events(
            tx, LogActor(ActorKind.RULES), "post.hold", [Subject.post(ident, None) for ident in ids], now=now,
            change=Change(takedown=Takedown.HELD, labels_added=("spam",)), rules=["spam.links"],
        )  # fmt: skip
    async with database.transaction() as tx:
        await record_event(
            tx, LogActor(ActorKind.CLOCK), "post.release", Subject.post(ids[0], None), now=now,
            change=Change(takedown=Takedown.NONE),
        )  # fmt: skip
        await record_action(
            tx, OPERATOR, "account.strike_off", Subject.account(bob.account_id), now=now,
            change=Change(strike_off=(71,)),
        )  # fmt: skip
    await site.settle()


async def test_rebuilding_from_the_log_gives_what_is_there(site: Site) -> None:
    await busy_day(site)
    database = site.services.database
    live = await statuses(site)
    assert len(live) >= 8
    assert {one[3] for one in live.values()} >= {"none", "held", "suspended", "blocked"}
    done = await rebuilt(site, write=False)
    assert (done.subjects, done.differing) == (len(live), 0), done.examples
    assert done.events == await database.fetchval("select count(*) from moderation_actions")
    async with database.transaction() as tx:
        await tx.execute("delete from subject_status")
    assert (await rebuilt(site, write=True)).differing == len(live)
    assert await statuses(site) == live
    # A row that somebody changed by hand is found, and an event after that builds on what the log says.
    async with database.transaction() as tx:
        await tx.execute("update subject_status set status = '{}' where subject_kind = 'account'")
    wrong = await rebuilt(site, write=False)
    assert wrong.differing >= 2
    await rebuilt(site, write=True)
    assert await statuses(site) == live


async def test_each_event_is_chained_and_has_its_leaf_and_none_is_changed(site: Site) -> None:
    await busy_day(site)
    database = site.services.database
    rows = await database.fetch(
        "select subject_kind, coalesce(subject_id::text, subject_name, '') as key, subject_seq, prior_state, record_id,"
        " actor_kind, actor_name from moderation_actions order by 1, 2, 3"
    )
    numbers = [
        [row["subject_seq"] for row in group]
        for _, group in itertools.groupby(rows, key=lambda row: (row[0], row[1]))
    ]
    assert all(found == list(range(1, len(found) + 1)) for found in numbers)
    assert all(row["prior_state"] and row["record_id"] for row in rows)
    kept = {row[0] for row in await database.fetch("select record_id from ledger_records")}
    assert {row["record_id"] for row in rows} <= kept
    assert {row["actor_kind"] for row in rows} >= {"staff", "reporter", "rules", "clock", "operator"}
    staff = {row["actor_name"] for row in rows if row["actor_kind"] == "staff"}
    assert all(name.startswith("staff-") for name in staff)
    for statement in ("update moderation_actions set reason = 'x'", "delete from moderation_actions"):
        with pytest.raises(asyncpg.RaiseError):
            async with database.transaction() as tx:
                await tx.execute(statement)


async def test_a_subject_of_before_there_were_statuses_takes_up_its_log(site: Site) -> None:
    ann, now = await site.member("ann"), site.services.clock.now()
    subject, database = Subject.account(ann.account_id), site.services.database
    async with database.transaction() as tx:
        await record_action(tx, OPERATOR, "account.suspend", subject, now=now)
        await tx.execute("delete from subject_status")
    async with database.transaction() as tx:
        await record_action(tx, OPERATOR, "account.note", subject, now=now)
    status = await subject_status(database, subject)
    assert (status.seq, status.takedown) == (2, Takedown.SUSPENDED)
