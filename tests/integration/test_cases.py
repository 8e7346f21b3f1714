"""Cases: what opens one, what joins it, who may have it, and that it is decided once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from holdfast.trust import cases
from holdfast.trust.case_order import TARGET_SECONDS
from holdfast.trust.cases import Signal, Source
from holdfast.trust.staff_actions import Staff, Subject
from tests.support.site import Member, Site

pytestmark = pytest.mark.integration

TEXT = "At the council meeting on Friday nobody of the members should read the long report about the bridge"


async def post_of(site: Site, member: Member, text: str) -> int:
    made = await member.say(text)
    found = site.services.ids.decode(made["id"])
    assert found is not None
    return found


async def signal(site: Site, post_id: int, account_id: int, **given: object) -> int:
    now = site.services.clock.now()
    values = {"source": Source.ADMIN, "subject": Subject.post(post_id, account_id), **given}
    async with site.services.database.transaction() as tx:
        return await cases.open_or_join(tx, Signal(**values), now=now)  # type: ignore[arg-type]


async def test_a_second_signal_joins_and_a_copy_becomes_a_member(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await post_of(site, ann, TEXT)
    copy = await post_of(site, bob, f"RT @ann: {TEXT.upper()}!!!")
    other = await post_of(site, bob, TEXT.replace("nobody", "somebody"))
    case_id = await signal(site, first, ann.account_id, lane="P1")
    assert await signal(site, first, ann.account_id) == case_id
    assert await signal(site, copy, bob.account_id) == case_id
    assert await signal(site, other, bob.account_id) != case_id
    reader = cases.CaseReader(site.services.database)
    case = await reader.case(case_id)
    assert (case.lane, case.members, case.signals, case.version) == ("P1", 2, 3, 1)
    assert [one.joined_as.value for one in await reader.members(case_id)] == ["first", "near"]
    assert [one.lane for one in await reader.queue()] == ["P1", "P3"]


async def test_a_case_is_closed_once_and_only_as_it_was_read(site: Site) -> None:
    ann = await site.member("ann")
    mods = [Staff((await site.member(name, role="moderator")).account_id, "moderator") for name in ("m", "n")]
    case_id = await signal(site, await post_of(site, ann, TEXT), ann.account_id)
    now = site.services.clock.now()
    database = site.services.database
    async with database.transaction() as tx:
        assert await cases.claim_next(tx, mods[0], now=now) == case_id
    async with database.transaction() as tx:
        assert await cases.claim_next(tx, mods[1], now=now) is None
    with pytest.raises(cases.CaseTaken):
        async with database.transaction() as tx:
            await cases.claim(tx, mods[1], case_id, now=now)
    async with database.transaction() as tx:
        await cases.keep(tx, mods[0], case_id, now=now)
    with pytest.raises(cases.CaseChanged):
        async with database.transaction() as tx:
            await cases.close(tx, case_id, version=2, decision_id=None, outcome="x", staff=mods[0], now=now)
    async with database.transaction() as tx:
        await cases.close(tx, case_id, version=1, decision_id=7, outcome="x", staff=mods[0], now=now)
    with pytest.raises(cases.CaseChanged):
        async with database.transaction() as tx:
            await cases.close(tx, case_id, version=2, decision_id=8, outcome="x", staff=mods[0], now=now)
    late = await signal(site, await post_of(site, ann, TEXT), ann.account_id)
    assert late == case_id
    found = await cases.members(database, case_id)
    assert [one.after_decision for one in found] == [False, True]


async def test_a_lease_that_ended_frees_a_case(site: Site) -> None:
    ann = await site.member("ann")
    mods = [Staff((await site.member(name, role="moderator")).account_id, "moderator") for name in ("m", "n")]
    case_id = await signal(site, await post_of(site, ann, TEXT), ann.account_id)
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        assert await cases.claim_next(tx, mods[0], now=now) == case_id
    later = now + timedelta(seconds=cases.LEASE_SECONDS + 1)
    async with site.services.database.transaction() as tx:
        assert await cases.claim_next(tx, mods[1], now=later) == case_id
    with pytest.raises(cases.CaseTaken):
        async with site.services.database.transaction() as tx:
            await cases.keep(tx, mods[0], case_id, now=later)


async def test_a_burst_at_one_moment_is_one_case_whose_version_stays(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    first = await post_of(site, ann, TEXT)
    copies = [await post_of(site, bob, f"{TEXT}{'!' * n}") for n in range(6)]
    found = await asyncio.gather(
        *(signal(site, first, ann.account_id) for _ in range(10)),
        *(signal(site, copy, bob.account_id) for copy in copies),
    )
    assert len(set(found)) == 1
    case = await cases.CaseReader(site.services.database).case(found[0])
    assert (case.signals, case.members, case.version) == (16, 7, 1)


async def test_two_who_take_the_next_case_at_one_moment_get_two(site: Site) -> None:
    ann = await site.member("ann")
    mods = [Staff((await site.member(f"m{n}", role="moderator")).account_id, "moderator") for n in range(4)]
    opened = {
        await signal(site, await post_of(site, ann, f"{word} is what this one post is about"), ann.account_id)
        for word in ("bread", "butter", "cheese", "honey")
    }
    now = site.services.clock.now()

    async def take(staff: Staff) -> int | None:
        async with site.services.database.transaction() as tx:
            return await cases.claim_next(tx, staff, now=now)

    taken = await asyncio.gather(*(take(staff) for staff in mods))
    assert set(taken) == opened
    # Who holds one gets it again, not another.
    assert await take(mods[0]) == taken[0]


async def test_a_case_goes_up_when_more_is_known_and_its_version_moves(site: Site) -> None:
    ann = await site.member("ann")
    post = await post_of(site, ann, TEXT)
    case_id = await signal(site, post, ann.account_id, source=Source.REPORT, category="spam")
    reader = cases.CaseReader(site.services.database)
    before = await reader.case(case_id)
    await signal(site, post, ann.account_id, source=Source.RULE, lane="P1", severity=0.9)
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        await tx.execute("update post_counts set boosts = 500, favourites = 2000 where post_id = $1", post)
        done = await cases.reorder_stale(
            tx, targets=TARGET_SECONDS, older_than=now - timedelta(days=1), now=now
        )
    assert done == 1
    after = await reader.case(case_id)
    assert (before.lane, after.lane, after.version) == ("P4", "P1", before.version + 1)
    for part in ("severity", "reach", "speed"):
        assert after.explain[part]["points"] > before.explain[part]["points"]
