"""What this server records by itself: steps of rules, versions of what judges posts, accounts that are erased."""

from __future__ import annotations

from holdfast.main.ledger_sources import SOURCES
from holdfast.main.ledger_versions import record_versions
from holdfast.main.ledger_work import record_census
from holdfast.pure.evidence import parse_leaf
from holdfast.records import ledger
from holdfast.records.sequencing import count
from holdfast.screening.state import take_step
from holdfast.social.removals import RequestedBy, begin_removal
from tests.support.access_ledger import grow_ledger
from tests.support.site import Site


async def newest(site: Site, kind: ledger.Kind) -> list[dict[str, object]]:
    rows = await ledger.records_of_kind(site.services.database, [kind.value], limit=10)
    return [dict(parse_leaf(row.leaf).public) for row in rows]


async def test_the_versions_that_judge_are_recorded_when_they_change(site: Site) -> None:
    assert await record_versions(site.services)
    assert not await record_versions(site.services)
    (leaf,) = await newest(site, ledger.Kind.CLASSIFIER_VERSION)
    assert str(leaf["rules"]).startswith("holdfast-default@")
    await site.services.database.fetch("update facts set value = 'old+1' where name = 'screening_versions'")
    assert await record_versions(site.services)
    assert (await newest(site, ledger.Kind.CLASSIFIER_VERSION))[0]["previous"] == "old+1"


async def test_a_step_of_a_rule_is_public_and_who_took_it_is_not(site: Site) -> None:
    rules = site.services.screen.rules
    assert rules is not None
    rule = next(one for one in rules.rules if one.source.stage == "live")
    async with site.services.database.transaction() as tx:
        await take_step(
            tx, rule, "shadow", taken_by="ann", reason="Too many mistakes.", now=site.services.clock.now()
        )
    (leaf,) = await newest(site, ledger.Kind.RULE_STAGE)
    assert (leaf["rule"], leaf["from"], leaf["to"], leaf["automation"]) == (
        rule.source.id, "live", "shadow", "none",
    )  # fmt: skip
    assert "ann" not in leaf.values()


async def test_an_account_that_is_deleted_is_erased_from_what_was_recorded(site: Site) -> None:
    ann = await site.member("ann")
    entry = ledger.Entry(
        kind=ledger.Kind.DECISION, subject=ledger.Subject.account(ann.account_id), private={"reasons": "x"}
    )
    now = site.services.clock.now()
    async with site.services.database.transaction() as tx:
        record_id = await ledger.append(tx, entry, now=now)
        await begin_removal(tx, ann.account_id, by=RequestedBy.MEMBER, now=now)
    await site.settle()
    await grow_ledger(site)
    assert await ledger.erased_fields(site.services.database, record_id) == {"reasons"}
    assert await ledger.proof(site.services.database, record_id) is not None
    (leaf,) = await newest(site, ledger.Kind.ERASURE)
    assert (leaf["basis"], leaf["bodies"]) == ("account-deleted", 1)


async def test_readiness_tells_of_a_census_that_does_not_match(site: Site) -> None:
    async with site.services.database.transaction() as tx:
        await ledger.append(tx, ledger.Entry(kind=ledger.Kind.BREAKER), now=site.services.clock.now())
    await grow_ledger(site)
    assert (await site.client.get("/readyz")).json() == {"status": "ready"}
    async with site.services.database.transaction() as tx:
        await tx.execute("delete from ledger_records where kind = 'breaker'")
        await record_census(tx, site.services.clock.now())
    assert "census" in (await site.client.get("/readyz")).json()["ledger"]
    assert (await site.client.get("/api/holdfast/v1/ledger/status")).json()["census_matches"] is False


async def test_census_and_backlog_are_recorded_by_the_clock(site: Site) -> None:
    await site.settle()
    kinds = await ledger.counts_by_kind(site.services.database)
    assert kinds["census"] == 1
    assert kinds["backlog.sample"] == 1


async def test_a_case_whose_record_was_taken_away_is_missed(site: Site) -> None:
    ann, bob = await site.members("ann", "bob")
    await ann.post("/api/v1/reports", account_id=bob.id, comment="spam")
    await site.settle()
    await grow_ledger(site)
    now = site.services.clock.now()
    whole = await count(site.services.database, SOURCES, now=now)
    assert whole.matches
    assert whole.sources["reports"] == 1
    assert whole.sources["cases"] == 1
    async with site.services.database.transaction() as tx:
        # As somebody would who has the database: the counters go along.
        await tx.execute("delete from ledger_bodies")
        await tx.execute("delete from ledger_records where kind = 'report.received'")
        await tx.execute("delete from ledger_counters where stream = 'report.received'")
    missed = await count(site.services.database, SOURCES, now=now)
    assert (missed.missing, missed.matches) == (1, False)
