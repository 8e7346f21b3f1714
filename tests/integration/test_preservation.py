"""The staff places and releases holds: who may, and what is recorded of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from holdfast.records.holds import HoldNotThere, HoldQuery, Scope, Terms, hold_of
from holdfast.trust.preservation import lapse_holds, place, release
from holdfast.trust.staff_actions import OPERATOR, RoleLacks, Staff
from tests.support.site import Site


async def test_only_who_may_delete_peoples_data_may_keep_it(site: Site) -> None:
    [ann, bob] = await site.members("ann", "bob")
    query, now = HoldQuery(Scope.ACCOUNT, ann.account_id), site.services.clock.now()
    with pytest.raises(RoleLacks):
        async with site.services.database.transaction() as tx:
            await place(tx, Staff(bob.account_id, "moderator"), query, Terms("order 1"), now=now)
    async with site.services.database.transaction() as tx:
        hold = await place(tx, Staff(bob.account_id, "admin"), query, Terms("order 1"), now=now)
    with pytest.raises(RoleLacks):
        async with site.services.database.transaction() as tx:
            await release(tx, Staff(bob.account_id, "moderator"), hold.id, reason="no", now=now)


async def test_a_hold_and_its_release_are_leaves_and_rows_of_the_log(site: Site) -> None:
    [ann] = await site.members("ann")
    database, now = site.services.database, site.services.clock.now()
    async with database.transaction() as tx:
        query = HoldQuery(Scope.ACCOUNT, ann.account_id)
        hold = await place(tx, OPERATOR, query, Terms("order 1", "District Court, 21-cv-31"), now=now)
    async with database.transaction() as tx:
        after = await release(tx, OPERATOR, hold.id, reason="case closed", now=now)
    assert hold.record_id is not None
    assert (after.released_at, after.release_reason) == (now, "case closed")
    leaves = await database.fetch(
        "select kind, convert_from(leaf, 'UTF8') as leaf from ledger_records where kind like 'hold.%' order by arrival"
    )
    assert [row["kind"] for row in leaves] == ["hold.placed", "hold.released"]
    # What is public names nobody and gives no reason.
    for row in leaves:
        for secret in ("order 1", "District", "case closed", str(ann.account_id), ann.id, "ann"):
            assert secret not in row["leaf"].replace("commit", "")
    assert hold.record_id in leaves[1]["leaf"]
    verbs = await database.fetch("select verb from moderation_actions order by id")
    assert [row["verb"] for row in verbs] == ["hold.place", "hold.release"]


async def test_a_hold_whose_time_is_over_is_released_by_the_clock(site: Site) -> None:
    [ann] = await site.members("ann")
    database, now = site.services.database, site.services.clock.now()
    async with database.transaction() as tx:
        query = HoldQuery(Scope.ACCOUNT, ann.account_id)
        terms = Terms("order 1", expires_at=now + timedelta(days=90))
        hold = await place(tx, OPERATOR, query, terms, now=now)
    for later, ended in ((timedelta(days=89), False), (timedelta(days=91), True)):
        async with database.transaction() as tx:
            await lapse_holds(tx, now + later)
        assert ((await hold_of(database, hold.id)).released_at is not None) is ended
    with pytest.raises(HoldNotThere):
        async with database.transaction() as tx:
            await release(tx, OPERATOR, hold.id, reason="again", now=now)
