"""Cases: what opens one, what joins it, who may have it, and that it is decided once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from holdfast.platform.config import Settings
from holdfast.trust import cases
from holdfast.trust.cases import Signal, Source
from holdfast.trust.staff_actions import Staff, Subject
from tests.support.site import Member, Site, open_site

pytestmark = pytest.mark.integration

TEXT = "At the council meeting on Friday nobody of the members should read the long report about the bridge"


@pytest.fixture
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with open_site(settings) as opened:
        yield opened


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
