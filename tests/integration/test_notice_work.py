"""Work on notices: paging without alarm fatigue, what people say by hand, seals and holds that end, referrals."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from holdfast.main.notice_paging import NoticePager
from holdfast.pure.deadlines import shipped_text
from holdfast.pure.errors import Invalid
from holdfast.pure.notices import Step
from holdfast.records.holds import Subject, held
from holdfast.trust.cases import get_case
from holdfast.trust.decisions import undo
from holdfast.trust.effects import ActionKind
from holdfast.trust.notice_clocks import presets_in_force, publish_presets
from holdfast.trust.notice_work import (
    PAGE_STAFF,
    NewKind,
    NewReferral,
    Page,
    mark_referral_sent,
    open_case_by_hand,
    pages_of,
    reclassify,
    refer,
    referrals_page,
    release_notice_holds,
    resolve_by_hand,
    unseal_notices,
    verify_by_hand,
)
from holdfast.trust.notices import (
    Capacity,
    Channel,
    Found,
    ItemOutcome,
    NoticeFilter,
    NoticeNotThere,
    NoticeReader,
    Sender,
    Verification,
    Verified,
    settle_item,
    take_step,
)
from holdfast.trust.staff_actions import CLOCK, OPERATOR, Staff
from tests.integration.test_notices import addresses, arrive, decide_first, mail
from tests.support.site import Site


class Box:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []

    async def send(self, message: bytes, *, sender: str, recipient: str) -> str:
        self.taken.append((recipient, message))
        return "250 taken"


def pager(site: Site, box: Box, **more: Any) -> NoticePager:
    settings = msgspec.structs.replace(site.services.settings, mail_host="mail.example", **more)
    return NoticePager(settings, site.services.database, site.services.clock, box)


async def test_a_clock_pages_by_push_mail_and_command_once_each(site: Site, tmp_path: Path) -> None:
    boss = await site.member("boss", role="admin")
    made, box = await arrive(site, mail(site)), Box()
    clock = (
        await NoticeReader(site.services.database).clocks(
            CLOCK, made.notice_id, now=site.services.clock.now()
        )
    )[0].clock
    out = tmp_path / "paged"
    command = f"{sys.executable} -c \"import sys; open('{out}', 'a').write(sys.stdin.read())\""
    paging = pager(site, box, notice_page_mails=("night@example.org",), notice_page_command=command)
    for percent in (50, 50, 100):
        await paging.errand(msgspec.json.encode(Page(made.notice_id, clock.id, percent)))
    assert [one[0] for one in box.taken] == ["night@example.org"] * 2
    assert made.reference.encode() in box.taken[0][1]
    assert [msgspec.json.decode(part + "}")["cause"] for part in out.read_text().split("}")[:-1]] == [
        "warned",
        "breached",
    ]
    pages = await pages_of(site.services.database, made.notice_id)
    assert [(one.cause, one.via, one.outcome) for one in pages][:4] == [
        ("warned", "webhook", "done"), ("warned", "push", "done"), ("warned", "mail", "done"), ("warned", "command", "done"),
    ]  # fmt: skip
    told = await boss.get("/api/v1/notifications", **{"types[]": "holdfast.notice"})
    assert [row["type"] for row in told] == ["holdfast.notice"] * 2
    jobs = await site.services.database.fetchval("select count(*) from jobs where kind = $1", PAGE_STAFF)
    assert jobs >= 1


async def test_a_flood_is_shown_as_one_and_pages_once_but_an_authority_never_is(site: Site) -> None:
    many = [await arrive(site, mail(site, text=f"number {n}")) for n in range(8)]
    order = {"preset": "eu.tco.removal_order", "capacity": Capacity.AUTHORITY}
    orders = [await arrive(site, mail(site, text=f"order {n}", **order)) for n in range(2)]
    reader, box = NoticeReader(site.services.database), Box()
    shown = {one.id for one in await reader.queue(OPERATOR)}
    assert shown == {one.notice_id for one in (*many[:5], *orders)}
    assert len(await reader.queue(OPERATOR, NoticeFilter(grouped=False))) == 10
    group = (await reader.notice(CLOCK, many[-1].notice_id)).group_id
    assert len(await reader.queue(OPERATOR, NoticeFilter(group_id=group))) == 4
    paging = pager(site, box, notice_page_mails=("night@example.org",))
    for one in (*many, *orders):
        await paging.errand(msgspec.json.encode(Page(one.notice_id)))
    assert len(box.taken) == 5 + 2


async def test_who_sent_it_decides_how_urgent_its_cases_are(site: Site) -> None:
    alice = await site.member("alice")
    post = await alice.say("a thing to be read")
    url = f"{site.services.base_url}/@alice/{post['id']}"
    made = await arrive(site, mail(site, url, verification=Verification(Verified.FORGED)))
    await site.settle()
    item = (await NoticeReader(site.services.database).items(CLOCK, made.notice_id))[0]
    assert item.case_id is not None
    assert (await get_case(site.services.database, item.case_id)).lane == "P2"
    async with site.services.database.transaction() as tx:
        await verify_by_hand(
            tx,
            OPERATOR,
            made.notice_id,
            Verified.PHONE,
            evidence="called back",
            now=site.services.clock.now(),
        )
    await site.settle()
    assert (await get_case(site.services.database, item.case_id)).lane == "P0"


async def test_an_item_is_resolved_by_hand_and_the_kind_corrected(site: Site) -> None:
    alice, now = await site.member("alice"), site.services.clock.now()
    post = await alice.say("what the screenshot shows")
    made = await arrive(site, mail(site, "the post with the hat", preset="report.user", stated_deadline=None))
    reader, database = NoticeReader(site.services.database), site.services.database
    async with database.transaction() as tx:
        url = f"{site.services.base_url}/@alice/{post['id']}"
        await resolve_by_hand(tx, OPERATOR, made.notice_id, 1, url, addresses=addresses(site), now=now)
        await reclassify(
            tx, OPERATOR, made.notice_id, NewKind(preset="eu.tco.removal_order"), reason="it is one", now=now
        )
    item = (await reader.items(CLOCK, made.notice_id))[0]
    assert (item.found, item.as_given) == (Found.POST, "the post with the hat")
    assert item.case_id is not None
    assert item.snapshot_sha256 is not None
    post_id = site.services.ids.decode(post["id"]) or 0
    assert await held(database, Subject.POST, [post_id]) == {post_id}
    notice = await reader.notice(CLOCK, made.notice_id)
    assert (notice.lane, notice.due_at) == ("P0", notice.received_at + timedelta(hours=1))
    old = [
        one for one in await reader.clocks(CLOCK, made.notice_id, now=now) if one.clock.ended_at is not None
    ]
    assert [one.clock.name for one in old] == ["answer"]


async def test_seals_end_on_their_day_and_holds_after_their_time(site: Site) -> None:
    alice, now = await site.member("alice"), site.services.clock.now()
    post = await alice.say("what a court asks for")
    url = f"{site.services.base_url}/@alice/{post['id']}"
    until = now + timedelta(days=1)
    made = await arrive(site, mail(site, url, preset="us.2703f", sealed=True, sealed_until=until))
    reader, database = NoticeReader(site.services.database), site.services.database
    moderator = Staff((await site.member("mod", role="moderator")).account_id, "moderator")
    post_id = site.services.ids.decode(post["id"]) or 0
    with pytest.raises(NoticeNotThere):
        await reader.notice(moderator, made.notice_id)
    assert await held(database, Subject.POST, [post_id]) == {post_id}
    async with database.transaction() as tx:
        await unseal_notices(tx, until)
    assert not (await reader.notice(moderator, made.notice_id)).sealed
    assert await database.fetchval("select count(*) from ledger_records where kind = 'unsealed'") > 1
    async with database.transaction() as tx:
        await take_step(tx, CLOCK, made.notice_id, Step.ACKNOWLEDGE, now=now)
        await settle_item(
            tx, OPERATOR, made.notice_id, 1, ItemOutcome.REFUSED, reason="nothing to remove", now=now
        )
        for step in (Step.DECIDE, Step.ANSWER, Step.CLOSE):
            await take_step(tx, OPERATOR, made.notice_id, step, now=now)
    # The law says 90 days, which is longer than no day after it was closed.
    for days, kept in ((89, {post_id}), (91, set())):
        async with database.transaction() as tx:
            await release_notice_holds(tx, days=0, now=now + timedelta(days=days))
        assert await held(database, Subject.POST, [post_id]) == kept


async def test_a_threat_to_life_is_referred_held_and_seen_by_few(site: Site) -> None:
    alice, now = await site.member("alice"), site.services.clock.now()
    mods = [await site.member(name, role="moderator") for name in ("mod1", "mod2")]
    first, second = (Staff(one.account_id, "moderator") for one in mods)
    made = await arrive(site, mail(site, f"{site.services.base_url}/@alice"))
    new = NewReferral(
        authority="The police of Lyon", offence="threat of murder", threat="to a named person, tonight", facts="what was written",
        member_state="FR", notice_id=made.notice_id, item_n=1,
    )  # fmt: skip
    database = site.services.database
    async with database.transaction() as tx:
        referral = await refer(tx, first, new, now=now)
        await mark_referral_sent(
            tx, first, referral.id, via="phone, then their portal", their_reference="LY-1", now=now
        )
    assert await held(database, Subject.ACCOUNT, [alice.account_id]) == {alice.account_id}
    assert [one.id for one in await referrals_page(database, first)] == [referral.id]
    assert await referrals_page(database, second) == []
    assert [one.their_reference for one in await referrals_page(database, OPERATOR)] == ["LY-1"]


async def test_a_member_is_told_of_a_gagged_decision_once_the_gag_ends_and_never_of_one_taken_back(
    site: Site,
) -> None:
    alice, boss = await site.member("alice"), await site.member("boss", role="admin")
    database, now = site.services.database, site.services.clock.now()
    posts = [await alice.say(text) for text in ("what a court asks about", "and a second thing")]
    urls = [f"{site.services.base_url}/@alice/{post['id']}" for post in posts]
    made = await arrive(site, mail(site, *urls, preset="court.gag", gag=True, capacity=Capacity.COURT))
    await site.settle()
    decisions = []
    for n in (1, 2):
        async with database.transaction() as tx:
            await open_case_by_hand(tx, OPERATOR, made.notice_id, n, now=now)
        item = (await NoticeReader(database).items(CLOCK, made.notice_id))[n - 1]
        assert item.case_id is not None
        decisions.append(await decide_first(site, boss, ActionKind.WITHDRAW, item.case_id))
    assert (await boss.request("GET", f"/api/v1/statuses/{posts[0]['id']}")).status_code == 404
    assert await alice.get("/api/holdfast/v1/statements") == []
    assert await alice.get("/api/v1/notifications") == []
    assert await database.fetchval("select count(*) from account_warnings") == 0
    timeline = await NoticeReader(database).timeline(CLOCK, made.notice_id)
    held = [one.record_id for one in timeline if one.what == "statement.held"]
    assert len(held) == 2
    kinds = await database.fetch("select kind from ledger_records where record_id = any($1::text[])", held)
    assert {row[0] for row in kinds} == {"sealed"}
    async with database.transaction() as tx:
        await undo(tx, OPERATOR, decisions[1], reason="a mistake", now=now)
    await site.settle()
    assert await alice.get("/api/holdfast/v1/statements") == []
    async with database.transaction() as tx:
        await reclassify(
            tx, OPERATOR, made.notice_id, NewKind(gag=False), reason="the court lifted it", now=now
        )
    await site.settle()
    (told,) = await alice.get("/api/holdfast/v1/statements")
    assert "what a court asks about" in told["text"]
    assert told["reverses_id"] is None
    assert await database.fetchval("select count(*) from held_statements where released_at is null") == 0


async def test_presets_are_published_and_running_clocks_stay_as_they_are(site: Site) -> None:
    database, now = site.services.database, site.services.clock.now()
    before = await arrive(site, mail(site))
    text = shipped_text().replace("legal review required", "reviewed by counsel, 2026-11-01")
    async with database.transaction() as tx:
        await publish_presets(tx, OPERATOR, text, note="reviewed", now=now)
    assert (await presets_in_force(database)).named("host.abuse").mark == "reviewed by counsel, 2026-11-01"
    assert (await NoticeReader(database).notice(CLOCK, before.notice_id)).due_at is not None
    with pytest.raises(Invalid):
        async with database.transaction() as tx:
            await publish_presets(tx, OPERATOR, "version = 2", now=now)


async def test_nobody_works_on_what_they_sent_themselves(site: Site) -> None:
    mod = await site.member("mod", role="moderator")
    made = await arrive(site, mail(site, sender=Sender(account_id=mod.account_id), channel=Channel.API))
    path = f"/api/holdfast/v1/desk/notices/{site.services.ids.encode(made.notice_id)}"
    assert (await mod.request("POST", f"{path}/steps", data={"step": "triage"})).status_code == 403
    assert (
        await mod.request("POST", f"{path}/items/0/outcome", data={"outcome": "refused", "reason": "x"})
    ).status_code == 403
