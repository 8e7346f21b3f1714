"""Notices: received once and whole, found, held, settled, never closed with something open."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

import pytest
from asyncpg import IntegrityConstraintViolationError

from holdfast.platform.clock import Instant
from holdfast.pure.notices import ItemOutcome, Step, StepNotPossible
from holdfast.trust.cases import get_case
from holdfast.trust.decisions import Action, Ruling, decide, undo
from holdfast.trust.effects import ActionKind
from holdfast.trust.notice_work import (
    extend,
    file_counter,
    forward_counter,
    meet,
    open_case_by_hand,
    pause,
    put_back_due,
    resume,
    watch_clocks,
)
from holdfast.trust.notices import (
    Addresses,
    Capacity,
    Channel,
    CitedItem,
    Found,
    NewNotice,
    NoticeReader,
    NoticeState,
    Received,
    Sender,
    Verification,
    Verified,
    receive,
    settle_item,
    take_step,
)
from holdfast.trust.staff_actions import CLOCK, OPERATOR, Staff
from tests.support.site import Member, Site


def addresses(site: Site) -> Addresses:
    return Addresses.of(site.services.settings, site.services.ids)


def mail(site: Site, *urls: str, **more: object) -> NewNotice:
    facts: dict[str, object] = {
        "preset": "host.abuse", "channel": Channel.EMAIL, "sender": Sender(name="Abuse", email="abuse@host.example"),
        "capacity": Capacity.HOST, "received_at": site.services.clock.now(), "text": "Remove these",
        "verification": Verification(Verified.DKIM), "items": tuple(CitedItem(one) for one in urls),
    }  # fmt: skip
    return NewNotice(**{**facts, **more})  # type: ignore[arg-type]


async def arrive(site: Site, new: NewNotice, now: Instant | None = None) -> Received:
    async with site.services.database.transaction() as tx:
        return await receive(tx, new, addresses=addresses(site), now=now or site.services.clock.now())


async def test_a_notice_is_found_held_and_clocked(site: Site) -> None:
    alice = await site.member("alice")
    post = await alice.say("something")
    base = site.services.base_url
    new = mail(
        site, f"{base}/@alice/{post['id']}", f"{base}/@alice", f"{base}/@alice/{post['id']}?x=1", "https://elsewhere.example/1",
        f"{base}/@alice/12345", raw=b"From: x\n\nRemove", external_id="<1@host>",
    )  # fmt: skip
    first = await arrive(site, new)
    again = await arrive(site, new)
    assert (again.notice_id, again.status_token, again.new) == (first.notice_id, first.status_token, False)
    reader = NoticeReader(site.services.database)
    items = await reader.items(CLOCK, first.notice_id)
    assert [one.found for one in items] == [
        Found.POST,
        Found.ACCOUNT,
        Found.POST,
        Found.ELSEWHERE,
        Found.UNRESOLVED,
    ]
    assert items[2].duplicate_of == 1
    assert items[0].snapshot_sha256 is not None
    notice = await reader.notice(CLOCK, first.notice_id)
    assert notice.state is NoticeState.VERIFIED
    assert notice.hold_id is not None
    assert notice.due_at == new.received_at + timedelta(hours=24)
    assert (await reader.by_token(first.status_token)) == notice
    assert [one.id for one in await reader.queue(OPERATOR)] == [first.notice_id]
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await take_step(tx, CLOCK, first.notice_id, Step.ACKNOWLEDGE, now=now)
        for n in (1, 2, 4, 5):
            await settle_item(tx, OPERATOR, first.notice_id, n, ItemOutcome.REFUSED, reason="no", now=now)
    items = await reader.items(CLOCK, first.notice_id)
    assert items[2].outcome is ItemOutcome.DUPLICATE
    async with site.services.database.transaction() as tx:
        await take_step(tx, OPERATOR, first.notice_id, Step.DECIDE, now=now)
        await take_step(tx, OPERATOR, first.notice_id, Step.ANSWER, now=now)
        await take_step(tx, OPERATOR, first.notice_id, Step.CLOSE, now=now)
    with pytest.raises(StepNotPossible):
        async with site.services.database.transaction() as tx:
            await take_step(tx, OPERATOR, first.notice_id, Step.CLOSE, now=now)


async def decide_first(site: Site, staff: Member, kind: ActionKind, case_id: int) -> int:
    async with site.services.database.transaction() as tx:
        case = await get_case(tx, case_id)
        policy = "" if kind is ActionKind.NO_VIOLATION else "threats"
        ruling = Ruling((Action(kind),), policy=policy, facts="It was read." if policy else "")
        made = await decide(
            tx,
            Staff(staff.account_id, "admin"),
            case_id,
            version=case.version,
            ruling=ruling,
            now=site.services.clock.now(),
        )
    await site.settle()
    return made.id


async def test_a_decision_on_the_case_settles_the_item_and_its_undo_opens_it_again(site: Site) -> None:
    alice = await site.member("alice")
    boss = await site.member("boss", role="admin")
    post = await alice.say("something else entirely")
    url = f"{site.services.base_url}/@alice/{post['id']}"
    made = await arrive(site, mail(site, url, url, "no address at all"))
    await site.settle()
    reader = NoticeReader(site.services.database)
    items = await reader.items(CLOCK, made.notice_id)
    assert [one.found for one in items] == [Found.POST, Found.POST, Found.UNRESOLVED]
    assert items[0].case_id is not None
    assert items[1].case_id == items[0].case_id
    case = await get_case(site.services.database, items[0].case_id)
    assert (case.lane, case.category) == ("P0", "legal")
    assert case.due_at == (await reader.notice(CLOCK, made.notice_id)).due_at
    decision = await decide_first(site, boss, ActionKind.WITHDRAW, items[0].case_id)
    items = await reader.items(CLOCK, made.notice_id)
    assert [one.outcome for one in items] == [ItemOutcome.ACTIONED, ItemOutcome.DUPLICATE, None]
    assert items[0].decision_id == decision
    # A later notice about the same is settled by what was decided.
    later = await arrive(site, mail(site, url, text="again"))
    await site.settle()
    again = await reader.items(CLOCK, later.notice_id)
    assert (again[0].outcome, again[0].before_notice_id) == (ItemOutcome.ACTIONED, made.notice_id)
    # Who decided does not decide again when somebody disputes it.
    async with site.services.database.transaction() as tx:
        await open_case_by_hand(tx, OPERATOR, made.notice_id, 1, now=site.services.clock.now())
    anew = (await reader.items(CLOCK, made.notice_id))[0].case_id
    assert anew not in (None, items[0].case_id)
    assert (await get_case(site.services.database, anew or 0)).excluded_ids == [boss.account_id]
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await take_step(tx, CLOCK, later.notice_id, Step.ACKNOWLEDGE, now=now)
        await take_step(tx, OPERATOR, later.notice_id, Step.DECIDE, now=now)
        await take_step(tx, OPERATOR, later.notice_id, Step.ANSWER, now=now)
        await take_step(tx, OPERATOR, later.notice_id, Step.CLOSE, now=now)
        await undo(tx, OPERATOR, decision, reason="a mistake", now=now)
    await site.settle()
    assert [one.outcome for one in await reader.items(CLOCK, made.notice_id)] == [None, None, None]
    opened = await reader.notice(CLOCK, later.notice_id)
    assert (opened.state, opened.closed_at, opened.open_items) == (NoticeState.IN_REVIEW, None, 1)


async def test_sealed_notices_are_missing_for_who_may_not_see_them_and_open_no_case(site: Site) -> None:
    alice, boss = await site.member("alice"), await site.member("boss", role="admin")
    mod, nobody = await site.member("mod", role="moderator"), await site.member("nobody")
    post = await alice.say("a thing")
    url = f"{site.services.base_url}/@alice/{post['id']}"
    made = await arrive(site, mail(site, url, preset="court.gag", sealed=True, gag=True, text="secret"))
    await site.settle()
    public = site.services.ids.encode(made.notice_id)
    base = "/api/holdfast/v1/desk/notices"
    assert [row["id"] for row in await boss.get(base)] == [public]
    assert await mod.get(base) == []
    for path in ("", "/items", "/timeline", "/items/1/snapshot", "/counters", "/readiness"):
        assert (await mod.request("GET", f"{base}/{public}{path}")).status_code == 404
        assert (await boss.request("GET", f"{base}/{public}{path}")).status_code == 200
    for path, form in (
        ("steps", {"step": "acknowledge"}),
        ("items/1/outcome", {"outcome": "refused", "reason": "x"}),
        ("notes", {"text": "x"}),
    ):
        assert (await mod.request("POST", f"{base}/{public}/{path}", data=form)).status_code == 404
    assert (await nobody.request("GET", base)).status_code == 403
    items = await NoticeReader(site.services.database).items(CLOCK, made.notice_id)
    assert items[0].case_id is None
    kinds = await site.services.database.fetch(
        "select kind from ledger_records where record_id = any($1::text[])",
        await NoticeReader(site.services.database).records(CLOCK, made.notice_id),
    )
    assert {row[0] for row in kinds} == {"sealed"}


async def test_a_clock_warns_is_paused_extended_and_its_breach_stays(site: Site) -> None:
    start = site.services.clock.now() - timedelta(hours=13)
    made = await arrive(site, mail(site, received_at=start), start)
    reader, database = NoticeReader(site.services.database), site.services.database

    async def watch(now: Instant) -> list[str]:
        async with database.transaction() as tx:
            await watch_clocks(tx, now)
        return [
            one.what for one in await reader.timeline(CLOCK, made.notice_id) if one.what.startswith("clock.")
        ]

    clock = (await reader.clocks(CLOCK, made.notice_id, now=start))[0].clock
    assert clock.due_at == start + timedelta(hours=24)
    assert await watch(start + timedelta(hours=12)) == ["clock.warned"]
    assert await watch(start + timedelta(hours=12, minutes=1)) == ["clock.warned"]
    at = start + timedelta(hours=13)
    async with database.transaction() as tx:
        await pause(
            tx, OPERATOR, made.notice_id, clock.id, reason="asked", evidence="message 1", since=at, now=at
        )
    assert (await reader.notice(CLOCK, made.notice_id)).due_at is None
    assert (await watch(at + timedelta(days=9)))[-1] == "clock.paused"
    back = at + timedelta(days=9)
    async with database.transaction() as tx:
        await resume(tx, OPERATOR, made.notice_id, clock.id, at=back, now=back)
    assert (await reader.notice(CLOCK, made.notice_id)).due_at == back + timedelta(hours=11)
    late = back + timedelta(hours=11)
    assert (await watch(late))[-1] == "clock.breached"
    breached = (await reader.clocks(CLOCK, made.notice_id, now=late))[0].clock
    assert breached.breached_at == late
    assert breached.breach_record_id is not None
    async with database.transaction() as tx:
        await extend(
            tx,
            OPERATOR,
            made.notice_id,
            clock.id,
            evidence="a call",
            until=late + timedelta(days=2),
            now=late,
        )
        await meet(tx, OPERATOR, made.notice_id, clock.id, evidence="a reply", now=late)
    notice = await reader.notice(CLOCK, made.notice_id)
    assert notice.breached
    assert (await reader.clocks(CLOCK, made.notice_id, now=late))[0].clock.breached_at == late
    with pytest.raises(IntegrityConstraintViolationError):
        async with database.transaction() as tx:
            await tx.execute("update notice_clocks set breached_at = null where id = $1", clock.id)


async def test_five_hundred_items_arrive_at_once_and_fast(site: Site) -> None:
    alice = await site.member("alice")
    posts = [await alice.say(f"number {n} of many that differ in their words {n * 7919}") for n in range(3)]
    urls = [f"{site.services.base_url}/@alice/{posts[n % 3]['id']}?n={n}" for n in range(100)]
    urls += [f"https://elsewhere.example/{n}" for n in range(400)]
    began = perf_counter()
    made = await arrive(site, mail(site, *urls))
    assert perf_counter() - began < 10.0
    notice = await NoticeReader(site.services.database).notice(CLOCK, made.notice_id)
    assert (notice.items, notice.open_items) == (500, 500)
    await site.settle()
    with pytest.raises(StepNotPossible):
        async with site.services.database.transaction() as tx:
            await take_step(tx, OPERATOR, made.notice_id, Step.DECIDE, now=site.services.clock.now())


async def fail_after_receiving(site: Site) -> None:
    async with site.services.database.transaction() as tx:
        await receive(
            tx,
            mail(site, "https://elsewhere.example/1"),
            addresses=addresses(site),
            now=site.services.clock.now(),
        )
        raise ZeroDivisionError


async def test_what_fails_on_the_way_leaves_nothing(site: Site) -> None:
    with pytest.raises(ZeroDivisionError):
        await fail_after_receiving(site)
    rows = await site.services.database.fetch(
        "select id from notices union all select notice_id from notice_items union all select notice_id from notice_clocks"
        " union all select notice_id from notice_events union all select notice_id from notice_subjects"
    )
    assert rows == []
    assert (
        await site.services.database.fetchval("select count(*) from ledger_records where kind like 'notice%'")
        == 0
    )


async def test_a_breach_of_contract_opens_the_list_and_reports_become_notices(site: Site) -> None:
    alice, bob = await site.members("alice", "bob")
    boss = await site.member("boss", role="admin")
    made = await arrive(site, mail(site, preset="host.breach", text="We end the contract"))
    post = await alice.say("not lawful")
    await bob.post(
        "/api/v1/reports",
        account_id=alice.id,
        **{"status_ids[]": post["id"]},
        category="legal",
        comment="Art. 16",
    )
    await site.settle()
    base = "/api/holdfast/v1/desk/notices"
    ready = await boss.get(f"{base}/{site.services.ids.encode(made.notice_id)}/readiness")
    assert [row["key"] for row in ready][:2] == ["mirrors", "mirrors_fresh"]
    ticked = await boss.post(f"{base}/{site.services.ids.encode(made.notice_id)}/readiness/dns", note="ours")
    assert next(row for row in ticked if row["key"] == "dns")["done_at"]
    found = [row for row in await boss.get(base) if row["channel"] == "report"]
    assert [(row["preset"], row["items_count"], row["state"]) for row in found] == [
        ("eu.dsa.art16", 1, "acknowledged")
    ]
    items = await boss.get(f"{base}/{found[0]['id']}/items")
    assert items[0]["found"] == "post"
    assert items[0]["case_id"]
    snapshot = await boss.get(f"{base}/{found[0]['id']}/items/1/snapshot")
    assert snapshot["content"]["text"] == "not lawful"


async def test_a_counter_notice_goes_back_by_taking_back_the_decision(site: Site) -> None:
    alice, boss = await site.member("alice"), await site.member("boss", role="admin")
    post = await alice.say("my own song")
    url = f"{site.services.base_url}/@alice/{post['id']}"
    made = await arrive(site, mail(site, url, preset="us.dmca.notice"))
    await site.settle()
    reader, now = NoticeReader(site.services.database), site.services.clock.now()
    item = (await reader.items(CLOCK, made.notice_id))[0]
    assert item.case_id is not None
    await decide_first(site, boss, ActionKind.WITHDRAW, item.case_id)
    async with site.services.database.transaction() as tx:
        await take_step(tx, CLOCK, made.notice_id, Step.ACKNOWLEDGE, now=now)
        await take_step(tx, OPERATOR, made.notice_id, Step.DECIDE, now=now)
        await take_step(tx, OPERATOR, made.notice_id, Step.ANSWER, now=now)
        counter = await file_counter(
            tx, OPERATOR, made.notice_id, [1], "It is mine", by_account_id=alice.account_id, now=now
        )
        await forward_counter(tx, OPERATOR, made.notice_id, counter.id, evidence="message 2", now=now)
    opens = next(
        one.clock.opens_at
        for one in await reader.clocks(CLOCK, made.notice_id, now=now)
        if one.clock.name == "put_back"
    )
    assert opens is not None
    for at, outcome in ((opens - timedelta(seconds=1), ItemOutcome.ACTIONED), (opens, None)):
        async with site.services.database.transaction() as tx:
            await put_back_due(tx, at)
        await site.settle()
        assert (await reader.items(CLOCK, made.notice_id))[0].outcome is outcome
    assert (await alice.get(f"/api/v1/statuses/{post['id']}"))["id"] == post["id"]
